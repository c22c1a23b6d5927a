//! One of many.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::form_group::{FormGroup, control};
use super::label::Label;
use super::setters::{setters, with_attributes};

/// A list that opens. Radios are easier to use where there are few.
#[derive(Clone, Debug, Template)]
#[template(path = "components/select.html")]
pub struct Select {
    form_group: FormGroup,
    label: Label,
    name: String,
    items: Vec<SelectItem>,
    disabled: bool,
    classes: Classes,
    attributes: Attributes,
}

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct SelectItem {
    text: String,
    value: Option<String>,
    selected: bool,
    disabled: bool,
    attributes: Attributes,
}

control!(Select);
with_attributes!(SelectItem);

setters! { Select:
    /// Whether it can be used.
    disabled: bool,
}

setters! { SelectItem:
    /// Whether it is chosen.
    selected: bool,
    /// Whether it can be chosen.
    disabled: bool,
}

impl Select {
    /// Without items; its id is its name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<Label>) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            label: label.into(),
            name,
            items: Vec::new(),
            disabled: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds an item.
    #[must_use]
    pub fn item(mut self, item: SelectItem) -> Self {
        self.items.push(item);
        self
    }

    /// Adds items.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = SelectItem>) -> Self {
        self.items.extend(items);
        self
    }

    /// Chooses every item of that value, and no other.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        for item in &mut self.items {
            item.selected = item.value() == value;
        }
        self
    }
}

impl SelectItem {
    /// An item that sends that value.
    #[must_use]
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::text(text)
        }
    }

    /// An item that sends its own text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: None,
            selected: false,
            disabled: false,
            attributes: Attributes::default(),
        }
    }

    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.text)
    }
}
