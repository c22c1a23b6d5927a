//! The limit beside `record`: the same bytes, in as many groups, each written and synced, and nothing
//! else. Prints the seconds it took.
//!
//! `bare_log LOG_DIRECTORY GROUPS SCRATCH_FILE`

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .ok_or("bare_log LOG_DIRECTORY GROUPS SCRATCH_FILE")
    };
    let (directory, groups, scratch) = (next()?, next()?.parse::<usize>()?, next()?);
    let mut names: Vec<_> = fs::read_dir(directory)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    names.retain(|path| path.extension().is_some_and(|extension| extension == "seg"));
    names.sort();
    let mut bytes = Vec::new();
    for name in &names {
        bytes.extend(fs::read(name)?);
    }
    let file = File::create_new(&scratch)?;
    let started = Instant::now();
    let mut offset = 0;
    for group in bytes.chunks(bytes.len().div_ceil(groups.max(1))) {
        file.write_all_at(group, offset)?;
        file.sync_data()?;
        offset += u64::try_from(group.len())?;
    }
    println!("{:.6}", started.elapsed().as_secs_f64());
    fs::remove_file(&scratch)?;
    Ok(())
}
