//! What the organisations of a page add up to, by exact addition.

use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::percent::Percent;

use super::row::OrganisationRow;
use crate::pages::board::{Nets, Pounds};

/// The sums at the bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) validated: Pounds,
    pub(super) claimed: Pounds,
    pub(super) assured: Pounds,
    pub(super) unchecked: Pounds,
    /// Over those that have a target.
    pub(super) target: Pounds,
    pub(super) with_target: usize,
    /// Over those that have a baseline.
    pub(super) of_baseline: Option<Percent>,
    pub(super) with_baseline: usize,
}

impl Sums {
    pub(super) fn of<'r>(
        rows: impl Iterator<Item = &'r OrganisationRow>,
    ) -> Result<Self, SumOverflow> {
        let mut nets = Nets::default();
        let (mut unchecked, mut targets) = (Sum::ZERO, Sum::ZERO);
        let (mut baselines, mut validated_of_baselines) = (Sum::ZERO, Sum::ZERO);
        let (mut with_target, mut with_baseline) = (0, 0);
        for row in rows {
            nets = nets.plus(row.nets)?;
            unchecked = unchecked.plus(row.unchecked)?;
            if let Some(target) = row.target {
                targets = targets.plus(target)?;
                with_target += 1;
            }
            if let Some(baseline) = row.baseline {
                baselines = baselines.plus(baseline)?;
                validated_of_baselines = validated_of_baselines.plus(row.nets.validated)?;
                with_baseline += 1;
            }
        }
        Ok(Self {
            validated: Pounds(nets.validated),
            claimed: Pounds(nets.claimed),
            assured: Pounds(nets.assured),
            unchecked: Pounds(unchecked),
            target: Pounds(targets),
            with_target,
            of_baseline: Percent::share(validated_of_baselines, baselines),
            with_baseline,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::row;
    use super::*;

    #[test]
    fn the_sums_are_exact_and_percentages_are_of_those_with_a_baseline() {
        let nets = |claimed, validated, assured| Nets {
            claimed: Sum::from_pence(claimed),
            validated: Sum::from_pence(validated),
            assured: Sum::from_pence(assured),
        };
        let rows = [
            OrganisationRow {
                nets: nets(333, 100, 1),
                baseline: Some("10".parse().unwrap()),
                target: Some("5".parse().unwrap()),
                ..row("A1")
            },
            OrganisationRow {
                nets: nets(-334, 999_999, 2),
                unchecked: Sum::from_pence(7),
                ..row("A2")
            },
        ];
        let sums = Sums::of(rows.iter()).unwrap();
        assert_eq!(sums.claimed, Pounds(Sum::from_pence(-1)));
        assert_eq!(sums.validated, Pounds(Sum::from_pence(1_000_099)));
        assert_eq!(sums.assured, Pounds(Sum::from_pence(3)));
        assert_eq!(sums.unchecked, Pounds(Sum::from_pence(7)));
        assert_eq!(sums.of_baseline.unwrap().to_string(), "10.0");
        assert_eq!((sums.with_target, sums.with_baseline), (1, 1));
        assert_eq!(Sums::of([].iter()).unwrap(), Sums::default());
    }
}
