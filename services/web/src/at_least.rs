//! `at_least`: reading what one has written, at whichever node. A position that another node told is waited for,
//! so that the answer is never older.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::future::{BoxFuture, Either};
use netgain_events::authority::Reading;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::log::Log;
use tokio::time::timeout;
use tower::{Layer, Service as Handler};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, OpenApi, Required, Type};

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
pub(crate) fn describe(api: &mut OpenApi) {
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

/// Lets requests wait that ask for it; no other costs more for it than a look at its query.
#[derive(Clone)]
pub(crate) struct AtLeast(pub(crate) Arc<Service>);

impl<H> Layer<H> for AtLeast {
    type Service = Waiting<H>;

    fn layer(&self, handler: H) -> Waiting<H> {
        let service = Arc::clone(&self.0);
        Waiting { handler, service }
    }
}

/// A handler whose requests may wait.
#[derive(Clone)]
pub(crate) struct Waiting<H> {
    handler: H,
    service: Arc<Service>,
}

impl<H> Handler<Request> for Waiting<H>
where
    H: Handler<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<H::Future, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.handler.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let Some((code, text)) = take(&mut request) else {
            return Either::Left(self.handler.call(request));
        };
        // The one that is ready is used up; a clone of it may not be.
        let ready = self.handler.clone();
        let mut handler = std::mem::replace(&mut self.handler, ready);
        let service = Arc::clone(&self.service);
        Either::Right(Box::pin(async move {
            match wait(&service, request, &code, &text).await {
                Ok(request) => handler.call(request).await,
                Err(problem) => Ok(problem.into_response()),
            }
        }))
    }
}

/// Takes the parameter out of a request: the organisation's code, and what is to be waited for. Nothing where there is
/// nothing to wait for.
fn take(request: &mut Request) -> Option<(String, String)> {
    let uri = request.uri();
    let (rest, text) = uri.query().and_then(apart)?;
    let code = uri.path().strip_prefix(READ_FROM)?.split('/').next()?;
    if request.method() != Method::GET {
        return None;
    }
    let taken = (code.to_owned(), text);
    *request.uri_mut() = without(request.uri(), &rest);
    Some(taken)
}

/// Gives a request back once the position is there.
async fn wait(
    service: &Arc<Service>,
    request: Request,
    code: &str,
    text: &str,
) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let asker = Asker::identify(&parts, service);
    // Whoever may not read it is told so by the route, and is not waited for.
    let readable = asker
        .ok()
        .zip(code.parse::<OrgId>().ok())
        .and_then(|(asker, org)| asker.may_read(service, &org, Reading::Figures).ok());
    if let Some(readable) = readable {
        reached(service, &readable, text).await?;
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
