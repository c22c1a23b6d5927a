//! The words of the calls on the servers of a clustered ledger.

use clap::Subcommand;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ClusterCall {
    /// Make the ledger's streams, or make them right where they are there
    ///
    /// What is right already is left as it is. A ledger that is there stays the same one, with all that is in
    /// it.
    Init {
        /// How many streams the organisations are spread over; fixed for the life of a ledger
        #[arg(long, value_name = "N", default_value_t = 1)]
        shards: u32,
        #[command(flatten)]
        replicas: ReplicasArg,
    },
    /// Say what is right about the servers and the streams, and what to change; changes nothing
    ///
    /// Exit status 0 if a ledger can be held like that, 1 if not.
    Check {
        #[command(flatten)]
        replicas: ReplicasArg,
    },
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct ReplicasArg {
    /// How many servers must keep each message: 1, 3 or 5 [default: 3]
    #[arg(long, value_name = "N")]
    pub(crate) replicas: Option<usize>,
}
