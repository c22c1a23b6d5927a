//! What the operator is told while a witness runs.

use std::error::Error;
use std::io::{self, Write};

/// Says something in one line on standard error.
pub(crate) fn say(line: &str) {
    let line = format!("netgain: {line}\n");
    // Nobody may be listening, and cosigning goes on.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// An error and its causes in one sentence.
pub(crate) fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence.push_str(": ");
        sentence.push_str(&error.to_string());
        cause = error.source();
    }
    sentence
}
