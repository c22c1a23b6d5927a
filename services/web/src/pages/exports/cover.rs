//! What stands on the cover of a workbook.

use netgain_events::recorded_at::RecordedAt;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_pages::known::Known;
use netgain_sheet_writing::{Book, Table};

/// Whose figures, as known when, made when.
pub(super) struct Cover {
    organisation: String,
    known: String,
    /// When it is made.
    pub(super) made: RecordedAt,
}

impl Cover {
    pub(super) fn new(state: &Organisation, known: &Known, made: RecordedAt) -> Self {
        let at = known
            .recorded_at
            .map(|moment| format!(", recorded at {moment}"));
        Self {
            organisation: netgain_answers::known::title(state),
            known: format!(
                "position {} of {}{}",
                known.position,
                known.last,
                at.unwrap_or_default()
            ),
            made,
        }
    }

    /// A book with this cover, what else has to be known in `more`.
    pub(super) fn book(
        &self,
        title: String,
        more: Vec<(&'static str, String)>,
        table: Table,
    ) -> Book {
        let mut cover = vec![
            ("Organisation", self.organisation.clone()),
            ("As known at", self.known.clone()),
            ("Made at", format!("{} (UTC)", self.made)),
            ("Ruleset", NI179_V1.id.to_owned()),
        ];
        cover.extend(more);
        Book {
            title,
            made_on: self.made.day(),
            cover,
            table,
        }
    }
}
