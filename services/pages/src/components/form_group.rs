//! What stands around a form's control: its hint, its error message, and the ids that join them.

use super::classes::Classes;
use super::error_message::ErrorMessage;
use super::hint::Hint;

/// The part that all controls share. A screen reader is told of the hint and the error message by
/// `aria-describedby`, so their ids follow from the control's.
#[derive(Clone, Debug)]
pub(super) struct FormGroup {
    pub(super) id: String,
    pub(super) described_by: Option<String>,
    pub(super) hint: Option<Hint>,
    pub(super) error_message: Option<ErrorMessage>,
    pub(super) classes: Classes,
}

impl FormGroup {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            described_by: None,
            hint: None,
            error_message: None,
            classes: Classes::default(),
        }
    }

    pub(super) const fn has_error(&self) -> bool {
        self.error_message.is_some()
    }

    /// The hint with the id that belongs to the control's.
    pub(super) fn hint(&self) -> Option<Hint> {
        let hint = self.hint.clone()?;
        Some(hint.id(format!("{}-hint", self.id)))
    }

    /// The error message with the id that belongs to the control's.
    pub(super) fn error_message(&self) -> Option<ErrorMessage> {
        let error = self.error_message.clone()?;
        Some(error.id(format!("{}-error", self.id)))
    }

    /// The value of `aria-describedby`: what else describes the control, the hint, the error message.
    /// `also` comes after the first.
    pub(super) fn ids(&self, also: Option<String>) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error_message.as_ref();
        let error = error.map(|_| format!("{}-error", self.id));
        let ids = [self.described_by.clone(), also, hint, error];
        let ids: Vec<_> = ids.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The setters of what is around a control.
macro_rules! with_form_group {
    ($($type:ident),+ $(,)?) => {$(
        impl $type {
            /// Help that stays visible, between the label and the control.
            #[must_use]
            pub fn hint(mut self, hint: impl Into<$crate::components::Hint>) -> Self {
                self.form_group.hint = Some(hint.into());
                self
            }

            /// What is wrong with what was given, and what to do.
            #[must_use]
            pub fn error_message(
                mut self,
                error: impl Into<$crate::components::ErrorMessage>,
            ) -> Self {
                self.form_group.error_message = Some(error.into());
                self
            }

            /// The error message, where there is one.
            #[must_use]
            pub fn error_message_if(
                mut self,
                error: Option<impl Into<$crate::components::ErrorMessage>>,
            ) -> Self {
                self.form_group.error_message = error.map(Into::into);
                self
            }

            /// Ids of further elements that describe it, with spaces between them.
            #[must_use]
            pub fn described_by(mut self, ids: impl Into<String>) -> Self {
                self.form_group.described_by = Some(ids.into());
                self
            }

            /// Adds classes to the element around label, hint, error message and control.
            #[must_use]
            pub fn form_group_classes(mut self, classes: impl Into<String>) -> Self {
                self.form_group.classes.add(classes.into());
                self
            }
        }
    )+};
}

/// Besides those, the setters of a single control with a label.
macro_rules! control {
    ($type:ident) => {
        $crate::components::setters::component!($type);
        $crate::components::form_group::with_form_group!($type);

        impl $type {
            /// The control's id, where it is not its name.
            #[must_use]
            pub fn id(mut self, id: impl Into<String>) -> Self {
                self.form_group.id = id.into();
                self
            }

            /// The label with the id of what it labels.
            fn label(&self) -> $crate::components::Label {
                self.label.clone().for_id(self.form_group.id.as_str())
            }
        }
    };
}

/// Besides those, the setters of several controls under one legend.
macro_rules! group {
    ($type:ident, $fieldset:expr) => {
        $crate::components::setters::component!($type);
        $crate::components::form_group::with_form_group!($type);

        impl $type {
            /// What is asked, over all of the controls: puts them into a fieldset.
            #[must_use]
            pub fn legend(mut self, legend: impl Into<$crate::components::Legend>) -> Self {
                let fieldset = self.fieldset.unwrap_or_else(|| $fieldset);
                self.fieldset = Some(fieldset.legend(legend));
                self
            }

            /// Adds classes to the fieldset.
            #[must_use]
            pub fn fieldset_classes(mut self, classes: impl Into<String>) -> Self {
                let fieldset = self.fieldset.unwrap_or_else(|| $fieldset);
                self.fieldset = Some(fieldset.classes(classes));
                self
            }

            /// Adds an attribute to the fieldset. The value is escaped.
            #[must_use]
            pub fn fieldset_attribute(
                mut self,
                name: &'static str,
                value: impl Into<String>,
            ) -> Self {
                let fieldset = self.fieldset.unwrap_or_else(|| $fieldset);
                self.fieldset = Some(fieldset.attribute(name, value));
                self
            }
        }
    };
}

pub(super) use {control, group, with_form_group};
