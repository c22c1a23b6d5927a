//! The fields of a command, taken one after another into checked values.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::claim::{Change, LABELS_MAX, Labels, PROFILE_YEARS_MAX, Profile, Scheme};
use crate::event::{EVIDENCE_MAX, Evidence};
use crate::fact::FactKind;
use crate::financial_year::FinancialYear;
use crate::identifier::{CommandId, IdentifierError, LabelKey, OrgId};
use crate::json::{Json, Members};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalCode};
use crate::text::TextError;
use crate::vocabulary::VocabularyError;

/// How far below zero an amount may go.
#[derive(Clone, Copy)]
pub(super) enum Range {
    ZeroOrMore,
    AboveZero,
}

/// The members of a command that have not been taken yet.
pub(super) struct Fields<'a> {
    members: Members<'a>,
}

fn bad_field(field: &'static str, what: impl Display) -> Refusal {
    Refusal::of_field(
        RefusalCode::BadField,
        field,
        format!("The field \"{field}\" {what}."),
    )
}

impl<'a> Fields<'a> {
    pub(super) fn new(mut members: Members<'a>) -> Self {
        // Most commands name their fields in the table's order: turned round, the next one to be
        // taken stands last, where taking it moves nothing.
        members.reverse();
        Self { members }
    }

    /// Takes a member, if it is there and has not been taken.
    pub(super) fn take(&mut self, name: &str) -> Option<Json<'a>> {
        let at = self.members.iter().rposition(|(n, _)| n == name)?;
        Some(self.members.remove(at).1)
    }

    /// Refuses what no one took.
    pub(super) fn none_left(&self, kind: FactKind) -> Result<(), Refusal> {
        match self.members.last() {
            None => Ok(()),
            Some((name, _)) => Err(Refusal::of_field(
                RefusalCode::BadField,
                name.clone().into_owned(),
                format!(
                    "The command {} has no field {name:?}; check its spelling or leave it out.",
                    kind.command_type()
                ),
            )),
        }
    }

    fn required(&mut self, name: &'static str) -> Result<Json<'a>, Refusal> {
        match self.take(name) {
            None => Err(bad_field(name, "is missing; add it")),
            Some(Json::Null) => Err(bad_field(name, "is null, which is not a value; give one")),
            Some(value) => Ok(value),
        }
    }

    fn optional(&mut self, name: &'static str) -> Result<Option<Json<'a>>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Json::Null) => Err(bad_field(
                name,
                "is null, which is not a value; leave it out instead",
            )),
            Some(value) => Ok(Some(value)),
        }
    }

    /// Reads an optional field of an amendment, where `null` clears.
    pub(super) fn change<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'static str, Json<'a>) -> Result<T, Refusal>,
    ) -> Result<Change<T>, Refusal> {
        match self.take(name) {
            None => Ok(Change::Keep),
            Some(Json::Null) => Ok(Change::Clear),
            Some(value) => read(name, value).map(Change::Set),
        }
    }

    pub(super) fn required_by<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'static str, Json<'a>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let value = self.required(name)?;
        read(name, value)
    }

    pub(super) fn optional_by<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'static str, Json<'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        self.optional(name)?
            .map(|value| read(name, value))
            .transpose()
    }

    pub(super) fn identifier<T: FromStr<Err = IdentifierError>>(
        &mut self,
        name: &'static str,
    ) -> Result<T, Refusal> {
        self.required_by(name, identifier)
    }

    /// Whose history the command is about: the ledger's own for what belongs there, and no other.
    pub(super) fn organisation(&mut self, kind: FactKind) -> Result<OrgId, Refusal> {
        self.required_by("org", |name, value| {
            let org: OrgId = identifier(name, value)?;
            let expected = match (kind.is_of_system(), org.is_system()) {
                (true, true) | (false, false) => return Ok(org),
                (false, true) => OrgId::EXPECTED,
                (true, false) => {
                    "\"_SYSTEM\", the ledger's own history, for people, grants and tokens"
                }
            };
            Err(bad_identifier(name, IdentifierError { expected }))
        })
    }

    pub(super) fn optional_identifier<T: FromStr<Err = IdentifierError>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Refusal> {
        self.optional_by(name, identifier)
    }

    pub(super) fn text<T: FromStr<Err = TextError>>(
        &mut self,
        name: &'static str,
    ) -> Result<T, Refusal> {
        self.required_by(name, text)
    }

    pub(super) fn optional_text<T: FromStr<Err = TextError>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Refusal> {
        self.optional_by(name, text)
    }

    pub(super) fn word<T: FromStr<Err = VocabularyError>>(
        &mut self,
        name: &'static str,
    ) -> Result<T, Refusal> {
        self.required_by(name, word)
    }

    pub(super) fn optional_word<T: FromStr<Err = VocabularyError>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Refusal> {
        self.optional_by(name, word)
    }

    pub(super) fn money(&mut self, name: &'static str, range: Range) -> Result<Money, Refusal> {
        self.required_by(name, |name, value| money(name, value, range))
    }

    pub(super) fn year(&mut self, name: &'static str) -> Result<FinancialYear, Refusal> {
        self.required_by(name, year)
    }

    pub(super) fn command_id(&mut self) -> Result<Option<CommandId>, Refusal> {
        self.optional_by("command_id", |name, value| {
            as_text(name, value)?
                .parse()
                .map_err(|e: IdentifierError| bad_field(name, use_instead(e)))
        })
    }

    pub(super) fn evidence(&mut self) -> Result<Vec<Evidence>, Refusal> {
        self.optional_by("evidence", evidence)
            .map(Option::unwrap_or_default)
    }
}

