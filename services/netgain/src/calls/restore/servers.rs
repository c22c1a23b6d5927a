//! A history back onto servers: first beside the data, where all of it is checked, then from there in one go.

use std::path::Path;
use std::sync::Arc;

use netgain_events::identifier::LedgerId;
use netgain_ledger::log::{Cursor, Log, LogFault, LogRead, durable};
use netgain_log_file::Reader;
use netgain_log_jetstream::{Home, JetStreamLog};

use crate::outcome::{Failure, Outcome};

/// Copies a log that was checked into new streams, or into some that are this ledger's and have nothing yet.
pub(super) fn copy(from: &Path, home: &Home, shards: u32) -> Outcome {
    let staged = Reader::open(from)?;
    let ledger: LedgerId = *staged.ledger();
    let found = netgain_log_jetstream::init(home, shards, || ledger)?;
    let log = JetStreamLog::open(home)?;
    let mut is_empty = true;
    log.read(&Cursor::default(), None, &mut |_| is_empty = false)?;
    if found != ledger || !is_empty {
        return Err(Failure::Usage(format!(
            "there is a ledger on these servers already, {found}; restore onto servers that have none."
        )));
    }
    let mut fault: Option<Arc<LogFault>> = None;
    staged.read(&Cursor::default(), None, &mut |commit| {
        if fault.is_none() {
            fault = log.append(commit).err();
        }
    })?;
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(durable(&log, log.everything()))?;
    log.close()?;
    Ok(())
}
