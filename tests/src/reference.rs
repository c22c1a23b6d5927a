//! The rules of `ni179-v1` a second time, straight from the list of what was recorded.
//!
//! Nothing is folded and nothing is kept: every figure is a question asked of the whole list, such
//! as "which amendment named this field last?" or "is there a validation after the last event that
//! ends one?". Section 5 is computed from its words, slice by slice and run by run, and not by its
//! formula. It is slow, and it is meant to be: what it must not do is go wrong in the same way as
//! the program.
//!
//! The list is taken as accepted: who may do what, and which commands are refused, is not asked
//! here.

use std::collections::BTreeSet;
use std::iter;

use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Money, Sum};
use serde_json::{Value, json};

/// The first year of the indicator: 2008/09 (ruleset sections 1 and 3).
const FIRST_YEAR: i32 = 2008;

/// How many consecutive years prove a slice: the year of accrual and two full years after it
/// (ruleset section 5).
const YEARS_TO_PROVE: usize = 3;

/// How far past the last change the rules look for a year that counts (ruleset section 6).
const YEARS_AFTER_HORIZON: i32 = 3;

/// The sources that are no efficiency (ruleset section 3).
const EXCLUDED_SOURCES: [&str; 7] = [
    "income",
    "grant",
    "reserves",
    "capital-receipt",
    "deferral",
    "service-cut",
    "cost-shift",
];

/// The actions that release no cash (ruleset section 3).
const NOT_CASHABLE: [&str; 2] = [
    "more-outputs-same-inputs",
    "more-outputs-fewer-extra-inputs",
];

/// Each command's name and the name of the event that records it (interface, *Commands and the
/// events they record*).
const NAMES: [(&str, &str); 20] = [
    ("register-organisation", "organisation-registered"),
    ("set-baseline", "baseline-set"),
    ("set-target", "target-set"),
    ("register-claim", "claim-registered"),
    ("amend-claim", "claim-amended"),
    ("validate-claim", "claim-validated"),
    ("revoke-validation", "validation-revoked"),
    ("withdraw-claim", "claim-withdrawn"),
    ("record-offset", "offset-recorded"),
    ("cancel-offset", "offset-cancelled"),
    ("check-sustainment", "sustainment-checked"),
    ("raise-challenge", "challenge-raised"),
    ("answer-challenge", "challenge-answered"),
    ("close-challenge", "challenge-closed"),
    ("record-redeployment", "redeployment-recorded"),
    ("cancel-redeployment", "redeployment-cancelled"),
    ("declare-carry-forward", "carry-forward-declared"),
    ("validate-carry-forward", "carry-forward-validated"),
    ("check-carry-forward", "carry-forward-checked"),
    ("issue-statement", "statement-issued"),
];

/// Which lines a total counts (ruleset section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// All of them.
    Claimed,
    /// Those whose claim has a validation in force.
    Validated,
    /// Those validated, and checked this very year by someone other than the registrant.
    Assured,
}

/// What `netgain totals --json` must say for `year`, knowing `history` and nothing else.
///
/// `history` is the whole history of one organisation, in order: commands that were all accepted,
/// or the events that recorded them, or both mixed. `default_actor` is whoever did what names no
/// actor. To know less, pass a shorter list. An empty list names no organisation, so `org` is then
/// `null`.
///
/// # Panics
///
/// When something in the list could not have been recorded: an unknown `type`, a missing field, an
/// amount or a year that is none.
#[must_use]
pub fn totals(history: &[Value], year: FinancialYear, default_actor: &str) -> Value {
    let lines = lines(history, i32::from(year.starts_in()), default_actor);
    let basis = |basis| basis_json(&amounts(history, &lines, year, basis, default_actor));
    json!({
        "org": history.first().map(|event| &event["org"]),
        "year": year.to_string(),
        "regime": "ni179",
        "ruleset": "ni179-v1",
        "position": history.len(),
        "claimed": basis(Basis::Claimed),
        "validated": basis(Basis::Validated),
        "assured": basis(Basis::Assured),
        "claims": lines.iter().map(line_json).collect::<Vec<_>>(),
    })
}

