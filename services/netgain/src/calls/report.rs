//! `netgain report`: what a finance team, a board and an auditor ask beside the total.

use std::io::Write;

use chrono::NaiveDate;
use netgain_answers::report::{Figures, Parameters, Report};
use netgain_answers::report_name::ReportName;
use netgain_events::financial_year::FinancialYear;
use netgain_events::state::Organisation;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::KnownAt;
use netgain_projections::percent::Percent;
use netgain_projections::reports::breakdown::Group;
use netgain_projections::reports::challenges::{Challenge, Progress};
use netgain_projections::reports::due::{Due, Standing};
use netgain_projections::reports::failed_costs::FailedCosts;
use netgain_projections::reports::redeployment::Redeployments;
use netgain_projections::reports::shares::Shares;
use netgain_projections::reports::targets::Targets;

use crate::calls::not_answered::{bad_question, failure};
use crate::calls::totals::title;
use crate::cli::{self, ReportCall};
use crate::outcome::Outcome;
use crate::table::{Column, Table, change, pounds, short};
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &ReportCall) -> Outcome {
    let parameters = Parameters {
        year: call.year,
        at: call.at,
        by: call.by.clone(),
    };
    let today = SystemClock.now().day();
    let report = Report::new(name(call.name), parameters, today)
        .map_err(|question| bad_question(&question))?;
    let state = at.state(&call.org, KnownAt::Latest)?;
    let reported = report.answer(&state).map_err(failure)?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", reported.document())?;
    } else {
        let (heading, text) = for_people(&state, &reported.figures);
        writeln!(out, "{}\n{heading}\n", title(&state))?;
        write!(out, "{text}")?;
    }
    Ok(())
}

/// The report that a word of the command line names.
const fn name(word: cli::ReportName) -> ReportName {
    match word {
        cli::ReportName::Due => ReportName::Due,
        cli::ReportName::Breakdown => ReportName::Breakdown,
        cli::ReportName::Targets => ReportName::Targets,
        cli::ReportName::Redeployment => ReportName::Redeployment,
        cli::ReportName::Challenges => ReportName::Challenges,
        cli::ReportName::FailedCosts => ReportName::FailedCosts,
        cli::ReportName::Shares => ReportName::Shares,
    }
}

/// The report's heading, and its text below.
fn for_people(state: &Organisation, figures: &Figures) -> (String, String) {
    match figures {
        Figures::Due(due) => due_report(state, due),
        Figures::Breakdown { year, groups } => breakdown_report(*year, groups),
        Figures::Targets(targets) => targets_report(targets),
        Figures::Redeployment(found) => redeployment_report(found),
        Figures::Challenges { at, challenges } => challenges_report(*at, challenges),
        Figures::FailedCosts { year, costs } => failed_costs_report(*year, costs),
        Figures::Shares { year, shares } => shares_report(*year, shares),
    }
}

fn or_none(table: &Table, empty: bool, none: &str) -> String {
    if empty {
        format!("{none}\n")
    } else {
        table.render()
    }
}

fn due_report(state: &Organisation, due: &Due) -> (String, String) {
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
            Standing::Due => "due",
            Standing::Overdue => "overdue",
            Standing::OwnCheck => "own check only",
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
    let heading = format!(
        "Sustainment checks due at {}, with the pounds the assured total lacks",
        due.at
    );
    (heading, text)
}

fn breakdown_report(year: FinancialYear, groups: &[Group]) -> (String, String) {
    let mut table = Table::new(&[
        ("Heading", Column::Left),
        ("Claims", Column::Right),
        ("Gross", Column::Right),
        ("Claimed net", Column::Right),
        ("Validated net", Column::Right),
        ("Assured net", Column::Right),
    ]);
    for group in groups {
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
    (
        format!("Breakdown of {year}, without the carry-forward"),
        text,
    )
}

fn targets_report(targets: &Targets) -> (String, String) {
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
    (heading, table.render())
}

fn percent(percent: Percent) -> String {
    format!("{percent} %")
}

fn redeployment_report(found: &Redeployments) -> (String, String) {
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
    ("What released money was used for".to_owned(), text)
}

fn challenges_report(at: NaiveDate, listed: &[Challenge]) -> (String, String) {
    let mut table = Table::new(&[
        ("Claim", Column::Left),
        ("Challenge", Column::Left),
        ("Progress", Column::Left),
        ("Answer by", Column::Left),
        ("Raised by", Column::Left),
        ("Question", Column::Left),
    ]);
    for challenge in listed {
        let progress = match challenge.progress {
            Progress::Overdue => "overdue",
            Progress::Open => "open",
            Progress::Answered => "answered",
            Progress::Upheld => "upheld",
            Progress::Dismissed => "dismissed",
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
    (format!("Challenges at {at}"), text)
}

fn failed_costs_report(year: FinancialYear, costs: &FailedCosts) -> (String, String) {
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
    (format!("Costs without a gain in {year}"), text)
}

fn shares_report(year: FinancialYear, shares: &Shares) -> (String, String) {
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
    (format!("Shares of {year}, claimed basis"), text)
}
