//! Why a figure is what it is: every event with an effect on it, adding up (ruleset section 8).

use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::Sum;
use netgain_events::ruleset::NI179_V1;
use netgain_ledger::history::{self, KnownAt};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_projections::effects::{Effect, Figure, Follower};
use serde_json::{Value, json};

use crate::known::{self, title};
use crate::not_answered::{BadQuestion, NotAnswered, Unknown};
use crate::totals::check_year;

/// A figure followed through a history.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Whose.
    pub org: OrgId,
    /// How the organisation is called.
    pub title: String,
    /// Which figure.
    pub figure: Figure,
    /// Where it was followed from.
    pub from: FigureAt,
    /// Where to.
    pub to: FigureAt,
    /// The events between the two with an effect, in order. They add up to the difference.
    pub effects: Vec<Effect>,
}

/// A figure as known at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FigureAt {
    /// The position; 0 before the first event.
    pub position: Position,
    /// The figure.
    pub figure: Sum,
}

/// A figure as known now, from nothing on.
///
/// # Errors
/// As those of [`diff`], positions left out.
pub fn explain(log: &dyn LogRead, org: &OrgId, figure: &Figure) -> Result<Followed, NotAnswered> {
    follow(log, org, figure, Position::ZERO, None)
}

/// What changed a figure from one position to another.
///
/// # Errors
/// The year is before the indicator's first; `from` is after `to`, or `to` beyond the last
/// position; the organisation or its claim is not known; the history cannot be read.
pub fn diff(
    log: &dyn LogRead,
    org: &OrgId,
    figure: &Figure,
    from: Position,
    to: Position,
) -> Result<Followed, NotAnswered> {
    check_order(from, to)?;
    follow(log, org, figure, from, Some(to))
}

/// Refuses a difference that runs backwards.
///
/// # Errors
/// [`BadQuestion::FromAfterTo`].
pub fn check_order(from: Position, to: Position) -> Result<(), BadQuestion> {
    if to < from {
        return Err(BadQuestion::FromAfterTo { from, to });
    }
    Ok(())
}

fn follow(
    log: &dyn LogRead,
    org: &OrgId,
    figure: &Figure,
    from: Position,
    to: Option<Position>,
) -> Result<Followed, NotAnswered> {
    check_year(figure.year)?;
    known::check_has_figures(org)?;
    let mut follower = Follower::new(org.clone(), figure.clone(), &NI179_V1);
    let (mut effects, mut before, mut wrong) = (Vec::new(), Sum::ZERO, None);
    history::read_events(log, &Cursor::default(), org, &mut |_, event| {
        if wrong.is_some() || to.is_some_and(|to| event.position > to) {
            return;
        }
        let position = event.position;
        match follower.apply(event) {
            Ok(Some(effect)) if position > from => effects.push(effect),
            Ok(_) => {}
            Err(error) => wrong = Some(error),
        }
        if position <= from {
            before = follower.figure();
        }
    })?;
    if let Some(error) = wrong {
        return Err(error.into());
    }
    let state = follower.state();
    if state.position == Position::ZERO {
        // Says so where the organisation is not known at all.
        known::state(log, None, org, KnownAt::Latest)?;
    }
    if let Some(asked) = to {
        known::check_reaches(state, asked)?;
    }
    if let Some(claim) = &figure.claim
        && state.claim(claim).is_none()
    {
        let (org, claim) = (org.clone(), claim.clone());
        return Err(Unknown::ClaimByThen { org, claim }.into());
    }
    Ok(Followed {
        org: org.clone(),
        title: title(state),
        figure: figure.clone(),
        from: FigureAt {
            position: from,
            figure: before,
        },
        to: FigureAt {
            position: state.position,
            figure: follower.figure(),
        },
        effects,
    })
}

