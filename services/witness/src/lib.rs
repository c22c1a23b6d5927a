//! A witness: a party that cosigns the checkpoints of other ledgers that it finds consistent (C2SP
//! tlog-witness), and the other side of it, with which a ledger asks witnesses.
//!
//! A witness cannot tell whether a ledger is true. It can tell that a ledger only grows: it keeps the newest
//! checkpoint of each log that it cosigned and never cosigns one that does not continue it.
//!
//! Its directory:
//!
//! | file | what it is |
//! |---|---|
//! | `witness-key` | its secret key; for its owner only |
//! | `witness-verification-key` | its public key as a C2SP vkey of type `0x04`: what ledgers and auditors get |
//! | `logs` | the logs it knows: C2SP vkeys of type `0x01`, one a line; the operator's to edit at any time |
//! | `checkpoints/` | for each log the newest checkpoint it cosigned, named by the SHA-256 of the origin |
//! | `evidence/` | pairs of checkpoints that show a log to have two histories |

mod add_checkpoint;
mod checkpoints;
mod cosigners;
mod evidence;
mod key;
mod known_logs;
mod open_error;
mod policy;
mod refusal;
mod say;
mod serve;
mod signature_lines;
mod witness;

#[cfg(test)]
mod testing;

pub use self::cosigners::{ASK_TIME_MAX, Cosigned, Missing, NoCosignature, QuorumError, ask};
pub use self::known_logs::{KnownLogsError, LOGS_MAX};
pub use self::open_error::OpenError;
pub use self::policy::{PolicyError, PolicyWitness, WITNESSES_MAX, WitnessPolicy};
pub use self::serve::serve;
pub use self::witness::Witness;
pub use netgain_durable_files::FileError;
