//! The header of a service that is not on GOV.UK.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters};

/// Whose service it is, without the crown, which is for GOV.UK only.
#[derive(Clone, Debug, Template)]
#[template(path = "components/generic-header.html")]
pub struct GenericHeader {
    logo: Content,
    href: String,
    container_classes: String,
    classes: Classes,
    attributes: Attributes,
}

component!(GenericHeader);

setters! { GenericHeader:
    /// Where the logo leads: `/` unless set.
    href: String,
    /// The classes of what holds it, in place of the page's width.
    container_classes: String,
}

impl GenericHeader {
    /// A header with that logo.
    #[must_use]
    pub fn new(logo: impl Into<Content>) -> Self {
        Self {
            logo: logo.into(),
            href: "/".to_owned(),
            container_classes: "govuk-width-container".to_owned(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
