//! The program: the command line, and the wiring of the rest.

mod calls;
mod cli;
mod data_dir;
mod outcome;
mod progress;
mod table;
mod who;
mod words;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Call, Cli};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let data = &cli.data;
    let done = match &cli.call {
        Call::Record(call) => calls::record::run(data, call),
        Call::Import(call) => calls::import::run(data, cli.json, call),
        Call::Totals(call) => calls::totals::run(data, cli.json, call),
        Call::Trail(call) => calls::trail::run(data, cli.json, call),
        Call::Explain(call) => calls::explain::run(data, cli.json, &call.figure),
        Call::Diff(call) => calls::explain::diff(data, cli.json, call),
        Call::Report(call) => calls::report::run(data, cli.json, call),
        Call::Statement(call) => calls::statement::run(data, cli.json, call),
        Call::Verify(call) => calls::verify::run(data, cli.json, call),
        Call::Export(call) => calls::export::run(data, call),
        Call::Restore(call) => calls::restore::run(data, cli.json, call),
        Call::Demo => calls::demo::run(data),
        Call::Views { call } => calls::views::run(data, *call),
        Call::Completions { shell } => calls::completions::run(*shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
