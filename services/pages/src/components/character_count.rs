//! A textarea that says how much more fits in.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::form_group::{FormGroup, control};
use super::hint::Hint;
use super::label::Label;
use super::setters::setters;

/// A textarea with a limit. The limit is told, not enforced: the server checks what it gets.
#[derive(Clone, Debug, Template)]
#[template(path = "components/character-count.html")]
pub struct CharacterCount {
    form_group: FormGroup,
    label: Label,
    name: String,
    limit: CountLimit,
    value: String,
    rows: u32,
    threshold: Option<u8>,
    spellcheck: Option<bool>,
    message_classes: Option<String>,
    classes: Classes,
    attributes: Attributes,
}

/// How much a [`CharacterCount`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountLimit {
    /// As a script counts a text's length: UTF-16 code units.
    Length(u32),
    /// Characters as people see them.
    Characters(u32),
    /// Words between white space.
    Words(u32),
}

control!(CharacterCount);

setters! { CharacterCount:
    /// What is in it.
    value: String,
    /// Whether the browser checks its spelling, where the page has an opinion.
    spellcheck: bool,
    /// Further classes of the message under it.
    message_classes: String,
}

impl CharacterCount {
    /// An empty one; its id is its name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<Label>, limit: CountLimit) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            label: label.into(),
            name,
            limit,
            value: String::new(),
            rows: 5,
            threshold: None,
            spellcheck: None,
            message_classes: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// How many lines it shows: 5 unless set.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = rows;
        self
    }

    /// How much of the limit is used, in percent, before the count is shown: 0 unless set.
    #[must_use]
    pub fn threshold(mut self, percent: u8) -> Self {
        self.threshold = Some(percent);
        self
    }

    /// The id of the message under it, which describes it too.
    fn message_id(&self) -> String {
        format!("{}-info", self.form_group.id)
    }

    fn message(&self) -> Hint {
        let (most, of_what) = match self.limit {
            CountLimit::Length(most) | CountLimit::Characters(most) => (most, "characters"),
            CountLimit::Words(most) => (most, "words"),
        };
        let text = format!("You can enter up to {most} {of_what}");
        let hint = Hint::new(text).id(self.message_id());
        let hint = hint.classes("govuk-character-count__message");
        match &self.message_classes {
            Some(classes) => hint.classes(classes.as_str()),
            None => hint,
        }
    }
}

impl CountLimit {
    const fn most(self) -> u32 {
        match self {
            Self::Length(most) | Self::Characters(most) | Self::Words(most) => most,
        }
    }

    /// What the script counts, where it is not a text's length.
    const fn counted(self) -> Option<&'static str> {
        match self {
            Self::Length(_) => None,
            Self::Characters(_) => Some("characters"),
            Self::Words(_) => Some("words"),
        }
    }
}
