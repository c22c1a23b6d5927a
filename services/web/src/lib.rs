//! The service: the ledger over HTTP for many people at once (interface, *HTTP*).
//!
//! `service` holds what is shared; `asker` knows who asks and what they may see, `routes` has one file a
//! resource, `serve` takes connections. Nothing is reached without an `asker`, and what may be recorded
//! is decided where it is decided for every caller: in `netgain-events`.

mod asker;
mod at_least;
mod caches;
mod connections;
mod disk;
mod documents;
mod edge;
mod following;
mod limits;
mod live;
mod loading;
mod meetings;
mod metrics;
mod pages;
mod problem;
mod provided;
mod recording;
mod routes;
mod seals;
mod serve;
mod service;
mod settings;
mod sign_in;

pub use self::limits::Limits;
pub use self::pages::page_addresses;
pub use self::routes::api_description;
pub use self::seals::{Beginning, NotSealed, OpenSealer, Seals, SealsClosed};
pub use self::serve::{ServeError, Served, serve};
pub use self::service::{Service, ServiceParts, SharedLedger};
pub use self::settings::{Settings, Tls};
pub use self::sign_in::SignIn;
