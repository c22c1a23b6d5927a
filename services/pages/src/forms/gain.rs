//! What a gain states about itself: the questions that logging and amending one have in common.

use std::collections::BTreeMap;

use netgain_events::claim::{ClaimDetails, PROFILE_YEARS_MAX, Profile};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{LabelKey, SchemeId};
use netgain_events::money::Money;
use netgain_events::text::{Line, Prose};
use netgain_events::vocabulary::{Action, Approach, Function, Method, Source, Technique};
use serde_json::Value;

use super::asked::Asked;
use super::command::Members;
use super::form::Section;
use super::reader::{Reader, first_part};
use super::typed::Typed;
use crate::components::{Component, Fieldset, Legend, Markup, Size};

/// How many rows are left empty for values of further years.
const FURTHER_ROWS: usize = 2;

const LATER: [&str; 10] = [
    "function",
    "service",
    "owner",
    "method",
    "technique",
    "approach",
    "review_by",
    "labels",
    "scheme-id",
    "source_override",
];

fn value_field(row: usize) -> String {
    format!("profile-{row}-value")
}

fn year_field(row: usize) -> String {
    format!("profile-{row}-year")
}

/// What changed: `before` stands in front of these questions.
pub(super) fn what_changed(asked: &Asked<'_>, before: Option<Markup>) -> Section {
    let title = asked
        .line("title", "What changed, in a few words?")
        .hint("For example: payroll shared with the county");
    let action = asked.words::<Action>("action", "What kind of change is it?");
    let fields = before.into_iter().chain([title.markup(), action.markup()]);
    Section::headed("What changed", fields.collect())
}

/// How much it is, and from when.
pub(super) fn how_much(asked: &Asked<'_>, years: &[FinancialYear]) -> Vec<Section> {
    let from = asked
        .date("impact_from", "When did it start to save money?")
        .hint("For example, 1 7 2010");
    let value = asked
        .money(&value_field(0), "How much does it save a year?")
        .hint("Before any costs. It holds for all later years unless you say otherwise.");
    let first = asked.year(
        &year_field(0),
        "From which financial year?",
        years,
        Some("The year in which it started"),
    );
    let rows: Vec<usize> = (1..PROFILE_YEARS_MAX)
        .filter(|row| asked.is_used(&[&value_field(*row), &year_field(*row)]))
        .collect();
    let last = rows.last().copied().unwrap_or(0);
    let rows_shown = last.saturating_add(FURTHER_ROWS).min(PROFILE_YEARS_MAX - 1);
    let further = (1..=rows_shown).map(|row| further_year(asked, years, row));
    vec![
        Section::headed(
            "How much, and from when",
            vec![from.markup(), value.markup(), first.markup()],
        ),
        Section::folded(
            "It is another amount in later years",
            !rows.is_empty(),
            further.collect(),
        ),
    ]
}

fn further_year(asked: &Asked<'_>, years: &[FinancialYear], row: usize) -> Markup {
    let year = asked.year(&year_field(row), "From financial year", years, Some("None"));
    let value = asked.money(&value_field(row), "It saves a year");
    let fields: Markup = [year.markup(), value.markup()].into_iter().collect();
    Fieldset::new()
        .legend(Legend::new(format!("Change {row}")).size(Size::Small))
        .classes("ng-pair")
        .content(fields)
        .markup()
}

/// Whether it counts.
pub(super) fn does_it_count(asked: &Asked<'_>) -> Section {
    let source = asked
        .words::<Source>("source", "Where does the money come from?")
        .small();
    let ongoing = asked.radios(
        "ongoing",
        "Will the saving last?",
        [
            asked.radio("ongoing", "yes", "Yes, year after year"),
            asked
                .radio("ongoing", "no", "No, only once")
                .hint("Then it does not count"),
        ],
    );
    let quality = asked
        .text(
            "quality_measure",
            "How will you know that the service is at least as good? (optional)",
        )
        .hint("For example: days to pay an invoice, complaints, user survey");
    Section::headed(
        "Does it count?",
        vec![source.markup(), ongoing.markup(), quality.markup()],
    )
}

