//! `netgain keys`: the key that signs a ledger's checkpoints.

use std::io::Write;

use netgain_events::command::{Command, Proposal};
use netgain_events::fact::{Fact, KeyRotation};
use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::read_events;
use netgain_ledger::ledger::Outcome as Decided;
use netgain_ledger::log::Cursor;
use netgain_proof::sealer::Sealer;
use netgain_verify::note::VerifierKey;

use crate::cli::{ActorArgs, KeysCall};
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::who;
use crate::writing::Writing;

const MS_PER_DAY: i64 = 86_400_000;

pub(crate) fn run(place: &Place, json: bool, call: &KeysCall) -> Outcome {
    match call {
        KeysCall::Init => init(place, json),
        KeysCall::Show { all } => show(place, json, *all),
        KeysCall::Rotate {
            overlap_days,
            actor,
        } => rotate(place, json, *overlap_days, actor),
    }
}

fn init(place: &Place, json: bool) -> Outcome {
    let key = data_dir::make_key(place)?;
    print(json, &[key])
}

fn show(place: &Place, json: bool, all: bool) -> Outcome {
    let reader = data_dir::open_for_reading(place)?;
    let keys = data_dir::public_keys(place, &reader)?;
    let shown = if all {
        keys.as_slice()
    } else {
        keys.get(..1).unwrap_or_default()
    };
    print(json, shown)
}

fn print(json: bool, keys: &[VerifierKey]) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        writeln!(out, "{}", serde_json::json!({ "keys": keys }))?;
    } else {
        for key in keys {
            writeln!(out, "{key}")?;
        }
    }
    Ok(())
}

fn rotate(place: &Place, json: bool, overlap_days: u16, actor: &ActorArgs) -> Outcome {
    let caller = who::caller(actor)?;
    // Only a ledger that exists has a key to replace.
    drop(data_dir::open_for_reading(place)?);
    let mut writing = data_dir::open_for_writing(place)?;
    let rotation = match unrecorded(&writing)? {
        // The key was replaced and the power went before that was written down.
        Some(rotation) => rotation,
        None => replace(&mut writing, overlap_days)?,
    };
    let (to, both_until) = (rotation.to.clone(), rotation.both_until);
    let command = Command {
        org: OrgId::system(),
        proposal: Proposal::Fact(Fact::SigningKeyRotated(rotation)),
        actor: None,
        key: None,
        note: None,
        evidence: Vec::new(),
    };
    let outcome = writing.record(&OrgId::system(), command.into(), &caller)?;
    if let Decided::Refused(refusals) = outcome {
        let why = refusals.into_iter().next();
        let why = why.map_or_else(String::new, |(_, refusal)| refusal.to_string());
        return Err(Failure::refused("not-recorded", why));
    }
    // The key is replaced, whatever becomes of the rest: whoever asked is told so first.
    let finished = writing.finish();
    let mut out = std::io::stdout().lock();
    if json {
        let document = serde_json::json!({ "key": to, "both_until": both_until });
        writeln!(out, "{document}")?;
    } else {
        writeln!(out, "{to}")?;
        eprintln!(
            "netgain: this key signs from now on, and the one before it too until {both_until}. Give \
             it to your auditors before then."
        );
    }
    finished
}

fn no_keys() -> Failure {
    Failure::Usage("nothing is sealed here, so no key signs; rotate keys where it is".into())
}

fn replace(writing: &mut Writing, overlap_days: u16) -> Result<KeyRotation, Failure> {
    let now = SystemClock.now();
    let until = now.unix_ms() + i64::from(overlap_days) * MS_PER_DAY;
    let until = RecordedAt::from_unix_ms(until).unwrap_or(now);
    let sealer = writing.sealer.as_mut();
    sealer.ok_or_else(no_keys)?.rotate(until)?;
    match unrecorded(writing)? {
        Some(rotation) => Ok(rotation),
        None => Err(Failure::fault(
            "the new key is not there; nothing was recorded",
        )),
    }
}

/// The rotation that the keys have been through and the ledger's own history does not tell of.
fn unrecorded(writing: &Writing) -> Result<Option<KeyRotation>, Failure> {
    let Some((from, to, both_until)) = writing.sealer.as_ref().and_then(Sealer::rotation) else {
        return Ok(None);
    };
    let (from, to) = (from.to_string().parse()?, to.to_string().parse()?);
    let mut recorded = false;
    let log = writing.ledger.log();
    read_events(
        log,
        &Cursor::default(),
        &OrgId::system(),
        &mut |_, event| {
            recorded |=
                matches!(event.fact, Fact::SigningKeyRotated(rotation) if rotation.to == to);
        },
    )?;
    Ok((!recorded).then_some(KeyRotation {
        from,
        to,
        both_until,
    }))
}
