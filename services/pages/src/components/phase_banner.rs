//! How far the service is.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::component;
use super::tag::Tag;

/// Says under the header that a service is still being made or tried.
#[derive(Clone, Debug, Template)]
#[template(path = "components/phase-banner.html")]
pub struct PhaseBanner {
    tag: Tag,
    content: Content,
    classes: Classes,
    attributes: Attributes,
}

component!(PhaseBanner);

impl PhaseBanner {
    /// The phase, such as "Beta", and what people should know about it.
    #[must_use]
    pub fn new(tag: impl Into<Tag>, content: impl Into<Content>) -> Self {
        Self {
            tag: tag.into().first_class("govuk-phase-banner__content__tag"),
            content: content.into(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
