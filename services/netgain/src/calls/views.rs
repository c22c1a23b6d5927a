//! `netgain views rebuild`: folds everything from the log and writes the views anew.

use std::io::Write;
use std::path::Path;

use crate::cli::ViewsCall;
use crate::data_dir;
use crate::outcome::Outcome;

pub(crate) fn run(data: &Path, call: ViewsCall) -> Outcome {
    match call {
        ViewsCall::Rebuild => rebuild(data),
    }
}

fn rebuild(data: &Path) -> Outcome {
    // Only an existing ledger has views; and only its writer may touch them.
    drop(data_dir::open_for_reading(data)?);
    let ledger = data_dir::open_with_new_views(data)?;
    let events = ledger.events_not_in_views();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(ledger.store_views())?;
    data_dir::close(ledger)?;
    writeln!(std::io::stdout(), "{events} events folded into the views.")?;
    Ok(())
}