impl Followed {
    /// The document of an explanation or a difference.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({
            "org": self.org,
            "year": self.figure.year,
            "basis": self.figure.basis.as_str(),
            "claim": self.figure.claim,
            "from": self.from,
            "to": self.to,
            "effects": self.effects,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, stroud};
    use netgain_projections::basis::Basis;

    fn figure(basis: Basis, claim: Option<&str>) -> Figure {
        Figure {
            year: "2009/10".parse().unwrap(),
            basis,
            claim: claim.map(|claim| claim.parse().unwrap()),
        }
    }

    fn code(answer: Result<Followed, NotAnswered>) -> &'static str {
        match answer.unwrap_err() {
            NotAnswered::Unknown(unknown) => unknown.code(),
            NotAnswered::BadQuestion(question) => question.code(),
            fault @ NotAnswered::Fault(_) => panic!("{fault}"),
        }
    }

    #[test]
    fn effects_add_up_to_the_figure_from_wherever_it_is_followed() {
        let world = World::stroud();
        for basis in Basis::ALL {
            let figure = figure(*basis, None);
            let whole = explain(&world.log, &stroud(), &figure).unwrap();
            let state = world.state();
            let now = crate::totals::totals(&state, figure.year).unwrap();
            assert_eq!(whole.to.figure, now.basis(*basis).net);
            for from in 0..=12 {
                let (from, to) = (Position::new(from), Position::new(12));
                let part = diff(&world.log, &stroud(), &figure, from, to).unwrap();
                let mut sum = part.from.figure;
                for effect in &part.effects {
                    assert!(effect.position > from);
                    sum = sum.plus(effect.effect).unwrap();
                }
                assert_eq!(sum, whole.to.figure);
            }
        }
    }

    #[test]
    fn an_explanation_reads_like_this() {
        let world = World::stroud();
        let figure = figure(Basis::Validated, Some("A"));
        let to = Position::new(7);
        let followed = diff(&world.log, &stroud(), &figure, Position::new(5), to).unwrap();
        let effect = |position, event: &str, effect: &str, figure: &str| {
            json!({"position": position, "recorded_at": "2011-07-24T12:00:00.000Z", "actor":
                "b.head", "event": event, "claim": "A", "effect": effect, "figure": figure})
        };
        assert_eq!(
            followed.document(),
            json!({
                "org": "E07000082", "year": "2009/10", "basis": "validated", "claim": "A",
                "from": {"position": 5, "figure": "0.00"},
                "to": {"position": 7, "figure": "190000.50"},
                "effects": [
                    effect(6, "claim-validated", "200000.00", "200000.00"),
                    effect(7, "sustainment-checked", "-9999.50", "190000.50"),
                ],
            })
        );
    }

    #[test]
    fn a_question_that_is_off_says_how() {
        let world = World::stroud();
        let claimed = figure(Basis::Claimed, None);
        let at = Position::new;
        let between = |from, to| diff(&world.log, &stroud(), &claimed, at(from), at(to));
        assert_eq!(code(between(2, 1)), "bad-position");
        assert_eq!(code(between(0, 13)), "bad-position");
        let early = Figure {
            year: "2007/08".parse().unwrap(),
            ..claimed.clone()
        };
        assert_eq!(code(explain(&world.log, &stroud(), &early)), "bad-year");
    }

    #[test]
    fn the_ledger_itself_is_not_explained_even_where_it_has_a_history() {
        let world = World::new();
        world.rotate_key();
        let system = OrgId::system();
        let asked = explain(&world.log, &system, &figure(Basis::Claimed, None));
        assert!(matches!(
            asked.unwrap_err(),
            NotAnswered::Unknown(Unknown::FiguresOfSystem(_))
        ));
    }

    #[test]
    fn what_is_not_there_is_unknown() {
        let world = World::stroud();
        let ask = |org: &str, claim| {
            let figure = figure(Basis::Claimed, claim);
            code(explain(&world.log, &org.parse().unwrap(), &figure))
        };
        assert_eq!(ask("E08000006", None), "unknown-organisation");
        assert_eq!(ask("E07000082", Some("a")), "unknown-claim");
        // Claim B is registered at 10.
        let b = figure(Basis::Claimed, Some("B"));
        let by_then = |to| diff(&world.log, &stroud(), &b, Position::ZERO, Position::new(to));
        assert_eq!(code(by_then(9)), "unknown-claim");
        assert!(by_then(10).is_ok());
    }
}
