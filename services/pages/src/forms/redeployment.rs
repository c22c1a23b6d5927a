//! What the money of a gain was used for.

use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::RedeploymentId;
use netgain_events::text::Prose;
use netgain_events::vocabulary::Purpose;
use serde_json::Value;

use super::asked::Asked;
use super::form::{Cover, Form, Section, next_reference};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::Reader;
use super::typed::Typed;
use crate::components::Component;

/// The form that records a use of the money.
#[derive(Clone, Debug)]
pub struct RecordUse {
    about: OpenClaim,
    years: Vec<FinancialYear>,
}

impl RecordUse {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        Ok(Self {
            about: place.open_claim()?,
            years: place.years(),
        })
    }
}

impl Form for RecordUse {
    fn kind(&self) -> FactKind {
        FactKind::RedeploymentRecorded
    }

    fn cover(&self) -> Cover {
        let intro = "It changes no figure: it shows the board and the public where the money went.";
        Cover {
            intro: vec![intro.to_owned()],
            ..self
                .about
                .cover("Record what the money was used for", "Record this use")
        }
    }

    fn fresh(&self) -> Typed {
        let used = self
            .about
            .claim
            .redeployments
            .iter()
            .map(|(id, _)| id.as_str());
        Typed::default().with("redeployment", next_reference(used, "R"))
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let fields = vec![
            asked
                .words::<Purpose>("purpose", "What was it used for?")
                .markup(),
            asked.money("amount", "How much of it?").markup(),
            asked
                .year("year", "In which financial year?", &self.years, None)
                .markup(),
            asked
                .text("description", "More about it (optional)")
                .markup(),
            asked
                .code("redeployment", "Reference")
                .hint("Unique for this gain")
                .markup(),
        ];
        vec![Section::plain(fields)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("record-redeployment");
        let purpose: Option<Purpose> = reader.chosen("purpose", "what it was used for");
        command.put_some("purpose", purpose);
        command.put_some("amount", reader.above_zero("amount", "how much was used"));
        command.put_some("year", reader.year("year", "the financial year"));
        let description: Option<Prose> = reader.optional("description", "more about it");
        command.put_some("description", description);
        let id: Option<RedeploymentId> = reader.required("redeployment", "the reference");
        command.put_some("redeployment", id);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        match field {
            "purpose" | "amount" | "year" | "description" | "redeployment" => {
                Some(field.to_owned())
            }
            _ => None,
        }
    }
}

/// The form that cancels a use of the money.
#[derive(Clone, Debug)]
pub struct CancelUse {
    about: OpenClaim,
    redeployment: RedeploymentId,
}

impl CancelUse {
    /// For a use that stands.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        let redeployment = place.part_of(|part| {
            let uses = about.claim.redeployments.iter();
            let mut standing = uses.filter(|(_, it)| it.in_force.is_some());
            let found = standing.find(|(id, _)| id.as_str() == part);
            found.map(|(id, _)| id.clone())
        })?;
        Ok(Self {
            about,
            redeployment,
        })
    }
}

impl Form for CancelUse {
    fn kind(&self) -> FactKind {
        FactKind::RedeploymentCancelled
    }

    fn cover(&self) -> Cover {
        self.about.cover(
            &format!("Cancel the use {}", self.redeployment),
            "Cancel this use",
        )
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        vec![Section::plain(vec![
            asked.text("reason", "Why was it wrong?").markup(),
        ])]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("cancel-redeployment");
        command.put("redeployment", &self.redeployment);
        let reason: Option<Prose> = reader.required("reason", "why it was wrong");
        command.put_some("reason", reason);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        (field == "reason").then(|| field.to_owned())
    }
}
