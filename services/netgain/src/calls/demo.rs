//! `netgain demo`: two councils' published data and a fictional one, loaded into an empty ledger and served.

mod people;

use std::io::Write;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::refusal::Refusal;
use netgain_events::ruleset::NI179_V1;
use netgain_events::vocabulary::Auth;
use netgain_ledger::history::KnownAt;
use netgain_ledger::ledger::{Caller, Ledger, Outcome as Decided};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_projections::line::Status;
use netgain_projections::totals::Totals;
use serde_json::{Value, json};

use crate::calls::serve;
use crate::calls::totals::title;
use crate::calls::user::say;
use crate::cli;
use crate::config::Config;
use crate::data_dir::{self, Place};
use crate::log_of_record::LogOfRecord;
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, pounds};

/// A council whose published list is loaded through the import.
struct Council {
    org: &'static str,
    name: &'static str,
    kind: &'static str,
    region: &'static str,
    csv: &'static [u8],
    years: [u16; 3],
}

const COUNCILS: [Council; 2] = [
    Council {
        org: "E08000006",
        name: "Salford City Council",
        kind: "metropolitan district",
        region: "North West",
        csv: include_bytes!("../../../../deploy/samples/salford-2010.csv"),
        years: [2010, 2011, 2012],
    },
    Council {
        org: "E07000121",
        name: "Lancaster City Council",
        kind: "district",
        region: "North West",
        csv: include_bytes!("../../../../deploy/samples/lancaster-2009.csv"),
        years: [2009, 2010, 2011],
    },
];

/// A fictional organisation that uses every feature.
const SAMPLEBOROUGH: &str = include_str!("../../../../deploy/samples/sampleborough.jsonl");
const SAMPLEBOROUGH_ORG: &str = "X00000001";
const SAMPLEBOROUGH_YEARS: [u16; 3] = [2008, 2009, 2010];

pub(crate) fn run(config: &Config, call: &cli::Demo) -> Outcome {
    let place = &config.place();
    let data = place.data.display();
    match load(place, call.no_serve)? {
        Samples::Loaded(id) => print(place, &id)?,
        Samples::There => say(&format!(
            "the samples in {data} are served as they were left"
        )),
    }
    if call.no_serve {
        return Ok(());
    }
    let token = people::make(place)?;
    serve::run(config, |address| {
        people::explain(place, address, token.as_ref())
    })
}

/// What became of the samples.
enum Samples {
    /// They were loaded into this new ledger.
    Loaded(LedgerId),
    /// They had been, earlier.
    There,
}

fn load(place: &Place, must_be_new: bool) -> Result<Samples, Failure> {
    let writing = data_dir::open_for_writing(place)?;
    let ledger = &writing.ledger;
    if !is_empty(ledger)? {
        let sampleborough: OrgId = SAMPLEBOROUGH_ORG.parse()?;
        let samples = ledger.look(&sampleborough, |_| ())?.is_some();
        writing.close()?;
        if samples && !must_be_new {
            return Ok(Samples::There);
        }
        // Samples among real figures would be hard to tell from them, and nothing recorded goes away.
        return Err(Failure::Usage(format!(
            "there is something in the ledger in {} already; the demo wants an empty one (--data).",
            place.data.display()
        )));
    }
    let caller = caller()?;
    for council in &COUNCILS {
        load_council(ledger, &caller, council)?;
    }
    load_lines(ledger, &caller, SAMPLEBOROUGH)?;
    writing.wait_for_all()?;
    let id = *ledger.log().ledger();
    writing.finish()?;
    Ok(Samples::Loaded(id))
}

/// Who loads the samples.
fn caller() -> Result<Caller, Failure> {
    Ok(Caller {
        actor: "demo.finance".parse()?,
        auth: Auth::Named,
        authority: Authority::Operator,
    })
}

