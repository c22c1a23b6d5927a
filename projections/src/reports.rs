//! Reports: what a finance team, a board and an auditor ask beside the total. Each is a pure
//! function of the facts in force; where a date matters it is an argument.

pub mod breakdown;
pub mod challenges;
pub mod due;
pub mod failed_costs;
pub mod redeployment;
pub mod shares;
pub mod targets;
