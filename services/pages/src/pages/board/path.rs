//! Each year's totals against the targets, drawn and as a table.

use std::collections::BTreeSet;

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::Ruleset;
use netgain_events::state::Organisation;
use netgain_projections::percent::Percent;
use netgain_projections::reports::targets::{TargetYear, targets};

use super::amounts::{Change, Pounds};
use crate::charts::{Chart, PathYear, target_path};
use crate::components::{Tag, TagColour};

/// How many years are shown: two council terms.
const YEARS_SHOWN_MAX: usize = 8;

/// The path of the targets.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/path.html")]
pub(super) struct TargetPath {
    finding: String,
    of_baseline: Option<String>,
    chart: Chart,
    years: Vec<YearRow>,
    has_two_sector_paths: bool,
}

impl askama::filters::HtmlSafe for TargetPath {}

#[derive(Clone, Debug, PartialEq, Eq)]
struct YearRow {
    year: FinancialYear,
    is_chosen: bool,
    validated: Pounds,
    claimed: Pounds,
    target: Option<Pounds>,
    above_target: Option<Change>,
    of_baseline: Option<Percent>,
    sector: Vec<(String, Option<Pounds>)>,
}

impl YearRow {
    fn of(found: &TargetYear, chosen: FinancialYear) -> Self {
        // The paths differ from some year on.
        let mut sector: Vec<(String, Option<Pounds>)> = found
            .sector
            .iter()
            .map(|point| (point.percent.clone(), point.amount.map(Pounds)))
            .collect();
        sector.dedup();
        Self {
            year: found.year,
            is_chosen: found.year == chosen,
            validated: Pounds(found.validated),
            claimed: Pounds(found.claimed),
            target: found.target.map(|target| Pounds(target.into())),
            above_target: found.above_target.map(Change),
            of_baseline: found.percent_of_baseline,
            sector,
        }
    }
}

impl TargetPath {
    pub(super) fn of(
        state: &Organisation,
        chosen: FinancialYear,
        rules: &'static Ruleset,
    ) -> Result<Self, SumOverflow> {
        let mut years = Vec::new();
        let mut baseline = None;
        for year in shown(state, chosen, rules) {
            let found = targets(state, Some(year), rules)?;
            baseline = found.baseline;
            years.extend(found.years);
        }
        let drawn: Vec<PathYear> = years.iter().map(drawn).collect();
        let of_chosen = drawn.iter().find(|it| it.year == chosen);
        let finding = match of_chosen {
            Some(year) => year.finding()?,
            None => String::new(),
        };
        let percent = years.iter().find(|it| it.year == chosen);
        let percent = percent.and_then(|it| it.percent_of_baseline);
        let of_baseline = baseline.zip(percent).map(|(baseline, percent)| {
            let of = rules.baseline_year;
            format!("{percent}% of the {of} baseline of {}", pounds(baseline))
        });
        Ok(Self {
            chart: target_path(&drawn, &finding),
            finding,
            of_baseline,
            has_two_sector_paths: years.iter().any(|it| it.sector.len() > 1),
            years: years.iter().map(|it| YearRow::of(it, chosen)).collect(),
        })
    }

    /// How far the chosen year is from its target, in a few words.
    pub(super) fn distance(&self) -> Tag {
        let chosen = self.years.iter().find(|it| it.is_chosen);
        let Some(Change(above)) = chosen.and_then(|it| it.above_target) else {
            return Tag::new("No target set").colour(TagColour::Grey);
        };
        let amount = Pounds(Sum::from_pence(above.pence().saturating_abs()));
        match above.pence() {
            0 => Tag::new("Exactly on target").colour(TagColour::Green),
            1.. => Tag::new(format!("{amount} above target")).colour(TagColour::Green),
            _ => Tag::new(format!("{amount} below target")).colour(TagColour::Red),
        }
    }

    /// What part of the baseline it is.
    pub(super) fn of_baseline(&self) -> Option<&str> {
        self.of_baseline.as_deref()
    }
}

/// The years of the sector's path, those with a target, and the chosen one; of many those about it.
fn shown(state: &Organisation, chosen: FinancialYear, rules: &Ruleset) -> Vec<FinancialYear> {
    let longest = rules
        .sector_paths
        .iter()
        .map(|path| path.yearly_percent.len());
    let sector = rules.first_year.to(FinancialYear::LAST);
    let sector = sector.take(longest.max().unwrap_or(0));
    let own = state.targets.keys().map(|(year, _)| *year);
    let own = own.filter(|year| *year >= rules.first_year);
    let years: BTreeSet<FinancialYear> = sector.chain(own).chain([chosen]).collect();
    let before = years.range(..=chosen).count();
    let after = years.len() - before;
    // As many before it as there is room for, when those after it have at most half of it.
    let room_before = YEARS_SHOWN_MAX - after.min(YEARS_SHOWN_MAX / 2);
    let skipped = before.saturating_sub(room_before);
    years
        .into_iter()
        .skip(skipped)
        .take(YEARS_SHOWN_MAX)
        .collect()
}

fn drawn(of: &TargetYear) -> PathYear {
    PathYear {
        year: of.year,
        validated: of.validated,
        claimed: of.claimed,
        target: of.target.map(Sum::from),
        sector: of.sector.first().and_then(|point| point.amount),
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::ruleset::NI179_V1;

    use super::*;
    use crate::testing::sampleborough;

    fn year(text: &str) -> FinancialYear {
        text.parse().unwrap()
    }

    #[test]
    fn the_years_of_the_path_are_those_of_the_report() {
        let state = sampleborough();
        let found = TargetPath::of(&state, year("2010/11"), &NI179_V1).unwrap();
        let report = targets(&state, None, &NI179_V1).unwrap();
        let rows = report
            .years
            .iter()
            .map(|it| YearRow::of(it, year("2010/11")));
        assert_eq!(found.years, rows.collect::<Vec<_>>());
        assert!(
            found.finding.contains("the target of £5,747,400.00"),
            "{}",
            found.finding
        );
        let distance = found.distance().to_string();
        assert!(distance.contains("£461,666.17 below target"), "{distance}");
        assert!(
            found
                .of_baseline()
                .unwrap()
                .contains("baseline of £62,000,000.00")
        );
    }

    #[test]
    fn of_many_years_those_about_the_chosen_one_are_shown() {
        let mut state = sampleborough();
        for starts_in in 2008..=2060 {
            let year = FinancialYear::starting(starts_in).unwrap();
            state.targets.insert((year, None), "1".parse().unwrap());
        }
        for chosen in ["2008/09", "2030/31", "2060/61", "2099/00"] {
            let years = shown(&state, year(chosen), &NI179_V1);
            assert!(years.contains(&year(chosen)), "{chosen}: {years:?}");
            assert_eq!(years.len(), YEARS_SHOWN_MAX, "{chosen}: {years:?}");
        }
    }
}
