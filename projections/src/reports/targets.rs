//! Totals beside targets: the organisation's own, and the sector's path of its baseline (ruleset
//! section 9).

use std::collections::BTreeSet;

use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Money, Sum, SumOverflow};
use netgain_events::ruleset::{Ruleset, SectorPath};
use netgain_events::state::Organisation;
use netgain_events::text::Line as TextLine;
use serde::Serialize;

use crate::percent::Percent;
use crate::totals::Totals;

/// A point on a sector path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathPoint {
    /// Which path.
    pub path: &'static str,
    /// The compounded percentage, exact.
    pub percent: String,
    /// That much of the baseline, to the penny, half up; none without a baseline.
    pub amount: Option<Sum>,
}

/// A target the organisation set itself for one of its services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceTarget {
    /// The service.
    pub service: TextLine,
    /// What it means to reach.
    pub target: Money,
    /// The validated net of its claims.
    pub validated: Sum,
}

/// A year's totals beside its targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetYear {
    /// The year.
    pub year: FinancialYear,
    /// The headline: the validated net.
    pub validated: Sum,
    /// The claimed net.
    pub claimed: Sum,
    /// The headline as a percentage of the baseline.
    pub percent_of_baseline: Option<Percent>,
    /// What the organisation means to reach.
    pub target: Option<Money>,
    /// The headline less that target.
    pub above_target: Option<Sum>,
    /// The sector's paths, where they reach this year.
    pub sector: Vec<PathPoint>,
    /// Its services' own targets.
    pub services: Vec<ServiceTarget>,
}

/// Totals beside targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Targets {
    /// The year of the baseline.
    pub baseline_year: FinancialYear,
    /// The baseline, where it was set.
    pub baseline: Option<Money>,
    /// Each year, earliest first.
    pub years: Vec<TargetYear>,
}

/// The years of the sector's path, those with a target of the organisation's own, and the one asked
/// for; or only that one.
pub fn targets(
    state: &Organisation,
    only: Option<FinancialYear>,
    rules: &'static Ruleset,
) -> Result<Targets, SumOverflow> {
    let baseline = state
        .baselines
        .get(&rules.baseline_year)
        .map(|baseline| baseline.amount);
    let years: BTreeSet<FinancialYear> = match only {
        Some(year) => BTreeSet::from([year]),
        None => {
            let longest = rules
                .sector_paths
                .iter()
                .map(|path| path.yearly_percent.len())
                .max();
            let path_years = rules
                .first_year
                .to(FinancialYear::LAST)
                .take(longest.unwrap_or(0));
            let own = state.targets.keys().map(|(year, _)| *year);
            path_years
                .chain(own.filter(|year| *year >= rules.first_year))
                .collect()
        }
    };
    let mut listed = Vec::with_capacity(years.len());
    for year in years {
        listed.push(target_year(state, year, baseline, rules)?);
    }
    Ok(Targets {
        baseline_year: rules.baseline_year,
        baseline,
        years: listed,
    })
}

fn target_year(
    state: &Organisation,
    year: FinancialYear,
    baseline: Option<Money>,
    rules: &'static Ruleset,
) -> Result<TargetYear, SumOverflow> {
    let totals = Totals::of(state, year, rules)?;
    let validated = totals.validated.net;
    let target = state.targets.get(&(year, None)).copied();
    let above_target = match target {
        Some(target) => Some(validated.minus(target)?),
        None => None,
    };
    let percent_of_baseline =
        baseline.and_then(|baseline| Percent::share(validated, Sum::from(baseline)));
    let sector = rules
        .sector_paths
        .iter()
        .filter_map(|path| path_point(path, year, baseline, rules));
    Ok(TargetYear {
        year,
        validated,
        claimed: totals.claimed.net,
        percent_of_baseline,
        target,
        above_target,
        sector: sector.collect(),
        services: service_targets(state, year, &totals)?,
    })
}

fn service_targets(
    state: &Organisation,
    year: FinancialYear,
    totals: &Totals<'_>,
) -> Result<Vec<ServiceTarget>, SumOverflow> {
    let mut listed = Vec::new();
    for ((_, service), target) in state.targets.iter().filter(|((of, _), _)| *of == year) {
        let Some(service) = service else { continue };
        let mut validated = Sum::ZERO;
        for line in &totals.claims {
            if line.line.validated && line.claim.details.service.as_ref() == Some(service) {
                validated = validated.plus(line.net)?;
            }
        }
        listed.push(ServiceTarget {
            service: service.clone(),
            target: *target,
            validated,
        });
    }
    Ok(listed)
}

/// `(1 + p₁)(1 + p₂)… − 1` of the baseline. With *n* whole percentages it has 2·*n* decimals.
fn path_point(
    path: &'static SectorPath,
    year: FinancialYear,
    baseline: Option<Money>,
    rules: &Ruleset,
) -> Option<PathPoint> {
    let at = usize::from(year.starts_in().checked_sub(rules.first_year.starts_in())?);
    let steps = path.yearly_percent.get(..=at)?;
    let (mut grown, mut whole) = (1_i128, 1_i128);
    for percent in steps {
        grown = grown.checked_mul(100 + i128::from(*percent))?;
        whole = whole.checked_mul(100)?;
    }
    let gain = grown.checked_sub(whole)?;
    let scale = u32::try_from(steps.len())
        .ok()?
        .checked_mul(2)?
        .checked_sub(2)?;
    let percent = rust_decimal::Decimal::try_from_i128_with_scale(gain, scale).ok()?;
    let amount = match baseline {
        None => None,
        Some(baseline) => {
            let exact = i128::from(baseline.pence()).checked_mul(gain)?;
            let half_up = exact.checked_mul(2)?.checked_add(whole)?;
            Some(Sum::from_pence(half_up / whole.checked_mul(2)?))
        }
    };
    Some(PathPoint {
        path: path.name,
        percent: percent.normalize().to_string(),
        amount,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_events::ruleset::NI179_V1;

    #[test]
    fn the_sector_path_compounds_on_one_fixed_baseline() {
        let baseline = "300000000".parse().ok();
        let point = |path: usize, year: &str| {
            let path = &NI179_V1.sector_paths[path];
            let point = path_point(path, year.parse().unwrap(), baseline, &NI179_V1).unwrap();
            (point.percent, point.amount.unwrap().to_string())
        };
        assert_eq!(point(0, "2008/09"), ("3".into(), "9000000.00".into()));
        assert_eq!(point(0, "2009/10"), ("6.09".into(), "18270000.00".into()));
        assert_eq!(point(0, "2010/11"), ("9.2727".into(), "27818100.00".into()));
        assert_eq!(
            point(1, "2010/11"),
            ("10.3336".into(), "31000800.00".into())
        );
        let after = "2011/12".parse().unwrap();
        assert!(path_point(&NI179_V1.sector_paths[0], after, None, &NI179_V1).is_none());
    }
}
