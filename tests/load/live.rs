//! Open streams of live totals, half of which nobody reads, while commands are recorded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use memchr::memmem;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at, sleep};

use crate::connection::Connection;
use crate::process::resident_kib;
use crate::queue::{self, Tokens, write_request};
use crate::record::Plan;
use crate::times::Times;

/// How many organisations are watched.
const ORGANISATIONS: usize = 100;

/// How many watch each of them and read, and how many do not read.
const READERS: usize = 5;

/// How many commands are recorded a second.
const COMMANDS_A_SECOND: u32 = 500;

/// What is seen after the last command.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// When which position was acknowledged, or seen by one reader.
type Positions = Rc<RefCell<Vec<(u64, Instant)>>>;

/// Watches and records for that long.
pub(crate) async fn live(
    service: SocketAddr,
    process: u32,
    commands: &Path,
    plan: &Plan,
) -> Result<Value, Box<dyn Error>> {
    let queues = queue::read(commands, 1_000)?;
    let queues: Vec<_> = queues.into_iter().take(ORGANISATIONS).collect();
    let mut tokens = Tokens::default();
    let mut not_read = Vec::new();
    let mut seen: HashMap<String, Vec<Positions>> = HashMap::new();
    let mut readers = JoinSet::new();
    for queue in &queues {
        let org = &queue.front().ok_or("too few commands")?.org;
        let header = tokens.header(&queue[0].actor);
        let request = format!(
            "GET /api/v1/organisations/{org}/live/2012-13 HTTP/1.1\r\nHost: localhost\r\n{header}\r\n"
        );
        for _ in 0..READERS {
            let mut connection = Connection::open(service).await?;
            connection.send(request.as_bytes()).await?;
            not_read.push(connection);
            let mut connection = Connection::open(service).await?;
            connection.send(request.as_bytes()).await?;
            let positions = Positions::default();
            seen.entry(org.clone())
                .or_default()
                .push(Rc::clone(&positions));
            readers.spawn_local(read(connection, positions));
        }
    }
    sleep(AFTERWARDS).await;
    let at_first = resident_kib(process)?;
    let begun = Instant::now();
    let mut writers = JoinSet::new();
    let apart = Duration::from_secs(1) / COMMANDS_A_SECOND;
    let every = apart * u32::try_from(ORGANISATIONS)?;
    for (queue, number) in queues.into_iter().zip(0..) {
        let mut connection = Connection::open(service).await?;
        let first = begun + apart * number;
        let seconds = plan.seconds;
        writers.spawn_local(async move {
            let (mut acknowledged, mut request, mut tokens) =
                (Vec::new(), Vec::new(), Tokens::default());
            let mut ticks = interval_at(first.into(), every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let org = queue[0].org.clone();
            for line in queue {
                ticks.tick().await;
                if begun.elapsed() >= seconds {
                    break;
                }
                write_request(&mut request, &mut tokens, &line);
                let answer = connection
                    .ask(&request)
                    .await
                    .map_err(|error| error.to_string())?;
                let recorded: Value = serde_json::from_slice(answer.body).unwrap_or_default();
                let position = recorded[0]["position"].as_u64();
                let position = position.ok_or_else(|| recorded.to_string())?;
                acknowledged.push((position, Instant::now()));
            }
            Ok::<_, String>((org, acknowledged))
        });
    }
    sleep(plan.seconds / 2).await;
    let middle = resident_kib(process)?;
    let mut acknowledged = Vec::new();
    while let Some(written) = writers.join_next().await {
        acknowledged.push(written??);
    }
    let took = begun.elapsed();
    sleep(AFTERWARDS).await;
    let end = resident_kib(process)?;
    let (mut times, mut missed, mut commands) = (Times::default(), 0, 0);
    for (org, acknowledged) in acknowledged {
        commands += acknowledged.len();
        for positions in &seen[&org] {
            let positions = positions.borrow();
            for (position, at) in &acknowledged {
                let first = positions.partition_point(|(seen, _)| seen < position);
                match positions.get(first) {
                    Some((_, seen)) => times.add(seen.saturating_duration_since(*at)),
                    None => missed += 1,
                }
            }
        }
    }
    drop(not_read);
    let resident = [at_first, middle, end].map(|kib| kib / 1024);
    Ok(json!({
        "streams": 2 * READERS * ORGANISATIONS, "commands": commands,
        "seconds": took.as_secs_f64(),
        "resident_mib": resident,
        "seen": times.summary(took), "missed": missed,
    }))
}

/// Notes when which position arrives.
async fn read(mut connection: Connection, positions: Positions) {
    while let Ok(read) = connection.more().await {
        let now = Instant::now();
        let whole = memchr::memrchr(b'\n', read).map_or(0, |last| last);
        for found in memmem::find_iter(&read[..whole], b"\nid: ") {
            let digits = read[found + 5..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit());
            let position = digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
            positions.borrow_mut().push((position, now));
        }
        // The last line's end may begin the next find.
        read.drain(..whole);
    }
}
