//! How a ledger's streams are set up, and what is wrong with one that is not.

use std::time::Duration;

use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType,
};
use netgain_events::identifier::LedgerId;

use crate::home::Home;
use crate::home_error::{HomeError, Problem};
use crate::message::FORMAT;
use crate::subject;

const LEDGER: &str = "netgain-ledger";
const SHARDS: &str = "netgain-shards";
const FORMAT_KEY: &str = "netgain-format";

/// Which ledger a stream belongs to, as it says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Belongs {
    pub(crate) ledger: LedgerId,
    /// How many shards that ledger has.
    pub(crate) shards: u32,
}

impl std::fmt::Display for Belongs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ledger {} of {} shards", self.ledger, self.shards)
    }
}

/// Which ledger a stream says that it belongs to.
pub(crate) fn belongs(config: &Config) -> Result<Belongs, HomeError> {
    let foreign = || HomeError::NoLedger {
        stream: config.name.clone(),
    };
    let said = |key| config.metadata.get(key).ok_or_else(foreign);
    let format = said(FORMAT_KEY)?;
    if *format != FORMAT.to_string() {
        return Err(HomeError::Newer {
            found: format.clone(),
            supported: FORMAT,
        });
    }
    let ledger = said(LEDGER)?.parse().map_err(|_| foreign())?;
    let shards = said(SHARDS)?.parse().map_err(|_| foreign())?;
    if !(1..=Home::SHARDS_MAX).contains(&shards) {
        return Err(HomeError::Shards(shards));
    }
    Ok(Belongs { ledger, shards })
}

pub(crate) fn check_belongs(
    stream: &str,
    config: &Config,
    expected: Belongs,
) -> Result<(), HomeError> {
    let found = belongs(config)?;
    if found == expected {
        return Ok(());
    }
    Err(HomeError::OtherLedger {
        stream: stream.into(),
        found: found.to_string(),
        expected: expected.to_string(),
    })
}

/// How a shard's stream is set up (architecture, *Clustered*).
pub(crate) fn desired(shard: u32, belonging: Belongs, replicas: usize) -> Config {
    let Belongs { ledger, shards } = belonging;
    let said = [
        (LEDGER, ledger.to_string()),
        (SHARDS, shards.to_string()),
        (FORMAT_KEY, FORMAT.to_string()),
    ];
    Config {
        name: subject::stream(shard),
        subjects: vec![subject::all(shard)],
        storage: StorageType::File,
        num_replicas: replicas,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        max_consumers: -1,
        max_age: Duration::ZERO,
        deny_delete: true,
        deny_purge: true,
        allow_atomic_publish: true,
        metadata: said.map(|(key, value)| (key.to_owned(), value)).into(),
        ..Config::default()
    }
}

/// One thing about a stream, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// What it is about.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) found: String,
    pub(crate) problem: Option<Problem>,
}

/// Everything about a stream that a log of record on that subject cannot live with.
pub(crate) fn problems(config: &Config, subject: &str, replicas: usize) -> Vec<Problem> {
    let points = points(config, subject, replicas).into_iter();
    points.filter_map(|point| point.problem).collect()
}

/// Everything about a stream that makes it a log of record on that subject, or keeps it from being one.
pub(crate) fn points(config: &Config, subject: &str, replicas: usize) -> Vec<Point> {
    let subjects = config.subjects.join(", ");
    let subjects_problem = (subjects != subject).then(|| Problem::Subjects {
        found: subjects.clone(),
        needed: subject.to_owned(),
    });
    let found = config.num_replicas;
    let needed = replicas;
    let replicas_problem = (found < needed).then_some(Problem::Replicas { found, needed });
    let is_file = config.storage == StorageType::File;
    let is_kept = config.retention == RetentionPolicy::Limits;
    let is_new = config.discard == DiscardPolicy::New;
    let age = config.max_age;
    let denied = |is_denied| if is_denied { "denied" } else { "allowed" };
    let point = |name, found: String, problem| Point {
        name,
        found,
        problem,
    };
    let is_wrong = |is_right: bool, problem| (!is_right).then_some(problem);
    let mut points = vec![
        point("subjects", subjects, subjects_problem),
        point(
            "servers that keep each message",
            found.to_string(),
            replicas_problem,
        ),
        point(
            "storage",
            if is_file { "file" } else { "memory" }.into(),
            is_wrong(is_file, Problem::Storage),
        ),
        point(
            "messages once they are read",
            if is_kept { "kept" } else { "dropped" }.into(),
            is_wrong(is_kept, Problem::Retention),
        ),
        point(
            "when it is full",
            if is_new {
                "refuses new messages"
            } else {
                "drops old ones"
            }
            .into(),
            is_wrong(is_new, Problem::Discard),
        ),
        point(
            "greatest age",
            if age.is_zero() {
                "none".into()
            } else {
                format!("{age:?}")
            },
            is_wrong(age.is_zero(), Problem::Age(age)),
        ),
        point(
            "deleting messages",
            denied(config.deny_delete).into(),
            is_wrong(config.deny_delete, Problem::Delete),
        ),
        point(
            "purging",
            denied(config.deny_purge).into(),
            is_wrong(config.deny_purge, Problem::Purge),
        ),
        point(
            "batches of messages",
            if config.allow_atomic_publish {
                "taken"
            } else {
                "refused"
            }
            .into(),
            is_wrong(config.allow_atomic_publish, Problem::Batches),
        ),
    ];
    for (name, wrong) in [
        ("limits", limits(config)),
        ("other features", features(config)),
    ] {
        if wrong.is_empty() {
            points.push(point(name, "none".into(), None));
        }
        for (found, problem) in wrong {
            points.push(point(name, found, Some(problem)));
        }
    }
    points
}

