//! The words of `netgain user` and `netgain token`.

use clap::{Args, Subcommand};
use netgain_events::access::Scope;
use netgain_events::authority::Role;
use netgain_events::identifier::{Actor, TokenId};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::text::{Line, Prose};

use super::record::ActorArgs;
use super::values::time;

/// For how many days a token is in force unless it is said: a quarter.
const TOKEN_DAYS: u16 = 90;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCall {
    /// Enrol somebody, or a program
    #[command(
        after_long_help = "Example:\n  netgain --data gains user add ada --administrator\n  netgain --data gains user add finance-system --service\n  pass show netgain/ada | netgain --data gains user add ada --password-stdin"
    )]
    Add(UserAdd),
    /// Give somebody a role
    #[command(
        after_long_help = "Example:\n  netgain --data gains user grant ada --role validator --of E07000082 --until 2027-03-31\n  netgain --data gains user grant ada --role auditor --of '*'"
    )]
    Grant(Grant),
    /// Take a role away
    #[command(
        after_long_help = "Example:\n  netgain --data gains user revoke ada --role validator --of E07000082 --reason \"moved to another service\""
    )]
    Revoke(Revoke),
    /// End everything somebody may do: their roles, their tokens and their sessions
    #[command(
        after_long_help = "Example:\n  netgain --data gains user bar ada --reason \"has left the council\""
    )]
    Bar {
        /// Who
        id: Actor,
        /// Why, for the history
        #[arg(long, value_name = "TEXT")]
        reason: Prose,
        #[command(flatten)]
        actor: ActorArgs,
    },
    /// Set a password; works beside a running service, which lets sessions that are open go on
    Password {
        /// Whose
        id: Actor,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Set the name that people read; works beside a running service
    Name {
        /// Whose
        id: Actor,
        /// The name
        name: Line,
    },
    /// Erase somebody's name and password; their id stays in the history
    ///
    /// What they may do stays as it is; `netgain user bar` ends that.
    Erase {
        /// Whose
        id: Actor,
    },
    /// List everybody who was ever enrolled, and their roles
    List,
}

/// How a password comes in. It is never a word of the call: those are seen by everybody on the machine.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct NewPassword {
    /// Read the password from standard input, up to the end of its first line, instead of asking
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// An opaque id, for ever: it cannot be changed or erased
    pub(crate) id: Actor,
    /// The name that people read, kept outside the history
    #[arg(long)]
    pub(crate) name: Option<Line>,
    /// Let them administer everything: organisations, people, roles and tokens
    #[arg(long, conflicts_with = "service")]
    pub(crate) administrator: bool,
    /// It is a program: it validates nothing, and shows a token instead of a password
    #[arg(long, conflicts_with = "password_stdin")]
    pub(crate) service: bool,
    #[command(flatten)]
    pub(crate) password: NewPassword,
    /// Set no password: they sign in at a provider, or show a token
    #[arg(long, conflicts_with = "password_stdin")]
    pub(crate) no_password: bool,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// Who
    pub(crate) id: Actor,
    /// recorder, validator, signatory, board, auditor or administrator
    #[arg(long)]
    pub(crate) role: Role,
    /// In which organisation; '*' for every one
    #[arg(long, value_name = "ORG")]
    pub(crate) of: Scope,
    /// Until when, like 2027-03-31 (its end) or 2027-03-31T17:00:00Z [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<RecordedAt>,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Who
    pub(crate) id: Actor,
    /// Which role
    #[arg(long)]
    pub(crate) role: Role,
    /// In which organisation, as it was granted
    #[arg(long, value_name = "ORG")]
    pub(crate) of: Scope,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Prose,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCall {
    /// Issue a token; its secret is printed once, alone, on standard output
    #[command(
        after_long_help = "Example:\n  netgain --data gains token issue board-report --person ada --of '*' --role board --days 30 > token"
    )]
    Issue(IssueToken),
    /// List every token that was ever issued; never a secret
    List,
    /// End a token before its time
    Revoke(EndToken),
}

#[derive(Debug, Args)]
pub(crate) struct IssueToken {
    /// What the token is called, for ever
    #[arg(value_name = "REF")]
    pub(crate) token: TokenId,
    /// In whose place it acts
    #[arg(long, value_name = "ID")]
    pub(crate) person: Actor,
    /// In which organisation; '*' for every one
    #[arg(long, value_name = "ORG")]
    pub(crate) of: Scope,
    /// Which of the person's roles it carries; more than one: say it again, or with commas
    #[arg(long, required = true, value_delimiter = ',')]
    pub(crate) role: Vec<Role>,
    /// For how many days
    #[arg(long, value_name = "N", default_value_t = TOKEN_DAYS, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) days: u16,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EndToken {
    /// Which
    #[arg(value_name = "REF")]
    pub(crate) token: TokenId,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Prose,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
}
