//! What every form is: questions on a page that become commands, all recorded together or not at all.

use std::collections::BTreeMap;

use netgain_events::fact::FactKind;
use netgain_events::identifier::ClaimId;
use serde_json::Value;

use crate::components::Markup;
use crate::frame::Tab;
use crate::link::Link;

use super::asked::Asked;
use super::note;
use super::problems::Problems;
use super::reader::Reader;
use super::typed::Typed;

/// A form.
pub trait Form: Send + Sync {
    /// The right that somebody needs for it.
    fn kind(&self) -> FactKind;

    /// What stands around its questions.
    fn cover(&self) -> Cover;

    /// What stands in it before anybody types.
    fn fresh(&self) -> Typed {
        Typed::default()
    }

    /// Its questions.
    fn sections(&self, asked: &Asked<'_>) -> Vec<Section>;

    /// The commands that what was typed becomes. They are good only if the reader found no problem.
    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value>;

    /// The field of the form that stands for a field of a command.
    fn field_of(&self, command: &Value, field: &str) -> Option<String>;

    /// Where somebody comes to once the commands are recorded.
    fn done(&self, _commands: &[Value]) -> Link {
        self.cover().back
    }

    /// Whether it changes what a gain counts, so that the page can show it before it is recorded.
    fn changes_figures(&self) -> bool {
        false
    }

    /// What was typed, with what the figures do not depend on filled in, so that they can be shown early.
    fn for_figures(&self, typed: &Typed) -> Typed {
        typed.clone()
    }
}

/// What stands around a form's questions.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The heading.
    pub title: String,
    /// Above the heading: what it is about.
    pub caption: Option<String>,
    /// What to know before answering, a paragraph each.
    pub intro: Vec<String>,
    /// What cannot be undone.
    pub warning: Option<String>,
    /// On the button.
    pub submit: &'static str,
    /// Where it was come from.
    pub back: Link,
    /// Whether its questions need the width of the page.
    pub wide: bool,
    /// Under which heading of the navigation it is.
    pub tab: Tab,
}

/// Some questions under one heading.
#[derive(Clone, Debug)]
pub struct Section {
    pub(crate) heading: Option<&'static str>,
    pub(crate) folding: Folding,
    pub(crate) fields: Vec<Markup>,
}

/// Whether questions are in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folding {
    /// Always.
    Open,
    /// Once somebody unfolds them, or where something is in them already.
    Folded { open: bool },
}

impl Section {
    /// Questions without a heading of their own.
    #[must_use]
    pub const fn plain(fields: Vec<Markup>) -> Self {
        Self {
            heading: None,
            folding: Folding::Open,
            fields,
        }
    }

    /// Questions under a heading.
    #[must_use]
    pub const fn headed(heading: &'static str, fields: Vec<Markup>) -> Self {
        Self {
            heading: Some(heading),
            folding: Folding::Open,
            fields,
        }
    }

    /// Questions that most people leave alone.
    #[must_use]
    pub const fn folded(summary: &'static str, open: bool, fields: Vec<Markup>) -> Self {
        Self {
            heading: Some(summary),
            folding: Folding::Folded { open },
            fields,
        }
    }
}

/// The commands of a form, or everything that is wrong with what was typed.
pub fn read(form: &dyn Form, typed: &Typed) -> Result<Vec<Value>, Problems> {
    let mut reader = Reader::new(typed);
    let mut commands = form.commands(&mut reader);
    note::put(&mut reader, &mut commands);
    let problems = reader.problems();
    if problems.is_empty() {
        Ok(commands)
    } else {
        Err(problems)
    }
}

/// The claim that commands are about.
#[must_use]
pub fn claim_of(commands: &[Value]) -> Option<ClaimId> {
    commands.first()?.get("claim")?.as_str()?.parse().ok()
}

/// A reference that is free, following those in use: of several that count up from one stem, the next; else
/// the next of `stem`.
#[must_use]
pub fn next_reference<'r>(used: impl Iterator<Item = &'r str>, stem: &'r str) -> String {
    let mut stems: BTreeMap<&str, Counted> = BTreeMap::new();
    for reference in used {
        let stem = reference.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = reference.get(stem.len()..).unwrap_or_default();
        if let Ok(number) = digits.parse::<u64>() {
            let counted = stems.entry(stem).or_default();
            counted.members = counted.members.saturating_add(1);
            if number >= counted.highest {
                counted.highest = number;
                counted.digits = digits.len();
            }
        }
    }
    let several = stems.iter().filter(|(_, counted)| counted.members > 1);
    let largest = several.max_by_key(|(_, counted)| counted.members);
    let stem = largest.map_or(stem, |(stem, _)| stem);
    let counted = stems.get(stem).copied().unwrap_or_default();
    let (next, width) = (counted.highest.saturating_add(1), counted.digits);
    format!("{stem}{next:0width$}")
}

/// References that count up from one stem.
#[derive(Clone, Copy, Default)]
struct Counted {
    members: usize,
    highest: u64,
    digits: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_reference_follows_those_that_count_up() {
        let next = |used: &[&str]| next_reference(used.iter().copied(), "GAIN-");
        assert_eq!(next(&[]), "GAIN-1");
        assert_eq!(next(&["PAY"]), "GAIN-1");
        assert_eq!(next(&["GAIN-1"]), "GAIN-2");
        assert_eq!(next(&["ASC1", "PAY1", "FAC1"]), "GAIN-1");
        assert_eq!(next(&["CHSC1", "CHSC15", "CHSC9", "ES1", "ES2"]), "CHSC16");
        assert_eq!(next(&["PROC-007", "PROC-009", "A"]), "PROC-010");
        assert_eq!(next(&["99999999999999999999999"]), "GAIN-1");
    }
}