/// The limits that a stream has and must not have.
fn limits(config: &Config) -> Vec<(String, Problem)> {
    let limits = [
        ("max_bytes", config.max_bytes),
        ("max_msgs", config.max_messages),
        ("max_msgs_per_subject", config.max_messages_per_subject),
        ("max_msg_size", config.max_message_size.into()),
    ];
    let unlimited = "-1";
    limits
        .into_iter()
        .filter(|(_, limit)| *limit > 0)
        .map(|(name, limit)| {
            (
                format!("{name} {limit}"),
                Problem::Limit { name, unlimited },
            )
        })
        .collect()
}

/// What lets messages of a stream be replaced, expire, change or come in otherwise.
fn features(config: &Config) -> Vec<(String, Problem)> {
    let features = [
        (config.sealed, "a seal"),
        (config.no_ack, "no acknowledgements (no_ack)"),
        (config.allow_rollup, "rollups (allow_rollup_hdrs)"),
        (
            config.allow_message_ttl,
            "messages that expire (allow_msg_ttl)",
        ),
        (config.allow_message_counter, "counters (allow_msg_counter)"),
        (
            config.allow_message_schedules,
            "scheduled messages (allow_msg_schedules)",
        ),
        (config.mirror.is_some(), "a mirrored stream (mirror)"),
        (
            config.sources.is_some(),
            "other streams' messages (sources)",
        ),
        (
            config.subject_transform.is_some(),
            "changed subjects (subject_transform)",
        ),
        (
            config.persist_mode == Some(PersistenceMode::Async),
            "answers before messages are stored (persist_mode: async)",
        ),
    ];
    features
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, feature)| (feature.to_owned(), Problem::Feature(feature)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> Config {
        let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
        desired(2, Belongs { ledger, shards: 4 }, 3)
    }

    #[test]
    fn what_is_made_has_no_problem_and_says_whose_it_is() {
        assert_eq!(problems(&right(), &subject::all(2), 3), []);
        assert_eq!(belongs(&right()).unwrap().shards, 4);
        assert!(check_belongs("s", &right(), belongs(&right()).unwrap()).is_ok());
    }

    #[test]
    fn more_replicas_than_asked_for_are_no_problem() {
        assert_eq!(problems(&right(), &subject::all(2), 1), []);
    }

    #[test]
    fn each_thing_that_is_wrong_is_said() {
        type Change = fn(&mut Config);
        let changes: [(Change, &str); 21] = [
            (
                |c| c.subjects.push("more".into()),
                "let it have netgain.2.* and no others",
            ),
            (
                |c| c.storage = StorageType::Memory,
                "make it anew with file storage",
            ),
            (|c| c.num_replicas = 1, "1 servers keep each message: let 3"),
            (
                |c| c.retention = RetentionPolicy::WorkQueue,
                "retention by limits",
            ),
            (|c| c.discard = DiscardPolicy::Old, "discard: new"),
            (|c| c.max_bytes = 1, "max_bytes"),
            (|c| c.max_messages = 1, "max_msgs"),
            (|c| c.max_messages_per_subject = 1, "max_msgs_per_subject"),
            (|c| c.max_message_size = 1, "max_msg_size"),
            (|c| c.max_age = Duration::from_secs(1), "set max_age to 0"),
            (|c| c.deny_delete = false, "set deny_delete"),
            (|c| c.deny_purge = false, "set deny_purge"),
            (|c| c.allow_atomic_publish = false, "set allow_atomic"),
            (|c| c.sealed = true, "a seal"),
            (|c| c.no_ack = true, "no_ack"),
            (|c| c.allow_rollup = true, "allow_rollup_hdrs"),
            (|c| c.allow_message_ttl = true, "allow_msg_ttl"),
            (|c| c.allow_message_counter = true, "allow_msg_counter"),
            (|c| c.allow_message_schedules = true, "allow_msg_schedules"),
            (|c| c.sources = Some(vec![]), "sources"),
            (
                |c| c.persist_mode = Some(PersistenceMode::Async),
                "persist_mode",
            ),
        ];
        for (change, said) in changes {
            let mut config = right();
            change(&mut config);
            let found = problems(&config, &subject::all(2), 3);
            assert_eq!(found.len(), 1, "{said}");
            assert!(
                found[0].to_string().contains(said),
                "{} lacks {said:?}",
                found[0]
            );
        }
    }

    #[test]
    fn a_stream_that_says_nothing_or_something_else_is_not_the_ledgers() {
        let mut config = right();
        config.metadata.insert(FORMAT_KEY.into(), "2".into());
        assert!(matches!(belongs(&config), Err(HomeError::Newer { .. })));
        config.metadata.clear();
        assert!(matches!(belongs(&config), Err(HomeError::NoLedger { .. })));
        let mut other = belongs(&right()).unwrap();
        other.shards = 5;
        assert!(matches!(
            check_belongs("s", &right(), other),
            Err(HomeError::OtherLedger { .. })
        ));
    }
}
