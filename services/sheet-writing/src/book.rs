//! What is written: one table, and what has to be known about it.

use chrono::NaiveDate;
use netgain_events::money::Sum;

/// One table with its cover. A CSV file has only the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// What it is, for the cover and the file's properties.
    pub title: String,
    /// When it was made.
    pub made_on: NaiveDate,
    /// Whose figures, of which year, as known when: key and value, from top to bottom.
    pub cover: Vec<(&'static str, String)>,
    /// The table.
    pub table: Table,
}

/// Rows under headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The sheet's name: at most 31 characters, none of `[]:*?/\`.
    pub name: &'static str,
    /// The columns from left to right, each heading once.
    pub columns: Vec<Column>,
    /// The rows from top to bottom, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds; how wide it is and how it looks follow from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A reference or a word.
    Word,
    /// A few words.
    Title,
    /// Sentences, on as many lines as they need.
    Prose,
    /// An amount.
    Pounds,
    /// A count or a position.
    Count,
    /// A day.
    Day,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Text, whatever it looks like.
    Text(String),
    /// An amount of pounds and pence.
    Pounds(Sum),
    /// A whole number.
    Count(u64),
    /// A day.
    Day(NaiveDate),
}

impl Cell {
    /// Text.
    #[must_use]
    pub fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(text.to_string())
    }

    /// Text, where there is some.
    #[must_use]
    pub fn some(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Blank, |text| Self::text(&text))
    }
}
