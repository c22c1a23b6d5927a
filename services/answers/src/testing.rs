//! What the tests of this crate share: a ledger in memory with a small history.

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command, Proposal};
use netgain_events::fact::{Fact, KeyRotation};
use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::history::KnownAt;
use netgain_ledger::ledger::{Caller, Ledger, Outcome};
use netgain_ledger::memory::{MemoryLog, Syncing};
use serde_json::{Value, json};

use crate::known;

pub(crate) const STROUD: &str = "E07000082";

/// When the tests' ledger stands: every year up to 2010/11 is over.
pub(crate) fn now() -> RecordedAt {
    "2011-07-24T12:00:00.000Z".parse().unwrap()
}

pub(crate) fn stroud() -> OrgId {
    STROUD.parse().unwrap()
}

/// Someone at the ledger itself.
pub(crate) fn caller() -> Caller {
    Caller {
        actor: "a.finance".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    }
}

pub(crate) struct World {
    pub(crate) log: MemoryLog,
    pub(crate) ledger: Ledger<MemoryLog>,
}

impl World {
    /// An empty ledger.
    pub(crate) fn new() -> Self {
        Self::with(Syncing::AtOnce)
    }

    pub(crate) fn with(syncing: Syncing) -> Self {
        let id = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let log = MemoryLog::new(id, syncing);
        let clock = Box::new(StoppedClock::at(now()));
        let ledger = Ledger::open(log.clone(), None, clock, &mut |_| {}).unwrap();
        Self { log, ledger }
    }

    /// Stroud with two claims, costs, checks, a challenge, a redeployment and a statement:
    ///
    /// 1 registered, 2 claim A, 3 its one-off cost, 4 and 5 a running cost that never was, 6
    /// validated, 7 checked, 8 challenged, 9 redeployed, 10 claim B, 11 stated, 12 A amended (which
    /// ends its validation).
    pub(crate) fn stroud() -> Self {
        let world = Self::new();
        world.register();
        for members in [
            json!({"type": "register-claim", "claim": "A", "title": "Payroll shared", "action":
                "reduce-inputs", "impact_from": "2008-07-01", "profile": {"2008/09": "95000",
                "2009/10": "210000"}, "service": "Corporate", "function": "human-resources",
                "labels": {"portfolio": "Finance"}}),
            json!({"type": "record-offset", "claim": "A", "offset": "SETUP", "kind": "one-off",
                "year": "2008/09", "amount": "30000", "spread_years": 3}),
            json!({"type": "record-offset", "claim": "A", "offset": "FEE", "kind": "recurring",
                "year": "2009/10", "amount": "1000"}),
            json!({"type": "cancel-offset", "claim": "A", "offset": "FEE", "reason": "Not ours"}),
            json!({"type": "validate-claim", "claim": "A", "grade": "interim", "actor": "b.head"}),
            json!({"type": "check-sustainment", "claim": "A", "year": "2009/10", "outcome":
                "reduced", "verified": "200000.5", "quality": "maintained", "actor": "b.head"}),
            json!({"type": "raise-challenge", "claim": "A", "challenge": "Q1", "question":
                "Who pays the county?", "answer_by": "2011-08-01", "actor": "c.board"}),
            json!({"type": "record-redeployment", "claim": "A", "redeployment": "R1", "year":
                "2009/10", "amount": "50000", "purpose": "front-line"}),
            json!({"type": "register-claim", "claim": "B", "title": "Fewer journeys", "action":
                "reduce-inputs", "impact_from": "2008-04-01", "profile": {"2008/09": "1000"},
                "ongoing": false}),
            json!({"type": "issue-statement", "year": "2009/10", "series": "actual",
                "actor": "b.head"}),
            json!({"type": "amend-claim", "claim": "A", "reason": "Counted twice", "profile":
                {"2008/09": "95000", "2009/10": "205000"}}),
        ] {
            world.record(members);
        }
        world
    }

    /// Registers Stroud.
    pub(crate) fn register(&self) {
        self.record(
            json!({"type": "register-organisation", "name": "Stroud District Council",
            "kind": "district", "sector": "local-government"}),
        );
    }

    /// Records an event of the ledger itself.
    pub(crate) fn rotate_key(&self) {
        let rotation = KeyRotation {
            from: "old".parse().unwrap(),
            to: "new".parse().unwrap(),
            both_until: now(),
        };
        self.submit(Command {
            org: OrgId::system(),
            proposal: Proposal::Fact(Fact::SigningKeyRotated(rotation)),
            actor: None,
            key: None,
            note: None,
            evidence: Vec::new(),
        });
    }

    /// Records a command of Stroud, given its other members.
    pub(crate) fn record(&self, mut members: Value) {
        members["org"] = STROUD.into();
        let line = members.to_string();
        self.submit(Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap());
    }

    fn submit(&self, command: Command) {
        match self.ledger.submit(command, &caller()).unwrap().outcome {
            Outcome::Recorded { .. } => {}
            other @ (Outcome::Repeated { .. } | Outcome::Refused(_)) => panic!("{other:?}"),
        }
    }

    /// Stroud's latest state.
    pub(crate) fn state(&self) -> Organisation {
        known::state(&self.log, None, &stroud(), KnownAt::Latest).unwrap()
    }
}
