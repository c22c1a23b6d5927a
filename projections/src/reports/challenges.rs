//! The challenges raised, and how far each has come.

use chrono::NaiveDate;
use netgain_events::identifier::{Actor, ChallengeId, ClaimId, Position};
use netgain_events::state::Organisation;
use netgain_events::text::Prose;
use netgain_events::vocabulary::ChallengeOutcome;
use serde::Serialize;

/// How far a challenge has come at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The answer's day has passed without one.
    Overdue,
    /// No answer yet.
    Open,
    /// Answered and not closed.
    Answered,
    /// Closed: the challenger was right.
    Upheld,
    /// Closed: the claim stands.
    Dismissed,
}

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
    /// The claim it doubts.
    pub claim: ClaimId,
    /// Its reference.
    pub challenge: ChallengeId,
    /// How far it has come.
    pub progress: Progress,
    /// Who raised it.
    pub raised_by: Actor,
    /// The position it was raised at.
    pub raised: Position,
    /// By when an answer is wanted.
    pub answer_by: Option<NaiveDate>,
    /// What is asked.
    pub question: Prose,
    /// The answer.
    pub answer: Option<Prose>,
}

/// Every challenge, the most pressing first.
#[must_use]
pub fn challenges(state: &Organisation, at: NaiveDate) -> Vec<Challenge> {
    let mut listed = Vec::new();
    for (claim, facts) in &state.claims {
        for (id, challenge) in facts.challenges.iter() {
            let late = challenge.answer_by.is_some_and(|by| by < at);
            let progress = match (challenge.outcome, &challenge.answer) {
                (Some(ChallengeOutcome::Upheld), _) => Progress::Upheld,
                (Some(ChallengeOutcome::Dismissed), _) => Progress::Dismissed,
                (None, Some(_)) => Progress::Answered,
                (None, None) if late => Progress::Overdue,
                (None, None) => Progress::Open,
            };
            listed.push(Challenge {
                claim: claim.clone(),
                challenge: id.clone(),
                progress,
                raised_by: challenge.raised_by.clone(),
                raised: challenge.raised,
                answer_by: challenge.answer_by,
                question: challenge.question.clone(),
                answer: challenge.answer.clone(),
            });
        }
    }
    listed.sort_by_key(|challenge| (challenge.progress, challenge.raised));
    listed
}
