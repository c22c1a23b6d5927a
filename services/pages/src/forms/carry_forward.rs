//! What continues of the gains before April 2008 (ruleset section 7).

use netgain_events::fact::FactKind;
use netgain_events::rate::Uplift;
use netgain_events::text::Prose;
use serde_json::Value;

use super::asked::Asked;
use super::command::Members;
use super::form::{Cover, Form, Section};
use super::place::{NoForm, Place};
use super::reader::Reader;
use super::settings;
use crate::components::Component;
use crate::link::Link;

/// The form that declares the carry-forward.
#[derive(Clone, Debug)]
pub struct DeclareCarryForward {
    settings: Link,
    replaces: bool,
}

impl DeclareCarryForward {
    /// For an organisation.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        Ok(Self {
            settings: settings::page(place),
            replaces: place.state.carry_forward.is_some(),
        })
    }
}

impl Form for DeclareCarryForward {
    fn kind(&self) -> FactKind {
        FactKind::CarryForwardDeclared
    }

    fn cover(&self) -> Cover {
        let intro = "What continues of the cash-releasing gains made up to March 2008. What is above 7.5% of \
                     the 2004/05 baseline counts towards NI179 from 2008/09 on.";
        let warning = "It replaces what was declared before, with its checks and its validation.";
        Cover {
            warning: self.replaces.then(|| warning.to_owned()),
            ..settings::cover(
                &self.settings,
                "Declare the carry-forward",
                "Declare",
                intro,
            )
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let fields = vec![
            asked
                .money("ongoing_cashable", "How much of those gains continues?")
                .markup(),
            asked
                .money("baseline_2004_05", "What was the 2004/05 baseline?")
                .markup(),
            asked
                .line("uplift", "Factor to 2008/09 prices (optional)")
                .hint("For example 1.0275. Without one the amount stays as it is.")
                .inputmode("decimal")
                .width(10)
                .markup(),
            asked
                .text("source", "Where do the figures come from? (optional)")
                .markup(),
        ];
        vec![Section::plain(fields)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = Members::of("declare-carry-forward");
        let ongoing = reader.money("ongoing_cashable", "how much of those gains continues");
        command.put_some("ongoing_cashable", ongoing);
        command.put_some(
            "baseline_2004_05",
            reader.money("baseline_2004_05", "the 2004/05 baseline"),
        );
        let uplift: Option<Uplift> = reader.optional("uplift", "the factor");
        command.put_some("uplift", uplift);
        let source: Option<Prose> = reader.optional("source", "where the figures come from");
        command.put_some("source", source);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        let known = ["ongoing_cashable", "baseline_2004_05", "uplift", "source"];
        known.contains(&field).then(|| field.to_owned())
    }
}

/// The form that validates the carry-forward.
#[derive(Clone, Debug)]
pub struct ValidateCarryForward {
    settings: Link,
}

impl ValidateCarryForward {
    /// For an organisation that declared one.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        if place.state.carry_forward.is_none() {
            return Err(NoForm(
                "No carry-forward was declared; declare it first.".to_owned(),
            ));
        }
        Ok(Self {
            settings: settings::page(place),
        })
    }
}

impl Form for ValidateCarryForward {
    fn kind(&self) -> FactKind {
        FactKind::CarryForwardValidated
    }

    fn cover(&self) -> Cover {
        let intro = "With your name you say that you have looked at the carry-forward and stand behind it. It \
                     then counts in NI179.";
        settings::cover(
            &self.settings,
            "Validate the carry-forward",
            "Validate",
            intro,
        )
    }

    fn sections(&self, _asked: &Asked<'_>) -> Vec<Section> {
        Vec::new()
    }

    fn commands(&self, _reader: &mut Reader<'_>) -> Vec<Value> {
        vec![Members::of("validate-carry-forward").into()]
    }

    fn field_of(&self, _command: &Value, _field: &str) -> Option<String> {
        None
    }
}
