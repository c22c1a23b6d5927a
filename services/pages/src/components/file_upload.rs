//! A file from the person's own disk.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::form_group::{FormGroup, control};
use super::label::Label;
use super::setters::setters;

/// Asks for a file.
#[derive(Clone, Debug, Template)]
#[template(path = "components/file-upload.html")]
pub struct FileUpload {
    form_group: FormGroup,
    label: Label,
    name: String,
    accept: Option<String>,
    multiple: bool,
    disabled: bool,
    drop_zone: bool,
    classes: Classes,
    attributes: Attributes,
}

control!(FileUpload);

setters! { FileUpload:
    /// The kinds of files it offers, as the element's `accept` has them.
    accept: String,
    /// Whether it takes several.
    multiple: bool,
    /// Whether it can be used.
    disabled: bool,
    /// Whether files can be dropped on it; needs the component's script.
    drop_zone: bool,
}

impl FileUpload {
    /// One that asks for one file; its id is its name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<Label>) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            label: label.into(),
            name,
            accept: None,
            multiple: false,
            disabled: false,
            drop_zone: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
