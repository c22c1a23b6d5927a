//! The form on top of a page of figures: for which year, and as known when.

use askama::Template;
use netgain_events::financial_year::FinancialYear;

use crate::known::Known;
use crate::link::Link;

/// Chooses a year and a knowledge; what else the page's address says stays.
#[derive(Clone, Debug, Template)]
#[template(path = "lookup.html")]
pub struct Lookup {
    address: Link,
    years: Vec<Choice>,
    known: Known,
    keep: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

impl askama::filters::HtmlSafe for Lookup {}

impl Lookup {
    /// For a page at that address.
    #[must_use]
    pub fn new(address: Link, known: Known) -> Self {
        Self {
            address,
            years: Vec::new(),
            known,
            keep: Vec::new(),
        }
    }

    /// With a choice of years.
    #[must_use]
    pub fn years(mut self, all: &[FinancialYear], chosen: FinancialYear) -> Self {
        // A year from an address may be one that nothing is stated for yet.
        let mut all: Vec<FinancialYear> = all.to_vec();
        if !all.contains(&chosen) {
            all.push(chosen);
        }
        let choices = all.into_iter().map(|year| Choice {
            value: year.path(),
            text: year.to_string(),
            chosen: year == chosen,
        });
        self.years = choices.collect();
        self
    }

    /// Keeps another parameter of the page's address.
    #[must_use]
    pub fn keep(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.keep.push((name.to_owned(), value.to_string()));
        }
        self
    }

    fn position(&self) -> &str {
        self.known.asked_position.as_deref().unwrap_or_default()
    }

    fn known_at(&self) -> &str {
        self.known.asked_known_at.as_deref().unwrap_or_default()
    }

    /// The same page as things stand now.
    fn now(&self) -> Link {
        let chosen = self.years.iter().find(|it| it.chosen);
        let link = self.address.clone();
        let link = link.with_some("year", chosen.map(|it| &it.value));
        self.keep
            .iter()
            .fold(link, |link, (name, value)| link.with(name, value))
    }
}
