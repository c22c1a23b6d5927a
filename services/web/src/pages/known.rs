//! The time control: every figure of a page taken back to a position or a date.

use std::sync::Arc;

use netgain_answers::{known, parameters};
use netgain_events::identifier::Position;
use netgain_events::state::Organisation;
use netgain_ledger::history::KnownAt;
use netgain_pages::known::Known;
use serde::Deserialize;

use super::failed::Failed;
use super::visitor::Visit;
use crate::problem::Problem;
use crate::service::Service;

/// What was known when, as the address of a page says it. A field that was left empty says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct KnownQuery {
    /// As known at a position.
    #[serde(default)]
    pub(super) position: String,
    /// As known at a time or at the end of a day.
    #[serde(default)]
    pub(super) known_at: String,
}

impl KnownQuery {
    /// The state of an organisation at that knowledge, and how the page says so.
    pub(super) async fn state(
        &self,
        service: &Arc<Service>,
        visit: &Visit,
    ) -> Result<(Organisation, Known), Failed> {
        let found = self.look(service, visit).await;
        // What was asked for is of no use; the page itself may be.
        let page = &visit.visitor.page;
        found.map_err(|problem| {
            Failed::from(problem).next(page.clone(), "Show what is known now instead")
        })
    }

    async fn look(
        &self,
        service: &Arc<Service>,
        visit: &Visit,
    ) -> Result<(Organisation, Known), Problem> {
        let typed = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let (asked_position, asked_known_at) = (typed(&self.position), typed(&self.known_at));
        let asked = parameters::known_at(asked_position.as_deref(), asked_known_at.as_deref())?;
        let now = service.state(&visit.readable).await?;
        let last = now.position;
        let state = match asked {
            KnownAt::Latest => now,
            earlier @ (KnownAt::Position(_) | KnownAt::Time(_)) => {
                let org = visit.org().clone();
                service
                    .reading(move |service| {
                        Ok(known::state(&**service.ledger.log(), None, &org, earlier)?)
                    })
                    .await?
            }
        };
        let known = Known {
            org: state.org.clone(),
            position: state.position,
            recorded_at: (state.position > Position::ZERO).then_some(state.recorded_at),
            last,
            asked_position,
            asked_known_at,
        };
        Ok((state, known))
    }
}