/// The net of one basis for `year`, knowing `history` and nothing else: what a statement freezes,
/// and what an explanation's effects add up to. Arguments and panics as for [`totals`].
#[must_use]
pub fn figure(history: &[Value], year: FinancialYear, basis: Basis, default_actor: &str) -> Sum {
    let lines = lines(history, i32::from(year.starts_in()), default_actor);
    Sum::from_pence(amounts(history, &lines, year, basis, default_actor).net())
}

// ---------------------------------------------------------------------------------------------
// Section 7: the organisation's total

/// The amounts of a line or of a basis, in pence. A line has no carry-forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amounts {
    gross: i128,
    recurring_costs: i128,
    deleted: i128,
    one_off_costs: i128,
    carry_forward: i128,
}

impl Amounts {
    fn net(&self) -> i128 {
        self.gross - self.recurring_costs - self.deleted - self.one_off_costs + self.carry_forward
    }
}

fn amounts(
    history: &[Value],
    lines: &[Line<'_>],
    year: FinancialYear,
    basis: Basis,
    default_actor: &str,
) -> Amounts {
    let counted: Vec<&Amounts> = lines
        .iter()
        .filter(|line| match basis {
            Basis::Claimed => true,
            Basis::Validated => line.validated,
            Basis::Assured => line.assured,
        })
        .map(|line| &line.amounts)
        .collect();
    let sum = |amount: fn(&Amounts) -> i128| counted.iter().map(|amounts| amount(amounts)).sum();
    Amounts {
        gross: sum(|amounts| amounts.gross),
        recurring_costs: sum(|amounts| amounts.recurring_costs),
        deleted: sum(|amounts| amounts.deleted),
        one_off_costs: sum(|amounts| amounts.one_off_costs),
        carry_forward: carry_forward(history, i32::from(year.starts_in()), basis, default_actor),
    }
}

/// The carry-forward that a basis counts in a year, in pence.
fn carry_forward(history: &[Value], year: i32, basis: Basis, default_actor: &str) -> i128 {
    let Some(at) = history
        .iter()
        .rposition(|event| is(event, "declare-carry-forward"))
    else {
        return 0;
    };
    // A declaration replaces the checks and the validation of the one before: whatever stands
    // earlier in the list is of no more interest.
    let (declaration, since) = (&history[at], &history[at + 1..]);
    let checks: Vec<&Value> = since
        .iter()
        .filter(|event| is(event, "check-carry-forward"))
        .collect();
    let validated = since
        .iter()
        .any(|event| is(event, "validate-carry-forward"));
    let checked_by_another = latest_of_year(&checks, year)
        .is_some_and(|check| !same_actor(check, declaration, default_actor));
    let counts = year >= FIRST_YEAR
        && match basis {
            Basis::Claimed => true,
            Basis::Validated => validated,
            Basis::Assured => validated && checked_by_another,
        };
    if !counts {
        return 0;
    }
    let caps = checks
        .iter()
        .map(|check| year_of(check, "year"))
        .filter(|checked| *checked <= year)
        .filter_map(|checked| latest_of_year(&checks, checked))
        .map(|check| pence(&check["verified"]));
    caps.fold(declared_value(declaration), i128::min)
}

/// `max(0, ongoing_cashable − 7.5 % × baseline_2004_05) × uplift`, exact until it is rounded once,
/// half up, to the penny.
fn declared_value(declaration: &Value) -> i128 {
    let ongoing = pence(&declaration["ongoing_cashable"]);
    let baseline = pence(&declaration["baseline_2004_05"]);
    let uplift = declaration
        .get("uplift")
        .and_then(Value::as_str)
        .unwrap_or("1");
    let (whole, decimals) = uplift.split_once('.').unwrap_or((uplift, ""));
    let scale = 10_i128.pow(u32::try_from(decimals.len()).unwrap());
    let scaled_uplift: i128 = format!("{whole}{decimals}").parse().unwrap();
    // 7.5 % is 75 thousandths.
    let excess_in_thousandths = (ongoing * 1000 - baseline * 75).max(0);
    let (numerator, denominator) = (excess_in_thousandths * scaled_uplift, 1000 * scale);
    (2 * numerator + denominator) / (2 * denominator)
}

// ---------------------------------------------------------------------------------------------
// Section 6: a claim's line for a year

struct Line<'a> {
    claim: &'a str,
    status: &'static str,
    reasons: Vec<&'static str>,
    amounts: Amounts,
    validated: bool,
    assured: bool,
}

