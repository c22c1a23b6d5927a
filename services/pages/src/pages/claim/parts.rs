//! What stands against a gain and beside it: costs, checks, challenges, uses of its money.

use netgain_answers::pounds::pounds;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::vocabulary::{ChallengeOutcome, OffsetKind};

use super::Looking;
use super::actions::Actions;
use crate::components::{Tag, TagColour};
use crate::link::Link;
use crate::pages::history::people::Who;
use crate::plain_words::PlainWords;
use crate::when::day;

/// A cost in force.
#[derive(Clone, Debug)]
pub(super) struct Cost {
    pub(super) id: String,
    pub(super) when: String,
    pub(super) amount: String,
    pub(super) more: Vec<String>,
    pub(super) cancel: Option<Link>,
}

pub(super) fn costs(looking: &Looking<'_>, page: &Link, actions: &Actions) -> Vec<Cost> {
    let in_force = looking.claim.offsets_in_force().map(|(id, offset)| {
        let when = match (offset.kind, offset.until, offset.spread_years) {
            (OffsetKind::OneOff, _, Some(years)) if years > 1 => {
                format!("Once, spread over {years} years from {}", offset.year)
            }
            (OffsetKind::OneOff, _, _) => format!("Once, in {}", offset.year),
            (OffsetKind::Recurring, Some(until), _) => {
                format!("Every year from {} to {until}", offset.year)
            }
            (OffsetKind::Recurring, None, _) => format!("Every year from {}", offset.year),
        };
        let anyway = "Staff who would have been paid in any event: not taken off";
        let paid = offset.funding.as_ref().map(|it| format!("Paid by: {it}"));
        let what = offset.description.as_ref().map(ToString::to_string);
        let anyway = offset.incurred_anyway.then(|| anyway.to_owned());
        Cost {
            id: id.to_string(),
            when,
            amount: pounds(offset.amount),
            more: [what, paid, anyway].into_iter().flatten().collect(),
            cancel: actions
                .cancel_costs()
                .then(|| page.clone().to("offsets").to(id).to("cancel")),
        }
    });
    in_force.collect()
}

/// The check in force of a year.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) year: FinancialYear,
    pub(super) found: String,
    pub(super) quality: String,
    pub(super) who: Who,
    /// Whether whoever logged the gain checked it, so that it assures nothing.
    pub(super) is_own: bool,
    pub(super) event: Link,
}

pub(super) fn checks(looking: &Looking<'_>) -> Vec<Check> {
    let history = Link::organisation(&looking.known.org).to("history");
    let in_force = looking.claim.checks.iter().map(|(year, made)| {
        let check = &made.check;
        let found = match check.verified {
            Some(verified) => format!("{}: {}", check.outcome.plain(), pounds(verified)),
            None => check.outcome.plain().to_owned(),
        };
        let quality = check.quality.map(PlainWords::plain).map(str::to_owned);
        let reading = check.quality_reading.as_ref().map(ToString::to_string);
        let quality: Vec<String> = [quality, reading].into_iter().flatten().collect();
        Check {
            year: *year,
            found,
            quality: quality.join("\n"),
            who: looking.people.who(&made.actor),
            is_own: made.actor.is(&looking.claim.registrant),
            event: history.clone().to(made.position),
        }
    });
    in_force.collect()
}

/// A challenge.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    pub(super) id: String,
    pub(super) tag: Tag,
    pub(super) question: String,
    pub(super) who: Who,
    pub(super) event: Link,
    pub(super) answer_by: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) to_answer: Option<Link>,
    pub(super) to_close: Option<Link>,
}

pub(super) fn challenges(looking: &Looking<'_>, page: &Link, actions: &Actions) -> Vec<Challenge> {
    let history = Link::organisation(&looking.known.org).to("history");
    let raised = looking.claim.challenges.iter().map(|(id, one)| {
        let tag = match (one.outcome, &one.answer) {
            (Some(ChallengeOutcome::Upheld), _) => Tag::new("Upheld").colour(TagColour::Red),
            (Some(ChallengeOutcome::Dismissed), _) => Tag::new("Dismissed").colour(TagColour::Grey),
            (None, Some(_)) => Tag::new("Answered"),
            (None, None) => Tag::new("Open").colour(TagColour::Yellow),
        };
        let here = page.clone().to("challenges").to(id);
        let is_open = one.outcome.is_none();
        Challenge {
            id: id.to_string(),
            tag,
            question: one.question.to_string(),
            who: looking.people.who(&one.raised_by),
            event: history.clone().to(one.raised),
            answer_by: one.answer_by.map(day),
            answer: one.answer.as_ref().map(ToString::to_string),
            to_answer: (actions.allow(FactKind::ChallengeAnswered) && is_open)
                .then(|| here.clone().to("answer")),
            to_close: (actions.allow(FactKind::ChallengeClosed) && is_open)
                .then(|| here.to("close")),
        }
    });
    raised.collect()
}

/// A use of the money that stands.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) id: String,
    pub(super) year: FinancialYear,
    pub(super) purpose: &'static str,
    pub(super) more: Option<String>,
    pub(super) amount: String,
    pub(super) cancel: Option<Link>,
}

pub(super) fn uses(looking: &Looking<'_>, page: &Link, actions: &Actions) -> Vec<Use> {
    let recorded = looking.claim.redeployments.iter();
    let standing = recorded.filter_map(|(id, one)| {
        let details = one.in_force.as_deref()?;
        Some(Use {
            id: id.to_string(),
            year: details.year,
            purpose: details.purpose.plain(),
            more: details.description.as_ref().map(ToString::to_string),
            amount: pounds(details.amount),
            cancel: actions
                .cancel_uses()
                .then(|| page.clone().to("redeployments").to(id).to("cancel")),
        })
    });
    standing.collect()
}
