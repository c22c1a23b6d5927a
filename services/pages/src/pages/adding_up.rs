//! What made a figure, or changed it: event by event, adding up.

use std::collections::BTreeSet;

use askama::Template;
use netgain_answers::explain::Followed;
use netgain_answers::pounds::{change, pounds};
use netgain_answers::words;
use netgain_events::event::Event;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::effects::Effect;

use super::history::people::{People, Who};
use crate::link::Link;
use crate::when::Moment;

/// The most events of one table. Those before them stand in one row together, so that it still adds up.
pub const ROWS_MAX: usize = 200;

/// A table that begins with a figure and ends with a figure, with what lies between them.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/adding_up.html")]
pub struct AddingUp {
    labelled_by: &'static str,
    from: Point,
    left_out: Option<LeftOut>,
    rows: Vec<Row>,
    to: Point,
    with_claims: bool,
}

impl askama::filters::HtmlSafe for AddingUp {}

/// A figure as known at a position.
#[derive(Clone, Debug)]
struct Point {
    position: Position,
    figure: String,
}

/// The events before those that are shown.
#[derive(Clone, Debug)]
struct LeftOut {
    events: usize,
    effect: String,
    figure: String,
}

#[derive(Clone, Debug)]
struct Row {
    position: Position,
    link: Link,
    when: Moment,
    who: Who,
    words: String,
    claim: Option<(ClaimId, Link)>,
    documents: usize,
    effect: Option<String>,
    figure: String,
}

/// The events of a figure's table: the newest with an effect, at most [`ROWS_MAX`].
#[must_use]
pub fn wanted(followed: &Followed) -> BTreeSet<Position> {
    let newest = followed.effects.iter().rev().take(ROWS_MAX);
    newest.map(|effect| effect.position).collect()
}

