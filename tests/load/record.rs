//! Commands over HTTP: one a request, and a hundred a request.

use std::error::Error;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::process::processor_time;
use crate::queue::{self, Queue, Tokens, write_request};
use crate::times::Times;

/// How many connections there are.
pub(crate) const CONNECTIONS: usize = 64;

/// How many commands an array has.
const ARRAY: usize = 100;

/// The parts of one measurement.
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) seconds: Duration,
}

/// A process that is measured.
#[derive(Clone, Copy)]
pub(crate) struct Served {
    address: SocketAddr,
    process: u32,
}

impl Served {
    /// The address it serves at, and its id.
    pub(crate) fn parse(address: &str, process: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            address: address.parse()?,
            process: process.parse()?,
        })
    }
}

/// What one connection has done.
struct Sent {
    connection: usize,
    queue: Queue,
    times: Times,
}

/// Single commands to the service and to the bare handler in turn, then arrays to the service.
pub(crate) async fn record(
    service: Served,
    bare: Served,
    commands: &Path,
    plan: &Plan,
) -> Result<Value, Box<dyn Error>> {
    let mut queues = queue::read(commands, CONNECTIONS)?;
    let (mut singles, mut beside, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let summary;
        (queues, summary) = send(bare, queues, Keep::All, plan.seconds).await?;
        beside.push(summary);
        let summary;
        (queues, summary) = send(service, queues, Keep::Rest, plan.seconds).await?;
        singles.push(summary);
    }
    let mut queues = queues
        .into_iter()
        .map(|queue| queue::arrays(queue, ARRAY))
        .collect::<Result<Vec<_>, _>>()?;
    for _ in 0..plan.rounds {
        let seconds = plan.seconds / 4;
        let summary;
        (queues, summary) = send(service, queues, Keep::Rest, seconds).await?;
        arrays.push(summary);
    }
    Ok(json!({ "singles": singles, "bare": beside, "arrays": arrays, "array": ARRAY }))
}

/// What of the queues is there afterwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// All, as if nothing had been sent.
    All,
    /// What was not sent.
    Rest,
}

/// Sends from each queue on a connection of its own. Gives what is left, and how often and how quickly it was
/// answered and how much processor time the process took for each answer.
async fn send(
    served: Served,
    queues: Vec<Queue>,
    keep: Keep,
    within: Duration,
) -> Result<(Vec<Queue>, Value), Box<dyn Error>> {
    let mut connections = Vec::new();
    for _ in &queues {
        connections.push(Connection::open(served.address).await?);
    }
    let before = processor_time(served.process)?;
    let mut times = Times::default();
    let mut left: Vec<Queue> = queues.iter().map(|_| Queue::new()).collect();
    let until = Instant::now() + within;
    let mut tasks = JoinSet::new();
    for (number, (queue, connection)) in queues.into_iter().zip(connections).enumerate() {
        tasks.spawn_local(work(number, connection, queue, keep, until));
    }
    while let Some(sent) = tasks.join_next().await {
        let sent = sent?.map_err(|error| format!("after {} answers: {error}", times.count()))?;
        left[sent.connection] = sent.queue;
        times.merge(sent.times);
    }
    let took = processor_time(served.process)?.saturating_sub(before);
    let each = took / u32::try_from(times.count().max(1))?;
    let mut summary = times.summary(within);
    summary["processor_us"] = (each.as_secs_f64() * 1e6).into();
    Ok((left, summary))
}

async fn work(
    number: usize,
    mut connection: Connection,
    mut queue: Queue,
    keep: Keep,
    until: Instant,
) -> Result<Sent, String> {
    let (mut times, mut request, mut tokens) = (Times::default(), Vec::new(), Tokens::default());
    let mut at = 0;
    loop {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        let next = match keep {
            // To the bare handler a command is as new the second time.
            Keep::All => at % queue.len().max(1),
            Keep::Rest => at,
        };
        let line = queue
            .get(next)
            .ok_or("there are too few commands for so many seconds")?;
        write_request(&mut request, &mut tokens, line);
        let answer = connection
            .ask(&request)
            .await
            .map_err(|error| error.to_string())?;
        if answer.status != 201 {
            let why = String::from_utf8_lossy(answer.body);
            return Err(format!("{} of {}: {why}", line.body, line.org));
        }
        // What is answered later is not counted.
        let now = Instant::now();
        if now < until {
            times.add(now - begun);
        }
        at += 1;
    }
    if keep == Keep::Rest {
        queue.drain(..at);
    }
    Ok(Sent {
        connection: number,
        queue,
        times,
    })
}

/// Single commands until the service is gone, once a line on standard output has said that they begin; every
/// acknowledgement is written down: the organisation, the position, the command.
pub(crate) async fn until_gone(
    service: SocketAddr,
    commands: &Path,
    acknowledged: &Path,
) -> Result<Value, Box<dyn Error>> {
    let mut tasks = JoinSet::new();
    let mut connections = Vec::new();
    for queue in queue::read(commands, CONNECTIONS)? {
        connections.push((queue, Connection::open(service).await?));
    }
    println!("{}", json!({ "connections": connections.len() }));
    for (queue, mut connection) in connections {
        tasks.spawn_local(async move {
            let (mut noted, mut request, mut tokens) = (Vec::new(), Vec::new(), Tokens::default());
            for line in queue {
                write_request(&mut request, &mut tokens, &line);
                let Ok(answer) = connection.ask(&request).await else {
                    break;
                };
                let recorded: Value = serde_json::from_slice(answer.body).unwrap_or_default();
                if let Some(position) = recorded[0]["position"].as_u64() {
                    noted.push((position, line));
                }
            }
            noted
        });
    }
    let mut out = BufWriter::new(std::fs::File::create(acknowledged)?);
    let mut count = 0;
    while let Some(noted) = tasks.join_next().await {
        for (position, line) in noted? {
            let command: Value = serde_json::from_str(&line.body)?;
            let note = json!({ "org": line.org, "position": position, "by": line.actor, "command": command });
            writeln!(out, "{note}")?;
            count += 1;
        }
    }
    out.flush()?;
    Ok(json!({ "acknowledged": count }))
}
