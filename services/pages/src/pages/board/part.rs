//! A part of an organisation: what a councillor answers for.

use std::collections::BTreeMap;

use netgain_events::claim::ClaimDetails;
use netgain_events::identifier::LabelKey;
use netgain_events::state::Organisation;
use netgain_events::text::Line;

use crate::link::Link;

/// How many labels have a table of their own on a board: those that most gains have.
const LABELS_SHOWN_MAX: usize = 3;

/// One in how many gains has to have such a label: a budget code here and there is no way to part a council.
const LABEL_ON_ONE_IN: usize = 4;

/// A service, or what has the same label: a portfolio, a directorate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The gains of a service.
    Service(Line),
    /// The gains with that text under a label.
    Label(LabelKey, Line),
}

impl Part {
    /// The part that a page's address names: a service, or a label as `KEY:TEXT`. Nothing where it names none,
    /// or what can be no gain's.
    #[must_use]
    pub fn of_address(service: &str, label: &str) -> Option<Self> {
        if let Ok(service) = service.parse() {
            return Some(Self::Service(service));
        }
        let (key, text) = label.split_once(':')?;
        Some(Self::Label(key.parse().ok()?, text.parse().ok()?))
    }

    /// Whether a gain is of this part.
    #[must_use]
    pub fn has(&self, details: &ClaimDetails) -> bool {
        match self {
            Self::Service(service) => details.service.as_ref() == Some(service),
            Self::Label(key, text) => {
                let labels = details.labels.as_ref();
                labels.and_then(|labels| labels.get(key)) == Some(text)
            }
        }
    }

    /// An address with this part in it.
    #[must_use]
    pub fn carry(&self, link: Link) -> Link {
        let (name, value) = self.parameter();
        link.with(name, value)
    }

    /// Its name and value in an address.
    #[must_use]
    pub fn parameter(&self) -> (&'static str, String) {
        match self {
            Self::Service(service) => ("service", service.to_string()),
            Self::Label(key, text) => ("label", format!("{key}:{text}")),
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Service(text) | Self::Label(_, text) => text.as_str(),
        }
    }

    /// What sort of part it is, to stand before its name.
    pub(super) fn sort(&self) -> String {
        match self {
            Self::Service(_) => "Service".to_owned(),
            Self::Label(key, _) => super::groups::capitalised(&key.as_str().replace('-', " ")),
        }
    }
}

/// The labels that most gains have, the commonest first.
pub(super) fn common_labels(state: &Organisation) -> Vec<LabelKey> {
    let mut counts: BTreeMap<&LabelKey, usize> = BTreeMap::new();
    let claims = state.claims.values();
    for key in claims.flat_map(|claim| claim.details.labels.iter().flat_map(BTreeMap::keys)) {
        *counts.entry(key).or_default() += 1;
    }
    let is_common = |count: usize| count * LABEL_ON_ONE_IN >= state.claims.len();
    let mut counts: Vec<(&LabelKey, usize)> = counts
        .into_iter()
        .filter(|(_, count)| is_common(*count))
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = counts.into_iter().take(LABELS_SHOWN_MAX);
    shown.map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sampleborough;

    #[test]
    fn a_part_is_read_from_an_address_and_written_back() {
        let org = "X00000001".parse().unwrap();
        let written = |part: &Part| part.carry(Link::organisation(&org)).to_string();
        let service = Part::of_address("Street & park", "").unwrap();
        assert_eq!(
            written(&service),
            "/organisations/X00000001?service=Street%20%26%20park"
        );
        let label = Part::of_address("", "portfolio:Finance: all").unwrap();
        assert_eq!(label.name(), "Finance: all");
        assert_eq!(label.sort(), "Portfolio");
        for nothing in [("", ""), ("", "portfolio"), ("", ":x"), ("", "A B:x")] {
            assert_eq!(Part::of_address(nothing.0, nothing.1), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_part_has_the_gains_that_say_so() {
        let state = sampleborough();
        let has = |part: &Part| {
            let claims = state.claims.iter();
            let claims = claims.filter(|(_, claim)| part.has(&claim.details));
            claims.map(|(id, _)| id.to_string()).collect::<Vec<_>>()
        };
        let environment = Part::of_address("Environment", "").unwrap();
        assert!(has(&environment).contains(&"ENV1".to_owned()));
        assert!(!has(&environment).contains(&"PAY1".to_owned()));
        let portfolio = Part::of_address("", "portfolio:Finance and resources").unwrap();
        assert!(has(&portfolio).contains(&"PAY1".to_owned()));
        assert!(has(&Part::of_address("Nobody", "").unwrap()).is_empty());
    }

    #[test]
    fn the_commonest_labels_come_first() {
        let labels = common_labels(&sampleborough());
        let labels: Vec<&str> = labels.iter().map(|key| key.as_str()).collect();
        assert_eq!(labels, ["directorate", "portfolio"], "and no budget code");
    }
}
