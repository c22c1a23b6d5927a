//! Logging a gain, with what it costs, in one go.

use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::ClaimId;
use netgain_events::vocabulary::OffsetKind;
use serde_json::Value;

use super::asked::Asked;
use super::command::Members;
use super::form::{Cover, Form, Section, claim_of, next_reference};
use super::place::{NoForm, Place};
use super::reader::Reader;
use super::typed::Typed;
use super::{evidence, gain};
use crate::components::{Component, Fieldset, Legend, Markup};
use crate::frame::Tab;
use crate::link::Link;

/// A cost that is asked for together with the gain.
#[derive(Clone, Copy)]
struct Cost {
    kind: OffsetKind,
    amount: &'static str,
    year: &'static str,
}

const COSTS: [Cost; 2] = [
    Cost {
        kind: OffsetKind::OneOff,
        amount: "once-amount",
        year: "once-year",
    },
    Cost {
        kind: OffsetKind::Recurring,
        amount: "yearly-amount",
        year: "yearly-year",
    },
];

/// The form that logs a gain.
#[derive(Clone, Debug)]
pub struct LogGain {
    gains: Link,
    suggested: String,
    years: Vec<FinancialYear>,
}

impl LogGain {
    /// For an organisation.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let used = place.state.claims.keys().map(ClaimId::as_str);
        Ok(Self {
            gains: Link::organisation(&place.state.org).to("claims"),
            suggested: next_reference(used, "GAIN-"),
            years: place.years(),
        })
    }

    fn costs(&self, asked: &Asked<'_>) -> Section {
        let none = Some("The year in which it started");
        let once = [
            asked.money("once-amount", "How much").markup(),
            asked
                .year("once-year", "In which financial year", &self.years, none)
                .markup(),
        ];
        let yearly = [
            asked.money("yearly-amount", "How much a year").markup(),
            asked
                .year(
                    "yearly-year",
                    "From which financial year",
                    &self.years,
                    none,
                )
                .markup(),
        ];
        let fields = vec![
            pair(
                "What did it cost once? For example equipment, redundancy, advice (optional)",
                once,
            ),
            pair(
                "What does it cost to run? For example a licence, a fee, staff for it (optional)",
                yearly,
            ),
        ];
        Section::headed("What it costs", fields)
    }
}

impl Form for LogGain {
    fn kind(&self) -> FactKind {
        FactKind::ClaimRegistered
    }

    fn cover(&self) -> Cover {
        Cover {
            title: "Log a gain".to_owned(),
            caption: None,
            intro: Vec::new(),
            warning: None,
            submit: "Log this gain",
            back: self.gains.clone(),
            wide: false,
            tab: Tab::Gains,
        }
    }

    fn fresh(&self) -> Typed {
        Typed::default().with("claim", &self.suggested)
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let reference = asked
            .code("claim", "Reference")
            .hint("Yours to choose. It cannot be changed or used again.");
        let mut sections = vec![gain::what_changed(asked, Some(reference.markup()))];
        sections.extend(gain::how_much(asked, &self.years));
        sections.push(self.costs(asked));
        sections.push(gain::does_it_count(asked));
        sections.push(gain::further_details(asked));
        sections.push(evidence::section(asked));
        sections
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = Members::of("register-claim");
        let claim: Option<ClaimId> = reader.required("claim", "the reference");
        command.put_some("claim", claim.as_ref());
        command.put_all(gain::members(reader));
        evidence::put(reader, &mut command);
        let started = command.get("impact_from").and_then(Value::as_str);
        let started = started.and_then(|day| day.parse().ok());
        let started = started.and_then(FinancialYear::containing);
        let mut commands = vec![command.into()];
        for cost in COSTS {
            commands.extend(read_cost(reader, claim.as_ref(), started, cost));
        }
        commands
    }

    fn field_of(&self, command: &Value, field: &str) -> Option<String> {
        let kind = command.get("kind").and_then(Value::as_str);
        let cost = COSTS.iter().find(|cost| Some(cost.kind.as_str()) == kind);
        match (cost, field) {
            (None, _) => gain::field_of(field),
            (Some(cost), "amount") => Some(cost.amount.to_owned()),
            (Some(cost), "year") => Some(cost.year.to_owned()),
            (Some(_), _) => None,
        }
    }

    fn done(&self, commands: &[Value]) -> Link {
        match claim_of(commands) {
            Some(claim) => self.gains.clone().to(claim),
            None => self.gains.clone(),
        }
    }

    fn changes_figures(&self) -> bool {
        true
    }

    fn for_figures(&self, typed: &Typed) -> Typed {
        let named = typed
            .some("claim")
            .and_then(|it| it.parse::<ClaimId>().ok());
        let typed = match named {
            Some(_) => typed.clone(),
            None => typed.clone().with("claim", &self.suggested),
        };
        typed
            .or("title", "Untitled")
            .or("source", "efficiency")
            .or("ongoing", "yes")
    }
}

/// Two questions that belong together.
fn pair(legend: &str, fields: [Markup; 2]) -> Markup {
    let fields: Markup = fields.into_iter().collect();
    let fieldset = Fieldset::new()
        .legend(Legend::new(legend))
        .classes("ng-pair");
    fieldset.content(fields).markup()
}

/// A cost's command, where an amount was typed.
fn read_cost(
    reader: &mut Reader<'_>,
    claim: Option<&ClaimId>,
    started: Option<FinancialYear>,
    cost: Cost,
) -> Option<Value> {
    reader.typed().some(cost.amount)?;
    let what = match cost.kind {
        OffsetKind::OneOff => "what it cost once",
        OffsetKind::Recurring => "what it costs each year",
    };
    let amount = reader.above_zero(cost.amount, what);
    let chosen = reader.optional_year(cost.year, "the year of the cost");
    let year = chosen.or(started)?;
    let mut command = Members::of("record-offset");
    command.put_some("claim", claim);
    command.put("offset", format!("{}-{}", cost.kind, year.path()));
    command.put("kind", cost.kind);
    command.put("year", year);
    command.put_some("amount", amount);
    Some(command.into())
}
