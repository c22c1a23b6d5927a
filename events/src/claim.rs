//! What a claim states: its details, its profile, and how an amendment changes them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::financial_year::FinancialYear;
use crate::identifier::{LabelKey, SchemeId};
use crate::money::Money;
use crate::text::{Line, Prose};
use crate::vocabulary::{Action, Approach, Function, Method, Source, Technique};

/// The most years a profile may state; the longest public contract plus its planning.
pub const PROFILE_YEARS_MAX: usize = 60;

/// The most labels a claim may have.
pub const LABELS_MAX: usize = 16;

/// A claim's gross annual value per financial year. A stated year holds for all later years until
/// another stated year (ruleset section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile(Box<[(FinancialYear, Money)]>);

/// The profile states no year, or more than [`PROFILE_YEARS_MAX`], or one twice, or a value below
/// zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile states 1 to 60 years, each once, none of them below zero")]
pub struct ProfileError;

impl Profile {
    /// The profile of those years.
    pub fn new(years: &BTreeMap<FinancialYear, Money>) -> Result<Self, ProfileError> {
        let years: Vec<_> = years.iter().map(|(&year, &value)| (year, value)).collect();
        Self::of_sorted(&years)
    }

    /// The profile of those years, which must stand in order, each once.
    pub fn of_sorted(years: &[(FinancialYear, Money)]) -> Result<Self, ProfileError> {
        if years.is_empty()
            || years.len() > PROFILE_YEARS_MAX
            || years.iter().any(|(_, value)| value.is_negative())
            || !years.is_sorted_by(|(one, _), (next, _)| one < next)
        {
            return Err(ProfileError);
        }
        Ok(Self(years.into()))
    }

    /// The stated years and their values, earliest first.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn stated(&self) -> impl DoubleEndedIterator<Item = (FinancialYear, Money)> + '_ {
        self.0.iter().copied()
    }

    /// The value of the latest stated year that is not after `year`; zero before the first.
    #[must_use]
    pub fn claimed(&self, year: FinancialYear) -> Money {
        self.stated()
            .rev()
            .find(|&(stated, _)| stated <= year)
            .map_or(Money::ZERO, |(_, value)| value)
    }

    /// The first accrual year: the first with a value above zero.
    #[must_use]
    pub fn first_accrual(&self) -> Option<FinancialYear> {
        self.stated()
            .find(|(_, value)| value.is_positive())
            .map(|(year, _)| year)
    }

    /// The last year it states.
    #[must_use]
    pub fn last_stated(&self) -> Option<FinancialYear> {
        self.stated().next_back().map(|(year, _)| year)
    }
}

/// In JSON an object from year to amount, earliest year first.
impl Serialize for Profile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.stated())
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let years = BTreeMap::deserialize(deserializer)?;
        Self::new(&years).map_err(serde::de::Error::custom)
    }
}

/// A gain shared with other organisations, and its whole gross annual value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Which scheme.
    pub id: SchemeId,
    /// The scheme's whole gross annual value over all its organisations; zero or more.
    pub total: Money,
}

/// A claim's labels, in code-point order of their keys: programme, budget code, directorate …
pub type Labels = BTreeMap<LabelKey, Line>;

/// What a claim states about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDetails {
    /// What changed, in a few words.
    pub title: Line,
    /// What kind of change it is; the first two kinds are cashable.
    pub action: Action,
    /// The day from which spending is affected.
    pub impact_from: NaiveDate,
    /// The gross annual value per year.
    pub profile: Profile,
    /// The service that makes the gain.
    pub service: Option<Line>,
    /// The function that makes the gain.
    pub function: Option<Function>,
    /// Who brings it about.
    pub method: Option<Method>,
    /// How; it belongs to the method.
    pub technique: Option<Technique>,
    /// How far the change reaches.
    pub approach: Option<Approach>,
    /// Where the money comes from; efficiency unless stated.
    pub source: Option<Source>,
    /// Why an excluded source counts all the same.
    pub source_override: Option<Prose>,
    /// Whether the gain lasts; true unless stated.
    pub ongoing: Option<bool>,
    /// By what the quality of output is judged.
    pub quality_measure: Option<Prose>,
    /// Who is responsible for the gain.
    pub owner: Option<Line>,
    /// The scheme it is a share of.
    pub scheme: Option<Scheme>,
    /// When it should be looked at again.
    pub review_by: Option<NaiveDate>,
    /// Further headings to report it under.
    pub labels: Option<Labels>,
}

impl ClaimDetails {
    /// Where the money comes from.
    #[must_use]
    pub fn effective_source(&self) -> Source {
        self.source.unwrap_or(Source::Efficiency)
    }

