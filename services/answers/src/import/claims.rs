//! The claims of a file, and the file itself: what is recorded of them names it as its evidence.

use netgain_events::money::Sum;
use netgain_events::sha256::Sha256Hex;
use netgain_events::text::Line;
use netgain_sheets::Claims as SheetClaims;
use serde_json::{Value, json};

/// How a file is called whose own name is no line of text.
const UNNAMED: &str = "Imported spreadsheet";

/// The claims of a file that was read.
#[derive(Clone, Debug)]
pub struct Claims {
    /// What its rows say.
    pub(super) sheet: SheetClaims,
    /// The file's name and the SHA-256 of its bytes, as a command names evidence.
    pub(super) evidence: Value,
}

impl Claims {
    pub(super) fn new(sheet: SheetClaims, bytes: &[u8], file_name: &str) -> Self {
        let name: String = file_name.chars().take(Line::LENGTH_MAX).collect();
        let is_line = name.parse::<Line>().is_ok();
        let name = if is_line { &name } else { UNNAMED };
        Self {
            sheet,
            evidence: json!([{"name": name, "sha256": Sha256Hex::of(bytes)}]),
        }
    }

    /// The sum of the amounts in its year columns.
    #[must_use]
    pub const fn control_total(&self) -> Sum {
        self.sheet.control_total
    }
}
