//! Strict JSON against `serde_json`: what both read is the same, and what only the latter reads is
//! a key that stands twice, a value that nests too deep, or no object.

use netgain_events::json::{DEPTH_MAX, Json, read_object};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value};

/// JSON as its text may be: spaces and escapes anywhere, keys in any order.
#[derive(Clone, Debug)]
enum Text {
    Plain(String),
    Array(Vec<Text>),
    Object(Vec<(String, Text)>),
}

impl Text {
    fn depth(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Object(members) => 1 + members.iter().map(|(_, v)| v.depth()).max().unwrap_or(0),
        }
    }

    /// Whether a key stands twice in one of its objects, once the escapes are read.
    fn repeats_a_key(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Array(items) => items.iter().any(Self::repeats_a_key),
            Self::Object(members) => {
                let read = |key: &String| serde_json::from_str::<String>(key).unwrap();
                let mut keys: Vec<_> = members.iter().map(|(key, _)| read(key)).collect();
                keys.sort();
                keys.dedup();
                keys.len() < members.len() || members.iter().any(|(_, v)| v.repeats_a_key())
            }
        }
    }

    fn write(&self, space: &str, out: &mut String) {
        out.push_str(space);
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Array(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    out.push_str(if n > 0 { "," } else { "" });
                    item.write(space, out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (n, (key, value)) in members.iter().enumerate() {
                    out.push_str(if n > 0 { "," } else { "" });
                    out.push_str(space);
                    out.push_str(key);
                    out.push_str(space);
                    out.push(':');
                    value.write(space, out);
                }
                out.push_str(space);
                out.push('}');
            }
        }
        out.push_str(space);
    }
}

/// A JSON string as written: each character plain or escaped in one of its ways.
fn string() -> impl Strategy<Value = String> {
    let escaped = |c: char| {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units).iter();
        units.fold(String::new(), |text, unit| format!("{text}\\u{unit:04X}"))
    };
    let character = prop_oneof![
        4 => "[a-c]",
        1 => any::<char>().prop_map(escaped),
        1 => proptest::char::range('a', 'c').prop_map(escaped),
        1 => "\\\\[\"\\\\/bfnrt]",
        1 => any::<char>().prop_filter_map("needs no escape", |c| {
            (c >= ' ' && c != '"' && c != '\\').then(|| c.to_string())
        }),
    ];
    vec(character, 0..4).prop_map(|characters| format!("\"{}\"", characters.concat()))
}

fn value() -> impl Strategy<Value = Text> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        any::<u64>().prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        string(),
    ]
    .prop_map(Text::Plain);
    leaf.prop_recursive(20, 60, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Text::Array),
            vec((string(), inner), 0..4).prop_map(Text::Object),
        ]
    })
}

fn object() -> impl Strategy<Value = Text> {
    vec((string(), value()), 0..5).prop_map(Text::Object)
}

/// Wraps a value so deep that some of the results are too deep.
fn nested(inner: Text, levels: usize) -> Text {
    let wrap = |inner, level: usize| {
        if level.is_multiple_of(2) {
            Text::Array(vec![inner])
        } else {
            Text::Object(vec![("\"k\"".to_owned(), inner)])
        }
    };
    let within = (0..levels).fold(inner, wrap);
    Text::Object(vec![("\"k\"".to_owned(), within)])
}

/// Our value as theirs, numbers that have no use aside.
fn as_theirs(ours: &Json<'_>) -> Option<Value> {
    Some(match ours {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Whole(number) => Value::from(*number),
        Json::OtherNumber => return None,
        Json::Text(text) => Value::from(&**text),
        Json::Array(items) => items.iter().map(as_theirs).collect::<Option<_>>()?,
        Json::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| Some((key.clone().into_owned(), as_theirs(value)?)))
                .collect::<Option<Map<_, _>>>()?,
        ),
    })
}

/// Holds our value to mean what theirs does.
fn assert_same(ours: &Json<'_>, theirs: &Value) -> Result<(), TestCaseError> {
    match (ours, theirs) {
        (Json::OtherNumber, Value::Number(number)) => prop_assert!(number.as_u64().is_none()),
        (Json::Array(ours), Value::Array(theirs)) => {
            prop_assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert_same(ours, theirs)?;
            }
        }
        (Json::Object(ours), Value::Object(theirs)) => {
            prop_assert_eq!(ours.len(), theirs.len());
            for (key, value) in ours {
                assert_same(value, &theirs[&**key])?;
            }
        }
        (other, theirs) => prop_assert_eq!(as_theirs(other), Some(theirs.clone())),
    }
    Ok(())
}

/// Holds the two readers to agree on any bytes, as far as the text alone can say.
fn assert_agree(line: &[u8]) -> Result<(), TestCaseError> {
    match (read_object(line), serde_json::from_slice::<Value>(line)) {
        (Ok(ours), Ok(theirs)) => assert_same(&Json::Object(ours), &theirs),
        (Err(_), Err(_)) => Ok(()),
        (Ok(_), Err(e)) => {
            // Theirs works out a number's value; ours keeps none that no field takes.
            let value = e.to_string().contains("number out of range");
            prop_assert!(value, "only we read {:?}: {}", line, e);
            Ok(())
        }
        (Err(ours), Ok(theirs)) => {
            let why = ours.to_string();
            let stricter = why.contains("stands twice") || why.contains("deeper");
            prop_assert!(stricter || !theirs.is_object(), "{:?}: {}", line, why);
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn an_object_reads_unless_a_key_stands_twice_or_it_is_too_deep(
        object in object(), levels in 0_usize..20, space in "[ \t\r\n]{0,2}",
    ) {
        for text in [object.clone(), nested(object, levels)] {
            let mut line = String::new();
            text.write(&space, &mut line);
            let theirs: Value = serde_json::from_str(&line).unwrap();
            let strict = text.depth() <= DEPTH_MAX && !text.repeats_a_key();
            let ours = read_object(line.as_bytes());
            prop_assert_eq!(ours.is_ok(), strict, "{}: {:?}", line, ours);
            if let Ok(ours) = ours {
                assert_same(&Json::Object(ours), &theirs)?;
            }
        }
    }

    #[test]
    fn both_readers_agree_on_damaged_text(
        object in object(), damage in vec((any::<Index>(), any::<u8>()), 1..4), cut in any::<Index>(),
    ) {
        let mut line = String::new();
        object.write("", &mut line);
        let mut line = line.into_bytes();
        assert_agree(&line[..cut.index(line.len() + 1)])?;
        for (at, byte) in damage {
            *at.get_mut(&mut line) = byte;
        }
        assert_agree(&line)?;
    }

    #[test]
    fn both_readers_agree_on_text_of_the_characters_json_is_made_of(line in "[\\[\\]{}:,\"\\\\ux0-3dDa.eE+tn -]{0,24}") {
        assert_agree(line.as_bytes())?;
        assert_agree(format!("{{\"a\":{line}}}").as_bytes())?;
        assert_agree(format!("{{\"a\":\"{line}\"}}").as_bytes())?;
    }
}

#[test]
fn a_key_that_stands_twice_is_found_among_few_keys_and_among_many() {
    for count in 1..60 {
        let keys: Vec<_> = (0..count).map(|n| format!("\"k{n}\":{n}")).collect();
        let once = format!("{{{}}}", keys.join(","));
        assert!(read_object(once.as_bytes()).is_ok(), "{once}");
        for twice in 0..count {
            let line = format!("{{{},\"k{twice}\":0}}", keys.join(","));
            assert!(read_object(line.as_bytes()).is_err(), "{line}");
        }
    }
}
