//! `/sign-in` and `/sign-out`.

use std::sync::Arc;

use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use netgain_events::vocabulary::Auth;
use netgain_pages::link::here_or_home;
use netgain_pages::pages::sign_in::SignInPage;
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html, html_with};
use super::form::Sent;
use crate::edge::{SESSION_COOKIE, address, session_cookie};
use crate::service::Service;
use crate::sign_in::by_password::by_password;
use crate::sign_in::session::{begin, cookie_forgotten, session_cookie_of};

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes
        .route("/sign-in", get(show).post(sign_in))
        .route("/sign-out", post(sign_out))
}

/// Where somebody goes once they are signed in.
#[derive(Deserialize)]
struct Wanted {
    next: Option<String>,
}

async fn show(State(service): State<Arc<Service>>, Query(wanted): Query<Wanted>) -> PageResult {
    let next = here_or_home(wanted.next.as_deref());
    html(&SignInPage::new(service.sign_in.provider_names(), next))
}

async fn sign_in(State(service): State<Arc<Service>>, request: Request) -> PageResult {
    let (parts, body) = request.into_parts();
    let from = address(&parts);
    let Sent(typed) = Sent::from_request(Request::from_parts(parts, body), &()).await?;
    let next = here_or_home(typed.some("next"));
    let name = typed.raw("person").trim();
    match by_password(&service, name, typed.raw("password"), from).await {
        Ok(person) => {
            let secret = begin(&service, person, Auth::Local)?;
            let cookie = [(header::SET_COOKIE, session_cookie_of(&secret))];
            Ok((cookie, Redirect::to(next)).into_response())
        }
        Err(problem) => {
            let page = SignInPage::new(service.sign_in.provider_names(), next);
            html_with(problem.status(), &page.again(name, problem.sentence()))
        }
    }
}

/// Whoever is not signed in, or no longer, is answered the same.
async fn sign_out(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    if let Some(cookie) = session_cookie(&headers) {
        service.sign_in.sessions.end(cookie);
    }
    let cookie = [(header::SET_COOKIE, cookie_forgotten(SESSION_COOKIE))];
    (cookie, Redirect::to("/sign-in")).into_response()
}
