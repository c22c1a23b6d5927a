//! The step `manifest`: `SHA256SUMS` is the sums of the other files.

use netgain_events::sha256::Sha256Hex;

use crate::archive::{Archive, sums_line};
use crate::bundle::step::Checked;

/// The file of the sums.
const NAME: &str = "SHA256SUMS";

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum ManifestError {
    /// A file was changed, or its sum was.
    #[error("{name} has the SHA-256 {found}, and SHA256SUMS does not say so on line {line}")]
    Sum {
        name: &'static str,
        line: usize,
        found: Sha256Hex,
    },
    /// More stands there than sums.
    #[error("SHA256SUMS goes on after its {lines} lines")]
    More { lines: usize },
}

/// Checks the sums.
pub(super) fn check(archive: &Archive<'_>) -> Checked<(), ManifestError> {
    let mut rest = archive.file(NAME).unwrap_or_default();
    let mut lines = 0;
    for &(name, content) in archive.files().iter().filter(|(name, _)| *name != NAME) {
        let found = Sha256Hex::of(content);
        lines += 1;
        rest = rest
            .strip_prefix(sums_line(name, &found).as_bytes())
            .ok_or(ManifestError::Sum {
                name,
                line: lines,
                found,
            })?;
    }
    if !rest.is_empty() {
        return Err(ManifestError::More { lines });
    }
    Ok(((), format!("SHA-256 of {lines} files")))
}
