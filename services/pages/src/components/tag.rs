//! The state of something in a word.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::component;

/// A word on a coloured ground. The word has to say it without the colour.
#[derive(Clone, Debug, Template)]
#[template(path = "components/tag.html")]
pub struct Tag {
    content: Content,
    classes: Classes,
    attributes: Attributes,
}

/// The ground of a [`Tag`]: blue unless set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagColour {
    /// For what is not in use.
    Grey,
    /// For what is done.
    Green,
    /// For what is under way.
    Teal,
    /// For what is received or sent.
    Purple,
    /// For what was sent.
    Magenta,
    /// For what was refused or is urgent.
    Red,
    /// For what was declined.
    Orange,
    /// For what has to wait.
    Yellow,
}

component!(Tag);
from_content!(Tag);

impl Tag {
    /// That word.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Another ground than blue.
    #[must_use]
    pub fn colour(self, colour: TagColour) -> Self {
        self.classes(format!("govuk-tag--{}", colour.as_str()))
    }

    /// A class before those it has.
    pub(super) fn first_class(mut self, class: &str) -> Self {
        self.classes.add_first(class.to_owned());
        self
    }
}

impl TagColour {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Purple => "purple",
            Self::Magenta => "magenta",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
        }
    }
}
