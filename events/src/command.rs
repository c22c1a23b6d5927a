//! Commands: what can be asked, read from one line of JSON into checked values, or refused.

mod fields;
mod request;
mod shape;

pub use self::request::{REQUEST_COMMANDS_MAX, Request, is_array};

use crate::event::{Evidence, RequestMark};
use crate::fact::{Fact, FactKind};
use crate::financial_year::FinancialYear;
use crate::identifier::{Actor, CommandId, OrgId};
use crate::json::{self, Json, Members};
use crate::refusal::{Refusal, RefusalCode};
use crate::sha256::Sha256Hex;
use crate::text::Prose;
use crate::vocabulary::Series;

/// The most bytes a command's line may have, its line feed left out (interface, *Commands*).
pub const LINE_BYTES_MAX: usize = 32_768;

/// What a command asks to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// A fact, whole as it stands.
    Fact(Fact),
    /// A statement, whose figures and number the decision adds.
    IssueStatement {
        /// For which year.
        year: FinancialYear,
        /// In which series.
        series: Series,
    },
}

impl Proposal {
    /// The kind of fact that would be recorded.
    #[must_use]
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Fact(fact) => fact.kind(),
            Self::IssueStatement { .. } => FactKind::StatementIssued,
        }
    }
}

/// A command whose shape is right. Whether the rules allow it, the decision says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The organisation it is about.
    pub org: OrgId,
    /// What it asks for.
    pub proposal: Proposal,
    /// Who did it, where the command says so.
    pub actor: Option<Actor>,
    /// Its idempotency key, with what it must be equal to when it comes again.
    pub key: Option<CommandKey>,
    /// Whatever the actor wished to add.
    pub note: Option<Prose>,
    /// The documents that support it.
    pub evidence: Vec<Evidence>,
}

/// A command's idempotency key and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandKey {
    /// The caller's key.
    pub command_id: CommandId,
    /// SHA-256 over the command's JSON values as given, whatever their order, the actor left out.
    content: Sha256Hex,
}

impl CommandKey {
    /// What the events carry of a request by that actor.
    #[must_use]
    pub fn mark(self, actor: &Actor) -> RequestMark {
        RequestMark {
            content: self.content_by(actor),
            command_id: self.command_id,
        }
    }

    /// What a repeat must be equal to: the content together with the effective actor, without case.
    #[must_use]
    pub fn content_by(&self, actor: &Actor) -> Sha256Hex {
        let actor = actor.as_str().to_ascii_lowercase();
        Sha256Hex::of_parts([self.content.bytes().as_slice(), actor.as_bytes()])
    }
}

/// Whether a command may say who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorField {
    /// It may: the caller runs the program on the ledger itself.
    Allowed,
    /// It may not: the actor is whoever signed in.
    Refused,
}

impl Command {
    /// Reads a command from its line, the line feed left out.
    ///
    /// # Errors
    /// The *shape* refusals, the first in their order and then in the order of the command table's
    /// fields; the fields that any command may have follow a command's own, and unknown fields
    /// come last.
    pub fn from_line(line: &[u8], actor_field: ActorField) -> Result<Self, Refusal> {
        if line.len() > LINE_BYTES_MAX {
            return Err(too_large(line.len()));
        }
        let members = json::read_object(line).map_err(|e| {
            Refusal::whole(
                RefusalCode::BadJson,
                format!("This is not one JSON object on one line: {e}; write one command a line."),
            )
        })?;
        Self::from_members(members, actor_field)
    }

    /// Reads a command from the members of its object.
    pub fn from_members(members: Members<'_>, actor_field: ActorField) -> Result<Self, Refusal> {
        let kind = kind_of(&members)?;
        let content = members
            .iter()
            .any(|(name, _)| name == "command_id")
            .then(|| content_of(&members));
        let mut fields = fields::Fields::new(members);
        fields.take("type");
        let org = fields.organisation(kind)?;
        let proposal = shape::proposal(kind, &mut fields)?;
        let command_id = fields.command_id()?;
        let note = fields.optional_text("note")?;
        let evidence = fields.evidence()?;
        let actor = match actor_field {
            ActorField::Allowed => fields.optional_identifier("actor")?,
            ActorField::Refused => None,
        };
        fields.none_left(kind)?;
        shape::whole(&proposal)?;
        let key = command_id
            .zip(content)
            .map(|(command_id, content)| CommandKey {
                command_id,
                content,
            });
        Ok(Self {
            org,
            proposal,
            actor,
            key,
            note,
            evidence,
        })
    }
}

/// The refusal of a line that is too long, which may not even be in memory.
#[must_use]
pub fn too_large(bytes: usize) -> Refusal {
    Refusal::whole(
        RefusalCode::TooLarge,
        format!(
            "The line has {bytes} bytes or more; the most is {LINE_BYTES_MAX}, so shorten its texts, or \
             keep long documents elsewhere and name them as evidence."
        ),
    )
}

fn kind_of(members: &Members<'_>) -> Result<FactKind, Refusal> {
    let refuse = |what: String| {
        let known: Vec<_> = FactKind::ALL
            .iter()
            .filter(|kind| kind.has_command())
            .map(|kind| kind.command_type())
            .collect();
        Refusal::of_field(
            RefusalCode::UnknownCommand,
            "type",
            format!("{what}; use one of: {}.", known.join(", ")),
        )
    };
    match members.iter().find(|(name, _)| name == "type") {
        None => Err(refuse("The command has no \"type\"".into())),
        Some((_, Json::Text(name))) => FactKind::of_command(name)
            .filter(|kind| kind.has_command())
            .ok_or_else(|| refuse(format!("There is no command {name:?}"))),
        Some(_) => Err(refuse("The \"type\" is not a text".into())),
    }
}

fn content_of(members: &Members<'_>) -> Sha256Hex {
    let mut canonical = Vec::with_capacity(512);
    let without_actor = members.iter().filter(|(name, _)| name != "actor");
    json::write_canonical_object(
        without_actor.map(|(name, value)| (&**name, value)),
        &mut canonical,
    );
    Sha256Hex::of(&canonical)
}
