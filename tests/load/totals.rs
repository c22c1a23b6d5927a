//! Totals, many at once, beside a handler that answers as many bytes.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::queue::{self, Tokens};
use crate::record::{CONNECTIONS, Plan};
use crate::times::Times;

/// The year that is asked for again and again, and one that nobody has asked for.
const YEAR: &str = "2012-13";
const OTHER_YEAR: &str = "2011-12";

/// Who asks.
const READER: &str = "p.ellis";

/// Each organisation once after the service has started, each once more in another year, then all of them again and
/// again in turn with the bare handler.
pub(crate) async fn totals(
    service: SocketAddr,
    bare: SocketAddr,
    commands: &Path,
    plan: &Plan,
) -> Result<Value, Box<dyn Error>> {
    let organisations = organisations(commands)?;
    let requests = |year: &str| {
        let mut tokens = Tokens::default();
        let header = tokens.header(READER);
        let request = |org: &String| {
            format!("GET /api/v1/organisations/{org}/totals/{year} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n")
                .into_bytes()
        };
        Rc::new(organisations.iter().map(request).collect::<Vec<_>>())
    };
    let wanted = requests(YEAR);
    let first = once(service, &wanted).await?;
    let not_computed = once(service, &requests(OTHER_YEAR)).await?;
    let (mut ours, mut beside) = (Vec::new(), Vec::new());
    let bytes = first["bytes"].as_u64().unwrap_or_default() / u64::try_from(wanted.len())?;
    let request = format!("GET /bytes/{bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes();
    let as_many_bytes = Rc::new(vec![request]);
    for _ in 0..plan.rounds {
        beside.push(ask(bare, &as_many_bytes, Until::Time(plan.seconds)).await?);
        ours.push(ask(service, &wanted, Until::Time(plan.seconds)).await?);
    }
    Ok(json!({
        "bytes": bytes, "after_start": first, "not_computed": not_computed,
        "totals": ours, "bare": beside,
    }))
}

/// The organisations of a workload.
pub(crate) fn organisations(commands: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let queues = queue::read(commands, 1)?;
    let all = queues.into_iter().flatten().map(|line| line.org);
    Ok(all
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect())
}

/// Until when requests are made.
#[derive(Clone, Copy)]
enum Until {
    Time(Duration),
    EachOnce,
}

async fn once(address: SocketAddr, requests: &Rc<Vec<Vec<u8>>>) -> Result<Value, Box<dyn Error>> {
    ask(address, requests, Until::EachOnce).await
}

async fn ask(
    address: SocketAddr,
    requests: &Rc<Vec<Vec<u8>>>,
    until: Until,
) -> Result<Value, Box<dyn Error>> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, mut connection) in connections.into_iter().enumerate() {
        let requests = Rc::clone(requests);
        tasks.spawn_local(async move {
            let (mut times, mut bytes) = (Times::default(), 0);
            for turn in (number..).step_by(CONNECTIONS) {
                let sent = Instant::now();
                let over = match until {
                    Until::Time(within) => sent - begun >= within,
                    Until::EachOnce => turn >= requests.len(),
                };
                if over {
                    break;
                }
                let request = &requests[turn % requests.len()];
                let answer = connection
                    .ask(request)
                    .await
                    .map_err(|error| error.to_string())?;
                if answer.status != 200 {
                    return Err(String::from_utf8_lossy(answer.body).into_owned());
                }
                bytes += answer.body.len();
                times.add(sent.elapsed());
            }
            Ok((times, bytes))
        });
    }
    let (mut times, mut bytes) = (Times::default(), 0);
    while let Some(done) = tasks.join_next().await {
        let (these, read) = done??;
        times.merge(these);
        bytes += read;
    }
    let mut summary = times.summary(begun.elapsed());
    summary["bytes"] = bytes.into();
    Ok(summary)
}
