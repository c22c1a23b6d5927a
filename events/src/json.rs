//! Strict JSON: one object, no duplicate keys, no deep nesting, no lone surrogates.
//!
//! The reading itself is `serde_json`'s; what is added here is what it lets through.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

/// How deep values may nest, the outermost object counted: far beyond any command, far below any
/// stack.
pub const DEPTH_MAX: usize = 16;

/// Objects with more keys than this are searched for duplicates by sorting, so that a line full of
/// keys costs no more than its length.
const KEYS_COMPARED_PAIRWISE_MAX: usize = 24;

/// A JSON value, borrowing from the line where it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number of zero or more.
    Whole(u64),
    /// Any other number. Its value is never used: no field takes one.
    OtherNumber,
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object, its members in the order given.
    Object(Members<'a>),
}

/// The members of an object, in the order given.
pub type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// The text is not one strict JSON object; says where and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

/// Reads a line that holds one object.
pub fn read_object(line: &[u8]) -> Result<Members<'_>, JsonError> {
    let text = std::str::from_utf8(line)
        .map_err(|e| JsonError(format!("byte {} is not UTF-8", e.valid_up_to() + 1)))?;
    if text.starts_with('\u{feff}') {
        return Err(JsonError(
            "it starts with a byte-order mark; save it without".into(),
        ));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = (Value { depth: 0 })
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|e| JsonError(e.to_string()))?;
    match value {
        Json::Object(members) => Ok(members),
        Json::Null
        | Json::Bool(_)
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::Text(_)
        | Json::Array(_) => Err(JsonError("it is not an object".into())),
    }
}

/// Appends a form of the value in which equal JSON values are equal bytes, whatever the order of
/// their keys and the way they were escaped.
pub(crate) fn write_canonical(value: &Json<'_>, out: &mut Vec<u8>) {
    match value {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(true) => out.extend_from_slice(b"true"),
        Json::Bool(false) => out.extend_from_slice(b"false"),
        Json::Whole(number) => crate::digits::write(*number, out),
        Json::OtherNumber => out.extend_from_slice(b"number"),
        Json::Text(text) => write_text(text, out),
        Json::Array(items) => {
            out.push(b'[');
            for item in items {
                write_canonical(item, out);
                out.push(b',');
            }
            out.push(b']');
        }
        Json::Object(members) => {
            write_canonical_object(members.iter().map(|(k, v)| (&**k, v)), out);
        }
    }
}

/// Appends an object's members sorted by key.
pub(crate) fn write_canonical_object<'v, 'a: 'v>(
    members: impl Iterator<Item = (&'v str, &'v Json<'a>)>,
    out: &mut Vec<u8>,
) {
    let mut sorted: Vec<_> = members.collect();
    sorted.sort_unstable_by_key(|&(key, _)| key);
    out.push(b'{');
    for (key, value) in sorted {
        write_text(key, out);
        out.push(b':');
        write_canonical(value, out);
        out.push(b',');
    }
    out.push(b'}');
}

/// Appends a JSON string. Only what must be escaped is (RFC 8259 section 7), so that a text has one
/// written form.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    // One look without a way out early is several bytes at once, and nearly every text passes it.
    if text
        .bytes()
        .fold(false, |found, b| found | must_be_escaped(b))
    {
        text.bytes().for_each(|byte| write_escaped(byte, out));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

fn must_be_escaped(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'\\')
}

fn write_escaped(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        control if must_be_escaped(control) => {
            out.extend_from_slice(b"\\u");
            crate::digits::write_hex(&[0, control], out);
        }
        plain => out.push(plain),
    }
}

#[derive(Clone, Copy)]
struct Value {
    depth: usize,
}

impl Value {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth < DEPTH_MAX {
            Ok(Self {
                depth: self.depth + 1,
            })
        } else {
            Err(E::custom(format_args!(
                "values nest deeper than {DEPTH_MAX}"
            )))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Json<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Whole(value))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json<'de>, E> {
        Ok(Json::OtherNumber)
    }

    // The number's value is not looked at: no field takes a fraction.
    fn visit_f64<E: Error>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut object: Members<'de> = Vec::with_capacity(12);
        while let Some(Key(key)) = members.next_key()? {
            let pairwise = object.len() < KEYS_COMPARED_PAIRWISE_MAX;
            if pairwise && object.iter().any(|(earlier, _)| *earlier == key) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} stands twice"
                )));
            }
            object.push((key, members.next_value_seed(inner)?));
        }
        if object.len() > KEYS_COMPARED_PAIRWISE_MAX {
            let mut keys: Vec<&str> = object.iter().map(|(key, _)| &**key).collect();
            keys.sort_unstable();
            if let Some([key, _]) = keys.array_windows().find(|[a, b]| a == b) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} stands twice"
                )));
            }
        }
        Ok(Json::Object(object))
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &[u8]) -> String {
        read_object(line).unwrap_err().to_string()
    }

    #[test]
    fn what_json_libraries_let_through_is_refused() {
        assert!(error(br#"{"a":1,"a":2}"#).contains("stands twice"));
        assert!(error(br#"{"p":{"x":1,"\u0078":2}}"#).contains("stands twice"));
        let many: Vec<String> = (0..100).map(|n| format!("\"k{n}\":1")).collect();
        assert!(read_object(format!("{{{}}}", many.join(",")).as_bytes()).is_ok());
        assert!(
            error(format!("{{{},\"k7\":2}}", many.join(",")).as_bytes()).contains("stands twice")
        );
        assert!(error(b"\xef\xbb\xbf{}").contains("byte-order mark"));
        assert!(error(b"{\"a\":\"\xff\"}").contains("UTF-8"));
        assert!(error(br#"{"a":"\ud800"}"#).contains("hex escape"));
        assert!(error(br#"{"a":"\udc00\ud800"}"#).contains("surrogate"));
        assert!(error(b"[]").contains("not an object"));
        assert!(error(b"{} {}").contains("trailing"));
        assert!(read_object(b"{}\r").is_ok());
    }

    #[test]
    fn sixteen_levels_are_read_and_seventeen_are_not() {
        let nested = |levels: usize| {
            format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels)).into_bytes()
        };
        assert!(read_object(&nested(16)).is_ok());
        assert!(error(&nested(17)).contains("deeper"));
        assert!(error(&nested(100_000)).contains("deeper"));
    }

    #[test]
    fn equal_values_have_equal_canonical_bytes() {
        let canonical = |line: &[u8]| {
            let mut out = Vec::new();
            write_canonical(&Json::Object(read_object(line).unwrap()), &mut out);
            out
        };
        assert_eq!(
            canonical(br#"{"a":"\u0041","b":[1]}"#),
            canonical(br#"{ "b":[1], "a":"A" }"#)
        );
        assert_ne!(canonical(br#"{"a":"1"}"#), canonical(br#"{"a":1}"#));
        assert_ne!(canonical(br#"{"a":"1"}"#), canonical(br#"{"a":"1.00"}"#));
        assert_ne!(
            canonical(br#"{"a":["b","c"]}"#),
            canonical(br#"{"a":["b,c"]}"#)
        );
    }

    #[test]
    fn a_text_is_written_as_json_and_reads_back() {
        let text = "a\"b\\c\n\r\t\u{1}é\u{10ffff}/";
        let mut out = Vec::new();
        write_text(text, &mut out);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
