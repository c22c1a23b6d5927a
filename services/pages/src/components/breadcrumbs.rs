//! Where a page stands.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters, with_attributes};

/// The pages above this one, from the first.
#[derive(Clone, Debug, Template)]
#[template(path = "components/breadcrumbs.html")]
pub struct Breadcrumbs {
    crumbs: Vec<Crumb>,
    label_text: String,
    collapse_on_mobile: bool,
    classes: Classes,
    attributes: Attributes,
}

/// One page of [`Breadcrumbs`].
#[derive(Clone, Debug)]
pub struct Crumb {
    content: Content,
    href: Option<String>,
    attributes: Attributes,
}

component!(Breadcrumbs);
with_attributes!(Crumb);

setters! { Breadcrumbs:
    /// What a screen reader calls it: "Breadcrumb" unless set.
    label_text: String,
    /// Whether a narrow screen shows the first and the last only.
    collapse_on_mobile: bool,
}

impl Default for Breadcrumbs {
    fn default() -> Self {
        Self::new()
    }
}

impl Breadcrumbs {
    /// Without pages.
    #[must_use]
    pub fn new() -> Self {
        Self {
            crumbs: Vec::new(),
            label_text: "Breadcrumb".to_owned(),
            collapse_on_mobile: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds a page.
    #[must_use]
    pub fn crumb(mut self, crumb: Crumb) -> Self {
        self.crumbs.push(crumb);
        self
    }

    /// Adds a page above this one.
    #[must_use]
    pub fn link(self, content: impl Into<Content>, href: impl Into<String>) -> Self {
        self.crumb(Crumb::link(content, href))
    }

    /// Adds this page.
    #[must_use]
    pub fn current(self, content: impl Into<Content>) -> Self {
        self.crumb(Crumb::current(content))
    }
}

impl Crumb {
    /// A page above this one. Attributes go to its link.
    #[must_use]
    pub fn link(content: impl Into<Content>, href: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            href: Some(href.into()),
            attributes: Attributes::default(),
        }
    }

    /// This page, which is no link and has no attributes of its own.
    #[must_use]
    pub fn current(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            href: None,
            attributes: Attributes::default(),
        }
    }
}
