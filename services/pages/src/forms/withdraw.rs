//! Withdrawing a gain for good.

use netgain_events::fact::FactKind;
use netgain_events::text::Prose;
use serde_json::Value;

use super::asked::Asked;
use super::form::{Cover, Form, Section};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::Reader;
use crate::components::Component;

/// The form that withdraws a gain.
#[derive(Clone, Debug)]
pub struct Withdraw {
    about: OpenClaim,
}

impl Withdraw {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        Ok(Self { about })
    }
}

impl Form for Withdraw {
    fn kind(&self) -> FactKind {
        FactKind::ClaimWithdrawn
    }

    fn cover(&self) -> Cover {
        let warning = "This cannot be undone. The gain counts in no year any more, its reference cannot be used \
                       again, and nothing more can be recorded about it. It stays in the history.";
        Cover {
            intro: vec![
                "If a figure is wrong, amend the gain instead. If the saving has stopped, record a check \
                 that it is gone: the years in which it was proven then still count."
                    .to_owned(),
            ],
            warning: Some(warning.to_owned()),
            ..self.about.cover("Withdraw this gain", "Withdraw it for good")
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        vec![Section::plain(vec![
            asked.text("reason", "Why are you withdrawing it?").markup(),
        ])]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("withdraw-claim");
        let reason: Option<Prose> = reader.required("reason", "why you are withdrawing it");
        command.put_some("reason", reason);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        (field == "reason").then(|| field.to_owned())
    }
}
