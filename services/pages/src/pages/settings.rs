//! What the figures are held against: baseline, targets, and what is carried forward.

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::authority::Authority;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Actor;
use netgain_events::money::SumOverflow;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{CarryForwardState, Organisation};
use netgain_projections::carry_forward::declared_value;

use crate::frame::Frame;
use crate::link::Link;
use crate::pages::history::people::{People, Who};

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/settings.html")]
pub struct SettingsPage {
    frame: Frame,
    home: Link,
    baselines: Vec<Baseline>,
    targets: Vec<Target>,
    carry_forward: Option<CarriedForward>,
    set_baseline: Option<Link>,
    set_target: Option<Link>,
    declare: Option<Link>,
    validate: Option<Link>,
}

#[derive(Clone, Debug)]
struct Baseline {
    year: FinancialYear,
    amount: String,
    source: Option<String>,
}

#[derive(Clone, Debug)]
struct Target {
    year: FinancialYear,
    service: Option<String>,
    amount: String,
}

#[derive(Clone, Debug)]
struct CarriedForward {
    counts: String,
    ongoing: String,
    baseline: String,
    uplift: Option<String>,
    source: Option<String>,
    declarer: Who,
    validated_by: Option<Who>,
    checks: Vec<(FinancialYear, String)>,
}

impl SettingsPage {
    /// The page, for somebody with that authority.
    ///
    /// # Errors
    /// The carry-forward is past the range of a sum.
    pub fn new(
        frame: Frame,
        state: &Organisation,
        authority: &Authority,
        person: &Actor,
        people: &People,
    ) -> Result<Self, SumOverflow> {
        let home = Link::organisation(&state.org);
        let settings = home.clone().to("settings");
        let may = |kind| authority.check(kind).is_ok();
        let declared = state.carry_forward.as_ref();
        let waits = declared.is_some_and(|it| it.validated_by.is_none() && !it.declarer.is(person));
        let carry_forward = declared.map(|it| carried_forward(it, people)).transpose()?;
        let baselines = state.baselines.values().map(|baseline| Baseline {
            year: baseline.year,
            amount: pounds(baseline.amount),
            source: baseline.source.as_ref().map(ToString::to_string),
        });
        let targets = state
            .targets
            .iter()
            .map(|((year, service), amount)| Target {
                year: *year,
                service: service.as_ref().map(ToString::to_string),
                amount: pounds(*amount),
            });
        let to = |kind, part: &str| may(kind).then(|| settings.clone().to(part));
        let carried = settings.clone().to("carry-forward");
        Ok(Self {
            baselines: baselines.collect(),
            targets: targets.collect(),
            carry_forward,
            set_baseline: to(FactKind::BaselineSet, "baseline"),
            set_target: to(FactKind::TargetSet, "target"),
            declare: to(FactKind::CarryForwardDeclared, "carry-forward"),
            validate: (waits && may(FactKind::CarryForwardValidated))
                .then(|| carried.to("validate")),
            home,
            frame,
        })
    }
}

fn carried_forward(
    state: &CarryForwardState,
    people: &People,
) -> Result<CarriedForward, SumOverflow> {
    let declared = &state.declared;
    let checks = state.checks.iter();
    Ok(CarriedForward {
        counts: pounds(declared_value(declared, &NI179_V1)?),
        ongoing: pounds(declared.ongoing_cashable),
        baseline: pounds(declared.baseline_2004_05),
        uplift: declared.uplift.as_ref().map(|it| it.as_str().to_owned()),
        source: declared.source.as_ref().map(ToString::to_string),
        declarer: people.who(&state.declarer),
        validated_by: state.validated_by.as_ref().map(|it| people.who(it)),
        checks: checks
            .map(|(year, (verified, _))| (*year, pounds(*verified)))
            .collect(),
    })
}
