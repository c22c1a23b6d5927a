//! The command line: its words, and the help that teaches them. One file a kind of call.

mod cluster;
mod config;
mod figures;
mod history;
mod log;
mod people;
mod proof;
mod record;
mod serve;
mod service;
mod statement;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};

pub(crate) use self::cluster::{ClusterCall, ReplicasArg};
pub(crate) use self::config::ConfigCall;
pub(crate) use self::figures::{
    Diff, Explain, FigureArgs, ReportCall, ReportName, TotalsCall, Trail,
};
pub(crate) use self::history::{Export, Restore, ViewsCall};
pub(crate) use self::log::LogArgs;
pub(crate) use self::people::{IssueToken, NewPassword, TokenCall, UserAdd, UserCall};
pub(crate) use self::proof::{KeysCall, Sample, Verify, VerifyBundle, Witness};
pub(crate) use self::record::{ActorArgs, Import, Record};
pub(crate) use self::serve::{Demo, Serve};
pub(crate) use self::service::ServiceArgs;
pub(crate) use self::statement::{StatementArgs, StatementCall, StatementVerb};

/// A ledger of efficiency gains that shows its working.
///
/// Every claim, cost and check is recorded as an event that never changes; every figure is computed
/// from them, for any year, as known now or at any earlier point.
#[derive(Debug, Parser)]
#[command(name = "netgain", version, max_term_width = 100)]
#[command(after_long_help = "\
First steps:
  netgain demo                                        load two councils' published data and look
  netgain --data gains record commands.jsonl          record commands, one JSON object a line
  netgain --data gains import claims.xlsx --org E07000082 --dry-run
  netgain --data gains totals --org E07000082 --year 2010/11
  netgain --data gains explain --org E07000082 --year 2010/11 --basis claimed
  netgain --server https://gains.example.gov.uk --token-file token totals --org E07000082 --year 2010/11

Settings come from the call's words, from the environment (--data is NETGAIN_DATA) or from a \
configuration file: `netgain config example` prints one, `netgain config show` says what holds and \
where it came from.

Exit status: 0 done; 1 refused, or a check failed; 2 the call's words are off; 3 the ledger could \
not be read or written.")]
pub(crate) struct Cli {
    /// The ledger's directory; the first write creates it [default: netgain-data]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data: Option<PathBuf>,

    /// A configuration file, beside those of the user and of the machine
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Where the signing keys are, outside the ledger's directory [default: DIR.keys]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub(crate) keys: Option<PathBuf>,

    /// Where the signed checkpoints are, best on another disk [default: DIR/checkpoints]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub(crate) checkpoints: Option<PathBuf>,

    /// Where the names and passwords of the service's people are kept [default: DIR.people]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub(crate) people: Option<PathBuf>,

    /// The witnesses that must cosign what is sealed, one a line, and how many of them [default: none]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) witnesses: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) log: LogArgs,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,

    /// Print one JSON document (or one a line where said) instead of text for people
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) call: Call,
}

