//! Whoever looks at a page, and what of an organisation they may see and do.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use netgain_events::authority::{Authority, Reading};
use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;
use netgain_pages::frame::{Frame, Place, SignedIn, Tab};

use super::failed::Failed;
use crate::asker::{Asker, Readable};
use crate::edge::session_cookie;
use crate::problem::Problem;
use crate::routes::extract::org;
use crate::service::Service;

/// Whoever looks at a page.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) asker: Asker,
    /// The page they ask for, without what its address asks besides.
    pub(super) page: String,
    session_seconds: Option<u64>,
}

impl FromRequestParts<Arc<Service>> for Visitor {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Self::Rejection> {
        let wanted = wanted(parts);
        let asker = Asker::from_request_parts(parts, service).await;
        let asker = asker.map_err(|problem| Failed::wanting(problem, wanted))?;
        let session = session_cookie(&parts.headers).and_then(|cookie| service.session(cookie));
        let session_seconds = session.map(|session| {
            let ends_at = session.idle_ends_at.min(session.ends_at);
            ends_at.saturating_duration_since(Instant::now()).as_secs()
        });
        Ok(Self {
            asker,
            page: parts.uri.path().to_owned(),
            session_seconds,
        })
    }
}

/// The page that somebody wanted: once they are signed in they come to it.
fn wanted(parts: &Parts) -> String {
    let wanted = parts.uri.path_and_query();
    wanted.map_or("/", PathAndQuery::as_str).to_owned()
}

impl Visitor {
    /// How they are shown in the frame of a page.
    pub(super) fn signed_in(&self, service: &Service) -> SignedIn {
        SignedIn {
            id: self.asker.person().clone(),
            name: service.name_of(self.asker.person()),
            session_seconds: self.session_seconds,
        }
    }

    /// Lets them into an organisation that they may read.
    pub(super) fn visit(&self, service: &Service, text: &str) -> Result<Visit, Problem> {
        let org = org(text)?;
        let readable = self.asker.may_read(service, &org, Reading::Figures)?;
        let authority = self.asker.authority(service, &org)?;
        Ok(Visit {
            visitor: self.clone(),
            readable,
            authority,
        })
    }
}

/// Somebody in an organisation.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) visitor: Visitor,
    pub(super) readable: Readable,
    /// What they may do there.
    pub(super) authority: Authority,
}

impl Visit {
    /// Which organisation.
    pub(super) const fn org(&self) -> &OrgId {
        self.readable.org()
    }

    /// The frame of a page of the organisation.
    pub(super) fn frame(
        &self,
        service: &Service,
        state: &Organisation,
        tab: Tab,
        title: impl Into<String>,
    ) -> Frame {
        let name = match &state.details {
            Some(details) => details.name.to_string(),
            None => state.org.to_string(),
        };
        Frame {
            person: Some(self.visitor.signed_in(service)),
            place: Some(Place {
                org: state.org.clone(),
                name,
                tab,
            }),
            ..Frame::new(title)
        }
    }
}
