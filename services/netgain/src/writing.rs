//! A ledger that is open for writing: what is recorded is waited for, sealed, cosigned and kept in the
//! views, whichever call recorded it.

use std::sync::Arc;

use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::ledger::Ledger;
use netgain_ledger::log::{Ticket, durable};
use netgain_log_file::FileLog;
use netgain_proof::sealer::{SealError, Sealer};
use netgain_witness::{QuorumError, WitnessPolicy};

use crate::outcome::{Failure, Outcome};

/// How many events the views may lack before a call that records takes the time to bring them up:
/// folding that many is quicker than opening and writing the views.
const VIEWS_LACK_MAX: u64 = 5_000;

/// A ledger that is open for writing, and what seals it.
pub(crate) struct Writing {
    /// Shared with the threads of a call while it records.
    pub(crate) ledger: Arc<Ledger<FileLog>>,
    pub(crate) sealer: Sealer,
    pub(crate) witnesses: Option<WitnessPolicy>,
}

/// Has the witnesses cosign what is sealed, where there are any.
pub(crate) fn cosign(sealer: &mut Sealer, witnesses: Option<&WitnessPolicy>) -> Outcome {
    let Some(policy) = witnesses else {
        return Ok(());
    };
    let newest = sealer.registry().checkpoint();
    if newest.is_some_and(|newest| policy.is_met_by(newest)) {
        return Ok(());
    }
    let asked = sealer.cosign(|checkpoint, proof| {
        let cosigned = netgain_witness::ask(policy, &|_| 0, proof, checkpoint)?;
        for missing in &cosigned.missing {
            eprintln!("netgain: the witness {} {}", missing.witness, missing.why);
        }
        Ok::<_, QuorumError>(cosigned.checkpoint)
    });
    asked.map_err(|error| {
        Failure::explained(
            "what was recorded is safe and sealed, but not enough witnesses cosigned it; the next \
             call that records asks them again",
            error,
        )
    })
}

fn not_sealed(error: SealError) -> Failure {
    Failure::explained(
        "what was recorded is safe, but it could not be sealed; the next call that records seals it",
        error,
    )
}

impl Writing {
    /// Waits until what an answer saw is durable, so that it may be told.
    pub(crate) fn wait(&self, ticket: Option<Ticket>) -> Outcome {
        if let Some(ticket) = ticket {
            let runtime = tokio::runtime::Builder::new_current_thread().build()?;
            runtime.block_on(durable(self.ledger.log(), ticket))?;
        }
        Ok(())
    }

    /// Seals what was recorded, brings the views up where they lack much, and closes the ledger.
    pub(crate) fn finish(mut self) -> Outcome {
        let sealed = self.seal();
        self.close()?;
        sealed
    }

    /// Reads on what the next seal will cover, as far as it is durable.
    pub(crate) fn read_on(&mut self) -> Outcome {
        if cfg!(feature = "measure-without-seals") {
            return Ok(());
        }
        self.sealer.read_on(self.ledger.log()).map_err(not_sealed)
    }

    /// Signs what was recorded since the last seal.
    pub(crate) fn seal(&mut self) -> Outcome {
        if cfg!(feature = "measure-without-seals") {
            return Ok(());
        }
        self.sealer
            .seal(self.ledger.log(), SystemClock.now())
            .map_err(not_sealed)?;
        cosign(&mut self.sealer, self.witnesses.as_ref())
    }

    /// Brings the views up where they lack much, and closes the ledger. Says if its last write could
    /// not be finished; failing at the views loses nothing but time.
    pub(crate) fn close(self) -> Outcome {
        if self.ledger.events_not_in_views() > VIEWS_LACK_MAX {
            let runtime = tokio::runtime::Builder::new_current_thread().build()?;
            if let Err(error) = runtime.block_on(self.ledger.store_views()) {
                eprintln!("netgain: {error}; the next start will take longer");
            }
        }
        // Whoever shared it has ended.
        let Some(ledger) = Arc::into_inner(self.ledger) else {
            return Err(Failure::fault(
                "the ledger is still in use and was not closed",
            ));
        };
        ledger.into_log().close()?;
        Ok(())
    }
}
