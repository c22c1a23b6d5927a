//! What a history means: NI179 lines and totals, the effect of each event, and reports.
//!
//! Everything here is a pure function of an organisation's folded state, or of its events in order.
//! Nothing is kept: a figure is computed from the facts in force each time it is asked for, so that
//! two figures of one position always agree. Deliberately absent: what `netgain-events` leaves out,
//! and any state of its own.

pub mod basis;
pub mod carry_forward;
pub mod effects;
pub mod eligibility;
pub mod levels;
pub mod line;
pub mod percent;
pub mod reports;
pub mod totals;
