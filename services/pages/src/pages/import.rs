//! A spreadsheet of gains: chosen, looked through, recorded all together or not at all.

mod effect;
mod preview;
mod receipt;
mod rows;

use askama::Template;
use netgain_events::identifier::OrgId;

pub use self::preview::{Looked, PreviewPage, Which};
pub use self::receipt::{ReceiptPage, Recorded};
pub use self::rows::{PAGE_ROWS, RowsPage};

use crate::components::{Button, ErrorSummary, FileUpload, Input, Radio, Radios, Textarea};
use crate::forms::problems::Problems;
use crate::frame::Frame;
use crate::link::Link;

/// The kinds of files that can be read.
const ACCEPTED: &str = ".xlsx,.ods,.csv,text/csv,\
     application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,\
     application/vnd.oasis.opendocument.spreadsheet";

/// What somebody answered beside the file, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// What all amounts in the year columns add up to.
    pub control_total: String,
    /// Whether known gains are amended.
    pub amend: bool,
    /// Why.
    pub reason: String,
    /// Which sheet of a workbook.
    pub sheet: String,
}

/// A file that the service still has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// Its SHA-256 in hex digits.
    pub sha256: String,
    /// Its name on whoever's disk.
    pub name: String,
}

/// Where a file is chosen.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/import.html")]
pub struct ImportPage {
    frame: Frame,
    wrong: Option<ErrorSummary>,
    address: Link,
    template_xlsx: Link,
    template_csv: Link,
    to_amend: Link,
    kept: Option<KeptFile>,
    file: FileUpload,
    control_total: Input,
    known: Radios,
    reason: Textarea,
    sheet: Input,
    submit: Button,
}

impl ImportPage {
    /// The form, as far as it is filled in.
    #[must_use]
    pub fn new(
        mut frame: Frame,
        org: &OrgId,
        answers: &Answers,
        kept: Option<KeptFile>,
        problems: &Problems,
    ) -> Self {
        frame.has_errors = !problems.is_empty();
        let root = Link::organisation(org);
        let export = |name| root.clone().to("export").to(name);
        Self {
            frame,
            wrong: problems.summary(),
            address: root.clone().to("import"),
            template_xlsx: export("template.xlsx"),
            template_csv: export("template.csv"),
            to_amend: export("gains-to-amend.xlsx"),
            file: FileUpload::new("file", "Spreadsheet")
                .hint("An .xlsx, .ods or .csv file of at most 4 MB")
                .accept(ACCEPTED)
                .error_message_if(problems.of("file")),
            kept,
            control_total: control_total(answers, problems),
            known: known(answers),
            // Not shown and hidden with its answer: assistive technology is told too little then.
            reason: Textarea::new("reason", "Why gains are amended")
                .hint("Only if they are. Stands in the history beside every amendment.")
                .rows(2)
                .value(answers.reason.clone())
                .error_message_if(problems.of("reason")),
            sheet: Input::new("sheet", "Name of the sheet (optional)")
                .hint("Only if the workbook has several and it is not the first")
                .value(answers.sheet.clone())
                .width(20)
                .error_message_if(problems.of("sheet")),
            submit: Button::new("Check the spreadsheet"),
        }
    }
}

fn control_total(answers: &Answers, problems: &Problems) -> Input {
    Input::new("control_total", "Control total (optional)")
        .hint(
            "What all amounts in the year columns add up to, costs left out, from where the figures came \
             from. Nothing is recorded unless the spreadsheet adds up to it.",
        )
        .prefix("£")
        .inputmode("decimal")
        .spellcheck(false)
        .width(10)
        .value(answers.control_total.clone())
        .error_message_if(problems.of("control_total"))
}

fn known(answers: &Answers) -> Radios {
    let amend = Radio::new("amend", "Amend it where the row says something else");
    Radios::new("known")
        .legend("If a gain of the spreadsheet is recorded already")
        .item(Radio::new("stop", "Stop and tell me").checked(!answers.amend))
        .item(amend.checked(answers.amend))
}

#[cfg(test)]
mod tests;
