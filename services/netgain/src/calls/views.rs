//! `netgain views rebuild`: folds everything from the log and writes the views anew.

use std::io::Write;

use crate::cli::ViewsCall;
use crate::data_dir::{self, Place};
use crate::outcome::Outcome;

pub(crate) fn run(place: &Place, call: ViewsCall) -> Outcome {
    match call {
        ViewsCall::Rebuild => rebuild(place),
    }
}

fn rebuild(place: &Place) -> Outcome {
    // Only an existing ledger has views; and only its writer may touch them.
    drop(data_dir::open_for_reading(place)?);
    let ledger = data_dir::open_with_new_views(place)?;
    let events = ledger.events_not_in_views();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(ledger.store_views())?;
    ledger.into_log().close()?;
    writeln!(std::io::stdout(), "{events} events folded into the views.")?;
    Ok(())
}
