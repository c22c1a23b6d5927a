//! One page of many.

use std::fmt;

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters, with_attributes};

/// Links to the other pages of a list.
#[derive(Clone, Debug, Template)]
#[template(path = "components/pagination.html")]
pub struct Pagination {
    previous: Option<PaginationLink>,
    next: Option<PaginationLink>,
    items: Vec<PaginationItem>,
    landmark_label: String,
    classes: Classes,
    attributes: Attributes,
}

/// The link to the page before or after.
#[derive(Clone, Debug)]
pub struct PaginationLink {
    href: String,
    content: Option<Content>,
    label_text: Option<String>,
    attributes: Attributes,
}

/// One page of the list.
#[derive(Clone, Debug)]
pub struct PaginationPage {
    number: String,
    href: String,
    current: bool,
    visually_hidden_text: Option<String>,
    attributes: Attributes,
}

/// What stands between the two links.
#[derive(Clone, Debug)]
enum PaginationItem {
    Page(PaginationPage),
    Ellipsis,
}

component!(Pagination);
with_attributes!(PaginationLink, PaginationPage);

setters! { Pagination:
    /// The link to the page before, or its address.
    previous: PaginationLink,
    /// The link to the page after, or its address.
    next: PaginationLink,
    /// What a screen reader calls it: "Pagination" unless set.
    landmark_label: String,
}

setters! { PaginationLink:
    /// Its text: "Previous page" or "Next page" unless set.
    content: Content,
    /// What that page is about. Shown where there are no numbers.
    label_text: String,
}

setters! { PaginationPage:
    /// Whether it is this page.
    current: bool,
    /// What a screen reader calls it: "Page" and its number unless set.
    visually_hidden_text: String,
}

impl Default for Pagination {
    fn default() -> Self {
        Self::new()
    }
}

impl Pagination {
    /// Without links.
    #[must_use]
    pub fn new() -> Self {
        Self {
            previous: None,
            next: None,
            items: Vec::new(),
            landmark_label: "Pagination".to_owned(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds a numbered page.
    #[must_use]
    pub fn page(mut self, page: PaginationPage) -> Self {
        self.items.push(PaginationItem::Page(page));
        self
    }

    /// Adds dots for pages that are left out.
    #[must_use]
    pub fn ellipsis(mut self) -> Self {
        self.items.push(PaginationItem::Ellipsis);
        self
    }

    /// Whether the two links stand above each other, for lack of numbers between them.
    fn is_block(&self) -> bool {
        self.items.is_empty() && (self.next.is_some() || self.previous.is_some())
    }
}

impl PaginationLink {
    /// A link to that address.
    #[must_use]
    pub fn new(href: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            content: None,
            label_text: None,
            attributes: Attributes::default(),
        }
    }
}

impl From<&str> for PaginationLink {
    fn from(href: &str) -> Self {
        Self::new(href)
    }
}

impl From<String> for PaginationLink {
    fn from(href: String) -> Self {
        Self::new(href)
    }
}

impl PaginationPage {
    /// The page with that number, at that address.
    #[must_use]
    pub fn new(number: impl fmt::Display, href: impl Into<String>) -> Self {
        Self {
            number: number.to_string(),
            href: href.into(),
            current: false,
            visually_hidden_text: None,
            attributes: Attributes::default(),
        }
    }
}
