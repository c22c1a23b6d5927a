//! What a gain states about itself, and who stands behind it.

use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::Money;
use netgain_events::vocabulary::{Grade, Source};

use super::Looking;
use crate::components::{Component, Content, Markup, SummaryCell, SummaryList, SummaryRow};
use crate::pages::history::people::Who;
use crate::plain_words::PlainWords;
use crate::when::day;

/// Everything it states, in the order in which it is asked.
pub(super) fn summary(looking: &Looking<'_>) -> SummaryList {
    let details = &looking.claim.details;
    let mut rows = Rows(Vec::new());
    rows.text("What kind of change", details.action.plain());
    rows.text("Saves money since", day(details.impact_from));
    rows.text("How much a year", profile(details.profile.stated()));
    rows.text(
        "Where the money comes from",
        details.effective_source().plain(),
    );
    if let Some(why) = &details.source_override {
        rows.text("Why it counts all the same", why.as_str());
    }
    if details.effective_source() == Source::Efficiency || !details.is_ongoing() {
        rows.text(
            "Will it last",
            if details.is_ongoing() { "Yes" } else { "No" },
        );
    }
    match &details.quality_measure {
        Some(measure) => rows.text("Is the service as good", measure.as_str()),
        None => rows.text("Is the service as good", "No measure stated"),
    }
    rows.optional("Function", details.function.map(PlainWords::plain));
    rows.optional("Service", details.service.as_ref());
    rows.optional("Who is responsible", details.owner.as_ref());
    rows.optional("Who brings it about", details.method.map(PlainWords::plain));
    rows.optional("How", details.technique.map(PlainWords::plain));
    rows.optional(
        "How far the change reaches",
        details.approach.map(PlainWords::plain),
    );
    rows.optional("Look at it again by", details.review_by.map(day));
    if let Some(scheme) = &details.scheme {
        let total = pounds(scheme.total);
        rows.text(
            "Shared scheme",
            format!("{}, which saves {total} a year in all", scheme.id),
        );
    }
    for (key, text) in details.labels.iter().flatten() {
        rows.text(capital(key.as_str()), text.as_str());
    }
    rows.people(looking);
    SummaryList::new().rows(rows.0)
}

struct Rows(Vec<SummaryRow>);

impl Rows {
    fn text(&mut self, key: impl Into<SummaryCell>, value: impl Into<String>) {
        let value = Content::Text(value.into());
        self.0.push(SummaryRow::new(
            key.into(),
            SummaryCell::new(value).classes("ng-lines"),
        ));
    }

    fn optional(&mut self, key: &'static str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.text(key, value.to_string());
        }
    }

    fn people(&mut self, looking: &Looking<'_>) {
        let claim = looking.claim;
        let who = |actor| looking.people.who(actor);
        self.html("Logged by", &who(&claim.registrant));
        match &claim.validation {
            Some(given) => {
                self.html("Validated by", &who(&given.actor));
                self.optional("How settled the figure is", given.grade.map(Grade::plain));
            }
            None => self.text("Validated by", "Nobody yet"),
        }
    }

    fn html(&mut self, key: &'static str, who: &Who) {
        let html: Markup = who.markup();
        self.0.push(SummaryRow::new(key, html));
    }
}

fn profile(stated: impl Iterator<Item = (FinancialYear, Money)>) -> String {
    let years: Vec<String> = stated
        .map(|(year, amount)| format!("{} from {year}", pounds(amount)))
        .collect();
    years.join("\n")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
