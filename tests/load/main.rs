//! The load that the service is measured with, on one thread beside it. Each call prints JSON documents, a line each.
//!
//! ```text
//! load people                                      command lines that admit those who act in a workload
//! load record SERVICE PROCESS BARE PROCESS COMMANDS ROUNDS SECONDS
//!                                                  single commands beside the bare handler, then arrays
//! load totals SERVICE BARE COMMANDS ROUNDS SECONDS totals beside the bare handler
//! load live SERVICE PROCESS COMMANDS SECONDS       streams while commands are recorded
//! load until-gone SERVICE COMMANDS FILE            single commands until the service is gone; FILE has what
//!                                                  was acknowledged
//! ```

mod connection;
mod live;
mod process;
mod queue;
mod record;
mod times;
mod totals;

use std::error::Error;
use std::time::Duration;

use netgain_tests::service::person;
use serde_json::Value;
use tokio::task::LocalSet;

use crate::record::{Plan, Served};

/// Who acts in a workload: those who record, and those who check and validate.
const RECORDERS: [&str; 4] = ["p.ellis", "m.bevan", "s.okafor", "finance-import"];
const VALIDATORS: [&str; 3] = ["r.chowdhury", "j.hargreaves", "internal-audit"];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = LocalSet::new().block_on(&runtime, call(&words))?;
    if let Some(document) = done {
        println!("{document}");
    }
    Ok(())
}

async fn call(words: &[&str]) -> Result<Option<Value>, Box<dyn Error>> {
    let plan = |rounds: &str, seconds: &str| -> Result<Plan, Box<dyn Error>> {
        let seconds = Duration::from_secs(seconds.parse()?);
        Ok(Plan {
            rounds: rounds.parse()?,
            seconds,
        })
    };
    Ok(Some(match *words {
        ["people"] => {
            people();
            return Ok(None);
        }
        [
            "record",
            service,
            process,
            bare,
            beside,
            commands,
            rounds,
            seconds,
        ] => {
            let plan = plan(rounds, seconds)?;
            let service = Served::parse(service, process)?;
            let bare = Served::parse(bare, beside)?;
            record::record(service, bare, commands.as_ref(), &plan).await?
        }
        ["totals", service, bare, commands, rounds, seconds] => {
            let plan = plan(rounds, seconds)?;
            totals::totals(service.parse()?, bare.parse()?, commands.as_ref(), &plan).await?
        }
        ["live", service, process, commands, seconds] => {
            let plan = plan("1", seconds)?;
            live::live(service.parse()?, process.parse()?, commands.as_ref(), &plan).await?
        }
        ["until-gone", service, commands, file] => {
            record::until_gone(service.parse()?, commands.as_ref(), file.as_ref()).await?
        }
        _ => {
            return Err(
                "usage: load people | record | totals | live | until-gone, as its source says"
                    .into(),
            );
        }
    }))
}

fn people() {
    for id in RECORDERS {
        for command in person(id, &[("recorder", "*")]) {
            println!("{command}");
        }
    }
    for id in VALIDATORS {
        let roles = [("recorder", "*"), ("validator", "*")];
        for command in person(id, &roles) {
            println!("{command}");
        }
    }
}
