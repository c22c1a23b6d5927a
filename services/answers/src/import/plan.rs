//! What a sheet asks for, given what the ledger has: the commands, and where each came from.

use netgain_events::command::{ActorField, Command, Proposal};
use netgain_events::fact::Fact;
use netgain_events::identifier::OrgId;
use netgain_events::refusal::Refusal;
use netgain_events::state::{Claim, Organisation};
use netgain_sheets::{ClaimRow, OffsetCell};
use serde_json::{Map, Value};

use super::amendment;
use super::imported::Counts;
use super::problem::ImportProblem;
use super::{Claims, Options};

/// The commands of a sheet, in its order. At most as many as its rows and costs, which the limits of
/// `netgain_sheets` bound.
#[derive(Clone, Debug)]
pub struct Plan<'c> {
    commands: Vec<Command>,
    sources: Vec<Source<'c>>,
    evidence: &'c Value,
    /// How many rows came to what.
    pub counts: Counts,
}

/// Where in the sheet a command came from.
#[derive(Clone, Copy, Debug)]
enum Source<'c> {
    Row(&'c ClaimRow),
    Offset(&'c ClaimRow, &'c OffsetCell),
}

impl<'c> Plan<'c> {
    /// What the claims of a sheet ask for.
    ///
    /// # Errors
    /// Every row and cost that makes no command.
    pub fn of(
        state: &Organisation,
        claims: &'c Claims,
        options: &Options,
    ) -> Result<Self, Vec<ImportProblem>> {
        let mut plan = Self {
            commands: Vec::new(),
            sources: Vec::new(),
            evidence: &claims.evidence,
            counts: Counts::default(),
        };
        let mut problems = Vec::new();
        for row in &claims.sheet.rows {
            let known = row.claim.parse().ok().and_then(|id| state.claim(&id));
            let amended = known.zip(options.amend.as_deref());
            if let Err(problem) = plan.row(&state.org, amended, row) {
                problems.push(problem);
            }
            for offset in &row.offsets {
                let amended = amended.map(|(known, _)| known);
                if let Err(problem) = plan.offset(&state.org, amended, row, offset) {
                    problems.push(problem);
                }
            }
        }
        if problems.is_empty() {
            Ok(plan)
        } else {
            Err(problems)
        }
    }

    /// The commands, to be decided all together; the plan goes on knowing where each came from.
    #[must_use]
    pub fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// Each refused command's problem, at the cell it came from.
    #[must_use]
    pub fn place_all(&self, refused: &[(usize, Refusal)]) -> Vec<ImportProblem> {
        let placed = refused
            .iter()
            .map(|(at, refusal)| match self.sources.get(*at) {
                Some(source) => place(refusal, *source),
                None => ImportProblem::whole(refusal),
            });
        placed.collect()
    }

    /// Adds a row's registration; or what it changes, where the claim is known and a reason given.
    fn row(
        &mut self,
        org: &OrgId,
        amended: Option<(&Claim, &str)>,
        row: &'c ClaimRow,
    ) -> Result<(), ImportProblem> {
        let source = Source::Row(row);
        let placed = |refusal: Refusal| place(&refusal, source);
        let register = self
            .command("register-claim", org, &row.fields)
            .map_err(placed)?;
        let (Some((known, reason)), Proposal::Fact(Fact::ClaimRegistered { details, .. })) =
            (amended, &register.proposal)
        else {
            self.counts.new += 1;
            self.add(register, source);
            return Ok(());
        };
        let mut fields = amendment::changed_fields(&known.details, details, &row.fields);
        if fields.is_empty() {
            self.counts.unchanged += 1;
            return Ok(());
        }
        fields.insert("claim".into(), row.claim.clone().into());
        fields.insert("reason".into(), reason.into());
        let amend = self.command("amend-claim", org, &fields).map_err(placed)?;
        self.counts.amended += 1;
        self.add(amend, source);
        Ok(())
    }

    /// Adds a cost; none where the claim is amended and has the same in force.
    fn offset(
        &mut self,
        org: &OrgId,
        amended: Option<&Claim>,
        row: &'c ClaimRow,
        offset: &'c OffsetCell,
    ) -> Result<(), ImportProblem> {
        let source = Source::Offset(row, offset);
        let mut fields = offset.fields.clone();
        fields.insert("claim".into(), row.claim.clone().into());
        let record = self
            .command("record-offset", org, &fields)
            .map_err(|refusal| place(&refusal, source))?;
        if let (
            Some(known),
            Proposal::Fact(Fact::OffsetRecorded {
                offset, details, ..
            }),
        ) = (amended, &record.proposal)
            && let Some(held) = known.offsets.get(offset)
            && held.in_force.as_ref() == Some(details)
        {
            return Ok(());
        }
        self.counts.costs += 1;
        self.add(record, source);
        Ok(())
    }

    fn add(&mut self, command: Command, source: Source<'c>) {
        self.commands.push(command);
        self.sources.push(source);
    }

    /// The command a row asks for, read as `record` would read it.
    fn command(
        &self,
        kind: &str,
        org: &OrgId,
        fields: &Map<String, Value>,
    ) -> Result<Command, Refusal> {
        let mut whole = fields.clone();
        whole.insert("type".into(), kind.into());
        whole.insert("org".into(), org.as_str().into());
        whole.insert("evidence".into(), self.evidence.clone());
        Command::from_line(
            Value::Object(whole).to_string().as_bytes(),
            ActorField::Refused,
        )
    }
}

/// A refusal with the cell it came from.
fn place(refusal: &Refusal, source: Source<'_>) -> ImportProblem {
    let field = refusal.field.as_deref();
    let (row, cell) = match source {
        Source::Row(row) => (row.row, field.and_then(|field| row.place(field))),
        Source::Offset(row, offset) => (row.row, Some(offset.cell)),
    };
    ImportProblem::placed(refusal, row, cell)
}
