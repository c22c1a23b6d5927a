//! Where somebody chooses among the organisations they may see.

use askama::Template;
use netgain_events::identifier::OrgId;

use crate::frame::{Frame, SignedIn};
use crate::link::Link;

/// The organisations of whoever is signed in.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/organisations.html")]
pub struct OrganisationsPage {
    frame: Frame,
    organisations: Vec<Listed>,
}

#[derive(Clone, Debug)]
struct Listed {
    org: OrgId,
    name: String,
    link: Link,
}

impl OrganisationsPage {
    /// A link to each organisation, by its code and its name.
    #[must_use]
    pub fn new(person: SignedIn, organisations: Vec<(OrgId, String)>) -> Self {
        let listed = organisations.into_iter().map(|(org, name)| Listed {
            link: Link::organisation(&org),
            org,
            name,
        });
        Self {
            frame: Frame {
                person: Some(person),
                ..Frame::new("Your organisations")
            },
            organisations: listed.collect(),
        }
    }
}
