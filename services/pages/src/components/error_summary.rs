//! Everything that is wrong on a page.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters, with_attributes};

/// Stands at the top of a page whose form was refused, and gets the focus.
#[derive(Clone, Debug, Template)]
#[template(path = "components/error-summary.html")]
pub struct ErrorSummary {
    title: Content,
    description: Option<Content>,
    items: Vec<SummarisedError>,
    disable_auto_focus: Option<bool>,
    classes: Classes,
    attributes: Attributes,
}

/// One error of an [`ErrorSummary`]. Attributes go to its link.
#[derive(Clone, Debug)]
pub struct SummarisedError {
    content: Content,
    href: Option<String>,
    attributes: Attributes,
}

component!(ErrorSummary);
with_attributes!(SummarisedError);
from_content!(SummarisedError);

setters! { ErrorSummary:
    /// Its heading: "There is a problem" unless set.
    title: Content,
    /// What is said before the list.
    description: Content,
    /// Whether it leaves the focus where it is.
    disable_auto_focus: bool,
}

setters! { SummarisedError:
    /// Where it can be put right: the control's id after `#`.
    href: String,
}

impl Default for ErrorSummary {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorSummary {
    /// Without errors.
    #[must_use]
    pub fn new() -> Self {
        Self {
            title: Content::from("There is a problem"),
            description: None,
            items: Vec::new(),
            disable_auto_focus: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds an error.
    #[must_use]
    pub fn item(mut self, item: impl Into<SummarisedError>) -> Self {
        self.items.push(item.into());
        self
    }

    /// Adds an error with a link to where it can be put right, such as `#title`.
    #[must_use]
    pub fn link(self, content: impl Into<Content>, href: impl Into<String>) -> Self {
        self.item(SummarisedError::new(content).href(href))
    }
}

impl SummarisedError {
    /// An error that no one control can put right.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            href: None,
            attributes: Attributes::default(),
        }
    }
}
