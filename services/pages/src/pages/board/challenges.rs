//! The challenges that somebody has to do something about.

use std::collections::BTreeSet;

use askama::Template;
use chrono::NaiveDate;
use netgain_events::identifier::{ClaimId, Position};
use netgain_events::state::Organisation;
use netgain_projections::reports::challenges::{Challenge, Progress, challenges};

use super::challenge_history::{ChallengeHistory, Dates};
use crate::components::{Tag, TagColour};
use crate::link::Link;
use crate::when::{Moment, day};

/// How many are shown: more than a meeting can go through.
const CHALLENGES_SHOWN_MAX: usize = 50;

/// The gains that are doubted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubted {
    /// A challenge is not closed yet.
    pub(super) open: BTreeSet<ClaimId>,
    /// One was upheld, and the gain is as it was.
    pub(super) upheld: BTreeSet<ClaimId>,
}

/// The challenges of a board's page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/challenges.html")]
pub(super) struct Challenges {
    shown: Vec<Listed>,
    /// How many more there are to do something about.
    more: usize,
    /// How many were dismissed, or upheld and put right.
    settled: usize,
    may_challenge: bool,
}

impl askama::filters::HtmlSafe for Challenges {}

#[derive(Clone, Debug)]
struct Listed {
    claim: ClaimId,
    title: String,
    link: Link,
    challenge: String,
    state: Tag,
    question: String,
    raised_by: String,
    raised: Option<Moment>,
    answer_by: Option<String>,
    answer: Option<String>,
    answered: Option<Moment>,
    closed: Option<Moment>,
}

/// Who is still to do what about a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Overdue,
    Open,
    Answered,
    Upheld,
}

impl Standing {
    /// Nothing once it is settled.
    const fn of(progress: Progress, is_put_right: bool) -> Option<Self> {
        match progress {
            Progress::Overdue => Some(Self::Overdue),
            Progress::Open => Some(Self::Open),
            Progress::Answered => Some(Self::Answered),
            Progress::Upheld if !is_put_right => Some(Self::Upheld),
            Progress::Upheld | Progress::Dismissed => None,
        }
    }

    fn tag(self) -> Tag {
        match self {
            Self::Overdue => Tag::new("Answer overdue").colour(TagColour::Red),
            Self::Open => Tag::new("No answer yet").colour(TagColour::Yellow),
            Self::Answered => Tag::new("Answered, not closed"),
            Self::Upheld => Tag::new("Upheld, not put right").colour(TagColour::Red),
        }
    }
}

impl Challenges {
    /// The challenges at a date, and which gains they make doubtful.
    pub(super) fn of(
        state: &Organisation,
        history: &ChallengeHistory,
        at: NaiveDate,
        may_challenge: bool,
    ) -> (Self, Doubted) {
        let mut doubted = Doubted::default();
        let (mut shown, mut more, mut settled) = (Vec::new(), 0, 0);
        for challenge in challenges(state, at) {
            let dates = history.dates(&challenge.claim, &challenge.challenge, state.position);
            let claim = state.claim(&challenge.claim);
            let is_withdrawn = claim.is_some_and(|claim| claim.withdrawn.is_some());
            let is_put_right = is_withdrawn || dates.is_some_and(|dates| dates.put_right);
            let Some(standing) = Standing::of(challenge.progress, is_put_right) else {
                settled += 1;
                continue;
            };
            let gains = match standing {
                Standing::Overdue | Standing::Open | Standing::Answered => &mut doubted.open,
                Standing::Upheld => &mut doubted.upheld,
            };
            gains.insert(challenge.claim.clone());
            if shown.len() < CHALLENGES_SHOWN_MAX {
                shown.push(Listed::of(state, challenge, standing, dates));
            } else {
                more += 1;
            }
        }
        let found = Self {
            shown,
            more,
            settled,
            may_challenge,
        };
        (found, doubted)
    }
}

impl Listed {
    fn of(
        state: &Organisation,
        challenge: Challenge,
        standing: Standing,
        dates: Option<Dates>,
    ) -> Self {
        let title = state.claim(&challenge.claim);
        let title = title.map(|claim| claim.details.title.to_string());
        let moment = |find: fn(Dates) -> Option<_>| dates.and_then(find).map(Moment::of);
        Self {
            link: Link::organisation(&state.org)
                .to("claims")
                .to(&challenge.claim),
            title: title.unwrap_or_default(),
            claim: challenge.claim,
            challenge: challenge.challenge.to_string(),
            state: standing.tag(),
            question: challenge.question.to_string(),
            raised_by: challenge.raised_by.to_string(),
            raised: moment(|dates| Some(dates.raised)),
            answer_by: challenge.answer_by.map(day),
            answer: challenge.answer.map(|answer| answer.to_string()),
            answered: moment(|dates| dates.answered),
            closed: moment(|dates| dates.closed),
        }
    }
}

/// Whether any challenge was ever raised: without one there is no history to follow.
#[must_use]
pub fn has_challenges(state: &Organisation) -> bool {
    let mut claims = state.claims.values();
    state.position > Position::ZERO && claims.any(|claim| claim.challenges.iter().next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{events, log, sampleborough};

    #[test]
    fn an_upheld_challenge_stays_on_the_list_and_a_dismissed_one_does_not() {
        let state = sampleborough();
        let mut history = ChallengeHistory::default();
        for (_, event) in events(&log()) {
            history.apply(&event);
        }
        let at = "2012-01-01".parse().unwrap();
        let (found, doubted) = Challenges::of(&state, &history, at, true);
        assert!(doubted.upheld.contains("FAC1"), "{doubted:?}");
        assert!(doubted.open.contains("LEG1"), "{doubted:?}");
        assert_eq!(found.settled, 2);
        let html = found.to_string();
        assert!(html.contains("Upheld, not put right"), "{html}");
        assert!(html.contains("Answer overdue"), "{html}");
        assert!(!html.contains("AUD-2"), "{html}");
    }

    #[test]
    fn an_upheld_challenge_of_a_withdrawn_gain_is_settled() {
        assert_eq!(Standing::of(Progress::Upheld, true), None);
        assert_eq!(
            Standing::of(Progress::Upheld, false),
            Some(Standing::Upheld)
        );
        assert_eq!(Standing::of(Progress::Dismissed, false), None);
    }
}
