//! Load → decide → append: the one place where a command becomes an event.
//!
//! A decision is held against the folded state in memory, the commit is queued, and the next
//! decision builds on it at once; the answer waits until it is durable. Every answer that saw a
//! commit, a refusal's too, carries a ticket for it. One process writes a log, which makes that
//! safe.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use netgain_events::authority::Authority;
use netgain_events::command::Command;
use netgain_events::decide::{Circumstances, Decision, NotDecided, decide};
use netgain_events::event::EVENT_BYTES_MAX;
use netgain_events::fact::{FactKind, StatedFigures};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, LedgerId, OrgId, Position};
use netgain_events::money::SumOverflow;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::refusal::{Refusal, RefusalCode};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{FoldError, Organisation};
use netgain_events::vocabulary::Auth;
use netgain_events::wire;
use netgain_projections::totals::Totals;

use crate::clock::Clock;
use crate::fold_all::fold_all;
use crate::history::{self, HistoryError, KnownAt};
use crate::log::{
    COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX, Commit, Cursor, Log, LogFault, Ticket, durable,
};
use crate::views::{Views, ViewsError};

/// Who asks, and by what right.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who acts, where a command does not say.
    pub actor: Actor,
    /// How that actor was known.
    pub auth: Auth,
    /// By what right.
    pub authority: Authority,
}

/// What came of a request. It may be told to its caller once the ticket is durable.
#[derive(Debug)]
pub struct Answer {
    /// What was decided.
    pub outcome: Outcome,
    /// What the decision saw; nothing where it saw no history.
    pub ticket: Option<Ticket>,
}

/// What was decided about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Recorded: the kinds of its events, from that position on.
    Recorded {
        /// The position of the first.
        first: Position,
        /// The kinds, one position after another.
        kinds: Vec<FactKind>,
    },
    /// Answered before: the same answer, and nothing written.
    Repeated {
        /// The position of the first event.
        first: Position,
        /// The kinds, one position after another.
        kinds: Vec<FactKind>,
    },
    /// Refused, and nothing written: each refused command by its place in the request.
    Refused(Vec<(usize, Refusal)>),
}

