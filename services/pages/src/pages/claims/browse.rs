//! The list by service and by label: where a councillor finds what they answer for.

use std::collections::BTreeMap;

use netgain_projections::totals::Totals;

use crate::link::Link;

/// Links of one heading: beyond it the form's own lists serve better.
const LINKS_MAX: usize = 40;

/// Headings with links.
#[derive(Clone, Debug)]
pub(super) struct Browse {
    pub(super) headings: Vec<BrowseHeading>,
}

/// A heading: the services, or a label's key.
#[derive(Clone, Debug)]
pub(super) struct BrowseHeading {
    pub(super) text: String,
    pub(super) links: Vec<BrowseLink>,
    /// Whether there are more than [`LINKS_MAX`].
    pub(super) more: bool,
}

/// A service or a label's text, and how many claims name it.
#[derive(Clone, Debug)]
pub(super) struct BrowseLink {
    pub(super) text: String,
    pub(super) claims: usize,
    pub(super) link: Link,
}

impl Browse {
    /// The headings of the year's claims; `list` is the list without a filter.
    pub(super) fn of(list: &Link, totals: &Totals<'_>) -> Self {
        let mut services: BTreeMap<&str, usize> = BTreeMap::new();
        let mut labels: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for line in &totals.claims {
            let details = &line.claim.details;
            if let Some(service) = &details.service {
                *services.entry(service.as_str()).or_default() += 1;
            }
            for (key, text) in details.labels.iter().flatten() {
                let texts = labels.entry(key.as_str()).or_default();
                *texts.entry(text.as_str()).or_default() += 1;
            }
        }
        let by_service = heading("Services".to_owned(), services, |text| {
            list.clone().with("service", text)
        });
        let by_label = labels.into_iter().map(|(key, texts)| {
            let text = super::words::spoken(key);
            heading(text, texts, |text| {
                list.clone().with("label", format!("{key}:{text}"))
            })
        });
        let headings = std::iter::once(by_service).chain(by_label);
        Self {
            headings: headings.filter(|it| !it.links.is_empty()).collect(),
        }
    }
}

fn heading(
    text: String,
    named: BTreeMap<&str, usize>,
    link: impl Fn(&str) -> Link,
) -> BrowseHeading {
    let more = named.len() > LINKS_MAX;
    let links = named.into_iter().take(LINKS_MAX);
    BrowseHeading {
        text,
        more,
        links: links
            .map(|(text, claims)| BrowseLink {
                text: text.to_owned(),
                claims,
                link: link(text),
            })
            .collect(),
    }
}
