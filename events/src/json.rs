//! Strict JSON (RFC 8259): one object, no duplicate keys, no deep nesting, no lone surrogates.
//!
//! Read by hand, because every command passes here: with a library's visitor this was a fifth of all
//! that recording a command takes. No number's value is kept but a whole one's, so there is no
//! floating point. `events/tests/json_reading.rs` holds it equal to `serde_json`.

use std::borrow::Cow;

use crate::plain_text;

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
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.peek().is_some() {
        return Err(reader.error("something follows the object"));
    }
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

/// What a request's body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// One object.
    One(Members<'a>),
    /// An array: each of its values with the bytes it has in the body.
    Many(Vec<(usize, Json<'a>)>),
}

/// Reads a body that holds one object, or an array of them whose nesting is counted from each.
pub fn read_body(body: &[u8]) -> Result<Body<'_>, JsonError> {
    if body.trim_ascii_start().first() != Some(&b'[') {
        return read_object(body).map(Body::One);
    }
    let text = std::str::from_utf8(body)
        .map_err(|e| JsonError(format!("byte {} is not UTF-8", e.valid_up_to() + 1)))?;
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let items = reader.items(|reader| {
        let from = reader.at;
        let value = reader.value(0)?;
        Ok((reader.at - from, value))
    })?;
    reader.skip_blanks();
    match reader.peek() {
        None => Ok(Body::Many(items)),
        Some(_) => Err(reader.error("something follows the array")),
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
    if plain_text::end(text.as_bytes()).is_some() {
        text.bytes().for_each(|byte| write_escaped(byte, out));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

fn write_escaped(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        control if plain_text::is_end(control) => {
            out.extend_from_slice(b"\\u");
            crate::digits::write_hex(&[0, control], out);
        }
        plain => out.push(plain),
    }
}

/// A text and how far it has been read, always between two characters.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, what: impl std::fmt::Display) -> JsonError {
        JsonError(format!("{what}, at byte {}", self.at + 1))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Goes past that byte, if it stands there.
    fn take(&mut self, byte: u8) -> bool {
        let stands = self.peek() == Some(byte);
        self.at += usize::from(stands);
        stands
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        match self.peek() {
            Some(b'"') => self.text().map(Json::Text),
            Some(b'{') => self.object(self.deeper(depth)?),
            Some(b'[') => self.array(self.deeper(depth)?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.error("no JSON value starts like this")),
            None => Err(self.error("it ends too early")),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        if depth < DEPTH_MAX {
            Ok(depth + 1)
        } else {
            Err(self.error(format_args!("values nest deeper than {DEPTH_MAX}")))
        }
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, JsonError> {
        if !self.rest().starts_with(word) {
            return Err(self.error("no JSON value starts like this"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        self.items(|reader| reader.value(depth)).map(Json::Array)
    }

    /// The items of the array that begins here.
    fn items<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, JsonError>,
    ) -> Result<Vec<T>, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.take(b']') {
            return Ok(items);
        }
        loop {
            self.skip_blanks();
            items.push(item(self)?);
            self.skip_blanks();
            if self.take(b']') {
                return Ok(items);
            }
            if !self.take(b',') {
                return Err(self.error("a comma or a closing bracket is missing"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        self.at += 1;
        let mut members: Members<'a> = Vec::with_capacity(12);
        self.skip_blanks();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in double quotes is missing"));
            }
            let key = self.text()?;
            let pairwise = members.len() < KEYS_COMPARED_PAIRWISE_MAX;
            if pairwise && members.iter().any(|(earlier, _)| *earlier == key) {
                return Err(self.error(format_args!("the key {key:?} stands twice")));
            }
            self.skip_blanks();
            if !self.take(b':') {
                return Err(self.error("a colon is missing"));
            }
            self.skip_blanks();
            let value = self.value(depth)?;
            members.push((key, value));
            self.skip_blanks();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.error("a comma or a closing brace is missing"));
            }
        }
        if members.len() > KEYS_COMPARED_PAIRWISE_MAX {
            let mut keys: Vec<&str> = members.iter().map(|(key, _)| &**key).collect();
            keys.sort_unstable();
            if let Some([key, _]) = keys.array_windows().find(|[a, b]| a == b) {
                return Err(self.error(format_args!("the key {key:?} stands twice")));
            }
        }
        Ok(Json::Object(members))
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Result<Json<'a>, JsonError> {
        let from = self.at;
        let negative = self.take(b'-');
        let zero = self.peek() == Some(b'0');
        let whole = self.digits();
        let mut plain = !negative;
        let mut well_formed = whole > 0 && (whole == 1 || !zero);
        if self.take(b'.') {
            plain = false;
            well_formed &= self.digits() > 0;
        }
        if self.take(b'e') || self.take(b'E') {
            plain = false;
            if !self.take(b'-') {
                self.take(b'+');
            }
            well_formed &= self.digits() > 0;
        }
        if !well_formed {
            return Err(self.error("this is not a JSON number"));
        }
        let digits = self.text.get(from..self.at).unwrap_or_default();
        Ok(match digits.parse() {
            Ok(number) if plain => Json::Whole(number),
            Ok(_) | Err(_) => Json::OtherNumber,
        })
    }

    /// The text whose opening quotation mark stands here.
    #[inline]
    fn text(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let rest = self.rest();
        // Nearly every one is plain to its end.
        if let Some(end) = plain_text::end(rest.as_bytes())
            && let Some((plain, closing)) = rest.split_at_checked(end)
            && closing.starts_with('"')
        {
            self.at += end + 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.text_with_escapes().map(Cow::Owned)
    }

    /// The text from here on, which is not plain to its end.
    #[cold]
    fn text_with_escapes(&mut self) -> Result<String, JsonError> {
        let mut text = self.plain()?.to_owned();
        while self.take(b'\\') {
            text.push(self.escaped()?);
            text.push_str(self.plain()?);
        }
        if self.take(b'"') {
            Ok(text)
        } else {
            Err(self.error("a text is not closed"))
        }
    }

    /// The characters up to the next quotation mark or backslash.
    fn plain(&mut self) -> Result<&'a str, JsonError> {
        let rest = self.rest();
        let Some(end) = plain_text::end(rest.as_bytes()) else {
            return Err(self.error("a text is not closed"));
        };
        let plain = rest.get(..end).unwrap_or_default();
        self.at += end;
        match self.peek() {
            Some(b'"' | b'\\') => Ok(plain),
            _ => Err(self.error("a text has a control character that is not escaped")),
        }
    }

    fn escaped(&mut self) -> Result<char, JsonError> {
        let escape = self.peek();
        self.at += usize::from(escape.is_some_and(|byte| byte.is_ascii()));
        Ok(match escape {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.escaped_code(),
            Some(_) | None => return Err(self.error("an escape is not one of JSON's")),
        })
    }

    /// A character by its UTF-16 code, or by a pair of them.
    fn escaped_code(&mut self) -> Result<char, JsonError> {
        let first = self.code()?;
        let pair = match first {
            0xd800..=0xdbff if self.rest().starts_with("\\u") => {
                self.at += 2;
                [first, self.code()?]
            }
            _ => [first, 0],
        };
        let used = if pair == [first, 0] { 1 } else { 2 };
        let mut decoded = char::decode_utf16(pair.into_iter().take(used));
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.error("an escape is half a surrogate pair")),
        }
    }

    fn code(&mut self) -> Result<u16, JsonError> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.error("an escape lacks its four hex digits")),
        }
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
        assert!(error(br#"{"a":"\ud800"}"#).contains("surrogate"));
        assert!(error(br#"{"a":"\udc00\ud800"}"#).contains("surrogate"));
        assert!(error(b"[]").contains("not an object"));
        assert!(error(b"{} {}").contains("follows"));
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
