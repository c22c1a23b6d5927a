//! Where the ledger is that a call is about: in files here, or behind a running service.

use std::env;

use netgain_answers::known;
use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;
use netgain_ledger::history::KnownAt;
use netgain_ledger::log::LogRead;

use crate::calls::not_answered::failure;
use crate::cli::{ActorArgs, Cli};
use crate::client::{Address, AddressError, Failed, RemoteLog, Server};
use crate::data_dir::{self, Place};
use crate::log_of_record::ReaderOfRecord;
use crate::outcome::{Failure, Outcome};

/// Names a service for every call that does not name a directory.
const SERVER_VARIABLE: &str = "NETGAIN_SERVER";

/// Where the ledger is.
pub(crate) enum Whereabouts {
    /// In files of this machine, or on servers that keep its log.
    Files(Place),
    /// Behind a running service.
    Service(Server),
}

/// One organisation's history, open for reading.
pub(crate) enum History<'w> {
    /// In files of this machine or on servers, where views may save reading all of it.
    Files(&'w Place, ReaderOfRecord),
    /// Behind a running service.
    Service(RemoteLog),
}

impl Whereabouts {
    /// As the call says; else the environment's service, unless the call names a directory; else files.
    pub(crate) fn of(
        cli: &Cli,
        place: impl FnOnce() -> Result<Place, Failure>,
    ) -> Result<Self, Failure> {
        match service(cli)? {
            Some(address) => {
                let args = &cli.service;
                let (token, ca) = (args.token_file.as_deref(), args.ca.as_deref());
                Server::new(address, token, ca).map(Self::Service)
            }
            None => place().map(Self::Files),
        }
    }

    /// Refuses a service for a call that works on files only.
    pub(crate) fn files_only(cli: &Cli, call: &str) -> Outcome {
        if service(cli)?.is_none() {
            return Ok(());
        }
        let instead = match call {
            "verify" => {
                " From a service take a statement with everything behind it, netgain statement bundle, \
                 and check it with netgain verify-bundle."
            }
            "keys" => " A service shows its public keys at /api/v1/keys.",
            _ => "",
        };
        Err(Failure::Usage(format!(
            "netgain {call} works on the ledger's own files: run it where they are, with --data DIR and \
             without --server or {SERVER_VARIABLE}.{instead}"
        )))
    }

    /// Opens a history.
    pub(crate) fn open(&self, org: &OrgId) -> Result<History<'_>, Failure> {
        match self {
            Self::Files(place) => Ok(History::Files(place, data_dir::open_for_reading(place)?)),
            Self::Service(server) => RemoteLog::open(server, org)
                .map(History::Service)
                .map_err(Failed::into_failure),
        }
    }

    /// Opens a history to compute figures from it. The ledger's own has none, and a service need not be asked
    /// about that.
    pub(crate) fn open_for_figures(&self, org: &OrgId) -> Result<History<'_>, Failure> {
        if matches!(self, Self::Service(_)) {
            known::check_has_figures(org).map_err(|unknown| failure(unknown.into()))?;
        }
        self.open(org)
    }

    /// The state of an organisation as known at a point.
    pub(crate) fn state(&self, org: &OrgId, known_at: KnownAt) -> Result<Organisation, Failure> {
        self.open_for_figures(org)?.state(org, known_at)
    }
}

/// The service that the call or the environment names, where one does.
fn service(cli: &Cli) -> Result<Option<Address>, Failure> {
    let own = match (&cli.data, &cli.log.log) {
        (_, Some(_)) => Some("--log"),
        (Some(_), None) => Some("--data"),
        (None, None) => None,
    };
    match (&cli.service.server, own) {
        (Some(_), Some(own)) => Err(Failure::Usage(format!(
            "--server and {own} name two ledgers; give one of them"
        ))),
        (Some(address), None) => Ok(Some(address.clone())),
        (None, Some(_)) => Ok(None),
        (None, None) => match env::var(SERVER_VARIABLE) {
            Ok(text) if !text.is_empty() => {
                text.parse().map(Some).map_err(|error: AddressError| {
                    Failure::Usage(format!("the address in {SERVER_VARIABLE}: {error}"))
                })
            }
            Ok(_) | Err(_) => Ok(None),
        },
    }
}

impl History<'_> {
    /// The history as a log.
    pub(crate) fn log(&self) -> &dyn LogRead {
        match self {
            Self::Files(_, reader) => reader,
            Self::Service(log) => log,
        }
    }

    /// The state as known at a point.
    pub(crate) fn state(&self, org: &OrgId, known_at: KnownAt) -> Result<Organisation, Failure> {
        match self {
            Self::Files(place, reader) => data_dir::state(place, reader, org, known_at),
            Self::Service(log) => known::state(log, None, org, known_at).map_err(failure),
        }
    }
}

/// Refuses to name who acts: over a service it is whoever the token belongs to.
pub(crate) fn nobody_named(actor: &ActorArgs) -> Outcome {
    match actor.actor {
        None => Ok(()),
        Some(_) => Err(Failure::Usage(
            "--actor is for the ledger's own files; a service records whoever the token belongs to. \
             Leave it out."
                .into(),
        )),
    }
}
