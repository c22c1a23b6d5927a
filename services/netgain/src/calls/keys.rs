//! `netgain keys`: the key that signs a ledger's checkpoints.

use std::io::Write;

use netgain_events::command::{Command, Proposal};
use netgain_events::fact::{Fact, KeyRotation};
use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::read_events;
use netgain_ledger::ledger::Outcome as Decided;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_proof::keys::{KeyRing, RETIRING_KEY, SIGNING_KEY, VERIFICATION_KEY};
use netgain_verify::note::VerifierKey;

use crate::cli::{ActorArgs, KeysCall};
use crate::data_dir::{self, Place};
use crate::log_of_record::LogOfRecord;
use crate::outcome::{Failure, Outcome};
use crate::who;

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
    if place.servers.is_some() {
        return Err(Failure::Usage(format!(
            "on servers the first node that seals makes the key when it starts; bring its {SIGNING_KEY} to the \
             others before they start"
        )));
    }
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
    let log = writing.ledger.log();
    let recorded = recorded(log)?;
    // On servers the nodes seal, each with its own copy of the keys.
    let mut of_node = match &writing.sealer {
        Some(_) => None,
        None => KeyRing::open(&place.keys, log.ledger())?,
    };
    let keys = match &mut writing.sealer {
        Some(sealer) => Some(sealer.keys_mut()),
        None => of_node.as_mut(),
    };
    let rotation = replace(keys.ok_or_else(|| no_keys(place))?, &recorded, overlap_days)?;
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
    if of_node.is_some() {
        eprintln!(
            "netgain: bring {SIGNING_KEY}, {RETIRING_KEY} and {VERIFICATION_KEY} from {} to every other node \
             that seals, and start those again one by one, by {both_until}: they sign with the old key until they \
             have the new one, and cannot go on after a seal that only the new one has signed.",
            place.keys.display()
        );
    }
    finished
}

fn no_keys(place: &Place) -> Failure {
    Failure::Usage(format!(
        "there is no key that signs in {}; run this where one is, with --keys DIR",
        place.keys.display()
    ))
}

/// Replaces the key that signs, unless it was replaced already and that is not recorded yet.
fn replace(
    keys: &mut KeyRing,
    recorded: &[KeyRotation],
    overlap_days: u16,
) -> Result<KeyRotation, Failure> {
    // The key was replaced and the power went before that was written down.
    let unrecorded = rotation_of(keys)?
        .filter(|rotation| recorded.iter().all(|recorded| recorded.to != rotation.to));
    let signs = match &unrecorded {
        Some(rotation) => Some(rotation.from.to_string()),
        None => keys.public_keys().first().map(ToString::to_string),
    };
    let is_replaced = |by: &&KeyRotation| signs.as_deref() == Some(by.from.as_str());
    if let Some(KeyRotation { to, .. }) = recorded.iter().find(is_replaced) {
        return Err(Failure::refused(
            "older-key",
            format!(
                "the key in {} was replaced on another node, by {to}: bring {SIGNING_KEY}, {RETIRING_KEY} and \
                 {VERIFICATION_KEY} from there first",
                keys.directory().display()
            ),
        ));
    }
    if let Some(rotation) = unrecorded {
        return Ok(rotation);
    }
    let now = SystemClock.now();
    let until = now.unix_ms() + i64::from(overlap_days) * MS_PER_DAY;
    let until = RecordedAt::from_unix_ms(until).unwrap_or(now);
    keys.rotate(until)?;
    rotation_of(keys)?
        .ok_or_else(|| Failure::fault("the new key is not there; nothing was recorded"))
}

/// The last rotation that the keys have been through.
fn rotation_of(keys: &KeyRing) -> Result<Option<KeyRotation>, Failure> {
    let Some((from, to, both_until)) = keys.rotation() else {
        return Ok(None);
    };
    let (from, to) = (from.to_string().parse()?, to.to_string().parse()?);
    Ok(Some(KeyRotation {
        from,
        to,
        both_until,
    }))
}

/// The rotations that the ledger's own history tells of.
fn recorded(log: &LogOfRecord) -> Result<Vec<KeyRotation>, Failure> {
    let mut rotations = Vec::new();
    read_events(
        log,
        &Cursor::default(),
        &OrgId::system(),
        &mut |_, event| {
            if let Fact::SigningKeyRotated(rotation) = event.fact {
                rotations.push(rotation);
            }
        },
    )?;
    Ok(rotations)
}
