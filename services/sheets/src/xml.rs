//! A strict, streaming reader of the XML in a workbook's parts.
//!
//! It takes only what every XML reader takes the same way: UTF-8, no document type, every element
//! closed by its own name, no attribute twice. So what it has let through means the same to the
//! reader after it. It holds one tag or one text at a time, whatever the part's size.

use std::borrow::Cow;
use std::io::{self, BufRead};

use crate::sheet_error::SheetError;

/// Bytes of one tag, comment or instruction. The longest that spreadsheet programs write, a
/// document's root with its namespaces, takes 4 KiB.
const MARKUP_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one text: 32 KiB of a cell with every character written as an entity.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Elements inside each other. Spreadsheet programs write up to about twenty.
const DEPTH_MAX: usize = 100;
/// Elements of one part: a million cells of value and formula, and as many again that are blank.
/// What limits time is their number: a hundred megabytes can hold 25 million.
const ELEMENTS_MAX: u32 = 5_000_000;
/// Attributes of one element. A document's root has about forty namespaces.
const ATTRIBUTES_MAX: usize = 100;

/// Why a part is not XML this reader takes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XmlError {
    #[error("the XML ends inside an element")]
    CutShort,
    #[error("the XML is not well formed: {0}")]
    Malformed(&'static str),
    #[error("the XML is not in UTF-8")]
    Encoding,
    #[error("the XML holds more than a list of claims needs")]
    Unreasonable,
    #[error("the XML could not be read")]
    Io(#[from] io::Error),
}

impl From<XmlError> for SheetError {
    fn from(error: XmlError) -> Self {
        match error {
            // A cap that was reached is its own error, not a damaged file.
            XmlError::Io(error) => Self::from(error),
            XmlError::Unreasonable => Self::TooMuchContent,
            other @ (XmlError::CutShort | XmlError::Malformed(_) | XmlError::Encoding) => {
                Self::damaged(other)
            }
        }
    }
}

/// The next piece of a part. An element without content comes as a start and an end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'x> {
    Start(Tag<'x>),
    /// The end of the innermost element, and how many are still open.
    End {
        depth: usize,
    },
    /// Text as it stands in the file; see [`decoded`].
    Text(&'x str),
    /// Text in which nothing is escaped.
    Literal(&'x str),
    /// The document is complete.
    Finished,
}

/// The start of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'x> {
    pub(crate) name: &'x str,
    attributes: Vec<(&'x str, &'x str)>,
}

impl<'x> Tag<'x> {
    /// An attribute as it stands in the file; see [`decoded`].
    pub(crate) fn attribute(&self, name: &str) -> Option<&'x str> {
        self.attributes
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }
}

pub(crate) struct XmlReader<R> {
    input: R,
    /// The markup between its angle brackets, or the text, that the last token borrows from.
    piece: Vec<u8>,
    /// The names of the open elements, one after another, and where each begins.
    open_names: String,
    open_starts: Vec<usize>,
    /// The last start tag closed itself: its end comes next.
    closes_itself: bool,
    first: bool,
    root_seen: bool,
    elements: u32,
}

/// What a piece of markup is by its first characters, and how it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Markup {
    Start,
    End,
    Comment,
    Literal,
    Instruction,
}

/// The longest of the starts that tell one markup from another.
const LITERAL_START: &[u8] = b"![CDATA[";

/// What was read into the buffer.
enum Piece {
    Markup(Markup),
    Text,
    EndOfInput,
}

