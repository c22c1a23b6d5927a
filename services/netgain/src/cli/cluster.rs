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
    /// Say what is right about the servers, the streams, the seals and the nodes, and what to change; changes nothing
    ///
    /// Exit status 0 if a ledger can be held like that, 1 if not.
    Check {
        #[command(flatten)]
        replicas: ReplicasArg,
    },
    /// Make what was signed over a restored ledger the first seals that its nodes agree on
    ///
    /// After `restore` onto servers and `cluster init`, and before the first node starts. --checkpoints and --keys are those
    /// of the ledger that was exported. The log on the servers is held to them first; nothing is brought where it is
    /// another history, or where other seals are agreed on already. Doing it again changes nothing.
    BringSeals,
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct ReplicasArg {
    /// How many servers must keep each message: 1, 3 or 5 [default: 3]
    #[arg(long, value_name = "N")]
    pub(crate) replicas: Option<usize>,
}
