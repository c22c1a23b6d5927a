//! What of a year's gains could still go.

use askama::Template;
use chrono::NaiveDate;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::state::Organisation;
use netgain_projections::basis::Basis;
use netgain_projections::line::{ClaimLine, Status};
use netgain_projections::reports::due::{Standing, due};
use netgain_projections::reports::failed_costs::{Cost, failed_costs};
use netgain_projections::totals::Totals;

use super::amounts::Pounds;
use super::challenges::Doubted;
use crate::link::Link;
use crate::when::day;

/// The gains at risk in a year. A gain can be at risk in more than one way.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/at_risk.html")]
pub(super) struct AtRisk {
    checks_due: String,
    checks: Link,
    rows: Vec<Risk>,
}

impl askama::filters::HtmlSafe for AtRisk {}

/// One way in which gains are at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Risk {
    name: &'static str,
    why: &'static str,
    gains: usize,
    amount: Pounds,
}

impl Risk {
    const fn none(name: &'static str, why: &'static str) -> Self {
        Self {
            name,
            why,
            gains: 0,
            amount: Pounds(Sum::ZERO),
        }
    }

    fn add(&mut self, amount: Sum) -> Result<(), SumOverflow> {
        self.gains += 1;
        self.amount = Pounds(self.amount.0.plus(amount)?);
        Ok(())
    }

    fn over(
        mut self,
        lines: &[ClaimLine<'_>],
        is_at_risk: impl Fn(&ClaimLine<'_>) -> bool,
    ) -> Result<Self, SumOverflow> {
        let counts = |line: &&ClaimLine<'_>| line.line.status.has_amounts() && is_at_risk(line);
        for line in lines.iter().filter(counts) {
            self.add(line.net)?;
        }
        Ok(self)
    }

    fn costs(mut self, costs: &[Cost]) -> Result<Self, SumOverflow> {
        for cost in costs {
            self.add(cost.recurring_costs.plus(cost.one_off_costs)?)?;
        }
        Ok(self)
    }
}

impl AtRisk {
    pub(super) fn of(
        state: &Organisation,
        totals: &Totals<'_>,
        at: NaiveDate,
        doubted: &Doubted,
    ) -> Result<Self, SumOverflow> {
        let mut rows = checks(state, totals, at)?.to_vec();
        let lines = &totals.claims;
        let mut not_validated = Risk::none(
            "Not validated",
            "nobody but those who recorded or changed them stands behind them",
        )
        .over(lines, |line| !line.line.counts_in(Basis::Validated))?;
        let carried_forward = totals.claimed.carry_forward;
        if carried_forward != totals.validated.carry_forward {
            not_validated.add(carried_forward)?;
        }
        rows.push(not_validated);
        rows.push(
            Risk::none("Challenged", "a challenge is not closed yet")
                .over(lines, |line| doubted.open.contains(line.id))?,
        );
        rows.push(
            Risk::none(
                "Challenge upheld",
                "and neither amended nor withdrawn since",
            )
            .over(lines, |line| doubted.upheld.contains(line.id))?,
        );
        rows.push(
            Risk::none(
                "Provisional",
                "not yet checked in each of their first three years",
            )
            .over(lines, |line| line.line.status == Status::Provisional)?,
        );
        let costs = failed_costs(totals)?;
        rows.push(
            Risk::none("Cost of failed gains", "spent, and in no total").costs(&costs.failed)?,
        );
        rows.push(
            Risk::none(
                "Cost still running",
                "of gains that have ended; totals deduct it",
            )
            .costs(&costs.still_running)?,
        );
        let year = totals.year;
        let due = day(year.day_after());
        let fall = if year.day_after() <= at {
            "fell"
        } else {
            "fall"
        };
        let checks = Link::organisation(&state.org).to("checks");
        Ok(Self {
            checks_due: format!("The checks of {year} {fall} due on {due}."),
            checks: checks.with("year", year.path()),
            rows,
        })
    }
}

/// The gains of the year that lack a check, by how they lack it.
fn checks(
    state: &Organisation,
    totals: &Totals<'_>,
    at: NaiveDate,
) -> Result<[Risk; 3], SumOverflow> {
    let mut overdue = Risk::none("Check overdue", "so not in the assured total");
    let mut not_yet = Risk::none("Check due", "so not in the assured total");
    let mut own = Risk::none(
        "Checked by whoever recorded it",
        "so not in the assured total until somebody else checks",
    );
    for check in due(state, at, Some(totals.year), totals.rules)?.checks {
        let risk = match check.standing {
            Standing::Overdue => &mut overdue,
            Standing::Due => &mut not_yet,
            Standing::OwnCheck => &mut own,
        };
        risk.add(check.at_risk)?;
    }
    Ok([overdue, not_yet, own])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sampleborough;

    fn row<'r>(found: &'r AtRisk, name: &str) -> &'r Risk {
        found.rows.iter().find(|row| row.name == name).unwrap()
    }

    #[test]
    fn the_pounds_at_risk_are_those_of_the_reports() {
        let state = sampleborough();
        let year = "2010/11".parse().unwrap();
        let totals = netgain_answers::totals::totals(&state, year).unwrap();
        for at in ["2011-03-31", "2011-05-01", "2011-08-01"] {
            let at: NaiveDate = at.parse().unwrap();
            let found = AtRisk::of(&state, &totals, at, &Doubted::default()).unwrap();
            let report = due(&state, at, Some(year), totals.rules).unwrap();
            let (mut gains, mut amount) = (0, Sum::ZERO);
            for row in &found.rows[..3] {
                gains += row.gains;
                amount = amount.plus(row.amount.0).unwrap();
            }
            assert_eq!(
                (gains, amount),
                (report.checks.len(), report.at_risk),
                "{at}"
            );
            let gap = totals.claimed.net.minus(totals.validated.net).unwrap();
            assert_eq!(row(&found, "Not validated").amount.0, gap);
            let costs = failed_costs(&totals).unwrap();
            assert_eq!(
                row(&found, "Cost of failed gains").amount.0,
                costs.failed_total
            );
            assert_eq!(
                row(&found, "Cost still running").amount.0,
                costs.still_running_total
            );
        }
    }

    #[test]
    fn a_doubted_gain_is_at_risk_with_its_net() {
        let state = sampleborough();
        let year = "2010/11".parse().unwrap();
        let totals = netgain_answers::totals::totals(&state, year).unwrap();
        let counts = |line: &&ClaimLine<'_>| line.line.status.has_amounts();
        let line = totals.claims.iter().find(counts).unwrap();
        let doubted = Doubted {
            open: [line.id.clone()].into(),
            ..Doubted::default()
        };
        let at = "2011-08-01".parse().unwrap();
        let found = AtRisk::of(&state, &totals, at, &doubted).unwrap();
        let challenged = row(&found, "Challenged");
        assert_eq!((challenged.gains, challenged.amount.0), (1, line.net));
        assert_eq!(row(&found, "Challenge upheld").gains, 0);
    }
}
