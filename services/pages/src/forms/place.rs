//! Where a form stands: in which organisation, about which gain and which part of it, on which day.

use std::sync::Arc;

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::ClaimId;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{Claim, Organisation};

use super::command::Members;
use super::form::Cover;
use crate::frame::Tab;
use crate::link::Link;
use crate::year;

/// How many years to come can be chosen: a gain is planned for a medium-term plan and a contract.
const YEARS_TO_COME: usize = 10;

/// Where a form stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'s> {
    /// The organisation as it stands now.
    pub state: &'s Organisation,
    /// The gain in the form's address.
    pub claim: Option<&'s str>,
    /// The part of the gain in the form's address: an offset, a challenge, a redeployment.
    pub part: Option<&'s str>,
    /// The year in the form's address.
    pub year: Option<FinancialYear>,
    /// Today.
    pub today: NaiveDate,
}

/// Why there is no such form: a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoForm(pub String);

/// A gain that can still be changed.
#[derive(Clone, Debug)]
pub struct OpenClaim {
    /// Its reference.
    pub id: ClaimId,
    /// What is in force about it.
    pub claim: Arc<Claim>,
    /// Its page.
    pub page: Link,
}

impl OpenClaim {
    /// The gain's reference and title.
    #[must_use]
    pub fn caption(&self) -> String {
        format!("{} – {}", self.id, self.claim.details.title)
    }

    /// What stands around a small form about it.
    pub(super) fn cover(&self, title: &str, submit: &'static str) -> Cover {
        Cover {
            title: title.to_owned(),
            caption: Some(self.caption()),
            intro: Vec::new(),
            warning: None,
            submit,
            back: self.page.clone(),
            wide: false,
            tab: Tab::Gains,
        }
    }

    /// A command of that type about it.
    pub(super) fn command(&self, kind: &str) -> Members {
        let mut command = Members::of(kind);
        command.put("claim", &self.id);
        command
    }
}

impl Place<'_> {
    /// The gain in the form's address.
    pub fn open_claim(&self) -> Result<OpenClaim, NoForm> {
        let text = self.claim.unwrap_or_default();
        let Some((id, claim)) = self.state.claims.get_key_value(text) else {
            return Err(NoForm(format!(
                "There is no gain {text:?} here; look for it among the gains (capitals matter)."
            )));
        };
        if claim.withdrawn.is_some() {
            return Err(NoForm(format!(
                "{id} was withdrawn and cannot be changed any more; log a new gain instead."
            )));
        }
        Ok(OpenClaim {
            page: Link::organisation(&self.state.org).to("claims").to(id),
            id: id.clone(),
            claim: Arc::clone(claim),
        })
    }

    /// The part in the form's address, out of those that can be meant.
    pub(super) fn part_of<T>(&self, find: impl FnOnce(&str) -> Option<T>) -> Result<T, NoForm> {
        let text = self.part.unwrap_or_default();
        find(text).ok_or_else(|| {
            NoForm(format!(
                "The gain has no {text:?} that stands; it may have been cancelled or closed since."
            ))
        })
    }

    /// The years that can be chosen.
    #[must_use]
    pub fn years(&self) -> Vec<FinancialYear> {
        let today = year::current(self.today);
        let last = today.to(FinancialYear::LAST).take(YEARS_TO_COME + 1).last();
        NI179_V1.first_year.to(last.unwrap_or(today)).collect()
    }
}
