//! The organisations whose history can only be read, because it is not the one that was sealed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use netgain_events::identifier::OrgId;

use super::{Ledger, LedgerFault, unpoisoned};
use crate::log::Log;

/// Which organisations can only be read, and why.
#[derive(Debug, Default)]
pub(super) struct ReadOnly {
    organisations: RwLock<BTreeMap<OrgId, Arc<str>>>,
    /// Whether there is any. While there is none, which is nearly always, nobody takes the lock.
    is_any: AtomicBool,
}

impl ReadOnly {
    /// Whether that organisation may be written.
    pub(super) fn check(&self, org: &OrgId) -> Result<(), LedgerFault> {
        if !self.is_any.load(Ordering::Acquire) {
            return Ok(());
        }
        match unpoisoned(self.organisations.read()).get(org) {
            None => Ok(()),
            Some(why) => Err(LedgerFault::ReadOnly {
                org: org.clone(),
                why: Arc::clone(why),
            }),
        }
    }
}

impl<L: Log> Ledger<L> {
    /// Lets nothing more be written to an organisation's history from now on, and says why to whoever tries. A
    /// command that is being decided at this moment may still be recorded. The others go on.
    pub fn set_read_only(&self, org: OrgId, why: &str) {
        unpoisoned(self.read_only.organisations.write()).insert(org, why.into());
        self.read_only.is_any.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::authority::Authority;
    use netgain_events::command::{ActorField, Command};
    use netgain_events::vocabulary::Auth;

    use super::*;
    use crate::clock::StoppedClock;
    use crate::ledger::{Answer, Caller};
    use crate::memory::{MemoryLog, Syncing};

    const ALTERED: &str = "E07000082";
    const OTHER: &str = "E08000006";

    fn register(ledger: &Ledger<MemoryLog>, code: &str) -> Result<Answer, LedgerFault> {
        let line = format!(
            r#"{{"org":"{code}","type":"register-organisation","name":"A council","kind":"district","sector":"local-government"}}"#
        );
        let caller = Caller {
            actor: "ann".parse().unwrap(),
            auth: Auth::Named,
            authority: Authority::Operator,
        };
        let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
        ledger.submit(command, &caller)
    }

    #[test]
    fn what_becomes_read_only_while_others_use_the_ledger_is_not_written_from_then_on() {
        let id = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let log = MemoryLog::new(id, Syncing::AtOnce);
        let clock = Box::new(StoppedClock::default());
        let ledger = Ledger::open(log, None, clock, &mut |_| {}).unwrap();
        register(&ledger, ALTERED).unwrap();
        let looked = |code: &str| {
            let org = code.parse().unwrap();
            let looked = ledger.look(&org, |state| state.position.get()).unwrap();
            looked.map(|(position, _)| position)
        };
        ledger.set_read_only(ALTERED.parse().unwrap(), "An event was altered.");
        let refused = register(&ledger, ALTERED).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "this history can only be read. An event was altered."
        );
        assert_eq!(looked(ALTERED), Some(1));
        register(&ledger, OTHER).unwrap();
        assert_eq!(looked(OTHER), Some(1));
    }
}