/// The lines of every claim ever registered, in code-point order of their references.
fn lines<'a>(history: &'a [Value], year: i32, default_actor: &str) -> Vec<Line<'a>> {
    let claims: BTreeSet<&str> = history
        .iter()
        .filter(|event| is(event, "register-claim"))
        .map(|event| text(event, "claim"))
        .collect();
    claims
        .into_iter()
        .map(|claim| {
            let own: Vec<&Value> = history
                .iter()
                .filter(|event| event.get("claim").and_then(Value::as_str) == Some(claim))
                .collect();
            line(claim, &own, year, default_actor)
        })
        .collect()
}

/// The line of the claim that everything in `own` is about.
fn line<'a>(claim: &'a str, own: &[&Value], year: i32, default_actor: &str) -> Line<'a> {
    let life = Life::of(own, year);
    let status = status(own, life.as_ref(), year);
    let amounts = match (status, life) {
        ("withdrawn" | "ineligible" | "expected" | "failed", _) | (_, None) => None,
        (_, Some(life)) => {
            let (gross, recurring_costs) = (gross(own, year), recurring(own, year));
            Some(Amounts {
                gross,
                recurring_costs,
                deleted: gross - recurring_costs - life.counted(year),
                one_off_costs: one_off(own, life.first_accrual, year),
                carry_forward: 0,
            })
        }
    };
    let validated = validation_in_force(own);
    let registration = own
        .iter()
        .find(|event| is(event, "register-claim"))
        .unwrap();
    let checked_by_another = check_in_force(own, year)
        .is_some_and(|check| !same_actor(check, registration, default_actor));
    Line {
        claim,
        status,
        reasons: if status == "ineligible" {
            reasons(own)
        } else {
            Vec::new()
        },
        assured: amounts.is_some() && validated && checked_by_another,
        amounts: amounts.unwrap_or_default(),
        validated,
    }
}

/// The first status that applies.
fn status(own: &[&Value], life: Option<&Life>, year: i32) -> &'static str {
    if own.iter().any(|event| is(event, "withdraw-claim")) {
        return "withdrawn";
    }
    if !reasons(own).is_empty() {
        return "ineligible";
    }
    let Some(life) = life else {
        return "expected";
    };
    if !life.counts_in_any(|_| true) {
        return "failed";
    }
    if year < life.first_accrual {
        return "expected";
    }
    let counts_now = life.counted(year) > 0;
    let counted_before = life.counts_in_any(|other| other < year);
    let counts_later = life.counts_in_any(|other| other > year);
    if !counts_now && counted_before && !counts_later {
        return "ended";
    }
    let holds = |check: &Value| check["outcome"] != "ceased" && !worsened(check);
    let proven = (life.first_accrual..)
        .take(YEARS_TO_PROVE)
        .all(|proving| check_in_force(own, proving).is_some_and(holds));
    if proven { "proven" } else { "provisional" }
}

/// Whether a validation stands after everything that ends one.
fn validation_in_force(own: &[&Value]) -> bool {
    let ends = |event: &&Value| {
        [
            "amend-claim",
            "record-offset",
            "cancel-offset",
            "revoke-validation",
            "withdraw-claim",
        ]
        .iter()
        .any(|ending| is(event, ending))
            || (is(event, "close-challenge") && event["outcome"] == "upheld")
    };
    let after_last_end = own.iter().rposition(ends).map_or(0, |last| last + 1);
    own[after_last_end..]
        .iter()
        .any(|event| is(event, "validate-claim"))
}

// ---------------------------------------------------------------------------------------------
// Section 5: what of a level counts

/// What of a claim counts in each year from the first accrual to three years past its last change
/// and the year asked about.
struct Life {
    first_accrual: i32,
    counted: Vec<i128>,
}

impl Life {
    /// None where the claim never accrues.
    fn of(own: &[&Value], year: i32) -> Option<Self> {
        let first_accrual = first_accrual(own)?;
        let last = last_change(own).max(year) + YEARS_AFTER_HORIZON;
        let levels: Vec<i128> = (first_accrual..=last)
            .map(|year| gross(own, year) - recurring(own, year))
            .collect();
        Some(Self {
            first_accrual,
            counted: counted_of(&levels),
        })
    }