/// What most people leave alone.
pub(super) fn further_details(asked: &Asked<'_>) -> Section {
    let fields = vec![
        asked.list::<Function>("function", "Function").markup(),
        asked.line("service", "Service").markup(),
        asked.line("owner", "Who is responsible for it").markup(),
        asked
            .list::<Method>("method", "Who brings it about")
            .markup(),
        asked
            .list::<Technique>("technique", "How")
            .hint("It has to fit who brings it about")
            .markup(),
        asked
            .list::<Approach>("approach", "How far does the change reach")
            .markup(),
        asked.date("review_by", "Look at it again by").markup(),
        asked
            .text("labels", "Labels")
            .hint("One a line, like directorate: Resources")
            .markup(),
        asked
            .code(
                "scheme-id",
                "Reference of a scheme shared with other organisations",
            )
            .markup(),
        asked
            .money("scheme-total", "What the whole scheme saves a year")
            .markup(),
        asked
            .text(
                "source_override",
                "Why it counts although the money does not come from efficiency",
            )
            .hint("Only where you are sure. It is shown wherever the gain is shown.")
            .markup(),
    ];
    let open = asked.is_used(&LATER) || asked.is_used(&["scheme-total"]);
    Section::folded("Further details", open, fields)
}

/// What was typed, as the members of a command, under the names of `register-claim`.
pub(super) fn members(reader: &mut Reader<'_>) -> Members {
    let mut members = Members::default();
    let title: Option<Line> = reader.required("title", "what changed");
    members.put_some("title", title);
    let action: Option<Action> = reader.chosen("action", "what kind of change it is");
    members.put_some("action", action);
    let from = reader.date("impact_from", "when it started to save money");
    members.put_some("impact_from", from);
    members.put_some(
        "profile",
        profile(reader, from.and_then(FinancialYear::containing)),
    );
    let source: Option<Source> = reader.chosen("source", "where the money comes from");
    members.put_some("source", source);
    let ongoing: Option<YesNo> = reader.chosen("ongoing", "whether the saving will last");
    members.put_some("ongoing", ongoing.map(|it| it.0));
    let quality: Option<Prose> = reader.optional("quality_measure", "how you will know");
    members.put_some("quality_measure", quality);
    let function: Option<Function> = reader.optional("function", "the function");
    members.put_some("function", function);
    let service: Option<Line> = reader.optional("service", "the service");
    members.put_some("service", service);
    let owner: Option<Line> = reader.optional("owner", "who is responsible");
    members.put_some("owner", owner);
    let method: Option<Method> = reader.optional("method", "who brings it about");
    members.put_some("method", method);
    let technique: Option<Technique> = reader.optional("technique", "how it is brought about");
    members.put_some("technique", technique);
    let approach: Option<Approach> = reader.optional("approach", "how far the change reaches");
    members.put_some("approach", approach);
    members.put_some(
        "review_by",
        reader.optional_date("review_by", "the day to look at it again"),
    );
    members.put_some("labels", labels(reader));
    members.put_some("scheme", scheme(reader).map(Value::from));
    let why: Option<Prose> = reader.optional("source_override", "why it counts");
    members.put_some("source_override", why);
    members
}

/// The profile. Its first year is the year of impact unless another is chosen.
fn profile(reader: &mut Reader<'_>, impact: Option<FinancialYear>) -> Option<Profile> {
    let mut years: BTreeMap<FinancialYear, Money> = BTreeMap::new();
    let value = reader.money(&value_field(0), "how much it saves a year");
    let stated = reader.optional_year(&year_field(0), "the financial year");
    let chosen = reader.typed().some(&year_field(0)).is_some();
    let first = if chosen { stated } else { impact };
    if let (Some(year), Some(value)) = (first, value) {
        years.insert(year, value);
    }
    for row in 1..PROFILE_YEARS_MAX {
        let (value, year) = (value_field(row), year_field(row));
        let typed = reader.typed();
        if typed.some(&value).is_none() && typed.some(&year).is_none() {
            continue;
        }
        let from = reader.year(&year, "the year from which it is another amount");
        let amount = reader.money(&value, "how much it saves a year from then on");
        if let (Some(from), Some(amount)) = (from, amount)
            && years.insert(from, amount).is_some()
        {
            reader.wrong(
                &year,
                format!("{from} stands here twice: give each year once"),
            );
        }
    }
    // Why there is no year in it has been said beside its field.
    Profile::new(&years).ok()
}

