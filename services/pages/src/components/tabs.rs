//! Parts of a page of which one is seen at a time.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters, with_attributes};

/// Tabs; without a script, parts under each other with links to them.
#[derive(Clone, Debug, Template)]
#[template(path = "components/tabs.html")]
pub struct Tabs {
    title: String,
    id: Option<String>,
    items: Vec<Tab>,
    classes: Classes,
    attributes: Attributes,
}

/// One of the [`Tabs`]. Attributes go to its link.
#[derive(Clone, Debug)]
pub struct Tab {
    id: String,
    label: String,
    content: Content,
    panel_attributes: Attributes,
    attributes: Attributes,
}

component!(Tabs);
with_attributes!(Tab);

setters! { Tabs:
    /// The heading where there is no script: "Contents" unless set.
    title: String,
    /// Its id.
    id: String,
}

impl Default for Tabs {
    fn default() -> Self {
        Self::new()
    }
}

impl Tabs {
    /// Without tabs.
    #[must_use]
    pub fn new() -> Self {
        Self {
            title: "Contents".to_owned(),
            id: None,
            items: Vec::new(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds a tab. The first is open.
    #[must_use]
    pub fn tab(mut self, tab: Tab) -> Self {
        self.items.push(tab);
        self
    }
}

impl Tab {
    /// A tab with that label over that content, whose id is the address's part after `#`.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        content: impl Into<Content>,
    ) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            content: content.into(),
            panel_attributes: Attributes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds an attribute to what the tab opens. The value is escaped.
    #[must_use]
    pub fn panel_attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.panel_attributes.add(name, value.into());
        self
    }
}
