//! Bringing the views up to what is durable.

use std::sync::{Arc, MutexGuard};

use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;

use super::{Held, Ledger, LedgerFault, Seen, unpoisoned};
use crate::fold_all::fold_all;
use crate::log::{Log, LogFault, durable};
use crate::views::ViewsError;

impl<L: Log> Ledger<L> {
    /// How many events the views lack.
    #[must_use]
    pub fn events_not_in_views(&self) -> u64 {
        // One that somebody works on just now counts the next time: nobody waits here for a log to answer.
        let all = self.all_held();
        let held = all.iter().filter_map(|shared| {
            let held = shared.try_lock().ok()?;
            Some(held.state.position.get().saturating_sub(held.stored.get()))
        });
        let organisations = unpoisoned(self.organisations.read());
        let others = unpoisoned(self.waiting.read());
        let waiting = others
            .iter()
            .filter(|(org, _)| !organisations.contains_key(*org))
            .map(|(_, waiting)| waiting.lacking());
        held.chain(waiting).sum()
    }

    /// Takes into memory whatever the views lack a part of.
    fn load_what_views_lack(&self) -> Result<(), LedgerFault> {
        let lacking = || {
            let organisations = unpoisoned(self.organisations.read());
            let waiting = unpoisoned(self.waiting.read());
            let lacking = waiting.iter().filter(|(org, waiting)| {
                waiting.lacking() > 0 && !organisations.contains_key(*org)
            });
            lacking.map(|(org, _)| org.clone()).collect::<Vec<_>>()
        };
        let Some(views) = self.views.as_deref().filter(|_| !lacking().is_empty()) else {
            return Ok(());
        };
        // All at once and on all cores, as far as the views are right.
        let start = |org: &OrgId| views.load(org).ok().flatten();
        let cursor = views.extent().cursor;
        if let Ok(tail) = fold_all(&self.log, &cursor, &start, &mut |_| {}) {
            let mut organisations = unpoisoned(self.organisations.write());
            for state in tail.organisations.into_values() {
                if self.waits(&state.org) && !organisations.contains_key(&state.org) {
                    let (org, shared) = self.held_anew(state);
                    organisations.insert(org, shared);
                }
            }
        }
        lacking().into_iter().try_for_each(|org| {
            self.shared(&org)?;
            Ok(())
        })
    }

    /// Brings the views up to what is durable now.
    ///
    /// # Errors
    /// They could not be written, which loses nothing but the next start's time.
    pub async fn store_views(&self) -> Result<(), ViewsError> {
        let Some(views) = self.views.as_deref() else {
            return Ok(());
        };
        self.load_what_views_lack().map_err(|fault| ViewsError {
            what: format!("were not stored: {fault}"),
        })?;
        // The place is taken before the states: a state that is ahead of it folds the events
        // between the two only once, since it knows its position.
        let cursor = self.place();
        let changed: Vec<(Organisation, Seen)> = {
            let all = self.all_held();
            let held = all.iter().map(|shared| unpoisoned(shared.lock()));
            let changed = held.filter(|held: &MutexGuard<'_, Held>| {
                held.stored < held.state.position && !held.is_astray
            });
            changed
                .map(|held| (held.state.clone(), held.seen()))
                .collect()
        };
        // Views must never know what a power cut could still take back.
        let failed = |fault: Arc<LogFault>| ViewsError {
            what: format!("were not stored: {fault}"),
        };
        durable(&self.log, self.log.everything())
            .await
            .map_err(failed)?;
        // Nor what others were ahead of.
        let kept = changed.iter().filter(|(_, seen)| !seen.is_void());
        let kept: Vec<&Organisation> = kept.map(|(state, _)| state).collect();
        views.store(&kept, &cursor)?;
        let organisations = unpoisoned(self.organisations.read());
        for state in kept {
            if let Some(shared) = organisations.get(&state.org) {
                let mut held = unpoisoned(shared.lock());
                held.stored = held.stored.max(state.position);
            }
        }
        Ok(())
    }
}