/// The ledger could not do what was asked; never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFault {
    /// The log could not be written.
    #[error(transparent)]
    Log(#[from] Arc<LogFault>),
    /// A history could not be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A statement's figures could not be added up.
    #[error(transparent)]
    Figures(#[from] SumOverflow),
    /// The organisation's history is not what was sealed; nothing more is written to it.
    #[error("this history can only be read. {why}")]
    ReadOnly {
        /// Whose history.
        org: OrgId,
        /// Why.
        why: Arc<str>,
    },
    /// A decided event does not follow from the history; nothing was written.
    #[error("the decision does not follow from the history; nothing was written")]
    Decision(#[from] FoldError),
}

struct Held {
    state: Organisation,
    /// The position that the views hold.
    stored: Position,
    /// The last commit queued since the log was opened.
    last: Option<Ticket>,
    /// Room for a line, used again for the next.
    line: Vec<u8>,
}

type Shared = Arc<Mutex<Held>>;

impl Held {
    fn new(state: Organisation, stored: Position) -> Self {
        Self {
            state,
            stored,
            last: None,
            line: Vec::new(),
        }
    }
}

/// An open ledger that can be written. Any number of threads may use it.
pub struct Ledger<L: Log> {
    log: L,
    views: Option<Box<dyn Views>>,
    clock: Box<dyn Clock>,
    /// The organisations in memory. The others are loaded when they are first asked for.
    organisations: RwLock<HashMap<OrgId, Shared>>,
    /// What the views held when the ledger was opened.
    kept: BTreeMap<OrgId, Position>,
    /// The organisations that can only be read, and why.
    read_only: BTreeMap<OrgId, Arc<str>>,
}

fn figures(state: &Organisation, year: FinancialYear) -> Result<StatedFigures, SumOverflow> {
    Totals::of(state, year, &NI179_V1)?.stated()
}

/// A panic while a lock was held leaves what it guards as it was: every change is made at the end.
fn unpoisoned<T>(guard: Result<T, PoisonError<T>>) -> T {
    guard.unwrap_or_else(PoisonError::into_inner)
}

impl<L: Log> Ledger<L> {
    /// Opens a ledger: folds whatever the views do not have yet.
    ///
    /// # Errors
    /// The log cannot be read, or a history in it does not fold.
    pub fn open(
        log: L,
        views: Option<Box<dyn Views>>,
        clock: Box<dyn Clock>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, LedgerFault> {
        if let Some(kept_views) = views.as_deref() {
            let extent = kept_views.extent();
            let start = |org: &OrgId| kept_views.load(org).ok().flatten();
            let tail = fold_all(&log, &extent.cursor, &start, progress);
            // Whatever is wrong with the views, the log has everything.
            if let Ok(tail) = tail {
                let organisations = tail.organisations.into_values().map(|state| {
                    let stored = extent
                        .positions
                        .get(&state.org)
                        .copied()
                        .unwrap_or_default();
                    hold(state, stored)
                });
                return Ok(Self {
                    organisations: RwLock::new(organisations.collect()),
                    kept: extent.positions,
                    read_only: BTreeMap::new(),
                    log,
                    views,
                    clock,
                });
            }
        }
        let all = fold_all(&log, &Cursor::default(), &|_| None, progress)?;
        let organisations = all
            .organisations
            .into_values()
            .map(|state| hold(state, Position::ZERO));
        let organisations = RwLock::new(organisations.collect());
        Ok(Self {
            organisations,
            kept: BTreeMap::new(),
            read_only: BTreeMap::new(),
            log,
            views,
            clock,
        })
    }

    /// Lets nothing more be written to an organisation's history, and says why to whoever tries.
    /// The others go on.
    pub fn set_read_only(&mut self, org: OrgId, why: &str) {
        self.read_only.insert(org, why.into());
    }

    /// Ends the ledger and gives back its log, to be closed. The folded states are let go without
    /// being freed one by one: that takes as long as folding them, and the process is about to end.
    #[must_use]
    pub fn into_log(self) -> L {
        std::mem::forget(self.organisations);
        self.log
    }

    /// The log behind it.
    #[must_use]
    pub const fn log(&self) -> &L {
        &self.log
    }

    /// Records one command, or refuses it.
    ///
    /// # Errors
    /// The ledger cannot be written or read any more; the outcome is not known.
    pub fn submit(&self, command: Command, caller: &Caller) -> Result<Answer, LedgerFault> {
        let org = command.org.clone();
        self.with_held(&org, |held| self.decide_and_append(held, command, caller))
    }

    /// Does something with an organisation's state that may add to it. A new organisation comes
    /// into memory only once something of it is recorded, so that unknown codes cost nothing; while
    /// that is being decided nobody else can make the same one.
    fn with_held<T>(
        &self,
        org: &OrgId,
        act: impl FnOnce(&mut Held) -> Result<T, LedgerFault>,
    ) -> Result<T, LedgerFault> {
        if let Some(why) = self.read_only.get(org) {
            return Err(LedgerFault::ReadOnly {
                org: org.clone(),
                why: Arc::clone(why),
            });
        }
        let shared = match self.shared(org)? {
            Some(shared) => shared,
            None => {
                let mut organisations = unpoisoned(self.organisations.write());
                match organisations.get(org) {
                    Some(shared) => Arc::clone(shared),
                    None => {
                        let mut held = Held::new(Organisation::new(org.clone()), Position::ZERO);
                        let done = act(&mut held)?;
                        if held.state.position > Position::ZERO {
                            organisations.insert(org.clone(), Arc::new(Mutex::new(held)));
                        }
                        return Ok(done);
                    }
                }
            }
        };
        let mut held = unpoisoned(shared.lock());
        act(&mut held)
    }

    fn decide_and_append(
        &self,
        held: &mut Held,
        command: Command,
        caller: &Caller,
    ) -> Result<Answer, LedgerFault> {
        let mut line = std::mem::take(&mut held.line);
        line.clear();
        let (ledger, now) = (self.log.ledger(), self.clock.now());
        let decided = decide_one(&mut held.state, command, caller, ledger, now, &mut line)?;
        let outcome = match decided {
            One::Recorded(first, kind) => {
                let commit = Commit {
                    org: &held.state.org,
                    first,
                    events: 1,
                    lines: &line,
                };
                held.last = Some(self.log.append(commit)?);
                Outcome::Recorded {
                    first,
                    kinds: vec![kind],
                }
            }
            One::Repeated(first, kinds) => Outcome::Repeated { first, kinds },
            One::Refused(refusal) => Outcome::Refused(vec![(0, refusal)]),
        };
        held.line = line;
        Ok(Answer {
            outcome,
            ticket: held.last,
        })
    }

    /// Records commands of one organisation all together, or none of them and says every one that
    /// is refused.
    ///
    /// # Errors
    /// The ledger cannot be written or read any more; the outcome is not known.
    pub fn submit_all(
        &self,
        org: &OrgId,
        commands: Vec<Command>,
        caller: &Caller,
    ) -> Result<Answer, LedgerFault> {
        self.with_held(org, |held| {
            let first = held.state.position.next();
            let rehearsal = rehearse(
                &held.state,
                commands,
                caller,
                self.log.ledger(),
                self.clock.now(),
            )?;
            if !rehearsal.refused.is_empty() {
                let outcome = Outcome::Refused(rehearsal.refused);
                return Ok(Answer {
                    outcome,
                    ticket: held.last,
                });
            }
            let Rehearsal {
                state,
                kinds,
                lines,
                ..
            } = rehearsal;
            if let Ok(events @ 1..) = u32::try_from(kinds.len()) {
                let commit = Commit {
                    org,
                    first,
                    events,
                    lines: &lines,
                };
                held.last = Some(self.log.append(commit)?);
                held.state = state;
            }
            Ok(Answer {
                outcome: Outcome::Recorded { first, kinds },
                ticket: held.last,
            })
        })
    }

    /// Looks at an organisation's state. What is told of it must wait for the ticket.
    ///
    /// # Errors
    /// Its history cannot be read.
    pub fn look<T>(
        &self,
        org: &OrgId,
        look: impl FnOnce(&Organisation) -> T,
    ) -> Result<Option<(T, Option<Ticket>)>, LedgerFault> {
        let Some(shared) = self.shared(org)? else {
            return Ok(None);
        };
        let held = unpoisoned(shared.lock());
        Ok(Some((look(&held.state), held.last)))
    }

    /// How many events the views lack.
    #[must_use]
    pub fn events_not_in_views(&self) -> u64 {
        let organisations = unpoisoned(self.organisations.read());
        let lacking = organisations.values().map(|shared| {
            let held = unpoisoned(shared.lock());
            held.state.position.get().saturating_sub(held.stored.get())
        });
        lacking.sum()
    }

    /// Brings the views up to what is durable now.
    ///
    /// # Errors
    /// They could not be written, which loses nothing but the next start's time.
    pub async fn store_views(&self) -> Result<(), ViewsError> {
        let Some(views) = self.views.as_deref() else {
            return Ok(());
        };
        // The place is taken before the states: a state that is ahead of it folds the events
        // between the two only once, since it knows its position.
        let cursor = self.log.durable_end();
        let changed: Vec<Organisation> = {
            let organisations = unpoisoned(self.organisations.read());
            let held = organisations
                .values()
                .map(|shared| unpoisoned(shared.lock()));
            let changed =
                held.filter(|held: &MutexGuard<'_, Held>| held.stored < held.state.position);
            changed.map(|held| held.state.clone()).collect()
        };
        // Views must never know what a power cut could still take back.
        let failed = |fault: Arc<LogFault>| ViewsError {
            what: format!("were not stored: {fault}"),
        };
        durable(&self.log, self.log.everything())
            .await
            .map_err(failed)?;
        let references: Vec<&Organisation> = changed.iter().collect();
        views.store(&references, &cursor)?;
        let organisations = unpoisoned(self.organisations.read());
        for state in &changed {
            if let Some(shared) = organisations.get(&state.org) {
                let mut held = unpoisoned(shared.lock());
                held.stored = held.stored.max(state.position);
            }
        }
        Ok(())
    }

    fn shared(&self, org: &OrgId) -> Result<Option<Shared>, LedgerFault> {
        if let Some(shared) = unpoisoned(self.organisations.read()).get(org) {
            return Ok(Some(Arc::clone(shared)));
        }
        let Some(&stored) = self.kept.get(org) else {
            return Ok(None);
        };
        let mut organisations = unpoisoned(self.organisations.write());
        if let Some(shared) = organisations.get(org) {
            return Ok(Some(Arc::clone(shared)));
        }
        let state = history::fold(&self.log, self.views.as_deref(), org, KnownAt::Latest)?;
        let (org, shared) = hold(state, stored);
        organisations.insert(org, Arc::clone(&shared));
        Ok(Some(shared))
    }
}

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
    lines: Vec<u8>,
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
    // Claims are shared between the copies until they change, so that this costs little.
    let mut state = state.clone();
    let (mut lines, mut kinds, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (place, command) in commands.into_iter().enumerate() {
        match decide_one(&mut state, command, caller, ledger, now, &mut lines)? {
            One::Recorded(_, kind) => kinds.push(kind),
            One::Repeated(_, _) => {}
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
fn decide_one(
    state: &mut Organisation,
    command: Command,
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
        figures: &figures,
    };
    let event = match decide(state, command, &circumstances) {
        Ok(Decision::Record(event)) => event,
        Ok(Decision::Repeat(answered)) => {
            let kinds = answered.events.iter().map(|kind| kind.0).collect();
            return Ok(One::Repeated(answered.first, kinds));
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

enum One {
    Recorded(Position, FactKind),
    Repeated(Position, Vec<FactKind>),
    Refused(Refusal),
}

fn hold(state: Organisation, stored: Position) -> (OrgId, Shared) {
    (
        state.org.clone(),
        Arc::new(Mutex::new(Held::new(state, stored))),
    )
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
