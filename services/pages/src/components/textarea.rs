//! Several lines of text.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::form_group::{FormGroup, control};
use super::label::Label;
use super::setters::setters;

/// Asks for several lines of text.
#[derive(Clone, Debug, Template)]
#[template(path = "components/textarea.html")]
pub struct Textarea {
    form_group: FormGroup,
    label: Label,
    name: String,
    value: String,
    rows: u32,
    autocomplete: Option<String>,
    spellcheck: Option<bool>,
    disabled: bool,
    classes: Classes,
    attributes: Attributes,
}

control!(Textarea);

setters! { Textarea:
    /// What is in it.
    value: String,
    /// What a browser may fill in.
    autocomplete: String,
    /// Whether the browser checks its spelling, where the page has an opinion.
    spellcheck: bool,
    /// Whether it can be used.
    disabled: bool,
}

impl Textarea {
    /// An empty one; its id is its name unless set.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<Label>) -> Self {
        let name = name.into();
        Self {
            form_group: FormGroup::new(&name),
            label: label.into(),
            name,
            value: String::new(),
            rows: 5,
            autocomplete: None,
            spellcheck: None,
            disabled: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// How many lines it shows: 5 unless set.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = rows;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_break_is_kept_by_a_browser() {
        for value in ["\nx", "\r\nx"] {
            let html = Textarea::new("note", "Note").value(value).to_string();
            assert!(html.contains(&format!(">\n{value}</textarea>")), "{html}");
        }
        let html = Textarea::new("note", "Note").value("x\n").to_string();
        assert!(html.contains(">x\n</textarea>"), "{html}");
    }
}
