//! The fields of a submitted form.

use chrono::{Datelike, NaiveDate};

/// What was typed, field by field, in the order sent. Nothing is lost of it, so that a form with
/// something wrong comes back as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    fields: Vec<(String, String)>,
}

impl Typed {
    /// The pairs of a form (`application/x-www-form-urlencoded`).
    #[must_use]
    pub const fn new(fields: Vec<(String, String)>) -> Self {
        Self { fields }
    }

    /// The same with a field set: what stood there is replaced.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts and the events' own values are given as they come"
    )]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        let name = name.into();
        self.fields.retain(|(it, _)| *it != name);
        self.fields.push((name, value.to_string()));
        self
    }

    /// The same with a field set where there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with the three parts of a date set where there is one.
    #[must_use]
    pub fn with_date(self, name: &str, date: Option<NaiveDate>) -> Self {
        let Some(date) = date else { return self };
        self.with(format!("{name}-day"), date.day())
            .with(format!("{name}-month"), date.month())
            .with(format!("{name}-year"), date.year())
    }

    /// The same with a field set where nothing was typed in it.
    #[must_use]
    pub fn or(self, name: &str, value: impl ToString) -> Self {
        if self.some(name).is_some() {
            self
        } else {
            self.with(name, value)
        }
    }

    /// A field as it was typed; empty where it was not sent.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        let mut found = self.fields.iter().filter(|(it, _)| it == name);
        found.next().map_or("", |(_, value)| value)
    }

    /// A field without the blanks around it, where anything was typed.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        let text = self.raw(name).trim();
        (!text.is_empty()).then_some(text)
    }

    /// All values of a field that may be sent more than once.
    pub fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t str> {
        let found = self.fields.iter().filter(move |(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every field, in the order sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
