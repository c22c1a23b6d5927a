//! `netgain import`: a spreadsheet of claims, all rows or none, every problem at once.

mod amendment;
mod report;

use std::io::Read;
use std::path::Path;

use netgain_events::command::{ActorField, Command, Proposal};
use netgain_events::fact::Fact;
use netgain_events::identifier::OrgId;
use netgain_events::money::{Money, Sum};
use netgain_events::refusal::Refusal;
use netgain_events::state::Organisation;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::KnownAt;
use netgain_ledger::ledger::{Caller, Outcome as Decided, rehearse};
use netgain_ledger::log::LogRead;
use netgain_sheets::{ClaimRow, Claims, OffsetCell, Problem, SheetError};
use serde_json::{Map, Value};

use self::report::{Counts, ImportProblem, Imported};
use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::who;

pub(crate) fn run(place: &Place, json: bool, call: &cli::Import) -> Outcome {
    let caller = who::caller(&call.actor)?;
    let claims = read_claims(json, &call.file, call.sheet.as_deref())?;
    if let Some(expected) = &call.control_total {
        check_control_total(expected, claims.control_total)?;
    }
    if call.dry_run {
        dry_run(place, json, call, &caller, &claims)
    } else {
        import(place, json, call, &caller, &claims)
    }
}

fn read_claims(json: bool, file: &Path, sheet: Option<&str>) -> Result<Claims, Failure> {
    let bytes_max = netgain_sheets::limits::FILE_BYTES_MAX;
    let cannot_read = |e| Failure::Usage(format!("cannot read {}: {e}", file.display()));
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    let mut input = std::fs::File::open(file).map_err(cannot_read)?.take(limit);
    input.read_to_end(&mut bytes).map_err(cannot_read)?;
    if bytes.len() > bytes_max {
        let problem = Problem::from(SheetError::FileTooLarge);
        return Err(report::refused(json, &[problem.into()]));
    }
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let sheet = netgain_sheets::read(&bytes, &name, sheet)
        .map_err(|error| report::refused(json, &[Problem::from(error).into()]))?;
    netgain_sheets::claims(&sheet).map_err(|problems| {
        let problems: Vec<_> = problems.into_iter().map(ImportProblem::from).collect();
        report::refused(json, &problems)
    })
}

fn check_control_total(expected: &str, found: Sum) -> Outcome {
    let plain: String = expected
        .chars()
        .filter(|c| !matches!(c, '£' | ',' | ' '))
        .collect();
    let expected: Money = plain.parse().map_err(|e| {
        Failure::Usage(format!(
            "the control total {expected:?} is not an amount: {e}"
        ))
    })?;
    if Sum::from(expected) == found {
        return Ok(());
    }
    Err(Failure::refused(
        "control-total",
        format!(
            "the amounts in the sheet's year columns add up to {found}, not to {expected}; nothing was \
             imported. Compare the sheet with where the control total came from."
        ),
    ))
}

/// Says what would happen, from the ledger as it stands; opens nothing for writing.
fn dry_run(
    place: &Place,
    json: bool,
    call: &cli::Import,
    caller: &Caller,
    claims: &Claims,
) -> Outcome {
    let reader = data_dir::open_for_reading(place)?;
    let state = data_dir::state(place, &reader, &call.org, KnownAt::Latest)?;
    let plan = plan(&state, call, claims).map_err(|problems| report::refused(json, &problems))?;
    let rehearsal = rehearse(
        &state,
        plan.commands,
        caller,
        reader.ledger(),
        SystemClock.now(),
    )?;
    if !rehearsal.refused.is_empty() {
        return Err(report::refused(
            json,
            &place_all(&rehearsal.refused, &plan.sources),
        ));
    }
    report::imported(
        json,
        &Imported {
            org: &call.org,
            dry_run: true,
            counts: plan.counts,
            control_total: claims.control_total,
            positions: None,
            before: &state,
            after: &rehearsal.state,
            notes: &claims.notes,
        },
    )
}

fn import(
    place: &Place,
    json: bool,
    call: &cli::Import,
    caller: &Caller,
    claims: &Claims,
) -> Outcome {
    // Claims need their organisation: a mistyped directory must not become a new ledger.
    drop(data_dir::open_for_reading(place)?);
    let writing = data_dir::open_for_writing(place)?;
    let ledger = &writing.ledger;
    let before = match ledger.look(&call.org, Clone::clone)? {
        Some((state, _)) => state,
        None => Organisation::new(call.org.clone()),
    };
    let plan = plan(&before, call, claims).map_err(|problems| report::refused(json, &problems))?;
    let answer = ledger.submit_all(&call.org, plan.commands, caller)?;
    writing.wait(answer.ticket)?;
    let (first, events) = match answer.outcome {
        Decided::Refused(refused) => {
            return Err(report::refused(json, &place_all(&refused, &plan.sources)));
        }
        Decided::Recorded { first, kinds } | Decided::Repeated { first, kinds } => {
            (first, kinds.len())
        }
    };
    let after = ledger
        .look(&call.org, Clone::clone)?
        .map_or_else(|| before.clone(), |(state, _)| state);
    report::imported(
        json,
        &Imported {
            org: &call.org,
            dry_run: false,
            counts: plan.counts,
            control_total: claims.control_total,
            positions: (events > 0).then_some((first, after.position)),
            before: &before,
            after: &after,
            notes: &claims.notes,
        },
    )?;
    writing.finish()
}

