//! Which claims of a year somebody wants to see, as the page's address says it.

use std::cmp::Reverse;

use netgain_events::claim::ClaimDetails;
use netgain_events::identifier::LabelKey;
use netgain_events::vocabulary::Function;
use netgain_projections::line::{ClaimLine, Status};
use serde::Deserialize;

use crate::link::Link;

/// The address's own fields, as they were typed. One that was left empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FilterQuery {
    /// The year of the lines.
    pub year: String,
    /// Words to look for.
    pub q: String,
    /// A status.
    pub status: String,
    /// A function.
    pub function: String,
    /// A service, exactly.
    pub service: String,
    /// A label, as `key:text`.
    pub label: String,
    /// Who stands behind it.
    pub validated: String,
    /// The order.
    pub sort: String,
    /// Which page of the list, from 1.
    pub page: String,
}

/// Which claims, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that all have to be found in what a claim says of itself, in any case.
    pub words: Option<String>,
    /// What has become of them.
    pub status: Option<Status>,
    /// The function that makes the gain.
    pub function: Option<Function>,
    /// The service that makes the gain.
    pub service: Option<String>,
    /// A label they have.
    pub label: Option<(LabelKey, String)>,
    /// Who stands behind them.
    pub support: Option<Support>,
    /// In which order.
    pub order: Order,
}

/// Who stands behind a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// A second person validated it.
    Validated,
    /// Nobody but who recorded it.
    NotValidated,
    /// It was validated, and checked for this very year by somebody else.
    Assured,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By reference.
    #[default]
    Reference,
    /// By title.
    Title,
    /// The largest net first.
    Net,
    /// The largest gross first.
    Gross,
}

/// A field of the address is none of its values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no {what} to choose from. Go back to the list and choose again.")]
pub struct FilterError {
    what: &'static str,
    given: String,
}

/// Every status, the ones that count first.
pub(crate) const STATUSES: [Status; 7] = [
    Status::Provisional,
    Status::Proven,
    Status::Ended,
    Status::Expected,
    Status::Failed,
    Status::Ineligible,
    Status::Withdrawn,
];

impl Support {
    pub(crate) const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Validated, "yes", "Validated"),
        (Self::NotValidated, "no", "Not validated"),
        (Self::Assured, "assured", "Assured"),
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Validated => "yes",
            Self::NotValidated => "no",
            Self::Assured => "assured",
        }
    }
}

impl Order {
    pub(crate) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Reference, "", "Reference"),
        (Self::Title, "title", "Title"),
        (Self::Net, "net", "Net, largest first"),
        (Self::Gross, "gross", "Gross, largest first"),
    ];

    pub(crate) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Reference => None,
            Self::Title => Some("title"),
            Self::Net => Some("net"),
            Self::Gross => Some("gross"),
        }
    }
}

impl Filter {
    /// Reads the address's fields.
    ///
    /// # Errors
    /// A field is none of its values: left out without a word it would change the sums.
    pub fn read(query: &FilterQuery) -> Result<Self, FilterError> {
        let one_of = |what, text: &str, found: Option<_>| found.ok_or_else(|| wrong(what, text));
        let status = some(&query.status).map(|text| {
            let found = STATUSES.into_iter().find(|status| status.as_str() == text);
            one_of("status", text, found)
        });
        let function =
            some(&query.function).map(|text| text.parse().map_err(|_| wrong("function", text)));
        let label = some(&query.label).map(|text| {
            let (key, value) = text.split_once(':').ok_or_else(|| wrong("label", text))?;
            let key: LabelKey = key.parse().map_err(|_| wrong("label", text))?;
            Ok((key, value.to_owned()))
        });
        let support = some(&query.validated).map(|text| {
            let found = Support::ALL.into_iter().find(|(_, word, _)| *word == text);
            found
                .map(|(it, _, _)| it)
                .ok_or_else(|| wrong("validation", text))
        });
        let order = some(&query.sort).map(|text| {
            let found = Order::ALL.into_iter().find(|(_, word, _)| *word == text);
            found
                .map(|(it, _, _)| it)
                .ok_or_else(|| wrong("order", text))
        });
        Ok(Self {
            words: some(&query.q).map(str::to_owned),
            status: status.transpose()?,
            function: function.transpose()?,
            service: some(&query.service).map(str::to_owned),
            label: label.transpose()?,
            support: support.transpose()?,
            order: order.transpose()?.unwrap_or_default(),
        })
    }

