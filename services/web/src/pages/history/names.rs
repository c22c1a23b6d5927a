//! The names of the people whose events a page shows.

use std::collections::BTreeMap;

use netgain_events::identifier::Actor;
use netgain_pages::pages::history::people::People;

use crate::service::Service;

/// Names out of the directory, each looked up once.
pub(in crate::pages) struct Names<'s> {
    service: &'s Service,
    found: BTreeMap<Actor, Option<String>>,
}

impl<'s> Names<'s> {
    /// None yet.
    pub(in crate::pages) const fn new(service: &'s Service) -> Self {
        Self {
            service,
            found: BTreeMap::new(),
        }
    }

    /// The name of somebody, where the directory has one.
    pub(in crate::pages) fn of(&mut self, actor: &Actor) -> Option<String> {
        let service = self.service;
        let found = self.found.entry(actor.clone());
        found.or_insert_with(|| service.name_of(actor)).clone()
    }

    /// The names of those, and of everybody who was looked for before.
    pub(in crate::pages) fn people<'a>(
        mut self,
        actors: impl IntoIterator<Item = &'a Actor>,
    ) -> People {
        for actor in actors {
            self.of(actor);
        }
        let named = self.found.into_iter();
        People::new(named.filter_map(|(actor, name)| Some((actor, name?))))
    }
}
