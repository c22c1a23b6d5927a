//! The checks of a year, many in one sitting: what is left alone is not sent.

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Actor;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{Claim, Organisation};
use netgain_events::vocabulary::{Outcome, Quality};
use netgain_projections::line::Line;
use netgain_projections::reports::due::{DueCheck, Standing, due};
use serde_json::Value;

use super::asked::Asked;
use super::check::CheckFields;
use super::command::Members;
use super::form::{Cover, Form, Section};
use super::place::Place;
use super::reader::Reader;
use crate::components::{Component, Markup, Tag, TagColour};
use crate::frame::Tab;
use crate::link::Link;
use crate::plain_words::PlainWords;

/// The most checks on one page; the others follow once these are recorded.
pub const ROWS_MAX: usize = 250;

/// The field of the carry-forward's check.
const CARRY_FORWARD: &str = "carry_forward_verified";

/// The form with the checks of a year.
#[derive(Clone, Debug)]
pub struct Worklist {
    home: Link,
    page: Link,
    year: FinancialYear,
    rows: Vec<Row>,
    carry_forward: Option<Sum>,
    left: usize,
    at_risk: Sum,
    /// Whether whoever looks may check.
    may_check: bool,
}

/// A gain to check.
#[derive(Clone, Debug)]
struct Row {
    claim: String,
    title: String,
    link: Link,
    gross: Sum,
    last_year: Option<String>,
    measure: Option<String>,
    standing: Standing,
    is_own: bool,
    fields: CheckFields,
}

impl Worklist {
    /// The checks that are due of a year, for somebody who would make them or only look at them.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        place: &Place<'_>,
        year: FinancialYear,
        checker: &Actor,
        may_check: bool,
    ) -> Result<Self, SumOverflow> {
        let home = Link::organisation(&place.state.org);
        let found = due(place.state, place.today, Some(year), &NI179_V1)?;
        let (mut rows, mut carry_forward, mut left) = (Vec::new(), None, 0_usize);
        for check in &found.checks {
            let Some(claim) = check
                .claim
                .as_ref()
                .and_then(|id| place.state.claims.get(id))
            else {
                let own = place.state.carry_forward.as_ref();
                let own = own.is_some_and(|it| it.declarer.is(checker));
                if !(check.standing == Standing::OwnCheck && own) {
                    carry_forward = Some(check.at_risk);
                    left = left.saturating_add(1);
                }
                continue;
            };
            let is_own = claim.registrant.is(checker);
            // Whoever logged it has checked it already; another check of theirs changes nothing.
            if check.standing == Standing::OwnCheck && is_own {
                continue;
            }
            left = left.saturating_add(1);
            if rows.len() < ROWS_MAX {
                rows.push(row(&home, claim, check, year, is_own)?);
            }
        }
        rows.sort_by_key(|row| row.is_own);
        Ok(Self {
            page: home.clone().to("checks").with("year", year.path()),
            home,
            year,
            rows,
            carry_forward,
            left,
            at_risk: found.at_risk,
            may_check,
        })
    }

    /// Whether there is nothing to check.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.carry_forward.is_none()
    }

    /// What stands above the list: how far the year is, and which other years have checks due.
    #[must_use]
    pub fn lead(&self, years: &[(FinancialYear, usize)], checked: Option<usize>) -> Markup {
        let checks = self.home.clone().to("checks");
        let others = years.iter().filter(|(year, _)| *year != self.year);
        let others = others.map(|(year, count)| OtherYear {
            year: *year,
            count: *count,
            link: checks.clone().with("year", year.path()),
        });
        Lead {
            year: self.year,
            left: self.left,
            at_risk: pounds(self.at_risk),
            shown: self.rows.len(),
            checked,
            others: others.collect(),
            may_check: self.may_check,
        }
        .markup()
    }
}

/// The years of which checks are due at a day, with how many.
///
/// # Errors
/// Amounts added up past the range of a sum.
pub fn years_due(
    state: &Organisation,
    today: chrono::NaiveDate,
) -> Result<Vec<(FinancialYear, usize)>, SumOverflow> {
    let mut years: Vec<(FinancialYear, usize)> = Vec::new();
    for check in due(state, today, None, &NI179_V1)?.checks {
        match years.last_mut() {
            Some((year, count)) if *year == check.year => *count = count.saturating_add(1),
            Some(_) | None => years.push((check.year, 1)),
        }
    }
    Ok(years)
}

fn row(
    home: &Link,
    claim: &Claim,
    check: &DueCheck,
    year: FinancialYear,
    is_own: bool,
) -> Result<Row, SumOverflow> {
    let id = check
        .claim
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let before = year.previous().and_then(|year| claim.checks.get(&year));
    let last_year = before.map(|found| {
        let found = &found.check;
        match found.verified {
            Some(verified) => format!("{}: {}", found.outcome.plain(), pounds(verified)),
            None => found.outcome.plain().to_owned(),
        }
    });
    Ok(Row {
        title: claim.details.title.to_string(),
        link: home.clone().to("claims").to(&id),
        gross: Line::of(claim, year, &NI179_V1)?.amounts.gross,
        last_year,
        measure: claim
            .details
            .quality_measure
            .as_ref()
            .map(ToString::to_string),
        standing: check.standing,
        is_own,
        fields: CheckFields::of(Some(&id)),
        claim: id,
    })
}

