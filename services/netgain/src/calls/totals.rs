//! `netgain totals`: an organisation's NI179 for a year, with the line of each claim.

use std::io::Write;

pub(crate) use netgain_answers::known::title;
use netgain_answers::totals as answers;
use netgain_events::financial_year::FinancialYear;
use netgain_events::state::Organisation;
use netgain_ledger::history::KnownAt;
use netgain_projections::basis::BasisTotal;
use netgain_projections::line::Status;
use netgain_projections::totals::Totals;

use crate::calls::not_answered::{bad_question, failure};
use crate::cli;
use crate::outcome::Outcome;
use crate::table::{Column, Table, pounds, short};
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &cli::TotalsCall) -> Outcome {
    check_year(call.year)?;
    let known_at = match (call.known.position, call.known.known_at) {
        (Some(position), _) => KnownAt::Position(position),
        (None, Some(time)) => KnownAt::Time(time),
        (None, None) => KnownAt::Latest,
    };
    let state = at.state(&call.org, known_at)?;
    let totals = answers::totals(&state, call.year).map_err(failure)?;
    let mut out = std::io::stdout().lock();
    if json {
        let mut document = answers::document(&totals).map_err(failure)?;
        document.push(b'\n');
        out.write_all(&document)?;
    } else {
        out.write_all(for_people(&state, &totals).as_bytes())?;
    }
    Ok(())
}

/// Refuses a year before the indicator's first.
pub(crate) fn check_year(year: FinancialYear) -> Outcome {
    answers::check_year(year).map_err(|question| bad_question(&question))
}

/// The totals as text someone could paste into a committee report.
pub(crate) fn for_people(state: &Organisation, totals: &Totals<'_>) -> String {
    let heading = format!(
        "{}\nNI179 for {}: {}\n(validated net, as known at position {}, by the rules {}; {} claimed)\n\n",
        title(state),
        totals.year,
        pounds(totals.validated.net),
        totals.position,
        totals.rules.id,
        pounds(totals.claimed.net),
    );
    format!(
        "{heading}{}\n{}{}",
        bases(totals),
        claims(totals),
        summary(totals)
    )
}

fn bases(totals: &Totals<'_>) -> String {
    let mut table = Table::new(&[
        ("", Column::Left),
        ("Claimed", Column::Right),
        ("Validated", Column::Right),
        ("Assured", Column::Right),
    ]);
    let all = [&totals.claimed, &totals.validated, &totals.assured];
    let mut row = |name: &str, part: fn(&BasisTotal) -> String| {
        table.row(std::iter::once(name.to_owned()).chain(all.map(part)));
    };
    row("Gross annual value", |total| pounds(total.amounts.gross));
    row("less running costs", |total| {
        pounds(total.amounts.recurring_costs)
    });
    row("less not sustained for three years", |total| {
        pounds(total.amounts.deleted)
    });
    row("less investment of the year", |total| {
        pounds(total.amounts.one_off_costs)
    });
    row("plus SR04 carry-forward", |total| {
        pounds(total.carry_forward)
    });
    table.rule();
    let net = std::iter::once("Net".to_owned()).chain(all.map(|total| pounds(total.net)));
    table.row(net);
    table.render()
}

fn claims(totals: &Totals<'_>) -> String {
    if totals.claims.is_empty() {
        return "No claims were known then.\n".into();
    }
    let mut table = Table::new(&[
        ("Claim", Column::Left),
        ("Title", Column::Left),
        ("Status", Column::Left),
        ("Gross", Column::Right),
        ("Costs", Column::Right),
        ("Not sustained", Column::Right),
        ("Net", Column::Right),
        ("", Column::Left),
    ]);
    for claim in &totals.claims {
        let amounts = &claim.line.amounts;
        let costs = amounts
            .recurring_costs
            .plus(amounts.one_off_costs)
            .unwrap_or_default();
        let signed = match (claim.line.validated, claim.line.assured) {
            (_, true) => "assured",
            (true, false) => "validated",
            (false, false) => "",
        };
        let why: Vec<&str> = claim
            .line
            .reasons
            .iter()
            .map(|reason| reason.code())
            .collect();
        let note = if why.is_empty() {
            signed.to_owned()
        } else {
            why.join(", ")
        };
        table.row([
            claim.id.to_string(),
            short(claim.claim.details.title.as_str(), 44),
            claim.line.status.to_string(),
            pounds(amounts.gross),
            pounds(costs),
            pounds(amounts.deleted),
            pounds(claim.net),
            note,
        ]);
    }
    table.render()
}

fn summary(totals: &Totals<'_>) -> String {
    let count = |status| {
        totals
            .claims
            .iter()
            .filter(|claim| claim.line.status == status)
            .count()
    };
    let statuses = [
        Status::Proven,
        Status::Provisional,
        Status::Expected,
        Status::Ended,
        Status::Failed,
        Status::Ineligible,
        Status::Withdrawn,
    ];
    let counted: Vec<String> = statuses
        .iter()
        .map(|status| (count(*status), status))
        .filter(|(number, _)| *number > 0)
        .map(|(number, status)| format!("{number} {status}"))
        .collect();
    match totals.claims.len() {
        0 => String::new(),
        1 => format!("\n1 claim: {}\n", counted.join(", ")),
        claims => format!("\n{claims} claims: {}\n", counted.join(", ")),
    }
}
