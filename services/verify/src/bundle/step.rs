//! The steps of a verification and what became of them.

use std::error::Error;
use std::fmt;

/// What a step of a verification looks at, in the order of `docs/BUNDLE.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepName {
    /// The archive is in its one form.
    Archive,
    /// `SHA256SUMS` is the sums of the other files.
    Manifest,
    /// The organisation's checkpoint is signed.
    Checkpoint,
    /// Each line is an event of that organisation, in its place.
    Events,
    /// The root over all lines is the checkpoint's.
    Root,
    /// The checkpoint stands in the registry, which is signed, and witnessed by those asked for.
    Registry,
    /// Each inclusion proof leads from its event to the root.
    Inclusion,
    /// The history goes on from the previous statement's.
    Previous,
    /// The last event is the statement.
    Statement,
    /// The figure follows from the events.
    Figure,
    /// The verifier in the bundle is one that netgain released.
    Verifier,
}

impl StepName {
    /// Every step, in order.
    pub const ALL: [Self; 11] = [
        Self::Archive,
        Self::Manifest,
        Self::Checkpoint,
        Self::Events,
        Self::Root,
        Self::Registry,
        Self::Inclusion,
        Self::Previous,
        Self::Statement,
        Self::Figure,
        Self::Verifier,
    ];

    /// Its name, as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Manifest => "manifest",
            Self::Checkpoint => "checkpoint",
            Self::Events => "events",
            Self::Root => "root",
            Self::Registry => "registry",
            Self::Inclusion => "inclusion",
            Self::Previous => "previous",
            Self::Statement => "statement",
            Self::Figure => "figure",
            Self::Verifier => "verifier",
        }
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds; what was found, in a few words.
    Passed(String),
    /// It does not hold; what is wrong, in a sentence.
    Failed(String),
    /// One before it failed, so it says nothing.
    NotReached,
}

/// A step and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a step found and what it says of it, or why it does not hold.
pub(super) type Checked<T, E> = Result<(T, String), E>;

/// The steps so far.
#[derive(Default)]
pub(super) struct Steps(Vec<Step>);

impl Steps {
    /// Notes what became of the next step; gives what it found.
    pub(super) fn record<T, E: Error>(
        &mut self,
        name: StepName,
        checked: Checked<T, E>,
    ) -> Option<T> {
        let (found, outcome) = match checked {
            Ok((found, said)) => (Some(found), Outcome::Passed(said)),
            Err(error) => (None, Outcome::Failed(sentence(&error))),
        };
        self.0.push(Step { name, outcome });
        found
    }

    /// Goes on with the steps that were noted elsewhere.
    pub(super) fn append(&mut self, mut later: Self) {
        self.0.append(&mut later.0);
    }

    /// All steps, those that were not reached too.
    pub(super) fn finish(mut self) -> Vec<Step> {
        for name in StepName::ALL.into_iter().skip(self.0.len()) {
            let outcome = Outcome::NotReached;
            self.0.push(Step { name, outcome });
        }
        self.0
    }
}

/// An error with its causes.
fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        sentence = format!("{sentence}: {source}");
        cause = source.source();
    }
    sentence
}