impl Cli {
    /// The words that are settings, by the settings' names.
    pub(crate) fn settings(&self) -> Vec<(&'static str, OsString)> {
        let places = [
            ("data", &self.data),
            ("keys", &self.keys),
            ("checkpoints", &self.checkpoints),
            ("people", &self.people),
            ("witnesses", &self.witnesses),
        ];
        let places = places
            .into_iter()
            .filter_map(|(name, path)| Some((name, path.clone()?.into())));
        let mut said: Vec<_> = places.chain(self.log.settings()).collect();
        if let Call::Serve(serve) | Call::Demo(Demo { serve, .. }) = &self.call {
            said.extend(serve.settings());
        }
        said
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Call {
    /// Record commands, one JSON object a line
    ///
    /// Each is answered in order, as soon as its event is durable, with one JSON line: its position,
    /// or the refusal with its code, its field and what to do. A refused line stops nothing else.
    #[command(after_long_help = "\
Example:
  echo '{\"type\":\"register-organisation\",\"org\":\"E07000082\",\"name\":\"Stroud District Council\",\\
         \"kind\":\"district\",\"sector\":\"local-government\"}' | netgain --data gains record
  {\"line\":1,\"position\":1,\"event\":\"organisation-registered\"}

Give each command a \"command_id\" of its own and it can safely be sent again: the first answer \
comes back and nothing is written twice.")]
    Record(Record),

    /// Import claims from a spreadsheet: all rows or none
    ///
    /// Reads .xlsx, .ods or .csv with one claim a row. Every problem is reported at once, with its
    /// cell.
    #[command(after_long_help = "\
Columns, in any order: claim, title, action, impact_from, one for each year of the profile (2008/09, \
…), and whichever you use of service, function, method, technique, approach, source, \
source_override, ongoing, quality_measure, owner, review_by, scheme_id, scheme_total, label:KEY, \
\"one_off 2008/09\" and \"recurring 2008/09\".
An empty year is not stated: the year before it holds. Dates are date cells, 2009-04-01 or \
01/04/2009 (the day first).")]
    Import(Import),

    /// An organisation's NI179 total for a year, with the line of each claim
    #[command(
        after_long_help = "Example:\n  netgain --data gains totals --org E07000082 --year 2010/11\n  netgain --data gains totals --org E07000082 --year 2010/11 --known-at 2011-07-24"
    )]
    Totals(TotalsCall),

    /// An organisation's history, or one claim's, in order
    #[command(
        after_long_help = "Example:\n  netgain --data gains trail --org E07000082 --claim PROC-07\n  netgain --data gains trail --org E07000082 --json | sha256sum"
    )]
    Trail(Trail),

    /// Why a figure is what it is: every event with an effect on it
    #[command(
        after_long_help = "Example:\n  netgain --data gains explain --org E07000082 --year 2010/11 --basis claimed\nThe effects add up to the figure: the effect of an event is the figure known at its position less the one known just before."
    )]
    Explain(Explain),

    /// What changed a figure between two positions
    #[command(
        after_long_help = "Example:\n  netgain --data gains diff --org E07000082 --year 2010/11 --from 120 --to 180"
    )]
    Diff(Diff),

    /// A report: due, breakdown, targets, redeployment, challenges, failed-costs or shares
    #[command(
        after_long_help = "Example:\n  netgain --data gains report due --org E07000082 --at 2011-08-01\n  netgain --data gains report breakdown --org E07000082 --year 2010/11 --by function"
    )]
    Report(ReportCall),

    /// Issue, list, show, compare or bundle published statements
    Statement(StatementCall),

    /// Check every stored byte; changes nothing
    ///
    /// Framing, checksums, positions, the written form of each event, that each follows from those
    /// before it, and that each history is the one that was sealed. Names the first event that is
    /// not what was written.
    Verify(Verify),

    /// Check a statement's bundle, without its ledger and without a network
    ///
    /// Says step by step what holds and what was not checked. Exit status 0 if every step holds, 1 if
    /// one does not.
    #[command(
        after_long_help = "Example:\n  netgain verify-bundle netgain-E07000082-2010-11-actual-1.tar --key netgain.key\nThe key file has the line that `netgain keys show` printed for whoever gave you the key, not one that came with the bundle."
    )]
    VerifyBundle(VerifyBundle),

    /// Draw the claims that an audit looks at, each pound with the same chance
    ///
    /// Whoever has the checkpoint and the seed draws the same claims again, and nobody could have
    /// steered it: agree on the seed after the checkpoint is known.
    #[command(
        after_long_help = "Example:\n  netgain --data gains sample --org E07000082 --year 2010/11 --size 25 --seed \"dice: 3 1 6 6 2\""
    )]
    Sample(Sample),

    /// Cosign the checkpoints of other ledgers that are found consistent
    ///
    /// A small server (C2SP tlog-witness). It vouches that a ledger only grows, and that everybody who asks
    /// it is shown the same. Run it somewhere the ledger's operator has no say.
    #[command(
        after_long_help = "Example:\n  netgain witness --dir witness --name audit.example.gov.uk/witness --listen 0.0.0.0:8180\nWrite the public keys of the ledgers it is to know into DIR/logs, one a line. Whoever seals names it in the file of --witnesses:\n  witness audit.example.gov.uk/witness VKEY http://audit.example.gov.uk:8180\n  quorum 1"
    )]
    Witness(Witness),

    /// Make, show or replace the key that signs
    Keys {
        #[command(subcommand)]
        call: KeysCall,
    },

    /// Write the whole history out as JSON lines
    #[command(
        after_long_help = "Example:\n  netgain --data gains export --output history.jsonl\nWith --server it has the organisations that the token may read, one after the other, and neither the ledger's own history nor anything else: no backup."
    )]
    Export(Export),

    /// Read an exported history into an empty ledger, byte for byte
    #[command(
        after_long_help = "Example:\n  netgain --data elsewhere restore history.jsonl\nEvery line is checked as it comes; if one is wrong, nothing is restored. With --log it makes the streams, and wants none there; what was signed follows by `netgain cluster bring-seals`."
    )]
    Restore(Restore),

    /// Serve the ledger: HTTP API, sign-in and live totals, for many people at once
    #[command(
        after_long_help = "Example:\n  netgain --data gains user add ada --administrator\n  netgain --data gains serve\nA proxy in front gives it TLS, or --tls-certificate and --tls-key. It runs until it is told to stop (Ctrl-C, or SIGTERM)."
    )]
    Serve(Serve),

    /// The people of the service: who there is, what they may do, and how they sign in
    ///
    /// What somebody may do is recorded in the ledger's own history and stays there; their name and
    /// password are in a directory beside it, and can be changed and erased.
    #[command(after_long_help = "\
