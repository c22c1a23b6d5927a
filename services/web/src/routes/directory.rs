//! `/api/v1/people`: who there is, with which roles, and what the editable directory says of them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use netgain_events::identifier::Actor;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::PersonState;
use netgain_sign_in::password::Passwords;
use netgain_sign_in::people::{PeopleError, PersonRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use super::extract::{JsonBody, Path, from_json};
use super::responses::{Problems, answer};
use crate::asker::{Administered, Asker};
use crate::documents::parameters::OfPerson;
use crate::documents::values::{LineText, PersonId, Scope, Time};
use crate::documents::words::{AccountKind, Role};
use crate::problem::{Problem, ProblemBody};
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(write, erase))
}

/// A role somebody has.
#[derive(Serialize, ToSchema)]
struct GrantDocument {
    /// Which role.
    #[schema(value_type = Role)]
    role: String,
    /// An organisation's code, or `*` for every organisation.
    #[schema(value_type = Scope)]
    of: String,
    /// Until when; for ever where absent.
    #[schema(value_type = Time, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Who granted it.
    #[schema(value_type = PersonId)]
    granted_by: String,
    /// The position of its event.
    position: u64,
}

/// Somebody who is, or was, admitted.
#[derive(Serialize, ToSchema)]
struct PersonDocument {
    /// Their opaque id, as events have it.
    #[schema(value_type = PersonId)]
    person: String,
    /// Their name, where the directory has one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `person` or `service`.
    #[schema(value_type = AccountKind)]
    account: String,
    /// Whether they are barred.
    barred: bool,
    /// Whether they can sign in with a password.
    has_password: bool,
    /// The roles in force, as far as they are yours to see.
    grants: Vec<GrantDocument>,
}

/// What an administrator sees of somebody; nothing of people who have to do with other organisations only.
fn document(
    person: &PersonState,
    administered: &Administered,
    now: RecordedAt,
) -> Option<PersonDocument> {
    let document = PersonDocument {
        person: person.id.to_string(),
        name: None,
        account: person.account.to_string(),
        barred: person.barred.is_some(),
        has_password: false,
        grants: person
            .grants_in_force(now)
            .filter(|grant| administered.shows_grant(&grant.of))
            .map(|grant| GrantDocument {
                role: grant.role.to_string(),
                of: grant.of.to_string(),
                until: grant.until.map(|until| until.to_string()),
                granted_by: grant.granted_by.to_string(),
                position: grant.position.get(),
            })
            .collect(),
    };
    (administered.is_everything() || !document.grants.is_empty()).then_some(document)
}

fn unreadable(error: &PeopleError) -> Problem {
    Problem::fault("the directory of people cannot be used", error)
}

/// Everybody who was ever enrolled; as an administrator of some organisations, who has a role there
#[utoipa::path(
    get,
    path = "/api/v1/people",
    operation_id = "listPeople",
    tag = "people",
    responses((status = 200, description = "The people", body = Vec<PersonDocument>), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn list(State(service): State<Arc<Service>>, asker: Asker) -> Result<Response, Problem> {
    let administered = asker.administered(&service)?;
    let now = service.now();
    let mut documents: Vec<PersonDocument> = service.with_access(|access| {
        access
            .people()
            .filter_map(|person| document(person, &administered, now))
            .collect()
    })?;
    let records = service
        .reading(|service| {
            service
                .sign_in
                .people
                .all()
                .map_err(|error| unreadable(&error))
        })
        .await?;
    for document in &mut documents {
        let own =
            |record: &&PersonRecord| record.id.as_str().eq_ignore_ascii_case(&document.person);
        if let Some(record) = records.iter().find(own) {
            document.name = record.name.as_ref().map(ToString::to_string);
            document.has_password = record.password.is_some();
        }
    }
    answer(&documents)
}

/// What the directory is to say of somebody. What is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DirectoryEntry {
    /// Their name.
    #[schema(value_type = LineText, required = false)]
    name: Option<String>,
    /// A new password, of at least 12 characters; every session of theirs ends.
    #[schema(value_type = String, required = false, format = Password, min_length = 12)]
    password: Option<Zeroizing<String>>,
}

/// Write somebody's name or password into the directory
///
/// The directory is outside the ledger's history: what it says can be changed and erased. Only administrators of
/// every organisation may.
#[utoipa::path(
    put,
    path = "/api/v1/people/{person}",
    operation_id = "writePerson",
    tag = "people",
    params(OfPerson),
    request_body = DirectoryEntry,
    responses(
        (status = 204, description = "Written"),
        (status = 415, description = "The body has another type", content_type = "application/problem+json", body = ProblemBody),
        (status = 422, description = "The name or the password cannot be taken", content_type = "application/problem+json", body = ProblemBody),
        Problems),
    security(("token" = []), ("session" = [])),
)]
async fn write(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(person): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let person = enrolled(&service, &asker, &person)?;
    let entry: DirectoryEntry = from_json(&body)?;
    let refused = |detail: String, field: &str| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-field", detail).of_field(field)
    };
    let name = match entry.name.as_deref().map(str::parse) {
        Some(Ok(name)) => Some(name),
        Some(Err(error)) => {
            let error: netgain_events::text::TextError = error;
            return Err(refused(error.to_string(), "name"));
        }
        None => None,
    };
    let password = match &entry.password {
        Some(password) => {
            Passwords::check_strength(person.as_str(), password)
                .map_err(|weak| refused(weak.to_string(), "password"))?;
            let hash = service.sign_in.passwords.hash(password).await;
            Some(hash.map_err(|error| Problem::fault("a password could not be hashed", &error))?)
        }
        None => None,
    };
    let ends_sessions = password.is_some();
    let id = person.clone();
    service
        .reading(move |service| {
            let people = &service.sign_in.people;
            let known = people.get(&id).map_err(|error| unreadable(&error))?;
            let mut record = known.unwrap_or(PersonRecord {
                id,
                name: None,
                password: None,
                provider: None,
            });
            record.name = name.or(record.name);
            record.password = password.or(record.password);
            people.put(&record).map_err(|error| unreadable(&error))
        })
        .await?;
    if ends_sessions {
        service.sign_in.sessions.end_all(&person);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Erase what the directory says of somebody
///
/// Their id stays in the history; nothing any more says whose it is, and they can no longer sign in with a password.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{person}",
    operation_id = "erasePerson",
    tag = "people",
    params(OfPerson),
    responses((status = 204, description = "Erased, or nothing was there"), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn erase(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let person = enrolled(&service, &asker, &person)?;
    let id = person.clone();
    service
        .reading(move |service| {
            service
                .sign_in
                .people
                .erase(&id)
                .map_err(|error| unreadable(&error))
        })
        .await?;
    service.sign_in.sessions.end_all(&person);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The person of a path, for an administrator of everything.
fn enrolled(service: &Service, asker: &Asker, person: &str) -> Result<Actor, Problem> {
    asker.may_administer_all(service)?;
    let unknown = || {
        Problem::not_found(
            "unknown-person",
            "Nobody of that id is enrolled; enrol them first.",
        )
    };
    let person: Actor = person.parse().map_err(|_| unknown())?;
    service
        .with_access(|access| access.person(&person).map(|state| state.id.clone()))?
        .ok_or_else(unknown)
}
