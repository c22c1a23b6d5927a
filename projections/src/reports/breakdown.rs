//! A year's total by a heading: function, method, technique, approach, service, source or a label.

use std::collections::BTreeMap;
use std::str::FromStr;

use netgain_events::claim::ClaimDetails;
use netgain_events::identifier::LabelKey;
use netgain_events::money::{Sum, SumOverflow};
use serde::Serialize;

use crate::basis::{Amounts, Basis};
use crate::totals::Totals;

/// What claims are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heading {
    /// The function that makes the gain.
    Function,
    /// Who brings it about.
    Method,
    /// How.
    Technique,
    /// How far the change reaches.
    Approach,
    /// The service that makes the gain.
    Service,
    /// Where the money comes from.
    Source,
    /// A label's text.
    Label(LabelKey),
}

impl FromStr for Heading {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "function" => Ok(Self::Function),
            "method" => Ok(Self::Method),
            "technique" => Ok(Self::Technique),
            "approach" => Ok(Self::Approach),
            "service" => Ok(Self::Service),
            "source" => Ok(Self::Source),
            other => match other.strip_prefix("label:") {
                Some(key) => key.parse().map(Self::Label).map_err(|e| e.to_string()),
                None => Err(
                    "use function, method, technique, approach, service, source or \
                             label:KEY"
                        .into(),
                ),
            },
        }
    }
}

impl Heading {
    fn of<'c>(&self, details: &'c ClaimDetails) -> Option<&'c str> {
        match self {
            Self::Function => details.function.map(|word| word.as_str()),
            Self::Method => details.method.map(|word| word.as_str()),
            Self::Technique => details.technique.map(|word| word.as_str()),
            Self::Approach => details.approach.map(|word| word.as_str()),
            Self::Service => details.service.as_ref().map(|text| text.as_str()),
            Self::Source => Some(details.effective_source().as_str()),
            Self::Label(key) => details.labels.as_ref()?.get(key).map(|text| text.as_str()),
        }
    }
}

/// The claims under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The heading's text; nothing for claims that state none.
    pub value: Option<String>,
    /// How many claims.
    pub claims: usize,
    /// Their gross on the claimed basis.
    pub gross: Sum,
    /// Their net on the claimed basis.
    pub claimed: Sum,
    /// Their net on the validated basis.
    pub validated: Sum,
    /// Their net on the assured basis.
    pub assured: Sum,
}

/// Groups a year's lines. Groups stand by claimed net, the largest first; those without a heading
/// come last. The carry-forward belongs to no claim and so to no group.
pub fn breakdown(totals: &Totals<'_>, heading: &Heading) -> Result<Vec<Group>, SumOverflow> {
    let mut groups: BTreeMap<Option<&str>, (usize, [Amounts; 3])> = BTreeMap::new();
    for claim in &totals.claims {
        let (count, sums) = groups.entry(heading.of(&claim.claim.details)).or_default();
        *count += 1;
        for (basis, sum) in Basis::ALL.iter().zip(sums) {
            if claim.line.counts_in(*basis) {
                sum.add(&claim.line.amounts)?;
            }
        }
    }
    let mut listed = Vec::with_capacity(groups.len());
    for (value, (claims, [claimed, validated, assured])) in groups {
        listed.push(Group {
            value: value.map(str::to_owned),
            claims,
            gross: claimed.gross,
            claimed: claimed.net()?,
            validated: validated.net()?,
            assured: assured.net()?,
        });
    }
    listed.sort_by(|a, b| {
        let unstated = |group: &Group| group.value.is_none();
        unstated(a)
            .cmp(&unstated(b))
            .then(b.claimed.cmp(&a.claimed))
            .then(a.value.cmp(&b.value))
    });
    Ok(listed)
}
