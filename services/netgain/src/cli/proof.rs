//! The words of the calls that seal and check.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_verify::note::KeyName;

use super::record::ActorArgs;
use super::values::year;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Only this organisation's history (the log's bytes are checked all the same)
    #[arg(long)]
    pub(crate) org: Option<OrgId>,
    /// A checkpoint you kept, of an organisation or of the registry: the history must continue it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) checkpoint: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyBundle {
    /// The bundle
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The public keys you trust, one a line: the ledger's, and any witnesses'
    #[arg(long, value_name = "KEYFILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// Whose claims
    #[arg(long)]
    pub(crate) org: OrgId,
    /// By their effect in which financial year
    #[arg(long, value_parser = year)]
    pub(crate) year: FinancialYear,
    /// How many draws
    #[arg(long, value_name = "N")]
    pub(crate) size: u32,
    /// Any text that nobody could know before the checkpoint was signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) seed: String,
}

#[derive(Debug, Args)]
pub(crate) struct Witness {
    /// Where the witness keeps its key, the logs it knows and what it has cosigned
    #[arg(long, value_name = "DIR", default_value = "netgain-witness", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// What the witness is called, like a web address without its scheme
    #[arg(long, value_name = "NAME")]
    pub(crate) name: KeyName,
    /// Where it listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8180")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCall {
    /// Make the first key; the first write does so by itself
    Init,
    /// Print the public key, for auditors, as one C2SP verifier-key line
    Show {
        /// Those it has had before too
        #[arg(long)]
        all: bool,
    },
    /// Replace the key by a new one, and record that in the ledger's own history
    Rotate {
        /// For how many days both keys sign, so that auditors can be given the new one
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        overlap_days: u16,
        #[command(flatten)]
        actor: ActorArgs,
    },
}
