//! The JSON reader accepts what `serde_json` accepts, but for what is stricter on purpose.

use netgain_events::json::{DEPTH_MAX, Json, read_object};
use proptest::prelude::*;

/// Whether the two readings are of the same value. Keys may stand twice in what the library reads.
fn same(ours: &Json<'_>, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Json::Null, serde_json::Value::Null) => true,
        (Json::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Json::Whole(a), serde_json::Value::Number(b)) => b.as_u64() == Some(*a),
        (Json::OtherNumber, serde_json::Value::Number(b)) => b.as_u64().is_none(),
        (Json::Text(a), serde_json::Value::String(b)) => a == b,
        (Json::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), serde_json::Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(&**key).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}

fn agree(text: &str) -> Result<(), String> {
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    match (read_object(text.as_bytes()), theirs) {
        (Ok(ours), Ok(theirs)) if same(&Json::Object(ours.clone()), &theirs) => Ok(()),
        (Ok(_), Err(error)) if error.to_string().contains("out of range") => Ok(()),
        (Err(_), Err(_)) => Ok(()),
        (Err(error), Ok(theirs)) => {
            let why = error.to_string();
            let stricter = ["twice", "deeper", "not an object"]
                .iter()
                .any(|w| why.contains(w));
            if stricter {
                Ok(())
            } else {
                Err(format!("{why} / {theirs}"))
            }
        }
        (ours, theirs) => Err(format!("{ours:?} / {theirs:?}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn texts_of_jsons_own_characters_are_accepted_alike(
        inside in r#"[{}\[\]":,0-9eE+\-. \\ubfnrtalse/Dd8]{0,24}"#,
    ) {
        for text in [inside.clone(), format!("{{\"a\":{inside}}}"), format!("{{\"a\":\"{inside}\"}}")] {
            prop_assert_eq!(agree(&text), Ok(()), "{}", text);
        }
    }

    #[test]
    fn escapes_are_read_alike(codes in proptest::collection::vec(any::<u16>(), 0..6)) {
        let escapes: String = codes.iter().fold(String::new(), |text, code| format!("{text}\\u{code:04x}"));
        prop_assert_eq!(agree(&format!("{{\"a\":\"{escapes}\"}}")), Ok(()));
    }
}

#[test]
fn what_is_known_to_be_hard_is_read_alike() {
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    for text in [
        r#"{"a":"\ud83d\ude00"}"#,
        r#"{"a":"\ud83dx"}"#,
        r#"{"a":"\ud83d\u0041"}"#,
        r#"{"a":"\ude00"}"#,
        r#"{"a":"\u00e9é\/\b\f"}"#,
        r#"{"a":01}"#,
        r#"{"a":-}"#,
        r#"{"a":1.}"#,
        r#"{"a":18446744073709551615}"#,
        r#"{"a":18446744073709551616}"#,
        r#"{"a":-0}"#,
        r#"{"a":1,}"#,
        r#"{"a" : [ ] , "b":{ } }"#,
        r#"{"a":[1,]}"#,
        "{\"a\":\"\u{7f}\u{80}\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":tru}",
        "{\"a\":\"",
        "{",
        "",
        "\u{a0}{}",
        &deep(DEPTH_MAX),
        &deep(DEPTH_MAX + 1),
    ] {
        assert_eq!(agree(text), Ok(()), "{text}");
    }
}
