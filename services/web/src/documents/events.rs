//! Events as they are stored.
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]

use utoipa::ToSchema;

use super::values::{CommandKey, LedgerId, OrgOrSystem, PersonId, ProseText, Sha256, Time};
use super::words::{Auth, EventType};

/// An event, byte for byte as it is stored. What every event carries stands here; its own fields, which its `type`
/// says, are those of the command that asked for it.
#[derive(ToSchema)]
pub(crate) struct Event {
    /// The version of the written form.
    #[schema(minimum = 1)]
    schema: u32,
    r#type: EventType,
    ledger: LedgerId,
    org: OrgOrSystem,
    /// 1, 2, 3 … without gaps.
    #[schema(minimum = 1)]
    position: u64,
    /// The clock's reading; never earlier than that of the event before.
    recorded_at: Time,
    /// Who did it.
    actor: PersonId,
    auth: Auth,
    #[schema(required = false)]
    command_id: CommandKey,
    /// What a repeat of the command must be equal to; of its first event, where it had a `command_id`.
    #[schema(required = false)]
    command_sha256: Sha256,
    /// Whatever the actor wished to add.
    #[schema(required = false)]
    note: ProseText,
}