/// Where in the sheet a command came from.
enum Source<'c> {
    Row(&'c ClaimRow),
    Offset(&'c ClaimRow, &'c OffsetCell),
}

/// What the sheet asks for, given what the ledger has.
struct Plan<'c> {
    commands: Vec<Command>,
    sources: Vec<Source<'c>>,
    counts: Counts,
}

fn plan<'c>(
    state: &Organisation,
    call: &cli::Import,
    claims: &'c Claims,
) -> Result<Plan<'c>, Vec<ImportProblem>> {
    let mut plan = Plan {
        commands: Vec::new(),
        sources: Vec::new(),
        counts: Counts::default(),
    };
    let mut problems = Vec::new();
    for row in &claims.rows {
        if let Err(problem) = plan.row(state, call, row) {
            problems.push(problem);
        }
        for offset in &row.offsets {
            if let Err(problem) = plan.offset(state, call, row, offset) {
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

impl<'c> Plan<'c> {
    fn row(
        &mut self,
        state: &Organisation,
        call: &cli::Import,
        row: &'c ClaimRow,
    ) -> Result<(), ImportProblem> {
        let source = Source::Row(row);
        let register = command("register-claim", &call.org, &row.fields)
            .map_err(|refusal| place(&refusal, &source))?;
        let known = row.claim.parse().ok().and_then(|id| state.claim(&id));
        match (known, &call.reason, &register.proposal) {
            (Some(known), Some(reason), Proposal::Fact(Fact::ClaimRegistered { details, .. })) => {
                let changes = amendment::changed_fields(&known.details, details, &row.fields);
                if changes.is_empty() {
                    self.counts.unchanged += 1;
                    return Ok(());
                }
                let mut fields = changes;
                fields.insert("claim".into(), row.claim.clone().into());
                fields.insert("reason".into(), reason.clone().into());
                let amend = command("amend-claim", &call.org, &fields)
                    .map_err(|refusal| place(&refusal, &source))?;
                self.counts.amended += 1;
                self.add(amend, source);
            }
            _ => {
                self.counts.new += 1;
                self.add(register, source);
            }
        }
        Ok(())
    }

    fn offset(
        &mut self,
        state: &Organisation,
        call: &cli::Import,
        row: &'c ClaimRow,
        offset: &'c OffsetCell,
    ) -> Result<(), ImportProblem> {
        let source = Source::Offset(row, offset);
        let mut fields = offset.fields.clone();
        fields.insert("claim".into(), row.claim.clone().into());
        let record = command("record-offset", &call.org, &fields)
            .map_err(|refusal| place(&refusal, &source))?;
        let known = row.claim.parse().ok().and_then(|id| state.claim(&id));
        if let (
            true,
            Some(known),
            Proposal::Fact(Fact::OffsetRecorded {
                offset, details, ..
            }),
        ) = (call.amend, known, &record.proposal)
            && known
                .offsets
                .get(offset)
                .is_some_and(|held| held.in_force.as_ref() == Some(details))
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
}

/// The command a row asks for, read as `record` would read it.
fn command(kind: &str, org: &OrgId, fields: &Map<String, Value>) -> Result<Command, Refusal> {
    let mut whole = fields.clone();
    whole.insert("type".into(), kind.into());
    whole.insert("org".into(), org.as_str().into());
    Command::from_line(
        Value::Object(whole).to_string().as_bytes(),
        ActorField::Refused,
    )
}

fn place_all(refused: &[(usize, Refusal)], sources: &[Source<'_>]) -> Vec<ImportProblem> {
    let placed = refused.iter().map(|(at, refusal)| match sources.get(*at) {
        Some(source) => place(refusal, source),
        None => ImportProblem::whole(refusal),
    });
    placed.collect()
}

/// A refusal with the cell it came from.
fn place(refusal: &Refusal, source: &Source<'_>) -> ImportProblem {
    let field = refusal.field.as_deref();
    let (row, cell) = match source {
        Source::Row(row) => (row.row, field.and_then(|field| row.place(field))),
        Source::Offset(row, offset) => (row.row, Some(offset.cell)),
    };
    ImportProblem::placed(refusal, row, cell)
}
