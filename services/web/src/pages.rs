//! The pages: what a browser asks for, and what a form sends.
//!
//! `visitor` knows who looks and what they may see; each page's own file asks the ledger and hands what
//! it found to `netgain-pages`, which turns it into HTML. Forms record by the same door as every other
//! request: `recording`.

mod assets;
mod board;
mod boards;
mod changes;
mod checks;
mod claim;
mod claims;
mod exports;
mod failed;
mod form;
mod forms;
mod history;
mod home;
mod import;
mod known;
mod organisations;
mod proof;
mod record;
mod sample;
mod settings;
mod sign_in;
mod statements;
mod visitor;
mod why;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;

pub(crate) use self::board::BoardCaches;
use self::failed::Failed;
use crate::problem::Problem;
use crate::service::Service;

/// The routes of pages, and their addresses, so that a test can ask for each as everybody.
pub(crate) struct PageRoutes {
    router: Router<Arc<Service>>,
    addresses: Vec<&'static str>,
}

impl PageRoutes {
    fn new() -> Self {
        Self {
            router: Router::new(),
            addresses: Vec::new(),
        }
    }

    /// Adds an address.
    fn route(mut self, address: &'static str, methods: MethodRouter<Arc<Service>>) -> Self {
        self.router = self.router.route(address, methods);
        self.addresses.push(address);
        self
    }

    /// Adds those of a page's file.
    fn with(self, add: impl FnOnce(Self) -> Self) -> Self {
        add(self)
    }
}

fn all() -> PageRoutes {
    PageRoutes::new()
        .with(assets::routes)
        .with(board::routes)
        .with(boards::routes)
        .with(sign_in::routes)
        .with(organisations::routes)
        .with(claims::routes)
        .with(exports::routes)
        .with(import::routes)
        .with(forms::routes)
        .with(claim::routes)
        .with(home::routes)
        .with(checks::routes)
        .with(settings::routes)
        .with(history::routes)
        .with(why::routes)
        .with(changes::routes)
        .with(statements::routes)
        .with(proof::routes)
        .with(sample::routes)
}

/// The routes of the pages.
pub(crate) fn router() -> Router<Arc<Service>> {
    all().router
}

/// The address of every page, as its route is written.
#[must_use]
pub fn page_addresses() -> Vec<&'static str> {
    all().addresses
}

/// A problem as a page for whoever reads pages, and else as it is.
pub(crate) fn or_problem(headers: &HeaderMap, problem: Problem) -> Response {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    if accepted.any(|value| value.contains("text/html")) {
        Failed::from(problem).into_response()
    } else {
        problem.into_response()
    }
}
