//! Load → decide → append: the one place where a command becomes an event.
//!
//! A decision is held against the folded state in memory, the commit is queued, and the next
//! decision builds on it at once; the answer waits until it is durable. Every answer that saw a
//! commit, a refusal's too, carries a ticket for it. Where one process writes the log, that is safe; where
//! several do, the log tells what was decided on a history that had gone on, and it is decided again.

mod deciding;
mod following;
mod read_only;
mod settling;
mod storing;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use netgain_events::authority::Authority;
use netgain_events::command::{Command, Request};
use netgain_events::decide::repeated;
use netgain_events::event::RequestMark;
use netgain_events::fact::FactKind;
use netgain_events::identifier::{Actor, OrgId, Position};
use netgain_events::money::SumOverflow;
use netgain_events::refusal::Refusal;
use netgain_events::state::{AnsweredRequest, FoldError, Organisation};
use netgain_events::vocabulary::Auth;

use crate::clock::Clock;
use crate::history::{self, HistoryError, KnownAt};
use crate::ledger::deciding::{One, decide_one, rehearse_request};
pub use crate::ledger::deciding::{Rehearsal, rehearse};
pub use crate::ledger::following::Heard;
use crate::ledger::read_only::ReadOnly;
pub use crate::ledger::settling::{DECISIONS_MAX, Decided, Repeatable, Seen, Settling};
use crate::loaded::{Loaded, Waiting};
use crate::log::{Commit, Cursor, Lineage, Log, LogFault, Ticket};
use crate::views::Views;

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

/// What came of a request. It may be told to its caller once what it saw stands ([`Ledger::stands`]).
#[derive(Debug)]
pub struct Answer {
    /// What was decided.
    pub outcome: Outcome,
    /// What the decision saw.
    pub seen: Seen,
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

/// What came of a request that named what its caller had seen.
#[derive(Debug)]
pub enum Requested {
    /// It was decided.
    Answered(Answer),
    /// The history has another position than the caller had seen; nothing was decided.
    Stale {
        /// The position it has.
        position: Position,
        /// What that saw.
        seen: Seen,
    },
}

impl Outcome {
    fn repeated(answered: AnsweredRequest) -> Self {
        Self::Repeated {
            first: answered.first,
            kinds: answered.events.into_iter().map(|kind| kind.0).collect(),
        }
    }
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
    /// Others were ahead each time it was decided; nothing was written.
    #[error("too many write the history of {org} at the same time; nothing was written. Try again")]
    Contended {
        /// Whose history.
        org: OrgId,
    },
    /// Another process that reads the log would not understand the event; nothing was decided or written.
    #[error("nothing was recorded: {why}")]
    Unread {
        /// Who would not, and what to do.
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
    /// What is decided on this state.
    lineage: Arc<Lineage>,
    /// The state when it was last read again after a displacement, with a place in the log before which
    /// it has everything: under contention only what came since is read.
    base: Option<(Organisation, Cursor)>,
    /// Whether the state may lack what others have written, so that it is to be read on.
    is_doubted: bool,
    /// How often that was said.
    doubts: u64,
    /// Whether the state does not follow from the log, so that it is to be read again.
    is_astray: bool,
    /// When it was last to be read and the log did not answer.
    unanswered_at: Option<Instant>,
}

type Shared = Arc<Mutex<Held>>;

impl Held {
    fn new(state: Organisation, stored: Position) -> Self {
        Self {
            state,
            stored,
            last: None,
            line: Vec::new(),
            lineage: Arc::default(),
            base: None,
            is_doubted: false,
            doubts: 0,
            is_astray: false,
            unanswered_at: None,
        }
    }

    fn answer(&self, outcome: Outcome) -> Answer {
        let seen = self.seen();
        Answer { outcome, seen }
    }