fn use_instead(error: impl Display) -> String {
    format!("does not have its form: {error}")
}

fn as_text<'a>(name: &'static str, value: Json<'a>) -> Result<Cow<'a, str>, Refusal> {
    match value {
        Json::Text(text) => Ok(text),
        Json::Null
        | Json::Bool(_)
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::Array(_)
        | Json::Object(_) => Err(bad_field(name, "is not a text; write it in double quotes")),
    }
}

fn as_object<'a>(name: &'static str, value: Json<'a>, like: &str) -> Result<Members<'a>, Refusal> {
    match value {
        Json::Object(members) => Ok(members),
        Json::Null
        | Json::Bool(_)
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::Text(_)
        | Json::Array(_) => Err(bad_field(
            name,
            format_args!("is not an object; write it like {like}"),
        )),
    }
}

pub(super) fn identifier<T: FromStr<Err = IdentifierError>>(
    name: &'static str,
    value: Json<'_>,
) -> Result<T, Refusal> {
    as_text(name, value)?
        .parse()
        .map_err(|e| bad_identifier(name, e))
}

fn bad_identifier(name: &'static str, error: IdentifierError) -> Refusal {
    Refusal::of_field(
        RefusalCode::BadIdentifier,
        name,
        format!("The field \"{name}\" does not have its form: {error}."),
    )
}

pub(super) fn text<T: FromStr<Err = TextError>>(
    name: &'static str,
    value: Json<'_>,
) -> Result<T, Refusal> {
    as_text(name, value)?
        .parse()
        .map_err(|e: TextError| bad_field(name, format_args!("cannot be kept as it is: {e}")))
}

pub(super) fn word<T: FromStr<Err = VocabularyError>>(
    name: &'static str,
    value: Json<'_>,
) -> Result<T, Refusal> {
    as_text(name, value)?
        .parse()
        .map_err(|e: VocabularyError| bad_field(name, format_args!("has an unknown word; {e}")))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "every reader of a field has this signature"
)]
pub(super) fn boolean(name: &'static str, value: Json<'_>) -> Result<bool, Refusal> {
    match value {
        Json::Bool(value) => Ok(value),
        Json::Null
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::Text(_)
        | Json::Array(_)
        | Json::Object(_) => Err(bad_field(
            name,
            "is neither true nor false; write one of them, without quotes",
        )),
    }
}

/// A count from 1 to `max`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every reader of a field has this signature"
)]
pub(super) fn count(name: &'static str, value: Json<'_>, max: u8) -> Result<u8, Refusal> {
    let refuse = || {
        bad_field(
            name,
            format_args!("is not a whole number from 1 to {max}; give one, without quotes"),
        )
    };
    match value {
        Json::Whole(number) => u8::try_from(number)
            .ok()
            .filter(|n| (1..=max).contains(n))
            .ok_or_else(refuse),
        Json::Null
        | Json::Bool(_)
        | Json::OtherNumber
        | Json::Text(_)
        | Json::Array(_)
        | Json::Object(_) => Err(refuse()),
    }
}

fn bad_money(name: &'static str, what: impl Display) -> Refusal {
    Refusal::of_field(
        RefusalCode::BadMoney,
        name,
        format!("The amount in \"{name}\" is not accepted: {what}."),
    )
}

pub(super) fn money(name: &'static str, value: Json<'_>, range: Range) -> Result<Money, Refusal> {
    let amount: Money = match value {
        Json::Whole(_) | Json::OtherNumber => {
            return Err(bad_money(
                name,
                "a JSON number may have been rounded on its way; write it as a text, like \"1250.50\"",
            ));
        }
        other @ (Json::Null | Json::Bool(_) | Json::Text(_) | Json::Array(_) | Json::Object(_)) => {
            as_text(name, other)?
                .parse()
                .map_err(|e| bad_money(name, e))?
        }
    };
    match range {
        Range::ZeroOrMore if amount.is_negative() => {
            Err(bad_money(name, "it is below zero; give zero or more"))
        }
        Range::AboveZero if !amount.is_positive() => Err(bad_money(
            name,
            "it is not above zero; give at least \"0.01\"",
        )),
        Range::ZeroOrMore | Range::AboveZero => Ok(amount),
    }
}

fn bad_year(name: &'static str, what: impl Display) -> Refusal {
    Refusal::of_field(
        RefusalCode::BadYear,
        name,
        format!("The year in \"{name}\" is not accepted: {what}."),
    )
}

