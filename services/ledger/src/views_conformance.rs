//! What all views promise, as one suite that each adapter runs in its tests.
//!
//! It asserts, as a test does: a broken promise is a panic that names it.

use std::collections::BTreeMap;

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::Money;
use netgain_events::state::Organisation;

use crate::log::Cursor;
use crate::views::{Extent, Views};

/// One place for views, empty when the suite gets it.
pub trait Store {
    /// The views under test.
    type Views: Views;

    /// Opens them. The views opened before have been dropped by then.
    fn open(&self) -> Self::Views;
}

/// Runs the whole suite; `make` gives a new empty store for each part of it.
///
/// # Panics
/// Where a promise is broken.
pub fn suite<S: Store>(make: impl Fn() -> S) {
    empty_views_hold_nothing(&make());
    what_is_stored_is_held_and_found_again(&make());
    a_later_store_replaces_what_changed_and_nothing_else(&make());
    a_store_without_changes_moves_the_place(&make());
    states_grow_and_shrink(&make());
    loading_goes_on_while_others_store(&make());
}

/// A made-up state whose stored form grows with `targets`, to some hundred kilobytes for 10,000, and
/// differs all over from that of another position.
///
/// # Panics
/// `org` is no organisation's code.
#[must_use]
pub fn state(org: &str, position: u64, targets: u16) -> Organisation {
    let mut state = Organisation::new(parsed(org));
    state.position = Position::new(position);
    for number in 0..targets {
        let service = format!("Service {number} as of event {position}");
        let amount = Money::from_pence(i64::from(number));
        if let (Ok(service), Some(amount)) = (service.parse(), amount) {
            state
                .targets
                .insert((FinancialYear::FIRST, Some(service)), amount);
        }
    }
    state
}

fn empty_views_hold_nothing<S: Store>(store: &S) {
    for _ in 0..2 {
        let views = store.open();
        assert_eq!(views.extent(), Extent::default(), "nothing was stored");
        assert_eq!(load(&views, "A"), None, "nothing was stored");
    }
}

fn what_is_stored_is_held_and_found_again<S: Store>(store: &S) {
    // Codes that begin alike, and states of no chunk's size, one's, and many.
    let states = [
        state("A", 3, 0),
        state("A-1", 900, 10_000),
        state("AA", 1, 300),
    ];
    let views = store.open();
    put(&views, &states, b"here");
    holds(&views, &states, b"here");
    drop(views);
    holds(&store.open(), &states, b"here");
}

fn a_later_store_replaces_what_changed_and_nothing_else<S: Store>(store: &S) {
    let first = [state("A", 3, 20), state("B", 5, 20), state("C", 7, 20)];
    put(&store.open(), &first, b"1");
    let [a, b, c] = first;
    let (b, d) = (
        Organisation {
            position: b.position.next(),
            ..b
        },
        state("D", 1, 20),
    );
    let views = store.open();
    put(&views, &[d.clone(), b.clone()], b"2");
    let now = [a, b, c, d];
    holds(&views, &now, b"2");
    drop(views);
    holds(&store.open(), &now, b"2");
}

fn a_store_without_changes_moves_the_place<S: Store>(store: &S) {
    let states = [state("A", 3, 20)];
    put(&store.open(), &states, b"1");
    put(&store.open(), &[], b"2");
    holds(&store.open(), &states, b"2");
}

fn states_grow_and_shrink<S: Store>(store: &S) {
    for (position, targets) in (1..).zip([10, 3_000, 2_000, 9_000, 5, 0, 700]) {
        let states = [state("A", position, 50), state("B", position, targets)];
        let cursor = position.to_be_bytes();
        let views = store.open();
        put(&views, &states, &cursor);
        holds(&views, &states, &cursor);
    }
}

fn loading_goes_on_while_others_store<S: Store>(store: &S) {
    let views = store.open();
    put(&views, &[state("A", 1, 500)], b"1");
    std::thread::scope(|scope| {
        let storing = scope.spawn(|| {
            for position in 2..=20 {
                put(
                    &views,
                    &[state("A", position, 500)],
                    &position.to_be_bytes(),
                );
            }
        });
        let mut seen = 0;
        while !storing.is_finished() {
            let position = load(&views, "A").map_or(0, |found| {
                let position = found.position.get();
                assert!(
                    found == state("A", position, 500),
                    "a state is loaded whole"
                );
                position
            });
            assert!(position >= seen.max(1), "what is held does not go back");
            seen = position;
        }
    });
    holds(&views, &[state("A", 20, 500)], &20_u64.to_be_bytes());
}

fn put(views: &impl Views, states: &[Organisation], cursor: &[u8]) {
    let references: Vec<&Organisation> = states.iter().collect();
    match views.store(&references, &Cursor::from_bytes(cursor)) {
        Ok(()) => {}
        Err(error) => unreachable!("states are stored: {error}"),
    }
}

fn load(views: &impl Views, org: &str) -> Option<Organisation> {
    match views.load(&parsed(org)) {
        Ok(found) => found,
        Err(error) => unreachable!("what was stored is loaded: {error}"),
    }
}

fn holds(views: &impl Views, states: &[Organisation], cursor: &[u8]) {
    let positions: BTreeMap<OrgId, Position> = states
        .iter()
        .map(|state| (state.org.clone(), state.position))
        .collect();
    let cursor = Cursor::from_bytes(cursor);
    assert_eq!(
        views.extent(),
        Extent { cursor, positions },
        "the extent is what was stored"
    );
    for state in states {
        let found = load(views, state.org.as_str());
        assert!(
            found.as_ref() == Some(state),
            "{} is loaded as it was stored",
            state.org
        );
    }
    assert_eq!(
        load(views, "NOBODY"),
        None,
        "an organisation that was not stored is not found"
    );
}

fn parsed(org: &str) -> OrgId {
    match org.parse() {
        Ok(org) => org,
        Err(error) => unreachable!("{org} is no organisation's code: {error}"),
    }
}
