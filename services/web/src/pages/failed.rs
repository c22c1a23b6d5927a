//! A problem as a page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use netgain_pages::assets::CONTENT_SECURITY_POLICY;
use netgain_pages::forms::typed::Typed;
use netgain_pages::link::{Link, here_or_home};
use netgain_pages::pages::failed::FailedPage;
use netgain_pages::pages::signed_out::SignedOutPage;

use crate::problem::Problem;

/// What a page's handler answers.
pub(super) type PageResult = Result<Response, Failed>;

/// Why a page cannot be given.
#[derive(Debug)]
pub(super) struct Failed {
    problem: Problem,
    /// Where somebody who is not signed in wanted to go.
    wanted: Option<String>,
    /// The form that they had sent.
    form: Option<Form>,
    /// Where to go on from here, and how that is called.
    next: Option<(String, &'static str)>,
}

/// A form that came from somebody who is not signed in any more.
#[derive(Debug)]
enum Form {
    /// Its fields, which go back to them.
    Fields(Typed),
    /// It came with a file, so that only their browser still has it.
    WithFile,
}

impl Failed {
    /// Whoever is not signed in signs in first and then comes back here.
    pub(super) fn wanting(problem: Problem, wanted: String) -> Self {
        Self {
            wanted: Some(wanted),
            ..Self::from(problem)
        }
    }

    /// With what they had typed in a form, which comes back to them.
    pub(super) fn keeping(mut self, typed: Typed) -> Self {
        self.form = Some(Form::Fields(typed));
        self
    }

    /// After a form with a file, which is sent again from the page before.
    pub(super) fn with_file(mut self) -> Self {
        self.form = Some(Form::WithFile);
        self
    }

    /// With a page to go on from.
    pub(super) fn next(mut self, address: String, text: &'static str) -> Self {
        self.next = Some((address, text));
        self
    }
}

impl<P: Into<Problem>> From<P> for Failed {
    fn from(problem: P) -> Self {
        Self {
            problem: problem.into(),
            wanted: None,
            form: None,
            next: None,
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = self.problem.status();
        if status == StatusCode::UNAUTHORIZED {
            let page = match (&self.form, &self.wanted) {
                (Some(Form::Fields(typed)), Some(wanted)) => {
                    Some(SignedOutPage::new(here_or_home(Some(wanted)), typed))
                }
                (Some(Form::WithFile), Some(_)) => Some(SignedOutPage::after_a_file()),
                (Some(_) | None, None) | (None, Some(_)) => None,
            };
            if let Some(page) = page {
                return html_with(status, &page).unwrap_or_else(Self::into_response);
            }
            let link = Link::home().to("sign-in").with_some("next", self.wanted);
            return Redirect::to(&link.to_string()).into_response();
        }
        let page = FailedPage::new(status.as_u16(), self.problem.sentence(), self.next);
        let Ok(mut response) = html(&page) else {
            return self.problem.into_response();
        };
        *response.status_mut() = status;
        if let Some(after) = self.problem.retry_after() {
            let seconds = after.as_secs().max(1);
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

/// A page as an answer.
pub(super) fn html(page: &impl Template) -> PageResult {
    let text = page
        .render()
        .map_err(|error| Problem::fault("a page could not be written", &error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    ];
    Ok((headers, text).into_response())
}

/// The same with another status: a form that comes back with what is wrong.
pub(super) fn html_with(status: StatusCode, page: &impl Template) -> PageResult {
    let mut response = html(page)?;
    *response.status_mut() = status;
    Ok(response)
}
