//! A spreadsheet of claims: all rows or none, every problem at once.
//!
//! [`read`] turns bytes into claims; [`dry_run`] says what would become of them, and [`record`]
//! makes it so. Both answer with an [`Imported`] or with [`NotImported`]. Every event that comes of it names the
//! file as its evidence, so that it can be told later which figures came from which spreadsheet.

mod amendment;
mod claims;
mod imported;
mod plan;
mod problem;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::money::{Money, Sum};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::Organisation;
use netgain_ledger::ledger::{Caller, Ledger, Outcome, Seen, rehearse};
use netgain_ledger::log::Log;
use netgain_sheets::Problem;

pub use netgain_sheets::limits::FILE_BYTES_MAX;

pub use self::claims::Claims;
pub use self::imported::{ClaimedNet, Counts, Imported};
pub use self::plan::Plan;
pub use self::problem::{ImportProblem, problems_document};

use crate::not_answered::{BadQuestion, Fault};

/// What someone asks of an import beside the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which sheet of a workbook; the first visible one unless named.
    pub sheet: Option<String>,
    /// What all the profile amounts of the sheet must add up to, as a person writes it: `£` and
    /// commas are let pass.
    pub control_total: Option<String>,
    /// Why the claims are amended. With a reason, changed rows of known claims become amendments and
    /// unchanged ones are left alone; without one, a known claim is a problem.
    pub amend: Option<String>,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// Everything that is wrong with the sheet: [`problems_document`] is its document.
    #[error("{} of the sheet's rows or cells are wrong; nothing was imported", .0.len())]
    Problems(Vec<ImportProblem>),
    /// The sheet's amounts add up to something else.
    #[error(
        "the amounts in the sheet's year columns add up to {found}, not to {expected}; nothing was \
         imported. Compare the sheet with where the control total came from."
    )]
    ControlTotal {
        /// What they add up to.
        found: Sum,
        /// What they were to add up to.
        expected: Money,
    },
    /// An option is off.
    #[error(transparent)]
    BadQuestion(#[from] BadQuestion),
    /// The ledger could not be read or written.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl NotImported {
    /// The code of [`Self::ControlTotal`], which is no refusal of a command.
    pub const CONTROL_TOTAL: &'static str = "control-total";
}

/// What came of an import, and what its answer saw: it may be told once that stands.
#[derive(Debug)]
pub struct Attempt {
    /// Imported, or why not.
    pub outcome: Result<Imported, NotImported>,
    /// What the decision saw.
    pub seen: Seen,
}

impl From<NotImported> for Attempt {
    /// Not imported, whatever the history is.
    fn from(why: NotImported) -> Self {
        Self {
            outcome: Err(why),
            seen: Seen::default(),
        }
    }
}

/// Reads a file's claims, and holds them to the control total where there is one. `file_name` appears in
/// messages, and in the history as the name of the evidence. Of a file that is too large, one byte more than
/// [`FILE_BYTES_MAX`] is enough to say so.
///
/// # Errors
/// The file, its cells or the control total are off.
pub fn read(bytes: &[u8], file_name: &str, options: &Options) -> Result<Claims, NotImported> {
    let problems = |problems: Vec<Problem>| {
        NotImported::Problems(problems.into_iter().map(ImportProblem::from).collect())
    };
    let sheet = netgain_sheets::read(bytes, file_name, options.sheet.as_deref())
        .map_err(|error| problems(vec![Problem::from(error)]))?;
    let claims = netgain_sheets::claims(&sheet).map_err(problems)?;
    if let Some(expected) = &options.control_total {
        check_control_total(expected, claims.control_total)?;
    }
    Ok(Claims::new(claims, bytes, file_name))
}

fn check_control_total(given: &str, found: Sum) -> Result<(), NotImported> {
    let plain: String = given
        .chars()
        .filter(|c| !matches!(c, '£' | ',' | ' '))
        .collect();
    let expected: Money = plain.parse().map_err(|error| BadQuestion::ControlTotal {
        given: given.to_owned(),
        why: ToString::to_string(&error),
    })?;
    if Sum::from(expected) == found {
        return Ok(());
    }
    Err(NotImported::ControlTotal { found, expected })
}

/// Says what an import would come to, from the state as it stands; nothing is written.
///
/// # Errors
/// What the sheet asks for would be refused; or the figures cannot be added up.
pub fn dry_run(
    state: &Organisation,
    claims: &Claims,
    options: &Options,
    caller: &Caller,
    ledger: &LedgerId,
    now: RecordedAt,
) -> Result<Imported, NotImported> {
    let mut plan = Plan::of(state, claims, options).map_err(NotImported::Problems)?;
    let commands = plan.take_commands();
    let rehearsal = rehearse(state, commands, caller, ledger, now).map_err(Fault::from)?;
    if !rehearsal.refused.is_empty() {
        return Err(NotImported::Problems(plan.place_all(&rehearsal.refused)));
    }
    Imported::tried(state, &rehearsal.state, claims, plan.counts)
}

/// Imports claims into an open ledger, all rows or none.
pub fn record<L: Log>(
    ledger: &Ledger<L>,
    org: &OrgId,
    claims: &Claims,
    options: &Options,
    caller: &Caller,
) -> Attempt {
    let mut saw = Seen::default();
    let outcome = decide(ledger, org, claims, options, caller, &mut saw);
    Attempt { outcome, seen: saw }
}

fn decide<L: Log>(
    ledger: &Ledger<L>,
    org: &OrgId,
    claims: &Claims,
    options: &Options,
    caller: &Caller,
    saw: &mut Seen,
) -> Result<Imported, NotImported> {
    let before = look(ledger, org, saw)?;
    let mut plan = Plan::of(&before, claims, options).map_err(NotImported::Problems)?;
    let commands = plan.take_commands();
    let answer = ledger
        .submit_all(org, commands, caller)
        .map_err(Fault::from)?;
    *saw = answer.seen;
    let positions = match answer.outcome {
        Outcome::Refused(refused) => {
            return Err(NotImported::Problems(plan.place_all(&refused)));
        }
        Outcome::Recorded { first, kinds } | Outcome::Repeated { first, kinds } => {
            positions(first, kinds.len())
        }
    };
    let after = look(ledger, org, saw)?;
    let imported = Imported::tried(&before, &after, claims, plan.counts)?;
    Ok(Imported {
        positions,
        dry_run: false,
        ..imported
    })
}

/// The organisation's state now; empty where there is none, so that its claims are refused as those
/// of any unknown organisation are.
fn look<L: Log>(ledger: &Ledger<L>, org: &OrgId, saw: &mut Seen) -> Result<Organisation, Fault> {
    match ledger.look(org, Clone::clone)? {
        Some((state, seen)) => {
            *saw = seen;
            Ok(state)
        }
        None => Ok(Organisation::new(org.clone())),
    }
}

/// The first and the last position of so many events; nothing where there are none.
fn positions(first: Position, events: usize) -> Option<(Position, Position)> {
    let more = u64::try_from(events).ok()?.checked_sub(1)?;
    let last = first.get().checked_add(more)?;
    Some((first, Position::new(last)))
}

#[cfg(test)]
mod tests;
