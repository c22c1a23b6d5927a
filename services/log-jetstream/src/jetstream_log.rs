//! The log of record that any number of processes write.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join;
use netgain_events::fact::FactKind;
use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::log::{
    Commit, Cursor, Durability, End, Follower, Lineage, Log, LogFault, LogRead, ReadError, Sharing,
    Ticket,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::home::Home;
use crate::home_error::HomeError;
use crate::nodes::Node;
use crate::reading::Reading;
use crate::streams::Streams;
pub use crate::writer::Stats;
use crate::writer::Writer;

/// How long closing waits for what was appended: longer than an election takes.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(15);

/// How many threads serve the connection: one reads and writes it while another takes messages apart.
const THREADS: usize = 2;

/// The runtime of one open log.
pub(crate) fn runtime() -> Result<Runtime, HomeError> {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("log servers")
        .enable_all()
        .build()
        .map_err(HomeError::System)
}

/// Runs something that talks to the servers and ends, from a thread of any kind.
pub(crate) fn wait_for<T: Send + 'static>(
    talk: impl Future<Output = Result<T, HomeError>> + Send + 'static,
) -> Result<T, HomeError> {
    let runtime = runtime()?;
    let (sender, receiver) = sync_channel(1);
    runtime.spawn(async move {
        // Nobody waits any more only where this thread has gone.
        drop(sender.send(talk.await));
    });
    let told = receiver.recv();
    runtime.shutdown_background();
    told.map_err(|gone| HomeError::System(std::io::Error::other(gone)))?
}

