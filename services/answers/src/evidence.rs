//! How much of what was recorded about each claim names evidence, and where a document was named.

use std::collections::BTreeMap;

use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::sha256::Sha256Hex;
use netgain_ledger::history;
use netgain_ledger::log::{Cursor, LogRead};

use crate::not_answered::NotAnswered;

/// What was recorded about a claim, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The events about it.
    pub events: u64,
    /// Those of them that name a document as evidence.
    pub with_evidence: u64,
    /// The documents that they name.
    pub documents: u64,
}

/// What was recorded about every claim up to a position.
///
/// # Errors
/// The history cannot be read.
pub fn recorded(
    log: &dyn LogRead,
    org: &OrgId,
    through: Position,
) -> Result<BTreeMap<ClaimId, Recorded>, NotAnswered> {
    let mut claims: BTreeMap<ClaimId, Recorded> = BTreeMap::new();
    history::read_events(log, &Cursor::default(), org, &mut |_, event| {
        let Some(claim) = event.fact.claim() else {
            return;
        };
        if event.position > through {
            return;
        }
        let recorded = claims.entry(claim.clone()).or_default();
        let documents = u64::try_from(event.evidence.len()).unwrap_or(u64::MAX);
        recorded.events += 1;
        recorded.with_evidence += u64::from(documents > 0);
        recorded.documents = recorded.documents.saturating_add(documents);
    })?;
    Ok(claims)
}

/// Where a document was named as evidence before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedBefore {
    /// The first event that names it.
    pub first: Position,
    /// When that was recorded.
    pub recorded_at: RecordedAt,
    /// The last event that names it.
    pub last: Position,
}

/// Where in an organisation's history a document is named; nothing where it is not.
///
/// # Errors
/// The history cannot be read.
pub fn named_before(
    log: &dyn LogRead,
    org: &OrgId,
    sha256: &Sha256Hex,
) -> Result<Option<NamedBefore>, NotAnswered> {
    let mut found: Option<NamedBefore> = None;
    history::read_events(log, &Cursor::default(), org, &mut |_, event| {
        if !event.evidence.iter().any(|it| it.sha256 == *sha256) {
            return;
        }
        let first = found.unwrap_or(NamedBefore {
            first: event.position,
            recorded_at: event.recorded_at,
            last: event.position,
        });
        found = Some(NamedBefore {
            last: event.position,
            ..first
        });
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, stroud};
    use serde_json::json;

    #[test]
    fn the_events_and_documents_of_each_claim_are_counted_up_to_a_position() {
        let world = World::stroud();
        let document = |name| json!({"name": name, "sha256": "0".repeat(64)});
        world.record(
            json!({"type": "validate-claim", "claim": "B", "actor": "b.head",
            "evidence": [document("Minute"), document("Ledger")]}),
        );
        let count = |through, claim: &str| {
            let recorded = recorded(&world.log, &stroud(), Position::new(through)).unwrap();
            let found = recorded.get(&claim.parse::<ClaimId>().unwrap());
            found.map(|it| (it.events, it.with_evidence, it.documents))
        };
        assert_eq!(count(13, "B"), Some((2, 1, 2)));
        assert_eq!(count(12, "B"), Some((1, 0, 0)));
        assert_eq!(count(9, "B"), None);
        // Nine of the twelve events are about A.
        assert_eq!(count(13, "A"), Some((9, 0, 0)));
        let named = |sha256: &str| {
            let found = named_before(&world.log, &stroud(), &sha256.parse().unwrap());
            found.unwrap().map(|it| (it.first.get(), it.last.get()))
        };
        assert_eq!(named(&"0".repeat(64)), Some((13, 13)));
        assert_eq!(named(&"1".repeat(64)), None);
    }
}
