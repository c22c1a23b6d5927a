//! Which organisations a page of several shows. The filter lives in the page's address.

use std::collections::BTreeSet;

use netgain_events::fact::OrganisationDetails;
use netgain_events::vocabulary::Sector;

/// What organisations are chosen by. What is empty chooses all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Codes, with commas between them.
    pub orgs: String,
    /// A word of the vocabulary of sectors.
    pub sector: String,
    /// A region, as the organisations state it.
    pub region: String,
    /// A kind of organisation, as they state it.
    pub kind: String,
}

impl Filter {
    /// Whether an organisation is chosen by what it is.
    #[must_use]
    pub fn takes(&self, details: Option<&OrganisationDetails>) -> bool {
        let is = |asked: &str, found: Option<&str>| asked.is_empty() || found == Some(asked);
        let region = details.and_then(|it| it.region.as_ref());
        is(&self.sector, details.map(|it| it.sector.as_str()))
            && is(&self.region, region.map(|it| it.as_str()))
            && is(&self.kind, details.map(|it| it.kind.as_str()))
    }

    /// The codes that were asked for.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let codes = self.orgs.split([',', ' ', '\n', '\r']);
        codes.filter(|code| !code.is_empty())
    }
}

/// What the organisations that somebody may see can be chosen by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    sectors: BTreeSet<Sector>,
    regions: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl Choices {
    /// Adds what an organisation is.
    pub fn add(&mut self, details: &OrganisationDetails) {
        self.sectors.insert(details.sector);
        self.kinds.insert(details.kind.to_string());
        let region = details.region.as_ref();
        self.regions.extend(region.map(|region| region.to_string()));
    }

    /// Each sector's word and what it is called.
    pub(super) fn sectors(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.sectors.iter().map(|it| (it.as_str(), called(*it)))
    }

    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(|it| it.as_str())
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().map(|it| it.as_str())
    }
}

const fn called(sector: Sector) -> &'static str {
    match sector {
        Sector::LocalGovernment => "Local government",
        Sector::Fire => "Fire and rescue",
        Sector::Police => "Police",
        Sector::Nhs => "NHS",
        Sector::Schools => "Schools",
        Sector::FurtherEducation => "Further education",
        Sector::HigherEducation => "Higher education",
        Sector::CentralGovernment => "Central government",
        Sector::Other => "Other public bodies",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(kind: &str, region: Option<&str>) -> OrganisationDetails {
        OrganisationDetails {
            name: "Name".parse().unwrap(),
            kind: kind.parse().unwrap(),
            sector: Sector::LocalGovernment,
            region: region.map(|region| region.parse().unwrap()),
        }
    }

    #[test]
    fn an_organisation_is_taken_that_is_all_that_was_asked_for() {
        let district = details("district", Some("North West"));
        let takes = |sector: &str, region: &str, kind: &str| {
            let filter = Filter {
                sector: sector.into(),
                region: region.into(),
                kind: kind.into(),
                ..Filter::default()
            };
            (filter.takes(Some(&district)), filter.takes(None))
        };
        assert_eq!(takes("", "", ""), (true, true));
        assert_eq!(
            takes("local-government", "North West", "district"),
            (true, false)
        );
        assert_eq!(
            takes("local-government", "London", "district"),
            (false, false)
        );
        assert_eq!(takes("fire", "", ""), (false, false));
        assert_eq!(takes("", "", "county"), (false, false));
    }

    #[test]
    fn codes_are_read_however_they_are_set_apart() {
        let filter = Filter {
            orgs: "A1, B2,,C3\r\nD4".into(),
            ..Filter::default()
        };
        assert_eq!(filter.codes().collect::<Vec<_>>(), ["A1", "B2", "C3", "D4"]);
    }

    #[test]
    fn there_is_to_choose_from_what_the_organisations_are() {
        let mut choices = Choices::default();
        choices.add(&details("district", None));
        choices.add(&details("county", Some("East")));
        assert_eq!(choices.kinds().collect::<Vec<_>>(), ["county", "district"]);
        assert_eq!(choices.regions().collect::<Vec<_>>(), ["East"]);
        assert_eq!(
            choices.sectors().collect::<Vec<_>>(),
            [("local-government", "Local government")]
        );
    }
}
