//! Importing through a running service: it reads the sheet, and says of it what the program would say.

use netgain_answers::import::{ClaimedNet, Counts, Imported};
use netgain_events::fact::SumText;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::Sum;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::{file_name, read_file, report};
use crate::cli;
use crate::client::{Again, Failed, Sent, Server};
use crate::outcome::{Failure, Outcome};
use crate::whereabouts::nobody_named;

/// A file of any of the kinds that are read; which it is, its first bytes say.
const ANY_FILE: &str = "application/octet-stream";

/// An import's document.
#[derive(Deserialize)]
struct Document {
    imported: bool,
    org: OrgId,
    counts: CountsDocument,
    #[serde(deserialize_with = "sum")]
    control_total: Sum,
    first_position: Option<Position>,
    last_position: Option<Position>,
    claimed_net: Vec<YearDocument>,
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct CountsDocument {
    new: usize,
    amended: usize,
    unchanged: usize,
    costs: usize,
}

#[derive(Deserialize)]
struct YearDocument {
    year: FinancialYear,
    #[serde(deserialize_with = "sum")]
    before: Sum,
    #[serde(deserialize_with = "sum")]
    after: Sum,
}

/// A sum as answers write it.
fn sum<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sum, D::Error> {
    let text = SumText::deserialize(deserializer)?;
    text.sum()
        .ok_or_else(|| D::Error::custom("a sum past its range"))
}

impl From<Document> for Imported {
    fn from(document: Document) -> Self {
        let Document { counts, .. } = document;
        Self {
            org: document.org,
            counts: Counts {
                new: counts.new,
                amended: counts.amended,
                unchanged: counts.unchanged,
                costs: counts.costs,
            },
            control_total: document.control_total,
            positions: document.first_position.zip(document.last_position),
            claimed_net: document
                .claimed_net
                .into_iter()
                .map(|year| ClaimedNet {
                    year: year.year,
                    before: year.before,
                    after: year.after,
                })
                .collect(),
            notes: document.notes,
            dry_run: !document.imported,
        }
    }
}

pub(super) fn run(server: &Server, json: bool, call: &cli::Import) -> Outcome {
    nobody_named(&call.actor)?;
    let bytes = read_file(&call.file)?;
    let name = file_name(&call.file);
    let given = [
        ("file", Some(name.as_str())),
        ("dry_run", call.dry_run.then_some("true")),
        ("reason", call.reason.as_deref()),
        ("control_total", call.control_total.as_deref()),
        ("sheet", call.sheet.as_deref()),
    ];
    let path = Server::path_with(
        &format!("/api/v1/organisations/{}/import", call.org),
        given
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let sent = Sent {
        content_type: ANY_FILE,
        bytes: &bytes,
    };
    let again = if call.dry_run {
        Again::Safe
    } else {
        Again::Unsafe
    };
    let answered = server
        .post(&path, sent, again)
        .and_then(|answer| server.document::<Document>(answer));
    match answered {
        Ok(document) => report::imported(json, &document.into()),
        Err(failed) => Err(not_imported(json, failed)),
    }
}

/// Says why nothing was imported; every problem on standard output, as its answer.
fn not_imported(json: bool, failed: Failed) -> Failure {
    match failed {
        Failed::Problem(problem) => match (&problem.problems, &problem.field) {
            (Some(problems), _) => report::refused(json, problems),
            (None, Some(field)) if problem.status == 400 && field == "control_total" => {
                Failure::Usage(problem.detail)
            }
            _ => Failed::Problem(problem).into_failure(),
        },
        other @ (Failed::Unreachable { .. } | Failed::Broken { .. } | Failed::Strange { .. }) => {
            other.into_failure()
        }
    }
}
