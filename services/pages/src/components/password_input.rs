//! A password that can be shown.

use askama::Template;

use super::attributes::Attributes;
use super::button::{Button, ButtonKind};
use super::classes::Classes;
use super::form_group::{FormGroup, control};
use super::label::Label;
use super::setters::setters;

/// Asks for a password, with a button that shows it while it is typed.
#[derive(Clone, Debug, Template)]
#[template(path = "components/password-input.html")]
pub struct PasswordInput {
    form_group: FormGroup,
    label: Label,
    name: String,
    value: Option<String>,
    autocomplete: String,
    disabled: bool,
    classes: Classes,
    attributes: Attributes,
}

control!(PasswordInput);

setters! { PasswordInput:
    /// What is in it. A password that somebody gave is not sent back to them.
    value: String,
    /// What a browser may fill in: "current-password" unless set; "new-password" for one that is made up.
    autocomplete: String,
    /// Whether it can be used.
    disabled: bool,
}

impl PasswordInput {
    /// An empty one; its id is its name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<Label>) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            label: label.into(),
            name,
            value: None,
            autocomplete: "current-password".to_owned(),
            disabled: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Hidden until the script that makes it work has run.
    fn toggle(&self) -> Button {
        Button::new("Show")
            .kind(ButtonKind::Button)
            .secondary()
            .classes("govuk-password-input__toggle govuk-js-password-input-toggle")
            .attribute("aria-controls", self.form_group.id.as_str())
            .attribute("aria-label", "Show password")
            .attribute("hidden", "")
    }
}
