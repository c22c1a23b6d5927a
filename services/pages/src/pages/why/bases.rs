//! The choice among the three bases of a figure.

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::money::Sum;
use netgain_projections::basis::Basis;

use crate::link::Link;

/// Each basis with its figure; all but the one that is shown are links.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/why/bases.html")]
pub struct Bases {
    all: Vec<Choice>,
}

#[derive(Clone, Debug)]
struct Choice {
    name: &'static str,
    meaning: &'static str,
    link: Link,
    figure: Option<String>,
    chosen: bool,
}

impl askama::filters::HtmlSafe for Bases {}

impl Bases {
    /// The bases on a page at that address, with their figures where there are some.
    #[must_use]
    pub fn new(here: &Link, chosen: Basis, figure: impl Fn(Basis) -> Option<Sum>) -> Self {
        let all = Basis::ALL.iter().map(|&basis| Choice {
            name: name(basis),
            meaning: meaning(basis),
            link: here.clone().with("basis", basis.as_str()),
            figure: figure(basis).map(pounds),
            chosen: basis == chosen,
        });
        Self { all: all.collect() }
    }
}

/// A basis as people call it.
#[must_use]
pub const fn name(basis: Basis) -> &'static str {
    match basis {
        Basis::Claimed => "Claimed",
        Basis::Validated => "Validated",
        Basis::Assured => "Assured",
    }
}

const fn meaning(basis: Basis) -> &'static str {
    match basis {
        Basis::Claimed => "every claim",
        Basis::Validated => "claims that a second person stands behind: the NI179 figure",
        Basis::Assured => "validated claims that someone else checked for this very year",
    }
}
