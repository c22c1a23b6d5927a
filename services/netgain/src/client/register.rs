//! People and tokens, as a service keeps them.

use netgain_events::identifier::{Actor, OrgId};
use serde_json::{Map, Value};
use ureq::http::Method;

use super::commands::commands_path;
use super::failed::Failed;
use super::server::{Again, Sent, Server};
use crate::outcome::{Failure, Outcome};
use crate::register::{Entry, Person, Register, Token};

impl Register for Server {
    fn record(&self, commands: &[Value]) -> Outcome {
        let path = commands_path(&OrgId::system());
        let bytes = match commands {
            [command] => serde_json::to_vec(command)?,
            _ => serde_json::to_vec(commands)?,
        };
        let sent = Sent::json(&bytes);
        self.post(&path, sent, Again::Unsafe)
            .map_err(Failed::into_failure)?;
        Ok(())
    }

    fn people(&self) -> Result<Vec<Person>, Failure> {
        self.get("/api/v1/people").map_err(Failed::into_failure)
    }

    fn tokens(&self) -> Result<Vec<Token>, Failure> {
        self.get("/api/v1/tokens").map_err(Failed::into_failure)
    }

    fn write(&self, person: &Actor, entry: Entry) -> Outcome {
        let mut document = Map::new();
        if let Some(name) = &entry.name {
            document.insert("name".to_owned(), name.as_str().into());
        }
        if let Some(password) = &entry.password {
            document.insert("password".to_owned(), password.as_str().into());
        }
        let bytes = serde_json::to_vec(&document)?;
        let sent = Some(Sent::json(&bytes));
        self.ask(&Method::PUT, &person_path(person), sent, Again::Safe)
            .map_err(Failed::into_failure)?;
        Ok(())
    }

    fn erase(&self, person: &Actor) -> Outcome {
        self.ask(&Method::DELETE, &person_path(person), None, Again::Safe)
            .map_err(Failed::into_failure)?;
        Ok(())
    }
}

/// Where the directory's entry of somebody is. An id has letters, digits and `._@-` only.
fn person_path(person: &Actor) -> String {
    format!("/api/v1/people/{person}")
}