impl<R: BufRead> XmlReader<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self {
            input,
            piece: Vec::new(),
            open_names: String::new(),
            open_starts: Vec::new(),
            closes_itself: false,
            first: true,
            root_seen: false,
            elements: 0,
        }
    }

    /// How many elements are open.
    pub(crate) const fn depth(&self) -> usize {
        self.open_starts.len()
    }

    /// Reads on to the end of the element that was just started.
    pub(crate) fn skip_element(&mut self) -> Result<(), XmlError> {
        let outside = self.depth().saturating_sub(1);
        while self.depth() > outside {
            self.next()?;
        }
        Ok(())
    }

    pub(crate) fn next(&mut self) -> Result<Token<'_>, XmlError> {
        if std::mem::take(&mut self.closes_itself) {
            self.close_innermost();
            return Ok(Token::End {
                depth: self.depth(),
            });
        }
        loop {
            let piece = self.read_piece()?;
            let first = std::mem::take(&mut self.first);
            match piece {
                Piece::EndOfInput if self.depth() > 0 || !self.root_seen => {
                    return Err(XmlError::CutShort);
                }
                Piece::EndOfInput => return Ok(Token::Finished),
                Piece::Text if self.depth() == 0 => self.check_text_outside(first)?,
                Piece::Text => return Ok(Token::Text(text(&self.piece)?)),
                Piece::Markup(Markup::Comment) => self.check_comment()?,
                Piece::Markup(Markup::Instruction) => self.check_instruction()?,
                Piece::Markup(Markup::Literal) => {
                    let content = text(&self.piece)?
                        .strip_prefix("![CDATA[")
                        .and_then(|content| content.strip_suffix("]]"));
                    let content = content.ok_or(XmlError::Malformed("a literal text"))?;
                    if self.depth() == 0 {
                        return Err(XmlError::Malformed("text outside the root"));
                    }
                    return Ok(Token::Literal(content));
                }
                Piece::Markup(Markup::End) => {
                    let name = text(&self.piece)?.strip_prefix('/').unwrap_or_default();
                    let name = name.trim_end_matches(is_space);
                    let start = self.open_starts.last().copied().unwrap_or(usize::MAX);
                    if self.open_names.get(start..) != Some(name) {
                        return Err(XmlError::Malformed("an end without its start"));
                    }
                    self.open_names.truncate(start);
                    self.open_starts.pop();
                    return Ok(Token::End {
                        depth: self.depth(),
                    });
                }
                Piece::Markup(Markup::Start) => return self.start(),
            }
        }
    }

    fn start(&mut self) -> Result<Token<'_>, XmlError> {
        self.elements += 1;
        if self.depth() >= DEPTH_MAX || self.elements > ELEMENTS_MAX {
            return Err(XmlError::Unreasonable);
        }
        if self.depth() == 0 && std::mem::replace(&mut self.root_seen, true) {
            return Err(XmlError::Malformed("a second root"));
        }
        let markup = text(&self.piece)?;
        let content = markup.strip_suffix('/').unwrap_or(markup);
        self.closes_itself = content.len() < markup.len();
        let name = tag_name(content);
        if !is_name(name) {
            return Err(XmlError::Malformed("the name of an element"));
        }
        self.open_starts.push(self.open_names.len());
        self.open_names.push_str(name);
        let attributes = attributes(content.get(name.len()..).unwrap_or_default())?;
        Ok(Token::Start(Tag { name, attributes }))
    }

    fn close_innermost(&mut self) {
        if let Some(start) = self.open_starts.pop() {
            self.open_names.truncate(start);
        }
    }

    fn check_text_outside(&self, first: bool) -> Result<(), XmlError> {
        let outside = text(&self.piece)?;
        let byte_order_mark = if first {
            outside.strip_prefix('\u{feff}')
        } else {
            None
        };
        if byte_order_mark.unwrap_or(outside).chars().all(is_space) {
            Ok(())
        } else {
            Err(XmlError::Malformed("text outside the root"))
        }
    }

    fn check_comment(&self) -> Result<(), XmlError> {
        // XML 1.0 section 2.5: no `--` inside, so that every reader agrees where it ends.
        let content = text(&self.piece)?
            .strip_prefix("!--")
            .and_then(|content| content.strip_suffix("--"))
            .ok_or(XmlError::Malformed("a comment"))?;
        if content.contains("--") || content.ends_with('-') || content.starts_with(['>', '-']) {
            return Err(XmlError::Malformed("a comment"));
        }
        Ok(())
    }

    fn check_instruction(&self) -> Result<(), XmlError> {
        let content = text(&self.piece)?
            .strip_prefix('?')
            .and_then(|content| content.strip_suffix('?'))
            .filter(|content| content.starts_with(char::is_alphabetic))
            .ok_or(XmlError::Malformed("an instruction"))?;
        let is_declaration = content
            .get(..3)
            .is_some_and(|name| name.eq_ignore_ascii_case("xml"))
            && content
                .get(3..)
                .is_some_and(|rest| rest.starts_with(is_space));
        if is_declaration {
            let declared = attributes(content.get(3..).unwrap_or_default())?;
            let encoding = declared.iter().find(|(name, _)| *name == "encoding");
            if encoding.is_some_and(|(_, value)| !value.eq_ignore_ascii_case("utf-8")) {
                return Err(XmlError::Encoding);
            }
        }
        Ok(())
    }

    /// Reads a text, or a piece of markup without its angle brackets, into the buffer.
    fn read_piece(&mut self) -> Result<Piece, XmlError> {
        self.piece.clear();
        match self.input.fill_buf()?.first() {
            None => Ok(Piece::EndOfInput),
            Some(b'<') => {
                self.input.consume(1);
                self.read_markup().map(Piece::Markup)
            }
            Some(_) => {
                self.read_text()?;
                Ok(Piece::Text)
            }
        }
    }

    fn read_text(&mut self) -> Result<(), XmlError> {
        loop {
            let ready = self.input.fill_buf()?;
            let end = ready.iter().position(|byte| *byte == b'<');
            let length = end.unwrap_or(ready.len());
            self.piece
                .extend_from_slice(ready.get(..length).unwrap_or_default());
            let at_end_of_input = ready.is_empty();
            self.input.consume(length);
            if self.piece.len() > TEXT_BYTES_MAX {
                return Err(XmlError::Unreasonable);
            }
            if end.is_some() || at_end_of_input {
                return Ok(());
            }
        }
    }

    fn read_markup(&mut self) -> Result<Markup, XmlError> {
        let mut quote = None;
        let mut kind = Markup::Start;
        loop {
            let ready = self.input.fill_buf()?;
            if ready.is_empty() {
                return Err(XmlError::CutShort);
            }
            let mut taken = 0;
            let mut ended = None;
            for byte in ready {
                taken += 1;
                if self.piece.len() <= LITERAL_START.len() {
                    kind = markup(&self.piece);
                }
                if *byte == b'>' && quote.is_none() && is_whole(kind, &self.piece) {
                    ended = Some(kind);
                    break;
                }
                if kind == Markup::Start {
                    match (*byte, quote) {
                        (b'<', _) => return Err(XmlError::Malformed("a bracket inside a tag")),
                        (b'"' | b'\'', None) => quote = Some(*byte),
                        (close, Some(open)) if close == open => quote = None,
                        _ => {}
                    }
                }
                self.piece.push(*byte);
            }
            self.input.consume(taken);
            let bytes_max = if kind == Markup::Literal {
                TEXT_BYTES_MAX
            } else {
                MARKUP_BYTES_MAX
            };
            if self.piece.len() > bytes_max {
                return Err(XmlError::Unreasonable);
            }
            match ended {
                Some(Markup::Start) if self.piece.starts_with(b"!") => {
                    return Err(XmlError::Malformed("a document type"));
                }
                Some(kind) => return Ok(kind),
                None => {}
            }
        }
    }
}

