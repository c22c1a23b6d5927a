//! Setting a cost against a gain, and cancelling one.

use netgain_events::fact::{FactKind, SPREAD_YEARS_MAX};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OffsetId;
use netgain_events::text::{Line, Prose};
use netgain_events::vocabulary::OffsetKind;
use serde_json::Value;

use super::asked::Asked;
use super::evidence;
use super::form::{Cover, Form, Section, next_reference};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::Reader;
use super::typed::Typed;
use crate::components::{Checkbox, Checkboxes, Component};

/// The form that adds a cost.
#[derive(Clone, Debug)]
pub struct AddCost {
    about: OpenClaim,
    years: Vec<FinancialYear>,
}

impl AddCost {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        Ok(Self {
            about: place.open_claim()?,
            years: place.years(),
        })
    }
}

impl Form for AddCost {
    fn kind(&self) -> FactKind {
        FactKind::OffsetRecorded
    }

    fn cover(&self) -> Cover {
        let ends = "It is validated now. A cost ends the validation: somebody else has to validate it again.";
        Cover {
            intro: vec![
                "What it cost to bring the gain about, or costs to run, is taken off it."
                    .to_owned(),
            ],
            warning: self
                .about
                .claim
                .validation
                .as_ref()
                .map(|_| ends.to_owned()),
            ..self.about.cover("Add a cost", "Add this cost")
        }
    }

    fn fresh(&self) -> Typed {
        let used = self.about.claim.offsets.iter().map(|(id, _)| id.as_str());
        Typed::default().with("offset", next_reference(used, "COST-"))
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let kind = asked.words::<OffsetKind>("kind", "When does it fall?");
        let amount = asked
            .money("amount", "How much is it?")
            .hint("Of each year, if it falls every year");
        let year = asked.year(
            "year",
            "In which financial year, or from which?",
            &self.years,
            None,
        );
        let main = vec![kind.markup(), amount.markup(), year.markup()];
        let until = asked.year(
            "until",
            "Last financial year",
            &self.years,
            Some("It goes on"),
        );
        let until = until.hint("For a cost that falls every year");
        let spread = asked
            .line("spread_years", "Spread over how many years?")
            .hint("For a cost that falls once: 1 to 20 years from that one")
            .inputmode("numeric")
            .width(2);
        let anyway = Checkboxes::new("incurred_anyway").item(
            Checkbox::new("yes", "Staff who would have been paid in any event")
                .hint("Then it is shown and not taken off")
                .checked(asked.typed().some("incurred_anyway").is_some()),
        );
        let further = vec![
            until.markup(),
            spread.markup(),
            anyway.markup(),
            asked.line("funding", "Who paid for it").markup(),
            asked.text("description", "What it is for").markup(),
            asked
                .code("offset", "Reference")
                .hint("Unique for this gain")
                .markup(),
        ];
        let fields = [
            "until",
            "spread_years",
            "incurred_anyway",
            "funding",
            "description",
        ];
        vec![
            Section::plain(main),
            Section::folded("Further details", asked.is_used(&fields), further),
            evidence::section(asked),
        ]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("record-offset");
        let offset: Option<OffsetId> = reader.required("offset", "the reference");
        command.put_some("offset", offset);
        let kind: Option<OffsetKind> = reader.chosen("kind", "when the cost falls");
        command.put_some("kind", kind);
        let year = reader.year("year", "the financial year");
        command.put_some("year", year);
        command.put_some("amount", reader.above_zero("amount", "the amount"));
        let until = reader.optional_year("until", "the last financial year");
        command.put_some("until", until);
        let spread: Option<u8> = reader.optional("spread_years", "the number of years");
        command.put_some("spread_years", spread);
        match kind {
            Some(OffsetKind::OneOff) if until.is_some() => {
                reader.wrong(
                    "until",
                    "Only a cost that falls every year has a last year: choose “It goes on”",
                );
            }
            Some(OffsetKind::Recurring) if spread.is_some() => {
                reader.wrong(
                    "spread_years",
                    "Only a cost that falls once can be spread: leave this empty",
                );
            }
            Some(OffsetKind::OneOff | OffsetKind::Recurring) | None => {}
        }
        if spread.is_some_and(|years| !(1..=SPREAD_YEARS_MAX).contains(&years)) {
            let most = format!("Spread it over 1 to {SPREAD_YEARS_MAX} years");
            reader.wrong("spread_years", most);
        }
        if let (Some(year), Some(until)) = (year, until)
            && until < year
        {
            reader.wrong(
                "until",
                format!("The last year cannot be before {year}, its first"),
            );
        }
        if reader.typed().some("incurred_anyway").is_some() {
            command.put("incurred_anyway", true);
        }
        let funding: Option<Line> = reader.optional("funding", "who paid for it");
        command.put_some("funding", funding);
        let description: Option<Prose> = reader.optional("description", "what it is for");
        command.put_some("description", description);
        evidence::put(reader, &mut command);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        match field {
            "evidence" => Some(evidence::first_field()),
            "claim" | "command_id" | "type" | "org" => None,
            _ => Some(field.to_owned()),
        }
    }

    fn changes_figures(&self) -> bool {
        true
    }
}

/// The form that cancels a cost.
#[derive(Clone, Debug)]
pub struct CancelCost {
    about: OpenClaim,
    offset: OffsetId,
}

impl CancelCost {
    /// For a cost of a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        let offset = place.part_of(|part| {
            let mut offsets = about.claim.offsets_in_force();
            let found = offsets.find(|(id, _)| id.as_str() == part);
            found.map(|(id, _)| id.clone())
        })?;
        Ok(Self { about, offset })
    }
}

impl Form for CancelCost {
    fn kind(&self) -> FactKind {
        FactKind::OffsetCancelled
    }

    fn cover(&self) -> Cover {
        let intro = "Once cancelled it counts as if it had never been. If it was right and has ended, cancel \
                     it and add it again with its last year.";
        let ends = "The gain is validated now. Cancelling a cost ends the validation.";
        Cover {
            intro: vec![intro.to_owned()],
            warning: self
                .about
                .claim
                .validation
                .as_ref()
                .map(|_| ends.to_owned()),
            ..self.about.cover(
                &format!("Cancel the cost {}", self.offset),
                "Cancel this cost",
            )
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        vec![Section::plain(vec![
            asked.text("reason", "Why was it wrong?").markup(),
        ])]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("cancel-offset");
        command.put("offset", &self.offset);
        let reason: Option<Prose> = reader.required("reason", "why it was wrong");
        command.put_some("reason", reason);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        (field == "reason").then(|| field.to_owned())
    }

    fn changes_figures(&self) -> bool {
        true
    }

    fn for_figures(&self, typed: &Typed) -> Typed {
        typed.clone().or("reason", "Not given yet")
    }
}
