//! Sums as a template shows them.

use std::fmt;

use askama::filters::HtmlSafe;
use netgain_answers::pounds::{change, pounds};
use netgain_events::money::Sum;

/// A sum in pounds: `£1,234.50`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::pages) struct Pounds(pub(in crate::pages) Sum);

/// A difference, with a plus where it is above zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pages) struct Change(pub(in crate::pages) Sum);

impl fmt::Display for Pounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&pounds(self.0))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&change(self.0))
    }
}

// A sign, digits and commas.
impl HtmlSafe for Pounds {}
impl HtmlSafe for Change {}
