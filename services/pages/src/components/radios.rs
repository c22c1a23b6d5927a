//! One of a few.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::fieldset::Fieldset;
use super::form_group::{FormGroup, group};
use super::hint::Hint;
use super::label::Label;
use super::markup::Markup;
use super::setters::{setters, with_attributes};

/// Buttons of which one can be chosen.
#[derive(Clone, Debug, Template)]
#[template(path = "components/radios.html")]
pub struct Radios {
    form_group: FormGroup,
    fieldset: Option<Fieldset>,
    name: String,
    items: Vec<RadioItem>,
    classes: Classes,
    attributes: Attributes,
}

/// A button to choose. Attributes go to the button.
#[derive(Clone, Debug)]
pub struct Radio {
    value: String,
    label: Label,
    id: Option<String>,
    hint: Option<Hint>,
    checked: bool,
    disabled: bool,
    conditional: Option<Markup>,
    attributes: Attributes,
}

/// What stands in the list.
#[derive(Clone, Debug)]
enum RadioItem {
    Radio(Box<Radio>),
    Divider(String),
}

group!(Radios, Fieldset::new());
with_attributes!(Radio);

setters! { Radio:
    /// Its id, where it does not follow from the name of them all.
    id: String,
    /// Help under its label.
    hint: Hint,
    /// Whether it is chosen.
    checked: bool,
    /// Whether it can be chosen.
    disabled: bool,
    /// What is shown while it is chosen.
    conditional: Markup,
}

impl Radios {
    /// Without buttons; the first button's id is the name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            fieldset: None,
            name,
            items: Vec::new(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// What ids begin with, where it is not the name. The first button has it as its id.
    #[must_use]
    pub fn id_prefix(mut self, id: impl Into<String>) -> Self {
        self.form_group.id = id.into();
        self
    }

    /// Adds a button.
    #[must_use]
    pub fn item(mut self, item: Radio) -> Self {
        self.items.push(RadioItem::Radio(Box::new(item)));
        self
    }

    /// Adds a word between buttons, such as "or".
    #[must_use]
    pub fn divider(mut self, text: impl Into<String>) -> Self {
        self.items.push(RadioItem::Divider(text.into()));
        self
    }

    /// Beside each other: for two short ones.
    #[must_use]
    pub fn inline(self) -> Self {
        self.classes("govuk-radios--inline")
    }

    /// The smaller buttons, for filters.
    #[must_use]
    pub fn small(self) -> Self {
        self.classes("govuk-radios--small")
    }

    /// The id of a button at that place from 1. The first has no number, so that a summary of errors can link to it.
    fn item_id(&self, item: &Radio, place: usize) -> String {
        let prefix = &self.form_group.id;
        match (&item.id, place) {
            (Some(id), _) => id.clone(),
            (None, 1) => prefix.clone(),
            (None, place) => format!("{prefix}-{place}"),
        }
    }
}

impl Radio {
    /// A button that sends that value.
    #[must_use]
    pub fn new(value: impl Into<String>, content: impl Into<Content>) -> Self {
        Self {
            value: value.into(),
            label: Label::new(content).classes("govuk-radios__label"),
            id: None,
            hint: None,
            checked: false,
            disabled: false,
            conditional: None,
            attributes: Attributes::default(),
        }
    }

    /// Adds classes to its label.
    #[must_use]
    pub fn label_classes(mut self, classes: impl Into<String>) -> Self {
        self.label = self.label.classes(classes);
        self
    }

    /// Adds an attribute to its label. The value is escaped.
    #[must_use]
    pub fn label_attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.label = self.label.attribute(name, value);
        self
    }

    fn label(&self, item_id: &str) -> Label {
        self.label.clone().for_id(item_id)
    }

    fn shown_hint(&self, item_id: &str) -> Option<Hint> {
        let hint = self.hint.clone()?;
        let hint = hint.id(format!("{item_id}-item-hint"));
        Some(hint.classes("govuk-radios__hint"))
    }
}