    /// What counts in a year. Before the first accrual nothing does.
    fn counted(&self, year: i32) -> i128 {
        usize::try_from(year - self.first_accrual).map_or(0, |index| self.counted[index])
    }

    /// Whether anything counts in one of those years.
    fn counts_in_any(&self, of_interest: impl Fn(i32) -> bool) -> bool {
        (self.first_accrual..)
            .zip(&self.counted)
            .any(|(year, counted)| of_interest(year) && *counted > 0)
    }
}

/// What counts of each year's level, for consecutive levels from the first accrual on. The last
/// levels stand for every year after them, so a run that reaches the end has not been broken.
fn counted_of(levels: &[i128]) -> Vec<i128> {
    let tops: BTreeSet<i128> = levels.iter().copied().filter(|level| *level > 0).collect();
    // Between two neighbouring levels every penny is present in the same years, so they are one
    // slice.
    let slices: Vec<(i128, Vec<bool>)> = iter::once(0)
        .chain(tops.iter().copied())
        .zip(tops.iter().copied())
        .map(|(bottom, top)| {
            let present: Vec<bool> = levels.iter().map(|level| *level >= top).collect();
            (top - bottom, in_a_run_that_counts(&present))
        })
        .collect();
    levels
        .iter()
        .enumerate()
        .map(|(year, level)| {
            let slices: i128 = slices
                .iter()
                .filter(|(_, counts)| counts[year])
                .map(|(height, _)| height)
                .sum();
            // What a claim costs above what it saves counts against it at once.
            slices + level.min(&0)
        })
        .collect()
}

/// For each year, whether the slice is present in it as part of a run that is long enough or that
/// nothing has yet broken.
fn in_a_run_that_counts(present: &[bool]) -> Vec<bool> {
    let runs: Vec<&[bool]> = present.chunk_by(|this, next| this == next).collect();
    let unbroken = runs.len().checked_sub(1);
    runs.iter()
        .enumerate()
        .flat_map(|(at, run)| {
            let counts = run[0] && (run.len() >= YEARS_TO_PROVE || Some(at) == unbroken);
            iter::repeat_n(counts, run.len())
        })
        .collect()
}

/// The last year in which anything about the level can change: the rules' horizon.
fn last_change(own: &[&Value]) -> i32 {
    let of_profile = profile(own).into_iter().map(|(year, _)| year);
    let of_checks = checks(own).into_iter().map(|check| year_of(check, "year"));
    let of_costs = deducted(own, "recurring").into_iter().flat_map(|offset| {
        let ends = offset.get("until").map(|_| year_of(offset, "until") + 1);
        iter::once(year_of(offset, "year")).chain(ends)
    });
    of_profile.chain(of_checks).chain(of_costs).max().unwrap()
}

// ---------------------------------------------------------------------------------------------
// Section 4: levels

/// The profile as it was stated last, oldest year first.
fn profile(own: &[&Value]) -> Vec<(i32, i128)> {
    let stated = stated(own, "profile").and_then(Value::as_object).unwrap();
    let mut profile: Vec<(i32, i128)> = stated
        .iter()
        .map(|(year, amount)| (starts_in(year), pence(amount)))
        .collect();
    profile.sort_unstable();
    profile
}

/// The first year with a value above zero.
fn first_accrual(own: &[&Value]) -> Option<i32> {
    profile(own)
        .into_iter()
        .find(|(_, amount)| *amount > 0)
        .map(|(year, _)| year)
}

/// A stated year holds until the next one.
fn claimed(own: &[&Value], year: i32) -> i128 {
    profile(own)
        .into_iter()
        .rfind(|(stated, _)| *stated <= year)
        .map_or(0, |(_, amount)| amount)
}

/// The claimed value, under every cap that a check up to that year has put on it. Caps only ever
/// lower, so their order does not matter.
fn gross(own: &[&Value], year: i32) -> i128 {
    let caps = checks(own)
        .into_iter()
        .filter(|check| year_of(check, "year") <= year)
        .filter_map(|check| match text(check, "outcome") {
            "ceased" => Some(0),
            _ if worsened(check) => Some(0),
            "reduced" => Some(pence(&check["verified"])),
            "sustained" => None,
            other => panic!("no such outcome: {other}"),
        });
    caps.fold(claimed(own, year), i128::min)
}

