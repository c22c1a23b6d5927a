//! Standing behind what somebody else recorded, and taking that back.

use netgain_events::fact::FactKind;
use netgain_events::text::Prose;
use netgain_events::vocabulary::Grade;
use serde_json::Value;

use super::asked::Asked;
use super::form::{Cover, Form, Section};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::Reader;
use crate::components::Component;

/// The form that validates a gain.
#[derive(Clone, Debug)]
pub struct Validate {
    about: OpenClaim,
}

impl Validate {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        Ok(Self { about })
    }
}

impl Form for Validate {
    fn kind(&self) -> FactKind {
        FactKind::ClaimValidated
    }

    fn cover(&self) -> Cover {
        let intro = "With your name you say that you have looked at this gain and stand behind its figures. \
                     It then counts in NI179.";
        Cover {
            intro: vec![intro.to_owned()],
            ..self.about.cover("Validate this gain", "Validate")
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let grade = asked
            .words::<Grade>("grade", "How settled is the figure? (optional)")
            .item(asked.radio("grade", "", "I do not say"));
        vec![Section::plain(vec![grade.markup()])]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("validate-claim");
        let grade: Option<Grade> = reader.optional("grade", "how settled the figure is");
        command.put_some("grade", grade);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        (field == "grade").then(|| field.to_owned())
    }
}

/// The form that revokes a validation.
#[derive(Clone, Debug)]
pub struct Revoke {
    about: OpenClaim,
}

impl Revoke {
    /// For a gain that is validated.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        if about.claim.validation.is_none() {
            return Err(NoForm(format!(
                "{} is not validated, so there is nothing to revoke.",
                about.id
            )));
        }
        Ok(Self { about })
    }
}

impl Form for Revoke {
    fn kind(&self) -> FactKind {
        FactKind::ValidationRevoked
    }

    fn cover(&self) -> Cover {
        let warning = "The gain stops counting in NI179 until somebody validates it again.";
        Cover {
            warning: Some(warning.to_owned()),
            ..self
                .about
                .cover("Revoke the validation", "Revoke the validation")
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        vec![Section::plain(vec![asked.text("reason", "Why?").markup()])]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("revoke-validation");
        let reason: Option<Prose> = reader.required("reason", "why you revoke it");
        command.put_some("reason", reason);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        (field == "reason").then(|| field.to_owned())
    }
}
