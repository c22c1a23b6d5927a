//! What the figures are held against: the baseline and the targets.

use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::ruleset::NI179_V1;
use netgain_events::text::{Line, Prose};
use serde_json::Value;

use super::asked::Asked;
use super::command::Members;
use super::form::{Cover, Form, Section};
use super::place::{NoForm, Place};
use super::reader::Reader;
use super::typed::Typed;
use crate::components::Component;
use crate::frame::Tab;
use crate::link::Link;
use crate::year;

/// What stands around a small form about the organisation.
pub(super) fn cover(settings: &Link, title: &str, submit: &'static str, intro: &str) -> Cover {
    Cover {
        title: title.to_owned(),
        caption: None,
        intro: vec![intro.to_owned()],
        warning: None,
        submit,
        back: settings.clone(),
        wide: false,
        tab: Tab::Home,
    }
}

/// The page that lists these settings.
#[must_use]
pub fn page(place: &Place<'_>) -> Link {
    Link::organisation(&place.state.org).to("settings")
}

/// The form that sets the baseline.
#[derive(Clone, Debug)]
pub struct SetBaseline {
    settings: Link,
    years: Vec<FinancialYear>,
}

impl SetBaseline {
    /// For an organisation.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let before = NI179_V1.baseline_year;
        Ok(Self {
            settings: page(place),
            years: std::iter::once(before).chain(place.years()).collect(),
        })
    }
}

impl Form for SetBaseline {
    fn kind(&self) -> FactKind {
        FactKind::BaselineSet
    }

    fn cover(&self) -> Cover {
        let intro = "The spending that percentages are of. NI179 uses that of 2007/08; the latest amount for a \
                     year is the one that counts.";
        cover(
            &self.settings,
            "Set the baseline",
            "Set the baseline",
            intro,
        )
    }

    fn fresh(&self) -> Typed {
        Typed::default().with("year", NI179_V1.baseline_year)
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let fields = vec![
            asked
                .year(
                    "year",
                    "Spending of which financial year?",
                    &self.years,
                    None,
                )
                .markup(),
            asked.money("amount", "How much was it?").markup(),
            asked
                .text("source", "Where does the figure come from? (optional)")
                .hint("For example: revenue outturn return, line 690")
                .markup(),
        ];
        vec![Section::plain(fields)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = Members::of("set-baseline");
        command.put_some("year", reader.year("year", "the financial year"));
        command.put_some("amount", reader.money("amount", "how much it was"));
        let source: Option<Prose> = reader.optional("source", "where the figure comes from");
        command.put_some("source", source);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        matches!(field, "year" | "amount" | "source").then(|| field.to_owned())
    }
}

/// The form that sets a target.
#[derive(Clone, Debug)]
pub struct SetTarget {
    settings: Link,
    years: Vec<FinancialYear>,
    year: FinancialYear,
}

impl SetTarget {
    /// For an organisation.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        Ok(Self {
            settings: page(place),
            years: place.years(),
            year: place.year.unwrap_or_else(|| year::current(place.today)),
        })
    }
}

impl Form for SetTarget {
    fn kind(&self) -> FactKind {
        FactKind::TargetSet
    }

    fn cover(&self) -> Cover {
        let intro = "What NI179 is to reach by the end of a year: all that was gained since April 2008, not \
                     the year's increase.";
        cover(&self.settings, "Set a target", "Set the target", intro)
    }

    fn fresh(&self) -> Typed {
        Typed::default().with("year", self.year)
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let fields = vec![
            asked
                .year("year", "For which financial year?", &self.years, None)
                .markup(),
            asked.money("amount", "How much is to be reached?").markup(),
            asked
                .line("service", "For one service only? (optional)")
                .hint("Its name as the gains have it. Leave it empty for the whole organisation.")
                .markup(),
        ];
        vec![Section::plain(fields)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = Members::of("set-target");
        command.put_some("year", reader.year("year", "the financial year"));
        command.put_some(
            "amount",
            reader.money("amount", "how much is to be reached"),
        );
        let service: Option<Line> = reader.optional("service", "the service");
        command.put_some("service", service);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        matches!(field, "year" | "amount" | "service").then(|| field.to_owned())
    }
}
