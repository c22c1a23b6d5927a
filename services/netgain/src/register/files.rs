//! People in the ledger's own files, for whoever operates them.

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command, Request};
use netgain_events::identifier::{Actor, OrgId};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::refusal::Refusal;
use netgain_events::state::{Access, PersonState, TokenState};
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::{self, KnownAt};
use netgain_ledger::ledger::{Caller, Outcome as Decided};
use netgain_sign_in::password::{PasswordHash, Passwords};
use netgain_sign_in::people::{People, PersonRecord};
use serde_json::Value;

use super::{Entry, Grant, Person, Register, Token};
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};

/// The ledger's own files, and who acts on them.
pub(crate) struct Files<'p> {
    place: &'p Place,
    caller: Caller,
}

impl<'p> Files<'p> {
    /// The files of a ledger, on which this caller acts.
    pub(crate) const fn new(place: &'p Place, caller: Caller) -> Self {
        Self { place, caller }
    }

    /// What the ledger's own history says of people; nothing where there is no ledger yet.
    fn access(&self) -> Result<Access, Failure> {
        if self.place.servers.is_none() && !data_dir::log_dir(&self.place.data).exists() {
            return Ok(Access::default());
        }
        let reader = data_dir::open_for_reading(self.place)?;
        let state = history::fold(&reader, None, &OrgId::system(), KnownAt::Latest)?;
        Ok(state.access.as_deref().cloned().unwrap_or_default())
    }

    fn directory(&self) -> Result<People, Failure> {
        Ok(People::open(&self.place.people)?)
    }

    /// The id as it was enrolled, whatever the case it is asked by.
    fn enrolled(&self, person: &Actor) -> Result<Actor, Failure> {
        let access = self.access()?;
        match access.person(person) {
            Some(state) => Ok(state.id.clone()),
            None => Err(unknown(person)),
        }
    }
}

fn unknown(person: &Actor) -> Failure {
    Failure::refused(
        "unknown-person",
        format!("{person} is not enrolled; netgain user add enrols them."),
    )
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::refused(refusal.code.as_str(), &refusal.message)
}

impl Register for Files<'_> {
    fn record(&self, commands: &[Value]) -> Outcome {
        let read = |command: &Value| {
            Command::from_line(command.to_string().as_bytes(), ActorField::Refused)
        };
        let commands: Result<Vec<_>, _> = commands.iter().map(read).collect();
        let commands = commands.map_err(|refusal| refused(&refusal))?;
        let caller = Caller {
            authority: Authority::Operator,
            ..self.caller.clone()
        };
        let writing = data_dir::open_for_writing(self.place)?;
        let request = Request {
            commands,
            key: None,
        };
        let outcome = writing.record(&OrgId::system(), request, &caller)?;
        writing.finish()?;
        match outcome {
            Decided::Recorded { .. } | Decided::Repeated { .. } => Ok(()),
            Decided::Refused(refusals) => {
                let first = refusals.first().map(|(_, refusal)| refused(refusal));
                Err(first.unwrap_or(Failure::Refused(None)))
            }
        }
    }

    fn people(&self) -> Result<Vec<Person>, Failure> {
        let access = self.access()?;
        let directory = self.directory()?;
        let now = SystemClock.now();
        let documents = access.people().map(|state| {
            let record = directory.get(&state.id)?;
            Ok(person(state, record.as_ref(), now))
        });
        documents.collect()
    }

    fn tokens(&self) -> Result<Vec<Token>, Failure> {
        let now = SystemClock.now();
        Ok(self
            .access()?
            .tokens()
            .map(|state| token(state, now))
            .collect())
    }

    fn write(&self, person: &Actor, entry: Entry) -> Outcome {
        let id = self.enrolled(person)?;
        let password = match &entry.password {
            Some(password) => Some(hash(password)?),
            None => None,
        };
        let directory = self.directory()?;
        let mut record = directory.get(&id)?.unwrap_or(PersonRecord {
            id,
            name: None,
            password: None,
            provider: None,
        });
        record.name = entry.name.or(record.name);
        record.password = password.or(record.password);
        directory.put(&record)?;
        Ok(())
    }

    fn erase(&self, person: &Actor) -> Outcome {
        let id = self.enrolled(person)?;
        self.directory()?.erase(&id)?;
        Ok(())
    }
}

fn hash(password: &str) -> Result<PasswordHash, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(Passwords::new().hash(password))?)
}

fn person(state: &PersonState, record: Option<&PersonRecord>, now: RecordedAt) -> Person {
    let name = record.and_then(|record| record.name.as_ref());
    Person {
        id: state.id.to_string(),
        name: name.map(ToString::to_string),
        account: state.account.to_string(),
        barred: state.barred.is_some(),
        has_password: record.is_some_and(|record| record.password.is_some()),
        grants: state
            .grants_in_force(now)
            .map(|grant| Grant {
                role: grant.role.to_string(),
                of: grant.of.to_string(),
                until: grant.until.map(|until| until.to_string()),
                granted_by: grant.granted_by.to_string(),
                position: grant.position.get(),
            })
            .collect(),
    }
}

fn token(state: &TokenState, now: RecordedAt) -> Token {
    Token {
        id: state.id.to_string(),
        person: state.person.to_string(),
        of: state.of.to_string(),
        roles: state.roles.iter().map(ToString::to_string).collect(),
        until: state.until.to_string(),
        in_force: state.is_in_force(now),
    }
}
