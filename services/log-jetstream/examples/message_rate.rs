//! How many commands a second go into a clustered log, and come out of it again, beside what the client library
//! does by itself on the same servers.
//!
//! `message_rate SERVERS REPLICAS IN-FLIGHT SECONDS [EVENTS]`, on servers that hold nothing yet. Over 1,000
//! organisations, each of three rounds prints, in commands a second: the log, with that many writers, each of which
//! records one command after another for organisations at random; (i) bare messages, one a command, as many in
//! flight; (ii) the very messages that the log has just written, in the very same batches, as many of them under way.
//! Then everything is read, by the log and by a bare ordered consumer: first more is written until there are that many
//! events.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    reason = "an example that prints rates"
)]

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::{self, stream};
use bytes::Bytes;
use futures_util::StreamExt;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::log::{Commit, Cursor, Lineage, Log, LogRead, Ticket, durable};
use netgain_log_jetstream::{Home, JetStreamLog, Syncing, init};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ORGANISATIONS: usize = 1000;
const ROUNDS: usize = 3;

/// How many batches the log has under way.
const BATCHES: usize = 2;

fn main() {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().unwrap();
    let servers = word();
    let home = Home {
        replicas: word().parse().unwrap(),
        syncing: Syncing::Stated,
        ..Home::on(servers)
    };
    let in_flight: usize = word().parse().unwrap();
    let time = Duration::from_secs(word().parse().unwrap());
    let events: u64 = words.next().map_or(0, |word| word.parse().unwrap());
    let ledger = || "0123456789abcdef0123456789abcdef".parse().unwrap();
    init(&home, 1, ledger).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let written = Arc::new(Written::open(&home));
    let bare = runtime.block_on(bare_stream(&home));
    for _ in 0..ROUNDS {
        let before = written.log.stats();
        let through_log = runtime.block_on(write_for(&written, in_flight, time));
        let after = written.log.stats();
        let messages = after.messages - before.messages;
        let batches = after.batches - before.batches;
        let plain = runtime.block_on(publish_for(&bare, in_flight, time));
        let same = runtime.block_on(last_messages(&bare, messages));
        let (same, commands) = runtime.block_on(publish_same(&bare, same));
        println!(
            "log {through_log:.0}/s, (i) {plain:.0}/s, (ii) {same:.0}/s: {:.2} of (i), {:.2} of (ii); {:.2} commands a message, {:.0} messages a batch",
            through_log / plain,
            through_log / same,
            commands / messages as f64,
            messages as f64 / batches as f64,
        );
    }
    runtime.block_on(fill(&written, events));
    let state = runtime.block_on(state(&bare));
    let each = state.bytes as f64 / state.messages as f64;
    println!("{:?}, {each:.0} bytes a message", written.log.stats());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut events = 0;
        let log = &written.log;
        log.read(&Cursor::default(), None, &mut |commit| {
            events += u64::from(commit.events);
        })
        .unwrap();
        let read = begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        let messages = runtime.block_on(consume(&bare));
        let consumed = begun.elapsed().as_secs_f64();
        println!(
            "read {events} events in {read:.2} s, bare {messages} messages in {consumed:.2} s: {:.2}",
            consumed / read
        );
    }
    let (org, _) = &written.organisations[ORGANISATIONS / 2];
    let (begun, mut events) = (Instant::now(), 0);
    let log = &written.log;
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        events += u64::from(commit.events);
    })
    .unwrap();
    let read = begun.elapsed().as_secs_f64();
    println!("read {events} events of one organisation in {read:.2} s");
}

/// A log and how far each organisation's history in it goes.
struct Written {
    log: JetStreamLog,
    line: Bytes,
    organisations: Vec<(OrgId, Mutex<u64>)>,
    lineage: Arc<Lineage>,
}

