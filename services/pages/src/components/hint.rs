//! Help under a label.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters};

/// Help that stays visible, and is read out with the control.
#[derive(Clone, Debug, Template)]
#[template(path = "components/hint.html")]
pub struct Hint {
    content: Content,
    id: Option<String>,
    classes: Classes,
    attributes: Attributes,
}

component!(Hint);
from_content!(Hint);

setters! { Hint:
    /// Its id; the controls here set it themselves.
    id: String,
}

impl Hint {
    /// A hint with that text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            id: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
