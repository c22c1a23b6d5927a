//! Evidence: the documents that an event names, or that it names none.

use askama::Template;
use netgain_events::event::Evidence;

/// What an event gives as evidence. The documents themselves are outside the ledger.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/history/documents.html")]
pub struct Documents {
    documents: Vec<Evidence>,
}

impl askama::filters::HtmlSafe for Documents {}

impl Documents {
    /// Those.
    #[must_use]
    pub fn new(documents: &[Evidence]) -> Self {
        Self {
            documents: documents.to_vec(),
        }
    }
}
