//! Rows for tests.

use netgain_events::identifier::Position;
use netgain_events::money::Sum;

use super::row::OrganisationRow;
use crate::pages::board::Nets;

/// A row without anything in it.
pub(super) fn row(org: &str) -> OrganisationRow {
    OrganisationRow {
        org: org.parse().unwrap(),
        details: None,
        position: Position::new(1),
        nets: Nets::default(),
        target: None,
        baseline: None,
        unchecked: Sum::ZERO,
        parts: Vec::new(),
    }
}
