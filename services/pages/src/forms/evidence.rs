//! The documents that support what is recorded, each by its name and the SHA-256 of its bytes.

use netgain_events::event::EVIDENCE_MAX;
use netgain_events::sha256::Sha256Hex;
use netgain_events::text::{Line, Prose};
use serde_json::Value;

use super::asked::Asked;
use super::command::Members;
use super::form::Section;
use super::reader::Reader;
use crate::components::{Component, Fieldset, Legend, Markup};

fn field(row: usize, part: &str) -> String {
    format!("evidence-{row}-{part}")
}

const PARTS: [&str; 3] = ["name", "sha256", "uri"];

/// The questions: one document more than were named.
pub(super) fn section(asked: &Asked<'_>) -> Section {
    let used = |row: usize| PARTS.iter().any(|part| asked.is_used(&[&field(row, part)]));
    let named = (0..EVIDENCE_MAX).filter(|row| used(*row)).max();
    let rows = named.map_or(1, |last| last.saturating_add(2).min(EVIDENCE_MAX));
    let documents = (0..rows).map(|row| document(asked, row)).collect();
    Section::folded("Evidence", named.is_some(), documents)
}

fn document(asked: &Asked<'_>, row: usize) -> Markup {
    let name = asked.line(&field(row, "name"), "Name of the document");
    let sha256 = asked
        .code(&field(row, "sha256"), "SHA-256 of the document")
        .classes("govuk-!-width-full ng-code")
        .hint(
            "64 digits and letters that no other document has. The document itself stays with you.",
        );
    let uri = asked.line(&field(row, "uri"), "Where it is kept (optional)");
    let fields: Markup = [name.markup(), sha256.markup(), uri.markup()]
        .into_iter()
        .collect();
    let number = row.saturating_add(1);
    Fieldset::new()
        .legend(Legend::new(format!("Document {number}")))
        .classes("ng-evidence")
        .content(fields)
        .markup()
}

/// Adds what was named to a command.
pub(super) fn put(reader: &mut Reader<'_>, command: &mut Members) {
    let documents = read(reader);
    if !documents.is_empty() {
        command.put("evidence", documents);
    }
}

fn read(reader: &mut Reader<'_>) -> Vec<Value> {
    let mut documents = Vec::new();
    for row in 0..EVIDENCE_MAX {
        let typed = reader.typed();
        if PARTS
            .iter()
            .all(|part| typed.some(&field(row, part)).is_none())
        {
            continue;
        }
        let mut document = Members::default();
        let name: Option<Line> = reader.required(&field(row, "name"), "the name of the document");
        document.put_some("name", name);
        let sha256: Option<Sha256> =
            reader.required(&field(row, "sha256"), "the SHA-256 of the document");
        document.put_some("sha256", sha256.map(|it| it.0));
        let uri: Option<Prose> = reader.optional(&field(row, "uri"), "where it is kept");
        document.put_some("uri", uri);
        documents.push(document.into());
    }
    documents
}

/// A SHA-256 as other programs print it, in capitals too.
struct Sha256(Sha256Hex);

impl std::str::FromStr for Sha256 {
    type Err = <Sha256Hex as std::str::FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_ascii_lowercase().parse().map(Self)
    }
}

/// The field of the form for a command's `evidence`.
pub(super) fn first_field() -> String {
    field(0, "name")
}
