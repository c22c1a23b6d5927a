//! What is known about something, with links to change it.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::heading::HeadingLevel;
use super::setters::{component, setters, with_attributes, with_classes};

/// Keys and values.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/summary-list.html")]
pub struct SummaryList {
    rows: Vec<SummaryRow>,
    card: Option<SummaryCard>,
    classes: Classes,
    attributes: Attributes,
}

/// A key, its value, and what can be done about it. Classes go to the row.
#[derive(Clone, Debug)]
pub struct SummaryRow {
    key: SummaryCell,
    value: SummaryCell,
    actions: Vec<SummaryAction>,
    actions_classes: Classes,
    classes: Classes,
}

/// A key or a value.
#[derive(Clone, Debug)]
pub struct SummaryCell {
    content: Content,
    classes: Classes,
}

/// A link that changes something.
#[derive(Clone, Debug)]
pub struct SummaryAction {
    content: Content,
    href: String,
    visually_hidden_text: Option<String>,
    classes: Classes,
    attributes: Attributes,
}

/// What a list stands in where a page has several.
#[derive(Clone, Debug)]
pub struct SummaryCard {
    title: Content,
    heading_level: HeadingLevel,
    title_classes: Classes,
    actions: Vec<SummaryAction>,
    actions_classes: Classes,
    classes: Classes,
    attributes: Attributes,
}

component!(SummaryList);
with_classes!(SummaryRow, SummaryCell, SummaryAction, SummaryCard);
with_attributes!(SummaryAction, SummaryCard);
from_content!(SummaryCell, SummaryCard);

setters! { SummaryList:
    /// The card it stands in.
    card: SummaryCard,
}

setters! { SummaryAction:
    /// What is read out after its text, so that it can be told from the others.
    visually_hidden_text: String,
}

setters! { SummaryCard:
    /// The title's depth: 2 unless set.
    heading_level: HeadingLevel,
}

impl SummaryList {
    /// Without rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, row: SummaryRow) -> Self {
        self.rows.push(row);
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = SummaryRow>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Without lines between the rows.
    #[must_use]
    pub fn no_border(self) -> Self {
        self.classes("govuk-summary-list--no-border")
    }

    fn any_row_has_actions(&self) -> bool {
        self.rows.iter().any(|row| !row.actions.is_empty())
    }

    /// What tells an action of this card from those of others.
    fn card_title(&self) -> Option<&Content> {
        self.card.as_ref().map(|card| &card.title)
    }
}

impl SummaryRow {
    /// A key with its value.
    #[must_use]
    pub fn new(key: impl Into<SummaryCell>, value: impl Into<SummaryCell>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
            actions: Vec::new(),
            actions_classes: Classes::default(),
            classes: Classes::default(),
        }
    }

    /// Adds what can be done about it.
    #[must_use]
    pub fn action(mut self, action: SummaryAction) -> Self {
        self.actions.push(action);
        self
    }

    /// Adds classes to what holds the actions.
    #[must_use]
    pub fn actions_classes(mut self, classes: impl Into<String>) -> Self {
        self.actions_classes.add(classes.into());
        self
    }
}

impl SummaryCell {
    /// That content.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            classes: Classes::default(),
        }
    }
}

impl SummaryAction {
    /// A link with that text to that address.
    #[must_use]
    pub fn new(content: impl Into<Content>, href: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            href: href.into(),
            visually_hidden_text: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}

impl SummaryCard {
    /// A card with that title.
    #[must_use]
    pub fn new(title: impl Into<Content>) -> Self {
        Self {
            title: title.into(),
            heading_level: HeadingLevel::Two,
            title_classes: Classes::default(),
            actions: Vec::new(),
            actions_classes: Classes::default(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds what can be done about all of it.
    #[must_use]
    pub fn action(mut self, action: SummaryAction) -> Self {
        self.actions.push(action);
        self
    }

    /// Adds classes to the title.
    #[must_use]
    pub fn title_classes(mut self, classes: impl Into<String>) -> Self {
        self.title_classes.add(classes.into());
        self
    }

    /// Adds classes to what holds the actions.
    #[must_use]
    pub fn actions_classes(mut self, classes: impl Into<String>) -> Self {
        self.actions_classes.add(classes.into());
        self
    }
}
