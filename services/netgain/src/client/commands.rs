//! Commands that are recorded through a service.

use netgain_events::identifier::OrgId;
use serde::Deserialize;

use super::failed::Failed;
use super::server::{Again, Sent, Server};

/// What was recorded, as the service says it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Recorded {
    /// The event's place in its organisation's history.
    pub(crate) position: u64,
    /// What kind of event it is.
    pub(crate) event: String,
    /// Whether it had been recorded before.
    #[serde(skip)]
    pub(crate) repeated: bool,
}

/// Where an organisation's commands are sent to; the ledger's own history has its own place.
pub(crate) fn commands_path(org: &OrgId) -> String {
    if org.is_system() {
        "/api/v1/system/commands".to_owned()
    } else {
        format!("/api/v1/organisations/{org}/commands")
    }
}

impl Server {
    /// Records one command, given as its JSON. `again` says whether it has a `command_id`.
    pub(crate) fn record(
        &self,
        org: &OrgId,
        command: &[u8],
        again: Again,
    ) -> Result<Recorded, Failed> {
        let answer = self.post(&commands_path(org), Sent::json(command), again)?;
        let repeated = answer
            .headers()
            .get("idempotent-replayed")
            .is_some_and(|value| value == "true");
        let events: Vec<Recorded> = self.document(answer)?;
        match <[Recorded; 1]>::try_from(events) {
            Ok([recorded]) => Ok(Recorded {
                repeated,
                ..recorded
            }),
            Err(events) => Err(self.strange(format!("{} events to one command", events.len()))),
        }
    }
}
