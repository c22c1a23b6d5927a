//! An organisation as known at a point: what every other question starts from.

use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::Organisation;
use netgain_ledger::history::{self, KnownAt};
use netgain_ledger::log::LogRead;
use netgain_ledger::views::Views;

use crate::not_answered::{BadQuestion, NotAnswered, Unknown};

/// The state of an organisation as known at a point. Before its first event nothing is known, and
/// that is an answer too.
///
/// # Errors
/// The organisation is not in the ledger, or is the ledger itself; the position is beyond the last;
/// the history cannot be read.
pub fn state(
    log: &dyn LogRead,
    views: Option<&dyn Views>,
    org: &OrgId,
    known_at: KnownAt,
) -> Result<Organisation, NotAnswered> {
    check_has_figures(org)?;
    let state = history::fold(log, views, org, known_at)?;
    if state.position == Position::ZERO {
        check_exists(log, org, known_at)?;
    }
    match known_at {
        KnownAt::Position(asked) => check_reaches(&state, asked)?,
        KnownAt::Time(_) | KnownAt::Latest => {}
    }
    Ok(state)
}

/// Refuses the ledger's own history, which has no figures.
///
/// # Errors
/// [`Unknown::FiguresOfSystem`].
pub fn check_has_figures(org: &OrgId) -> Result<(), Unknown> {
    if org.is_system() {
        return Err(Unknown::FiguresOfSystem(org.clone()));
    }
    Ok(())
}

/// Nothing was known then; but the organisation must exist to say so.
fn check_exists(log: &dyn LogRead, org: &OrgId, known_at: KnownAt) -> Result<(), NotAnswered> {
    let latest = match known_at {
        KnownAt::Latest => Position::ZERO,
        KnownAt::Position(_) | KnownAt::Time(_) => {
            history::fold(log, None, org, KnownAt::Latest)?.position
        }
    };
    if latest == Position::ZERO {
        return Err(Unknown::Organisation(org.clone()).into());
    }
    Ok(())
}

/// Refuses a position beyond the last.
pub(crate) fn check_reaches(state: &Organisation, asked: Position) -> Result<(), BadQuestion> {
    if asked <= state.position {
        return Ok(());
    }
    Err(BadQuestion::PositionBeyondLast {
        org: state.org.clone(),
        last: state.position,
        asked,
    })
}

/// How an organisation is called: its name and its code.
#[must_use]
pub fn title(state: &Organisation) -> String {
    match &state.details {
        Some(details) => format!("{} ({})", details.name, state.org),
        None => state.org.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, stroud};

    fn refused(world: &World, org: &OrgId, known_at: KnownAt) -> (String, String) {
        match state(&world.log, None, org, known_at).unwrap_err() {
            NotAnswered::Unknown(it) => (it.code().to_owned(), it.to_string()),
            NotAnswered::BadQuestion(it) => (it.code().to_owned(), it.to_string()),
            fault @ NotAnswered::Fault(_) => panic!("{fault}"),
        }
    }

    #[test]
    fn what_was_known_is_told_up_to_the_last_position_and_no_further() {
        let world = World::stroud();
        let at = |position| KnownAt::Position(Position::new(position));
        let known = |known_at| state(&world.log, None, &stroud(), known_at).unwrap();
        assert_eq!(known(at(2)).claims.len(), 1);
        assert_eq!(known(at(12)), known(KnownAt::Latest));
        assert_eq!(
            refused(&world, &stroud(), at(13)),
            (
                "bad-position".into(),
                "E07000082 has 12 events; there is no position 13 yet.".into()
            )
        );
    }

    #[test]
    fn nothing_was_known_before_the_first_event() {
        let world = World::stroud();
        let before = "2008-01-01T00:00:00.000Z".parse().unwrap();
        for known_at in [KnownAt::Position(Position::ZERO), KnownAt::Time(before)] {
            let known = state(&world.log, None, &stroud(), known_at).unwrap();
            assert_eq!(known.position, Position::ZERO);
        }
    }

    #[test]
    fn an_organisation_that_is_not_there_is_unknown_at_every_point() {
        let world = World::stroud();
        let other: OrgId = "E08000006".parse().unwrap();
        let sentence = "E08000006 is not in this ledger; check its code (capitals and digits).";
        for known_at in [
            KnownAt::Latest,
            KnownAt::Position(Position::ZERO),
            KnownAt::Position(Position::new(3)),
        ] {
            assert_eq!(
                refused(&world, &other, known_at),
                ("unknown-organisation".into(), sentence.into())
            );
        }
    }

    #[test]
    fn the_ledger_itself_has_no_figures() {
        let (code, sentence) = refused(&World::stroud(), &OrgId::system(), KnownAt::Latest);
        assert_eq!(code, "unknown-organisation");
        assert!(sentence.contains("it has a trail"), "{sentence}");
    }

    #[test]
    fn an_organisation_is_called_by_its_name_once_it_has_one() {
        assert_eq!(
            title(&World::stroud().state()),
            "Stroud District Council (E07000082)"
        );
        assert_eq!(title(&Organisation::new(stroud())), "E07000082");
    }
}
