//! Prints command lines to record: the workload that is measured, or a small random history.
//!
//! ```text
//! workload [--orgs N] [--commands N] [--seed N] > FILE
//! workload --history SEED N > FILE
//! ```

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use netgain_tests::histories::{bulk, random_history};

const USAGE: &str = "usage: workload [--orgs N] [--commands N] [--seed N]\n       \
                     workload --history SEED N";

enum Call {
    Bulk {
        seed: u64,
        orgs: usize,
        commands: usize,
    },
    History {
        seed: u64,
        commands: usize,
    },
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(call) = read(&words) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match print(&call) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads may stop early, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The lines could not be written: {error}");
            ExitCode::from(3)
        }
    }
}

/// What the words ask for; none where they are off.
fn read(words: &[String]) -> Option<Call> {
    if let [option, seed, commands] = words
        && option == "--history"
    {
        return Some(Call::History {
            seed: seed.parse().ok()?,
            commands: commands.parse().ok()?,
        });
    }
    let (mut seed, mut orgs, mut commands) = (1, 1_000, 1_000_000);
    for pair in words.chunks(2) {
        let [option, value] = pair else { return None };
        match option.as_str() {
            "--seed" => seed = value.parse().ok()?,
            "--orgs" => orgs = value.parse().ok()?,
            "--commands" => commands = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(Call::Bulk {
        seed,
        orgs,
        commands,
    })
}

fn print(call: &Call) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    match *call {
        Call::Bulk {
            seed,
            orgs,
            commands,
        } => {
            for line in bulk(seed, orgs, commands) {
                writeln!(out, "{line}")?;
            }
        }
        Call::History { seed, commands } => {
            for command in random_history(seed, commands) {
                writeln!(out, "{command}")?;
            }
        }
    }
    out.flush()
}
