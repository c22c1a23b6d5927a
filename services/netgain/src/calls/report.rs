//! `netgain report`: what a finance team, a board and an auditor ask beside the total.

use std::io::Write;

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::KnownAt;
use netgain_projections::percent::Percent;
use netgain_projections::reports::{
    breakdown, challenges, due, failed_costs, redeployment, shares, targets,
};
use netgain_projections::totals::Totals;
use serde::Serialize;
use serde_json::json;

use crate::calls::totals::{check_year, state, title};
use crate::cli::{ReportCall, ReportName};
use crate::data_dir::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, change, pounds, short};

pub(crate) fn run(place: &Place, json: bool, call: &ReportCall) -> Outcome {
    if let Some(year) = call.year {
        check_year(year)?;
    }
    let state = state(place, &call.org, KnownAt::Latest)?;
    let at = call.at.unwrap_or_else(|| SystemClock.now().day());
    let report = report(&state, call, at)?;
    let mut out = std::io::stdout().lock();
    if json {
        let document = json!({
            "org": call.org,
            "report": report.name,
            "year": call.year,
            "position": state.position,
            "ruleset": NI179_V1.id,
            report.name: report.json,
        });
        writeln!(out, "{document}")?;
    } else {
        writeln!(out, "{}\n{}\n", title(&state), report.heading)?;
        write!(out, "{}", report.text)?;
    }
    Ok(())
}

struct Report {
    name: &'static str,
    heading: String,
    text: String,
    json: serde_json::Value,
}

impl Report {
    fn new(
        name: &'static str,
        heading: impl Into<String>,
        text: String,
        figures: &impl Serialize,
    ) -> Result<Self, Failure> {
        let json = serde_json::to_value(figures)?;
        Ok(Self {
            name,
            heading: heading.into(),
            text,
            json,
        })
    }
}

fn report(state: &Organisation, call: &ReportCall, at: NaiveDate) -> Result<Report, Failure> {
    match call.name {
        ReportName::Due => due_report(state, at, call.year),
        ReportName::Breakdown => breakdown_report(state, call),
        ReportName::Targets => targets_report(state, call.year),
        ReportName::Redeployment => redeployment_report(state, call.year),
        ReportName::Challenges => challenges_report(state, at),
        ReportName::FailedCosts => failed_costs_report(state, needed(call)?),
        ReportName::Shares => shares_report(state, needed(call)?),
    }
}

fn needed(call: &ReportCall) -> Result<FinancialYear, Failure> {
    call.year
        .ok_or_else(|| Failure::Usage("this report is of one year: add --year 2010/11".into()))
}

fn or_none(table: &Table, empty: bool, none: &str) -> String {
    if empty {
        format!("{none}\n")
    } else {
        table.render()
    }
}

fn due_report(
    state: &Organisation,
    at: NaiveDate,
    year: Option<FinancialYear>,
) -> Result<Report, Failure> {
    let due = due::due(state, at, year, &NI179_V1)?;
    let mut table = Table::new(&[
        ("Year", Column::Left),
        ("Claim", Column::Left),
        ("Title", Column::Left),
        ("Standing", Column::Left),
        ("Overdue from", Column::Left),
        ("At risk", Column::Right),
    ]);
    for check in &due.checks {
        let (claim, title) = match &check.claim {
            None => ("(carry-forward)".to_owned(), String::new()),
            Some(id) => {
                let title = state
                    .claim(id)
                    .map(|claim| short(claim.details.title.as_str(), 44));
                (id.to_string(), title.unwrap_or_default())
            }
        };
        let standing = match check.standing {
            due::Standing::Due => "due",
            due::Standing::Overdue => "overdue",
            due::Standing::OwnCheck => "own check only",
        };
        table.row([
            check.year.to_string(),
            claim,
            title,
            standing.to_owned(),
            check.overdue_from.to_string(),
            pounds(check.at_risk),
        ]);
    }
    table.rule();
    let mut total = vec![String::new(); 5];
    total.push(pounds(due.at_risk));
    table.row(total);
    let text = or_none(&table, due.checks.is_empty(), "No check is due.");
    let heading =
        format!("Sustainment checks due at {at}, with the pounds the assured total lacks");
    Report::new("due", heading, text, &due)
}