    /// Whether every claim of the year is wanted.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let ordered = Self {
            order: Order::default(),
            ..self.clone()
        };
        ordered == Self::default()
    }

    /// The same filter at another address.
    #[must_use]
    pub fn carry(&self, link: Link) -> Link {
        self.fields()
            .into_iter()
            .fold(link, |link, (name, value)| link.with(name, value))
    }

    /// The fields of the address that say it.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("q", self.words.clone()),
            ("status", self.status.map(|it| it.to_string())),
            ("function", self.function.map(|it| it.to_string())),
            ("service", self.service.clone()),
            ("label", self.label_text()),
            ("validated", self.support.map(|it| it.word().to_owned())),
            ("sort", self.order.word().map(str::to_owned)),
        ];
        let fields = fields.into_iter();
        fields
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// The label as the address has it.
    pub(crate) fn label_text(&self) -> Option<String> {
        self.label
            .as_ref()
            .map(|(key, value)| format!("{key}:{value}"))
    }

    /// Whether a line is wanted.
    #[must_use]
    pub fn wants(&self, line: &ClaimLine<'_>) -> bool {
        let details = &line.claim.details;
        let service = details.service.as_ref().map(|it| it.as_str());
        let label = |key| details.labels.as_ref().and_then(|labels| labels.get(key));
        let supported = |support| match support {
            Support::Validated => line.line.validated,
            Support::NotValidated => !line.line.validated,
            Support::Assured => line.line.assured,
        };
        self.status.is_none_or(|status| line.line.status == status)
            && self.function.is_none_or(|it| details.function == Some(it))
            && self.service.as_deref().is_none_or(|it| service == Some(it))
            && self
                .label
                .as_ref()
                .is_none_or(|(key, value)| label(key).is_some_and(|it| it.as_str() == value))
            && self.support.is_none_or(supported)
            && self.words.as_deref().is_none_or(|words| {
                let said = said(line.id.as_str(), details);
                words
                    .to_lowercase()
                    .split_whitespace()
                    .all(|word| said.contains(word))
            })
    }

    /// Puts lines, which stand by reference, into the order that is wanted.
    pub(crate) fn sort(&self, lines: &mut [&ClaimLine<'_>]) {
        match self.order {
            Order::Reference => {}
            Order::Title => {
                lines.sort_by_cached_key(|it| it.claim.details.title.to_string().to_lowercase());
            }
            Order::Net => lines.sort_by_key(|it| Reverse(it.net)),
            Order::Gross => {
                lines.sort_by_key(|it| Reverse(it.line.amounts.gross));
            }
        }
    }
}

/// What a claim says of itself, for words to be found in.
fn said(id: &str, details: &ClaimDetails) -> String {
    let mut said = format!("{id}\n{}", details.title);
    let texts = [&details.service, &details.owner].into_iter().flatten();
    let labels = details.labels.iter().flat_map(|labels| labels.values());
    for text in texts.chain(labels) {
        said.push('\n');
        said.push_str(text.as_str());
    }
    said.to_lowercase()
}

fn some(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

fn wrong(what: &'static str, given: &str) -> FilterError {
    FilterError {
        what,
        given: given.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let query = FilterQuery {
            q: " waste  contract ".into(),
            status: "proven".into(),
            function: "front-line".into(),
            service: "Waste & streets".into(),
            label: "portfolio:Finance: all".into(),
            validated: "assured".into(),
            sort: "net".into(),
            ..FilterQuery::default()
        };
        let filter = Filter::read(&query).unwrap();
        assert_eq!(
            filter.carry(Link::home().to("claims")).to_string(),
            "/claims?q=waste%20%20contract&status=proven&function=front-line&service=Waste%20%26%20streets\
             &label=portfolio%3AFinance%3A%20all&validated=assured&sort=net"
        );
        assert!(!filter.is_everything());
        assert!(
            Filter::read(&FilterQuery::default())
                .unwrap()
                .is_everything()
        );
    }

    #[test]
    fn a_word_that_is_no_choice_is_refused() {
        let of = |change: fn(&mut FilterQuery)| {
            let mut query = FilterQuery::default();
            change(&mut query);
            Filter::read(&query).unwrap_err().to_string()
        };
        assert!(of(|it| it.status = "<b>".into()).starts_with("\"<b>\" is no status"));
        assert!(of(|it| it.function = "tea".into()).contains("function"));
        assert!(of(|it| it.label = "portfolio".into()).contains("label"));
        assert!(of(|it| it.validated = "maybe".into()).contains("validation"));
        assert!(of(|it| it.sort = "random".into()).contains("order"));
    }
}
