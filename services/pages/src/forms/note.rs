//! A note: what somebody wants to say beside what they record. Every command may carry one.

use netgain_events::text::Prose;
use serde_json::Value;

use super::asked::Asked;
use super::form::Section;
use super::reader::Reader;
use crate::components::Component;

const FIELD: &str = "note";

/// The question, folded: most people have nothing to add.
pub(crate) fn section(asked: &Asked<'_>) -> Section {
    let note = asked.text(FIELD, "Note (optional)").hint(
        "For whoever reads the history later. It stays there for good, beside what you record now.",
    );
    Section::folded("Add a note", asked.is_used(&[FIELD]), vec![note.markup()])
}

/// Adds what was typed to all that is recorded together.
pub(super) fn put(reader: &mut Reader<'_>, commands: &mut [Value]) {
    let Some(note) = reader.optional::<Prose>(FIELD, "the note") else {
        return;
    };
    for command in commands.iter_mut().filter_map(Value::as_object_mut) {
        command.insert(FIELD.to_owned(), note.as_str().into());
    }
}
