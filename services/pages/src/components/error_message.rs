//! What is wrong with a control's value.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters};

/// Stands beside the control it is about; the [`ErrorSummary`](super::ErrorSummary) repeats it.
#[derive(Clone, Debug, Template)]
#[template(path = "components/error-message.html")]
pub struct ErrorMessage {
    content: Content,
    id: Option<String>,
    visually_hidden_text: String,
    classes: Classes,
    attributes: Attributes,
}

component!(ErrorMessage);
from_content!(ErrorMessage);

setters! { ErrorMessage:
    /// Its id; the controls here set it themselves.
    id: String,
    /// What is read out before it, without the colon: "Error" unless set, nothing if empty.
    visually_hidden_text: String,
}

impl ErrorMessage {
    /// An error message with that text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            id: None,
            visually_hidden_text: "Error".to_owned(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
