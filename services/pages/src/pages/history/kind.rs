//! The kinds of events, in words.

use netgain_events::fact::FactKind;

use crate::components::SelectItem;

/// A kind of event as people read it: `Claim registered`.
#[must_use]
pub fn words(kind: FactKind) -> String {
    sentence(kind.event_type())
}

/// A name of data as people read it: its hyphens and underscores are blanks, and it begins with a capital.
pub(crate) fn sentence(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}

/// The choice among the kinds that an organisation's history can have.
pub(super) fn choices(chosen: Option<FactKind>) -> Vec<SelectItem> {
    let any = SelectItem::new("", "Any kind").selected(chosen.is_none());
    let kinds = FactKind::ALL.iter().filter(|kind| !kind.is_of_system());
    let kinds = kinds.map(|&kind| {
        SelectItem::new(kind.event_type(), words(kind)).selected(chosen == Some(kind))
    });
    std::iter::once(any).chain(kinds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_as_words() {
        assert_eq!(
            words(FactKind::CarryForwardDeclared),
            "Carry forward declared"
        );
        assert_eq!(sentence("recorded_at"), "Recorded at");
        assert_eq!(sentence(""), "");
    }
}
