//! Whether a claim can count at all (ruleset section 3).

use std::fmt;

use netgain_events::claim::ClaimDetails;
use netgain_events::ruleset::Ruleset;
use netgain_events::vocabulary::Action;

/// Why a claim contributes nothing. In the order of the reasons' codes, in which all that hold are
/// reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its source is excluded and no override says why it counts all the same.
    ExcludedSource,
    /// It affected spending before April 2008.
    ImpactBeforeApril2008,
    /// It releases no cash.
    NotCashable,
    /// It does not last.
    NotOngoing,
}

impl Reason {
    /// The reason's stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ExcludedSource => "excluded-source",
            Self::ImpactBeforeApril2008 => "impact-before-april-2008",
            Self::NotCashable => "not-cashable",
            Self::NotOngoing => "not-ongoing",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Whether the claim's source is excluded, an override taken into account.
#[must_use]
pub fn has_excluded_source(details: &ClaimDetails, rules: &Ruleset) -> bool {
    rules.excluded_sources.contains(&details.effective_source())
        && details.source_override.is_none()
}

/// Whether a change of that kind releases cash.
#[must_use]
pub fn is_cashable(action: Action, rules: &Ruleset) -> bool {
    rules.cashable_actions.contains(&action)
}

/// All reasons that hold, sorted by code; none for an eligible claim.
#[must_use]
pub fn reasons(details: &ClaimDetails, rules: &Ruleset) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut hold = |holds: bool, reason| {
        if holds {
            reasons.push(reason);
        }
    };
    hold(has_excluded_source(details, rules), Reason::ExcludedSource);
    hold(
        details.impact_from < rules.first_day(),
        Reason::ImpactBeforeApril2008,
    );
    hold(!is_cashable(details.action, rules), Reason::NotCashable);
    hold(!details.is_ongoing(), Reason::NotOngoing);
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_stand_in_the_order_of_their_codes() {
        let in_order = [
            Reason::ExcludedSource,
            Reason::ImpactBeforeApril2008,
            Reason::NotCashable,
            Reason::NotOngoing,
        ];
        assert!(in_order.is_sorted());
        assert!(in_order.iter().map(|reason| reason.code()).is_sorted());
    }
}
