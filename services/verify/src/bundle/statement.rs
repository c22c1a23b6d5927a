//! The step `statement`: the last event is the statement that the bundle is of.

use netgain_events::event::Event;
use netgain_events::fact::{Fact, Statement};
use netgain_events::identifier::{Actor, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::ruleset::{NI179_V1, Ruleset};
use netgain_events::vocabulary::Auth;

use crate::archive::{Archive, Directory};
use crate::bundle::events::Issued;
use crate::bundle::log::Log;
use crate::bundle::step::Checked;

/// The rulesets that this verifier knows.
const RULESETS: [&Ruleset; 1] = [&NI179_V1];

/// The bundle's statement as its event records it.
pub(super) struct StatementEvent {
    pub(super) statement: Statement,
    pub(super) rules: &'static Ruleset,
    pub(super) recorded_at: RecordedAt,
    pub(super) actor: Actor,
    pub(super) auth: Auth,
}

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum StatementError {
    #[error("the last event is not an issued statement")]
    NotAStatement,
    #[error("statement.json is not the last line of events.jsonl")]
    OtherLine,
    #[error("the statement at event {position} says it is known at {known_at}, not just before it")]
    KnownAt {
        position: Position,
        known_at: Position,
    },
    #[error(
        "the statement has the number {found}, and the one before in its year and series {before}"
    )]
    Number { found: u32, before: u32 },
    #[error("the bundle's directory is {found}, and its statement's {expected}")]
    Directory {
        expected: Directory,
        found: Directory,
    },
    #[error(
        "the statement names the ruleset {found}, which this verifier does not know; use a newer one"
    )]
    UnknownRuleset { found: String },
    #[error("ruleset.json could not be made to compare with")]
    RulesetText(#[from] serde_json::Error),
    #[error("ruleset.json is not the ruleset {named} that the statement names")]
    OtherRuleset { named: &'static str },
}

/// Checks what the statement says of itself.
pub(super) fn check(
    archive: &Archive<'_>,
    log: &Log,
    last: Option<Event>,
    earlier: &[Issued],
) -> Checked<StatementEvent, StatementError> {
    let event = last.ok_or(StatementError::NotAStatement)?;
    let Fact::StatementIssued(statement) = event.fact else {
        return Err(StatementError::NotAStatement);
    };
    if archive.file("statement.json") != archive.file("events.jsonl").and_then(last_line) {
        return Err(StatementError::OtherLine);
    }
    let known_at = statement.figures.known_at;
    if known_at.next() != event.position {
        let position = event.position;
        return Err(StatementError::KnownAt { position, known_at });
    }
    let same =
        |issued: &&Issued| issued.year == statement.year && issued.series == statement.series;
    let before = earlier.iter().rfind(same).map_or(0, |issued| issued.number);
    let found = statement.number;
    if before.checked_add(1) != Some(found) {
        return Err(StatementError::Number { found, before });
    }
    let expected = Directory::of(&log.org, &statement);
    if *archive.directory() != expected {
        let found = archive.directory().clone();
        return Err(StatementError::Directory { expected, found });
    }
    let rules = rules(archive, &statement)?;
    let said = format!(
        "{} of {}, {} number {found}, by {}",
        log.org, statement.year, statement.series, rules.id
    );
    let issued = StatementEvent {
        statement: *statement,
        rules,
        recorded_at: event.recorded_at,
        actor: event.actor,
        auth: event.auth,
    };
    Ok((issued, said))
}

/// The last line, with its line feed.
fn last_line(lines: &[u8]) -> Option<&[u8]> {
    lines.split_inclusive(|&byte| byte == b'\n').next_back()
}

fn rules(archive: &Archive<'_>, statement: &Statement) -> Result<&'static Ruleset, StatementError> {
    let named = statement.figures.ruleset.as_str();
    let rules = RULESETS.into_iter().find(|rules| rules.id == named);
    let rules = rules.ok_or_else(|| StatementError::UnknownRuleset {
        found: named.to_owned(),
    })?;
    let mut text = serde_json::to_vec(rules)?;
    text.push(b'\n');
    if archive.file("ruleset.json") == Some(&text) {
        Ok(rules)
    } else {
        Err(StatementError::OtherRuleset { named: rules.id })
    }
}
