//! How the stream of the seals and the bucket of the lease are set up, and refusing what is not.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, StorageType};
use netgain_events::identifier::LedgerId;

use super::SUBJECT;
use super::lease::{self, BUCKET, LEASE};
use crate::connection::Connection;
use crate::home::Home;
use crate::home_error::{HomeError, Problem};
use crate::init::{change_stream, info, make_stream};
use crate::setup::{Belongs, belongs, desired, problems};
use crate::streams::Stream;
use crate::{asked, jetstream_log};

/// The stream's name.
pub(super) const STREAM: &str = "netgain-seals";

/// Makes the stream of a ledger's seals and the bucket of the lease, or makes them right where they are there. What
/// is right already is left as it is.
///
/// # Errors
/// The servers cannot hold a ledger; there are another ledger's seals; or something is wrong that cannot be
/// changed on an existing stream.
pub fn init_seals(home: &Home, ledger: &LedgerId) -> Result<(), HomeError> {
    let (home, ledger) = (home.clone(), *ledger);
    jetstream_log::wait_for(async move { make(&home, &ledger).await })
}

async fn make(home: &Home, ledger: &LedgerId) -> Result<(), HomeError> {
    let context = Connection::open(home).await?.context;
    let right = wanted(ledger, home.replicas);
    match info(&context, STREAM).await? {
        None => make_stream(&context, right).await?,
        Some(found) => {
            check_ledger(&found.config, ledger)?;
            let wrong = problems(&found.config, SUBJECT, home.replicas);
            if wrong.iter().any(is_unchangeable) {
                return Err(HomeError::Wrong {
                    stream: STREAM.into(),
                    problems: wrong,
                });
            }
            if !wrong.is_empty() {
                change_stream(&context, right).await?;
            }
        }
    }
    check(&context, home, ledger).await?;
    let right = bucket(home.replicas);
    match info(&context, &right.name).await? {
        None => make_stream(&context, right).await,
        Some(found) if is_lease(&found.config) => Ok(()),
        Some(_) => change_stream(&context, right).await,
    }
}

/// Connects, and refuses what cannot hold that ledger's seals.
pub(super) async fn open(
    home: &Home,
    ledger: &LedgerId,
) -> Result<(Connection, Stream), HomeError> {
    let connection = Connection::open(home).await?;
    let context = &connection.context;
    check(context, home, ledger).await?;
    check_lease(context).await?;
    let stream = context.get_stream_no_info(STREAM).await;
    let stream = stream.map_err(|error| HomeError::api("ask for the seals", error))?;
    Ok((connection, stream))
}

/// Refuses a bucket of the lease that is not there or not set up so.
pub(super) async fn check_lease(context: &Context) -> Result<Info, HomeError> {
    let stream = lease::stream();
    match info(context, &stream).await? {
        Some(found) if is_lease(&found.config) => Ok(found),
        Some(_) => Err(HomeError::NoLease { stream }),
        None => Err(HomeError::NoStream { stream }),
    }
}

async fn check(context: &Context, home: &Home, ledger: &LedgerId) -> Result<Info, HomeError> {
    let stream = STREAM.to_owned();
    let Some(found) = info(context, STREAM).await? else {
        return Err(HomeError::NoStream { stream });
    };
    check_ledger(&found.config, ledger)?;
    let problems = problems(&found.config, SUBJECT, home.replicas);
    if !problems.is_empty() {
        return Err(HomeError::Wrong { stream, problems });
    }
    let keepers = asked::keepers(context, std::slice::from_ref(&found)).await?;
    asked::check(&keepers, home.syncing)?;
    Ok(found)
}

/// Refuses the stream of another ledger's seals.
pub(super) fn check_ledger(config: &Config, ledger: &LedgerId) -> Result<(), HomeError> {
    let found = belongs(config)?.ledger;
    if found == *ledger {
        return Ok(());
    }
    Err(HomeError::OtherLedger {
        stream: STREAM.into(),
        found: format!("ledger {found}"),
        expected: format!("ledger {ledger}"),
    })
}

/// The stream is kept as the log is: nothing in it is ever deleted, changed or dropped.
fn wanted(ledger: &LedgerId, replicas: usize) -> Config {
    let belonging = Belongs {
        ledger: *ledger,
        shards: 1,
    };
    Config {
        name: STREAM.into(),
        subjects: vec![SUBJECT.into()],
        ..desired(0, belonging, replicas)
    }
}

fn is_unchangeable(problem: &Problem) -> bool {
    matches!(problem, Problem::Storage | Problem::Retention)
}

/// A bucket of NATS KV. What it holds is worth nothing after a few seconds; it is in a file all the same, since a server that
/// is alone forgets a stream in memory, and that there was one, when it ends.
fn bucket(replicas: usize) -> Config {
    Config {
        name: lease::stream(),
        subjects: vec![format!("$KV.{BUCKET}.>")],
        storage: StorageType::File,
        num_replicas: replicas,
        max_messages_per_subject: 1,
        max_age: LEASE,
        discard: DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        ..Config::default()
    }
}

fn is_lease(config: &Config) -> bool {
    let right = bucket(config.num_replicas);
    config.max_age == right.max_age
        && config.subjects == right.subjects
        && config.max_messages_per_subject == right.max_messages_per_subject
}
