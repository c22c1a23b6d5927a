//! The embedded log of record: append-only segment files in one directory, written by one process
//! and read by any number.
//!
//! # Files
//!
//! `00000001.seg`, `00000002.seg` … hold the records; `lock` is locked by the writer and
//! names it; `tail-…` files keep what opening cut off. The bytes of a segment are described in
//! `frame.rs`.
//!
//! # Durability
//!
//! Appends are framed into a buffer by whoever appends. One thread takes all that waits as a
//! *group*, writes it, calls `fdatasync` once, and only then says that it is durable. A new
//! segment's header and name are synced before a record is written to it. A failed write or sync
//! ends the log: nothing is acknowledged from then on, nothing is tried again, and the next
//! opening sorts out what reached the disk.
//!
//! # Tail or damage
//!
//! A power cut may leave the last, unacknowledged group in any state: the disk writes its blocks
//! in any order, so that an earlier record of it can be missing while a later one is whole. So
//! "something valid follows" does not prove that the missing record had ever been durable. What
//! proves it is a header of a *later group*: the writer only writes a group when all before it is
//! synced, and each record says how many records of its own group stand before it. Hence, where
//! a segment does not go on as it should:
//!
//! * a later segment file stands, or somewhere behind there is a whole header whose group begins
//!   after the missing record: the record had been durable, and this is **damage**. Nothing is cut,
//!   and the log is not opened for writing;
//! * a whole header of another sequence stands where the record belongs: something was deleted,
//!   swapped or repeated, which no torn write does: **damage**;
//! * else it is a **tail**: it was never acknowledged, unless bytes rotted in the one group that
//!   nothing follows. Opening for writing copies it, to the last byte that is not zero, into a
//!   `tail-…` file, cuts it off and says so. Reading and checking report it.
//!
//! The *closing mark* that a writer leaves when it closes begins a group of its own, so in a log
//! that was closed every changed bit of a record is damage. After a crash the last group is
//! proved by nothing; a checkpoint that covers it tells whether it was acknowledged.
//!
//! What is whole of an unfinished group, up to the first record that is not, is kept. So a commit
//! may outlive a power cut though nobody was told that it is durable: whoever got no answer asks
//! again.

mod directory;
mod file_log;
mod frame;
mod gather;
mod group;
mod index;
mod lock;
mod open_error;
mod place;
mod queue;
mod reader;
mod recovery;
mod remains;
mod segment;
#[cfg(test)]
mod tests;
mod walk;
mod window;
mod writer;

pub use file_log::{FileLog, SEGMENT_BYTES};
pub use lock::WriterLock;
pub use open_error::OpenError;
pub use queue::{Burst, Stats};
pub use reader::{Reader, Report};
pub use recovery::Recovered;
