//! The seals that the nodes of a cluster agree on: a stream of their own, in an account of its own if that is how the
//! servers are set up, so that whoever may write the log cannot write what proves it.
//!
//! Each message is one whole seal (`netgain_proof::signed_seal`), in the order that everybody sees. It names the sequence of
//! the one before it: the server takes it only if nobody else has sealed meanwhile. That is what keeps two nodes from
//! making two histories, however long one of them stood still; the lease (`lease.rs`) only keeps them from doing the
//! same work.
//!
//! It has a connection and a thread of its own, and waits for answers as the log does.

pub(crate) mod check;
mod home;
mod lease;

use std::collections::VecDeque;
use std::sync::mpsc::sync_channel;

use async_nats::jetstream::stream::Info;
use futures_util::{StreamExt, TryStreamExt};
use netgain_events::identifier::LedgerId;
use netgain_proof::agreement::{Agreed, Agreement, AgreementError};
use netgain_proof::signed_seal::registry_after;
use netgain_verify::checkpoint::Checkpoint;
use tokio::runtime::{Builder, Runtime};

use self::home::STREAM;
pub use self::home::init_seals;
use self::lease::Lease;
use crate::connection::Connection;
use crate::home::Home;
use crate::home_error::HomeError;
use crate::post::{Posted, post};
use crate::publish::first_from;
use crate::streams::Stream;

/// The subject of every seal.
const SUBJECT: &str = "netgain.seals";

/// How many seals are fetched ahead, so that an empty directory fills at the speed of the servers. Each has at most
/// 4 MiB, and few have more than a few hundred bytes.
const FETCHED_MAX: u64 = 64;

/// How many of them are asked for at once.
const ASKED_AT_ONCE: usize = 8;

/// The agreed seals of a ledger in a cluster, as one of its nodes has them open.
#[derive(Debug)]
pub struct JetStreamSeals {
    connection: Connection,
    stream: Stream,
    lease: Lease,
    /// The last message that was shown, or that this node has written.
    place: u64,
    /// Those after it that have come already.
    fetched: VecDeque<Vec<u8>>,
    /// There until it is dropped.
    runtime: Option<Runtime>,
    /// Nobody is kept out: what this would come to is what the tests show.
    #[cfg(test)]
    pub(crate) is_unfenced: bool,
}

impl JetStreamSeals {
    /// Opens the seals of a ledger. `node` is what the others see of whoever seals: a name, in at most a few
    /// words.
    ///
    /// # Errors
    /// The servers cannot be reached, or hold no seals of that ledger, or not as they must.
    pub fn open(home: &Home, ledger: &LedgerId, node: &str) -> Result<Self, HomeError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("seals servers")
            .enable_all()
            .build()
            .map_err(HomeError::System)?;
        let (home, ledger) = (home.clone(), *ledger);
        let opened = wait(&runtime, async move { home::open(&home, &ledger).await });
        let (connection, stream) = match opened {
            Some(Ok(opened)) => opened,
            Some(Err(error)) => {
                runtime.shutdown_background();
                return Err(error);
            }
            None => {
                let gone = std::io::Error::other("the connection's thread has ended");
                return Err(HomeError::System(gone));
            }
        };
        Ok(Self {
            lease: Lease::new(connection.clone(), node),
            connection,
            stream,
            place: 0,
            fetched: VecDeque::new(),
            runtime: Some(runtime),
            #[cfg(test)]
            is_unfenced: false,
        })
    }

    /// Which node seals, by its own name; nothing while none does.
    ///
    /// # Errors
    /// The servers do not answer.
    pub fn sealer(&self) -> Result<Option<String>, AgreementError> {
        let connection = self.connection.clone();
        self.ask(
            "ask who seals",
            async move { lease::holder(&connection).await },
        )
    }

    /// Waits for the servers, on a thread of any kind.
    fn ask<T: Send + 'static>(
        &self,
        what: &str,
        asking: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) -> Result<T, AgreementError> {
        let runtime = self.runtime.as_ref();
        let answer = runtime.and_then(|runtime| wait(runtime, asking));
        let answer = answer.unwrap_or_else(|| Err("the connection's thread has ended".into()));
        answer.map_err(|source| AgreementError::Unanswered {
            what: what.into(),
            source,
        })
    }

    /// The sequence of the last seal.
    fn last(&self) -> Result<u64, AgreementError> {
        let stream = self.stream.clone();
        let info: Info = self.ask("ask for the newest seal", async move {
            Ok(stream.get_info().await?)
        })?;
        Ok(info.state.last_sequence)
    }

    /// The seals from that sequence to that one.
    fn fetch(&self, from: u64, to: u64) -> Result<VecDeque<Vec<u8>>, AgreementError> {
        let stream = self.stream.clone();
        let fetched = self.ask("fetch the seals of others", async move {
            let asked = futures_util::stream::iter(from..=to).map(move |sequence| {
                let stream = stream.clone();
                async move { found(&stream, sequence).await }
            });
            let found: Vec<_> = asked.buffered(ASKED_AT_ONCE).try_collect().await?;
            Ok(found)
        })?;
        let numbered = (from..).zip(fetched);
        numbered
            .map(|(sequence, found)| found.ok_or_else(|| damaged(sequence, &"it is missing")))
            .collect()
    }

    /// What the registry was after the seal with that sequence.
    fn registry_after(&self, sequence: u64) -> Result<Checkpoint, AgreementError> {
        let seal = self.fetch(sequence, sequence)?.pop_front();
        let seal = seal.unwrap_or_default();
        registry_after(&seal).map_err(|why| damaged(sequence, &why))
    }

    /// The last sequence, up to `last`, after which the registry was smaller than that; 0 if there is none.
    fn last_before(&self, size: u64, last: u64) -> Result<u64, AgreementError> {
        let (mut before, mut end) = (0, last);
        while before < end {
            let middle = end - (end - before) / 2;
            if self.registry_after(middle)?.size < size {
                before = middle;
            } else {
                end = middle - 1;
            }
        }
        Ok(before)
    }

    /// What the next seal must come after.
    #[cfg_attr(
        not(test),
        expect(
            clippy::unnecessary_wraps,
            reason = "nobody is kept out in one test only"
        )
    )]
    fn fence(&self) -> Option<u64> {
        #[cfg(test)]
        if self.is_unfenced {
            return None;
        }
        Some(self.place)
    }
}

