//! What of a history somebody wants to see.

use netgain_events::event::Event;
use netgain_events::fact::FactKind;
use netgain_events::identifier::Actor;
use serde_json::Value;

use crate::link::Link;

/// Which events. What is not asked for holds for every event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    claim: Option<String>,
    person: Option<String>,
    kind: Option<FactKind>,
    text: Option<String>,
}

impl Filter {
    /// What somebody typed: a claim's reference, a person's id or a part of their name, the type of an
    /// event, words. Empty ones, and a type that there is none of, ask for nothing.
    #[must_use]
    pub fn new(claim: &str, person: &str, kind: &str, text: &str) -> Self {
        let typed = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        Self {
            claim: typed(claim),
            person: typed(person),
            kind: FactKind::of_event(kind.trim()),
            text: typed(text),
        }
    }

    /// Whether it takes every event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The claim asked for.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        self.claim.as_deref()
    }

    pub(super) fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    pub(super) const fn kind(&self) -> Option<FactKind> {
        self.kind
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The filter in an address.
    #[must_use]
    pub fn carry(&self, link: Link) -> Link {
        link.with_some("claim", self.claim.as_ref())
            .with_some("actor", self.person.as_ref())
            .with_some("type", self.kind.map(FactKind::event_type))
            .with_some("q", self.text.as_ref())
    }

    /// Whether it takes an event, given as its stored line too. `name_of` is asked for the names of people.
    pub fn takes(
        &self,
        line: &[u8],
        event: &Event,
        name_of: &mut dyn FnMut(&Actor) -> Option<String>,
    ) -> bool {
        let about = |claim: &String| event.fact.claim().is_some_and(|it| it.as_str() == claim);
        self.kind.is_none_or(|kind| event.fact.kind() == kind)
            && self.claim.as_ref().is_none_or(about)
            && self
                .person
                .as_ref()
                .is_none_or(|person| is_or_is_called(&event.actor, person, name_of))
            && self.text.as_ref().is_none_or(|text| says(line, text))
    }
}

fn is_or_is_called(
    actor: &Actor,
    person: &str,
    name_of: &mut dyn FnMut(&Actor) -> Option<String>,
) -> bool {
    let person = person.to_lowercase();
    actor.as_str().to_lowercase() == person
        || name_of(actor).is_some_and(|name| name.to_lowercase().contains(&person))
}

/// Whether any value in a line says it, whatever the case. The names of its fields do not count, nor which
/// ledger it is of.
fn says(line: &[u8], text: &str) -> bool {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(line) else {
        return false;
    };
    fields.remove("ledger");
    contains(&Value::Object(fields), &text.to_lowercase())
}

fn contains(value: &Value, text: &str) -> bool {
    match value {
        Value::String(it) => it.to_lowercase().contains(text),
        Value::Array(all) => all.iter().any(|it| contains(it, text)),
        Value::Object(fields) => fields.values().any(|it| contains(it, text)),
        Value::Number(number) => number.to_string() == text,
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_events::wire;

    const LINE: &str = r#"{"schema":1,"type":"challenge-raised","ledger":"00112233445566778899aabbccddeeff","org":"X99000001","position":23,"recorded_at":"2010-04-02T00:00:00.001Z","actor":"auditor-7","auth":"local","claim":"PROC-07.a_B","challenge":"Q1","question":"Where did the \"staff\" go?","answer_by":"2010-05-31"}"#;

    fn takes(claim: &str, person: &str, kind: &str, text: &str) -> bool {
        let event = wire::decode(LINE.as_bytes()).unwrap();
        let filter = Filter::new(claim, person, kind, text);
        filter.takes(LINE.as_bytes(), &event, &mut |_| {
            Some("Ada Audit".to_owned())
        })
    }

    #[test]
    fn an_event_is_taken_only_if_all_that_is_asked_for_holds() {
        assert!(takes("", "", "", ""));
        assert!(takes(
            "PROC-07.a_B",
            "AUDITOR-7",
            "challenge-raised",
            "STAFF\" go"
        ));
        assert!(takes(" PROC-07.a_B ", "ada", "", "2010-05"));
        for (claim, person, kind, text) in [
            ("PROC-07.a_b", "", "", ""),
            ("PROC-07", "", "", ""),
            ("", "auditor", "", ""),
            ("", "", "claim-registered", ""),
            ("", "", "", "question"),
            ("", "", "", "00112233"),
            (
                "PROC-07.a_B",
                "auditor-7",
                "challenge-raised",
                "nothing like it",
            ),
        ] {
            assert!(
                !takes(claim, person, kind, text),
                "{claim} {person} {kind} {text}"
            );
        }
    }

    #[test]
    fn what_asks_for_nothing_is_empty_and_an_address_carries_the_rest() {
        assert!(Filter::new(" ", "", "no-such-type", "").is_empty());
        let link = Filter::new("A", "b", "claim-amended", "x & y").carry(Link::home().to("h"));
        assert_eq!(
            link.to_string(),
            "/h?claim=A&actor=b&type=claim-amended&q=x%20%26%20y"
        );
    }
}