impl Written {
    fn open(home: &Home) -> Self {
        let mut line = vec![b'x'; 399];
        line.push(b'\n');
        let org = |number| format!("E{number:08}").parse().unwrap();
        Self {
            log: JetStreamLog::open(home).unwrap(),
            line: line.into(),
            organisations: (0..ORGANISATIONS)
                .map(|number| (org(number), Mutex::default()))
                .collect(),
            lineage: Arc::default(),
        }
    }

    fn append(&self, organisation: usize) -> Ticket {
        let (org, position) = &self.organisations[organisation];
        let mut position = position.lock().unwrap();
        *position += 1;
        let commit = Commit {
            org,
            first: Position::new(*position),
            events: 1,
            lines: &self.line,
        };
        self.log.append_in(commit, &self.lineage).unwrap()
    }
}

/// Numbers that look random (`SplitMix64`), the same each time.
struct Random(u64);

impl Random {
    fn organisation(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 33) as usize % ORGANISATIONS
    }
}

async fn write_for(written: &Arc<Written>, in_flight: usize, time: Duration) -> f64 {
    let (begun, done) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..in_flight)
        .map(|writer| {
            let (written, done) = (Arc::clone(written), Arc::clone(&done));
            tokio::spawn(async move {
                let mut random = Random(writer as u64);
                while begun.elapsed() < time {
                    let ticket = written.append(random.organisation());
                    durable(&written.log, ticket).await.unwrap();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

/// One event a message, until there are that many.
async fn fill(written: &Arc<Written>, events: u64) {
    let already: u64 = written
        .organisations
        .iter()
        .map(|(_, position)| *position.lock().unwrap())
        .sum();
    let each = (events.saturating_sub(already) as usize).div_ceil(ORGANISATIONS);
    let writers: Vec<_> = (0..ORGANISATIONS)
        .map(|organisation| {
            let written = Arc::clone(written);
            tokio::spawn(async move {
                for _ in 0..each {
                    let ticket = written.append(organisation);
                    durable(&written.log, ticket).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn bare_stream(home: &Home) -> jetstream::Context {
    let servers: Vec<&str> = home.servers.split(',').collect();
    let context = jetstream::new(async_nats::connect(servers).await.unwrap());
    let config = stream::Config {
        name: "bare".into(),
        subjects: vec!["bare.*".into()],
        num_replicas: home.replicas,
        allow_atomic_publish: true,
        ..stream::Config::default()
    };
    context.create_stream(config).await.unwrap();
    context
}

async fn publish_for(bare: &jetstream::Context, in_flight: usize, time: Duration) -> f64 {
    let (begun, done) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let line = Bytes::from(vec![b'x'; 400]);
    let writers: Vec<_> = (0..in_flight)
        .map(|writer| {
            let (bare, done, line) = (bare.clone(), Arc::clone(&done), line.clone());
            tokio::spawn(async move {
                let mut random = Random(writer as u64);
                while begun.elapsed() < time {
                    let subject = format!("bare.E{:08}", random.organisation());
                    let sent = bare.publish(subject, line.clone()).await.unwrap();
                    sent.await.unwrap();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

/// The last messages of the ledger, in their order.
async fn last_messages(bare: &jetstream::Context, count: u64) -> Vec<jetstream::Message> {
    let stream = bare.get_stream("netgain-0").await.unwrap();
    let last = stream.cached_info().state.last_sequence;
    let start_sequence = last - count + 1;
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let messages = consumer.messages().await.unwrap();
    let messages = messages.take(count as usize).map(Result::unwrap);
    messages.collect().await
}

/// One message as it is published.
type Sending = (String, HeaderMap, Bytes);

/// Publishes messages as they are, to other subjects: batch by batch as they came, each message on condition of the one
/// before it.
async fn publish_same(bare: &jetstream::Context, messages: Vec<jetstream::Message>) -> (f64, f64) {
    static RUN: AtomicU64 = AtomicU64::new(0);
    let run = RUN.fetch_add(1, Ordering::Relaxed);
    let (mut batches, mut commands) = (Vec::<(String, Vec<Sending>)>::new(), 0);
    for message in &messages {
        commands += message.payload.split(|byte| *byte == b'\n').skip(1).count();
        let subject = message
            .subject
            .replace("netgain.0.", &format!("bare.{run}-"));
        let headers = message.headers.clone().unwrap();
        let id = match headers.get("Nats-Batch-Id") {
            Some(id) => format!("{run}-{id}"),
            None => String::new(),
        };
        let sending = (subject, headers, Bytes::copy_from_slice(&message.payload));
        match batches.last_mut() {
            Some((last, batch)) if !id.is_empty() && *last == id => batch.push(sending),
            Some(_) | None => batches.push((id, vec![sending])),
        }
    }
    drop(messages);
    let again = batches.clone();
    let begun = Instant::now();
    let (mut last, mut under_way) = (HashMap::<String, u64>::new(), VecDeque::new());
    for ((id, batch), again) in batches.into_iter().zip(again) {
        while under_way.len() >= BATCHES || shares(&under_way, &again.1) {
            stored(bare, &mut last, under_way.pop_front().unwrap()).await;
        }
        let sent = publish_batch(bare, &id, batch, &last).await;
        under_way.push_back((again, sent));
    }
    while let Some(sent) = under_way.pop_front() {
        stored(bare, &mut last, sent).await;
    }
    let commands = commands as f64;
    (commands / begun.elapsed().as_secs_f64(), commands)
}

/// A batch that was sent, and its answer.
type Sent = ((String, Vec<Sending>), PublishAckFuture);

fn shares(under_way: &VecDeque<Sent>, batch: &[Sending]) -> bool {
    let others: HashSet<&str> = under_way
        .iter()
        .flat_map(|((_, other), _)| other)
        .map(|(subject, ..)| subject.as_str())
        .collect();
    batch
        .iter()
        .any(|(subject, ..)| others.contains(subject.as_str()))
}

async fn stored(bare: &jetstream::Context, last: &mut HashMap<String, u64>, sent: Sent) {
    let ((id, batch), mut answer) = sent;
    let sequence = loop {
        match answer.await {
            Ok(stored) => break stored.sequence,
            // A server may answer a moment before it takes the next message of the same subject.
            Err(_) => answer = publish_batch(bare, &id, batch.clone(), last).await,
        }
    };
    let subjects = batch.into_iter().map(|(subject, ..)| subject);
    last.extend(subjects.rev().zip((1..=sequence).rev()));
}

async fn publish_batch(
    bare: &jetstream::Context,
    id: &str,
    batch: Vec<Sending>,
    last: &HashMap<String, u64>,
) -> PublishAckFuture {
    let (client, count) = (bare.client(), batch.len());
    let mut sent = None;
    for (number, (subject, mut headers, payload)) in (1..).zip(batch) {
        let before = last.get(&subject).unwrap_or(&0).to_string();
        headers.insert("Nats-Expected-Last-Subject-Sequence", before);
        if !id.is_empty() {
            headers.insert("Nats-Batch-Id", id);
        }
        if number < count {
            let sending = client.publish_with_headers(subject, headers, payload);
            sending.await.unwrap();
        } else {
            let sending = bare.publish_with_headers(subject, headers, payload);
            sent = Some(sending.await.unwrap());
        }
    }
    sent.unwrap()
}

async fn state(context: &jetstream::Context) -> stream::State {
    let stream = context.get_stream("netgain-0").await.unwrap();
    stream.cached_info().state.clone()
}

async fn consume(context: &jetstream::Context) -> u64 {
    let stream = context.get_stream("netgain-0").await.unwrap();
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::All,
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    let mut count = 0;
    while let Some(message) = messages.next().await {
        count += 1;
        if message.unwrap().info().unwrap().pending == 0 {
            break;
        }
    }
    count
}
