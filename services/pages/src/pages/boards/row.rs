//! An organisation on a page of several.

use chrono::NaiveDate;
use netgain_events::fact::OrganisationDetails;
use netgain_events::identifier::{ClaimId, OrgId, Position, SchemeId};
use netgain_events::money::{Money, Sum, SumOverflow};
use netgain_events::state::Organisation;
use netgain_projections::reports::due::due;
use netgain_projections::totals::Totals;

use crate::pages::board::Nets;

/// What a page of several organisations shows of one: the same for everybody who may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationRow {
    /// Which organisation.
    pub org: OrgId,
    /// What it is, once it is registered.
    pub details: Option<OrganisationDetails>,
    /// The position that all of it is known at.
    pub position: Position,
    /// The year's nets.
    pub nets: Nets,
    /// What it means to reach in the year.
    pub target: Option<Money>,
    /// The spending that its percentage is of.
    pub baseline: Option<Money>,
    /// The net of the gains whose check of the year is due.
    pub unchecked: Sum,
    /// Its parts of schemes that it shares with others.
    pub parts: Vec<SchemePart>,
}

/// An organisation's part of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemePart {
    /// Which scheme.
    pub scheme: SchemeId,
    /// The whole gross value a year, as this organisation states it.
    pub whole: Money,
    /// Its own claim.
    pub claim: ClaimId,
    /// The claim's gross value in the year.
    pub gross: Sum,
}

impl OrganisationRow {
    /// The row of an organisation, looked at on a day.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn of(
        state: &Organisation,
        totals: &Totals<'_>,
        at: NaiveDate,
    ) -> Result<Self, SumOverflow> {
        let year = totals.year;
        let baseline = state.baselines.get(&totals.rules.baseline_year);
        let with_scheme = totals.claims.iter().filter_map(|line| {
            let scheme = line.claim.details.scheme.as_ref()?;
            line.line.status.has_amounts().then(|| SchemePart {
                scheme: scheme.id.clone(),
                whole: scheme.total,
                claim: line.id.clone(),
                gross: line.line.amounts.gross,
            })
        });
        Ok(Self {
            org: state.org.clone(),
            details: state.details.clone(),
            position: state.position,
            nets: Nets::of(totals),
            target: state.targets.get(&(year, None)).copied(),
            baseline: baseline.map(|baseline| baseline.amount),
            unchecked: due(state, at, Some(year), totals.rules)?.at_risk,
            parts: with_scheme.collect(),
        })
    }

    /// How it is called.
    pub(super) fn name(&self) -> String {
        let name = self
            .details
            .as_ref()
            .map(|details| details.name.to_string());
        name.unwrap_or_else(|| self.org.to_string())
    }
}
