//! The import's sheet, blank or with every claim in it.

use std::collections::BTreeSet;

use netgain_events::financial_year::FinancialYear;
use netgain_events::state::Claim;
use netgain_sheet_writing::template::{self, Filled, Layout};

use super::{Asked, Format, What, not_written};
use crate::problem::Problem;

/// Years of the profile in a blank template: the page's own and those after it.
const YEARS: usize = 5;

/// Years in which a blank template has columns for costs.
const COST_YEARS: usize = 2;

/// Labels that the sheet has columns for: a sheet may have 200 columns in all.
const LABELS_MAX: usize = 20;

pub(super) fn bytes(asked: &Asked, what: What, format: Format) -> Result<Vec<u8>, Problem> {
    let claims = asked.state.claims.iter();
    // What is withdrawn cannot be amended.
    let claims = claims.filter(|(_, claim)| claim.withdrawn.is_none());
    let claims: Vec<_> = claims
        .map(|(id, claim)| (id, &**claim))
        .filter(|_| what == What::ToAmend)
        .collect();
    let layout = layout(asked, claims.iter().map(|(_, claim)| *claim));
    let made_on = asked.cover.made.day();
    let bytes = match format {
        Format::Csv => template::csv(&layout),
        Format::Xlsx => {
            let filled = claims.iter().map(|(claim, state)| Filled {
                claim,
                details: &state.details,
            });
            template::xlsx(&layout, &filled.collect::<Vec<_>>(), made_on)
        }
    };
    bytes.map_err(|error| not_written(&error))
}

fn layout<'c>(asked: &Asked, claims: impl Iterator<Item = &'c Claim>) -> Layout {
    let from = asked.year.starts_in();
    let coming = |years| (from..).take(years).filter_map(FinancialYear::starting);
    let mut years: BTreeSet<FinancialYear> = coming(YEARS).collect();
    for claim in claims {
        years.extend(claim.details.profile.stated().map(|(year, _)| year));
    }
    let labels = asked.state.claims.values();
    let labels = labels.filter_map(|claim| claim.details.labels.as_ref());
    let labels: BTreeSet<_> = labels.flat_map(|labels| labels.keys().cloned()).collect();
    Layout {
        years,
        cost_years: coming(COST_YEARS).collect(),
        labels: labels.into_iter().take(LABELS_MAX).collect(),
    }
}
