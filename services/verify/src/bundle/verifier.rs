//! The step `verifier`: what the bundle gives its reader to check it with is netgain's.

use crate::archive::Archive;
use crate::bundle::step::Checked;
use crate::{README_TEXT, VERIFY_PY};

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
#[error("{name} is not one that netgain released: do not run or follow it")]
pub(super) struct NotReleased {
    name: &'static str,
}

/// Checks the verifier and the page that says how to use it.
pub(super) fn check(archive: &Archive<'_>) -> Checked<(), NotReleased> {
    for (name, released) in [
        ("README.txt", README_TEXT.as_bytes()),
        ("verify.py", VERIFY_PY),
    ] {
        if archive.file(name) != Some(released) {
            return Err(NotReleased { name });
        }
    }
    Ok(((), "verify.py and README.txt are netgain's".to_owned()))
}
