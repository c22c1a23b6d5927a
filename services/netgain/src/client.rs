//! The program as a client of a running service: the same calls, the same answers (docs/adr/0019).

mod address;
mod checkpoint;
mod commands;
mod failed;
mod organisations;
mod register;
mod remote_log;
mod server;
mod token;

pub(crate) use self::address::{Address, AddressError};
pub(crate) use self::commands::Recorded;
pub(crate) use self::failed::{Became, Failed};
pub(crate) use self::remote_log::RemoteLog;
pub(crate) use self::server::{Again, CONNECTIONS_MAX, Sent, Server};