impl Form for Worklist {
    fn kind(&self) -> FactKind {
        FactKind::SustainmentChecked
    }

    fn cover(&self) -> Cover {
        Cover {
            title: format!("Checks of {}", self.year),
            caption: None,
            intro: Vec::new(),
            warning: None,
            submit: "Record these checks",
            back: self.home.clone(),
            wide: true,
            tab: Tab::Checks,
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let mut fields: Vec<Markup> = Vec::new();
        if let Some(value) = self.carry_forward.filter(|_| self.may_check) {
            let check = asked
                .money(
                    CARRY_FORWARD,
                    "Carry-forward: how much of it is still there?",
                )
                .hint(format!(
                    "It stands at {}. Leave it empty if you have not checked it.",
                    pounds(value)
                ));
            fields.push(check.markup());
        }
        fields.extend(
            self.rows
                .iter()
                .map(|row| RowPart::new(row, self.year, asked, self.may_check).markup()),
        );
        vec![Section::plain(fields)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut commands = Vec::new();
        if reader.typed().some(CARRY_FORWARD).is_some() {
            let mut command = Members::of("check-carry-forward");
            command.put("year", self.year);
            command.put_some(
                "verified",
                reader.money(CARRY_FORWARD, "how much is still there"),
            );
            commands.push(command.into());
        }
        for row in &self.rows {
            let fields = &row.fields;
            if reader.typed().some(&fields.outcome).is_none() {
                let others = [&fields.verified, &fields.quality, &fields.reading];
                if others.iter().any(|it| reader.typed().some(it).is_some()) {
                    let what = format!(
                        "Choose what you found for {}, or empty its other answers",
                        row.claim
                    );
                    reader.wrong(&fields.outcome, what);
                }
                continue;
            }
            let mut command = Members::of("check-sustainment");
            command.put("claim", &row.claim);
            command.put("year", self.year);
            fields.read(reader, &mut command);
            commands.push(command.into());
        }
        if commands.is_empty() && !self.rows.is_empty() {
            // Something to link to, so that whoever uses a keyboard gets there.
            let first = self.rows.first().map(|row| row.fields.outcome.clone());
            reader.wrong(
                &first.unwrap_or_default(),
                "Choose what you found for at least one gain",
            );
        }
        commands
    }

    fn field_of(&self, command: &Value, field: &str) -> Option<String> {
        match command.get("claim").and_then(Value::as_str) {
            Some(claim) => CheckFields::of(Some(claim)).field_of(field),
            None => Some(CARRY_FORWARD.to_owned()),
        }
    }

    fn done(&self, commands: &[Value]) -> Link {
        self.page.clone().with("checked", commands.len())
    }
}

/// What stands above the list.
#[derive(Template)]
#[template(path = "parts/worklist_lead.html")]
struct Lead {
    year: FinancialYear,
    left: usize,
    at_risk: String,
    shown: usize,
    checked: Option<usize>,
    others: Vec<OtherYear>,
    may_check: bool,
}

impl askama::filters::HtmlSafe for Lead {}

/// Another year with checks due.
struct OtherYear {
    year: FinancialYear,
    count: usize,
    link: Link,
}

/// One gain of the list.
#[derive(Template)]
#[template(path = "parts/worklist_row.html")]
struct RowPart<'r> {
    row: &'r Row,
    year: FinancialYear,
    gross: String,
    tag: Tag,
    answers: Vec<Markup>,
}

impl askama::filters::HtmlSafe for RowPart<'_> {}

impl<'r> RowPart<'r> {
    fn new(row: &'r Row, year: FinancialYear, asked: &Asked<'_>, may_check: bool) -> Self {
        let fields = &row.fields;
        let tag = match row.standing {
            Standing::Due => Tag::new("Due").colour(TagColour::Yellow),
            Standing::Overdue => Tag::new("Overdue").colour(TagColour::Red),
            Standing::OwnCheck => Tag::new("Needs a second person").colour(TagColour::Orange),
        };
        let answers = || {
            vec![
                asked
                    .list_or::<Outcome>(&fields.outcome, "What you found", "Not checked yet")
                    .markup(),
                asked
                    .money(&fields.verified, "If in part, how much a year")
                    .markup(),
                asked
                    .list_or::<Quality>(&fields.quality, "The service is", "Not stated")
                    .markup(),
                asked
                    .line(&fields.reading, "What you measured (optional)")
                    .width(20)
                    .markup(),
            ]
        };
        Self {
            row,
            year,
            gross: pounds(row.gross),
            tag,
            answers: if may_check { answers() } else { Vec::new() },
        }
    }
}