fn breakdown_report(state: &Organisation, call: &ReportCall) -> Result<Report, Failure> {
    let year = needed(call)?;
    let heading = call.by.as_ref().ok_or_else(|| {
        Failure::Usage(
            "a breakdown is by a heading: add --by function (or method, technique, approach, \
             service, source, label:KEY)"
                .into(),
        )
    })?;
    let totals = Totals::of(state, year, &NI179_V1)?;
    let groups = breakdown::breakdown(&totals, heading)?;
    let mut table = Table::new(&[
        ("Heading", Column::Left),
        ("Claims", Column::Right),
        ("Gross", Column::Right),
        ("Claimed net", Column::Right),
        ("Validated net", Column::Right),
        ("Assured net", Column::Right),
    ]);
    for group in &groups {
        table.row([
            short(group.value.as_deref().unwrap_or("not stated"), 44),
            group.claims.to_string(),
            pounds(group.gross),
            pounds(group.claimed),
            pounds(group.validated),
            pounds(group.assured),
        ]);
    }
    let text = or_none(&table, groups.is_empty(), "There are no claims.");
    Report::new(
        "breakdown",
        format!("Breakdown of {year}, without the carry-forward"),
        text,
        &groups,
    )
}

fn targets_report(state: &Organisation, year: Option<FinancialYear>) -> Result<Report, Failure> {
    let targets = targets::targets(state, year, &NI179_V1)?;
    let mut table = Table::new(&[
        ("Year", Column::Left),
        ("NI179", Column::Right),
        ("Target", Column::Right),
        ("Above target", Column::Right),
        ("Of baseline", Column::Right),
        ("Sector path", Column::Left),
    ]);
    let dash = || "–".to_owned();
    for year in &targets.years {
        let path: Vec<String> = year
            .sector
            .iter()
            .map(|point| match point.amount {
                Some(amount) => format!("{}: {} ({} %)", point.path, pounds(amount), point.percent),
                None => format!("{}: {} %", point.path, point.percent),
            })
            .collect();
        table.row([
            year.year.to_string(),
            pounds(year.validated),
            year.target.map_or_else(dash, pounds),
            year.above_target.map_or_else(dash, change),
            year.percent_of_baseline.map_or_else(dash, percent),
            path.join("; "),
        ]);
        for service in &year.services {
            table.row([
                String::new(),
                pounds(service.validated),
                pounds(service.target),
                String::new(),
                String::new(),
                format!("service {}", service.service),
            ]);
        }
    }
    let heading = match targets.baseline {
        Some(baseline) => {
            format!(
                "NI179 beside targets; baseline of {}: {}",
                targets.baseline_year,
                pounds(baseline)
            )
        }
        None => format!(
            "NI179 beside targets (no baseline of {} is set, so there are no percentages)",
            targets.baseline_year
        ),
    };
    Report::new("targets", heading, table.render(), &targets)
}

fn percent(percent: Percent) -> String {
    format!("{percent} %")
}

fn redeployment_report(
    state: &Organisation,
    year: Option<FinancialYear>,
) -> Result<Report, Failure> {
    let found = redeployment::redeployments(state, year)?;
    let mut table = Table::new(&[
        ("Year", Column::Left),
        ("Claim", Column::Left),
        ("Reference", Column::Left),
        ("Purpose", Column::Left),
        ("Amount", Column::Right),
    ]);
    for one in &found.uses {
        table.row([
            one.year.to_string(),
            one.claim.to_string(),
            one.redeployment.to_string(),
            one.purpose.to_string(),
            pounds(one.amount),
        ]);
    }
    table.rule();
    for purpose in &found.by_purpose {
        let blank = String::new;
        table.row([
            blank(),
            blank(),
            blank(),
            purpose.purpose.to_string(),
            pounds(purpose.amount),
        ]);
    }
    let text = or_none(
        &table,
        found.uses.is_empty(),
        "No use of released money is recorded.",
    );
    Report::new(
        "redeployment",
        "What released money was used for",
        text,
        &found,
    )
}

