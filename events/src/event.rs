//! An event: what was decided, by whom and when, at its place in an organisation's history.

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::identifier::{Actor, CommandId, LedgerId, OrgId, Position};
use crate::recorded_at::RecordedAt;
use crate::sha256::Sha256Hex;
use crate::text::{Line, Prose};
use crate::vocabulary::Auth;

/// The most bytes an event's line may have, its line feed left out (architecture, *What is
/// written*). A C2SP entry holds 65,535; half of that leaves room for what stands around it.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;

/// The most documents one command may name as evidence.
pub const EVIDENCE_MAX: usize = 20;

/// A document that supports what is recorded. The document itself stays outside the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its name.
    pub name: Line,
    /// The SHA-256 of its bytes, so that another document cannot be put in its place.
    pub sha256: Sha256Hex,
    /// Where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<Prose>,
}

/// The request an event answers, where its caller gave it an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMark {
    /// The caller's key.
    pub command_id: CommandId,
    /// SHA-256 over the request's content and its effective actor, so that a repeat is known from
    /// a reuse for ever (docs/adr/0005).
    pub content: Sha256Hex,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The ledger it belongs to.
    pub ledger: LedgerId,
    /// The organisation whose history it is part of.
    pub org: OrgId,
    /// Its place in that history.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: RecordedAt,
    /// Who did it.
    pub actor: Actor,
    /// How the actor was known.
    pub auth: Auth,
    /// The request it answers.
    pub request: Option<RequestMark>,
    /// What happened.
    pub fact: Fact,
    /// Whatever the actor wished to add.
    pub note: Option<Prose>,
    /// The documents that support it; at most [`EVIDENCE_MAX`].
    pub evidence: Vec<Evidence>,
}
