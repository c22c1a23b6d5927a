//! Several controls that belong together.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::heading::Size;
use super::markup::Markup;
use super::setters::{component, setters, with_classes};

/// Controls under one legend.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/fieldset.html")]
pub struct Fieldset {
    pub(super) legend: Option<Legend>,
    pub(super) described_by: Option<String>,
    pub(super) role: Option<String>,
    content: Markup,
    pub(super) classes: Classes,
    pub(super) attributes: Attributes,
}

component!(Fieldset);

setters! { Fieldset:
    /// What is asked, over all of the controls.
    legend: Legend,
    /// Ids of elements that describe it, with spaces between them.
    described_by: String,
    /// Its ARIA role, where it is not the element's own.
    role: String,
    /// The controls.
    content: Markup,
}

impl Fieldset {
    /// An empty fieldset.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// What is asked by a [`Fieldset`]. Without content it is not shown.
#[derive(Clone, Debug)]
pub struct Legend {
    pub(super) content: Content,
    pub(super) page_heading: bool,
    pub(super) classes: Classes,
}

from_content!(Legend);
with_classes!(Legend);

impl Legend {
    /// A legend with that text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            page_heading: false,
            classes: Classes::default(),
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
        self.classes(format!("govuk-fieldset__legend--{}", size.suffix()))
    }
}
