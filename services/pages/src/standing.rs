//! How a claim stands in a year, in words: whether it counts, and why not (ruleset sections 3, 5, 6).

use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Claim;
use netgain_projections::eligibility::Reason;
use netgain_projections::levels::Levels;
use netgain_projections::line::{Line, Status};

use crate::components::{Tag, TagColour};
use crate::plain_words::PlainWords;

/// The three-year rule as people need to know it (ruleset section 5).
pub const THREE_YEAR_RULE: &str = "A gain counts only if it lasts: the financial year in which it starts and two \
     full financial years after. Whatever ends sooner is deleted from every year.";

/// How a claim stands in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// In a word or two.
    pub word: &'static str,
    /// What of it does not count, and why; or that it counts.
    pub sentence: String,
    status: Status,
}

impl Standing {
    /// Of a claim in a year, whose line is known.
    ///
    /// # Errors
    /// Costs added up past the range of a sum.
    pub fn of(claim: &Claim, line: &Line, year: FinancialYear) -> Result<Self, SumOverflow> {
        let sentence = match line.status {
            Status::Withdrawn => "Does not count: it was withdrawn.".to_owned(),
            Status::Ineligible => ineligible(claim, &line.reasons),
            Status::Expected => expected(claim),
            Status::Failed => failed(claim, year)?,
            Status::Ended if line.amounts.net()?.pence() < 0 => {
                "Has ended, and a running cost of it goes on.".to_owned()
            }
            Status::Ended => "Has ended: it counted in earlier years.".to_owned(),
            Status::Proven => counts(line, "Counts: checked in each of its first three years."),
            Status::Provisional => counts(line, "Counts, as long as it lasts."),
        };
        Ok(Self {
            word: word(line.status),
            sentence,
            status: line.status,
        })
    }

    /// The word as a tag.
    #[must_use]
    pub fn tag(&self) -> Tag {
        let colour = match self.status {
            Status::Provisional => return Tag::new(self.word),
            Status::Withdrawn | Status::Ended => TagColour::Grey,
            Status::Ineligible => TagColour::Orange,
            Status::Failed => TagColour::Red,
            Status::Expected => TagColour::Yellow,
            Status::Proven => TagColour::Green,
        };
        Tag::new(self.word).colour(colour)
    }

    /// Whether it is kept from counting by what it is or does, and not by time.
    #[must_use]
    pub const fn is_kept_out(&self) -> bool {
        matches!(self.status, Status::Ineligible | Status::Failed)
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Withdrawn => "Withdrawn",
        Status::Ineligible => "Ineligible",
        Status::Expected => "Expected",
        Status::Failed => "Failed",
        Status::Ended => "Ended",
        Status::Proven => "Proven",
        Status::Provisional => "Provisional",
    }
}

fn counts(line: &Line, so: &str) -> String {
    let deleted = line.amounts.deleted;
    if deleted.is_positive() {
        let deleted = pounds(deleted);
        format!("{so} {deleted} of it does not count: that part lasts under three financial years.")
    } else {
        so.to_owned()
    }
}

fn ineligible(claim: &Claim, reasons: &[Reason]) -> String {
    let why: Vec<String> = reasons
        .iter()
        .map(|reason| because(claim, *reason))
        .collect();
    format!("Does not count: {}.", why.join("; "))
}

/// Why a claim is ineligible.
fn because(claim: &Claim, reason: Reason) -> String {
    match reason {
        Reason::ExcludedSource => format!(
            "the money comes from somewhere other than efficiency (“{}”)",
            claim.details.effective_source().plain()
        ),
        Reason::ImpactBeforeApril2008 => "it began before April 2008".to_owned(),
        Reason::NotCashable => "it releases no cash".to_owned(),
        Reason::NotOngoing => "it does not last".to_owned(),
    }
}

fn expected(claim: &Claim) -> String {
    match claim.details.profile.first_accrual() {
        Some(first) => format!("Does not count yet: it first saves something in {first}."),
        None => "Does not count: its value is zero in every year.".to_owned(),
    }
}

fn failed(claim: &Claim, year: FinancialYear) -> Result<String, SumOverflow> {
    let mut saves = false;
    let levels = Levels::of(claim, year, &NI179_V1)?;
    if let (Some(levels), Some(first)) = (levels, claim.details.profile.first_accrual()) {
        let last = FinancialYear::starting(levels.horizon()).unwrap_or(FinancialYear::LAST);
        for year in first.to(last.max(first)) {
            let level = levels.at(year);
            saves |= level.gross.minus(level.recurring)? > Sum::ZERO;
        }
    }
    Ok(if saves {
        "Does not count: no part of it lasts three financial years.".to_owned()
    } else {
        "Does not count: nothing of it is left after what it costs to run.".to_owned()
    })
}
