//! Why a service did not do what it was asked, and how a call ends then.

use std::time::Duration;

use netgain_answers::import::ImportProblem;
use serde::Deserialize;

use crate::outcome::Failure;

/// A request came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// There was no connection: nothing was asked.
    #[error("cannot reach the service at {address}")]
    Unreachable {
        /// The service's address.
        address: String,
        /// The cause.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The connection broke before the answer was whole, or was no good from its beginning.
    #[error("no whole answer came from {address}")]
    Broken {
        /// The service's address.
        address: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The service answered that it did not do it.
    #[error("{}: {}", .0.code, .0.detail)]
    Problem(Box<Problem>),
    /// An answer that a service of netgain does not give.
    #[error("{address} answered {what}; look whether that is a netgain service of this version")]
    Strange {
        /// The service's address.
        address: String,
        /// What was answered, in words.
        what: String,
    },
}

/// What a service says is wrong (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The stable code.
    pub(crate) code: String,
    /// The offending field, where there is one.
    pub(crate) field: Option<String>,
    /// What is wrong and what to do.
    pub(crate) detail: String,
    /// Everything that is wrong with a spreadsheet.
    pub(crate) problems: Option<Vec<ImportProblem>>,
    /// When to come again.
    pub(crate) retry_after: Option<Duration>,
}

/// A problem's body.
#[derive(Deserialize)]
struct ProblemBody {
    code: String,
    detail: String,
    field: Option<String>,
    problems: Option<Vec<ImportProblemBody>>,
}

/// One thing wrong with a sheet, as a service writes it.
#[derive(Deserialize)]
struct ImportProblemBody {
    cell: Option<String>,
    row: Option<u32>,
    column: Option<String>,
    code: String,
    message: String,
}

impl From<ImportProblemBody> for ImportProblem {
    fn from(body: ImportProblemBody) -> Self {
        Self {
            cell: body.cell,
            row: body.row,
            column: body.column,
            code: body.code,
            message: body.message,
        }
    }
}

/// What became of a command whose answer is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// It was not recorded, and it may be another time: nothing was decided.
    NotDecided,
    /// It was not recorded.
    NotRecorded,
    /// It may or may not have been recorded.
    Unknown,
}

impl Problem {
    /// The problem in the body of an answer. Something in front of the service, a proxy, answers in other
    /// forms; then the status has to do.
    pub(super) fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let said: Result<ProblemBody, _> = serde_json::from_slice(body);
        match said {
            Ok(said) => Self {
                status,
                code: said.code,
                field: said.field,
                detail: said.detail,
                problems: said
                    .problems
                    .map(|all| all.into_iter().map(ImportProblem::from).collect()),
                retry_after,
            },
            Err(_) => Self {
                status,
                code: format!("http-{status}"),
                field: None,
                detail: format!(
                    "the service, or a proxy in front of it, answered with status {status} and no \
                     reason; look whether the address is right and the service runs."
                ),
                problems: None,
                retry_after,
            },
        }
    }

    /// What became of the command that it is the answer to.
    pub(crate) fn became(&self) -> Became {
        match (self.status, self.code.as_str()) {
            (429, _) | (503, "too-many-connections" | "busy") => Became::NotDecided,
            // Nothing of a refusal is recorded, and the disk and the alarm are looked at first.
            (400..=407 | 409..=499 | 507, _) | (503, "read-only" | "unread-event") => {
                Became::NotRecorded
            }
            _ => Became::Unknown,
        }
    }

    /// Whether an organisation can only be read: its history is not what was sealed.
    pub(crate) fn is_read_only(&self) -> bool {
        (self.status, self.code.as_str()) == (503, "read-only")
    }

    /// Whether the token is no good, for this or any other request.
    pub(crate) const fn is_of_credentials(&self) -> bool {
        self.status == 401
    }

    /// Whether it is a refusal: what the rules say to one request and not the service's own trouble.
    pub(crate) fn is_refusal(&self) -> bool {
        self.became() == Became::NotRecorded && self.status < 500 && !self.is_of_credentials()
    }
}

impl Failed {
    /// What became of the command that was sent.
    pub(crate) fn became(&self) -> Became {
        match self {
            Self::Unreachable { .. } => Became::NotDecided,
            Self::Problem(problem) => problem.became(),
            Self::Broken { .. } | Self::Strange { .. } => Became::Unknown,
        }
    }

    /// When the service asks to be asked again.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Problem(problem) => problem.retry_after,
            Self::Unreachable { .. } | Self::Broken { .. } | Self::Strange { .. } => None,
        }
    }

    /// How a call ends by it, with the statuses that it has on the ledger's own files: refused 1, the call's
    /// words 2, the service's or the network's trouble 3.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Problem(problem) => match problem.status {
                400 => Failure::Usage(format!("{}: {}", problem.code, problem.detail)),
                _ if problem.is_refusal() || problem.is_of_credentials() => {
                    Failure::refused(&problem.code, &problem.detail)
                }
                _ => Failure::fault(format!("{}: {}", problem.code, problem.detail)),
            },
            other @ (Self::Unreachable { .. } | Self::Broken { .. } | Self::Strange { .. }) => {
                other.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn became(status: u16, code: &str) -> Became {
        let body = serde_json::json!({ "code": code, "detail": "So." }).to_string();
        Problem::read(status, None, body.as_bytes()).became()
    }

    #[test]
    fn what_became_of_a_command_is_never_told_better_than_it_is_known() {
        for (status, code, expected) in [
            (422, "bad-money", Became::NotRecorded),
            (403, "same-person", Became::NotRecorded),
            (412, "position-moved", Became::NotRecorded),
            (503, "read-only", Became::NotRecorded),
            (503, "unread-event", Became::NotRecorded),
            (507, "disk-full", Became::NotRecorded),
            (429, "too-many-requests", Became::NotDecided),
            (503, "busy", Became::NotDecided),
            (503, "log-failed", Became::Unknown),
            (503, "slow-disk", Became::Unknown),
            (408, "too-slow", Became::Unknown),
            (500, "fault", Became::Unknown),
        ] {
            assert_eq!(became(status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn an_answer_of_a_proxy_is_told_by_its_status() {
        let problem = Problem::read(502, None, b"<html>Bad Gateway</html>");
        assert_eq!(problem.code, "http-502");
        assert_eq!(problem.became(), Became::Unknown);
    }

    #[test]
    fn a_call_ends_as_it_does_on_the_ledgers_own_files() {
        let ends = |status, code: &str| {
            let body = serde_json::json!({ "code": code, "detail": "So." }).to_string();
            let problem = Problem::read(status, None, body.as_bytes());
            Failed::Problem(Box::new(problem)).into_failure()
        };
        for (status, code) in [
            (401, "not-signed-in"),
            (403, "not-allowed"),
            (404, "unknown-claim"),
        ] {
            assert!(
                matches!(ends(status, code), Failure::Refused(Some(_))),
                "{status}"
            );
        }
        assert!(matches!(ends(400, "bad-year"), Failure::Usage(_)));
        for (status, code) in [(429, "too-many-requests"), (500, "fault"), (503, "busy")] {
            assert!(matches!(ends(status, code), Failure::Fault(_)), "{status}");
        }
    }
}
