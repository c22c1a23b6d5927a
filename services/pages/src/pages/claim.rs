//! One gain: everything in force about it, what it counts and why, and what can be done next.

mod about;
mod actions;
mod events;
mod parts;
#[cfg(test)]
mod tests;

use askama::Template;
use chrono::NaiveDate;
use netgain_events::authority::Authority;
use netgain_events::identifier::{Actor, ClaimId};
use netgain_events::money::SumOverflow;
use netgain_events::state::Claim;

use self::actions::Actions;
use self::events::Timeline;
use self::parts::{Challenge, Check, Cost, Use};
use crate::components::{SummaryList, Tag};
use crate::figures::{Figures, YearFigures};
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;
use crate::lookup::Lookup;
use crate::pages::history::people::People;

pub use self::events::{ClaimEvents, EVENTS_SHOWN_MAX};

/// What it comes to in a year, in a sentence.
fn headline(year: &YearFigures) -> Result<String, SumOverflow> {
    if year.line.amounts.net()?.is_positive() {
        return Ok(format!("{} in {}", year.net(), year.year));
    }
    Ok(year.standing.sentence.clone())
}

/// What a page about a gain shows.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'a> {
    /// Its reference.
    pub id: &'a ClaimId,
    /// What is in force about it.
    pub claim: &'a Claim,
    /// Its events.
    pub events: &'a ClaimEvents,
    /// At which knowledge.
    pub known: &'a Known,
    /// What whoever looks may do.
    pub authority: &'a Authority,
    /// Who looks.
    pub person: &'a Actor,
    /// The names of the people in it.
    pub people: &'a People,
    /// Today.
    pub today: NaiveDate,
}

/// A gain.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/claim.html")]
pub struct ClaimPage {
    frame: Frame,
    lookup: Lookup,
    gains: Link,
    reference: String,
    tag: Option<Tag>,
    conclusion: String,
    actions: Actions,
    figures: Figures,
    about: SummaryList,
    costs: Vec<Cost>,
    checks: Vec<Check>,
    challenges: Vec<Challenge>,
    uses: Vec<Use>,
    timeline: Timeline,
}

impl ClaimPage {
    /// The page.
    ///
    /// # Errors
    /// Costs added up past the range of a sum.
    pub fn new(frame: Frame, looking: Looking<'_>) -> Result<Self, SumOverflow> {
        let Looking {
            id, claim, known, ..
        } = looking;
        let organisation = Link::organisation(&known.org);
        let gains = known.carry(organisation.clone().to("claims"));
        let page = organisation.to("claims").to(id);
        let actions = Actions::new(&looking, &page);
        let figures = Figures::of(claim)?;
        let begun = |year: &&YearFigures| year.year.first_day() <= looking.today;
        let shown = figures.years.iter().rfind(begun).or(figures.years.first());
        Ok(Self {
            lookup: Lookup::new(page.clone(), known.clone()),
            gains,
            reference: id.to_string(),
            tag: shown.map(|year| year.standing.tag()),
            conclusion: shown.map_or(Ok(String::new()), headline)?,
            about: about::summary(&looking),
            costs: parts::costs(&looking, &page, &actions),
            checks: parts::checks(&looking),
            challenges: parts::challenges(&looking, &page, &actions),
            uses: parts::uses(&looking, &page, &actions),
            timeline: Timeline::new(&looking),
            figures,
            actions,
            frame,
        })
    }

    /// Whether anybody stands behind the year's figure besides whoever logged the gain.
    fn behind(year: &YearFigures) -> &'static str {
        match (year.line.validated, year.line.assured) {
            (_, true) => "Validated and assured",
            (true, false) => "Validated",
            (false, false) => "Not validated",
        }
    }
}
