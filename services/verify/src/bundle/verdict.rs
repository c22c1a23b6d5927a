//! What a verification comes to.

use netgain_events::fact::Statement;
use netgain_events::identifier::{Actor, LedgerId, OrgId};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::vocabulary::Auth;

use crate::bundle::log::Log;
use crate::bundle::registry::Registry;
use crate::bundle::statement::StatementEvent;
use crate::bundle::step::{Outcome, Step};
use crate::note::VerifierKey;
use crate::tlog::Hash;

/// What a verification comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Every step, in order, with what became of it.
    pub steps: Vec<Step>,
    /// What the bundle says, where every step holds: nothing in it is to be believed otherwise.
    pub facts: Option<Facts>,
}

impl Verdict {
    /// Whether every step holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        let passed = |step: &Step| matches!(step.outcome, Outcome::Passed(_));
        self.steps.iter().all(passed)
    }
}

/// What no bundle can show, as sentences, to be told with every verdict (docs/BUNDLE.md, last
/// paragraph).
pub const NOT_CHECKED: [&str; 5] = [
    "Whether a claim is true.",
    "Whether the evidence that events name exists, or says what its name suggests.",
    "Whether actors recorded as os-user, named or local were who they said.",
    "Whether each event was allowed when it was recorded: only that the figure follows from it.",
    "That nobody was shown another history: for that, compare checkpoints with others, or list witnesses in the key file.",
];

/// What a bundle says that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The ledger.
    pub ledger: LedgerId,
    /// Whose statement it is.
    pub org: OrgId,
    /// The year, series, number and figures.
    pub statement: Statement,
    /// When it was issued, by the ledger's clock.
    pub issued_at: RecordedAt,
    /// By whom.
    pub issued_by: Actor,
    /// How that actor was known.
    pub auth: Auth,
    /// How many events the history has, the statement's the last.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The keys that signed the organisation's checkpoint.
    pub signers: Vec<VerifierKey>,
    /// How many checkpoints the registry had.
    pub registry_size: u64,
    /// The registry's root.
    pub registry_root: Hash,
    /// The keys that signed the registry's checkpoint, witnesses among them.
    pub registry_signers: Vec<VerifierKey>,
}

impl Facts {
    pub(super) fn of(log: Log, registry: Registry, issued: StatementEvent) -> Self {
        let checkpoint = log.signed.checkpoint();
        Self {
            ledger: *log.keys.ledger(),
            statement: issued.statement,
            issued_at: issued.recorded_at,
            issued_by: issued.actor,
            auth: issued.auth,
            size: checkpoint.size,
            root: checkpoint.root,
            org: log.org,
            signers: log.signers,
            registry_size: registry.checkpoint.size,
            registry_root: registry.checkpoint.root,
            registry_signers: registry.signers,
        }
    }
}
