//! The largest gains, or those of a part.

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::state::Organisation;
use netgain_projections::basis::Basis;
use netgain_projections::line::ClaimLine;
use netgain_projections::totals::Totals;

use super::amounts::Pounds;
use super::nets::Nets;
use super::part::Part;
use crate::components::Tag;
use crate::link::Link;
use crate::standing::Standing;

/// How many gains a board goes through one by one.
const GAINS_SHOWN_MAX: usize = 10;

/// How many of a part are shown: more than a councillor answers for; the list of gains has the rest.
const PART_GAINS_SHOWN_MAX: usize = 100;

/// A list of gains with what they add up to.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/gains.html")]
pub(super) struct Gains {
    title: String,
    /// The way back from a part to the whole.
    whole: Option<Link>,
    year: FinancialYear,
    count: usize,
    claimed: Pounds,
    validated: Pounds,
    assured: Pounds,
    /// What the part's service means to reach.
    target: Option<String>,
    rows: Vec<GainRow>,
    all: Link,
    may_challenge: bool,
}

impl askama::filters::HtmlSafe for Gains {}

#[derive(Clone, Debug)]
struct GainRow {
    claim: ClaimId,
    title: String,
    link: Link,
    challenge: Option<Link>,
    status: Tag,
    stands_as: &'static str,
    net: Pounds,
}

impl Gains {
    pub(super) fn of(
        state: &Organisation,
        totals: &Totals<'_>,
        part: Option<&Part>,
        board: &Link,
        may_challenge: bool,
    ) -> Result<Self, SumOverflow> {
        let root = Link::organisation(&state.org).to("claims");
        let year = totals.year;
        let mut found: Vec<&ClaimLine<'_>> = totals.claims.iter().collect();
        found.retain(|line| part.is_none_or(|part| part.has(&line.claim.details)));
        let mut nets = Nets::default();
        for line in &found {
            nets = nets.plus(nets_of(line)?)?;
        }
        let count = found.len();
        found.sort_by_key(|line| (std::cmp::Reverse(line.net), line.id));
        let (title, shown) = match part {
            Some(part) => (
                format!("{}: {}", part.sort(), part.name()),
                PART_GAINS_SHOWN_MAX,
            ),
            None => ("Largest gains".to_owned(), GAINS_SHOWN_MAX),
        };
        let mut rows = Vec::new();
        for line in found.iter().take(shown) {
            let link = root.clone().to(line.id);
            let may_challenge = may_challenge && line.claim.withdrawn.is_none();
            rows.push(GainRow {
                claim: line.id.clone(),
                title: line.claim.details.title.to_string(),
                challenge: may_challenge.then(|| link.clone().to("challenges").to("new")),
                link,
                status: Standing::of(line.claim, &line.line, year)?.tag(),
                stands_as: stands_as(line),
                net: Pounds(line.net),
            });
        }
        let all = root.clone().with("year", year.path());
        Ok(Self {
            title,
            whole: part.is_some().then(|| board.clone()),
            year,
            count,
            claimed: Pounds(nets.claimed),
            validated: Pounds(nets.validated),
            assured: Pounds(nets.assured),
            target: target(state, year, part, nets)?,
            rows,
            all: match part {
                Some(part) => part.carry(all),
                None => all,
            },
            may_challenge,
        })
    }
}

/// What a line adds to each basis.
fn nets_of(line: &ClaimLine<'_>) -> Result<Nets, SumOverflow> {
    Ok(Nets {
        claimed: line.line.net_in(Basis::Claimed)?,
        validated: line.line.net_in(Basis::Validated)?,
        assured: line.line.net_in(Basis::Assured)?,
    })
}

/// A service's own target for the year, beside what it has reached.
fn target(
    state: &Organisation,
    year: FinancialYear,
    part: Option<&Part>,
    nets: Nets,
) -> Result<Option<String>, SumOverflow> {
    let Some(Part::Service(service)) = part else {
        return Ok(None);
    };
    let Some(target) = state.targets.get(&(year, Some(service.clone()))) else {
        return Ok(None);
    };
    let above = nets.validated.minus(*target)?;
    let (amount, word) = if above.pence() < 0 {
        (Sum::ZERO.minus(above)?, "below")
    } else {
        (above, "above")
    };
    Ok(Some(format!(
        "Its validated gains are {} {word} its own target of {}.",
        pounds(amount),
        pounds(*target)
    )))
}

/// The narrowest basis that counts it.
const fn stands_as(line: &ClaimLine<'_>) -> &'static str {
    match (line.line.assured, line.line.validated) {
        (true, _) => "Assured",
        (false, true) => "Validated",
        (false, false) => "Claimed only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sampleborough;

    fn gains(part: Option<&Part>) -> Gains {
        let state = sampleborough();
        let totals = netgain_answers::totals::totals(&state, "2010/11".parse().unwrap()).unwrap();
        Gains::of(&state, &totals, part, &Link::home(), true).unwrap()
    }

    #[test]
    fn a_part_has_its_own_figures_and_gains() {
        let state = sampleborough();
        let totals = netgain_answers::totals::totals(&state, "2010/11".parse().unwrap()).unwrap();
        let part = Part::of_address("Environment", "").unwrap();
        let found = gains(Some(&part));
        let mut claimed = Sum::ZERO;
        for line in totals
            .claims
            .iter()
            .filter(|line| part.has(&line.claim.details))
        {
            claimed = claimed.plus(line.net).unwrap();
        }
        assert_eq!(found.claimed.0, claimed);
        assert_eq!(found.rows.len(), found.count);
        assert!(
            found
                .target
                .unwrap()
                .contains("its own target of £1,000,000.00")
        );
    }

    #[test]
    fn the_whole_without_its_carry_forward_is_what_all_gains_add_up_to() {
        let state = sampleborough();
        let totals = netgain_answers::totals::totals(&state, "2010/11".parse().unwrap()).unwrap();
        let found = gains(None);
        let without = |total: &netgain_projections::basis::BasisTotal| {
            total.net.minus(total.carry_forward).unwrap()
        };
        assert_eq!(found.claimed.0, without(&totals.claimed));
        assert_eq!(found.validated.0, without(&totals.validated));
        assert_eq!(found.assured.0, without(&totals.assured));
        assert_eq!(found.rows.len(), GAINS_SHOWN_MAX);
        assert!(found.rows.windows(2).all(|pair| pair[0].net >= pair[1].net));
    }

    #[test]
    fn a_part_without_gains_says_what_to_do() {
        let part = Part::of_address("Nobody", "").unwrap();
        let html = gains(Some(&part)).to_string();
        assert!(html.contains("No gain is recorded here"), "{html}");
    }
}
