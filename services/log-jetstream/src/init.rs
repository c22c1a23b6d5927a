//! Making a ledger's streams, and refusing those that cannot hold one.

use std::time::Duration;

use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, Info};
use async_nats::jetstream::{Context, ErrorCode};
use netgain_events::identifier::LedgerId;
use tokio::time::{Instant, sleep};

use crate::connection::Connection;
use crate::home::Home;
use crate::home_error::{HomeError, Problem};
use crate::setup::{Belongs, belongs, check_belongs, desired, problems};
use crate::{asked, jetstream_log, nodes, subject};

/// How long to wait for the servers to choose a leader: twice as long as an election takes (4 to 9 s).
const LEADER_TIME_MAX: Duration = Duration::from_secs(20);

/// How long to wait before they are asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// Makes a ledger's streams, or makes them right where they are there. What is right already is left as it
/// is; a ledger that is there keeps its identity and its shards, which cannot change. Returns which ledger it
/// is.
///
/// # Errors
/// The servers cannot hold a ledger; the streams belong to something else; or one has what cannot be
/// changed on an existing stream.
pub fn init(
    home: &Home,
    shards: u32,
    new_ledger: impl FnOnce() -> LedgerId,
) -> Result<LedgerId, HomeError> {
    if !matches!(home.replicas, 1 | 3 | 5) {
        return Err(HomeError::Replicas(home.replicas));
    }
    if !(1..=Home::SHARDS_MAX).contains(&shards) {
        return Err(HomeError::Shards(shards));
    }
    let (home, ledger) = (home.clone(), new_ledger());
    jetstream_log::wait_for(async move { make(&home, Belongs { ledger, shards }).await })
}

async fn make(home: &Home, new: Belongs) -> Result<LedgerId, HomeError> {
    let context = Connection::open(home).await?.context;
    let first = info(&context, &subject::stream(0)).await?;
    let belongs = match first {
        Some(found) => belongs(&found.config)?,
        None => new,
    };
    if belongs.shards != new.shards {
        return Err(HomeError::OtherLedger {
            stream: subject::stream(0),
            found: belongs.to_string(),
            expected: format!("one of {} shards", new.shards),
        });
    }
    // Before anything is made, so that a home that is refused stays as it was.
    let servers = asked::ask(&context.client(), home.replicas, &[]).await?;
    asked::check(&servers, home.syncing)?;
    let mut made = Vec::new();
    for shard in 0..belongs.shards {
        made.push(make_one(&context, shard, belongs, home.replicas).await?);
    }
    asked::check(&asked::keepers(&context, &made).await?, home.syncing)?;
    nodes::make(&context, home.replicas).await?;
    Ok(belongs.ledger)
}

async fn make_one(
    context: &Context,
    shard: u32,
    belonging: Belongs,
    replicas: usize,
) -> Result<Info, HomeError> {
    let name = subject::stream(shard);
    let right = desired(shard, belonging, replicas);
    match info(context, &name).await? {
        None => {
            make_stream(context, right).await?;
        }
        Some(found) => {
            check_belongs(&name, &found.config, belonging)?;
            let wrong = problems(&found.config, &subject::all(shard), replicas);
            if wrong.is_empty() {
                return Ok(found);
            }
            let unchangeable: Vec<Problem> = wrong
                .into_iter()
                .filter(|problem| matches!(problem, Problem::Storage | Problem::Retention))
                .collect();
            if !unchangeable.is_empty() {
                let (stream, problems) = (name, unchangeable);
                return Err(HomeError::Wrong { stream, problems });
            }
            change_stream(context, right).await?;
        }
    }
    check_one(context, shard, belonging, replicas).await
}

/// Refuses a stream that is not there, is another ledger's, or is not set up as it must be.
pub(crate) async fn check_one(
    context: &Context,
    shard: u32,
    belonging: Belongs,
    replicas: usize,
) -> Result<Info, HomeError> {
    let stream = subject::stream(shard);
    let Some(found) = info(context, &stream).await? else {
        return Err(HomeError::NoStream { stream });
    };
    check_belongs(&stream, &found.config, belonging)?;
    let problems = problems(&found.config, &subject::all(shard), replicas);
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(HomeError::Wrong { stream, problems })
    }
}

pub(crate) async fn make_stream(context: &Context, right: Config) -> Result<(), HomeError> {
    let what = format!("make the stream {}", right.name);
    let made = context.create_stream(right).await;
    made.map(drop).map_err(|error| HomeError::api(what, error))
}

pub(crate) async fn change_stream(context: &Context, right: Config) -> Result<(), HomeError> {
    let what = format!("change the stream {}", right.name);
    let changed = context.update_stream(right).await;
    changed
        .map(drop)
        .map_err(|error| HomeError::api(what, error))
}

/// Which ledger the servers hold.
pub(crate) async fn held(context: &Context) -> Result<Belongs, HomeError> {
    let stream = subject::stream(0);
    match info(context, &stream).await? {
        Some(found) => belongs(&found.config),
        None => Err(HomeError::NoStream { stream }),
    }
}

/// What the servers say about a stream, if it is there. Where none of them leads, they are asked again until one
/// does.
pub(crate) async fn info(context: &Context, name: &str) -> Result<Option<Info>, HomeError> {
    let begun = Instant::now();
    loop {
        match context.get_stream(name).await {
            Ok(stream) => return Ok(Some(stream.cached_info().clone())),
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) if is_passing(&error) && begun.elapsed() < LEADER_TIME_MAX => {
                sleep(PAUSE).await;
            }
            Err(error) => return Err(HomeError::api(format!("ask for the stream {name}"), error)),
        }
    }
}

/// Whether the servers do not answer only while they choose a leader.
fn is_passing(error: &GetStreamError) -> bool {
    match error.kind() {
        GetStreamErrorKind::Request => true,
        GetStreamErrorKind::JetStream(said) => said.code() == 503,
        GetStreamErrorKind::EmptyName | GetStreamErrorKind::InvalidStreamName => false,
    }
}

fn is_absent(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(said) if said.error_code() == ErrorCode::STREAM_NOT_FOUND)
}
