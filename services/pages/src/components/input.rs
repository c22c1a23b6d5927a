//! A line of text.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::form_group::{FormGroup, control};
use super::label::Label;
use super::setters::{setters, with_attributes, with_classes};

/// Asks for a line of text or a number.
#[derive(Clone, Debug, Template)]
#[template(path = "components/input.html")]
pub struct Input {
    form_group: FormGroup,
    label: Label,
    name: String,
    kind: InputKind,
    pub(super) value: Option<String>,
    prefix: Option<Affix>,
    suffix: Option<Affix>,
    inputmode: Option<String>,
    pub(super) autocomplete: Option<String>,
    autocapitalize: Option<String>,
    pub(super) pattern: Option<String>,
    spellcheck: Option<bool>,
    disabled: bool,
    wrapper_classes: Classes,
    wrapper_attributes: Attributes,
    pub(super) classes: Classes,
    pub(super) attributes: Attributes,
}

/// What an input's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// Any text; numbers too, with `inputmode`.
    Text,
    /// An email address.
    Email,
    /// A telephone number.
    Telephone,
    /// An address on the web.
    Url,
    /// Words to look for.
    Search,
    /// A number with arrows; the design system advises against it.
    Number,
    /// A secret; [`PasswordInput`](super::PasswordInput) can show it.
    Password,
}

/// A unit before or after an input, such as "£". It is not read out: the label has to say it.
#[derive(Clone, Debug)]
pub struct Affix {
    content: Content,
    classes: Classes,
    attributes: Attributes,
}

control!(Input);
from_content!(Affix);
with_classes!(Affix);
with_attributes!(Affix);

setters! { Input:
    /// What its value is: text unless set.
    kind: InputKind,
    /// What is in it.
    value: String,
    /// What stands before it, such as "£".
    prefix: Affix,
    /// What stands after it, such as "per year".
    suffix: Affix,
    /// The keyboard, such as "numeric" or "decimal".
    inputmode: String,
    /// What a browser may fill in.
    autocomplete: String,
    /// What a keyboard writes in capitals.
    autocapitalize: String,
    /// A regular expression for its value.
    pattern: String,
    /// Whether the browser checks its spelling, where the page has an opinion.
    spellcheck: bool,
    /// Whether it can be used.
    disabled: bool,
}

impl Input {
    /// An empty one; its id is its name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<Label>) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            label: label.into(),
            name,
            kind: InputKind::Text,
            value: None,
            prefix: None,
            suffix: None,
            inputmode: None,
            autocomplete: None,
            autocapitalize: None,
            pattern: None,
            spellcheck: None,
            disabled: false,
            wrapper_classes: Classes::default(),
            wrapper_attributes: Attributes::default(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// As wide as that many characters: 2, 3, 4, 5, 10, 20 or 30 have a class.
    #[must_use]
    pub fn width(self, characters: u8) -> Self {
        self.classes(format!("govuk-input--width-{characters}"))
    }

    /// Adds classes to what holds a prefix or suffix and the input.
    #[must_use]
    pub fn wrapper_classes(mut self, classes: impl Into<String>) -> Self {
        self.wrapper_classes.add(classes.into());
        self
    }

    /// Adds an attribute to what holds a prefix or suffix and the input. The value is escaped.
    #[must_use]
    pub fn wrapper_attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.wrapper_attributes.add(name, value.into());
        self
    }
}

impl InputKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Telephone => "tel",
            Self::Url => "url",
            Self::Search => "search",
            Self::Number => "number",
            Self::Password => "password",
        }
    }
}

impl Affix {
    /// A unit.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
