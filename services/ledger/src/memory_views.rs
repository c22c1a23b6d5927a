//! A double of the views in memory, for tests: it keeps every promise of the port but outliving its
//! process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;

use crate::log::Cursor;
use crate::views::{Extent, Views, ViewsError};

/// Views in memory. Clones are handles on the same states, as views opened again would be.
#[derive(Clone, Debug, Default)]
pub struct MemoryViews {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    cursor: Cursor,
    states: BTreeMap<OrgId, Organisation>,
}

impl MemoryViews {
    /// Views that hold nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing in between can panic and leave something half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Views for MemoryViews {
    fn extent(&self) -> Extent {
        let kept = self.kept();
        let positions = kept
            .states
            .iter()
            .map(|(org, state)| (org.clone(), state.position));
        Extent {
            cursor: kept.cursor.clone(),
            positions: positions.collect(),
        }
    }

    fn load(&self, org: &OrgId) -> Result<Option<Organisation>, ViewsError> {
        Ok(self.kept().states.get(org).cloned())
    }

    fn store(&self, changed: &[&Organisation], cursor: &Cursor) -> Result<(), ViewsError> {
        let mut kept = self.kept();
        for &state in changed {
            kept.states.insert(state.org.clone(), state.clone());
        }
        kept.cursor = cursor.clone();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views_conformance::{self, Store};

    struct Clones(MemoryViews);

    impl Store for Clones {
        type Views = MemoryViews;

        fn open(&self) -> MemoryViews {
            self.0.clone()
        }
    }

    #[test]
    fn the_double_keeps_the_promises_of_the_port() {
        views_conformance::suite(|| Clones(MemoryViews::new()));
    }
}
