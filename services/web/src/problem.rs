//! What went wrong, as every route says it (RFC 9457, *Problem Details for HTTP APIs*).

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use netgain_events::refusal::{Refusal, RefusalCode};
use netgain_ledger::history::HistoryError;
use netgain_ledger::ledger::LedgerFault;
use netgain_ledger::log::ReadError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::documents::import::ImportProblem;

/// How long somebody waits whom others were ahead of too often: some of them are done by then.
const CONTENDED_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// When to ask again where the log's servers did not answer.
const UNANSWERED_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// How long somebody waits whose event a live node would not understand: for so long one counts as live that has
/// just been stopped (ADR 0028).
const UNREAD_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// The media type of a problem (RFC 9457 section 3).
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json";

/// A problem: one stable code, one sentence that says what is wrong and what to do.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Box<ProblemBody>,
    retry_after: Option<Duration>,
}

/// A problem's body.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Which problem it is, as a URI: `urn:netgain:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status, in words.
    title: Cow<'static, str>,
    /// The HTTP status.
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// The stable code; a refusal's is listed in docs/REFUSALS.md.
    code: Cow<'static, str>,
    /// The offending field, where there is one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Every refused command of an array, by its place in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<RefusedCommand>,
    /// Everything that is wrong with a spreadsheet, each with its cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<ImportProblem>, required = false)]
    problems: Option<serde_json::Value>,
}

/// One refused command of an array.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusedCommand {
    /// Its place in the array, from 0.
    index: usize,
    /// The stable code.
    code: &'static str,
    /// The offending field, where there is one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What is wrong and what to do.
    message: String,
}

impl Problem {
    /// A problem of that status.
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        let code = code.into();
        let body = Box::new(ProblemBody {
            kind: format!("urn:netgain:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Problem").into(),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            field: None,
            errors: Vec::new(),
            problems: None,
        });
        Self {
            status,
            body,
            retry_after: None,
        }
    }

    /// Something asked for does not have its form, or does not exist.
    pub(crate) fn bad_request(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// Nobody is signed in, or no longer.
    pub(crate) fn not_signed_in(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", detail)
    }

    /// What may not be done, or not be known to exist.
    pub(crate) fn not_allowed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-allowed", detail)
    }

    /// Nothing stands at that address.
    pub(crate) fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// Something failed here. The cause is for the log, not for whoever asked.
    pub(crate) fn fault(what: &'static str, cause: &dyn std::error::Error) -> Self {
        tracing::error!(error = %with_causes(cause), "{what}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "The service could not do this; its operator finds the cause in the log under the \
             answer's X-Request-Id.",
        )
    }

    /// Too much at once.
    pub(crate) fn later(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        after: Duration,
    ) -> Self {
        let mut problem = Self::new(status, code, detail);
        problem.retry_after = Some(after);
        problem
    }

    /// The HTTP status.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence that says what is wrong and what to do.
    pub(crate) fn sentence(&self) -> &str {
        &self.body.detail
    }

    /// After what time to come again, where that helps.
    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The field it is about.
    pub(crate) fn of_field(mut self, field: impl Into<String>) -> Self {
        self.body.field = Some(field.into());
        self
    }

    /// Everything that is wrong with a spreadsheet.
    pub(crate) fn with_problems(mut self, problems: Option<serde_json::Value>) -> Self {
        self.body.problems = problems;
        self
    }

    /// The first of what was refused, and each by its place where the request was an array.
    pub(crate) fn refused(refusals: &[(usize, Refusal)], array: bool) -> Self {
        let Some((_, first)) = refusals.first() else {
            return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", "Refused.");
        };
        let mut problem = Self::from(first);
        if array {
            problem.body.errors = refusals
                .iter()
                .map(|(index, refusal)| RefusedCommand {
                    index: *index,
                    code: refusal.code.as_str(),
                    field: refusal.field.as_ref().map(ToString::to_string),
                    message: refusal.message.clone(),
                })
                .collect();
        }
        problem
    }
}

/// The status of a refusal (docs/adr/0018).
const fn status_of(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::NotAllowed | RefusalCode::SamePerson => StatusCode::FORBIDDEN,
        RefusalCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalCode::BadJson => StatusCode::BAD_REQUEST,
        RefusalCode::UnknownOrganisation => StatusCode::NOT_FOUND,
        RefusalCode::UnknownCommand
        | RefusalCode::BadField
        | RefusalCode::BadIdentifier
        | RefusalCode::BadMoney
        | RefusalCode::BadYear
        | RefusalCode::CommandIdReused
        | RefusalCode::OrganisationExists
        | RefusalCode::UnknownClaim
        | RefusalCode::ClaimExists
        | RefusalCode::ClaimWithdrawn
        | RefusalCode::UnknownOffset
        | RefusalCode::OffsetExists
        | RefusalCode::UnknownChallenge
        | RefusalCode::ChallengeExists
        | RefusalCode::ChallengeClosed
        | RefusalCode::UnknownRedeployment
        | RefusalCode::RedeploymentExists
        | RefusalCode::NoCarryForward
        | RefusalCode::NotValidated
        | RefusalCode::UnknownPerson
        | RefusalCode::PersonExists
        | RefusalCode::PersonBarred
        | RefusalCode::UnknownGrant
        | RefusalCode::GrantExists
        | RefusalCode::UnknownToken
        | RefusalCode::TokenExists
        | RefusalCode::ProfileBeforeImpact
        | RefusalCode::CheckBeforeFirstAccrual
        | RefusalCode::CheckBeforeYearEnd
        | RefusalCode::StatementTooEarly
        | RefusalCode::StatementTooLate
        | RefusalCode::NotForServiceAccounts
        | RefusalCode::TooMany => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        let problem = Self::new(
            status_of(refusal.code),
            refusal.code.as_str(),
            &*refusal.message,
        );
        match &refusal.field {
            Some(field) => problem.of_field(field.to_string()),
            None => problem,
        }
    }
}

impl From<LedgerFault> for Problem {
    fn from(fault: LedgerFault) -> Self {
        match fault {
            LedgerFault::ReadOnly { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "read-only",
                fault.to_string(),
            ),
            LedgerFault::Contended { .. } => Self::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "contended",
                fault.to_string(),
                CONTENDED_AGAIN_AFTER,
            ),
            LedgerFault::Unread { .. } => Self::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "unread-event",
                fault.to_string(),
                UNREAD_AGAIN_AFTER,
            ),
            LedgerFault::Log(_) => {
                tracing::error!(error = %with_causes(&fault), "the log failed");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "log-failed",
                    "The ledger cannot be written any more, and what became of this request is not \
                     known: send it again, with the same Idempotency-Key, once the service is back.",
                )
            }
            LedgerFault::History(error) => error.into(),
            LedgerFault::Figures(_) | LedgerFault::Decision(_) => {
                Self::fault("the ledger failed", &fault)
            }
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        if let HistoryError::Read(ReadError::Unanswered { .. }) = &error {
            tracing::warn!(error = %with_causes(&error), "a history could not be read");
            return Self::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "no-answer",
                "The servers that keep the log do not answer: nothing came of this request. Send it again.",
                UNANSWERED_AGAIN_AFTER,
            );
        }
        Self::fault("a history could not be read", &error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"netgain\""),
            );
        }
        if let Some(after) = self.retry_after {
            let seconds = after
                .as_secs()
                .saturating_add(u64::from(after.subsec_nanos() > 0));
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

/// An error and everything behind it, in one sentence.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
