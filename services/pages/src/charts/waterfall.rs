//! From what is claimed to what is validated and what is assured.

use netgain_answers::pounds::pounds;
use netgain_events::money::{Sum, SumOverflow};

use super::rows::{Band, Chart, Colour, Mark, Row};

/// The three bases of a year and what lies between them (ruleset section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waterfall {
    /// The claimed net.
    pub claimed: Sum,
    /// Less what nobody else has validated: at or below zero unless costs are what is not validated.
    pub not_validated: Sum,
    /// The validated net.
    pub validated: Sum,
    /// Less what nobody else has checked for the year.
    pub not_assured: Sum,
    /// The assured net.
    pub assured: Sum,
}

impl Waterfall {
    /// The steps between the nets of the three bases.
    ///
    /// # Errors
    /// A difference left the range of a sum.
    pub fn of(claimed: Sum, validated: Sum, assured: Sum) -> Result<Self, SumOverflow> {
        Ok(Self {
            claimed,
            not_validated: validated.minus(claimed)?,
            validated,
            not_assured: assured.minus(validated)?,
            assured,
        })
    }
}

/// The drawing.
#[must_use]
pub fn waterfall(of: &Waterfall) -> Chart {
    let bar = |name, amount, colour| Row {
        name,
        amount,
        mark: Mark::Bar,
        colour,
    };
    let step = |name, amount, from, to| Row {
        name,
        amount,
        mark: Mark::Step { from, to },
        colour: Colour::Orange,
    };
    let rows = vec![
        bar("Claimed", of.claimed, Colour::Turquoise),
        step("Not validated", of.not_validated, of.claimed, of.validated),
        bar("Validated", of.validated, Colour::DarkBlue),
        step("Not assured", of.not_assured, of.validated, of.assured),
        bar("Assured", of.assured, Colour::DarkPink),
    ];
    let title = format!(
        "Of {} claimed, {} is validated and {} is assured",
        pounds(of.claimed),
        pounds(of.validated),
        pounds(of.assured)
    );
    let description = "Five rows from top to bottom: claimed, what is not yet validated, validated, what is \
                       not yet assured, and assured.";
    let band = Band {
        heading: None,
        rows,
    };
    Chart::of("waterfall", title, description.to_owned(), &[band])
}

#[cfg(test)]
mod tests {
    use super::super::rows::testing::{amounts, bars, is_sound, title};
    use super::*;

    fn of(claimed: i128, validated: i128, assured: i128) -> Waterfall {
        let sum = Sum::from_pence;
        Waterfall::of(sum(claimed), sum(validated), sum(assured)).unwrap()
    }

    #[test]
    fn the_steps_lead_from_one_bar_to_the_next_and_add_up() {
        let of = of(10_000, 7_000, 2_000);
        assert_eq!(of.claimed.plus(of.not_validated), Ok(of.validated));
        assert_eq!(of.validated.plus(of.not_assured), Ok(of.assured));
        let chart = waterfall(&of);
        assert_eq!(
            amounts(&chart),
            ["£100.00", "-£30.00", "£70.00", "-£50.00", "£20.00"]
        );
        let [claimed, not_validated, validated, not_assured, assured] = bars(&chart)[..] else {
            panic!("five rows");
        };
        assert_eq!(claimed.0, validated.0);
        assert_eq!(validated.0 + validated.1, not_validated.0);
        assert_eq!(not_validated.0 + not_validated.1, claimed.0 + claimed.1);
        assert_eq!(assured.0 + assured.1, not_assured.0);
        assert_eq!(
            title(&chart),
            "Of £100.00 claimed, £70.00 is validated and £20.00 is assured"
        );
    }

    #[test]
    fn costs_that_nobody_has_validated_lead_the_other_way() {
        let of = of(-500, 1_000, 0);
        assert_eq!(of.not_validated, Sum::from_pence(1_500));
        let chart = waterfall(&of);
        assert!(is_sound(&chart));
        assert_eq!(amounts(&chart)[1], "+£15.00");
    }

    #[test]
    fn nothing_and_the_largest_sums_can_be_drawn() {
        for of in [of(0, 0, 0), of(i128::MAX, 1, i128::MAX), of(-1, -2, -3)] {
            assert!(is_sound(&waterfall(&of)), "{of:?}");
        }
        let (most, least) = (Sum::from_pence(i128::MAX), Sum::from_pence(i128::MIN));
        assert_eq!(Waterfall::of(least, most, most), Err(SumOverflow));
    }
}
