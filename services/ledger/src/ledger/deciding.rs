//! What commands come to, held against a state: nothing is queued here.

use netgain_events::command::Command;
use netgain_events::decide::{Circumstances, Decision, NotDecided, decide};
use netgain_events::event::{EVENT_BYTES_MAX, RequestMark};
use netgain_events::fact::{FactKind, StatedFigures};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{LedgerId, Position};
use netgain_events::money::SumOverflow;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::refusal::{Refusal, RefusalCode};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{AnsweredRequest, Organisation};
use netgain_events::wire;
use netgain_projections::totals::Totals;

use super::{Caller, LedgerFault};
use crate::log::{COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX};

/// What a request of several commands would come to.
#[derive(Debug)]
pub struct Rehearsal {
    /// The organisation's state after what was not refused.
    pub state: Organisation,
    /// The kinds of the events it would record.
    pub kinds: Vec<FactKind>,
    /// Each refused command by its place in the request.
    pub refused: Vec<(usize, Refusal)>,
    /// The events' lines.
    pub(super) lines: Vec<u8>,
}

/// Decides commands of one organisation in order and writes nothing: each as if those before it had
/// been recorded, a refused one as if it were not there.
///
/// # Errors
/// A statement's figures could not be added up, or a decision does not fold.
pub fn rehearse(
    state: &Organisation,
    commands: Vec<Command>,
    caller: &Caller,
    ledger: &LedgerId,
    now: RecordedAt,
) -> Result<Rehearsal, LedgerFault> {
    rehearse_request(state, commands, None, caller, ledger, now)
}

pub(super) fn rehearse_request(
    state: &Organisation,
    commands: Vec<Command>,
    mark: Option<&RequestMark>,
    caller: &Caller,
    ledger: &LedgerId,
    now: RecordedAt,
) -> Result<Rehearsal, LedgerFault> {
    // Claims are shared between the copies until they change, so that this costs little.
    let mut state = state.clone();
    let (mut lines, mut kinds, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (place, command) in commands.into_iter().enumerate() {
        match decide_one(&mut state, command, mark, caller, ledger, now, &mut lines)? {
            One::Recorded(_, kind) => kinds.push(kind),
            One::Repeated(_) => {}
            One::Refused(refusal) => refused.push((place, refusal)),
        }
    }
    let events = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
    if refused.is_empty() && (events > COMMIT_EVENTS_MAX || lines.len() > COMMIT_BYTES_MAX) {
        refused.push((0, request_too_large(events, lines.len())));
    }
    Ok(Rehearsal {
        state,
        kinds,
        refused,
        lines,
    })
}

/// Decides a command; where it is recorded, folds its event and appends its line.
pub(super) fn decide_one(
    state: &mut Organisation,
    command: Command,
    mark: Option<&RequestMark>,
    caller: &Caller,
    ledger: &LedgerId,
    now: RecordedAt,
    lines: &mut Vec<u8>,
) -> Result<One, LedgerFault> {
    let circumstances = Circumstances {
        ledger,
        now,
        actor: &caller.actor,
        auth: caller.auth,
        authority: &caller.authority,
        request: mark,
        figures: &figures,
    };
    let event = match decide(state, command, &circumstances) {
        Ok(Decision::Record(event)) => event,
        Ok(Decision::Repeat(answered)) => {
            return Ok(One::Repeated(answered));
        }
        Err(NotDecided::Refused(refusal)) => return Ok(One::Refused(refusal)),
        Err(NotDecided::Figures(overflow)) => return Err(overflow.into()),
    };
    let from = lines.len();
    wire::encode(&event, lines);
    let bytes = lines.len() - from;
    if bytes > EVENT_BYTES_MAX {
        lines.truncate(from);
        return Ok(One::Refused(event_too_large(bytes)));
    }
    lines.push(b'\n');
    let (position, kind) = (event.position, event.fact.kind());
    if let Err(error) = state.apply(*event) {
        lines.truncate(from);
        return Err(error.into());
    }
    Ok(One::Recorded(position, kind))
}

/// What came of one command.
pub(super) enum One {
    Recorded(Position, FactKind),
    Repeated(AnsweredRequest),
    Refused(Refusal),
}

fn figures(state: &Organisation, year: FinancialYear) -> Result<StatedFigures, SumOverflow> {
    Totals::of(state, year, &NI179_V1)?.stated()
}

fn event_too_large(bytes: usize) -> Refusal {
    Refusal::whole(
        RefusalCode::TooLarge,
        format!(
            "The event this would record has {bytes} bytes; the most is {EVENT_BYTES_MAX}: shorten \
             its texts, or keep long documents elsewhere and name them as evidence."
        ),
    )
}

fn request_too_large(events: u32, bytes: usize) -> Refusal {
    Refusal::whole(
        RefusalCode::TooLarge,
        format!(
            "The request would record {events} events of {bytes} bytes together; the most is \
             {COMMIT_EVENTS_MAX} events and {COMMIT_BYTES_MAX} bytes: split it into several."
        ),
    )
}
