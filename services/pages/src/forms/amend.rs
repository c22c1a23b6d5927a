//! Amending a gain: a form with what is in force, of which only what changes is sent.

use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::text::Prose;
use serde_json::Value;

use super::asked::Asked;
use super::form::{Cover, Form, Section};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::Reader;
use super::typed::Typed;
use super::{evidence, gain};
use crate::components::Component;

/// The form that amends a gain.
#[derive(Clone, Debug)]
pub struct Amend {
    about: OpenClaim,
    years: Vec<FinancialYear>,
}

impl Amend {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        Ok(Self {
            about: place.open_claim()?,
            years: place.years(),
        })
    }
}

impl Form for Amend {
    fn kind(&self) -> FactKind {
        FactKind::ClaimAmended
    }

    fn cover(&self) -> Cover {
        let validation = self.about.claim.validation.is_some();
        let ends = "It is validated now. Amending it ends the validation: somebody else has to validate it again.";
        Cover {
            intro: vec![
                "Change what is wrong. The history keeps what stood here before.".to_owned(),
            ],
            warning: validation.then(|| ends.to_owned()),
            ..self.about.cover("Amend this gain", "Amend")
        }
    }

    fn fresh(&self) -> Typed {
        gain::typed(&self.about.claim.details)
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let mut sections = vec![gain::what_changed(asked, None)];
        sections.extend(gain::how_much(asked, &self.years));
        sections.push(gain::does_it_count(asked));
        sections.push(gain::further_details(asked));
        sections.push(evidence::section(asked));
        let reason = asked.text("reason", "Why are you amending it?");
        sections.push(Section::headed("Reason", vec![reason.markup()]));
        sections
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let before = self.fresh();
        let before = gain::members(&mut Reader::new(&before));
        let after = gain::members(reader);
        let mut changes = after.changes_from(&before);
        // Another source ends the reason why it counts all the same, unless it is given again.
        if changes.get("source").is_some() && changes.get("source_override").is_none() {
            changes.put_some("source_override", after.get("source_override"));
        }
        if changes.is_empty() {
            reader.wrong("title", "Change something: all of it stands as it did");
        }
        let mut command = self.about.command("amend-claim");
        let reason: Option<Prose> = reader.required("reason", "why you are amending it");
        command.put_some("reason", reason);
        command.put_all(changes);
        evidence::put(reader, &mut command);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        match field {
            "reason" => Some(field.to_owned()),
            other => gain::field_of(other),
        }
    }

    fn changes_figures(&self) -> bool {
        true
    }

    fn for_figures(&self, typed: &Typed) -> Typed {
        typed.clone().or("reason", "Not given yet")
    }
}