Example:
  netgain --data gains user add ada --administrator           the first administrator
  netgain --data gains user add u-4821 --name \"Finance, Stroud\"
  netgain --data gains user grant u-4821 --role recorder --of E07000082
  netgain --data gains user list

An id stays in the history for ever: choose one that says nothing about the person. These calls write the \
ledger's own files, so a service on the same ledger has to be stopped first; while it runs, its \
administrators do the same with --server.")]
    User {
        #[command(subcommand)]
        call: UserCall,
    },

    /// The tokens that programs show instead of a password
    #[command(after_long_help = "\
Example:
  netgain --data gains token issue finance-system --person u-4821 --of E07000082 --role recorder > token
  curl -H \"Authorization: Bearer $(cat token)\" http://127.0.0.1:8179/api/v1/organisations

A token may do what its person may, of the roles it carries, and no more. Its secret is printed once and \
kept nowhere.")]
    Token {
        #[command(subcommand)]
        call: TokenCall,
    },

    /// The servers and streams of a clustered ledger
    #[command(after_long_help = "\
Example:
  netgain --log nats://a:4222,nats://b:4222,nats://c:4222 cluster init --shards 4
  netgain --log nats://a:4222,nats://b:4222,nats://c:4222 cluster check
  netgain --log nats://a:4222,nats://b:4222,nats://c:4222 --data gains cluster bring-seals")]
    Cluster {
        #[command(subcommand)]
        call: ClusterCall,
    },

    /// The settings: what holds, where it came from, and what there is to set
    #[command(
        after_long_help = "Example:\n  netgain config example > netgain.toml\n  netgain --config netgain.toml config show\nA word of the call goes before NETGAIN_… in the environment, then --config FILE, then $XDG_CONFIG_HOME/netgain/config.toml, then /etc/netgain/netgain.toml, then what is built in."
    )]
    Config {
        #[command(subcommand)]
        call: ConfigCall,
    },

    /// Load the sample organisations into an empty ledger, print their totals, and serve them
    #[command(
        after_long_help = "Example:\n  netgain --data target/demo demo\n  netgain --data target/demo demo --no-serve\nA second start on the same directory serves what is there."
    )]
    Demo(Demo),

    /// The folded states kept beside the log, so that a start need not read everything
    Views {
        #[command(subcommand)]
        call: ViewsCall,
    },

    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}