/// A ledger's streams and the runtime that serves them.
#[derive(Debug)]
pub(crate) struct Opened {
    reading: Reading,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl Opened {
    pub(crate) fn open(home: &Home) -> Result<Self, HomeError> {
        let runtime = runtime()?;
        let (sender, receiver) = sync_channel(1);
        let wanted = home.clone();
        runtime.spawn(async move {
            // Nobody waits any more only where this thread has gone.
            drop(sender.send(Streams::open(&wanted).await));
        });
        let gone = |gone| HomeError::System(std::io::Error::other(gone));
        let opened = receiver.recv().map_err(gone).flatten();
        let streams = match opened {
            Ok(streams) => Arc::new(streams),
            Err(error) => {
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let reading = Reading {
            streams,
            runtime: runtime.handle().clone(),
        };
        let runtime = Some(runtime);
        Ok(Self { reading, runtime })
    }

    /// Waits for the servers, on a thread of any kind.
    fn ask<T: Send + 'static>(
        &self,
        asking: impl Future<Output = Result<T, HomeError>> + Send + 'static,
    ) -> Result<T, HomeError> {
        let (sender, receiver) = sync_channel(1);
        self.reading.runtime.spawn(async move {
            // Nobody waits any more only where this thread has gone.
            drop(sender.send(asking.await));
        });
        let gone = |gone| HomeError::System(std::io::Error::other(gone));
        receiver.recv().map_err(gone).flatten()
    }

    pub(crate) const fn reading(&self) -> &Reading {
        &self.reading
    }

    pub(crate) fn ledger(&self) -> &LedgerId {
        &self.reading.streams.ledger
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // Waiting for it would be an error where it is dropped by another runtime's task.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A log in streams, open for writing. Others may write it at the same time. Dropping it closes it: what was
/// appended is written first, if the servers answer in time.
#[derive(Debug)]
pub struct JetStreamLog {
    opened: Opened,
    writer: Arc<Writer>,
    /// This process among those that serve the ledger.
    node: Node,
    /// Says again and again that this node is there, once it has been announced.
    beating: Mutex<Option<JoinHandle<()>>>,
}

impl JetStreamLog {
    /// Opens the ledger in that home.
    ///
    /// # Errors
    /// The servers cannot be reached, or cannot hold a ledger, or hold none.
    pub fn open(home: &Home) -> Result<Self, HomeError> {
        let opened = Opened::open(home)?;
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|error| HomeError::System(error.into()))?;
        let id = format!("{:016x}", u64::from_be_bytes(id));
        let connection = opened.reading.streams.connection();
        let own = id.clone();
        let node = opened.ask(async move { Node::open(connection, &own).await })?;
        let runtime = opened.reading.runtime.clone();
        let writer = Writer::new(Arc::clone(&opened.reading.streams), id, runtime);
        let writer = Arc::new(writer);
        Ok(Self {
            opened,
            writer,
            node,
            beating: Mutex::new(None),
        })
    }

    /// Says to the other nodes of the ledger, from now on until the log is closed, that this one serves it, what it
    /// reads and what it writes. `name` is what an operator is shown of it.
    ///
    /// # Errors
    /// A live node writes what this program does not read, and so it may not serve the ledger; or the servers do not answer,
    /// or do not let this user say it.
    pub fn announce(&self, name: &str) -> Result<(), HomeError> {
        let (node, name) = (self.node.clone(), name.to_owned());
        let beating = self.opened.ask(async move { node.announce(&name).await })?;
        if let Some(before) = self.beating().replace(beating) {
            before.abort();
        }
        Ok(())
    }

    fn beating(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.beating.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has been written since the log was opened.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.writer.stats()
    }

    /// Writes what waits and closes the log, as dropping it does, and says whether that went well.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn close(self) -> Result<(), Arc<LogFault>> {
        self.finish()
    }

    /// Waits until what was appended is written.
    ///
    /// # Errors
    /// The log has failed, or the servers did not answer in time: what was not acknowledged by then may be
    /// stored or not.
    pub fn finish(&self) -> Result<(), Arc<LogFault>> {
        let (sender, receiver) = sync_channel(1);
        let handle = Handle(Arc::clone(&self.writer));
        let leaving = self.beating().take().map(|beating| {
            beating.abort();
            self.node.clone()
        });
        self.opened.reading.runtime.spawn(async move {
            let leave = async {
                if let Some(node) = leaving {
                    // It goes by itself if that is not heard.
                    drop(node.leave().await);
                }
            };
            let ((), ended) = join(leave, handle.wait()).await;
            // Nobody waits any more only where this took too long.
            drop(sender.send(ended));
        });
        receiver.recv_timeout(CLOSE_TIME_MAX).unwrap_or_else(|_| {
            let seconds = CLOSE_TIME_MAX.as_secs();
            let what = format!("the servers did not answer for {seconds} s: what was not acknowledged may be stored or not");
            Err(Arc::new(LogFault { what, source: None }))
        })
    }
}

/// A log's writing side, to wait for what was appended.
struct Handle(Arc<Writer>);

impl Handle {
    async fn wait(&self) -> Result<(), Arc<LogFault>> {
        let last = self.0.settlement.everything();
        let mut durability = self.0.settlement.durability(last.lane);
        let settled = durability
            .wait_for(|now| now.through >= last.number || now.failed.is_some())
            .await;
        match settled.ok().and_then(|now| now.failed.clone()) {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}

impl Drop for JetStreamLog {
    fn drop(&mut self) {
        // Whoever waits for an append is told by its ticket.
        let _ = self.finish();
    }
}

impl LogRead for JetStreamLog {
    fn ledger(&self) -> &LedgerId {
        self.opened.ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        self.opened.reading.read(from, only, visit)
    }
}

impl Log for JetStreamLog {
    /// Queues a commit of a caller who cannot decide again: where another process's commit comes first, the
    /// log fails.
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        self.writer.append(commit, None)
    }

    fn append_in(
        &self,
        commit: Commit<'_>,
        lineage: &Arc<Lineage>,
    ) -> Result<Ticket, Arc<LogFault>> {
        self.writer.append(commit, Some(lineage))
    }

    fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        self.writer.settlement.durability(lane)
    }

    fn everything(&self) -> Ticket {
        self.writer.settlement.everything()
    }

    /// The place after everything that this process has written or read.
    fn durable_end(&self) -> Cursor {
        let reached = self.opened.reading.streams.reached();
        reached.cursor(&self.opened.reading.streams.ledger)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn follow(&self, from: &Cursor, visit: &mut Follower<'_>) -> Result<(), ReadError> {
        self.opened.reading.follow(from, visit)?;
        Ok(())
    }

    fn behind(&self, place: &Cursor) -> Result<u64, ReadError> {
        self.opened.reading.behind(place)
    }

    fn unread(&self, kind: FactKind) -> Option<Arc<str>> {
        self.node.withheld().why(kind)
    }

    fn sharing(&self) -> Sharing {
        let connections = *self.opened.reading.streams.heard().connections().borrow();
        Sharing {
            displacements: self.writer.stats().displacements,
            reconnections: connections.saturating_sub(1),
        }
    }

    fn has_room(&self) -> bool {
        self.writer.has_room()
    }
}
