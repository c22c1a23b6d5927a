//! What was done, or has to be thought about.

use askama::Template;

use super::attributes::Attributes;
use super::button::Button;
use super::classes::Classes;
use super::content::Content;
use super::heading::HeadingLevel;
use super::setters::{component, setters, with_attributes, with_classes};

/// A page's large coloured box: it confirms, or it interrupts and asks.
#[derive(Clone, Debug, Template)]
#[template(path = "components/panel.html")]
pub struct Panel {
    title: Content,
    content: Option<Content>,
    heading_level: HeadingLevel,
    interruption: bool,
    actions: Vec<PanelAction>,
    actions_classes: Classes,
    actions_attributes: Attributes,
    classes: Classes,
    attributes: Attributes,
}

/// A link of a [`Panel`] that interrupts.
#[derive(Clone, Debug)]
pub struct PanelLink {
    text: String,
    href: String,
    classes: Classes,
    attributes: Attributes,
}

/// What can be done about an interruption.
#[derive(Clone, Debug)]
enum PanelAction {
    Button(Box<Button>),
    Link(PanelLink),
}

component!(Panel);
with_classes!(PanelLink);
with_attributes!(PanelLink);

setters! { Panel:
    /// What stands under the title.
    content: Content,
    /// The title's depth: 1 unless set.
    heading_level: HeadingLevel,
}

impl Panel {
    /// Confirms that something was done.
    #[must_use]
    pub fn new(title: impl Into<Content>) -> Self {
        Self {
            title: title.into(),
            content: None,
            heading_level: HeadingLevel::One,
            interruption: false,
            actions: Vec::new(),
            actions_classes: Classes::default(),
            actions_attributes: Attributes::default(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Interrupts, and asks what to do.
    #[must_use]
    pub fn interruption(title: impl Into<Content>) -> Self {
        let mut panel = Self::new(title);
        panel.interruption = true;
        panel
    }

    /// Adds a button, of the kind that is seen on a dark ground. Only an interruption shows it.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        let button = Box::new(button.inverse());
        self.actions.push(PanelAction::Button(button));
        self
    }

    /// Adds a link. Only an interruption shows it.
    #[must_use]
    pub fn link(mut self, link: PanelLink) -> Self {
        self.actions.push(PanelAction::Link(link));
        self
    }

    /// Adds classes to what holds buttons and links.
    #[must_use]
    pub fn actions_classes(mut self, classes: impl Into<String>) -> Self {
        self.actions_classes.add(classes.into());
        self
    }

    /// Adds an attribute to what holds buttons and links. The value is escaped.
    #[must_use]
    pub fn actions_attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.actions_attributes.add(name, value.into());
        self
    }
}

impl PanelLink {
    /// A link with that text to that address.
    #[must_use]
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