fn worsened(check: &Value) -> bool {
    check
        .get("quality")
        .is_some_and(|quality| quality == "worsened")
}

/// The checks in force: of each year, the last one recorded.
fn checks<'a>(own: &[&'a Value]) -> Vec<&'a Value> {
    let years: BTreeSet<i32> = own
        .iter()
        .filter(|event| is(event, "check-sustainment"))
        .map(|check| year_of(check, "year"))
        .collect();
    years
        .into_iter()
        .filter_map(|year| check_in_force(own, year))
        .collect()
}

fn check_in_force<'a>(own: &[&'a Value], year: i32) -> Option<&'a Value> {
    let checks: Vec<&Value> = own
        .iter()
        .copied()
        .filter(|event| is(event, "check-sustainment"))
        .collect();
    latest_of_year(&checks, year)
}

/// The offsets of a kind that are deducted: recorded, not cancelled, and not incurred anyway.
fn deducted<'a>(own: &[&'a Value], kind: &str) -> Vec<&'a Value> {
    let cancelled = |offset: &Value| {
        own.iter()
            .any(|event| is(event, "cancel-offset") && event["offset"] == offset["offset"])
    };
    own.iter()
        .copied()
        .filter(|event| is(event, "record-offset") && event["kind"] == kind)
        .filter(|offset| offset.get("incurred_anyway") != Some(&Value::Bool(true)))
        .filter(|offset| !cancelled(offset))
        .collect()
}

/// The running costs of a year.
fn recurring(own: &[&Value], year: i32) -> i128 {
    deducted(own, "recurring")
        .into_iter()
        .filter(|offset| year_of(offset, "year") <= year)
        .filter(|offset| offset.get("until").is_none() || year <= year_of(offset, "until"))
        .map(|offset| pence(&offset["amount"]))
        .sum()
}

/// The one-off costs that fall in a year, those from before the first accrual moved into it.
fn one_off(own: &[&Value], first_accrual: i32, year: i32) -> i128 {
    deducted(own, "one-off")
        .into_iter()
        .flat_map(parts)
        .filter(|(falls_in, _)| (*falls_in).max(first_accrual) == year)
        .map(|(_, amount)| amount)
        .sum()
}

/// The years a one-off offset falls in and what falls in each: equal whole pence, the earliest
/// years taking the odd pennies.
fn parts(offset: &Value) -> impl Iterator<Item = (i32, i128)> {
    let years = offset
        .get("spread_years")
        .map_or(1, |years| years.as_i64().unwrap().into());
    let amount = pence(&offset["amount"]);
    (0..years)
        .zip(year_of(offset, "year")..)
        .map(move |(part, year)| {
            let odd_penny = i128::from(part < amount % years);
            (year, amount / years + odd_penny)
        })
}

// ---------------------------------------------------------------------------------------------
// Section 3: eligibility

/// Every reason why the claim is ineligible, sorted.
fn reasons(own: &[&Value]) -> Vec<&'static str> {
    let excluded_source = stated_text(own, "source")
        .is_some_and(|source| EXCLUDED_SOURCES.contains(&source))
        && source_override(own).is_none();
    let not_cashable =
        stated_text(own, "action").is_some_and(|action| NOT_CASHABLE.contains(&action));
    let too_early =
        stated_text(own, "impact_from").is_some_and(|day| year_of_day(day) < FIRST_YEAR);
    let not_ongoing = stated(own, "ongoing") == Some(&Value::Bool(false));
    [
        ("excluded-source", excluded_source),
        ("impact-before-april-2008", too_early),
        ("not-cashable", not_cashable),
        ("not-ongoing", not_ongoing),
    ]
    .into_iter()
    .filter_map(|(code, holds)| holds.then_some(code))
    .collect()
}

/// The reason that overrides the source, unless the source was amended after it without one.
fn source_override<'a>(own: &[&'a Value]) -> Option<&'a Value> {
    own.iter()
        .rev()
        .filter(|event| states_details(event))
        .find(|event| event.get("source").is_some() || event.get("source_override").is_some())
        .and_then(|event| event.get("source_override"))
        .filter(|reason| !reason.is_null())
}

