//! Holding a log to its checkpoints: whether each organisation's history still is what was sealed.

use std::collections::BTreeMap;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::accounts::{Accounts, account_all};
use netgain_ledger::history::{HistoryError, lines};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_verify::tlog::{Frontier, Hash, leaf_hash};

use crate::alarm::{Alarm, Finding};
use crate::leaf_hashes;
use crate::leaves::Mark;
use crate::registry::{Registry, RegistryError};
use netgain_durable_files::FileError;

pub use crate::leaves::Leaves;

/// Why a log could not be held to its checkpoints.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// The log could not be read to its end.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The checkpoints could not be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A file beside the checkpoints could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The log and the checkpoints are of two ledgers.
    #[error(
        "the log is of the ledger {log} and the checkpoints are of {registry}; give the \
         checkpoints of this ledger"
    )]
    OtherLedger {
        /// The log's ledger.
        log: LedgerId,
        /// The registry's.
        registry: LedgerId,
    },
}

/// A log held to its checkpoints.
#[derive(Debug)]
pub struct Examined {
    /// What does not agree, by organisation.
    pub alarms: BTreeMap<OrgId, Alarm>,
    /// How many events were read.
    pub events: u64,
    /// The organisations that agree.
    pub(crate) organisations: BTreeMap<OrgId, Leaves>,
    /// The place up to which the log was read.
    pub(crate) end: Cursor,
}

/// Reads a whole log and holds every organisation's history to its newest checkpoint. The registry
/// must have been read first, so that a log that grows meanwhile is only ahead of it. `progress`
/// hears how many bytes of lines have been read.
///
/// # Errors
/// The log or the checkpoints cannot be read, or are not of one ledger. A history that does not
/// agree is no error: it is in the alarms.
pub fn examine(
    log: &dyn LogRead,
    registry: &Registry,
    progress: &mut dyn FnMut(u64),
) -> Result<Examined, ExamineError> {
    let start = |org: &OrgId| leaves(registry, org);
    judge(
        log,
        registry,
        account_all(log, &Cursor::default(), &start, progress)?,
    )
}

/// The account to keep of an organisation while a log is read from its beginning, for [`judge`].
#[must_use]
pub fn leaves(registry: &Registry, org: &OrgId) -> Leaves {
    Leaves::new(sealed(registry, org))
}

fn sealed(registry: &Registry, org: &OrgId) -> Option<Mark> {
    let newest = registry.newest().get(org);
    newest.map(|signed| Mark::of(signed.checkpoint()))
}

/// Holds to its newest checkpoint what was kept of every organisation while the whole log was read, for
/// those who look at more than this on the way.
///
/// # Errors
/// As [`examine`].
pub fn judge(
    log: &dyn LogRead,
    registry: &Registry,
    accounts: Accounts<Leaves>,
) -> Result<Examined, ExamineError> {
    if log.ledger() != registry.ledger() {
        return Err(ExamineError::OtherLedger {
            log: *log.ledger(),
            registry: *registry.ledger(),
        });
    }
    let mut organisations = accounts.organisations;
    // What is sealed and has no event left at all.
    for org in registry.newest().keys() {
        organisations
            .entry(org.clone())
            .or_insert_with(|| leaves(registry, org));
    }
    let mut alarms = BTreeMap::new();
    for (org, leaves) in &organisations {
        let sealed = sealed(registry, org);
        let finding = match sealed {
            Some(sealed) if !leaves.agrees() => {
                let last = leaves.last();
                let different = first_difference(log, registry, org, sealed)?;
                Some(
                    different
                        .or(leaves.gap())
                        .unwrap_or(Finding::Shorter { last }),
                )
            }
            Some(_) | None => leaves.gap(),
        };
        if let Some(finding) = finding {
            let alarm = Alarm {
                org: org.clone(),
                sealed: leaves.sealed(),
                finding,
            };
            alarms.insert(org.clone(), alarm);
        }
    }
    organisations.retain(|org, _| !alarms.contains_key(org));
    Ok(Examined {
        alarms,
        events: accounts.events,
        organisations,
        end: accounts.end.cursor,
    })
}

