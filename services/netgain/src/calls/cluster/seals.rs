//! `netgain cluster bring-seals`: what was signed over a ledger before it was restored onto servers, for its nodes to go on from.

use std::io::Write;

use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::log::LogRead;
use netgain_proof::agreement::AgreementError;
use netgain_proof::bring::bring as bring_to;
use netgain_proof::examine::examine;
use netgain_proof::keys::KeyRing;
use netgain_proof::store::{Store, StoreError};

use crate::calls::verify::counted;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;

pub(super) fn bring(place: &Place, json: bool) -> Outcome {
    let log = data_dir::open_for_reading(place)?;
    if !Store::has_checkpoints(&place.checkpoints) {
        return Err(Failure::Usage(format!(
            "there are no checkpoints in {}; name those of the ledger that was exported, with --checkpoints",
            place.checkpoints.display()
        )));
    }
    let Some(keys) = KeyRing::open(&place.keys, log.ledger())? else {
        return Err(Failure::Usage(format!(
            "there is no signing key in {}; name the keys of the ledger that was exported, with --keys",
            place.keys.display()
        )));
    };
    let Some(mut agreed) = data_dir::agreed_seals(place, log.ledger())? else {
        return Err(Failure::Usage(
            "say who may seal on these servers: set seals_user and seals_password_file, as on a node that seals".into(),
        ));
    };
    // It stays open, so that nobody seals into the directory meanwhile.
    let store = Store::open(&place.checkpoints, &keys)?;
    hold(place, &log, &store)?;
    let brought = bring_to(
        &place.checkpoints,
        &keys,
        SystemClock.now(),
        agreed.as_mut(),
    );
    let checkpoints = brought.map_err(refusal)?;
    drop(store);
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::json!({ "checkpoints": checkpoints }))?;
    } else {
        writeln!(
            out,
            "The nodes go on from what was signed: {} in the registry, and the log is the one that they seal.",
            counted(checkpoints, "checkpoint")
        )?;
    }
    Ok(())
}

/// Refuses a log that is not the one that was sealed.
fn hold(place: &Place, log: &dyn LogRead, store: &Store) -> Outcome {
    let mut progress = Progress::bytes("checking what was sealed", None);
    let examined = examine(log, store.registry(), &mut |bytes| progress.at(bytes))?;
    match examined.alarms.values().next() {
        None => Ok(()),
        Some(alarm) => Err(Failure::refused(
            "not-as-sealed",
            format!(
                "the history on the servers is not the one that the checkpoints in {} seal: {alarm}. Nothing was brought.",
                place.checkpoints.display()
            ),
        )),
    }
}

/// Other seals that are agreed on already are a refusal; everything else is a fault.
fn refusal(error: StoreError) -> Failure {
    let is_other = matches!(error, StoreError::Agreement(AgreementError::Forked { .. }));
    if is_other {
        Failure::refused("other-seals", error)
    } else {
        error.into()
    }
}
