//! Looking at everything that makes servers a home for a ledger, and saying what is right and what is not.

use std::error::Error;
use std::iter::successors;
use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::Info;
use async_nats::{Message, StatusCode};
use futures_util::StreamExt;
use netgain_events::identifier::LedgerId;
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout};

use crate::asked::{self, Servers};
use crate::connection::{Connection, NO_STREAMS};
use crate::home::{Home, Syncing};
use crate::home_error::HomeError;
use crate::seals::check::Looked;
use crate::setup::{self, Point};
use crate::{init, jetstream_log, nodes, seals, subject};

/// What was found of one thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whose it is: a server, a stream or a user, by name.
    pub of: String,
    /// What it is about.
    pub matter: String,
    /// What it is.
    pub found: String,
    /// What to think of it.
    pub verdict: Verdict,
}

/// What to think of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it must be.
    Right,
    /// It works like this, and should be changed: what to change.
    Change(String),
    /// A ledger cannot be held like this: what is wrong and what to do.
    Wrong(String),
}

/// How long an operation may take to be answered or denied: a round trip.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);

/// How often to look whether it has been denied.
const LOOK: Duration = Duration::from_millis(20);

/// A stream that no ledger has: what is asked of it changes nothing, and whether it may be asked is seen all
/// the same.
const NO_STREAM: &str = "netgain-none";

/// What nobody who records or reads needs to do to a stream, as the server's subjects and people call it.
const POWERS: [(&str, &str); 6] = [
    // Copies are sent to any subject that is asked for, those of a ledger too.
    ("STREAM.SNAPSHOT", "copy streams"),
    ("STREAM.PURGE", "purge streams"),
    ("STREAM.DELETE", "delete streams"),
    ("STREAM.UPDATE", "change streams"),
    ("STREAM.MSG.DELETE", "delete messages"),
    ("STREAM.RESTORE", "put streams back"),
];

/// What to do about commits that are not there any more.
const GONE: &str = "messages are gone: run `netgain verify`, which says which, and put the ledger back from an export";

/// Looks at the servers, the ledger's streams and the rights of this user; and, where it is said how to get there, at
/// the seals and the rights of the user who makes them. Changes nothing.
///
/// # Errors
/// The servers cannot be reached, or do not answer. That the seals cannot be looked at is a finding.
pub fn check(home: &Home, seals: Option<&Home>) -> Result<Vec<Finding>, HomeError> {
    let (home, seals) = (home.clone(), seals.cloned());
    jetstream_log::wait_for(async move { look(&home, seals.as_ref()).await })
}

async fn look(home: &Home, seals: Option<&Home>) -> Result<Vec<Finding>, HomeError> {
    let connection = Connection::open(home).await?;
    let context = &connection.context;
    let (mut streams, mut found) = (Vec::new(), Vec::new());
    let belongs = match init::held(context).await {
        Ok(belongs) => {
            for shard in 0..belongs.shards {
                let name = subject::stream(shard);
                match init::info(context, &name).await? {
                    Some(stream) => {
                        let whose = setup::check_belongs(&name, &stream.config, belongs);
                        let whose = whose.map_or_else(wrong, |()| Verdict::Right);
                        found.push(finding(&name, "ledger", belongs.to_string(), whose));
                        let subject = subject::all(shard);
                        found.extend(of_stream(&stream, &subject, home.replicas, GONE));
                        streams.push(stream);
                    }
                    None => {
                        let absent = wrong(HomeError::NoStream {
                            stream: name.clone(),
                        });
                        found.push(finding(&name, "ledger", "no stream".into(), absent));
                    }
                }
            }
            Some(belongs)
        }
        Err(error @ HomeError::Api { .. }) => return Err(error),
        Err(error) => {
            let name = subject::stream(0);
            found.push(finding(&name, "ledger", "none".into(), wrong(error)));
            None
        }
    };
    if belongs.is_some() {
        found.extend(nodes::check::look(context).await?);
    }
    found.extend(of_user(&connection, home).await?);
    let ledger = belongs.map(|belongs| belongs.ledger);
    let (of_seals, seals_streams) = of_seals(seals, ledger.as_ref()).await;
    found.extend(of_seals);
    streams.extend(seals_streams);
    let servers = if streams.is_empty() {
        asked::ask(&context.client(), home.replicas, &[]).await?
    } else {
        asked::keepers(context, &streams).await?
    };
    let mut findings = of_servers(&servers, &streams, home.syncing);
    findings.append(&mut found);
    Ok(findings)
}

/// What was found of the seals, or that they could not be looked at.
async fn of_seals(seals: Option<&Home>, ledger: Option<&LedgerId>) -> Looked {
    let (found, verdict) = match seals {
        Some(home) => match seals::check::look(home, ledger).await {
            Ok(looked) => return looked,
            Err(error) => ("cannot be looked at", Verdict::Wrong(with_causes(&error))),
        },
        None => {
            let how = "this call cannot see them: set seals_user and seals_password_file, as on a node that seals";
            ("not looked at", Verdict::Change(how.into()))
        }
    };
    let unseen = finding("seals", "stream", found.into(), verdict);
    (vec![unseen], Vec::new())
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = successors(Some(error), |&error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}

pub(crate) fn finding(of: &str, matter: &str, found: String, verdict: Verdict) -> Finding {
    let (of, matter) = (of.to_owned(), matter.to_owned());
    Finding {
        of,
        matter,
        found,
        verdict,
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what becomes of an error"
)]
pub(crate) fn wrong(error: HomeError) -> Verdict {
    Verdict::Wrong(error.to_string())
}

fn of_servers(servers: &Servers, streams: &[Info], syncing: Syncing) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, said) in servers {
        let alone = Servers::from([(name.clone(), said.clone())]);
        let verdict = asked::check(&alone, syncing).map_or_else(wrong, |()| Verdict::Right);
        let on_disk = if said.is_synced {
            "on its disk"
        } else {
            "not on its disk yet"
        };
        let found = format!("{}, what it acknowledges is {on_disk}", said.version);
        findings.push(finding(name, "server", found, verdict));
    }
    if servers.is_empty() {
        let nothing = asked::check(servers, syncing).map_or_else(wrong, |()| Verdict::Right);
        let found = match syncing {
            Syncing::Asked => "cannot be asked",
            Syncing::Stated => "cannot be asked; stated to sync before they acknowledge",
        };
        findings.push(finding("servers", "server", found.into(), nothing));
    }
    let mut silent: Vec<String> = streams.iter().flat_map(asked::keepers_of).collect();
    silent.sort_unstable();
    silent.dedup();
    silent.retain(|name| !servers.is_empty() && !servers.contains_key(name));
    for name in silent {
        let start = "start it: the ledger has fewer copies than it should until it is back";
        let verdict = Verdict::Change(start.into());
        findings.push(finding(&name, "server", "does not answer".into(), verdict));
    }
    findings
}

