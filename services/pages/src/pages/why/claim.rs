//! Why a claim adds what it adds: its line, and the events behind it.

use askama::Template;
use netgain_answers::evidence::Recorded;
use netgain_answers::explain::Followed;
use netgain_answers::pounds::pounds;
use netgain_events::event::Event;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, Position};
use netgain_events::money::SumOverflow;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Claim;
use netgain_projections::basis::{Amounts, Basis};
use netgain_projections::line::Line;

use super::bases::{self, Bases};
use super::lines::evidence;
use super::parts::Parts;
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;
use crate::lookup::Lookup;
use crate::pages::adding_up::AddingUp;
use crate::pages::history::people::{People, Who};
use crate::standing::Standing;

/// A claim's part of a figure with what it is made of.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/why/claim.html")]
pub struct WhyClaimPage {
    frame: Frame,
    claim_title: String,
    total: Link,
    lookup: Lookup,
    bases: Bases,
    standing: Standing,
    missing: Option<&'static str>,
    parts: Parts,
    registered: Step,
    validated: Option<Step>,
    checked: Option<Step>,
    evidence: Option<String>,
    adding_up: AddingUp,
    events: u64,
    all_shown: bool,
    claim: Link,
    history: Link,
}

/// Who did something about the claim, at which event.
#[derive(Clone, Debug)]
struct Step {
    who: Who,
    position: Position,
    link: Link,
}

/// A claim's part of a figure, as it was found.
#[derive(Clone, Debug)]
pub struct Found<'f> {
    /// The claim.
    pub claim: &'f Claim,
    /// Its part of the figure, followed from nothing on.
    pub followed: &'f Followed,
    /// The newest events about it, the oldest first.
    pub events: &'f [Event],
    /// What was recorded about it.
    pub recorded: Recorded,
    /// The names of the people in it.
    pub people: &'f People,
}

impl WhyClaimPage {
    /// What the page of a claim is called.
    #[must_use]
    pub fn title(id: &ClaimId, followed: &Followed) -> String {
        let net = pounds(followed.to.figure);
        let basis = bases::name(followed.figure.basis).to_lowercase();
        format!(
            "Why {id} adds {net} to the {basis} figure of {}",
            followed.figure.year
        )
    }

    /// A claim that was found.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        frame: Frame,
        known: &Known,
        id: &ClaimId,
        found: &Found<'_>,
        years: &[FinancialYear],
    ) -> Result<Self, SumOverflow> {
        let Found {
            claim,
            followed,
            people,
            ..
        } = *found;
        let (year, basis) = (followed.figure.year, followed.figure.basis);
        let root = Link::organisation(&followed.org);
        let here = root.clone().to("why").to(year.path());
        let line = Line::of(claim, year, &NI179_V1)?;
        let counts = line.counts_in(basis);
        let amounts = if counts {
            line.amounts
        } else {
            Amounts::default()
        };
        let of_claim = known.carry(here.clone().with("claim", id));
        let nets = Basis::ALL
            .iter()
            .map(|&basis| Ok((basis, line.net_in(basis)?)))
            .collect::<Result<Vec<_>, SumOverflow>>()?;
        let net = |basis| {
            let mut nets = nets.iter();
            nets.find(|(it, _)| *it == basis).map(|(_, net)| *net)
        };
        let step = |who, position: Position| Step {
            who: people.who(who),
            position,
            link: root.clone().to("history").to(position),
        };
        let checked = claim.checks.get(&year);
        Ok(Self {
            claim_title: claim.details.title.to_string(),
            total: known.carry(here.clone().with("basis", basis.as_str())),
            lookup: Lookup::new(here, known.clone())
                .years(years, year)
                .keep("basis", Some(basis.as_str()))
                .keep("claim", Some(id)),
            bases: Bases::new(&of_claim, basis, net),
            standing: Standing::of(claim, &line, year)?,
            missing: (!counts).then(|| missing(basis, &line)),
            parts: Parts::new("parts", &amounts, None)?,
            registered: step(&claim.registrant, claim.registered),
            validated: claim
                .validation
                .as_ref()
                .map(|it| step(&it.actor, it.position)),
            checked: checked.map(|it| step(&it.actor, it.position)),
            evidence: evidence(found.recorded),
            adding_up: AddingUp::new("events", followed, found.events, people)?,
            events: found.recorded.events,
            all_shown: u64::try_from(found.events.len()) == Ok(found.recorded.events),
            claim: root.clone().to("claims").to(id),
            history: root
                .to("history")
                .with("claim", id)
                .with("year", year.path()),
            frame,
        })
    }
}

/// Why the basis does not count the claim.
const fn missing(basis: Basis, line: &Line) -> &'static str {
    match basis {
        Basis::Claimed => "It is not counted.",
        Basis::Assured if line.validated => {
            "It is not assured: nobody but whoever registered it has checked it for this year, or there \
             is nothing of it to check."
        }
        Basis::Validated | Basis::Assured => {
            "No validation is in force, so it adds nothing on this basis."
        }
    }
}
