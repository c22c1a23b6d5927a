//! What somebody sees when a page cannot be given.

use askama::Template;

use crate::frame::Frame;

/// Why there is no page, and what to do.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/failed.html")]
pub struct FailedPage {
    frame: Frame,
    sentence: String,
    next: Option<(String, &'static str)>,
}

impl FailedPage {
    /// For an answer of that HTTP status, with the sentence that says what is wrong, and a page to go on from.
    #[must_use]
    pub fn new(
        status: u16,
        sentence: impl Into<String>,
        next: Option<(String, &'static str)>,
    ) -> Self {
        let title = match status {
            401 => "Sign in first",
            403 => "You may not do this",
            404 => "Page not found",
            413 => "That is too large",
            429 => "Too many requests",
            400..=499 => "That did not work",
            503 => "Not just now",
            _ => "Sorry, something went wrong",
        };
        Self {
            frame: Frame::new(title),
            sentence: sentence.into(),
            next,
        }
    }
}
