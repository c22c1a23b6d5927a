//! How a call ends: its exit status, and what is said on the way out.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// Why a call did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The rules refused, or a check failed: exit status 1. Nothing more is said where the answers
    /// have said it already.
    Refused(Option<String>),
    /// The call's words are off: exit status 2.
    Usage(String),
    /// The ledger could not be read or written: exit status 3.
    Fault(Box<dyn Error + Send + Sync>),
}

/// What a call gives back.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    /// A refusal with its stable code.
    pub(crate) fn refused(code: &str, message: impl fmt::Display) -> Self {
        Self::Refused(Some(format!("{code}: {message}")))
    }

    /// A fault said in words.
    pub(crate) fn fault(message: impl Into<String>) -> Self {
        Self::Fault(message.into().into())
    }

    /// An error, with what it means for whoever made the call in front.
    pub(crate) fn explained(
        meaning: &'static str,
        error: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self::Fault(Box::new(Explained {
            meaning,
            error: Box::new(error),
        }))
    }

    /// A file or a directory that could not be read or written.
    pub(crate) fn file(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::fault(format!("cannot {doing} {}: {error}", path.display()))
    }

    /// As an error, for whoever goes on and says it in a log.
    pub(crate) fn into_error(self) -> Box<dyn Error + Send + Sync> {
        match self {
            Self::Refused(message) => message.unwrap_or_default().into(),
            Self::Usage(message) => message.into(),
            Self::Fault(error) => error,
        }
    }

    /// Says why on standard error; gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Refused(None) => ExitCode::from(1),
            Self::Refused(Some(message)) => {
                eprintln!("netgain: {message}");
                ExitCode::from(1)
            }
            Self::Usage(message) => {
                eprintln!("netgain: {message}");
                ExitCode::from(2)
            }
            // Whoever was reading has seen enough, as in `netgain trail … | head`.
            Self::Fault(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
            Self::Fault(error) => {
                eprintln!("netgain: {error}");
                let mut cause = error.source();
                while let Some(error) = cause {
                    eprintln!("  because: {error}");
                    cause = error.source();
                }
                ExitCode::from(3)
            }
        }
    }
}

/// An error and everything behind it, in one sentence.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

/// An error with what it means in front.
#[derive(Debug, thiserror::Error)]
#[error("{meaning}")]
struct Explained {
    meaning: &'static str,
    #[source]
    error: Box<dyn Error + Send + Sync>,
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Fault(Box::new(error))
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
