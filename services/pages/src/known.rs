//! Known when: what every figure of a page is taken back to (ruleset section 8).

use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;

use crate::link::Link;
use crate::when::Moment;

/// At which knowledge a page looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Whose history.
    pub org: OrgId,
    /// The position that all figures of the page are known at.
    pub position: Position,
    /// When the event at that position was recorded; nothing before the first.
    pub recorded_at: Option<RecordedAt>,
    /// The last position there is now.
    pub last: Position,
    /// The position asked for, as somebody typed it.
    pub asked_position: Option<String>,
    /// The time or day asked for, as somebody typed it.
    pub asked_known_at: Option<String>,
}

impl Known {
    /// Whether the page shows what is known now. Only then can anything be recorded from it.
    #[must_use]
    pub const fn is_now(&self) -> bool {
        self.asked_position.is_none() && self.asked_known_at.is_none()
    }

    /// The same knowledge on another page.
    #[must_use]
    pub fn carry(&self, link: Link) -> Link {
        link.with_some("position", self.asked_position.as_ref())
            .with_some("known_at", self.asked_known_at.as_ref())
    }

    /// When the last event that counts here was recorded, for people.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        self.recorded_at.map(Moment::of)
    }
}