impl Agreement for JetStreamSeals {
    fn has_seals(&mut self) -> Result<bool, AgreementError> {
        Ok(self.last()? > 0)
    }

    fn go_to(&mut self, newest: Option<&Checkpoint>) -> Result<(), AgreementError> {
        self.fetched.clear();
        let Some(newest) = newest else {
            self.place = 0;
            return Ok(());
        };
        let last = self.last()?;
        let before = self.last_before(newest.size, last)?;
        if before == last {
            let agreed = match last {
                0 => 0,
                last => self.registry_after(last)?.size,
            };
            let kept = newest.size;
            return Err(AgreementError::Cut { agreed, kept });
        }
        let place = before.saturating_add(1);
        if self.registry_after(place)? != *newest {
            return Err(AgreementError::Forked { size: newest.size });
        }
        self.place = place;
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, AgreementError> {
        if self.fetched.is_empty() {
            let (last, next) = (self.last()?, self.place.saturating_add(1));
            if last < self.place {
                let seen = self.place;
                let why = format!(
                    "the stream {STREAM} ends with message {last}, and message {seen} was there: if that \
                     stays, somebody has cut it"
                );
                return Err(AgreementError::Unanswered {
                    what: "see the newest seal".into(),
                    source: why.into(),
                });
            }
            if last == self.place {
                return Ok(None);
            }
            let to = last.min(self.place.saturating_add(FETCHED_MAX));
            self.fetched = self.fetch(next, to)?;
        }
        let next = self.fetched.pop_front();
        if next.is_some() {
            self.place = self.place.saturating_add(1);
        }
        Ok(next)
    }

    fn agree(&mut self, seal: &[u8]) -> Result<Agreed, AgreementError> {
        // Others have come first, and it is known already.
        if !self.fetched.is_empty() {
            return Ok(Agreed::Overtaken);
        }
        let (connection, expected) = (self.connection.clone(), self.fence());
        let payload = seal.to_vec().into();
        let posted = self.ask("have the others agree on a seal", async move {
            post(&connection, SUBJECT, expected, payload).await
        })?;
        match posted {
            Posted::Stored(sequence) => {
                self.place = sequence;
                Ok(Agreed::Yes)
            }
            Posted::Overtaken => Ok(Agreed::Overtaken),
        }
    }

    fn is_our_turn(&mut self) -> Result<bool, AgreementError> {
        let mut lease = self.lease.clone();
        let (lease, is_ours) = self.ask("ask whose turn it is to seal", async move {
            let is_ours = lease.take().await?;
            Ok((lease, is_ours))
        })?;
        self.lease = lease;
        Ok(is_ours)
    }
}

impl Drop for JetStreamSeals {
    fn drop(&mut self) {
        // Waiting for it would be an error where it is dropped by another runtime's task.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

fn damaged(sequence: u64, why: &impl ToString) -> AgreementError {
    AgreementError::Damaged {
        place: format!("message {sequence} of stream {STREAM}"),
        why: why.to_string(),
    }
}

/// A seal by its sequence, by the stream's leader; nothing where it is not there.
async fn found(stream: &Stream, sequence: u64) -> Result<Option<Vec<u8>>, Cause> {
    let found = first_from(stream, SUBJECT, sequence).await?;
    let same = found.filter(|message| message.sequence == sequence);
    Ok(same.map(|message| message.payload.to_vec()))
}

/// Waits for something that a runtime does; nothing if the runtime has ended.
fn wait<T: Send + 'static>(
    runtime: &Runtime,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = sync_channel(1);
    runtime.spawn(async move {
        // Nobody waits any more only where this thread has gone.
        drop(sender.send(work.await));
    });
    receiver.recv().ok()
}
