//! All claims of an organisation with their lines of a year: to search, filter, add up and take away.

mod browse;
mod controls;
mod filter;
mod listed;
mod pages;
mod words;

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::SumOverflow;
use netgain_projections::line::{ClaimLine, Status};
use netgain_projections::totals::Totals;

pub use self::filter::{Filter, FilterError, FilterQuery, Order, Support};
pub use self::listed::{Listed, Sums, costs};
pub use self::pages::PAGE_CLAIMS;
pub use self::words::{spoken, support};

use self::browse::Browse;
use self::controls::Controls;
use self::pages::Pages;
use crate::components::{Button, Pagination, Tag};
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;
use crate::lookup::Lookup;
use crate::plain_words::PlainWords;
use crate::standing::Standing;

/// What somebody asks of the list.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The year of the lines.
    pub year: FinancialYear,
    /// The years to choose from.
    pub years: Vec<FinancialYear>,
    /// As known when.
    pub known: Known,
    /// Which claims.
    pub filter: Filter,
    /// Which page of them, from 1; another than there is shows the nearest.
    pub page: usize,
    /// Whether they may record gains.
    pub may_record: bool,
}

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/claims.html")]
pub struct ClaimsPage {
    frame: Frame,
    year: FinancialYear,
    lookup: Lookup,
    controls: Controls,
    browse: Browse,
    all: usize,
    found: usize,
    first: usize,
    last: usize,
    rows: Vec<Row>,
    sums: ShownSums,
    carry_forward: Option<String>,
    pagination: Option<Pagination>,
    downloads: Vec<(Link, Link, &'static str)>,
    position: u64,
    log_a_gain: Option<Button>,
    import: Option<Link>,
    clear: Option<Link>,
}

#[derive(Clone, Debug)]
struct Row {
    link: Link,
    id: String,
    title: String,
    about: String,
    tag: Tag,
    why: Option<String>,
    gross: String,
    costs: String,
    deleted: String,
    net: String,
    support: &'static str,
}

#[derive(Clone, Debug)]
struct ShownSums {
    gross: String,
    costs: String,
    deleted: String,
    net: String,
    validated: String,
    assured: String,
}

impl ClaimsPage {
    /// The list of a year's totals.
    ///
    /// # Errors
    /// Amounts add up past the range of a sum.
    pub fn new(frame: Frame, asked: &Asked, totals: &Totals<'_>) -> Result<Self, SumOverflow> {
        let listed = Listed::of(totals, &asked.filter)?;
        let root = Link::organisation(totals.org);
        let address = root.clone().to("claims");
        let carried = |link: Link| asked.known.carry(link.with("year", asked.year.path()));
        let here = || asked.filter.carry(carried(address.clone()));
        let pages = Pages::of(listed.lines.len(), asked.page);
        let shown = pages.shown(&listed.lines).iter();
        let rows = shown.map(|line| Row::of(&root, line, asked));
        let mut lookup =
            Lookup::new(address.clone(), asked.known.clone()).years(&asked.years, asked.year);
        for (name, value) in asked.filter.fields() {
            lookup = lookup.keep(name, Some(value));
        }
        let records = asked.may_record && asked.known.is_now();
        Ok(Self {
            year: asked.year,
            lookup,
            controls: Controls::of(&address, asked, totals),
            browse: Browse::of(&carried(address.clone()), totals),
            all: totals.claims.len(),
            found: listed.lines.len(),
            first: pages.first(),
            last: pages.last(),
            rows: rows.collect::<Result<_, _>>()?,
            sums: ShownSums::of(&listed.sums)?,
            carry_forward: (totals.claimed.carry_forward.is_positive())
                .then(|| pounds(totals.claimed.carry_forward)),
            pagination: pages.pagination(here),
            downloads: downloads(&root, asked, carried),
            position: totals.position.get(),
            log_a_gain: records.then(|| {
                let link = root.clone().to("log-a-gain");
                Button::new("Log a gain").href(link)
            }),
            import: records.then(|| root.to("import")),
            clear: (!asked.filter.is_everything()).then(|| carried(address)),
            frame,
        })
    }
}

/// What can be taken away from here: the list as shown, and what stands beside it.
fn downloads(
    root: &Link,
    asked: &Asked,
    carried: impl Fn(Link) -> Link,
) -> Vec<(Link, Link, &'static str)> {
    let file = |name: &str| root.clone().to("export").to(name);
    let list = |name| asked.filter.carry(carried(file(name)));
    let known = |name: &str, what| {
        let file = |ending| asked.known.carry(file(&format!("{name}.{ending}")));
        (file("xlsx"), file("csv"), what)
    };
    vec![
        (list("claims.xlsx"), list("claims.csv"), "These gains"),
        (
            carried(file("breakdowns.xlsx")),
            carried(file("breakdowns.csv")),
            "The year by function, method, service and label",
        ),
        known("totals", "Totals of every year"),
        known("history", "The history: who recorded what, when"),
        known("challenges", "Challenges and their answers"),
        known("uses", "What the money was used for"),
        known("statements", "Statements, as they were published"),
    ]
}

impl Row {
    fn of(root: &Link, line: &ClaimLine<'_>, asked: &Asked) -> Result<Self, SumOverflow> {
        let details = &line.claim.details;
        let amounts = &line.line.amounts;
        let about = [
            details.service.as_ref().map(ToString::to_string),
            details.function.map(|it| it.plain().to_owned()),
        ];
        let about: Vec<_> = about.into_iter().flatten().collect();
        let standing = Standing::of(line.claim, &line.line, asked.year)?;
        // That a gain counts says its tag; the list is long.
        let counts_whole = matches!(line.line.status, Status::Provisional | Status::Proven)
            && !amounts.deleted.is_positive();
        Ok(Self {
            link: asked.known.carry(root.clone().to("claims").to(line.id)),
            id: line.id.to_string(),
            title: details.title.to_string(),
            about: about.join(", "),
            tag: standing.tag(),
            why: (!counts_whole).then_some(standing.sentence),
            gross: pounds(amounts.gross),
            costs: pounds(costs(amounts)?),
            deleted: pounds(amounts.deleted),
            net: pounds(line.net),
            support: support(line),
        })
    }
}

impl ShownSums {
    fn of(sums: &Sums) -> Result<Self, SumOverflow> {
        Ok(Self {
            gross: pounds(sums.amounts.gross),
            costs: pounds(costs(&sums.amounts)?),
            deleted: pounds(sums.amounts.deleted),
            net: pounds(sums.net),
            validated: pounds(sums.validated),
            assured: pounds(sums.assured),
        })
    }
}

#[cfg(test)]
mod tests;
