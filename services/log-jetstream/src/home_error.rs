//! Why servers or streams cannot hold a ledger, and what to change.

use std::time::Duration;

use crate::home::Home;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a clustered log cannot be opened or made. Nothing of it has been changed, except that `init` may have
/// made or changed some of its streams already.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The servers' addresses are not addresses.
    #[error(
        "{servers:?} are no servers' addresses: use nats://HOST:PORT, with commas between several"
    )]
    Address {
        /// What was given.
        servers: String,
        /// What is wrong.
        #[source]
        source: Cause,
    },
    /// No server answers, or none lets this program in.
    #[error("cannot connect to {servers}")]
    Unreachable {
        /// The addresses that were tried.
        servers: String,
        /// The cause.
        #[source]
        source: Cause,
    },
    /// The server is older than any that keeps what it acknowledges.
    #[error("the server {server} has nats-server {found}, which is too old: use {oldest} or newer")]
    TooOld {
        /// Its name.
        server: String,
        /// The version it has.
        found: String,
        /// The oldest that will do.
        oldest: &'static str,
    },
    /// A server acknowledges what a power cut can still take away.
    #[error(
        "the server {server} acknowledges messages before they are on its disk: set `sync_interval: always` in the jetstream block of its configuration and start it again"
    )]
    NotSynced {
        /// Its name.
        server: String,
    },
    /// Whether the servers sync before they acknowledge cannot be found out.
    #[error(
        "the servers do not say whether messages are on disk when they acknowledge them: let this account import $SYS.REQ.SERVER.PING.JSZ from the system account, and this user publish to it, or state that every server has `sync_interval: always`"
    )]
    SyncUnknown,
    /// The server keeps nothing.
    #[error(
        "JetStream is not enabled on the server: add `jetstream {{ store_dir: …, sync_interval: always }}` to its configuration"
    )]
    NoJetStream,
    /// A commit would not fit into a message.
    #[error(
        "the server's max_payload is {found} bytes and a commit may need {needed}: set `max_payload: {needed}` or more on every server"
    )]
    PayloadTooSmall {
        /// What the server takes.
        found: usize,
        /// What a ledger needs.
        needed: usize,
    },
    /// The replicas that were asked for are no number of servers that can agree.
    #[error("{0} replicas cannot be: use 1, 3 or 5")]
    Replicas(usize),
    /// The shards that were asked for are too many, or none.
    #[error("{0} shards cannot be: use 1 to {max}", max = Home::SHARDS_MAX)]
    Shards(u32),
    /// A stream of the ledger is not there.
    #[error("there is no stream {stream}: make the ledger's streams with `netgain cluster init`")]
    NoStream {
        /// Its name.
        stream: String,
    },
    /// A stream has the name of a ledger's, and was not made for one.
    #[error(
        "the stream {stream} was not made for a ledger: use another NATS account, or remove it if nobody needs it"
    )]
    NoLedger {
        /// Its name.
        stream: String,
    },
    /// A stream belongs to another ledger than the first one does, or has another number of shards.
    #[error(
        "the stream {stream} belongs to {found}, not to {expected}: use an account of its own for each ledger"
    )]
    OtherLedger {
        /// Its name.
        stream: String,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// The ledger was made by a newer version.
    #[error(
        "the ledger has format {found}; this version reads up to {supported}. Use the newer netgain that made it"
    )]
    Newer {
        /// The format it has.
        found: String,
        /// The newest format this version knows.
        supported: u32,
    },
    /// A stream is not set up as a log of record must be.
    #[error("the stream {stream} cannot hold a ledger: {}", sentences(problems))]
    Wrong {
        /// Its name.
        stream: String,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// The bucket that says who seals is not set up so.
    #[error(
        "the stream {stream} is not set up as the lease of who seals: make it right with `netgain cluster init`"
    )]
    NoLease {
        /// Its name.
        stream: String,
    },
    /// The bucket in which nodes say who they are is not set up so.
    #[error(
        "the stream {stream} is not set up for nodes to say who they are: make it right with `netgain cluster init`"
    )]
    NoNodes {
        /// Its name.
        stream: String,
    },
    /// A live node writes what this program does not read.
    #[error(
        "{node} writes {event} in version {version}, which this program does not read: start the newer netgain here, or stop that node first"
    )]
    Unread {
        /// Which node.
        node: String,
        /// The type of event.
        event: String,
        /// The version it writes.
        version: u32,
    },
    /// The server did not do what it was asked.
    #[error("cannot {what}")]
    Api {
        /// What was asked.
        what: String,
        /// The cause.
        #[source]
        source: Cause,
    },
    /// The operating system gave no thread or no random bytes.
    #[error("cannot start the connection's threads")]
    System(#[source] std::io::Error),
}

/// One thing about a stream that a log of record cannot live with, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Other subjects than the shard's.
    #[error("its subjects are {found}: let it have {needed} and no others")]
    Subjects {
        /// What it has.
        found: String,
        /// What it should have.
        needed: String,
    },
    /// In memory.
    #[error(
        "it is kept in memory: make it anew with file storage, which an existing stream cannot change to"
    )]
    Storage,
    /// Too few servers keep it.
    #[error("{found} servers keep each message: let {needed} do so (num_replicas)")]
    Replicas {
        /// How many do.
        found: usize,
        /// How many should.
        needed: usize,
    },
    /// Messages go once they were read.
    #[error("it drops messages once they are consumed: make it anew with retention by limits")]
    Retention,
    /// Old messages go when it is full.
    #[error("it drops old messages when it is full: let it refuse new ones (discard: new)")]
    Discard,
    /// Messages go, or are refused, at a limit.
    #[error("it has a limit, {name}: set that to {unlimited}")]
    Limit {
        /// The limit.
        name: &'static str,
        /// The value that stands for none.
        unlimited: &'static str,
    },
    /// Messages go with time.
    #[error("it drops messages after {0:?}: set max_age to 0")]
    Age(Duration),
    /// Messages can be deleted.
    #[error("its messages can be deleted: set deny_delete")]
    Delete,
    /// Messages can be purged.
    #[error("it can be purged: set deny_purge")]
    Purge,
    /// Each message would have to be agreed on by itself.
    #[error(
        "it takes no batches of messages: set allow_atomic, as `netgain cluster init` does on a stream that is there"
    )]
    Batches,
    /// Something that lets messages be replaced, expire, change or come in otherwise.
    #[error("it has {0}, which a log of record must not have: turn it off")]
    Feature(&'static str),
}

fn sentences(problems: &[Problem]) -> String {
    let sentences: Vec<String> = problems.iter().map(Problem::to_string).collect();
    sentences.join("; ")
}

impl HomeError {
    /// What the server did not do.
    pub(crate) fn api(what: impl Into<String>, source: impl Into<Cause>) -> Self {
        Self::Api {
            what: what.into(),
            source: source.into(),
        }
    }
}