    fn seen(&self) -> Seen {
        Seen {
            ticket: self.last,
            lineage: Arc::clone(&self.lineage),
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
    /// The others that the log has. Taken after `organisations`, where both are.
    waiting: RwLock<BTreeMap<OrgId, Waiting>>,
    /// The place in the log before which everything that others wrote has been taken in.
    followed: Mutex<Cursor>,
    /// How often something was decided again.
    decided_again: AtomicU64,
    /// The organisations that can only be read, and why.
    read_only: ReadOnly,
}

/// A panic while a lock was held leaves what it guards as it was: every change is made at the end.
fn unpoisoned<T>(guard: Result<T, PoisonError<T>>) -> T {
    guard.unwrap_or_else(PoisonError::into_inner)
}

impl<L: Log> Ledger<L> {
    /// Opens a ledger: what the views hold is loaded when it is first asked for; without views that
    /// can be used, everything is folded.
    ///
    /// # Errors
    /// The log cannot be read, or a history in it does not fold.
    pub fn open(
        log: L,
        views: Option<Box<dyn Views>>,
        clock: Box<dyn Clock>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, LedgerFault> {
        let loaded = Loaded::read(&log, views, progress)?;
        Ok(Self::of(log, loaded, clock))
    }

    /// A ledger of what was read of its log, for those who do other things while that is read. Nothing
    /// may have been appended since but by others, which following takes in.
    pub fn of(log: L, loaded: Loaded, clock: Box<dyn Clock>) -> Self {
        let folded = loaded.folded.into_iter();
        let organisations = folded.map(|state| hold(state, Position::ZERO)).collect();
        Self {
            organisations: RwLock::new(organisations),
            waiting: RwLock::new(loaded.waiting),
            followed: Mutex::new(loaded.end),
            decided_again: AtomicU64::new(0),
            read_only: ReadOnly::default(),
            log,
            views: loaded.views,
            clock,
        }
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
        self.with_held(&org, |held| {
            let outcome = self.append_one(held, command, None, caller)?;
            Ok(held.answer(outcome))
        })
    }

    /// Does something with an organisation's state that may add to it. A new organisation comes
    /// into memory only once something of it is recorded, so that unknown codes cost nothing; while
    /// that is being decided nobody else can make the same one.
    fn with_held<T>(
        &self,
        org: &OrgId,
        act: impl FnOnce(&mut Held) -> Result<T, LedgerFault>,
    ) -> Result<T, LedgerFault> {
        self.read_only.check(org)?;
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
        self.catch_up(&mut held)?;
        act(&mut held)
    }

    /// Decides a command and queues its event, if it is not refused.
    fn append_one(
        &self,
        held: &mut Held,
        command: Command,
        mark: Option<&RequestMark>,
        caller: &Caller,
    ) -> Result<Outcome, LedgerFault> {
        // Before anything is folded; so it is said of what would be refused or repeated too.
        self.check_read(command.proposal.kind())?;
        let mut line = std::mem::take(&mut held.line);
        line.clear();
        let (ledger, now) = (self.log.ledger(), self.clock.now());
        let state = &mut held.state;
        let outcome = match decide_one(state, command, mark, caller, ledger, now, &mut line)? {
            One::Recorded(first, kind) => {
                let commit = Commit {
                    org: &state.org,
                    first,
                    events: 1,
                    lines: &line,
                };
                held.last = Some(self.log.append_in(commit, &held.lineage)?);
                Outcome::Recorded {
                    first,
                    kinds: vec![kind],
                }
            }
            One::Repeated(answered) => Outcome::repeated(answered),
            One::Refused(refusal) => Outcome::Refused(vec![(0, refusal)]),
        };
        held.line = line;
        Ok(outcome)
    }

    /// Refuses what somebody who reads the log would stop at.
    fn check_read(&self, kind: FactKind) -> Result<(), LedgerFault> {
        match self.log.unread(kind) {
            None => Ok(()),
            Some(why) => Err(LedgerFault::Unread { why }),
        }
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
            let outcome = self.append_all(held, commands, None, caller)?;
            Ok(held.answer(outcome))
        })
    }

    /// Records a request of one organisation, all of it or nothing. One that came before is answered
    /// as it was then; where the caller named the position they had seen, a history that has gone on
    /// since is told instead.
    ///
    /// # Errors
    /// The ledger cannot be written or read any more; the outcome is not known.
    pub fn submit_request(
        &self,
        org: &OrgId,
        request: Request,
        seen: Option<Position>,
        caller: &Caller,
    ) -> Result<Requested, LedgerFault> {
        self.with_held(org, |held| {
            let Request { mut commands, key } = request;
            let mark = key.map(|key| key.mark(&caller.actor));
            let before = match mark.as_ref().map(|mark| repeated(&held.state, mark)) {
                None | Some(Ok(None)) => None,
                Some(Ok(Some(answered))) => Some(Outcome::repeated(answered)),
                Some(Err(refusal)) => Some(Outcome::Refused(vec![(0, refusal)])),
            };
            let outcome = match before {
                Some(outcome) => outcome,
                None if seen.is_some_and(|seen| seen != held.state.position) => {
                    let position = held.state.position;
                    let seen = held.seen();
                    return Ok(Requested::Stale { position, seen });
                }
                None => match (commands.pop(), commands.is_empty()) {
                    // No rehearsal is needed where there is nothing to take back.
                    (Some(only), true) => self.append_one(held, only, mark.as_ref(), caller)?,
                    (last, _) => {
                        commands.extend(last);
                        self.append_all(held, commands, mark.as_ref(), caller)?
                    }
                },
            };
            Ok(Requested::Answered(held.answer(outcome)))
        })
    }

    /// Decides commands and queues their events as one commit, if none is refused.
    fn append_all(
        &self,
        held: &mut Held,
        commands: Vec<Command>,
        mark: Option<&RequestMark>,
        caller: &Caller,
    ) -> Result<Outcome, LedgerFault> {
        let first = held.state.position.next();
        let (ledger, now) = (self.log.ledger(), self.clock.now());
        let rehearsal = rehearse_request(&held.state, commands, mark, caller, ledger, now)?;
        if !rehearsal.refused.is_empty() {
            return Ok(Outcome::Refused(rehearsal.refused));
        }
        let Rehearsal {
            state,
            kinds,
            lines,
            ..
        } = rehearsal;
        kinds.iter().try_for_each(|kind| self.check_read(*kind))?;
        if let Ok(events @ 1..) = u32::try_from(kinds.len()) {
            let commit = Commit {
                org: &state.org,
                first,
                events,
                lines: &lines,
            };
            held.last = Some(self.log.append_in(commit, &held.lineage)?);
            held.state = state;
        }
        Ok(Outcome::Recorded { first, kinds })
    }

    /// Looks at an organisation's state. What is told of it must wait until that stands.
    ///
    /// # Errors
    /// Its history cannot be read.
    pub fn look<T>(
        &self,
        org: &OrgId,
        look: impl FnOnce(&Organisation) -> T,
    ) -> Result<Option<(T, Seen)>, LedgerFault> {
        let Some(shared) = self.shared(org)? else {
            return Ok(None);
        };
        let mut held = unpoisoned(shared.lock());
        self.catch_up(&mut held)?;
        Ok(Some((look(&held.state), held.seen())))
    }

    /// Every organisation that has events, in the order of their codes, without the ledger's own
    /// history. One that was only just recorded may not be durable yet: its state's ticket tells.
    #[must_use]
    pub fn organisations(&self) -> Vec<OrgId> {
        let held = unpoisoned(self.organisations.read());
        let waiting = unpoisoned(self.waiting.read());
        let known = waiting.iter().filter(|(_, waiting)| waiting.is_there());
        let all: BTreeSet<&OrgId> = held.keys().chain(known.map(|(org, _)| org)).collect();
        let all = all.into_iter().filter(|org| !org.is_system());
        all.cloned().collect()
    }

    fn shared(&self, org: &OrgId) -> Result<Option<Shared>, LedgerFault> {
        if let Some(shared) = unpoisoned(self.organisations.read()).get(org) {
            return Ok(Some(Arc::clone(shared)));
        }
        if !self.waits(org) {
            return Ok(None);
        }
        // Others go on while this one is read. Whoever comes first puts it there.
        let state = history::fold(&self.log, self.views.as_deref(), org, KnownAt::Latest)?;
        let mut organisations = unpoisoned(self.organisations.write());
        if let Some(shared) = organisations.get(org) {
            return Ok(Some(Arc::clone(shared)));
        }
        if state.position == Position::ZERO {
            // Somebody doubted that there is none.
            unpoisoned(self.waiting.write()).remove(org);
            return Ok(None);
        }
        let (org, shared) = self.held_anew(state);
        organisations.insert(org, Arc::clone(&shared));
        Ok(Some(shared))
    }

    /// Those in memory, without keeping others from putting more there.
    fn all_held(&self) -> Vec<Shared> {
        let organisations = unpoisoned(self.organisations.read());
        organisations.values().map(Arc::clone).collect()
    }

    fn waits(&self, org: &OrgId) -> bool {
        unpoisoned(self.waiting.read()).contains_key(org)
    }
}

fn hold(state: Organisation, stored: Position) -> (OrgId, Shared) {
    (
        state.org.clone(),
        Arc::new(Mutex::new(Held::new(state, stored))),
    )
}