fn print(place: &Place, id: &LedgerId) -> Outcome {
    let mut out = std::io::stdout().lock();
    let directory = place.data.display();
    writeln!(out, "The sample ledger {id} is in {directory}.\n")?;
    for council in &COUNCILS {
        show(&mut out, place, council.org, council.years)?;
    }
    show(&mut out, place, SAMPLEBOROUGH_ORG, SAMPLEBOROUGH_YEARS)?;
    writeln!(
        out,
        "The two councils' lists are published savings proposals taken as claims, not certified \
         gains; nobody has validated them. Sampleborough is made up.\n\nLook further:\n  \
         netgain --data {directory} totals --org X00000001 --year 2010/11\n  \
         netgain --data {directory} explain --org X00000001 --year 2010/11\n  \
         netgain --data {directory} trail --org X00000001 --claim PAY1\n  \
         netgain --data {directory} report targets --org X00000001"
    )?;
    Ok(())
}

fn is_empty(ledger: &Ledger<LogOfRecord>) -> Result<bool, Failure> {
    let mut empty = true;
    let from = Cursor::default();
    ledger.log().read(&from, None, &mut |_| empty = false)?;
    Ok(empty)
}

fn load_council(ledger: &Ledger<LogOfRecord>, caller: &Caller, council: &Council) -> Outcome {
    let org: OrgId = council.org.parse()?;
    let mut commands = vec![json!({
        "type": "register-organisation",
        "org": council.org,
        "name": council.name,
        "kind": council.kind,
        "sector": "local-government",
        "region": council.region,
    })];
    let sheet = netgain_sheets::read(council.csv, "sample.csv", None)?;
    let claims = netgain_sheets::claims(&sheet).map_err(|problems| {
        let first = problems
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        Failure::fault(format!(
            "the sample of {} cannot be read: {first}",
            council.name
        ))
    })?;
    for row in claims.rows {
        let mut fields = row.fields;
        fields.insert("type".into(), "register-claim".into());
        fields.insert("org".into(), council.org.into());
        commands.push(Value::Object(fields));
    }
    let read =
        |command: Value| Command::from_line(command.to_string().as_bytes(), ActorField::Allowed);
    let commands = commands
        .into_iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    match ledger.submit_all(&org, commands, caller)?.outcome {
        Decided::Recorded { .. } | Decided::Repeated { .. } => Ok(()),
        Decided::Refused(refusals) => sample_refused(council.name, &refusals),
    }
}

fn load_lines(ledger: &Ledger<LogOfRecord>, caller: &Caller, lines: &str) -> Outcome {
    for line in lines.lines() {
        let command = Command::from_line(line.as_bytes(), ActorField::Allowed)?;
        match ledger.submit(command, caller)?.outcome {
            Decided::Recorded { .. } | Decided::Repeated { .. } => {}
            Decided::Refused(refusals) => return sample_refused("Sampleborough", &refusals),
        }
    }
    Ok(())
}

fn sample_refused(name: &str, refusals: &[(usize, Refusal)]) -> Outcome {
    let why = refusals
        .first()
        .map(|(_, refusal)| refusal.to_string())
        .unwrap_or_default();
    Err(Failure::fault(format!(
        "the sample of {name} was refused: {why}"
    )))
}

fn show(out: &mut impl Write, place: &Place, org: &str, years: [u16; 3]) -> Outcome {
    let org: OrgId = org.parse()?;
    let reader = data_dir::open_for_reading(place)?;
    let state = data_dir::state(place, &reader, &org, KnownAt::Latest)?;
    let mut table = Table::new(&[
        ("Year", Column::Left),
        ("Claimed net", Column::Right),
        ("NI179 (validated)", Column::Right),
        ("Assured", Column::Right),
        ("Claims", Column::Right),
        ("Ineligible", Column::Right),
        ("Failed", Column::Right),
    ]);
    for year in years.into_iter().filter_map(FinancialYear::starting) {
        let totals = Totals::of(&state, year, &NI179_V1)?;
        let count = |status| {
            totals
                .claims
                .iter()
                .filter(|claim| claim.line.status == status)
                .count()
                .to_string()
        };
        table.row([
            year.to_string(),
            pounds(totals.claimed.net),
            pounds(totals.validated.net),
            pounds(totals.assured.net),
            totals.claims.len().to_string(),
            count(Status::Ineligible),
            count(Status::Failed),
        ]);
    }
    writeln!(out, "{}\n{}", title(&state), table.render())?;
    Ok(())
}
