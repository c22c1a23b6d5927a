//! Views kept in sled, so that a restart need not fold everything. The only user of sled.
//!
//! They are disposable: whatever is missing, damaged, another ledger's or another version's is
//! moved aside and folded from the log again. They only ever save time.
//!
//! # What sled is trusted with
//!
//! Nothing (docs/adr/0001). sled 0.34.7 may lose its newest writes in a power cut, and on a damaged
//! file it may lose older ones without a word, panic, or never come back. Hence:
//!
//! * every call into sled is made by one thread, which is given a limited time to answer; when it
//!   panics or does not answer, these views are given up and the log is folded instead;
//! * at opening the heads of all organisations are held to a checksum in the extent record, so that
//!   a lost or stale head is noticed; whoever loads a state holds it to the head's checksum.
//!
//! A directory that cannot be used is renamed to `<name>-set-aside-1` and so on, of which the two
//! newest are kept; whoever opened it to write goes on with an empty one. One in which something
//! unreadable turns up later gets a file `found-damaged`, so that the next opening does the same:
//! sled would neither read those pages then nor write over them.
//!
//! # The tree
//!
//! | key | value |
//! |---|---|
//! | `e` | the extent: versions, ledger, the place in the log, and a checksum over all heads |
//! | `h`, organisation | its head: position, generation, length and CRC32C of the state |
//! | `a` or `b`, organisation, 0, number | a chunk of the state: even generations in `a`, odd in `b` |
//!
//! A state is written into the slot that its head does *not* point to. When all changed states are
//! written, their new heads and the new extent go in as one batch. A crash before that leaves the
//! old heads, whose chunks are untouched; a crash after it leaves the new ones. The position stands
//! in the head and in the state itself, so nothing is ever folded twice.
//!
//! Keys are never removed: removing makes sled merge its leaves, and a merged leaf may be too large
//! to stand in its log, whereupon it goes to a file of its own that is never synced.

mod format;
mod keeper;
mod set_aside;
mod shelf;
mod sled_views;

pub use sled_views::{Busy, Opened, Patience, SledViews};