/// Where a history whose root is not the sealed one differs from it, as exactly as can be told. None
/// where what there is of it differs nowhere, or not for all that is known.
fn first_difference(
    log: &dyn LogRead,
    registry: &Registry,
    org: &OrgId,
    sealed: Mark,
) -> Result<Option<Finding>, ExamineError> {
    let found = leaves_of(log, org, sealed.size)?;
    let kept = leaf_hashes::read(registry.directory(), org, sealed.size)?;
    let mut frontier = Frontier::default();
    if let Some(kept) = kept {
        for &leaf in &kept {
            frontier.push(leaf);
        }
        if frontier.root() == sealed.root {
            let pairs = (1..).map(Position::new).zip(found.iter().zip(&kept));
            let mut others = pairs.filter(|(_, (now, then))| now != then);
            return Ok(others.next().map(|(position, _)| Finding::Different {
                from: position,
                to: position,
            }));
        }
    }
    // Between the last checkpoint that still holds and the first that does not.
    let mut frontier = Frontier::default();
    let mut leaves = found.into_iter();
    for checkpoint in registry.checkpoints_of(org)? {
        let from = Position::new(frontier.size()).next();
        while frontier.size() < checkpoint.size
            && let Some(leaf) = leaves.next()
        {
            frontier.push(leaf);
        }
        if frontier.size() == checkpoint.size && frontier.root() != checkpoint.root {
            let to = Position::new(checkpoint.size);
            return Ok(Some(Finding::Different { from, to }));
        }
    }
    Ok(None)
}

