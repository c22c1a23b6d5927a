//! The label of a control.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::heading::Size;
use super::setters::{component, setters};

/// Says what goes into a control. Without content it is not shown.
#[derive(Clone, Debug, Template)]
#[template(path = "components/label.html")]
pub struct Label {
    content: Content,
    for_id: Option<String>,
    page_heading: bool,
    classes: Classes,
    attributes: Attributes,
}

component!(Label);
from_content!(Label);

setters! { Label:
    /// The id of the control; the controls here set it themselves.
    for_id: String,
}

impl Label {
    /// A label with that text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            for_id: None,
            page_heading: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Makes it the page's `h1`, where the page asks one thing.
    #[must_use]
    pub fn page_heading(mut self) -> Self {
        self.page_heading = true;
        self
    }

    /// As large as a heading of that size.
    #[must_use]
    pub fn size(self, size: Size) -> Self {
        self.classes(format!("govuk-label--{}", size.suffix()))
    }
}
