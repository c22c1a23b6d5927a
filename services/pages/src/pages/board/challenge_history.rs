//! When challenges were raised, answered and closed, and when an upheld one was put right: what the folded
//! state leaves out.

use std::collections::BTreeMap;

use netgain_events::event::Event;
use netgain_events::fact::Fact;
use netgain_events::identifier::{ChallengeId, ClaimId, Position};
use netgain_events::recorded_at::RecordedAt;

/// The challenges of an organisation, followed event by event. It knows every point, so that one that was
/// followed to the end tells about earlier ones too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChallengeHistory {
    of_claims: BTreeMap<ClaimId, BTreeMap<ChallengeId, Course>>,
}

/// A point in a history.
type At = (Position, RecordedAt);

/// The course of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Course {
    raised: RecordedAt,
    /// The first answer and its replacements.
    answered: Vec<At>,
    closed: Option<At>,
    /// The first amendment of the claim after the closing, or its withdrawal.
    put_right: Option<Position>,
}

/// The dates of a challenge as known at some position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) raised: RecordedAt,
    pub(super) answered: Option<RecordedAt>,
    pub(super) closed: Option<RecordedAt>,
    /// Whether the claim was amended or withdrawn after the closing.
    pub(super) put_right: bool,
}

impl ChallengeHistory {
    /// Follows one event more.
    pub fn apply(&mut self, event: &Event) {
        let at = (event.position, event.recorded_at);
        let Some(claim) = event.fact.claim() else {
            return;
        };
        if let Fact::ChallengeRaised { challenge, .. } = &event.fact {
            let course = Course {
                raised: event.recorded_at,
                answered: Vec::new(),
                closed: None,
                put_right: None,
            };
            let of_claim = self.of_claims.entry(claim.clone()).or_default();
            of_claim.insert(challenge.clone(), course);
        } else if let Fact::ChallengeAnswered { challenge, .. } = &event.fact {
            if let Some(course) = self.course_mut(claim, challenge) {
                course.answered.push(at);
            }
        } else if let Fact::ChallengeClosed { challenge, .. } = &event.fact {
            if let Some(course) = self.course_mut(claim, challenge) {
                course.closed = Some(at);
            }
        } else if is_putting_right(&event.fact) {
            let of_claim = self.of_claims.get_mut(claim).into_iter();
            for course in of_claim.flat_map(BTreeMap::values_mut) {
                if course.closed.is_some() {
                    course.put_right.get_or_insert(event.position);
                }
            }
        }
    }

    fn course_mut(&mut self, claim: &ClaimId, challenge: &ChallengeId) -> Option<&mut Course> {
        self.of_claims.get_mut(claim)?.get_mut(challenge)
    }

    /// The dates of a challenge as known at a position.
    pub(super) fn dates(
        &self,
        claim: &ClaimId,
        challenge: &ChallengeId,
        known: Position,
    ) -> Option<Dates> {
        let course = self.of_claims.get(claim)?.get(challenge)?;
        let by_then = |(position, at): &At| (*position <= known).then_some(*at);
        Some(Dates {
            raised: course.raised,
            answered: course.answered.iter().rev().find_map(by_then),
            closed: course.closed.as_ref().and_then(by_then),
            put_right: course.put_right.is_some_and(|position| position <= known),
        })
    }
}

/// Whether a claim is not what it was when a challenge of it was upheld. A cost set against it is an answer to
/// a challenge too, but its organisation says so by an amendment.
const fn is_putting_right(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ClaimAmended { .. } | Fact::ClaimWithdrawn { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{events, log};

    fn history() -> ChallengeHistory {
        let mut history = ChallengeHistory::default();
        for (_, event) in events(&log()) {
            history.apply(&event);
        }
        history
    }

    /// The position of the first event of a claim with that type.
    fn position(kind: &str, claim: &str) -> Position {
        let claim: ClaimId = claim.parse().unwrap();
        let found = events(&log()).into_iter().find(|(_, event)| {
            event.fact.kind().event_type() == kind && event.fact.claim() == Some(&claim)
        });
        found.unwrap().1.position
    }

    #[test]
    fn an_upheld_challenge_stands_until_its_claim_is_amended_or_withdrawn() {
        let (claim, challenge): (ClaimId, _) = ("FAC1".parse().unwrap(), "SCR-1".parse().unwrap());
        let (_, last) = events(&log()).pop().unwrap();
        let next = last.position.next();
        let reason = || "Found wrong".parse().unwrap();
        let amended = Fact::ClaimAmended {
            claim: claim.clone(),
            reason: reason(),
            changes: Box::default(),
        };
        let withdrawn = Fact::ClaimWithdrawn {
            claim: claim.clone(),
            reason: reason(),
        };
        for fact in [amended, withdrawn] {
            let mut history = history();
            let put_right = |history: &ChallengeHistory, known| {
                let dates = history.dates(&claim, &challenge, known).unwrap();
                assert!(dates.closed.is_some());
                dates.put_right
            };
            assert!(!put_right(&history, last.position));
            history.apply(&Event {
                position: next,
                fact,
                ..last.clone()
            });
            assert!(put_right(&history, next));
            // As known before it was put right, it still stood.
            assert!(!put_right(&history, last.position));
        }
    }

    #[test]
    fn what_came_later_was_not_known_then() {
        let history = history();
        let (claim, challenge) = ("PROC1".parse().unwrap(), "AUD-1".parse().unwrap());
        let raised = position("challenge-raised", "PROC1");
        let then = history.dates(&claim, &challenge, raised).unwrap();
        assert_eq!((then.answered, then.closed), (None, None));
        let answered = position("challenge-answered", "PROC1");
        let then = history.dates(&claim, &challenge, answered).unwrap();
        assert!(then.answered.is_some() && then.closed.is_none());
    }
}
