//! What a process takes of the machine, as Linux says it under `/proc`.

use std::error::Error;
use std::fs;
use std::time::Duration;

/// How many ticks a second has in which Linux tells programs their processor time (`USER_HZ`), on every
/// architecture that netgain runs on.
const TICKS_A_SECOND: u32 = 100;

/// How much of a process is in memory.
pub(crate) fn resident_kib(process: u32) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    Ok(digits.ok_or("no VmRSS")?.parse()?)
}

/// How much processor time a process has taken, its own and the kernel's for it.
pub(crate) fn processor_time(process: u32) -> Result<Duration, Box<dyn Error>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The program's name, which may hold anything, ends with the last bracket; the times are the fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name")?;
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks = times.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(Duration::from_secs(1) * ticks / TICKS_A_SECOND)
}
