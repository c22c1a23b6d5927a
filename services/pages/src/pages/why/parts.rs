//! A net taken apart: what it is the sum of (ruleset sections 6 and 7).

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::basis::Amounts;

/// The parts of a net, each with its sign, so that they add up as they stand.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/why/parts.html")]
pub(super) struct Parts {
    labelled_by: &'static str,
    rows: Vec<Part>,
    net: String,
}

#[derive(Clone, Debug)]
struct Part {
    name: &'static str,
    meaning: &'static str,
    amount: String,
}

impl askama::filters::HtmlSafe for Parts {}

impl Parts {
    /// Of a claim's line, or of a total with its carry-forward.
    pub(super) fn new(
        labelled_by: &'static str,
        amounts: &Amounts,
        carry_forward: Option<Sum>,
    ) -> Result<Self, SumOverflow> {
        let part = |name, meaning, amount| Part {
            name,
            meaning,
            amount: pounds(amount),
        };
        let less = |amount: Sum| Sum::ZERO.minus(amount);
        let mut rows = vec![
            part(
                "Gross savings",
                "what is saved in the year before any cost",
                amounts.gross,
            ),
            part(
                "Less running costs",
                "what it costs each year to save it",
                less(amounts.recurring_costs)?,
            ),
            part(
                "Less what does not last",
                "pounds that end before three financial years are over",
                less(amounts.deleted)?,
            ),
            part(
                "Less one-off costs",
                "investment that falls in the year",
                less(amounts.one_off_costs)?,
            ),
        ];
        if let Some(carried) = carry_forward {
            rows.push(part(
                "Plus carry-forward",
                "gains of 2004 to 2008 above their target that go on",
                carried,
            ));
        }
        let net = amounts.net()?.plus(carry_forward.unwrap_or(Sum::ZERO))?;
        Ok(Self {
            labelled_by,
            rows,
            net: pounds(net),
        })
    }
}
