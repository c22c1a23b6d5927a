//! What happened, or what everybody should know.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::heading::HeadingLevel;
use super::setters::{component, setters};

/// A box over the page that is not about the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "components/notification-banner.html")]
pub struct NotificationBanner {
    content: Content,
    success: bool,
    title: Option<Content>,
    title_id: String,
    title_heading_level: HeadingLevel,
    role: Option<String>,
    disable_auto_focus: Option<bool>,
    classes: Classes,
    attributes: Attributes,
}

component!(NotificationBanner);
from_content!(NotificationBanner);

setters! { NotificationBanner:
    /// Its title: "Important", or "Success" of what worked, unless set.
    title: Content,
    /// The title's id, where a page has two of them.
    title_id: String,
    /// The title's depth: 2 unless set.
    title_heading_level: HeadingLevel,
    /// Its ARIA role: "region", or "alert" of what worked, unless set.
    role: String,
    /// Whether it leaves the focus where it is, though it is an alert.
    disable_auto_focus: bool,
}

impl NotificationBanner {
    /// Something important. Text becomes a heading; HTML stays as it is.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            success: false,
            title: None,
            title_id: "govuk-notification-banner-title".to_owned(),
            title_heading_level: HeadingLevel::Two,
            role: None,
            disable_auto_focus: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Something that worked: green, and read out at once.
    #[must_use]
    pub fn success(mut self) -> Self {
        self.success = true;
        self
    }

    fn shown_role(&self) -> &str {
        match (self.role.as_deref(), self.success) {
            (Some(role), _) => role,
            (None, true) => "alert",
            (None, false) => "region",
        }
    }
}
