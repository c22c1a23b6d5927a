//! Rows and columns.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::heading::Size;
use super::setters::{component, setters, with_attributes, with_classes};

/// Figures to compare.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/table.html")]
pub struct Table {
    caption: Option<String>,
    caption_classes: Classes,
    head: Vec<TableCell>,
    rows: Vec<Vec<TableCell>>,
    first_cell_is_header: bool,
    classes: Classes,
    attributes: Attributes,
}

/// A cell of a row or of the head.
#[derive(Clone, Debug)]
pub struct TableCell {
    content: Content,
    numeric: bool,
    colspan: Option<u32>,
    rowspan: Option<u32>,
    classes: Classes,
    attributes: Attributes,
}

component!(Table);
with_classes!(TableCell);
with_attributes!(TableCell);
from_content!(TableCell);

setters! { Table:
    /// What the table is about.
    caption: String,
    /// Whether each row's first cell says what the row is about.
    first_cell_is_header: bool,
}

impl Table {
    /// Without rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A caption as large as a heading of that size.
    #[must_use]
    pub fn caption_size(self, size: Size) -> Self {
        self.caption_classes(format!("govuk-table__caption--{}", size.suffix()))
    }

    /// Adds classes to the caption.
    #[must_use]
    pub fn caption_classes(mut self, classes: impl Into<String>) -> Self {
        self.caption_classes.add(classes.into());
        self
    }

    /// What the columns are about.
    #[must_use]
    pub fn head(mut self, cells: impl IntoIterator<Item = impl Into<TableCell>>) -> Self {
        self.head = cells.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = impl Into<TableCell>>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }
}

impl TableCell {
    /// That content.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            numeric: false,
            colspan: None,
            rowspan: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// A figure: to the right, with digits of one width. A row's first cell that is a header stays to the left.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// Over that many columns.
    #[must_use]
    pub fn colspan(mut self, columns: u32) -> Self {
        self.colspan = Some(columns);
        self
    }

    /// Over that many rows.
    #[must_use]
    pub fn rowspan(mut self, rows: u32) -> Self {
        self.rowspan = Some(rows);
        self
    }
}
