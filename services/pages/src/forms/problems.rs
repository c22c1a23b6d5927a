//! What is wrong with a form: each problem beside its field, and all of them on top of the page.

use netgain_events::refusal::{Refusal, RefusalCode};

use crate::components::ErrorSummary;

/// What was refused, without the names of commands and their fields, which nobody who fills in a form has
/// seen.
fn plain(refusal: &Refusal) -> String {
    let is = |code| refusal.code == code;
    let sentence = if is(RefusalCode::ClaimExists) {
        "This reference is used already: choose another one, or amend the gain that has it"
    } else if is(RefusalCode::ProfileBeforeImpact) {
        "It cannot save money in a financial year before the one in which it started: correct the day or \
         the year"
    } else if is(RefusalCode::BadField) && refusal.field.as_deref() == Some("technique") {
        "How it is brought about does not fit who brings it about: choose another of the two"
    } else if is(RefusalCode::CommandIdReused) {
        "This form has been recorded already, with other answers: open it again to record something else"
    } else {
        return refusal.message.clone();
    };
    sentence.to_owned()
}

/// The problems of a form, in the order in which they are to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    found: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    /// The field's name, which is also its id on the page; nothing where it is about the whole.
    field: Option<String>,
    sentence: String,
}

impl Problems {
    /// Adds a problem of a field.
    pub fn of_field(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        self.found.push(Problem {
            field: Some(field.into()),
            sentence: sentence.into(),
        });
    }

    /// Adds a problem of the form as a whole.
    pub fn of_whole(&mut self, sentence: impl Into<String>) {
        self.found.push(Problem {
            field: None,
            sentence: sentence.into(),
        });
    }

    /// Adds what the ledger refused. `field_of` says which field of the form stands for one of the
    /// command.
    pub fn refused(&mut self, refusal: &Refusal, field_of: impl Fn(&str) -> Option<String>) {
        let field = refusal.field.as_deref().and_then(field_of);
        self.found.push(Problem {
            field,
            sentence: plain(refusal),
        });
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What each says.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|it| it.sentence.as_str())
    }

    /// The first problem of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        let mut found = self.found.iter();
        let found = found.find(|it| it.field.as_deref() == Some(field));
        found.map(|it| it.sentence.as_str())
    }

    /// All of them for the top of the page, each a link to its field; nothing where there is none.
    #[must_use]
    pub fn summary(&self) -> Option<ErrorSummary> {
        if self.found.is_empty() {
            return None;
        }
        let mut summary = ErrorSummary::new();
        for problem in &self.found {
            summary = match &problem.field {
                Some(field) => summary.link(&*problem.sentence, format!("#{field}")),
                None => summary.item(&*problem.sentence),
            };
        }
        Some(summary)
    }
}
