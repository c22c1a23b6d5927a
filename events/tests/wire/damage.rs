//! Damaged lines: reading one gives an error, or an event that was never written so; it never
//! panics, and never gives the event that stood there before.

use netgain_events::event::Event;
use netgain_events::wire::{DecodeError, decode, encode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::arbitrary::event;

fn encoded(event: &Event) -> Vec<u8> {
    let mut line = Vec::new();
    encode(event, &mut line);
    line
}

fn reads(line: &[u8]) -> bool {
    decode(line).is_ok()
}

/// Holds a changed line to be no event, or another one in its own only form.
fn assert_not_the_same(event: &Event, line: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(read) = decode(line) {
        prop_assert_ne!(&read, event);
        prop_assert_eq!(encoded(&read), line);
    }
    Ok(())
}

/// The members of a line as they are written, without the commas between them.
fn members(line: &[u8]) -> Vec<&[u8]> {
    let inside = &line[1..line.len() - 1];
    let (mut members, mut start, mut depth, mut in_text) = (Vec::new(), 0, 0, false);
    let mut at = 0;
    while at < inside.len() {
        match (inside[at], in_text) {
            (b'\\', true) => at += 1,
            (b'"', _) => in_text = !in_text,
            (b'{' | b'[', false) => depth += 1,
            (b'}' | b']', false) => depth -= 1,
            (b',', false) if depth == 0 => {
                members.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    members.push(&inside[start..]);
    members
}

fn line_of(members: &[&[u8]]) -> Vec<u8> {
    let mut line = b"{".to_vec();
    line.extend(members.join(&b','));
    line.push(b'}');
    line
}

/// The line with one piece of it replaced where it first stands.
fn replaced(line: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(line).unwrap();
    assert!(text.contains(from));
    text.replacen(from, to, 1).into_bytes()
}

proptest! {
    #[test]
    fn a_flipped_byte_is_noticed_or_makes_another_event(
        event in event(), at in any::<Index>(), flip in 1_u8..=255,
    ) {
        let mut line = encoded(&event);
        *at.get_mut(&mut line) ^= flip;
        assert_not_the_same(&event, &line)?;
    }

    #[test]
    fn several_damaged_bytes_are_noticed_or_make_another_event(
        event in event(), damage in vec((any::<Index>(), any::<u8>()), 1..8),
    ) {
        let whole = encoded(&event);
        let mut line = whole.clone();
        for (at, byte) in damage {
            *at.get_mut(&mut line) = byte;
        }
        if line != whole {
            assert_not_the_same(&event, &line)?;
        }
    }

    #[test]
    fn a_line_cut_short_or_run_on_is_no_event(
        event in event(), at in any::<Index>(), more in vec(any::<u8>(), 1..4),
    ) {
        let mut line = encoded(&event);
        prop_assert!(!reads(&line[..at.index(line.len())]));
        prop_assert!(!reads(&line[1..]));
        line.extend(more);
        prop_assert!(!reads(&line));
    }

    #[test]
    fn a_line_with_a_byte_put_in_or_taken_out_is_noticed_or_another_event(
        event in event(), at in any::<Index>(), byte in any::<u8>(),
    ) {
        let whole = encoded(&event);
        let at = at.index(whole.len());
        let mut longer = whole.clone();
        longer.insert(at, byte);
        assert_not_the_same(&event, &longer)?;
        let mut shorter = whole;
        shorter.remove(at);
        assert_not_the_same(&event, &shorter)?;
    }

    #[test]
    fn bytes_that_are_no_line_at_all_are_no_event(noise in vec(any::<u8>(), 0..200)) {
        prop_assert!(!reads(&noise));
    }

    #[test]
    fn a_key_that_stands_twice_is_noticed(event in event(), which in any::<Index>(), at in any::<Index>()) {
        let line = encoded(&event);
        let mut members = members(&line);
        prop_assert_eq!(&line_of(&members), &line);
        let twice = *which.get(&members);
        members.insert(at.index(members.len() + 1), twice);
        prop_assert!(!reads(&line_of(&members)));
    }

    #[test]
    fn an_unknown_key_is_noticed_wherever_it_stands(
        event in event(), at in any::<Index>(), value in prop_oneof!["null", "\"x\"", "0", "\\{\\}"],
    ) {
        let line = encoded(&event);
        let mut members = members(&line);
        let stranger = format!("\"stranger\":{value}");
        members.insert(at.index(members.len() + 1), stranger.as_bytes());
        prop_assert!(!reads(&line_of(&members)));
        prop_assert!(decode(&line_of(&members)).is_err());
    }

    #[test]
    fn keys_in_another_order_are_noticed(event in event(), one in any::<Index>(), other in any::<Index>()) {
        let line = encoded(&event);
        let mut members = members(&line);
        let (one, other) = (one.index(members.len()), other.index(members.len()));
        members.swap(one, other);
        prop_assert_eq!(reads(&line_of(&members)), one == other);
    }

    #[test]
    fn a_missing_key_is_noticed_or_makes_another_event(event in event(), which in any::<Index>()) {
        let line = encoded(&event);
        let mut members = members(&line);
        members.remove(which.index(members.len()));
        assert_not_the_same(&event, &line_of(&members))?;
    }

    #[test]
    fn an_unknown_schema_or_type_stops_the_reader_and_says_which(event in event()) {
        let line = encoded(&event);
        for newer in [0, 2, 10, 4_294_967_295_u32] {
            let line = replaced(&line, "\"schema\":1,", &format!("\"schema\":{newer},"));
            match decode(&line) {
                Err(DecodeError::UnknownSchema { found }) => prop_assert_eq!(found, newer),
                other => prop_assert!(false, "{:?}", other),
            }
        }
        let kind = event.fact.kind();
        let type_of = |name: &str| format!("\"type\":\"{name}\"");
        let renamed = replaced(&line, &type_of(kind.event_type()), &type_of("claim-doubled"));
        match decode(&renamed) {
            Err(DecodeError::UnknownType { found }) => prop_assert_eq!(found, "claim-doubled"),
            other => prop_assert!(false, "{:?}", other),
        }
        let command = replaced(&line, &type_of(kind.event_type()), &type_of(kind.command_type()));
        prop_assert!(decode(&command).is_err());
    }
}

#[test]
fn what_does_not_start_as_every_event_does_is_no_event() {
    for line in [
        "",
        "{}",
        "{\"type\":\"carry-forward-validated\",\"schema\":1}",
        " {\"schema\":1,\"type\":\"carry-forward-validated\"}",
        "{ \"schema\":1,\"type\":\"carry-forward-validated\"}",
        "{\"schema\":\"1\",\"type\":\"carry-forward-validated\"}",
        "{\"schema\":-1,\"type\":\"carry-forward-validated\"}",
        "{\"schema\":99999999999,\"type\":\"carry-forward-validated\"}",
        "{\"schema\":1,\"type\":5}",
        "{\"schema\":1,\"type\":\"carry-forward-validated",
        "{\"schema\":1}",
    ] {
        let read = decode(line.as_bytes());
        assert!(
            matches!(read, Err(DecodeError::NotAnEvent)),
            "{line}: {read:?}"
        );
    }
    let bare = decode(b"{\"schema\":1,\"type\":\"carry-forward-validated\"}");
    assert!(matches!(bare, Err(DecodeError::NotAnEvent)), "{bare:?}");
}

#[test]
fn a_command_id_and_its_digest_stand_together_or_not_at_all() {
    let line = include_str!("../../golden/statement-issued.v1.jsonl")
        .lines()
        .find(|line| line.contains("\"command_id\""))
        .unwrap();
    let all = members(line.as_bytes());
    for lonely in ["\"command_id\"", "\"command_sha256\""] {
        let kept: Vec<_> = all
            .iter()
            .copied()
            .filter(|m| !m.starts_with(lonely.as_bytes()))
            .collect();
        assert_eq!(kept.len() + 1, all.len());
        let read = decode(&line_of(&kept));
        assert!(matches!(read, Err(DecodeError::Fields { .. })), "{read:?}");
    }
}
