//! `at_least`: reading what one has written, at whichever node. A position that another node told is waited for,
//! so that the answer is never older.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};
use netgain_events::authority::Reading;
use netgain_events::identifier::Position;
use netgain_ledger::log::Log;
use tokio::time::timeout;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, OpenApi, Required, Type};

use super::extract::org;
use crate::asker::{Asker, Readable};
use crate::problem::Problem;
use crate::service::Service;

/// Where organisations are read.
const READ_FROM: &str = "/api/v1/organisations/";

const NAME: &str = "at_least";

/// How long it is waited for: what a node has not heard of by then it will not hear of soon.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// When to ask again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Describes the parameter with everything that is read of an organisation.
pub(super) fn describe(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        if let (true, Some(get)) = (path.starts_with(READ_FROM), &mut item.get) {
            get.parameters
                .get_or_insert_default()
                .push(parameter().into());
        }
    }
}

fn parameter() -> Parameter {
    let seconds = WAIT_MAX.as_secs();
    ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(format!(
            "Answer with no less than this position of the organisation, as an answer of any node told it: it is waited \
             for up to {seconds} s, then the answer is 503 with Retry-After. Where one node records, a later one is a bad-position."
        )))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(0)),
        ))
        .build()
}

/// Takes the parameter out of a request, and gives that back once the position is there.
pub(crate) async fn wait(service: &Arc<Service>, request: Request) -> Result<Request, Problem> {
    let uri = request.uri();
    let of = uri.path().strip_prefix(READ_FROM);
    let code = of.and_then(|rest| rest.split('/').next());
    let (true, Some(code), Some((rest, text))) = (
        request.method() == Method::GET,
        code,
        uri.query().and_then(apart),
    ) else {
        return Ok(request);
    };
    let of = org(code);
    let (mut parts, body) = request.into_parts();
    parts.uri = without(&parts.uri, &rest);
    let asker = Asker::identify(&parts, service);
    // Whoever may not read it is told so by the route, and is not waited for.
    let readable = asker
        .ok()
        .zip(of.ok())
        .and_then(|(asker, org)| asker.may_read(service, &org, Reading::Figures).ok());
    if let Some(readable) = readable {
        reached(service, &readable, &text).await?;
    }
    Ok(Request::from_parts(parts, body))
}

/// The parameter's text, and the query without it.
fn apart(query: &str) -> Option<(String, String)> {
    let of_it = |part: &&str| part.split_once('=').is_some_and(|(name, _)| name == NAME);
    let (_, text) = query.split('&').find(of_it)?.split_once('=')?;
    let rest: Vec<&str> = query.split('&').filter(|part| !of_it(part)).collect();
    Some((rest.join("&"), text.to_owned()))
}

fn without(uri: &Uri, query: &str) -> Uri {
    let path = uri.path();
    let rest = match query {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = rest.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

async fn reached(service: &Service, readable: &Readable, text: &str) -> Result<(), Problem> {
    let at_least = text.parse().map(Position::new).map_err(|_| {
        Problem::bad_request("bad-position", "at_least is a position: 0, 1, 2 …").of_field(NAME)
    })?;
    let is_elsewhere = service.ledger.log().is_shared();
    // Watched from before the first look, so that nothing falls between the two.
    let mut changes = service.live.watch_all();
    let there = async {
        loop {
            changes.borrow_and_update();
            match service.position(readable).await {
                Ok(position) if position >= at_least => return Ok(()),
                Err(problem) if problem.status() != StatusCode::NOT_FOUND => return Err(problem),
                // It may be on its way to this node.
                Ok(_) | Err(_) if is_elsewhere => {}
                Ok(_) | Err(_) => return Err(not_told(at_least)),
            }
            if changes.changed().await.is_err() {
                return Ok(());
            }
        }
    };
    timeout(WAIT_MAX, there).await.unwrap_or_else(|_| {
        Err(Problem::later(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-there-yet",
            format!(
                "This node has not heard of position {at_least} of {} yet; ask again, or another node.",
                readable.org()
            ),
            AGAIN_AFTER,
        ))
    })
}

/// Where nobody else records, nobody can have been told a position that is not there.
fn not_told(at_least: Position) -> Problem {
    let sentence =
        format!("The history is not at position {at_least}, and was not when an answer told it.");
    Problem::bad_request("bad-position", sentence).of_field(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_is_taken_out_and_the_others_stay() {
        let taken = |query| apart(query).unwrap();
        assert_eq!(taken("at_least=7"), (String::new(), "7".into()));
        assert_eq!(taken("a=1&at_least=7&b=2"), ("a=1&b=2".into(), "7".into()));
        assert!(apart("at_leas=7&xat_least=8").is_none());
        let uri: Uri = "/api/v1/organisations/A/claims?at_least=7".parse().unwrap();
        assert_eq!(without(&uri, ""), "/api/v1/organisations/A/claims");
        assert_eq!(without(&uri, "a=1"), "/api/v1/organisations/A/claims?a=1");
    }
}
