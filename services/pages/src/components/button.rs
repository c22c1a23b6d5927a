//! Buttons, and links that look like them.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters};

/// Does something: sends its form, unless it has another kind or is a link.
#[derive(Clone, Debug, Template)]
#[template(path = "components/button.html")]
pub struct Button {
    content: Content,
    kind: ButtonKind,
    variant: Option<ButtonVariant>,
    href: Option<String>,
    id: Option<String>,
    name: Option<String>,
    value: Option<String>,
    disabled: bool,
    prevent_double_click: Option<bool>,
    start: bool,
    classes: Classes,
    attributes: Attributes,
}

/// What a button does in its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonKind {
    /// Sends the form.
    Submit,
    /// Nothing, but for a script.
    Button,
    /// Puts the form's values back.
    Reset,
}

/// How a button differs from the page's main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ButtonVariant {
    Secondary,
    Warning,
    Inverse,
}

component!(Button);

setters! { Button:
    /// What it does in its form: sends it unless set. A link has none.
    kind: ButtonKind,
    /// Makes it a link to that address.
    href: String,
    /// Its id.
    id: String,
    /// The name of the value it sends. A link has none.
    name: String,
    /// The value it sends. A link has none.
    value: String,
    /// Whether it can be pressed. A link always can.
    disabled: bool,
    /// Whether the browser ignores a second press within a second. A link has no such thing.
    prevent_double_click: bool,
}

impl Button {
    /// A button with that text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            kind: ButtonKind::Submit,
            variant: None,
            href: None,
            id: None,
            name: None,
            value: None,
            disabled: false,
            prevent_double_click: None,
            start: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// For what is not the page's main action.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        self.variant = Some(ButtonVariant::Secondary);
        self
    }

    /// For what cannot be taken back.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.variant = Some(ButtonVariant::Warning);
        self
    }

    /// For dark backgrounds.
    #[must_use]
    pub fn inverse(mut self) -> Self {
        self.variant = Some(ButtonVariant::Inverse);
        self
    }

    /// For the start of a service, with an arrow.
    #[must_use]
    pub fn start(mut self) -> Self {
        self.start = true;
        self
    }
}

impl ButtonKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Button => "button",
            Self::Reset => "reset",
        }
    }
}

impl ButtonVariant {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Secondary => "secondary",
            Self::Warning => "warning",
            Self::Inverse => "inverse",
        }
    }
}
