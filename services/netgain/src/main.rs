//! The program: the command line, and the wiring of the rest.

mod calls;
mod cli;
mod data_dir;
mod outcome;
mod progress;
mod table;
mod who;
mod words;
mod writing;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Call, Cli};
use crate::data_dir::Place;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = &Place::of(&cli);
    let done = match &cli.call {
        Call::Record(call) => calls::record::run(place, call),
        Call::Import(call) => calls::import::run(place, cli.json, call),
        Call::Totals(call) => calls::totals::run(place, cli.json, call),
        Call::Trail(call) => calls::trail::run(place, cli.json, call),
        Call::Explain(call) => calls::explain::run(place, cli.json, &call.figure),
        Call::Diff(call) => calls::explain::diff(place, cli.json, call),
        Call::Report(call) => calls::report::run(place, cli.json, call),
        Call::Statement(call) => calls::statement::run(place, cli.json, call),
        Call::Verify(call) => calls::verify::run(place, cli.json, call),
        Call::VerifyBundle(call) => calls::verify_bundle::run(cli.json, call),
        Call::Sample(call) => calls::sample::run(place, cli.json, call),
        Call::Witness(call) => calls::witness::run(call),
        Call::Keys { call } => calls::keys::run(place, cli.json, call),
        Call::Export(call) => calls::export::run(place, call),
        Call::Restore(call) => calls::restore::run(place, cli.json, call),
        Call::Demo => calls::demo::run(place),
        Call::Views { call } => calls::views::run(place, *call),
        Call::Completions { shell } => calls::completions::run(*shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
