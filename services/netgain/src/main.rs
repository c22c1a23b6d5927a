//! The program: the command line, and the wiring of the rest.

mod calls;
mod cli;
mod client;
mod config;
mod data_dir;
mod log_of_record;
mod outcome;
mod password_in;
mod progress;
mod register;
mod servers;
mod table;
mod whereabouts;
mod who;
mod writing;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Call, Cli};
use crate::config::Config;
use crate::outcome::Outcome;
use crate::whereabouts::Whereabouts;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(cli: &Cli) -> Outcome {
    // Read only where it is needed: a file that is wrong keeps nobody from checking a bundle.
    let config = || Config::of(cli).map_err(|wrong| wrong.failure());
    let place = || config().map(|config| config.place());
    let at = || Whereabouts::of(cli, place);
    let own = |call| {
        Whereabouts::files_only(cli, call)?;
        config()
    };
    match &cli.call {
        Call::Record(call) => calls::record::run(&at()?, call),
        Call::Import(call) => calls::import::run(&at()?, cli.json, call),
        Call::Totals(call) => calls::totals::run(&at()?, cli.json, call),
        Call::Trail(call) => calls::trail::run(&at()?, cli.json, call),
        Call::Explain(call) => calls::explain::run(&at()?, cli.json, &call.figure),
        Call::Diff(call) => calls::explain::diff(&at()?, cli.json, call),
        Call::Report(call) => calls::report::run(&at()?, cli.json, call),
        Call::Statement(call) => calls::statement::run(&at()?, cli.json, call),
        Call::Verify(call) => calls::verify::run(&own("verify")?.place(), cli.json, call),
        Call::VerifyBundle(call) => calls::verify_bundle::run(cli.json, call),
        Call::Sample(call) => calls::sample::run(&at()?, cli.json, call),
        Call::Witness(call) => {
            Whereabouts::files_only(cli, "witness")?;
            calls::witness::run(call)
        }
        Call::Keys { call } => calls::keys::run(&own("keys")?.place(), cli.json, call),
        Call::Export(call) => calls::export::run(&at()?, call),
        Call::Restore(call) => calls::restore::run(&own("restore")?.place(), cli.json, call),
        Call::Serve(_) => calls::serve::run(&own("serve")?, |_| Ok(())),
        Call::User { call } => calls::user::run(&at()?, cli.json, call),
        Call::Token { call } => calls::token::run(&at()?, cli.json, call),
        Call::Cluster { call } => {
            Whereabouts::files_only(cli, "cluster")?;
            calls::cluster::run(&place()?, cli.json, *call)
        }
        Call::Config { call } => calls::config::run(config, cli.json, *call),
        Call::Demo(call) => calls::demo::run(&own("demo")?, call),
        Call::Views { call } => calls::views::run(&own("views")?.place(), *call),
        Call::Completions { shell } => calls::completions::run(*shell),
    }
}