impl AddingUp {
    /// A figure that was followed, with its newest events, the oldest first. Those that have no effect say
    /// so. The table is called by the heading with the id `labelled_by`.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        labelled_by: &'static str,
        followed: &Followed,
        events: &[Event],
        people: &People,
    ) -> Result<Self, SumOverflow> {
        let first = events.first().map(|event| event.position);
        let (left_out, shown): (Vec<&Effect>, Vec<&Effect>) = followed
            .effects
            .iter()
            .partition(|effect| first.is_none_or(|first| effect.position < first));
        let mut together = Sum::ZERO;
        for effect in &left_out {
            together = together.plus(effect.effect)?;
        }
        let mut figure = followed.from.figure.plus(together)?;
        let left_out = (!left_out.is_empty()).then(|| LeftOut {
            events: left_out.len(),
            effect: change(together),
            figure: pounds(figure),
        });
        let mut shown = shown.into_iter().peekable();
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let effect = shown.next_if(|effect| effect.position == event.position);
            if let Some(effect) = effect {
                figure = figure.plus(effect.effect)?;
            }
            let effect = effect.map(|effect| change(effect.effect));
            rows.push(Row::new(&followed.org, event, effect, figure, people));
        }
        Ok(Self {
            labelled_by,
            from: Point {
                position: followed.from.position,
                figure: pounds(followed.from.figure),
            },
            left_out,
            rows,
            to: Point {
                position: followed.to.position,
                figure: pounds(followed.to.figure),
            },
            with_claims: followed.figure.claim.is_none(),
        })
    }

    /// Whether nothing lies between the two figures.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Row {
    fn new(
        org: &OrgId,
        event: &Event,
        effect: Option<String>,
        figure: Sum,
        people: &People,
    ) -> Self {
        let root = Link::organisation(org);
        let claim = event.fact.claim();
        Self {
            position: event.position,
            link: root.clone().to("history").to(event.position),
            when: Moment::of(event.recorded_at),
            who: people.who(&event.actor),
            words: words::fact(&event.fact),
            claim: claim.map(|claim| (claim.clone(), root.to("claims").to(claim))),
            documents: event.evidence.len(),
            effect,
            figure: pounds(figure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{between, events, log, org, pence};
    use netgain_answers::explain::{diff, explain};
    use netgain_projections::basis::Basis;
    use netgain_projections::effects::Figure;

    fn figure(basis: Basis, claim: Option<&str>) -> Figure {
        Figure {
            year: "2009/10".parse().unwrap(),
            basis,
            claim: claim.map(|claim| claim.parse().unwrap()),
        }
    }

    /// The first figure of a table, the effects in it, and the last figure, all in pence as somebody reads
    /// them.
    fn read(table: &AddingUp) -> (i128, Vec<i128>, i128) {
        let html = table.to_string();
        let body = between(&html, "<tbody", "</tbody>");
        let rows: Vec<&str> = body.split("<tr").skip(1).collect();
        // Words can have amounts in them; what counts stands in the cells for numbers.
        let cells = |row: &str| -> Vec<i128> {
            row.split("__cell--numeric\">")
                .skip(1)
                .flat_map(|cell| pence(cell.split("</td>").next().unwrap()))
                .collect()
        };
        let (first, rest) = rows.split_first().unwrap();
        let (last, rows) = rest.split_last().unwrap();
        let effects = rows.iter().map(|row| match cells(row).as_slice() {
            [effect, _figure] => *effect,
            [_figure] => 0,
            other => panic!("{other:?}"),
        });
        (
            cells(first)[0],
            effects.collect(),
            *cells(last).last().unwrap(),
        )
    }

    #[test]
    fn what_somebody_reads_adds_up_from_wherever_they_look() {
        let log = log();
        let all = events(&log);
        let last = all.len();
        for &basis in Basis::ALL {
            for from in [0, 20, 60, last] {
                let from = Position::new(u64::try_from(from).unwrap());
                let to = Position::new(u64::try_from(last).unwrap());
                let followed = diff(&log, &org(), &figure(basis, None), from, to).unwrap();
                let wanted = wanted(&followed);
                let shown: Vec<Event> = all
                    .iter()
                    .filter(|(_, event)| wanted.contains(&event.position))
                    .map(|(_, event)| event.clone())
                    .collect();
                let table = AddingUp::new("h", &followed, &shown, &People::default()).unwrap();
                let (first, effects, end) = read(&table);
                assert_eq!(first, followed.from.figure.pence());
                assert_eq!(end, followed.to.figure.pence());
                assert_eq!(first + effects.iter().sum::<i128>(), end);
                assert_eq!(effects.len(), followed.effects.len());
            }
        }
    }

    #[test]
    fn what_is_too_much_to_show_stands_in_one_row_and_still_adds_up() {
        let log = log();
        let followed = explain(&log, &org(), &figure(Basis::Claimed, None)).unwrap();
        assert!(
            followed.effects.len() > 10,
            "there is something to leave out"
        );
        let all: Vec<Event> = events(&log).into_iter().map(|(_, event)| event).collect();
        // The last five, with an effect or without.
        let table = AddingUp::new("h", &followed, &all[all.len() - 5..], &People::default());
        let (first, effects, end) = read(&table.unwrap());
        assert_eq!(effects.len(), 6);
        assert_eq!((first, end), (0, followed.to.figure.pence()));
        assert_eq!(effects.iter().sum::<i128>(), end);
    }

    #[test]
    fn a_claim_is_followed_with_the_events_that_change_nothing() {
        let log = log();
        let figure = figure(Basis::Validated, Some("PAY1"));
        let followed = explain(&log, &org(), &figure).unwrap();
        let about: Vec<Event> = events(&log)
            .into_iter()
            .map(|(_, event)| event)
            .filter(|event| event.fact.claim().is_some_and(|it| it.as_str() == "PAY1"))
            .collect();
        assert!(about.len() > followed.effects.len());
        let table = AddingUp::new("h", &followed, &about, &People::default()).unwrap();
        let (first, effects, end) = read(&table);
        assert_eq!(first + effects.iter().sum::<i128>(), end);
        assert_eq!(end, followed.to.figure.pence());
        assert!(table.to_string().contains("No effect"));
    }
}
