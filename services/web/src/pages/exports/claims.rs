//! The claims of a year, as filtered.

use netgain_events::financial_year::FinancialYear;
use netgain_events::money::SumOverflow;
use netgain_pages::pages::claims::{Filter, Listed, spoken};
use netgain_pages::standing::Standing;
use netgain_projections::line::ClaimLine;
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, overflow};
use crate::problem::Problem;

const COLUMNS: [(&str, Kind); 25] = [
    ("Claim", Kind::Word),
    ("Title", Kind::Title),
    ("Status", Kind::Word),
    ("Gross", Kind::Pounds),
    ("Recurring costs", Kind::Pounds),
    ("One-off costs", Kind::Pounds),
    ("Deleted", Kind::Pounds),
    ("Net", Kind::Pounds),
    ("Validated", Kind::Word),
    ("Grade", Kind::Word),
    ("Assured", Kind::Word),
    ("Open challenges", Kind::Count),
    ("Action", Kind::Word),
    ("Impact from", Kind::Day),
    ("Review by", Kind::Day),
    ("Service", Kind::Title),
    ("Function", Kind::Word),
    ("Method", Kind::Word),
    ("Technique", Kind::Word),
    ("Approach", Kind::Word),
    ("Source", Kind::Word),
    ("Owner", Kind::Title),
    ("Labels", Kind::Title),
    ("Registered at position", Kind::Count),
    ("Notes", Kind::Prose),
];

pub(super) fn book(asked: &Asked) -> Result<Book, Problem> {
    let totals = netgain_answers::totals::totals(&asked.state, asked.year)?;
    let table = table(&totals, &asked.filter).map_err(overflow)?;
    let more = vec![
        ("Financial year", asked.year.to_string()),
        ("Which gains", shown(&asked.filter)),
        (
            "Amounts",
            "Pounds and pence, in cash of the year. Net is gross less costs and what is deleted."
                .to_owned(),
        ),
    ];
    let title = format!("Gains in {}", asked.year);
    Ok(asked.cover.book(title, more, table))
}

/// The filter in words.
fn shown(filter: &Filter) -> String {
    let fields = filter.fields().into_iter();
    let fields: Vec<_> = fields
        .filter(|(name, _)| *name != "sort")
        .map(|(name, value)| match name {
            "q" => format!("words: {value}"),
            _ => format!("{name}: {value}"),
        })
        .collect();
    if fields.is_empty() {
        "All".to_owned()
    } else {
        fields.join("; ")
    }
}

fn table(
    totals: &netgain_projections::totals::Totals<'_>,
    filter: &Filter,
) -> Result<Table, SumOverflow> {
    let listed = Listed::of(totals, filter)?;
    let lines = listed.lines.iter();
    Ok(Table {
        name: "Gains",
        columns: super::columns(&COLUMNS),
        rows: lines
            .map(|line| row(line, totals.year))
            .collect::<Result<_, _>>()?,
    })
}

fn row(line: &ClaimLine<'_>, year: FinancialYear) -> Result<Vec<Cell>, SumOverflow> {
    let details = &line.claim.details;
    let amounts = &line.line.amounts;
    let word = |word: Option<&str>| Cell::some(word.map(spoken));
    let day = |day: Option<_>| day.map_or(Cell::Blank, Cell::Day);
    let yes = |yes: bool| Cell::text(if yes { "Yes" } else { "No" });
    let validation = line.claim.validation.as_ref();
    let labels = details.labels.iter().flatten();
    let labels: Vec<_> = labels.map(|(key, text)| format!("{key}: {text}")).collect();
    let challenges = line.claim.challenges.values();
    let open = challenges.filter(|it| it.outcome.is_none()).count();
    Ok(vec![
        Cell::text(line.id),
        Cell::text(&details.title),
        word(Some(line.line.status.as_str())),
        Cell::Pounds(amounts.gross),
        Cell::Pounds(amounts.recurring_costs),
        Cell::Pounds(amounts.one_off_costs),
        Cell::Pounds(amounts.deleted),
        Cell::Pounds(line.net),
        yes(line.line.validated),
        word(validation.and_then(|it| it.grade).map(|it| it.as_str())),
        yes(line.line.assured),
        Cell::Count(u64::try_from(open).unwrap_or(u64::MAX)),
        word(Some(details.action.as_str())),
        Cell::Day(details.impact_from),
        day(details.review_by),
        Cell::some(details.service.as_ref()),
        word(details.function.map(|it| it.as_str())),
        word(details.method.map(|it| it.as_str())),
        word(details.technique.map(|it| it.as_str())),
        word(details.approach.map(|it| it.as_str())),
        word(Some(details.effective_source().as_str())),
        Cell::some(details.owner.as_ref()),
        Cell::some((!labels.is_empty()).then(|| labels.join("; "))),
        Cell::Count(line.claim.registered.get()),
        notes(line, year)?,
    ])
}

fn notes(line: &ClaimLine<'_>, year: FinancialYear) -> Result<Cell, SumOverflow> {
    let standing = Standing::of(line.claim, &line.line, year)?.sentence;
    let counts_because = line.claim.details.source_override.as_ref();
    Ok(Cell::Text(match counts_because {
        Some(reason) => format!("{standing} Its source counts because: {reason}"),
        None => standing,
    }))
}
