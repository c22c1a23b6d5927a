//! probe
use netgain_ledger::log::*;
use netgain_events::identifier::*;
use netgain_log_file::*;
use std::path::Path;
fn main() {
    let dir = Path::new("/dev/shm/probe-log");
    let mode = std::env::args().nth(1).unwrap();
    if mode == "make" {
        let _ = std::fs::remove_dir_all(dir);
        let log = FileLog::open_or_create(dir, || "0123456789abcdef0123456789abcdef".parse().unwrap()).unwrap();
        let mut line = vec![b'x'; 399]; line.push(b'\n');
        let orgs: Vec<OrgId> = (0..1000).map(|n| format!("E{n:08}").parse().unwrap()).collect();
        for p in 0..1_000_000u64 { log.append(Commit{org:&orgs[(p*7919%1000) as usize], first: Position::new(p/1000+1), events:1, lines:&line}).unwrap(); }
        log.close().unwrap();
        return;
    }
    let only: Option<OrgId> = (mode == "one").then(|| "E00000007".parse().unwrap());
    let reader = Reader::open(dir).unwrap();
    for _ in 0..3 {
        let cpu = || { let s = std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect(); (f[11].parse::<u64>().unwrap(), f[12].parse::<u64>().unwrap()) };
        let a = cpu(); let t = std::time::Instant::now();
        let mut n = 0u64; let mut b = 0usize;
        reader.read(&Cursor::default(), only.as_ref(), &mut |c| { n += 1; b += c.lines.len(); }).unwrap();
        let z = cpu();
        println!("{n} {b} wall {:?} user {}0ms sys {}0ms", t.elapsed(), z.0 - a.0, z.1 - a.1);
    }
}
