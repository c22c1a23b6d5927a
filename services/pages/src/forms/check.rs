//! Checking for a year that a gain is still there.

use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::text::Prose;
use netgain_events::vocabulary::{Outcome, Quality};
use serde_json::Value;

use super::asked::Asked;
use super::command::Members;
use super::evidence;
use super::form::{Cover, Form, Section};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::Reader;
use super::typed::Typed;
use crate::components::Component;

/// The names of a check's fields.
#[derive(Clone, Debug)]
pub(super) struct CheckFields {
    /// Which of many it is, for a sentence.
    which: String,
    pub(super) outcome: String,
    pub(super) verified: String,
    pub(super) quality: String,
    pub(super) reading: String,
}

impl CheckFields {
    /// Of the only check of a form, or of one of many.
    pub(super) fn of(one_of_many: Option<&str>) -> Self {
        let name = |field: &str| match one_of_many {
            Some(which) => format!("{field}-{which}"),
            None => field.to_owned(),
        };
        Self {
            which: one_of_many
                .map(|which| format!(" of {which}"))
                .unwrap_or_default(),
            outcome: name("outcome"),
            verified: name("verified"),
            quality: name("quality"),
            reading: name("quality_reading"),
        }
    }

    /// Reads the check into a command.
    pub(super) fn read(&self, reader: &mut Reader<'_>, command: &mut Members) {
        let outcome: Option<Outcome> = reader.chosen(&self.outcome, "what you found");
        let which = &self.which;
        command.put_some("outcome", outcome);
        match outcome {
            Some(Outcome::Reduced) => {
                let what = format!("how much{which} is still there");
                command.put_some("verified", reader.money(&self.verified, &what));
            }
            Some(Outcome::Sustained | Outcome::Ceased)
                if reader.typed().some(&self.verified).is_some() =>
            {
                let only = "An amount goes with “Still there in part” only: leave it empty, or \
                            choose that";
                reader.wrong(&self.verified, only);
            }
            Some(Outcome::Sustained | Outcome::Ceased) | None => {}
        }
        let what = &format!("how good the service{which} is now");
        let quality: Option<Quality> = match outcome {
            Some(Outcome::Sustained | Outcome::Reduced) => reader.chosen(&self.quality, what),
            Some(Outcome::Ceased) | None => reader.optional(&self.quality, what),
        };
        command.put_some("quality", quality);
        let reading: Option<Prose> = reader.optional(&self.reading, "what you measured");
        command.put_some("quality_reading", reading);
    }

    /// The field for one of the command's.
    pub(super) fn field_of(&self, field: &str) -> Option<String> {
        match field {
            "outcome" | "year" | "claim" => Some(self.outcome.clone()),
            "verified" => Some(self.verified.clone()),
            "quality" => Some(self.quality.clone()),
            "quality_reading" => Some(self.reading.clone()),
            _ => None,
        }
    }
}

/// The form that checks one gain.
#[derive(Clone, Debug)]
pub struct CheckOne {
    about: OpenClaim,
    years: Vec<FinancialYear>,
    year: Option<FinancialYear>,
}

impl CheckOne {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        let Some(first) = about.claim.details.profile.first_accrual() else {
            return Err(NoForm(format!(
                "{} has no value above zero, so there is nothing to check yet; amend it first.",
                about.id
            )));
        };
        let begun = |year: &FinancialYear| *year >= first && year.first_day() <= place.today;
        let years: Vec<_> = place.years().into_iter().filter(begun).collect();
        let over = |year: &&FinancialYear| year.day_after() <= place.today;
        let unchecked = |year: &&FinancialYear| about.claim.checks.get(year).is_none();
        let year = place
            .year
            .or_else(|| years.iter().filter(over).find(unchecked).copied());
        Ok(Self { about, years, year })
    }
}

impl Form for CheckOne {
    fn kind(&self) -> FactKind {
        FactKind::SustainmentChecked
    }

    fn cover(&self) -> Cover {
        let intro = "Look whether the money is still saved and the service is still as good. A check of a year \
                     replaces an earlier check of the same year.";
        Cover {
            intro: vec![intro.to_owned()],
            ..self.about.cover("Check this gain", "Record this check")
        }
    }

    fn fresh(&self) -> Typed {
        Typed::default().with_some("year", self.year)
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let measure = self.about.claim.details.quality_measure.as_ref();
        let measure = measure.map(|it| format!("It is judged by: {it}"));
        let mut reading = asked.text("quality_reading", "What did you measure? (optional)");
        if let Some(measure) = measure {
            reading = reading.hint(measure);
        }
        let fields = vec![
            asked
                .year(
                    "year",
                    "Which financial year did you check?",
                    &self.years,
                    None,
                )
                .markup(),
            asked
                .words::<Outcome>("outcome", "What did you find?")
                .markup(),
            asked
                .money("verified", "How much of it is still there?")
                .hint("A year, before costs. Only if it is still there in part.")
                .markup(),
            asked
                .words::<Quality>("quality", "How good is the service now?")
                .markup(),
            reading.markup(),
        ];
        vec![Section::plain(fields), evidence::section(asked)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("check-sustainment");
        command.put_some(
            "year",
            reader.year("year", "the financial year you checked"),
        );
        CheckFields::of(None).read(reader, &mut command);
        evidence::put(reader, &mut command);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        match field {
            "year" => Some(field.to_owned()),
            "evidence" => Some(evidence::first_field()),
            other => CheckFields::of(None).field_of(other),
        }
    }

    fn changes_figures(&self) -> bool {
        true
    }
}
