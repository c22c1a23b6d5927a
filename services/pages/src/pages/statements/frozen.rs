//! The figures that a statement freezes.

use askama::Template;
use netgain_answers::pounds::stated;
use netgain_events::fact::{StatedBasis, StatedFigures, SumText};

/// The parts of the three bases, side by side, with the costs as they are taken off.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/statements/frozen.html")]
pub(super) struct Frozen {
    labelled_by: &'static str,
    rows: Vec<(&'static str, [String; 3])>,
    net: [String; 3],
}

impl askama::filters::HtmlSafe for Frozen {}

impl Frozen {
    pub(super) fn new(labelled_by: &'static str, figures: &StatedFigures) -> Self {
        let bases = [&figures.claimed, &figures.validated, &figures.assured];
        let plus = |part: fn(&StatedBasis) -> &SumText| bases.map(|basis| stated(part(basis)));
        let less = |part| plus(part).map(|amount| taken_off(&amount));
        Self {
            labelled_by,
            rows: vec![
                ("Gross savings", plus(|basis| &basis.gross)),
                ("Less running costs", less(|basis| &basis.recurring_costs)),
                ("Less what does not last", less(|basis| &basis.deleted)),
                ("Less one-off costs", less(|basis| &basis.one_off_costs)),
                ("Plus carry-forward", plus(|basis| &basis.carry_forward)),
            ],
            net: plus(|basis| &basis.net),
        }
    }
}

/// An amount as it is taken off.
fn taken_off(amount: &str) -> String {
    match amount.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None if amount == "£0.00" => amount.to_owned(),
        None => format!("-{amount}"),
    }
}
