//! The service, and where one can go in it.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::markup::Markup;
use super::setters::{component, setters, with_attributes};

/// The bar under the header: the service's name and its main pages.
#[derive(Clone, Debug, Template)]
#[template(path = "components/service-navigation.html")]
pub struct ServiceNavigation {
    service_name: Option<String>,
    service_href: Option<String>,
    items: Vec<NavigationItem>,
    end: Option<Markup>,
    end_inline: bool,
    aria_label: String,
    menu_button_text: String,
    menu_button_label: Option<String>,
    navigation_label: Option<String>,
    navigation_id: String,
    navigation_classes: Classes,
    collapse_on_mobile: Option<bool>,
    classes: Classes,
    attributes: Attributes,
}

/// A main page. Attributes go to its link.
#[derive(Clone, Debug)]
pub struct NavigationItem {
    content: Content,
    href: Option<String>,
    place: Option<NavigationPlace>,
    attributes: Attributes,
}

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NavigationPlace {
    /// At this page.
    Page,
    /// Somewhere under it.
    Section,
}

component!(ServiceNavigation);
with_attributes!(NavigationItem);

setters! { ServiceNavigation:
    /// The service's name.
    service_name: String,
    /// Where the service's name leads.
    service_href: String,
    /// What stands after the navigation.
    end: Markup,
    /// Whether that stands beside the navigation, where there is room, and not under it.
    end_inline: bool,
    /// What a screen reader calls all of it: "Service information" unless set.
    aria_label: String,
    /// What opens the list on a narrow screen: "Menu" unless set.
    menu_button_text: String,
    /// What a screen reader calls that button, where it is not its text.
    menu_button_label: String,
    /// What a screen reader calls the list, where it is not the button's text.
    navigation_label: String,
    /// The list's id: "navigation" unless set.
    navigation_id: String,
    /// Whether a narrow screen hides the list behind a button: where it has more than one item, unless set.
    collapse_on_mobile: bool,
}

impl Default for ServiceNavigation {
    fn default() -> Self {
        Self::new()
    }
}

impl ServiceNavigation {
    /// Without name or items.
    #[must_use]
    pub fn new() -> Self {
        Self {
            service_name: None,
            service_href: None,
            items: Vec::new(),
            end: None,
            end_inline: false,
            aria_label: "Service information".to_owned(),
            menu_button_text: "Menu".to_owned(),
            menu_button_label: None,
            navigation_label: None,
            navigation_id: "navigation".to_owned(),
            navigation_classes: Classes::default(),
            collapse_on_mobile: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds a page.
    #[must_use]
    pub fn item(mut self, item: NavigationItem) -> Self {
        self.items.push(item);
        self
    }

    /// Adds classes to the list's landmark.
    #[must_use]
    pub fn navigation_classes(mut self, classes: impl Into<String>) -> Self {
        self.navigation_classes.add(classes.into());
        self
    }

    fn collapses(&self) -> bool {
        self.collapse_on_mobile.unwrap_or(self.items.len() > 1)
    }

    /// What the button is called, where that differs from its text.
    fn button_label(&self) -> Option<&str> {
        let label = self.menu_button_label.as_deref();
        label.filter(|label| *label != self.menu_button_text)
    }

    /// Whether it holds more than a list, and so is a landmark of its own.
    const fn is_section(&self) -> bool {
        self.service_name.is_some() || self.end.is_some()
    }
}

impl NavigationItem {
    /// A page at that address.
    #[must_use]
    pub fn new(content: impl Into<Content>, href: impl Into<String>) -> Self {
        Self {
            href: Some(href.into()),
            ..Self::text(content)
        }
    }

    /// A page that is no link.
    #[must_use]
    pub fn text(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            href: None,
            place: None,
            attributes: Attributes::default(),
        }
    }

    /// The person is at this page.
    #[must_use]
    pub fn current(mut self) -> Self {
        self.place = Some(NavigationPlace::Page);
        self
    }

    /// The person is somewhere under this page.
    #[must_use]
    pub fn active(mut self) -> Self {
        self.place = Some(NavigationPlace::Section);
        self
    }
}

impl NavigationPlace {
    /// The value of `aria-current`.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Section => "true",
        }
    }
}