    /// Whether the gain lasts.
    #[must_use]
    pub fn is_ongoing(&self) -> bool {
        self.ongoing.unwrap_or(true)
    }
}

/// What an amendment does to one optional field.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Gives it this value.
    Set(T),
    /// Clears it: `null`.
    Clear,
}

impl<T> Change<T> {
    /// Whether it leaves the field as it is.
    #[must_use]
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Makes the change.
    fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Set(value) => *field = Some(value),
            Self::Clear => *field = None,
        }
    }

    /// What the field would become.
    fn or<'a>(&'a self, field: Option<&'a T>) -> Option<&'a T> {
        match self {
            Self::Keep => field,
            Self::Set(value) => Some(value),
            Self::Clear => None,
        }
    }
}

/// What an amendment changes; at least one field.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "each field is the field of `ClaimDetails` with its name"
)]
pub struct ClaimChanges {
    pub title: Option<Line>,
    pub action: Option<Action>,
    pub impact_from: Option<NaiveDate>,
    /// Replaces the whole profile.
    pub profile: Option<Profile>,
    pub service: Change<Line>,
    pub function: Change<Function>,
    pub method: Change<Method>,
    pub technique: Change<Technique>,
    pub approach: Change<Approach>,
    pub source: Change<Source>,
    pub source_override: Change<Prose>,
    pub ongoing: Change<bool>,
    pub quality_measure: Change<Prose>,
    pub owner: Change<Line>,
    pub scheme: Change<Scheme>,
    pub review_by: Change<NaiveDate>,
    pub labels: Change<Labels>,
}

impl ClaimChanges {
    /// Whether nothing is changed: such an amendment is refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the technique would belong to the method after the change.
    #[must_use]
    pub fn technique_fits(&self, before: &ClaimDetails) -> bool {
        technique_fits(
            self.technique.or(before.technique.as_ref()).copied(),
            self.method.or(before.method.as_ref()).copied(),
        )
    }

    /// Makes the changes. Amending the source without an override ends the override (ruleset
    /// section 3).
    pub fn apply(self, details: &mut ClaimDetails) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        if !self.source.is_keep() {
            details.source_override = None;
        }
        set(&mut details.title, self.title);
        set(&mut details.action, self.action);
        set(&mut details.impact_from, self.impact_from);
        set(&mut details.profile, self.profile);
        self.service.apply(&mut details.service);
        self.function.apply(&mut details.function);
        self.method.apply(&mut details.method);
        self.technique.apply(&mut details.technique);
        self.approach.apply(&mut details.approach);
        self.source.apply(&mut details.source);
        self.source_override.apply(&mut details.source_override);
        self.ongoing.apply(&mut details.ongoing);
        self.quality_measure.apply(&mut details.quality_measure);
        self.owner.apply(&mut details.owner);
        self.scheme.apply(&mut details.scheme);
        self.review_by.apply(&mut details.review_by);
        self.labels.apply(&mut details.labels);
    }
}

/// Whether a technique belongs to the method; no technique belongs to any.
#[must_use]
pub fn technique_fits(technique: Option<Technique>, method: Option<Method>) -> bool {
    technique.is_none_or(|technique| method == Some(technique.method()))
}

/// The first year before the year of `impact_from` with a value above zero, if there is one: only
/// what a change brings from then on is its gain (ruleset section 3).
#[must_use]
pub fn value_before_impact(profile: &Profile, impact_from: NaiveDate) -> Option<FinancialYear> {
    let first = profile.first_accrual()?;
    (first.day_after() <= impact_from).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(text: &str) -> FinancialYear {
        text.parse().unwrap()
    }

    fn profile(years: &[(&str, &str)]) -> Profile {
        Profile::new(
            &years
                .iter()
                .map(|(y, m)| (year(y), m.parse().unwrap()))
                .collect(),
        )
        .unwrap()
    }

    #[test]
    fn a_stated_year_holds_until_the_next() {
        let p = profile(&[("2009/10", "0"), ("2010/11", "5"), ("2012/13", "0")]);
        let claimed: Vec<_> = year("2008/09")
            .to(year("2013/14"))
            .map(|y| p.claimed(y).pence())
            .collect();
        assert_eq!(claimed, [0, 0, 500, 500, 0, 0]);
        assert_eq!(p.first_accrual(), Some(year("2010/11")));
    }

    #[test]
    fn a_value_may_stand_in_the_year_of_impact_but_not_before() {
        let p = profile(&[("2008/09", "1")]);
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(value_before_impact(&p, day(2009, 3, 31)), None);
        assert_eq!(
            value_before_impact(&p, day(2009, 4, 1)),
            Some(year("2008/09"))
        );
        assert_eq!(
            value_before_impact(&profile(&[("2008/09", "0")]), day(2020, 1, 1)),
            None
        );
    }
}
