//! What an import came to, or would come to: counts, positions, and its effect on the totals.

use std::collections::BTreeSet;

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::Sum;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::totals::Totals;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Claims, NotImported};
use crate::not_answered::Fault;

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows that register a claim.
    pub new: usize,
    /// Rows that amend one.
    pub amended: usize,
    /// Rows that say what the ledger has already.
    pub unchanged: usize,
    /// Costs that are recorded.
    pub costs: usize,
}

/// The claimed net of a year before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimedNet {
    /// The year.
    pub year: FinancialYear,
    /// Just before the import.
    pub before: Sum,
    /// Once it is recorded, together with whatever else was recorded by then.
    pub after: Sum,
}

/// What an import came to, or would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Whose claims.
    pub org: OrgId,
    /// How many rows came to what.
    pub counts: Counts,
    /// The sum of the amounts in the sheet's year columns.
    pub control_total: Sum,
    /// The first and the last position recorded; nothing where nothing was.
    pub positions: Option<(Position, Position)>,
    /// Its effect on the claimed total of each year in which the changed claims, or their costs,
    /// state something.
    pub claimed_net: Vec<ClaimedNet>,
    /// What a person should know of how the sheet was read.
    pub notes: Vec<String>,
    /// Whether it was only tried.
    pub dry_run: bool,
}

impl Imported {
    /// What an import that is only tried would come to.
    ///
    /// # Errors
    /// Amounts add up past the range of a sum.
    pub(super) fn tried(
        before: &Organisation,
        after: &Organisation,
        claims: &Claims,
        counts: Counts,
    ) -> Result<Self, NotImported> {
        Ok(Self {
            org: before.org.clone(),
            counts,
            control_total: claims.control_total(),
            positions: None,
            claimed_net: claimed_net(before, after)?,
            notes: claims.sheet.notes.iter().map(ToString::to_string).collect(),
            dry_run: true,
        })
    }

    /// The import's document.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({
            "imported": !self.dry_run,
            "org": self.org,
            "counts": self.counts,
            "control_total": self.control_total,
            "first_position": self.positions.map(|(first, _)| first),
            "last_position": self.positions.map(|(_, last)| last),
            "claimed_net": self.claimed_net,
            "notes": self.notes,
        })
    }
}

fn claimed_net(before: &Organisation, after: &Organisation) -> Result<Vec<ClaimedNet>, Fault> {
    let net = |state: &Organisation, year| {
        Totals::of(state, year, &NI179_V1).map(|totals| totals.claimed.net)
    };
    let mut effects = Vec::new();
    for year in years_changed(before, after) {
        effects.push(ClaimedNet {
            year,
            before: net(before, year)?,
            after: net(after, year)?,
        });
    }
    Ok(effects)
}

/// The years in which claims that changed, or their costs, state something or did.
fn years_changed(before: &Organisation, after: &Organisation) -> BTreeSet<FinancialYear> {
    let changed = after
        .claims
        .iter()
        .filter(|(id, claim)| before.claims.get(*id) != Some(*claim));
    // A year that an amendment no longer states is one whose figure changes.
    let both = changed.flat_map(|(id, claim)| [Some(claim), before.claims.get(id)]);
    both.flatten()
        .flat_map(|claim| {
            let stated = claim.details.profile.stated().map(|(year, _)| year);
            let costs = claim
                .offsets
                .iter()
                .flat_map(|(_, held)| held.in_force.iter());
            stated.chain(costs.map(|cost| cost.year))
        })
        .filter(|year| *year >= NI179_V1.first_year)
        .collect()
}
