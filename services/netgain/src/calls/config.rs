//! `netgain config`: what holds, where it came from, and what there is to set.

use std::io::Write;

use serde_json::{Value, json};

use crate::cli::ConfigCall;
use crate::config::{self, Config, Shown};
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table};

pub(crate) fn run(
    config: impl FnOnce() -> Result<Config, Failure>,
    json: bool,
    call: ConfigCall,
) -> Outcome {
    match call {
        ConfigCall::Show => show(&config()?, json),
        ConfigCall::Example => {
            write!(std::io::stdout().lock(), "{}", config::example())?;
            Ok(())
        }
    }
}

fn show(config: &Config, json: bool) -> Outcome {
    let shown = config.shown();
    let mut out = std::io::stdout().lock();
    if json {
        let settings: Vec<Value> = shown.iter().map(document).collect();
        writeln!(out, "{}", json!({ "settings": settings }))?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("Setting", Column::Left),
        ("Value", Column::Left),
        ("From", Column::Left),
    ]);
    for Shown {
        name,
        value,
        origin,
    } in shown
    {
        table.row([
            name,
            value.unwrap_or_else(|| "–".to_owned()),
            origin.to_string(),
        ]);
    }
    write!(out, "{}", table.render())?;
    Ok(())
}

fn document(shown: &Shown) -> Value {
    json!({
        "name": shown.name,
        "value": shown.value,
        "from": shown.origin.kind(),
        "where": shown.origin.to_string(),
    })
}
