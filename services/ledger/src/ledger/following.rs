//! What others write to the same log: taken into memory as it comes, and read where it did not come in time.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;

use super::{Held, Ledger, LedgerFault, Shared, unpoisoned};
use crate::accounts::Account;
use crate::fold_all::Folding;
use crate::history::{self, HistoryError, KnownAt};
use crate::log::{Commit, Cursor, Lineage, Log, ReadError};

/// How long nobody asks a log again for a history for which it did not answer: longer than it takes all those to go
/// away who wait for it.
const ASKED_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// What a follower of the ledger hears.
#[derive(Debug)]
pub enum Heard<'a> {
    /// Something of that organisation is in the log, whoever wrote it, and has been taken in.
    Change(&'a OrgId),
    /// Something of it could not be taken in: its history cannot be read on until that is set right.
    Trouble(&'a HistoryError),
    /// Nothing has come for a moment.
    Nothing,
}

impl<L: Log> Ledger<L> {
    /// Takes in what is written from the place on where reading or following stopped, until `hear` has had enough.
    /// It hears of this process's own commits too, and is asked several times a second. Where one process writes the
    /// log there is nothing to follow, and this returns at once.
    ///
    /// # Errors
    /// The log cannot be read on; following again goes on where this stopped.
    pub fn follow(
        &self,
        hear: &mut dyn FnMut(Heard<'_>) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let from = self.place();
        self.log.follow(&from, &mut |commit, after| {
            let Some(commit) = commit else {
                return hear(Heard::Nothing);
            };
            let taken = self.take_in(commit);
            unpoisoned(self.followed.lock()).clone_from(after);
            match taken {
                Ok(()) => hear(Heard::Change(commit.org)),
                Err(trouble) => hear(Heard::Trouble(&trouble)),
            }
        })
    }

    /// The place in the log before which the states in memory and the views have everything.
    pub fn place(&self) -> Cursor {
        if self.log.is_shared() {
            unpoisoned(self.followed.lock()).clone()
        } else {
            self.log.durable_end()
        }
    }

    /// Folds a commit that is durable, unless it is there already. Commits come in the log's order.
    ///
    /// # Errors
    /// It is not what can follow; the history is read again when it is next asked for, and says so then too.
    pub fn take_in(&self, commit: Commit<'_>) -> Result<(), HistoryError> {
        let shared = {
            let organisations = unpoisoned(self.organisations.read());
            let Some(shared) = organisations.get(commit.org) else {
                // Nobody can put it there meanwhile: that takes the same lock.
                let mut waiting = unpoisoned(self.waiting.write());
                let known = waiting.entry(commit.org.clone()).or_default();
                known.last = known.last.max(commit.last());
                return Ok(());
            };
            Arc::clone(shared)
        };
        let mut held = unpoisoned(shared.lock());
        // Either it is known, or what was decided without it is void: the log says so in a moment.
        let known = commit.last() <= held.state.position;
        if known || held.is_astray || held.lineage.is_displaced() {
            return Ok(());
        }
        // Whatever comes between: what is half folded is never looked at.
        held.is_astray = true;
        let org = commit.org.clone();
        let state = std::mem::replace(&mut held.state, Organisation::new(org));
        let mut folding = Folding::new(state, *self.log.ledger());
        let folded = folding.take(commit);
        held.state = folding.state;
        match folded {
            Ok(()) => held.is_astray = false,
            // What it did not follow from may not be durable, and then it is void.
            Err(_) if held.last.is_some_and(|last| !self.log.is_durable(last)) => {}
            Err(_) if held.lineage.is_displaced() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Has an organisation's history read on before it is looked at next.
    pub(super) fn doubt(&self, org: &OrgId) {
        let shared = {
            let organisations = unpoisoned(self.organisations.read());
            let shared = organisations.get(org).map(Arc::clone);
            if shared.is_none() {
                let mut waiting = unpoisoned(self.waiting.write());
                waiting.entry(org.clone()).or_default();
            }
            shared
        };
        if let Some(shared) = shared {
            let mut held = unpoisoned(shared.lock());
            held.is_doubted = true;
            held.doubts += 1;
        }
    }

    /// Whether an organisation can be looked at without reading the log. What says yes may be wrong a moment
    /// later; it is for those who would not hold up others meanwhile.
    pub fn is_at_hand(&self, org: &OrgId) -> bool {
        let Ok(organisations) = self.organisations.try_read() else {
            return false;
        };
        match organisations.get(org) {
            Some(shared) => shared.try_lock().is_ok_and(|held| !held.is_to_be_read()),
            None => !self.waits(org),
        }
    }

    /// Whether something of an organisation has to be read from the log before it can be looked at. One that somebody
    /// works on just now has not, as far as anybody can say.
    pub fn is_to_be_read(&self, org: &OrgId) -> bool {
        let shared = unpoisoned(self.organisations.read()).get(org).cloned();
        match shared {
            Some(shared) => shared.try_lock().is_ok_and(|held| held.is_to_be_read()),
            None => self.waits(org),
        }
    }

    /// Looks at an organisation's state without reading on where others may have written meanwhile: for grants, which hold as far as they
    /// have come here (docs/adr/0024), and hold on while nobody can be asked.
    ///
    /// # Errors
    /// As [`Ledger::look`].
    pub fn glance<T>(
        &self,
        org: &OrgId,
        look: impl FnOnce(&Organisation) -> T,
    ) -> Result<Option<T>, LedgerFault> {
        let Some(shared) = self.shared(org)? else {
            return Ok(None);
        };
        let mut held = unpoisoned(shared.lock());
        if held.is_void() {
            self.catch_up(&mut held)?;
        }
        Ok(Some(look(&held.state)))
    }

    /// Reads what an organisation's state may lack, while others may still [glance](Self::glance) at it.
    ///
    /// # Errors
    /// Its history cannot be read.
    pub fn read_on(&self, org: &OrgId) -> Result<(), LedgerFault> {
        let shared = unpoisoned(self.organisations.read()).get(org).cloned();
        if let Some(shared) = shared {
            let (state, doubts) = {
                let held = unpoisoned(shared.lock());
                let is_only_doubted = held.is_doubted && !held.is_void();
                (is_only_doubted.then(|| held.state.clone()), held.doubts)
            };
            if let Some(state) = state {
                return self.read_on_from(&shared, state, doubts);
            }
        }
        self.look(org, |_| ()).map(drop)
    }

    /// The same for a state that was doubted so often. If it has changed by the time, it stays doubted.
    fn read_on_from(
        &self,
        shared: &Shared,
        state: Organisation,
        doubts: u64,
    ) -> Result<(), LedgerFault> {
        let (org, before) = (state.org.clone(), state.position);
        let read = match history::fold_from(&self.log, &self.place(), state, KnownAt::Latest) {
            Ok(read) => read,
            Err(HistoryError::Fold { .. }) => return self.look(&org, |_| ()).map(drop),
            Err(error) => return Err(error.into()),
        };
        let mut held = unpoisoned(shared.lock());
        if held.state.position == before && held.doubts == doubts && !held.is_void() {
            held.state = read;
            held.is_doubted = false;
        }
        Ok(())
    }

    /// Reads what a state lacks.
    pub(super) fn catch_up(&self, held: &mut Held) -> Result<(), LedgerFault> {
        if !held.is_to_be_read() {
            return Ok(());
        }
        // Whoever waited meanwhile to look at it would else ask in vain one after another.
        if held
            .unanswered_at
            .is_some_and(|at| at.elapsed() < ASKED_AGAIN_AFTER)
        {
            let place = format!("the history of {}", held.state.org);
            let source = "they did not a moment ago".into();
            return Err(HistoryError::from(ReadError::Unanswered { place, source }).into());
        }
        let read = self.read_what_it_lacks(held);
        let is_unanswered = matches!(
            read,
            Err(LedgerFault::History(HistoryError::Read(
                ReadError::Unanswered { .. }
            )))
        );
        held.unanswered_at = is_unanswered.then(Instant::now);
        read
    }

    fn read_what_it_lacks(&self, held: &mut Held) -> Result<(), LedgerFault> {
        if held.is_void() {
            return self.read_again(held);
        }
        // Everything before this place is in the state. What this process has under way is too, and is kept: the
        // log has it in a moment, or says that it is void.
        let place = self.place();
        let state = held.state.clone();
        match history::fold_from(&self.log, &place, state, KnownAt::Latest) {
            Ok(state) => {
                held.state = state;
                held.is_doubted = false;
                Ok(())
            }
            Err(HistoryError::Fold { .. }) => self.read_again(held),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads an organisation's history again: what was decided on it was void, or it did not follow.
    fn read_again(&self, held: &mut Held) -> Result<(), LedgerFault> {
        // The place first: what is recorded after it is read again next time, and known by its position.
        let place = self.log.durable_end();
        let from_base = held.base.take().and_then(|(state, from)| {
            history::fold_from(&self.log, &from, state, KnownAt::Latest).ok()
        });
        held.state = match from_base {
            Some(state) => state,
            None => {
                let org = held.state.org.clone();
                history::fold(&self.log, self.views.as_deref(), &org, KnownAt::Latest)?
            }
        };
        held.base = Some((held.state.clone(), place));
        held.last = None;
        held.lineage = Arc::<Lineage>::default();
        held.is_doubted = false;
        held.is_astray = false;
        Ok(())
    }

    /// A state that was read just now, to be put into memory by whoever keeps others from doing so meanwhile.
    pub(super) fn held_anew(&self, state: Organisation) -> (OrgId, Shared) {
        let waiting = unpoisoned(self.waiting.read());
        let waiting = waiting.get(&state.org).copied().unwrap_or_default();
        let mut held = Held::new(state, waiting.stored);
        // What came while it was read was only noted, and following has gone past it.
        held.is_astray = waiting.last > held.state.position;
        (held.state.org.clone(), Arc::new(Mutex::new(held)))
    }
}

impl Held {
    /// Whether something has to be read before the state may be looked at.
    fn is_to_be_read(&self) -> bool {
        self.is_doubted || self.is_void()
    }

    /// Whether it is not what the log has.
    pub(super) fn is_void(&self) -> bool {
        self.is_astray || self.lineage.is_displaced()
    }
}
