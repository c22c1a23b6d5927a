//! One statement: what it froze, and how what is known now differs from it.

use askama::Template;
use netgain_answers::pounds::{change, pounds, stated};
use netgain_answers::statements::{Comparison, stated_basis};
use netgain_events::event::Event;
use netgain_events::identifier::Position;
use netgain_events::money::SumOverflow;
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::IssuedStatement;

use super::frozen::Frozen;
use super::{link, name};
use crate::frame::Frame;
use crate::link::Link;
use crate::pages::adding_up::AddingUp;
use crate::pages::history::people::{People, Who};
use crate::pages::why::bases::{self, Bases};
use crate::when::Moment;

/// A statement beside what is known now.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/statements/one.html")]
pub struct StatementPage {
    frame: Frame,
    list: Link,
    who: Who,
    when: Moment,
    position: Position,
    event: Link,
    known_at: Position,
    why: Link,
    ruleset: String,
    totals_sha256: Sha256Hex,
    frozen: Frozen,
    bases: Bases,
    basis: String,
    then: String,
    now: String,
    difference: String,
    now_at: Position,
    adding_up: AddingUp,
    bundle: String,
    file: String,
    proof: Link,
}

impl StatementPage {
    /// What the page of a statement is called.
    #[must_use]
    pub fn title(issued: &IssuedStatement) -> String {
        let net = stated(&issued.statement.figures.validated.net);
        format!("{}: {net}", name(issued))
    }

    /// A statement that was compared with now, and the newest of the events that lie between.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        frame: Frame,
        compared: &Comparison<'_>,
        events: &[Event],
        people: &People,
    ) -> Result<Self, SumOverflow> {
        let Comparison {
            issued, followed, ..
        } = compared;
        let statement = &issued.statement;
        let figures = &statement.figures;
        let basis = followed.figure.basis;
        let org = &followed.org;
        let root = Link::organisation(org);
        let here = link(&root, issued);
        let (year, series, number) = (statement.year.path(), statement.series, statement.number);
        Ok(Self {
            list: root.clone().to("statements"),
            who: people.who(&issued.actor),
            when: Moment::of(issued.recorded_at),
            position: issued.position,
            event: root.clone().to("history").to(issued.position),
            known_at: figures.known_at,
            why: root
                .clone()
                .to("why")
                .to(&year)
                .with("basis", basis.as_str())
                .with("position", figures.known_at),
            ruleset: figures.ruleset.to_string(),
            totals_sha256: figures.totals_sha256,
            frozen: Frozen::new("frozen", figures),
            bases: Bases::new(&here, basis, |basis| stated_basis(issued, basis).net.sum()),
            basis: bases::name(basis).to_lowercase(),
            then: stated(&stated_basis(issued, basis).net),
            now: pounds(followed.to.figure),
            difference: change(followed.to.figure.minus(followed.from.figure)?),
            now_at: followed.to.position,
            adding_up: AddingUp::new("restated", followed, events, people)?,
            bundle: format!("/api/v1{here}/bundle"),
            file: format!("netgain-{org}-{year}-{series}-{number}.tar"),
            proof: root.to("proof"),
            frame,
        })
    }
}
