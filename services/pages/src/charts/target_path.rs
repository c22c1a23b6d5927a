//! Each year's totals against what was to be reached.

use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Sum, SumOverflow};

use super::rows::{Band, Chart, Colour, Mark, Row};

/// A year of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathYear {
    /// Which year.
    pub year: FinancialYear,
    /// The headline: the validated net.
    pub validated: Sum,
    /// The claimed net.
    pub claimed: Sum,
    /// What the organisation means to reach, where it says.
    pub target: Option<Sum>,
    /// The sector's path, where it reaches that year and there is a baseline.
    pub sector: Option<Sum>,
}

impl PathYear {
    /// How the year stands against its target, in a sentence without its full stop.
    ///
    /// # Errors
    /// The difference left the range of a sum.
    pub fn finding(&self) -> Result<String, SumOverflow> {
        let validated = pounds(self.validated);
        let Some(target) = self.target else {
            return Ok(format!(
                "Validated gains of {validated} in {}, without a target",
                self.year
            ));
        };
        let above = self.validated.minus(target)?;
        let target = pounds(target);
        Ok(match above.pence() {
            0 => format!("Validated gains of {validated} reach the target exactly"),
            1.. => format!(
                "Validated gains of {validated} are {} above the target of {target}",
                pounds(above)
            ),
            _ => format!(
                "Validated gains of {validated} are {} below the target of {target}",
                pounds(Sum::ZERO.minus(above)?)
            ),
        })
    }
}

/// The drawing; its title says how the year asked for stands.
#[must_use]
pub fn target_path(years: &[PathYear], finding: &str) -> Chart {
    let bands: Vec<Band> = years.iter().map(band).collect();
    let description = "For each year the validated and the claimed total as bars, and across them the \
                       organisation's target and the path of its sector as lines.";
    let title = finding.to_owned();
    Chart::of("target-path", title, description.to_owned(), &bands)
}

fn band(of: &PathYear) -> Band {
    let row = |name, amount, mark, colour| Row {
        name,
        amount,
        mark,
        colour,
    };
    let mut rows = vec![
        row("Validated", of.validated, Mark::Bar, Colour::DarkBlue),
        row("Claimed", of.claimed, Mark::Bar, Colour::Turquoise),
    ];
    rows.extend(
        of.target
            .map(|target| row("Target", target, Mark::Goal, Colour::Orange)),
    );
    rows.extend(
        of.sector
            .map(|sector| row("Sector path", sector, Mark::OthersGoal, Colour::DarkPink)),
    );
    Band {
        heading: Some(of.year.to_string()),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::testing::{amounts, is_sound, title};
    use super::*;

    fn year(starts_in: u16, validated: i128, target: Option<i128>) -> PathYear {
        PathYear {
            year: FinancialYear::starting(starts_in).unwrap(),
            validated: Sum::from_pence(validated),
            claimed: Sum::from_pence(validated),
            target: target.map(Sum::from_pence),
            sector: target.map(Sum::from_pence),
        }
    }

    #[test]
    fn the_title_says_how_far_above_or_below_the_target_the_year_is() {
        let said = |validated, target| year(2010, validated, target).finding().unwrap();
        assert_eq!(
            said(52_900, Some(50_700)),
            "Validated gains of £529.00 are £22.00 above the target of £507.00"
        );
        assert_eq!(
            said(-1, Some(1)),
            "Validated gains of -£0.01 are £0.02 below the target of £0.01"
        );
        assert_eq!(
            said(5, Some(5)),
            "Validated gains of £0.05 reach the target exactly"
        );
        assert_eq!(
            said(0, None),
            "Validated gains of £0.00 in 2010/11, without a target"
        );
    }

    #[test]
    fn one_year_and_as_many_as_there_are_can_be_drawn() {
        let finding = "Finding";
        let one = target_path(&[year(2008, 5, None)], finding);
        assert!(is_sound(&one));
        assert_eq!((title(&one), amounts(&one).len()), (finding, 2));
        let all: Vec<PathYear> = (2008..=2099)
            .map(|starts_in| year(starts_in, i128::MAX, Some(-i128::from(starts_in))))
            .collect();
        let all = target_path(&all, finding);
        assert!(is_sound(&all));
        assert_eq!(amounts(&all).len(), 92 * 4);
        assert!(is_sound(&target_path(&[], finding)));
    }
}