pub(super) fn year(name: &'static str, value: Json<'_>) -> Result<FinancialYear, Refusal> {
    as_text(name, value)?.parse().map_err(|e| bad_year(name, e))
}

/// The refusal of a year the field does not take.
pub(super) fn year_not_taken(name: &'static str, what: impl Display) -> Refusal {
    bad_year(name, what)
}

pub(super) fn date(name: &'static str, value: Json<'_>) -> Result<NaiveDate, Refusal> {
    let text = as_text(name, value)?;
    crate::date::read(&text)
        .ok_or_else(|| bad_field(name, "is not a real date; write it as \"2009-04-01\""))
}

pub(super) fn profile(name: &'static str, value: Json<'_>) -> Result<Profile, Refusal> {
    let members = as_object(name, value, "{\"2008/09\": \"1000.00\"}")?;
    if members.is_empty() || members.len() > PROFILE_YEARS_MAX {
        return Err(bad_field(
            name,
            format_args!("states {} years; state 1 to 60", members.len()),
        ));
    }
    let mut years = Vec::with_capacity(members.len());
    for (key, amount) in members {
        let year: FinancialYear = key
            .parse()
            .map_err(|e| bad_year(name, format_args!("{key:?}: {e}")))?;
        years.push((year, money(name, amount, Range::ZeroOrMore)?));
    }
    // A year is written in one way only, and no key stands twice.
    years.sort_unstable_by_key(|&(year, _)| year);
    Profile::of_sorted(&years).map_err(|e| bad_field(name, e))
}

pub(super) fn scheme(name: &'static str, value: Json<'_>) -> Result<Scheme, Refusal> {
    let like = "{\"id\": \"SHARED-ICT\", \"total\": \"250000.00\"}";
    let members = as_object(name, value, like)?;
    let (mut id, mut total) = (None, None);
    for (key, value) in members {
        match &*key {
            "id" => id = Some(identifier(name, value)?),
            "total" => total = Some(money(name, value, Range::ZeroOrMore)?),
            _ => {
                return Err(bad_field(
                    name,
                    format_args!("has the unknown key {key:?}; leave it out"),
                ));
            }
        }
    }
    match (id, total) {
        (Some(id), Some(total)) => Ok(Scheme { id, total }),
        _ => Err(bad_field(
            name,
            format_args!("lacks a key; write it like {like}"),
        )),
    }
}

pub(super) fn labels(name: &'static str, value: Json<'_>) -> Result<Labels, Refusal> {
    let members = as_object(name, value, "{\"directorate\": \"Resources\"}")?;
    if members.len() > LABELS_MAX {
        return Err(bad_field(
            name,
            format_args!("has {} labels; keep at most 16", members.len()),
        ));
    }
    let mut labels = Labels::new();
    for (key, value) in members {
        let key: LabelKey = key
            .parse()
            .map_err(|e| bad_field(name, format_args!("has the key {key:?}: {e}")))?;
        labels.insert(key, text(name, value)?);
    }
    Ok(labels)
}

fn evidence(name: &'static str, value: Json<'_>) -> Result<Vec<Evidence>, Refusal> {
    let items = match value {
        Json::Array(items) => items,
        Json::Null
        | Json::Bool(_)
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::Text(_)
        | Json::Object(_) => {
            return Err(bad_field(
                name,
                "is not an array; write a list of documents",
            ));
        }
    };
    if items.len() > EVIDENCE_MAX {
        return Err(bad_field(
            name,
            format_args!("names {} documents; keep at most 20", items.len()),
        ));
    }
    items.into_iter().map(|item| document(name, item)).collect()
}

fn document(name: &'static str, value: Json<'_>) -> Result<Evidence, Refusal> {
    let like = "{\"name\": \"Contract\", \"sha256\": \"64 hex digits\"}";
    let (mut document_name, mut sha256, mut uri) = (None, None, None);
    for (key, value) in as_object(name, value, like)? {
        match &*key {
            "name" => document_name = Some(text(name, value)?),
            "sha256" => {
                let digits = as_text(name, value)?;
                sha256 =
                    Some(digits.parse().map_err(|e| {
                        bad_field(name, format_args!("has a wrong \"sha256\": {e}"))
                    })?);
            }
            "uri" => uri = Some(text(name, value)?),
            _ => {
                return Err(bad_field(
                    name,
                    format_args!("has the unknown key {key:?}; leave it out"),
                ));
            }
        }
    }
    match (document_name, sha256) {
        (Some(name), Some(sha256)) => Ok(Evidence { name, sha256, uri }),
        _ => Err(bad_field(
            name,
            format_args!("lacks a key; write each document like {like}"),
        )),
    }
}

/// A text in the form of its type, refused as a bad field.
pub(super) fn parsed<T: FromStr>(name: &'static str, value: Json<'_>) -> Result<T, Refusal>
where
    T::Err: Display,
{
    as_text(name, value)?
        .parse()
        .map_err(|e: T::Err| bad_field(name, use_instead(e)))
}

/// The refusal of a field that may not stand with the others.
pub(super) fn not_allowed(name: &'static str, what: impl Display) -> Refusal {
    bad_field(name, what)
}
