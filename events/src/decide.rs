//! The decision: a command held against an organisation's state gives an event or a refusal.

mod access;
mod claim;
mod rules;
mod statement;

use crate::authority::Authority;
use crate::command::{Command, Proposal};
use crate::event::{Event, RequestMark};
use crate::fact::{Fact, StatedFigures};
use crate::financial_year::FinancialYear;
use crate::identifier::{Actor, LedgerId};
use crate::money::SumOverflow;
use crate::recorded_at::RecordedAt;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::{AnsweredRequest, Organisation};
use crate::vocabulary::Auth;

/// What a decision needs beside the command and the state.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The ledger that would record the event.
    pub ledger: &'a LedgerId,
    /// The clock's reading.
    pub now: RecordedAt,
    /// Who acts, where the command does not say.
    pub actor: &'a Actor,
    /// How that actor was known.
    pub auth: Auth,
    /// By what right.
    pub authority: &'a Authority,
    /// The key of the request of several commands that this one is part of, where it has one.
    pub request: Option<&'a RequestMark>,
    /// The figures of a year from this very state, for a statement to freeze.
    pub figures: &'a dyn Fn(&Organisation, FinancialYear) -> Result<StatedFigures, SumOverflow>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Record this event; it is the next of its organisation.
    Record(Box<Event>),
    /// The same command was answered before: answer so again and write nothing.
    Repeat(AnsweredRequest),
}

/// Why nothing was decided for the command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDecided {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A statement's figures could not be added up.
    #[error("the statement's figures could not be computed")]
    Figures(#[from] SumOverflow),
}

/// Decides a command against the state of its organisation.
///
/// # Errors
/// The refusal that comes first in the order of [`RefusalCode`].
pub fn decide(
    state: &Organisation,
    command: Command,
    circumstances: &Circumstances<'_>,
) -> Result<Decision, NotDecided> {
    let now = circumstances.now.max(state.recorded_at);
    allowed(state, &command.proposal, circumstances, now)?;
    let (actor, auth) = match command.actor {
        Some(named) => (named, Auth::Named),
        None => (circumstances.actor.clone(), circumstances.auth),
    };
    let request = match circumstances.request {
        // Whoever decides a request of several commands has looked for a repeat of the whole.
        Some(whole) => Some(whole.clone()),
        None => {
            let own = command.key.map(|key| key.mark(&actor));
            if let Some(mark) = &own
                && let Some(answered) = repeated(state, mark)?
            {
                return Ok(Decision::Repeat(answered));
            }
            own
        }
    };
    registered(state, &command.proposal)?;
    let fact = match command.proposal {
        Proposal::Fact(fact) => {
            rules::check(state, &fact, &actor, circumstances.authority, now)?;
            fact
        }
        Proposal::IssueStatement { year, series } => {
            statement::check(year, series, now)?;
            let figures = (circumstances.figures)(state, year)?;
            statement::next(state, year, series, figures)
        }
    };
    Ok(Decision::Record(Box::new(Event {
        ledger: *circumstances.ledger,
        org: command.org,
        position: state.position.next(),
        recorded_at: now,
        actor,
        auth,
        request,
        fact,
        note: command.note,
        evidence: command.evidence,
    })))
}

/// Refuses what the caller may not do, before anything else is looked at.
fn allowed(
    state: &Organisation,
    proposal: &Proposal,
    circumstances: &Circumstances<'_>,
    now: RecordedAt,
) -> Result<(), Refusal> {
    let Circumstances {
        actor, authority, ..
    } = circumstances;
    authority.check(proposal.kind())?;
    match proposal {
        Proposal::Fact(fact) if proposal.kind().is_of_system() => {
            access::within_reach(state, fact, actor, authority, now)
        }
        Proposal::Fact(_) | Proposal::IssueStatement { .. } => Ok(()),
    }
}

/// What was answered when the same request came before, if it did.
///
/// # Errors
/// `command-id-reused`: its key was used for something else.
pub fn repeated(
    state: &Organisation,
    mark: &RequestMark,
) -> Result<Option<AnsweredRequest>, Refusal> {
    let Some(answered) = state.requests.get(&mark.command_id) else {
        return Ok(None);
    };
    if answered.content == mark.content {
        return Ok(Some(answered.clone()));
    }
    Err(Refusal::of_field(
        RefusalCode::CommandIdReused,
        "command_id",
        format!(
            "The command id {:?} was used at position {} with other content or by someone else; \
             give every new command an id of its own.",
            mark.command_id.as_str(),
            answered.first
        ),
    ))
}

fn registered(state: &Organisation, proposal: &Proposal) -> Result<(), Refusal> {
    if state.org.is_system() && proposal.kind().is_of_system() {
        return Ok(());
    }
    let registers = matches!(proposal, Proposal::Fact(Fact::OrganisationRegistered(_)));
    match (&state.details, registers) {
        (None, false) => Err(Refusal::of_field(
            RefusalCode::UnknownOrganisation,
            "org",
            format!(
                "No organisation {} is registered; check its code, or register it with \
                 register-organisation.",
                state.org
            ),
        )),
        (Some(details), true) => Err(Refusal::of_field(
            RefusalCode::OrganisationExists,
            "org",
            format!(
                "{} is registered already, as {}; check the code, or leave the command out.",
                state.org, details.name
            ),
        )),
        (None, true) | (Some(_), false) => Ok(()),
    }
}
