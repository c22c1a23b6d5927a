//! The form of a signed note, as `signed_note` reads and writes it. What a signature must hold to
//! is [`crate::note`]'s.

use signed_note::{Note, Signature};

/// One signature line of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignatureLine {
    /// The name of the key it says it was made with.
    pub(crate) name: String,
    /// That key's id.
    pub(crate) key_id: u32,
    /// What follows the id: the signature, in a form of its key's kind.
    pub(crate) signature: Vec<u8>,
}

/// Splits a note into the length of its text, with the text's last line feed, and its signature
/// lines; nothing where the note is not of the form.
pub(crate) fn read(note: &str) -> Option<(usize, Vec<SignatureLine>)> {
    let form = Note::from_bytes(note.as_bytes()).ok()?;
    let text_bytes = form.text().len();
    // The crate shows signatures only as it verifies them, and then passes over the second of one
    // key.
    let lines = note.get(text_bytes..)?.strip_prefix('\n')?.lines();
    let lines = lines.map(|line| {
        let signature = Signature::from_bytes(line.as_bytes()).ok()?;
        Some(SignatureLine {
            name: signature.name().to_owned(),
            key_id: signature.id(),
            signature: signature.signature().to_vec(),
        })
    });
    Some((text_bytes, lines.collect::<Option<_>>()?))
}

/// A signature line with its line feed.
pub(crate) fn line(signature: SignatureLine) -> String {
    let SignatureLine {
        name,
        key_id,
        signature,
    } = signature;
    let line = Signature::new(name, key_id, signature).map(|line| line.to_bytes());
    // A key's name is of the form before a key has it.
    line.ok()
        .and_then(|line| String::from_utf8(line).ok())
        .unwrap_or_default()
}

/// The id of a key: the first four bytes of SHA-256 over its name, a line feed, its type and its
/// bytes (C2SP signed-note, *Signatures*).
pub(crate) fn key_id(name: &str, key_type: u8, key: &[u8; 32]) -> u32 {
    signed_note::key_id(name, &typed_key(key_type, key))
}

/// A key's bytes behind the byte of its type, as keys are written.
pub(crate) fn typed_key(key_type: u8, key: &[u8; 32]) -> Vec<u8> {
    [&[key_type], key.as_slice()].concat()
}
