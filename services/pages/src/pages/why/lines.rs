//! The claims of a total, each with its line, in a table that adds up.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use askama::Template;
use netgain_answers::evidence::Recorded;
use netgain_answers::pounds::pounds;
use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::basis::{Amounts, Basis};
use netgain_projections::line::ClaimLine;
use netgain_projections::totals::Totals;

use crate::components::{Pagination, PaginationLink, Tag};
use crate::link::Link;
use crate::standing::Standing;

/// The most claims of one page: half a second to draw on an old machine. The others stand in one row
/// together, so that the table still adds up.
pub(super) const ROWS_MAX: usize = 250;

/// In which order claims stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// What adds most comes first.
    Net,
    /// By reference.
    Claim,
    /// Those without evidence come first, and among them what adds most.
    Evidence,
}

impl Sort {
    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Claim => "claim",
            Self::Evidence => "evidence",
        }
    }

    /// The order of that name; by net where there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "claim" => Self::Claim,
            "evidence" => Self::Evidence,
            _ => Self::Net,
        }
    }
}

/// Which claims, and how.
pub(super) struct Which {
    /// The page's address without the order.
    pub(super) here: Link,
    pub(super) basis: Basis,
    pub(super) sort: Sort,
    pub(super) page: usize,
}

/// A page of the claims of a total.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/why/lines.html")]
pub(super) struct Lines {
    heads: [Head; 3],
    rows: Vec<Row>,
    others: Option<(usize, Cells)>,
    carry_forward: Option<String>,
    total: Cells,
    pages: Option<Pagination>,
}

impl askama::filters::HtmlSafe for Lines {}

/// A head that sorts its column.
#[derive(Clone, Debug)]
struct Head {
    text: &'static str,
    link: Link,
    /// The value of `aria-sort` where the table is sorted by it.
    sorted: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Row {
    claim: ClaimId,
    link: Link,
    title: String,
    standing: Tag,
    counts: bool,
    cells: Cells,
    evidence: Option<String>,
}

/// Amounts with their signs: gross, running costs, what does not last, one-off costs, net.
#[derive(Clone, Debug)]
struct Cells([String; 5]);

impl Cells {
    fn of(amounts: &Amounts, net: Sum) -> Result<Self, SumOverflow> {
        let less = |amount: Sum| Sum::ZERO.minus(amount).map(pounds);
        Ok(Self([
            pounds(amounts.gross),
            less(amounts.recurring_costs)?,
            less(amounts.deleted)?,
            less(amounts.one_off_costs)?,
            pounds(net),
        ]))
    }
}

/// What a line adds to a basis.
fn part(line: &ClaimLine<'_>, basis: Basis) -> Amounts {
    if line.line.counts_in(basis) {
        line.line.amounts
    } else {
        Amounts::default()
    }
}

impl Lines {
    pub(super) fn new(
        which: &Which,
        totals: &Totals<'_>,
        recorded: &BTreeMap<ClaimId, Recorded>,
    ) -> Result<Self, SumOverflow> {
        let basis = which.basis;
        let mut lines = Vec::with_capacity(totals.claims.len());
        for line in &totals.claims {
            let counted = recorded.get(line.id).copied().unwrap_or_default();
            lines.push((line, line.line.net_in(basis)?, counted));
        }
        lines.sort_by(|a, b| order(which.sort, a, b));
        let pages = lines.len().div_ceil(ROWS_MAX).max(1);
        let page = which.page.clamp(1, pages);
        let first = (page - 1) * ROWS_MAX;
        let (mut rows, mut others, mut left_out) = (Vec::new(), Amounts::default(), 0_usize);
        for (place, (line, net, counted)) in lines.iter().enumerate() {
            if (first..first + ROWS_MAX).contains(&place) {
                rows.push(row(which, totals, line, *net, *counted)?);
            } else {
                others.add(&part(line, basis))?;
                left_out += 1;
            }
        }
        let total = totals.basis(basis);
        let carried = total.carry_forward;
        let others = if left_out > 0 {
            Some((left_out, Cells::of(&others, others.net()?)?))
        } else {
            None
        };
        Ok(Self {
            heads: heads(which),
            rows,
            others,
            carry_forward: (carried != Sum::ZERO).then(|| pounds(carried)),
            total: Cells::of(&total.amounts, total.net)?,
            pages: pagination(which, page, pages),
        })
    }
}

type Counted<'l> = (&'l ClaimLine<'l>, Sum, Recorded);

fn order(sort: Sort, a: &Counted<'_>, b: &Counted<'_>) -> Ordering {
    let by_net = b.1.cmp(&a.1);
    let by_claim = a.0.id.cmp(b.0.id);
    match sort {
        Sort::Net => by_net.then(by_claim),
        Sort::Claim => by_claim,
        Sort::Evidence => {
            let missing = (a.2.with_evidence > 0).cmp(&(b.2.with_evidence > 0));
            missing.then(by_net).then(by_claim)
        }
    }
}

fn row(
    which: &Which,
    totals: &Totals<'_>,
    line: &ClaimLine<'_>,
    net: Sum,
    counted: Recorded,
) -> Result<Row, SumOverflow> {
    Ok(Row {
        claim: line.id.clone(),
        link: which.here.clone().with("claim", line.id),
        title: line.claim.details.title.to_string(),
        standing: Standing::of(line.claim, &line.line, totals.year)?.tag(),
        counts: line.line.counts_in(which.basis),
        cells: Cells::of(&part(line, which.basis), net)?,
        evidence: evidence(counted),
    })
}

/// How much evidence there is; nothing where there is none.
pub(super) fn evidence(counted: Recorded) -> Option<String> {
    if counted.with_evidence == 0 {
        return None;
    }
    let documents = match counted.documents {
        1 => "1 document".to_owned(),
        more => format!("{more} documents"),
    };
    Some(format!(
        "{documents}, at {} of {} events",
        counted.with_evidence, counted.events
    ))
}

fn heads(which: &Which) -> [Head; 3] {
    let head = |text, sort: Sort, direction| Head {
        text,
        link: which.here.clone().with("sort", sort.as_str()),
        sorted: (sort == which.sort).then_some(direction),
    };
    [
        head("Claim", Sort::Claim, "ascending"),
        head("Net", Sort::Net, "descending"),
        head("Evidence", Sort::Evidence, "ascending"),
    ]
}

fn pagination(which: &Which, page: usize, pages: usize) -> Option<Pagination> {
    if pages < 2 {
        return None;
    }
    let here = which.here.clone().with("sort", which.sort.as_str());
    let link = |page: usize| {
        PaginationLink::new(here.clone().with("page", page))
            .label_text(format!("{page} of {pages}"))
    };
    let mut links = Pagination::new().landmark_label("Pages of claims");
    if page > 1 {
        links = links.previous(link(page - 1));
    }
    if page < pages {
        links = links.next(link(page + 1));
    }
    Some(links)
}