/// The hashes of an organisation's first leaves as the log has them, up to `size`.
fn leaves_of(log: &dyn LogRead, org: &OrgId, size: u64) -> Result<Vec<Hash>, HistoryError> {
    let room = usize::try_from(size).unwrap_or(usize::MAX);
    let mut leaves = Vec::new();
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        let missing = room.saturating_sub(leaves.len());
        leaves.extend(lines(commit.lines).take(missing).map(leaf_hash));
    })?;
    Ok(leaves)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use netgain_ledger::log::{Commit, Log};
    use netgain_ledger::memory::MemoryLog;

    use super::*;
    use crate::sealer::SealError;
    use crate::testing::{SALFORD, STROUD, World, at, org};

    /// Stroud sealed at 2, 5 and 9 events, and Salford at 1.
    fn sealed() -> World {
        let world = World::new();
        world.register(SALFORD);
        world.register(STROUD);
        for number in 2..=9 {
            world.claim(STROUD, &format!("A{number}"), "1");
            if [2, 5, 9].contains(&number) {
                world.seal();
            }
        }
        world
    }

    fn without_leaf_hashes(world: &World) {
        fs::remove_file(world.checkpoints().join(leaf_hashes::LEAF_HASHES)).unwrap();
    }

    fn finding(world: &World, log: &MemoryLog) -> Option<Finding> {
        let sealer = world.sealer_over(log).unwrap();
        assert!(!sealer.alarms().contains_key(&org(SALFORD)));
        sealer.alarms().get(&org(STROUD)).map(|alarm| {
            assert_eq!(alarm.sealed, Position::new(9));
            alarm.finding
        })
    }

    fn different(from: u64, to: u64) -> Finding {
        Finding::Different {
            from: Position::new(from),
            to: Position::new(to),
        }
    }

    fn shorter(last: u64) -> Finding {
        Finding::Shorter {
            last: Position::new(last),
        }
    }

    #[test]
    fn a_log_as_it_was_sealed_raises_no_alarm() {
        let world = sealed();
        assert_eq!(finding(&world, &world.log), None);
        // The control of the rewriting itself: changing nothing changes nothing.
        assert_eq!(finding(&world, &world.rewritten_at(0)), None);
    }

    #[test]
    fn a_rewritten_event_is_found_at_its_exact_position() {
        let world = sealed();
        for position in 2..=9 {
            let log = world.rewritten_at(position);
            assert_eq!(finding(&world, &log), Some(different(position, position)));
        }
    }

    #[test]
    fn without_the_leaves_hashes_it_is_found_between_two_checkpoints() {
        let world = sealed();
        without_leaf_hashes(&world);
        for (position, from, to) in [(2, 1, 2), (3, 3, 5), (5, 3, 5), (6, 6, 9), (9, 6, 9)] {
            let log = world.rewritten_at(position);
            assert_eq!(
                finding(&world, &log),
                Some(different(from, to)),
                "{position}"
            );
        }
    }

    #[test]
    fn hashes_that_are_not_those_that_were_sealed_are_not_believed() {
        let world = sealed();
        without_leaf_hashes(&world);
        let stroud = org(STROUD);
        let log = world.rewritten_at(7);
        let hashes = leaves_of(&log, &stroud, 9).unwrap();
        let run = leaf_hashes::Run {
            org: &stroud,
            first: 1,
            hashes: &hashes,
        };
        leaf_hashes::append(&world.checkpoints(), &[run]).unwrap();
        assert_eq!(finding(&world, &log), Some(different(6, 9)));
    }

    #[test]
    fn a_log_that_was_cut_is_found_with_what_is_missing() {
        for keep_hashes in [true, false] {
            let world = sealed();
            if !keep_hashes {
                without_leaf_hashes(&world);
            }
            for last in 0..9 {
                let log = world.rewritten(|code, at, line| {
                    (*code != org(STROUD) || at.get() <= last).then(|| line.to_vec())
                });
                assert_eq!(finding(&world, &log), Some(shorter(last)), "{last}");
            }
        }
    }

    #[test]
    fn an_event_taken_out_of_the_middle_is_found_where_it_stood() {
        let world = sealed();
        let log = world.rewritten(|code, at, line| {
            (*code != org(STROUD) || at.get() != 4).then(|| line.to_vec())
        });
        assert_eq!(finding(&world, &log), Some(different(4, 4)));
        without_leaf_hashes(&world);
        assert_eq!(finding(&world, &log), Some(different(3, 5)));
    }

    #[test]
    fn an_organisation_with_an_alarm_is_not_sealed_and_the_others_are() {
        let world = sealed();
        let log = world.rewritten_at(5);
        let mut sealer = world.sealer_over(&log).unwrap();
        assert!(sealer.seal(&log, at(0)).unwrap().is_none());
        drop(sealer);
        world.claim(SALFORD, "B", "1");
        world.claim(STROUD, "B", "1");
        let log = world.rewritten_at(5);
        let mut sealer = world.sealer_over(&log).unwrap();
        let seal = sealer.seal(&log, at(0)).unwrap().unwrap();
        let organisations: Vec<_> = seal.organisations.into_iter().collect();
        assert_eq!(organisations, [(org(SALFORD), Position::new(2))]);
        let said = sealer.alarms()[&org(STROUD)].to_string();
        assert!(
            said.starts_with("E07000082: the event at position 5 is not the one that was sealed."),
            "{said}"
        );
        // Nor does putting it right behind the sealer's back: it looks when it starts.
        drop(sealer);
        let mut sealer = world.sealer();
        let seal = sealer.seal(&world.log, at(0)).unwrap().unwrap();
        assert_eq!(seal.organisations[&org(STROUD)], Position::new(10));
    }

    #[test]
    fn an_organisation_with_an_alarm_that_grows_from_its_beginning_stays_as_it_is() {
        let world = sealed();
        let log = world.rewritten(|code, _, line| (*code != org(STROUD)).then(|| line.to_vec()));
        let mut sealer = world.sealer_over(&log).unwrap();
        let alarms = sealer.alarms().clone();
        assert_eq!(alarms[&org(STROUD)].finding, shorter(0));
        for first in 1..=10 {
            let commit = Commit {
                org: &org(STROUD),
                first: Position::new(first),
                events: 1,
                lines: b"{}\n",
            };
            log.append(commit).unwrap();
            assert!(sealer.seal(&log, at(0)).unwrap().is_none());
        }
        assert_eq!(*sealer.alarms(), alarms);
    }

    #[test]
    fn a_log_of_another_ledger_is_refused() {
        let world = sealed();
        let other = "fedcba9876543210fedcba9876543210".parse().unwrap();
        let log = MemoryLog::new(other, netgain_ledger::memory::Syncing::AtOnce);
        let opened = world.sealer_over(&log);
        assert!(matches!(
            opened,
            Err(SealError::Examine(ExamineError::OtherLedger { .. }))
        ));
    }
}
