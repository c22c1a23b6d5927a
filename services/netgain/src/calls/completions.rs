//! `netgain completions`: a completion script for a shell.

use std::io::Write;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::outcome::Outcome;

pub(crate) fn run(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "netgain", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(())
}