/// What the claim says of itself in a field: what the last registration or amendment to name it
/// said, and nothing where that cleared it.
fn stated<'a>(own: &[&'a Value], field: &str) -> Option<&'a Value> {
    own.iter()
        .rev()
        .filter(|event| states_details(event))
        .find_map(|event| event.get(field))
        .filter(|value| !value.is_null())
}

fn stated_text<'a>(own: &[&'a Value], field: &str) -> Option<&'a str> {
    stated(own, field).and_then(Value::as_str)
}

fn states_details(event: &Value) -> bool {
    is(event, "register-claim") || is(event, "amend-claim")
}

// ---------------------------------------------------------------------------------------------
// What one command or event says

/// Whether it is this command, or the event that records it.
fn is(event: &Value, command: &str) -> bool {
    let name = text(event, "type");
    let known = NAMES
        .iter()
        .find(|(of_command, of_event)| name == *of_command || name == *of_event);
    let (of_command, _) = known.unwrap_or_else(|| panic!("no such command or event: {name}"));
    *of_command == command
}

/// The last one recorded of those that are about a year.
fn latest_of_year<'a>(events: &[&'a Value], year: i32) -> Option<&'a Value> {
    events
        .iter()
        .copied()
        .rfind(|event| year_of(event, "year") == year)
}

fn same_actor(one: &Value, other: &Value, default_actor: &str) -> bool {
    let actor = |event: &Value| -> String {
        event
            .get("actor")
            .and_then(Value::as_str)
            .unwrap_or(default_actor)
            .to_ascii_lowercase()
    };
    actor(one) == actor(other)
}

fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {field} in {event}"))
}

fn year_of(event: &Value, field: &str) -> i32 {
    starts_in(text(event, field))
}

fn starts_in(year: &str) -> i32 {
    i32::from(year.parse::<FinancialYear>().unwrap().starts_in())
}

/// The calendar year in which the financial year of a day, `YYYY-MM-DD`, starts. Any day has one,
/// also one in a year that is too early to be named.
fn year_of_day(day: &str) -> i32 {
    let mut parts = day.split('-').map(|part| part.parse::<i32>().unwrap());
    let (year, month) = (parts.next().unwrap(), parts.next().unwrap());
    if month < 4 { year - 1 } else { year }
}

fn pence(amount: &Value) -> i128 {
    i128::from(amount.as_str().unwrap().parse::<Money>().unwrap().pence())
}

// ---------------------------------------------------------------------------------------------
// As the program prints it

fn pounds(pence: i128) -> String {
    Sum::from_pence(pence).to_string()
}

fn basis_json(amounts: &Amounts) -> Value {
    json!({
        "gross": pounds(amounts.gross),
        "recurring_costs": pounds(amounts.recurring_costs),
        "deleted": pounds(amounts.deleted),
        "one_off_costs": pounds(amounts.one_off_costs),
        "carry_forward": pounds(amounts.carry_forward),
        "net": pounds(amounts.net()),
    })
}

