//! The clustered log of record: NATS `JetStream`, one stream a shard, one subject an organisation.
//!
//! # Where a commit is
//!
//! An organisation belongs to one of the ledger's shards for ever (`subject.rs`). Its commits are the
//! messages on its subject of that shard's stream, in the stream's order. A message's payload is the
//! commit's lines; `message.rs` describes its headers. A place in the log is one sequence a shard.
//!
//! # How one is written
//!
//! One message of an organisation is under way at a time, and it names the sequence of the one before
//! it: the server takes it only if nobody else has written meanwhile. Commits that are appended while one
//! is under way are put together and go as the next message, as far as they fit into one commit. So commits keep
//! their order within an organisation; between organisations there is none until they are stored.
//!
//! What waits of a shard's organisations goes as one *batch* (NATS ADR-50): the servers agree on all of its messages at
//! once, or refuse all, and answer once. While two batches are under way the rest waits for its turn, and what is
//! appended meanwhile goes along. Fewer than eight messages go each by itself. What a message follows must be known for that; if it is not, or if others write
//! that organisation, it goes by itself. So does each message of a batch that was refused or not answered.
//!
//! An answer that does not come says nothing: the same message is sent again, by itself. If it had been stored, the
//! server refuses it the second time, and the message that stands in its place is found to be itself.
//! Another one in its place is a *displacement*: whatever was decided on the history without it is
//! void, and its [`Lineage`](netgain_ledger::log::Lineage) says so. This goes on until the servers answer,
//! however long that takes; how long to wait is for whoever asked.
//!
//! # How it is read
//!
//! By a pull consumer that lives as long as the reading, with nothing to acknowledge. Sequences must follow
//! each other without gaps, since nothing is ever deleted, and one organisation's messages by the sequences
//! they name: a message that is missing is damage. The server itself reports none (measured on 2.15.1).
//!
//! # Its runtime
//!
//! The port blocks and is called from threads of every kind, those of other runtimes included; the connection
//! must be served meanwhile, also while everybody else is busy folding. So the log owns a runtime
//! of its own, and callers wait on channels and never in it.

mod asked;
mod check;
mod connection;
mod desk;
mod desks;
mod home;
mod home_error;
mod init;
mod jetstream_log;
mod leading;
mod message;
mod nodes;
mod outgoing;
mod place;
mod post;
mod publish;
mod pull;
mod reader;
mod reading;
mod seals;
mod settlement;
mod setup;
mod streams;
mod subject;
#[cfg(test)]
mod tests;
mod writer;

pub use check::{Finding, Verdict, check};
pub use home::{Home, Login, Syncing};
pub use home_error::{HomeError, Problem};
pub use init::init;
pub use jetstream_log::{JetStreamLog, Stats};
pub use reader::Reader;
pub use seals::{JetStreamSeals, init_seals};