fn markup(piece: &[u8]) -> Markup {
    match piece {
        [b'/', ..] => Markup::End,
        [b'?', ..] => Markup::Instruction,
        [b'!', b'-', b'-', ..] => Markup::Comment,
        _ if piece.starts_with(LITERAL_START) => Markup::Literal,
        _ => Markup::Start,
    }
}

/// Whether a closing bracket after this much of it ends it.
fn is_whole(kind: Markup, piece: &[u8]) -> bool {
    match kind {
        Markup::Start | Markup::End => true,
        Markup::Comment => piece.len() >= b"!----".len() && piece.ends_with(b"--"),
        Markup::Literal => piece.len() >= b"![CDATA[]]".len() && piece.ends_with(b"]]"),
        Markup::Instruction => piece.len() >= b"??".len() && piece.ends_with(b"?"),
    }
}

fn text(piece: &[u8]) -> Result<&str, XmlError> {
    // A zero byte is in no XML, but it is in UTF-16, which other readers recognise by it.
    if piece.contains(&0) {
        return Err(XmlError::Encoding);
    }
    std::str::from_utf8(piece).map_err(|_| XmlError::Encoding)
}

/// XML 1.0 section 2.3, the production `S`.
const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn tag_name(content: &str) -> &str {
    let end = content
        .find(|c| is_space(c) || c == '/')
        .unwrap_or(content.len());
    content.get(..end).unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.');
    !name.is_empty() && name.chars().all(in_name)
}

