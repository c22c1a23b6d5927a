//! How often somebody may try to sign in: per account, so that one password is not guessed from many
//! places, and per address, so that one place does not guess many (OWASP ASVS 5.0, 6.3.1).

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netgain_events::sha256::Sha256Hex;

/// How many failed attempts an account, or an address, has in each [`WINDOW`].
pub const FAILURES_MAX: usize = 5;

/// The time over which failures are counted.
pub const WINDOW: Duration = Duration::from_mins(1);

/// The most accounts and the most addresses that are counted: about two megabytes each. Beyond it
/// the one that tried longest ago is let go: who has so many addresses is not stopped by one more.
pub const THROTTLED_MAX: usize = 10_000;

/// Too many attempts failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts to sign in failed; wait {} seconds and try again", .wait.as_secs().saturating_add(1))]
pub struct Throttled {
    /// How long until the next attempt is let through.
    pub wait: Duration,
}

/// Counts the attempts that failed.
#[derive(Debug, Default)]
pub struct Throttle {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    // By hash, because anything may be typed as an account.
    accounts: Attempts<Sha256Hex>,
    addresses: Attempts<IpAddr>,
}

/// An attempt that was let through. It counts as failed until [`Throttle::succeeded`] takes it back,
/// so that many attempts at once do not all go through before the first has failed.
#[derive(Debug)]
#[must_use = "it counts as failed unless it is handed to `succeeded`"]
pub struct Attempt {
    account: Sha256Hex,
    address: IpAddr,
    at: Instant,
}

impl Throttle {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets an attempt through, or says how long to wait. `account` is whatever was typed, known or
    /// not, compared without case.
    pub fn attempt(
        &self,
        account: &str,
        address: IpAddr,
        now: Instant,
    ) -> Result<Attempt, Throttled> {
        let attempt = Attempt {
            account: Sha256Hex::of(account.to_ascii_lowercase().as_bytes()),
            address: network(address),
            at: now,
        };
        let mut counts = self.locked();
        let wait = counts.accounts.wait(&attempt.account, now);
        let wait = wait.max(counts.addresses.wait(&attempt.address, now));
        if !wait.is_zero() {
            return Err(Throttled { wait });
        }
        counts.accounts.add(attempt.account, now);
        counts.addresses.add(attempt.address, now);
        Ok(attempt)
    }

    /// The attempt did not fail, so it is not counted.
    pub fn succeeded(&self, attempt: &Attempt) {
        let mut counts = self.locked();
        counts.accounts.take_back(&attempt.account, attempt.at);
        counts.addresses.take_back(&attempt.address, attempt.at);
    }

    fn locked(&self) -> MutexGuard<'_, Counts> {
        // A count that is one off after a panic harms nobody.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address as far as it is one customer's: an IPv6 network has 64 bits for its own use (RFC 4291
/// section 2.5.4), and an IPv4 address may be written as an IPv6 one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// When the attempts of the last [`WINDOW`] were, at most [`FAILURES_MAX`] of each, in order.
#[derive(Debug)]
struct Attempts<K>(HashMap<K, VecDeque<Instant>>);

impl<K> Default for Attempts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + std::hash::Hash> Attempts<K> {
    /// How long until fewer than [`FAILURES_MAX`] attempts are in the window.
    fn wait(&self, key: &K, now: Instant) -> Duration {
        match self.0.get(key) {
            Some(times) if times.len() >= FAILURES_MAX => {
                times.front().map_or(Duration::ZERO, |&first| {
                    (first + WINDOW).saturating_duration_since(now)
                })
            }
            Some(_) | None => Duration::ZERO,
        }
    }

    fn add(&mut self, key: K, now: Instant) {
        if self.0.len() >= THROTTLED_MAX && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let times = self.0.entry(key).or_default();
        // `wait` was zero, so that one of this many is out of the window.
        if times.len() >= FAILURES_MAX {
            times.pop_front();
        }
        times.push_back(now);
    }

