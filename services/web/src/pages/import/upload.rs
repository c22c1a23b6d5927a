//! The form with the spreadsheet, as it arrives.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use netgain_events::money::Money;
use netgain_events::text::Prose;
use netgain_pages::forms::problems::Problems;
use netgain_pages::pages::import::Answers;

use super::kept::FILE_BYTES_MAX;
use crate::problem::Problem;

/// What stands around the file: its own fields are a few kilobytes.
const FIELDS_BYTES_MAX: usize = 64 * 1024;

/// The largest body of the form.
pub(super) const BODY_BYTES_MAX: usize = FILE_BYTES_MAX + FIELDS_BYTES_MAX;

/// Characters of a file's name that are kept.
const NAME_CHARACTERS_MAX: usize = 100;

/// What was sent.
#[derive(Debug, Default)]
pub(super) struct Upload {
    pub(super) answers: Answers,
    /// Its name and its bytes, where a file was chosen.
    pub(super) file: Option<(String, Bytes)>,
    /// The SHA-256 of the file that was sent before.
    pub(super) kept: String,
    /// Whether it was cut off because it is larger than a form may be.
    pub(super) too_large: bool,
}

impl Upload {
    /// Reads the form. One that is too large is read as far as it goes.
    pub(super) async fn read(request: Request) -> Result<Self, Problem> {
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| not_whole())?;
        let mut upload = Self::default();
        loop {
            let field = match form.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => return Ok(upload),
                Err(error) => return upload.cut(&error),
            };
            if let Err(error) = upload.take(field).await {
                return upload.cut(&error);
            }
        }
    }

    async fn take(&mut self, field: Field<'_>) -> Result<(), MultipartError> {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file_name = field.file_name().unwrap_or_default();
            let file_name: String = file_name.chars().take(NAME_CHARACTERS_MAX).collect();
            let bytes = field.bytes().await?;
            if !bytes.is_empty() || !file_name.is_empty() {
                self.file = Some((file_name, bytes));
            }
            return Ok(());
        }
        let text = field.text().await?.trim().to_owned();
        match name.as_str() {
            "control_total" => self.answers.control_total = text,
            "known" => self.answers.amend = text == "amend",
            "reason" => self.answers.reason = text,
            "sheet" => self.answers.sheet = text,
            "kept" => self.kept = text,
            _ => {}
        }
        Ok(())
    }

    fn cut(mut self, error: &MultipartError) -> Result<Self, Problem> {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            self.too_large = true;
            return Ok(self);
        }
        Err(not_whole())
    }

    /// What is wrong with the answers.
    pub(super) fn problems(&self, has_file: bool) -> Problems {
        let mut problems = Problems::default();
        let over = self
            .file
            .as_ref()
            .is_some_and(|(_, bytes)| bytes.len() > FILE_BYTES_MAX);
        if self.too_large || over {
            problems.of_field(
                "file",
                "The spreadsheet is larger than 4 MB. Import it in parts, or without pictures. Then fill in \
                 the rest of the form again.",
            );
        } else if !has_file {
            problems.of_field("file", "Choose a spreadsheet");
        }
        if control_total(&self.answers).is_err() {
            problems.of_field(
                "control_total",
                "Enter the control total in pounds and pence, like 1250000.50, or leave it out",
            );
        }
        if self.answers.amend && self.answers.reason.parse::<Prose>().is_err() {
            problems.of_field(
                "reason",
                "Say why the gains are amended, in at most 2,000 characters",
            );
        }
        problems
    }
}

/// The control total as an amount, where one was typed.
pub(super) fn control_total(answers: &Answers) -> Result<Option<Money>, ()> {
    let plain: String = answers
        .control_total
        .chars()
        .filter(|c| !matches!(c, '£' | ',' | ' '))
        .collect();
    if plain.is_empty() {
        return Ok(None);
    }
    plain.parse().map(Some).map_err(|_| ())
}

fn not_whole() -> Problem {
    Problem::bad_request(
        "bad-body",
        "The form did not arrive whole. Go back and send it again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(control_total: &str, reason: Option<&str>) -> Upload {
        Upload {
            answers: Answers {
                control_total: control_total.into(),
                amend: reason.is_some(),
                reason: reason.unwrap_or_default().into(),
                sheet: String::new(),
            },
            ..Upload::default()
        }
    }

    #[test]
    fn a_control_total_is_read_as_people_write_it() {
        let of = |text: &str| control_total(&answers(text, None).answers);
        assert_eq!(of(""), Ok(None));
        assert_eq!(of("£1,250.50").unwrap().unwrap().to_string(), "1250.50");
        assert_eq!(of("12x"), Err(()));
        assert_eq!(of("0.001"), Err(()));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert!(answers("", None).problems(true).is_empty());
        assert!(answers("10", Some("Restated")).problems(true).is_empty());
        let wrong = answers("lots", Some("")).problems(false);
        for field in ["file", "control_total", "reason"] {
            assert!(wrong.of(field).is_some(), "{field}");
        }
        let mut large = answers("", None);
        large.too_large = true;
        assert!(large.problems(true).of("file").unwrap().contains("4 MB"));
    }
}