fn attributes(content: &str) -> Result<Vec<(&str, &str)>, XmlError> {
    const MALFORMED: XmlError = XmlError::Malformed("an attribute");
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = content;
    loop {
        let next = rest.trim_start_matches(is_space);
        if next.is_empty() {
            return Ok(found);
        }
        if next.len() == rest.len() {
            return Err(MALFORMED);
        }
        let (name, after) = next.split_once('=').ok_or(MALFORMED)?;
        let name = name.trim_end_matches(is_space);
        let after = after.trim_start_matches(is_space);
        let quote = after
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .ok_or(MALFORMED)?;
        let (value, after) = after
            .strip_prefix(quote)
            .and_then(|value| value.split_once(quote))
            .ok_or(MALFORMED)?;
        if !is_name(name) || found.iter().any(|(known, _)| *known == name) {
            return Err(MALFORMED);
        }
        if found.len() >= ATTRIBUTES_MAX {
            return Err(XmlError::Unreasonable);
        }
        found.push((name, value));
        rest = after;
    }
}

/// A text or an attribute with its entities and character references replaced. Only the five
/// entities of XML 1.0 section 4.6 exist, as there is no document type.
pub(crate) fn decoded(raw: &str) -> Result<Cow<'_, str>, XmlError> {
    const MALFORMED: XmlError = XmlError::Malformed("an entity");
    if !raw.contains('&') {
        return Ok(Cow::Borrowed(raw));
    }
    let mut pieces = raw.split('&');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (entity, after) = piece.split_once(';').ok_or(MALFORMED)?;
        let character = match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => {
                let number = other.strip_prefix('#').ok_or(MALFORMED)?;
                let code = match number.strip_prefix('x') {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                code.ok().and_then(char::from_u32).ok_or(MALFORMED)?
            }
        };
        plain.push(character);
        plain.push_str(after);
    }
    Ok(Cow::Owned(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reader makes of a document, a token a line; with an error's text at the end.
    fn outline(document: impl AsRef<[u8]>) -> String {
        // One byte at a time, so that every token crosses a buffer's edge.
        let input = io::BufReader::with_capacity(1, document.as_ref());
        let mut reader = XmlReader::new(input);
        let mut lines = Vec::new();
        loop {
            match reader.next() {
                Ok(Token::Start(tag)) => lines.push(format!("<{} {:?}", tag.name, tag.attributes)),
                Ok(Token::End { depth }) => lines.push(format!(">{depth}")),
                Ok(Token::Text(text)) => lines.push(format!("'{text}'")),
                Ok(Token::Literal(text)) => lines.push(format!("[{text}]")),
                Ok(Token::Finished) => break,
                Err(error) => {
                    lines.push(error.to_string());
                    break;
                }
            }
        }
        lines.join(" ")
    }

    #[test]
    fn a_document_comes_as_starts_texts_and_ends() {
        assert_eq!(
            outline(
                "\u{feff}<?xml version='1.0' encoding=\"UTF-8\"?>\r\n<!-- a > b --><a b = 'c>d' e=\"'\">f<g/>h<![CDATA[<&]]></a >\n"
            ),
            r#"<a [("b", "c>d"), ("e", "'")] 'f' <g [] >1 'h' [<&] >0"#
        );
    }

    #[test]
    fn what_readers_could_take_differently_is_refused() {
        for (document, why) in [
            ("", "ends inside"),
            ("<a>", "ends inside"),
            ("<a", "ends inside"),
            ("<a></b>", "an end without its start"),
            ("</a>", "an end without its start"),
            ("<a><b></a></b>", "an end without its start"),
            ("<a/><b/>", "a second root"),
            ("<a/>x", "text outside"),
            ("x<a/>", "text outside"),
            ("<a b='1' b='2'/>", "an attribute"),
            ("<a b=1/>", "an attribute"),
            ("<a b/>", "an attribute"),
            ("<a b='1'c='2'/>", "an attribute"),
            ("<a b='<'/>", "a bracket inside"),
            ("<!DOCTYPE a><a/>", "a document type"),
            ("<!---->x--><a/>", "text outside"),
            ("<!--> <a/> -->", "a comment"),
            ("<!---> <a/> -->", "a comment"),
            ("<?> <a/> ?>", "an instruction"),
            ("<!-- -- --><a/>", "a comment"),
            (
                "<?xml version='1.0' encoding='UTF-16'?><a/>",
                "not in UTF-8",
            ),
            ("<a>\0</a>", "not in UTF-8"),
            ("<1 2=>", "an attribute"),
            ("<>", "the name"),
        ] {
            let outline = outline(document);
            assert!(outline.contains(why), "{document:?} gave {outline:?}");
        }
        assert!(outline(b"<a>\xff</a>").contains("not in UTF-8"));
        assert!(outline("<a>".repeat(101)).contains("holds more"));
        assert!(outline(format!("<a b='{}'/>", "x".repeat(70_000))).contains("holds more"));
        assert!(outline(format!("<a>{}</a>", "x".repeat(300_000))).contains("holds more"));
        let many: Vec<_> = (0..=100).map(|n| format!(" a{n}=''")).collect();
        let many = many.concat();
        assert!(outline(format!("<a{many}/>")).contains("holds more"));
    }

    #[test]
    fn elements_are_counted() {
        let mut reader = XmlReader::new(&b"<a><b/><c/></a>"[..]);
        reader.elements = ELEMENTS_MAX - 2;
        assert!(matches!(reader.next(), Ok(Token::Start(_))));
        assert!(matches!(reader.next(), Ok(Token::Start(_))));
        assert!(matches!(reader.next(), Ok(Token::End { .. })));
        assert!(matches!(reader.next(), Err(XmlError::Unreasonable)));
    }

    #[test]
    fn an_element_is_skipped_with_all_it_holds() {
        let mut reader = XmlReader::new(&b"<a><b><c/>x</b><d/></a>"[..]);
        reader.next().unwrap();
        reader.next().unwrap();
        reader.skip_element().unwrap();
        assert!(matches!(
            reader.next().unwrap(),
            Token::Start(Tag { name: "d", .. })
        ));
        reader.skip_element().unwrap();
        assert_eq!(reader.next().unwrap(), Token::End { depth: 0 });
        assert_eq!(reader.next().unwrap(), Token::Finished);
    }

    #[test]
    fn entities_are_replaced_and_unknown_ones_refused() {
        assert_eq!(
            decoded("a&amp;&#163;&#xA3;&lt;&gt;&quot;&apos;b").unwrap(),
            "a&££<>\"'b"
        );
        for raw in ["&", "&amp", "&nbsp;", "&#;", "&#xD800;", "&#99999999999;"] {
            assert!(decoded(raw).is_err(), "{raw}");
        }
    }
}