fn labels(reader: &mut Reader<'_>) -> Option<BTreeMap<LabelKey, Line>> {
    let lines = reader.typed().some("labels")?.lines();
    let mut labels = BTreeMap::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let read = line
            .split_once(':')
            .and_then(|(key, value)| Some((key.trim().parse().ok()?, value.trim().parse().ok()?)));
        match read {
            Some((key, value)) => drop(labels.insert(key, value)),
            None => {
                let form = "write each label on a line of its own, like directorate: Resources; what \
                            stands before the colon has small letters, digits and - only";
                reader.wrong("labels", format!("Labels: {form}"));
                return None;
            }
        }
    }
    Some(labels)
}

fn scheme(reader: &mut Reader<'_>) -> Option<Members> {
    let typed = reader.typed();
    if typed.some("scheme-id").is_none() && typed.some("scheme-total").is_none() {
        return None;
    }
    let id: Option<SchemeId> = reader.required("scheme-id", "the scheme's reference");
    let total = reader.money("scheme-total", "what the whole scheme saves a year");
    let mut scheme = Members::default();
    scheme.put_some("id", id);
    scheme.put_some("total", total);
    Some(scheme)
}

/// What a gain states, as it would have been typed.
pub(super) fn typed(details: &ClaimDetails) -> Typed {
    let mut typed = Typed::default()
        .with("title", &details.title)
        .with("action", details.action)
        .with_date("impact_from", Some(details.impact_from))
        .with("source", details.effective_source())
        .with("ongoing", if details.is_ongoing() { "yes" } else { "no" })
        .with_some("quality_measure", details.quality_measure.as_ref())
        .with_some("function", details.function)
        .with_some("service", details.service.as_ref())
        .with_some("owner", details.owner.as_ref())
        .with_some("method", details.method)
        .with_some("technique", details.technique)
        .with_some("approach", details.approach)
        .with_date("review_by", details.review_by)
        .with_some("scheme-id", details.scheme.as_ref().map(|it| &it.id))
        .with_some("scheme-total", details.scheme.as_ref().map(|it| it.total))
        .with_some("source_override", details.source_override.as_ref());
    if let Some(labels) = &details.labels {
        let lines: Vec<String> = labels
            .iter()
            .map(|(key, text)| format!("{key}: {text}"))
            .collect();
        typed = typed.with("labels", lines.join("\n"));
    }
    for (row, (year, value)) in details.profile.stated().enumerate() {
        typed = typed
            .with(year_field(row), year)
            .with(value_field(row), value);
    }
    typed
}

/// The field of the form for a claim's own field.
pub(super) fn field_of(field: &str) -> Option<String> {
    match field {
        "impact_from" | "review_by" => Some(first_part(field)),
        "profile" => Some(value_field(0)),
        "scheme" => Some("scheme-id".to_owned()),
        "evidence" => Some(super::evidence::first_field()),
        "claim" | "title" | "action" | "source" | "ongoing" | "quality_measure" | "function"
        | "service" | "owner" | "method" | "technique" | "approach" | "labels"
        | "source_override" => Some(field.to_owned()),
        _ => None,
    }
}

/// Yes or no.
struct YesNo(bool);

impl std::str::FromStr for YesNo {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "yes" => Ok(Self(true)),
            "no" => Ok(Self(false)),
            _ => Err("choose yes or no"),
        }
    }
}
