//! What is wrong with a setting.

use std::path::PathBuf;

use super::origin::{Origin, Place};
use crate::outcome::Failure;

/// What is wrong with the settings: exit status 2.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// A file was named and cannot be read.
    #[error("the configuration file {path} cannot be read: {why}", path = .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A file is not TOML.
    #[error("{place}: {why}")]
    Form {
        /// Where it stops to be.
        place: Place,
        /// What is wrong there.
        why: String,
    },
    /// There is no such setting.
    #[error(
        "{place}: there is no setting {name:?}{}; `netgain config example` prints all there are",
        .nearest.map(|name| format!(", perhaps {name:?} is meant")).unwrap_or_default()
    )]
    Unknown {
        /// Where it stands.
        place: Place,
        /// What it is called.
        name: String,
        /// The known name that is most like it.
        nearest: Option<&'static str>,
    },
    /// A setting stands behind the head of a provider's table and so would belong to it.
    #[error(
        "{place}: {name:?} stands below [[provider]] and would belong to it; move it above the first [[provider]]"
    )]
    BelowProvider {
        /// Where it stands.
        place: Place,
        /// What it is called.
        name: String,
    },
    /// A value cannot be taken.
    #[error("{origin}: {name}: {why}")]
    Value {
        /// Where it came from.
        origin: Origin,
        /// Of which setting.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two settings do not go together.
    #[error("{0}")]
    Together(&'static str),
}

impl Wrong {
    pub(super) fn unknown(place: Place, name: &str, nearest: Option<&'static str>) -> Self {
        Self::Unknown {
            place,
            name: name.to_owned(),
            nearest,
        }
    }

    pub(super) fn below_provider(place: Place, name: &str) -> Self {
        Self::BelowProvider {
            place,
            name: name.to_owned(),
        }
    }

    pub(super) fn value(origin: Origin, name: &str, why: &str) -> Self {
        Self::Value {
            origin,
            name: name.to_owned(),
            why: why.to_owned(),
        }
    }
}

impl Wrong {
    /// As the end of a call: its words, or those of its settings, are off.
    pub(crate) fn failure(&self) -> Failure {
        Failure::Usage(self.to_string())
    }
}