/// Everything about a stream that nothing may ever go missing from. `gone` says what to do if something has.
pub(crate) fn of_stream(stream: &Info, subject: &str, replicas: usize, gone: &str) -> Vec<Finding> {
    let name = &stream.config.name;
    let mut findings = Vec::new();
    for point in setup::points(&stream.config, subject, replicas) {
        let Point {
            name: matter,
            found,
            problem,
        } = point;
        let verdict = problem.map_or(Verdict::Right, |problem| {
            Verdict::Wrong(problem.to_string())
        });
        findings.push(finding(name, matter, found, verdict));
    }
    let state = &stream.state;
    let missing = state.last_sequence.saturating_sub(state.messages);
    let verdict = if missing == 0 {
        Verdict::Right
    } else {
        Verdict::Wrong(format!("{missing} {gone}"))
    };
    let found = format!("{}, {} bytes", state.messages, state.bytes);
    findings.push(finding(name, "messages", found, verdict));
    findings.extend(of_copies(stream));
    findings
}

/// Who leads a stream, and how its copies are.
pub(crate) fn of_copies(stream: &Info) -> Vec<Finding> {
    let name = &stream.config.name;
    let mut findings = Vec::new();
    if let Some(cluster) = &stream.cluster {
        let (found, verdict) = match &cluster.leader {
            Some(leader) => (leader.clone(), Verdict::Right),
            None => (
                "none".into(),
                Verdict::Wrong(
                    "more than half of the servers that keep it must be up: start them".into(),
                ),
            ),
        };
        findings.push(finding(name, "leader", found, verdict));
        for peer in &cluster.replicas {
            let lag = peer.lag.unwrap_or_default();
            let (found, verdict) = if peer.offline {
                let start = "start it, or replace it and let the stream be copied there";
                ("offline".into(), Verdict::Change(start.into()))
            } else if peer.current {
                ("up to date".into(), Verdict::Right)
            } else {
                let wait = "wait until it has caught up before another server is stopped";
                (format!("{lag} behind"), Verdict::Change(wait.into()))
            };
            let matter = format!("copy on {}", peer.name);
            findings.push(finding(name, &matter, found, verdict));
        }
    }
    findings
}

/// What this user may do that nobody who records or reads needs.
pub(crate) async fn of_user(
    connection: &Connection,
    home: &Home,
) -> Result<Vec<Finding>, HomeError> {
    let user = home.login.as_ref().map(|login| login.user.clone());
    let user = user.unwrap_or_else(|| "without a name".into());
    let mut findings = Vec::new();
    for (power, words) in POWERS {
        let asked = format!("$JS.API.{power}.{NO_STREAM}");
        let (found, verdict) = if may_ask(connection, &asked).await? {
            let change = format!(
                "give netgain a user that may not {words} (deploy/nats), and keep this one for the administrator"
            );
            ("may", Verdict::Change(change))
        } else {
            ("may not", Verdict::Right)
        };
        findings.push(finding(&user, words, found.into(), verdict));
    }
    Ok(findings)
}

/// Whether the servers let this user ask on a subject.
pub(crate) async fn may_ask(connection: &Connection, subject: &str) -> Result<bool, HomeError> {
    let asking = |error| HomeError::Api {
        what: format!("ask on {subject}"),
        source: error,
    };
    let client = connection.context.client();
    let inbox = client.new_inbox();
    let answers = client.subscribe(inbox.clone()).await;
    let mut answers = answers.map_err(|error| asking(error.into()))?;
    let asked = client
        .publish_with_reply(subject.to_owned(), inbox, "".into())
        .await;
    asked.map_err(|error| asking(error.into()))?;
    let begun = Instant::now();
    while begun.elapsed() < ANSWER_TIME_MAX {
        if let Ok(answer) = timeout(LOOK, answers.next()).await {
            return Ok(answer.is_some_and(|answer| is_done(&answer)));
        }
        if connection.heard.denial_of(subject).is_some() {
            return Ok(false);
        }
    }
    // What is denied is said so at once; who would have done it may be out of reach.
    Ok(true)
}

/// Whether somebody answers who would do what is asked: not where an account has nobody who listens, or has no
/// streams.
fn is_done(answer: &Message) -> bool {
    let said: Result<Response<IgnoredAny>, _> = serde_json::from_slice(&answer.payload);
    let has_no_streams = match said {
        Ok(Response::Err { error }) => error.error_code() == NO_STREAMS,
        Ok(Response::Ok(_)) | Err(_) => false,
    };
    answer.status != Some(StatusCode::NO_RESPONDERS) && !has_no_streams
}
