//! Verifying a statement bundle (docs/BUNDLE.md, *What a verifier checks*).
//!
//! One file a step; this one puts them in order. What takes long is done beside each other, but the
//! verdict is told as if one step followed another: after the first that fails nothing is trusted.

mod beside;
mod events;
mod figure;
mod inclusion;
mod log;
mod manifest;
mod previous;
mod registry;
mod root;
#[cfg(test)]
mod sample;
mod statement;
mod step;
#[cfg(test)]
mod tests;
mod verdict;
mod verifier;

use std::thread;

pub use self::step::{Outcome, Step, StepName};
pub use self::verdict::{Facts, NOT_CHECKED, Verdict};

use self::beside::Beside;
use self::events::History;
use self::log::Log;
use self::statement::StatementEvent;
use self::step::Steps;
use crate::archive::{Archive, ArchiveError};

/// Checks a bundle against an auditor's key file. The verdict follows from these bytes alone, and
/// no bytes make it panic. A key file that cannot be read fails the step `checkpoint`, the first to
/// need it.
#[must_use]
pub fn verify(bundle: &[u8], key_file: &[u8]) -> Verdict {
    let mut steps = Steps::default();
    let facts = check(bundle, key_file, &mut steps);
    Verdict {
        steps: steps.finish(),
        facts,
    }
}

/// Nothing where a step failed.
fn check(bundle: &[u8], key_file: &[u8], steps: &mut Steps) -> Option<Facts> {
    let archive = &steps.record(StepName::Archive, archive(bundle))?;
    // Summing every file takes long, and whatever follows does not need the sums but to be told.
    let (manifest, later_steps, facts) = thread::scope(|scope| {
        let manifest = Beside::start(scope, || manifest::check(archive));
        let mut later_steps = Steps::default();
        let facts = check_contents(archive, key_file, &mut later_steps);
        (manifest.wait(), later_steps, facts)
    });
    steps.record(StepName::Manifest, manifest)?;
    steps.append(later_steps);
    facts
}

/// The steps after the manifest.
fn check_contents(archive: &Archive<'_>, key_file: &[u8], steps: &mut Steps) -> Option<Facts> {
    let log = steps.record(StepName::Checkpoint, log::check(archive, key_file))?;
    let (history, leaves) = steps.record(StepName::Events, events::check(archive, &log))?;
    let tree = steps.record(StepName::Root, root::check(&log, leaves))?;
    let registry = steps.record(StepName::Registry, registry::check(archive, &log))?;
    // There can be as many proofs as events, and the figure does not need them.
    let (inclusion, later_steps, issued) = thread::scope(|scope| {
        let inclusion = Beside::start(scope, || inclusion::check(archive, &tree));
        let mut later_steps = Steps::default();
        let issued = check_statement(archive, &log, history, &mut later_steps);
        (inclusion.wait(), later_steps, issued)
    });
    steps.record(StepName::Inclusion, inclusion)?;
    steps.append(later_steps);
    Some(Facts::of(log, registry, issued?))
}

/// The steps after the proofs.
fn check_statement(
    archive: &Archive<'_>,
    log: &Log,
    history: History,
    steps: &mut Steps,
) -> Option<StatementEvent> {
    let statements = &history.statements;
    let previous = previous::check(archive, log, statements);
    steps.record(StepName::Previous, previous)?;
    let issued = statement::check(archive, log, history.last, statements);
    let issued = steps.record(StepName::Statement, issued)?;
    let figure = figure::check(archive, history.before_last, &issued);
    steps.record(StepName::Figure, figure)?;
    steps.record(StepName::Verifier, verifier::check(archive))?;
    Some(issued)
}

fn archive(bundle: &[u8]) -> step::Checked<Archive<'_>, ArchiveError> {
    let archive = Archive::read(bundle)?;
    let said = format!("{} files in {}", archive.files().len(), archive.directory());
    Ok((archive, said))
}