fn challenges_report(state: &Organisation, at: NaiveDate) -> Result<Report, Failure> {
    let listed = challenges::challenges(state, at);
    let mut table = Table::new(&[
        ("Claim", Column::Left),
        ("Challenge", Column::Left),
        ("Progress", Column::Left),
        ("Answer by", Column::Left),
        ("Raised by", Column::Left),
        ("Question", Column::Left),
    ]);
    for challenge in &listed {
        let progress = match challenge.progress {
            challenges::Progress::Overdue => "overdue",
            challenges::Progress::Open => "open",
            challenges::Progress::Answered => "answered",
            challenges::Progress::Upheld => "upheld",
            challenges::Progress::Dismissed => "dismissed",
        };
        table.row([
            challenge.claim.to_string(),
            challenge.challenge.to_string(),
            progress.to_owned(),
            challenge
                .answer_by
                .map(|day| day.to_string())
                .unwrap_or_default(),
            challenge.raised_by.to_string(),
            short(challenge.question.as_str(), 60),
        ]);
    }
    let text = or_none(&table, listed.is_empty(), "No challenge has been raised.");
    Report::new("challenges", format!("Challenges at {at}"), text, &listed)
}

fn failed_costs_report(state: &Organisation, year: FinancialYear) -> Result<Report, Failure> {
    let totals = Totals::of(state, year, &NI179_V1)?;
    let costs = failed_costs::failed_costs(&totals)?;
    let mut text = String::new();
    for (heading, list, total) in [
        (
            "Cost of failed claims (in no total)",
            &costs.failed,
            costs.failed_total,
        ),
        (
            "Cost still running (deducted from totals)",
            &costs.still_running,
            costs.still_running_total,
        ),
    ] {
        let mut table = Table::new(&[
            ("Claim", Column::Left),
            ("Title", Column::Left),
            ("Running", Column::Right),
            ("Investment", Column::Right),
        ]);
        for cost in list {
            table.row([
                cost.claim.to_string(),
                short(cost.title.as_str(), 44),
                pounds(cost.recurring_costs),
                pounds(cost.one_off_costs),
            ]);
        }
        let rows = or_none(&table, list.is_empty(), "None.");
        text = format!("{text}{heading}: {}\n{rows}\n", pounds(total));
    }
    Report::new(
        "failed-costs",
        format!("Costs without a gain in {year}"),
        text,
        &costs,
    )
}

fn shares_report(state: &Organisation, year: FinancialYear) -> Result<Report, Failure> {
    let totals = Totals::of(state, year, &NI179_V1)?;
    let shares = shares::shares(&totals)?;
    let mut table = Table::new(&[
        ("Share", Column::Left),
        ("Part", Column::Right),
        ("Of", Column::Right),
        ("Per cent", Column::Right),
    ]);
    for (name, share) in [
        ("Cashable (gross)", shares.cashable),
        ("Back office (net)", shares.back_office),
    ] {
        let none = || "no share: nothing to divide by".to_owned();
        let percent = share.percent.map_or_else(none, percent);
        table.row([
            name.to_owned(),
            pounds(share.part),
            pounds(share.whole),
            percent,
        ]);
    }
    let text = format!(
        "{}\nFront line (net): {}. Function not stated (net): {}.\n",
        table.render(),
        pounds(shares.front_line),
        pounds(shares.function_not_stated)
    );
    Report::new(
        "shares",
        format!("Shares of {year}, claimed basis"),
        text,
        &shares,
    )
}
