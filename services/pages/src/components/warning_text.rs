//! What has consequences.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters};

/// Text with an exclamation mark.
#[derive(Clone, Debug, Template)]
#[template(path = "components/warning-text.html")]
pub struct WarningText {
    content: Content,
    icon_fallback_text: String,
    classes: Classes,
    attributes: Attributes,
}

component!(WarningText);
from_content!(WarningText);

setters! { WarningText:
    /// What is read out in place of the mark: "Warning" unless set.
    icon_fallback_text: String,
}

impl WarningText {
    /// That warning.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            icon_fallback_text: "Warning".to_owned(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
