//! An organisation's first page: how the year stands, what needs whoever looks, and where to begin.

mod needs;
#[cfg(test)]
mod tests;

use askama::Template;
use chrono::NaiveDate;
use netgain_answers::pounds::pounds;
use netgain_events::authority::Authority;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Actor;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::totals::Totals;

use self::needs::Need;
use crate::components::Button;
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;
use crate::lookup::Lookup;
use crate::year;

/// What the first page shows.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The organisation.
    pub state: &'a Organisation,
    /// At which knowledge.
    pub known: &'a Known,
    /// The year its headline is for.
    pub year: FinancialYear,
    /// Today.
    pub today: NaiveDate,
    /// What whoever looks may do.
    pub authority: &'a Authority,
    /// Who looks.
    pub person: &'a Actor,
}

impl Standing<'_> {
    fn may(&self, kind: FactKind) -> bool {
        self.known.is_now() && self.authority.check(kind).is_ok()
    }
}

/// The first page of an organisation.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/home.html")]
pub struct HomePage {
    frame: Frame,
    name: String,
    lookup: Lookup,
    position: String,
    headline: Headline,
    needs: Vec<Need>,
    /// Whether whoever looks may record anything, so that nothing needing them is worth saying.
    may_act: bool,
    buttons: Vec<Button>,
    first_steps: Vec<Step>,
    settings: Link,
}

/// The year's figure.
#[derive(Clone, Debug)]
struct Headline {
    year: FinancialYear,
    validated: String,
    claimed: String,
    assured: String,
    target: Option<Target>,
    board: Link,
    why: Link,
}

/// The headline beside its target.
#[derive(Clone, Debug)]
struct Target {
    amount: String,
    /// What lies between, and whether it is reached.
    gap: String,
    is_reached: bool,
}

/// Something to do first.
#[derive(Clone, Debug)]
struct Step {
    text: &'static str,
    /// Where, for those who may.
    link: Option<Link>,
    /// Who does it.
    whose: &'static str,
}

impl HomePage {
    /// The page.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(mut frame: Frame, standing: Standing<'_>) -> Result<Self, SumOverflow> {
        let Standing {
            state,
            known,
            year,
            today,
            ..
        } = standing;
        let root = Link::organisation(&state.org);
        let years = year::years(state, today);
        if known.is_now() {
            frame.live = Some(year.path());
        }
        let acts = [
            FactKind::ClaimRegistered,
            FactKind::ClaimValidated,
            FactKind::SustainmentChecked,
            FactKind::ChallengeAnswered,
        ];
        Ok(Self {
            lookup: Lookup::new(root.clone(), known.clone()).years(&years, year),
            name: frame
                .place
                .as_ref()
                .map(|it| it.name.clone())
                .unwrap_or_default(),
            position: known.position.to_string(),
            headline: headline(&standing, &root)?,
            needs: if known.is_now() {
                needs::needs(&standing, &root)?
            } else {
                Vec::new()
            },
            may_act: acts.iter().any(|kind| standing.may(*kind)),
            buttons: buttons(&standing, &root),
            first_steps: first_steps(&standing, &root),
            settings: root.to("settings"),
            frame,
        })
    }
}

fn headline(standing: &Standing<'_>, root: &Link) -> Result<Headline, SumOverflow> {
    let (state, year) = (standing.state, standing.year);
    let totals = Totals::of(state, year, &NI179_V1)?;
    let validated = totals.validated.net;
    let target = match state.targets.get(&(year, None)) {
        Some(target) => {
            let above = validated.minus(*target)?;
            let is_reached = above >= Sum::ZERO;
            let gap = if is_reached {
                above
            } else {
                Sum::ZERO.minus(above)?
            };
            Some(Target {
                amount: pounds(*target),
                gap: pounds(gap),
                is_reached,
            })
        }
        None => None,
    };
    let known = standing.known;
    Ok(Headline {
        year,
        validated: pounds(validated),
        claimed: pounds(totals.claimed.net),
        assured: pounds(totals.assured.net),
        target,
        board: known.carry(root.clone().to("board").with("year", year.path())),
        why: known.carry(root.clone().to("why").to(year.path())),
    })
}

fn buttons(standing: &Standing<'_>, root: &Link) -> Vec<Button> {
    let mut buttons = Vec::new();
    if standing.may(FactKind::ClaimRegistered) {
        let log = root.clone().to("log-a-gain");
        buttons.push(Button::new("Log a gain").href(log.to_string()));
        let import = root.clone().to("import");
        buttons.push(
            Button::new("Import a spreadsheet")
                .secondary()
                .href(import.to_string()),
        );
    }
    buttons
}

/// What a new organisation does first; nothing once it has done it all.
fn first_steps(standing: &Standing<'_>, root: &Link) -> Vec<Step> {
    let state = standing.state;
    if !standing.known.is_now() {
        return Vec::new();
    }
    let settings = root.clone().to("settings");
    let mut steps = Vec::new();
    let mut step = |missing, text, kind, whose, link: Link| {
        if missing {
            let link = standing.may(kind).then_some(link);
            steps.push(Step { text, link, whose });
        }
    };
    step(
        state.claims.is_empty(),
        "Log your first gain, or import a spreadsheet of them",
        FactKind::ClaimRegistered,
        "the finance team",
        root.clone().to("log-a-gain"),
    );
    step(
        !state.baselines.contains_key(&NI179_V1.baseline_year),
        "Set the 2007/08 baseline, so that gains can be shown as a percentage",
        FactKind::BaselineSet,
        "the signatory",
        settings.clone().to("baseline"),
    );
    step(
        !state.targets.contains_key(&(standing.year, None)),
        "Set a target for the year",
        FactKind::TargetSet,
        "the signatory",
        settings.to("target").with("year", standing.year.path()),
    );
    steps
}