    fn take_back(&mut self, key: &K, at: Instant) {
        if let Some(times) = self.0.get_mut(key) {
            if let Some(place) = times.iter().position(|&time| time == at) {
                times.remove(place);
            }
            if times.is_empty() {
                self.0.remove(key);
            }
        }
    }

    fn make_room(&mut self, now: Instant) {
        let newest = |times: &VecDeque<Instant>| times.back().copied();
        self.0
            .retain(|_, times| newest(times).is_some_and(|at| at + WINDOW > now));
        if self.0.len() >= THROTTLED_MAX {
            let oldest = self.0.iter().min_by_key(|(_, times)| newest(times));
            if let Some(key) = oldest.map(|(key, _)| *key) {
                self.0.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn elsewhere(n: u32) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n))
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn an_account_has_five_failures_a_minute_from_wherever() {
        let (throttle, start) = (Throttle::new(), Instant::now());
        for n in 0..5 {
            let at = start + seconds(n);
            let account = if n % 2 == 0 { "ann" } else { "ANN" };
            let address = elsewhere(u32::try_from(n).unwrap());
            assert!(throttle.attempt(account, address, at).is_ok(), "{n}");
        }
        let refused = throttle
            .attempt("ann", HOME, start + seconds(10))
            .unwrap_err();
        assert_eq!(refused.wait, seconds(50));
        assert!(refused.to_string().contains("wait 51 seconds"));
        assert!(throttle.attempt("bob", HOME, start + seconds(10)).is_ok());
        // The first failure is over, the second is not.
        assert!(throttle.attempt("ann", HOME, start + seconds(60)).is_ok());
        let refused = throttle
            .attempt("ann", HOME, start + seconds(60))
            .unwrap_err();
        assert_eq!(refused.wait, seconds(1));
    }

    #[test]
    fn an_address_has_five_failures_a_minute_for_whomever() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for n in 0..5 {
            assert!(throttle.attempt(&format!("person{n}"), HOME, now).is_ok());
        }
        assert!(throttle.attempt("person6", HOME, now).is_err());
        assert!(throttle.attempt("person6", elsewhere(1), now).is_ok());
        // What was refused was not counted.
        assert!(throttle.attempt("person7", HOME, now + WINDOW).is_ok());
    }

    #[test]
    fn attempts_at_the_same_time_count_before_they_have_failed() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        let through: Vec<Attempt> = (0..20)
            .filter_map(|_| throttle.attempt("ann", HOME, now).ok())
            .collect();
        assert_eq!(through.len(), FAILURES_MAX);
    }

    #[test]
    fn who_succeeds_is_not_counted_and_clears_nobody_elses_failures() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..20 {
            let attempt = throttle.attempt("ann", HOME, now).unwrap();
            throttle.succeeded(&attempt);
        }
        for _ in 0..4 {
            assert!(throttle.attempt("bob", HOME, now).is_ok());
        }
        let own = throttle.attempt("ann", HOME, now).unwrap();
        throttle.succeeded(&own);
        assert!(throttle.attempt("bob", HOME, now).is_ok());
        assert!(throttle.attempt("ann", HOME, now).is_err());
    }

    #[test]
    fn one_ipv6_network_is_one_address_and_a_mapped_ipv4_is_itself() {
        let at = |text: &str| network(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::"));
        assert_ne!(at("2001:db8:1:2::"), at("2001:db8:1:3::"));
        assert_eq!(at("::ffff:192.0.2.1"), HOME);
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn the_table_is_bounded_and_the_oldest_is_let_go() {
        let (mut attempts, start) = (Attempts::default(), Instant::now());
        for n in 0..=THROTTLED_MAX {
            attempts.add(n, start + Duration::from_micros(u64::try_from(n).unwrap()));
        }
        assert_eq!(attempts.0.len(), THROTTLED_MAX);
        assert!(!attempts.0.contains_key(&0));
        assert!(attempts.0.contains_key(&1));
        // What is out of the window goes first.
        attempts.add(0, start + 2 * WINDOW);
        assert_eq!(attempts.0.len(), 1);
    }
}