fn line_json(line: &Line<'_>) -> Value {
    json!({
        "claim": line.claim,
        "status": line.status,
        "reasons": line.reasons,
        "gross": pounds(line.amounts.gross),
        "recurring_costs": pounds(line.amounts.recurring_costs),
        "deleted": pounds(line.amounts.deleted),
        "one_off_costs": pounds(line.amounts.one_off_costs),
        "net": pounds(line.amounts.net()),
        "validated": line.validated,
        "assured": line.assured,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::Random;

    #[test]
    fn the_examples_of_section_5_count_as_its_table_says() {
        // The last level of each stands for every year after it.
        for (levels, counted) in [
            (vec![10, 10, 10], vec![10, 10, 10]),
            (vec![85, 57, 57], vec![57, 57, 57]),
            (vec![12, 70, 135], vec![12, 70, 135]),
            (vec![125, 0, 0], vec![0, 0, 0]),
            (vec![200, 200, 0], vec![0, 0, 0]),
            (vec![100, 100, 100, 0], vec![100, 100, 100, 0]),
            (vec![100, 150, 100, 100], vec![100, 100, 100, 100]),
        ] {
            assert_eq!(counted_of(&levels), counted, "{levels:?}");
        }
    }

    #[test]
    fn slices_and_runs_agree_with_the_window_formula() {
        let mut random = Random::new(179);
        for _ in 0..20_000 {
            let years = 1 + random.below(9);
            let levels: Vec<i128> = (0..years)
                .map(|_| i128::from(random.below(6)) - 1)
                .collect();
            assert_eq!(counted_of(&levels), by_the_formula(&levels), "{levels:?}");
        }
    }

    /// Section 5's formula as it stands, the last level standing for every later year.
    fn by_the_formula(levels: &[i128]) -> Vec<i128> {
        let level = |year: usize| levels[year.min(levels.len() - 1)].max(0);
        let least = |years: std::ops::RangeInclusive<usize>| years.map(level).min().unwrap();
        (0..levels.len())
            .map(|year| {
                let proven = (year.saturating_sub(2)..=year)
                    .map(|start| least(start..=start + 2))
                    .max()
                    .unwrap();
                let unbroken = least(year..=levels.len() - 1);
                proven.max(unbroken) + levels[year].min(0)
            })
            .collect()
    }

    #[test]
    fn a_carry_forward_is_rounded_once_and_half_up() {
        let value = |ongoing: &str, baseline: &str, uplift: &str| {
            declared_value(&json!({
                "ongoing_cashable": ongoing, "baseline_2004_05": baseline, "uplift": uplift,
            }))
        };
        assert_eq!(value("0.01", "0", "0.5"), 1);
        assert_eq!(value("0.01", "0", "0.4999999999"), 0);
        assert_eq!(value("0.10", "1.00", "1"), 3); // 2.5 pence
        assert_eq!(value("0.07", "1.00", "999"), 0);
        assert_eq!(
            value("999999999999.99", "0", "999.9999999999"),
            99_999_999_999_989_000
        );
    }

    #[test]
    fn a_check_by_another_assures_no_carry_forward_that_nobody_validated() {
        let history = [
            json!({
                "type": "declare-carry-forward", "ongoing_cashable": "9", "baseline_2004_05": "0",
            }),
            json!({
                "type": "check-carry-forward", "year": "2008/09", "verified": "5", "actor": "bob",
            }),
            json!({ "type": "validate-carry-forward", "actor": "bob" }),
        ];
        let net = |known, basis| {
            figure(&history[..known], "2008/09".parse().unwrap(), basis, "ann").to_string()
        };
        assert_eq!(net(2, Basis::Claimed), "5.00");
        assert_eq!(net(2, Basis::Assured), "0.00");
        assert_eq!(net(3, Basis::Assured), "5.00");
    }

    #[test]
    fn one_person_in_two_spellings_is_one_person() {
        let assured = |checker: &str| {
            let history = [
                json!({
                    "type": "register-claim", "claim": "A", "actor": "Ann",
                    "action": "reduce-inputs", "impact_from": "2008-04-01",
                    "profile": { "2008/09": "100" },
                }),
                json!({ "type": "validate-claim", "claim": "A", "actor": "bob" }),
                json!({
                    "type": "check-sustainment", "claim": "A", "actor": checker,
                    "year": "2008/09", "outcome": "sustained", "quality": "maintained",
                }),
            ];
            totals(&history, "2008/09".parse().unwrap(), "cat")["assured"]["net"].clone()
        };
        assert_eq!(assured("aNN"), "0.00");
        assert_eq!(assured("bob"), "100.00");
    }

    #[test]
    fn an_empty_history_has_nothing_in_it() {
        let totals = totals(&[], "2008/09".parse().unwrap(), "ann");
        assert_eq!(totals["position"], 0);
        assert_eq!(totals["claims"], json!([]));
        assert_eq!(totals["validated"]["net"], "0.00");
    }

    #[test]
    fn events_say_the_same_as_the_commands_they_record() {
        let commands = crate::histories::random_history(8, 120);
        let events: Vec<Value> = commands
            .iter()
            .cloned()
            .map(|mut event| {
                let (_, name) = NAMES
                    .iter()
                    .find(|(command, _)| event["type"] == *command)
                    .unwrap();
                event["type"] = json!(name);
                event
            })
            .collect();
        let year = "2011/12".parse().unwrap();
        assert_eq!(totals(&commands, year, "ann"), totals(&events, year, "ann"));
        let net = figure(&commands, year, Basis::Validated, "ann").to_string();
        assert_eq!(totals(&commands, year, "ann")["validated"]["net"], net);
    }
}
