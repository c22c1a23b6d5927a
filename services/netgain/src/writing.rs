//! A ledger that is open for writing: what is recorded is waited for, sealed, cosigned and kept in the
//! views, whichever call recorded it.

use std::sync::Arc;

use netgain_events::command::Request;
use netgain_events::identifier::OrgId;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::ledger::{
    Caller, Decided, Ledger, LedgerFault, Outcome as Recorded, Requested,
};
use netgain_ledger::log::{Log, durable};
use netgain_proof::sealer::{SealError, Sealer};
use netgain_witness::{QuorumError, WitnessPolicy};

use crate::log_of_record::LogOfRecord;
use crate::outcome::{Failure, Outcome};

/// How many events the views may lack before a call that records takes the time to bring them up:
/// folding that many is quicker than opening and writing the views.
const VIEWS_LACK_MAX: u64 = 5_000;

/// Whether anything is sealed: always, but where it is measured what sealing takes.
const SEALS: bool = !cfg!(feature = "measure-without-seals");

/// A ledger that is open for writing, and what seals it.
pub(crate) struct Writing {
    /// Shared with the threads of a call while it records.
    pub(crate) ledger: Arc<Ledger<LogOfRecord>>,
    /// What seals it; nothing where that is another's task.
    pub(crate) sealer: Option<Sealer>,
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
    /// Decides something of an organisation, and waits until the decision may be told; where others were ahead of
    /// it, it is decided again.
    pub(crate) fn settle<T>(
        &self,
        org: &OrgId,
        decide: impl FnMut() -> Result<Decided<T>, LedgerFault>,
    ) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(runtime.block_on(self.ledger.settle(org, decide))?)
    }

    /// Records a request and waits until what came of it may be told.
    pub(crate) fn record(
        &self,
        org: &OrgId,
        request: Request,
        caller: &Caller,
    ) -> Result<Recorded, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let settled = self.ledger.settle_request(org, request, None, caller);
        match runtime.block_on(settled)? {
            Requested::Answered(answer) => Ok(answer.outcome),
            Requested::Stale { .. } => Err(Failure::fault("no position was named")),
        }
    }

    /// Waits until everything that was recorded is durable.
    pub(crate) fn wait_for_all(&self) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let log = self.ledger.log();
        runtime.block_on(durable(log, log.everything()))?;
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
        match &mut self.sealer {
            Some(sealer) if SEALS => sealer.read_on(self.ledger.log()).map_err(not_sealed),
            _ => Ok(()),
        }
    }

    /// Signs what was recorded since the last seal.
    pub(crate) fn seal(&mut self) -> Outcome {
        if !SEALS {
            eprintln!("netgain: this program was built to measure with, and seals nothing");
        }
        let Some(sealer) = self.sealer.as_mut().filter(|_| SEALS) else {
            return Ok(());
        };
        sealer
            .seal(self.ledger.log(), SystemClock.now())
            .map_err(not_sealed)?;
        cosign(sealer, self.witnesses.as_ref())
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
