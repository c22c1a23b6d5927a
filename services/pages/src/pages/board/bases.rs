//! From claimed to validated to assured.

use askama::Template;
use netgain_events::money::SumOverflow;

use super::amounts::{Change, Pounds};
use super::nets::Nets;
use crate::charts::{Chart, Waterfall, waterfall};

/// The three bases, drawn and as a table.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/bases.html")]
pub(super) struct Bases {
    chart: Chart,
    claimed: Pounds,
    not_validated: Change,
    validated: Pounds,
    not_assured: Change,
    assured: Pounds,
}

impl askama::filters::HtmlSafe for Bases {}

impl Bases {
    pub(super) fn of(nets: Nets) -> Result<Self, SumOverflow> {
        let of = Waterfall::of(nets.claimed, nets.validated, nets.assured)?;
        Ok(Self {
            chart: waterfall(&of),
            claimed: Pounds(of.claimed),
            not_validated: Change(of.not_validated),
            validated: Pounds(of.validated),
            not_assured: Change(of.not_assured),
            assured: Pounds(of.assured),
        })
    }
}
