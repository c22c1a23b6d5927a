//! A day as people write it.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::fieldset::Fieldset;
use super::form_group::{FormGroup, group};
use super::input::Input;
use super::label::Label;
use super::setters::{setters, with_attributes, with_classes};

/// Day, month and year as three inputs, or other parts of a date.
#[derive(Clone, Debug, Template)]
#[template(path = "components/date-input.html")]
pub struct DateInput {
    form_group: FormGroup,
    fieldset: Option<Fieldset>,
    name_prefix: Option<String>,
    parts: Vec<DatePart>,
    classes: Classes,
    attributes: Attributes,
}

/// One input of a [`DateInput`]. Classes and attributes go to the input.
#[derive(Clone, Debug)]
pub struct DatePart {
    name: String,
    label: String,
    id: Option<String>,
    value: Option<String>,
    error: Option<bool>,
    autocomplete: Option<String>,
    inputmode: String,
    pattern: Option<String>,
    four_digits: bool,
    classes: Classes,
    attributes: Attributes,
}

// Some screen readers tell what describes the inputs only where the fieldset has this role.
group!(DateInput, Fieldset::new().role("group"));
with_classes!(DatePart);
with_attributes!(DatePart);

setters! { DateInput:
    /// What the parts' names begin with, before a hyphen.
    name_prefix: String,
}

setters! { DatePart:
    /// Its label, where it is not its name with a capital.
    label: String,
    /// Its id, where it does not follow from its name.
    id: String,
    /// What is in it.
    value: String,
    /// Whether the error message is about it. Unless a part says so, it is about all that do not deny it.
    error: bool,
    /// What a browser may fill in.
    autocomplete: String,
    /// The keyboard: "numeric" unless set.
    inputmode: String,
    /// A regular expression for its value.
    pattern: String,
}

impl DateInput {
    /// Day, month and year with nothing in them.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        let id: String = id.into();
        Self {
            form_group: FormGroup::new(&id),
            fieldset: None,
            name_prefix: None,
            parts: vec![DatePart::day(), DatePart::month(), DatePart::year()],
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Other parts than day, month and year.
    #[must_use]
    pub fn parts(mut self, parts: impl IntoIterator<Item = DatePart>) -> Self {
        self.parts = parts.into_iter().collect();
        self
    }

    /// What is in the parts, in their order.
    #[must_use]
    pub fn values<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        for (part, value) in self.parts.iter_mut().zip(values) {
            part.value = Some(value.into());
        }
        self
    }

    fn inputs(&self) -> impl Iterator<Item = Input> {
        let any_says_so = self.parts.iter().any(DatePart::says_it_is_wrong);
        let all = self.form_group.has_error() && !any_says_so;
        self.parts.iter().map(move |part| self.input(part, all))
    }

    fn input(&self, part: &DatePart, all_are_wrong: bool) -> Input {
        let name = match &self.name_prefix {
            Some(prefix) => format!("{prefix}-{}", part.name),
            None => part.name.clone(),
        };
        let id = part.id.clone();
        let id = id.unwrap_or_else(|| format!("{}-{}", self.form_group.id, part.name));
        let label = Label::new(part.label.as_str()).classes("govuk-date-input__label");
        let mut input = Input::new(name, label)
            .id(id)
            .inputmode(part.inputmode.as_str());
        input = input.classes("govuk-date-input__input");
        if part.is_wrong(all_are_wrong) && !part.classes.any_starts_with("govuk-input--error") {
            input = input.classes("govuk-input--error");
        }
        if !part.classes.any_starts_with("govuk-input--width-") {
            input = input.classes(if part.four_digits {
                "govuk-input--width-4"
            } else {
                "govuk-input--width-2"
            });
        }
        input.value.clone_from(&part.value);
        input.autocomplete.clone_from(&part.autocomplete);
        input.pattern.clone_from(&part.pattern);
        input.attributes.clone_from(&part.attributes);
        input.classes.extend(&part.classes);
        input
    }
}

impl DatePart {
    /// A part with that name, of two digits.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_uppercase());
        let label = first.into_iter().flatten().chain(letters).collect();
        Self {
            name,
            label,
            id: None,
            value: None,
            error: None,
            autocomplete: None,
            inputmode: "numeric".to_owned(),
            pattern: None,
            four_digits: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// The day of the month.
    #[must_use]
    pub fn day() -> Self {
        Self::new("day")
    }

    /// The month as a number.
    #[must_use]
    pub fn month() -> Self {
        Self::new("month")
    }

    /// The year, of four digits.
    #[must_use]
    pub fn year() -> Self {
        Self::new("year").four_digits()
    }

    /// Wide enough for four digits.
    #[must_use]
    pub fn four_digits(mut self) -> Self {
        self.four_digits = true;
        self
    }

    fn says_it_is_wrong(&self) -> bool {
        self.error == Some(true) || self.classes.any_starts_with("govuk-input--error")
    }

    fn is_wrong(&self, all_are_wrong: bool) -> bool {
        self.says_it_is_wrong() || (all_are_wrong && self.error != Some(false))
    }
}
