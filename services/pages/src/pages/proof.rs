//! What is sealed, by which keys, and how anybody checks a figure without trusting whoever reported it.

use askama::Template;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;

use crate::frame::Frame;
use crate::link::Link;
use crate::when::Moment;

/// The newest seal of an organisation's history.
#[derive(Clone, Debug)]
pub struct Seal {
    /// Which log it is of.
    pub origin: String,
    /// The position that it covers.
    pub position: Position,
    /// The root over all events up to there, in base64.
    pub root: String,
    /// When the last event that it covers was recorded; it was sealed right after.
    pub recorded_at: Option<RecordedAt>,
    /// The names of the keys that signed it.
    pub signed_by: Vec<String>,
}

/// How sealing stands.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose history.
    pub org: OrgId,
    /// The last position there is.
    pub last: Position,
    /// The newest seal; none before the first.
    pub seal: Option<Seal>,
    /// The public keys, the newest first, each as one line (C2SP vkey).
    pub keys: Vec<String>,
    /// Whether the history is not the sealed one.
    pub alarm: bool,
    /// Whether the last seal that was due could be made.
    pub is_sealing: bool,
    /// Whether the log is still to be held to what was sealed, since the service has only just started.
    pub is_checking: bool,
    /// The newest statements with their pages, the newest first.
    pub statements: Vec<(String, Link)>,
}

/// The page of proofs.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/proof.html")]
pub struct ProofPage {
    frame: Frame,
    waiting: u64,
    sealed_when: Option<Moment>,
    checkpoint: String,
    statements: Link,
    sample: Link,
    history: Link,
    found: Found,
}

impl ProofPage {
    /// How it stands.
    #[must_use]
    pub fn new(frame: Frame, found: Found) -> Self {
        let root = Link::organisation(&found.org);
        let seal = found.seal.as_ref();
        let sealed = seal.map_or(0, |seal| seal.position.get());
        Self {
            frame,
            waiting: found.last.get().saturating_sub(sealed),
            sealed_when: seal.and_then(|seal| seal.recorded_at).map(Moment::of),
            checkpoint: format!("/api/v1{}", root.clone().to("checkpoint")),
            statements: root.clone().to("statements"),
            sample: root.clone().to("sample"),
            history: root.to("history"),
            found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Tab;
    use crate::testing::{frame, org};

    fn page(last: u64, seal: Option<u64>, alarm: bool) -> String {
        let seal = seal.map(|position| Seal {
            origin: "netgain/00/X00000001".to_owned(),
            position: Position::new(position),
            root: "cm9vdA==".to_owned(),
            recorded_at: None,
            signed_by: vec!["netgain/00+f86659f9".to_owned()],
        });
        let found = Found {
            org: org(),
            last: Position::new(last),
            seal,
            keys: vec!["netgain/00+f86659f9+ASjS".to_owned()],
            alarm,
            is_sealing: true,
            is_checking: false,
            statements: Vec::new(),
        };
        ProofPage::new(frame(Tab::Statements, "Seals and proof"), found).to_string()
    }

    #[test]
    fn it_says_how_far_the_seal_reaches_and_what_waits() {
        let html = page(39, Some(39), false);
        assert!(
            html.contains("Every event is sealed") && !html.contains("Alarm"),
            "{html}"
        );
        let html = page(39, Some(36), false);
        assert!(html.contains("3 events wait for the next seal"), "{html}");
        let html = page(1, None, false);
        assert!(html.contains("Nothing is sealed yet"), "{html}");
        assert!(page(39, Some(39), true).contains("is not the one that was sealed"));
    }
}
