//! What an import came to: the receipt.

use askama::Template;
use netgain_answers::import::Imported;
use netgain_answers::pounds::pounds;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::SumOverflow;

use super::KeptFile;
use super::effect::{Effect, effects};
use crate::components::{Panel, SummaryList, SummaryRow};
use crate::frame::Frame;
use crate::link::Link;

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What it came to.
    pub imported: Imported,
}

/// The receipt.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/import_receipt.html")]
pub struct ReceiptPage {
    frame: Frame,
    panel: Panel,
    summary: SummaryList,
    effects: Vec<Effect>,
    positions: Option<[(Position, Link); 2]>,
    gains: Link,
    another: Link,
}

impl ReceiptPage {
    /// The receipt of a file.
    ///
    /// # Errors
    /// Amounts differ by more than a sum can be.
    pub fn new(
        frame: Frame,
        org: &OrgId,
        file: &KeptFile,
        recorded: &Recorded,
    ) -> Result<Self, SumOverflow> {
        let imported = &recorded.imported;
        let counts = &imported.counts;
        let root = Link::organisation(org);
        let event = |position: Position| {
            let link = root.clone().to("history").to(position);
            (position, link)
        };
        let rows = counts.new + counts.amended + counts.unchanged;
        let row = |key: &str, value: String| SummaryRow::new(key, value);
        let summary = SummaryList::new().rows([
            row("File", file.name.clone()),
            row("Its SHA-256", file.sha256.clone()),
            row("Rows", rows.to_string()),
            row("New gains", counts.new.to_string()),
            row("Gains amended", counts.amended.to_string()),
            row("Gains unchanged", counts.unchanged.to_string()),
            row("Costs", counts.costs.to_string()),
            row("The year columns add up to", pounds(imported.control_total)),
        ]);
        Ok(Self {
            panel: Panel::new("Recorded").content(format!(
                "{rows} {} adding up to {}",
                if rows == 1 { "row" } else { "rows" },
                pounds(imported.control_total)
            )),
            summary,
            effects: effects(&imported.claimed_net)?,
            positions: imported
                .positions
                .map(|(first, last)| [event(first), event(last)]),
            gains: root.clone().to("claims"),
            another: root.to("import"),
            frame,
        })
    }
}
