//! A year's nets as known earlier, and the course of challenges: both take reading through a history, and
//! neither changes once it is read, so that they are kept for whoever asks next.

use std::sync::Arc;

use chrono::NaiveDate;
use netgain_answers::{known, totals};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::Organisation;
use netgain_ledger::history::{KnownAt, read_events};
use netgain_ledger::log::Cursor;
use netgain_pages::pages::board::{ChallengeHistory, Nets, has_challenges};
use netgain_pages::pages::boards::OrganisationRow;
use netgain_projections::totals::Totals;
use quick_cache::sync::Cache;

use crate::problem::Problem;
use crate::service::Service;

/// How many earlier nets are kept: a few points and years of every organisation.
const NETS_KEPT_MAX: usize = 10_000;

/// Of how many organisations the course of challenges is kept.
const HISTORIES_KEPT_MAX: usize = 1_000;

/// How many rows are kept: a few years of every organisation of a large ledger.
const ROWS_KEPT_MAX: usize = 4_000;

/// What is known of a point, for ever.
type Then = (Position, Nets);

/// What boards keep between requests, the same for everybody who may see it.
pub(crate) struct BoardCaches {
    nets: Cache<(OrgId, Before, FinancialYear), Then>,
    challenges: Cache<OrgId, Arc<Followed>>,
    /// Rows of pages of several organisations, and the day they were looked at.
    pub(in crate::pages) rows: Cache<(OrgId, FinancialYear), (NaiveDate, Arc<OrganisationRow>)>,
}

/// A point before what is known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Before {
    /// A position.
    Position(Position),
    /// A moment.
    Moment(RecordedAt),
}

/// The course of an organisation's challenges, as far as it was followed.
struct Followed {
    cursor: Cursor,
    position: Position,
    history: ChallengeHistory,
}

impl BoardCaches {
    pub(crate) fn new() -> Self {
        Self {
            nets: Cache::new(NETS_KEPT_MAX),
            challenges: Cache::new(HISTORIES_KEPT_MAX),
            rows: Cache::new(ROWS_KEPT_MAX),
        }
    }
}

/// A year's nets at a point not after what is known.
pub(super) async fn nets(
    service: &Arc<Service>,
    totals: &Totals<'_>,
    known: &Organisation,
    before: Before,
) -> Result<Then, Problem> {
    let known_at = match before {
        // Nothing was recorded since. Only a moment that something was recorded after is over for good.
        Before::Position(position) if position >= known.position => {
            return Ok((known.position, Nets::of(totals)));
        }
        Before::Moment(moment) if moment >= known.recorded_at => {
            return Ok((known.position, Nets::of(totals)));
        }
        Before::Position(position) => KnownAt::Position(position),
        Before::Moment(moment) => KnownAt::Time(moment),
    };
    let key = (known.org.clone(), before, totals.year);
    if let Some(kept) = service.caches.boards.nets.get(&key) {
        return Ok(kept);
    }
    let (org, year) = (known.org.clone(), totals.year);
    let then = service
        .reading(move |service| {
            let state = known::state(&**service.ledger.log(), None, &org, known_at)?;
            Ok((state.position, Nets::of(&totals::totals(&state, year)?)))
        })
        .await?;
    service.caches.boards.nets.insert(key, then);
    Ok(then)
}

/// The course of an organisation's challenges, at least up to what is known.
pub(super) async fn challenges(
    service: &Arc<Service>,
    known: &Organisation,
) -> Result<ChallengeHistory, Problem> {
    if !has_challenges(known) {
        return Ok(ChallengeHistory::default());
    }
    let kept = service.caches.boards.challenges.get(&known.org);
    if let Some(kept) = &kept
        && kept.position >= known.position
    {
        return Ok(kept.history.clone());
    }
    let org = known.org.clone();
    let followed = service
        .reading(move |service| follow(service, &org, kept.as_deref()))
        .await?;
    let history = followed.history.clone();
    let followed = Arc::new(followed);
    service
        .caches
        .boards
        .challenges
        .insert(known.org.clone(), followed);
    Ok(history)
}

/// Reads on from where it was followed to.
fn follow(service: &Service, org: &OrgId, kept: Option<&Followed>) -> Result<Followed, Problem> {
    let (from, mut position, mut history) = match kept {
        Some(kept) => (kept.cursor.clone(), kept.position, kept.history.clone()),
        None => (
            Cursor::default(),
            Position::ZERO,
            ChallengeHistory::default(),
        ),
    };
    let log = &**service.ledger.log();
    let end = read_events(log, &from, org, &mut |_, event| {
        if event.position > position {
            position = event.position;
            history.apply(&event);
        }
    });
    let end = end.map_err(netgain_answers::NotAnswered::from)?;
    Ok(Followed {
        cursor: end.cursor,
        position,
        history,
    })
}
