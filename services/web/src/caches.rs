//! What is kept in memory for speed and for fairness, each within a limit.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, OrgId, Position};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::limits::Limits;
use crate::pages::BoardCaches;
use crate::problem::Problem;

/// The most bytes of computed answers that are kept: what a board of some thousand organisations looks at.
const ANSWER_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// About how many answers that may be.
const ANSWERS_EXPECTED: usize = 4_096;

/// How many requests may come at once before the rate counts: a page that asks for several things at once
/// must not be slowed, nor a program that starts.
const BURST: u32 = 10;

/// From about how many people or addresses on those who have been quiet are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// After how many requests it is looked again whether there are so many: counting them asks for every lock of theirs.
const COUNTED_EVERY: usize = 256;

/// What was asked of an organisation's figures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FigureKey {
    pub(crate) org: OrgId,
    pub(crate) year: FinancialYear,
    /// With every claim's line, or the totals alone.
    pub(crate) with_claims: bool,
}

/// An answer and the position it is of.
#[derive(Clone, Debug)]
pub(crate) struct FigureAnswer {
    pub(crate) position: Position,
    pub(crate) document: Bytes,
}

#[derive(Clone)]
pub(crate) struct ByBytes;

impl Weighter<FigureKey, FigureAnswer> for ByBytes {
    fn weight(&self, _: &FigureKey, answer: &FigureAnswer) -> u64 {
        // What an entry takes beside its document.
        const ENTRY: u64 = 256;
        u64::try_from(answer.document.len())
            .unwrap_or(u64::MAX)
            .saturating_add(ENTRY)
    }
}

/// What is kept between requests.
pub(crate) struct Caches {
    pub(crate) rates: Rates,
    pub(crate) figures: Cache<FigureKey, FigureAnswer, ByBytes>,
    pub(crate) boards: BoardCaches,
}

impl Caches {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            rates: Rates::new(limits),
            figures: Cache::with_weighter(ANSWERS_EXPECTED, ANSWER_BYTES_MAX, ByBytes),
            boards: BoardCaches::new(),
        }
    }
}

/// How often people and addresses may ask.
pub(crate) struct Rates {
    people: Limiter<String>,
    addresses: Limiter<IpAddr>,
}

impl Rates {
    fn new(limits: &Limits) -> Self {
        Self {
            people: Limiter::new(limits.requests_a_second),
            addresses: Limiter::new(limits.anonymous_a_second),
        }
    }

    /// Lets a person's request through, or says when to come again.
    pub(crate) fn admit_person(&self, person: &Actor) -> Result<(), Problem> {
        let key = person.as_str().to_ascii_lowercase();
        self.people.admit(&key)
    }

    /// The same for a request that proves nobody.
    pub(crate) fn admit_address(&self, address: IpAddr) -> Result<(), Problem> {
        self.addresses.admit(&address)
    }
}

/// How often each of some may ask.
struct Limiter<K: Hash + Eq + Clone> {
    rates: RateLimiter<K, DashMapStateStore<K>, DefaultClock>,
    /// How often they have asked, all together.
    asked: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(a_second: u32) -> Self {
        Self {
            rates: RateLimiter::keyed(quota(a_second)),
            asked: AtomicUsize::new(0),
        }
    }

    fn admit(&self, key: &K) -> Result<(), Problem> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked.is_multiple_of(COUNTED_EVERY) && self.rates.len() > REMEMBERED_MAX {
            self.rates.retain_recent();
        }
        self.rates.check_key(key).map_err(|wait| {
            let after: Duration = wait.wait_time_from(DefaultClock::default().now());
            Problem::later(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests at once; slow down, and put many commands into one request.",
                after,
            )
        })
    }
}

fn quota(a_second: u32) -> Quota {
    let a_second = NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN);
    let burst = a_second.saturating_mul(NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN));
    Quota::per_second(a_second).allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many are remembered once each of so many has asked once.
    fn remembered(limiter: &Limiter<usize>, askers: usize) -> usize {
        for asker in 0..askers {
            limiter.admit(&asker).unwrap();
        }
        limiter.rates.len()
    }

    #[test]
    fn those_who_have_been_quiet_are_forgotten_and_nobody_else() {
        let askers = 4 * REMEMBERED_MAX;
        // Whoever asked a microsecond ago has been quiet.
        let quiet = remembered(&Limiter::new(u32::MAX), askers);
        assert!(
            quiet <= REMEMBERED_MAX + 2 * COUNTED_EVERY,
            "{quiet} are remembered"
        );
        let loud = remembered(&Limiter::new(1), askers);
        assert_eq!(loud, askers);
    }
}
