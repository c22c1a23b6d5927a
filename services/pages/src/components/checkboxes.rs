//! None, one or several of a few.

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

/// Boxes to tick.
#[derive(Clone, Debug, Template)]
#[template(path = "components/checkboxes.html")]
pub struct Checkboxes {
    form_group: FormGroup,
    fieldset: Option<Fieldset>,
    name: String,
    items: Vec<CheckboxItem>,
    classes: Classes,
    attributes: Attributes,
}

/// A box to tick. Attributes go to the box.
#[derive(Clone, Debug)]
pub struct Checkbox {
    value: String,
    label: Label,
    id: Option<String>,
    name: Option<String>,
    hint: Option<Hint>,
    checked: bool,
    disabled: bool,
    exclusive: bool,
    conditional: Option<Markup>,
    attributes: Attributes,
}

/// What stands in the list.
#[derive(Clone, Debug)]
enum CheckboxItem {
    Checkbox(Box<Checkbox>),
    Divider(String),
}

group!(Checkboxes, Fieldset::new());
with_attributes!(Checkbox);

setters! { Checkbox:
    /// Its id, where it does not follow from the name of them all.
    id: String,
    /// Its name, where it is not the name of them all.
    name: String,
    /// Help under its label.
    hint: Hint,
    /// Whether it is ticked.
    checked: bool,
    /// Whether it can be ticked.
    disabled: bool,
    /// Whether ticking it unticks all others.
    exclusive: bool,
    /// What is shown while it is ticked.
    conditional: Markup,
}

impl Checkboxes {
    /// Without boxes; the first box's id is the name unless set.
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

    /// What ids begin with, where it is not the name. The first box has it as its id.
    #[must_use]
    pub fn id_prefix(mut self, id: impl Into<String>) -> Self {
        self.form_group.id = id.into();
        self
    }

    /// Adds a box.
    #[must_use]
    pub fn item(mut self, item: Checkbox) -> Self {
        self.items.push(CheckboxItem::Checkbox(Box::new(item)));
        self
    }

    /// Adds a word between boxes, such as "or".
    #[must_use]
    pub fn divider(mut self, text: impl Into<String>) -> Self {
        self.items.push(CheckboxItem::Divider(text.into()));
        self
    }

    /// The smaller boxes, for filters.
    #[must_use]
    pub fn small(self) -> Self {
        self.classes("govuk-checkboxes--small")
    }

    /// The id of a box at that place from 1. The first has no number, so that a summary of errors can link to it.
    fn item_id(&self, item: &Checkbox, place: usize) -> String {
        let prefix = &self.form_group.id;
        match (&item.id, place) {
            (Some(id), _) => id.clone(),
            (None, 1) => prefix.clone(),
            (None, place) => format!("{prefix}-{place}"),
        }
    }

    fn item_name<'a>(&'a self, item: &'a Checkbox) -> &'a str {
        item.name.as_deref().unwrap_or(&self.name)
    }

    /// What describes one box: its hint, and without a fieldset what describes them all.
    fn item_described_by(&self, item: &Checkbox, item_id: &str) -> Option<String> {
        let all = match self.fieldset {
            Some(_) => None,
            None => self.form_group.ids(None),
        };
        let hint = item.hint.as_ref().map(|_| hint_id(item_id));
        let ids: Vec<_> = [all, hint].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

impl Checkbox {
    /// A box that sends that value.
    #[must_use]
    pub fn new(value: impl Into<String>, content: impl Into<Content>) -> Self {
        Self {
            value: value.into(),
            label: Label::new(content).classes("govuk-checkboxes__label"),
            id: None,
            name: None,
            hint: None,
            checked: false,
            disabled: false,
            exclusive: false,
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
        Some(hint.id(hint_id(item_id)).classes("govuk-checkboxes__hint"))
    }
}

fn hint_id(item_id: &str) -> String {
    format!("{item_id}-item-hint")
}
