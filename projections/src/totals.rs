//! An organisation's total for a year on the three bases (ruleset section 7).

use netgain_events::fact::{StatedBasis, StatedFigures, SumText};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::Ruleset;
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::Organisation;
use netgain_events::text::Line as TextLine;
use serde::Serialize;

use crate::basis::{Basis, BasisTotal};
use crate::carry_forward;
use crate::line::{ClaimLine, Line};

/// The total of a year, with the line of each claim, as known at a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals<'s> {
    /// Whose total it is.
    pub org: &'s OrgId,
    /// For which year.
    pub year: FinancialYear,
    /// By which rules.
    pub rules: &'static Ruleset,
    /// As known at which position.
    pub position: Position,
    /// All lines.
    pub claimed: BasisTotal,
    /// Validated lines; the headline is its net.
    pub validated: BasisTotal,
    /// Assured lines.
    pub assured: BasisTotal,
    /// Every claim, in code-point order of its reference.
    pub claims: Vec<ClaimLine<'s>>,
}

impl<'s> Totals<'s> {
    /// The total of a year from the facts in force.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn of(
        state: &'s Organisation,
        year: FinancialYear,
        rules: &'static Ruleset,
    ) -> Result<Self, SumOverflow> {
        let mut claims = Vec::with_capacity(state.claims.len());
        for (id, claim) in &state.claims {
            let line = Line::of(claim, year, rules)?;
            let net = line.amounts.net()?;
            claims.push(ClaimLine {
                id,
                claim,
                line,
                net,
            });
        }
        let total = |basis| basis_total(state, year, rules, &claims, basis);
        let (claimed, validated, assured) = (
            total(Basis::Claimed)?,
            total(Basis::Validated)?,
            total(Basis::Assured)?,
        );
        Ok(Self {
            org: &state.org,
            year,
            rules,
            position: state.position,
            claimed,
            validated,
            assured,
            claims,
        })
    }

    /// The total of one basis.
    #[must_use]
    pub const fn basis(&self, basis: Basis) -> &BasisTotal {
        match basis {
            Basis::Claimed => &self.claimed,
            Basis::Validated => &self.validated,
            Basis::Assured => &self.assured,
        }
    }

    /// The totals document: the JSON of `netgain totals --json`, without a line feed. A statement
    /// carries its SHA-256.
    pub fn document(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The figures a statement freezes.
    ///
    /// # Errors
    /// The document could not be written.
    pub fn stated(&self) -> Result<StatedFigures, SumOverflow> {
        let document = self.document().map_err(|_| SumOverflow)?;
        Ok(StatedFigures {
            ruleset: self.rules.id.parse::<TextLine>().map_err(|_| SumOverflow)?,
            known_at: self.position,
            claimed: stated(&self.claimed),
            validated: stated(&self.validated),
            assured: stated(&self.assured),
            totals_sha256: Sha256Hex::of(&document),
        })
    }
}

fn basis_total(
    state: &Organisation,
    year: FinancialYear,
    rules: &Ruleset,
    claims: &[ClaimLine<'_>],
    basis: Basis,
) -> Result<BasisTotal, SumOverflow> {
    let mut total = BasisTotal::default();
    for claim in claims.iter().filter(|claim| claim.line.counts_in(basis)) {
        total.amounts.add(&claim.line.amounts)?;
    }
    total.carry_forward = match &state.carry_forward {
        Some(declared) if carry_forward::counts_in(declared, year, basis) => {
            carry_forward::value(declared, year, rules)?
        }
        Some(_) | None => Sum::ZERO,
    };
    total.net = total.amounts.net()?.plus(total.carry_forward)?;
    Ok(total)
}

fn stated(total: &BasisTotal) -> StatedBasis {
    StatedBasis {
        gross: SumText::of(total.amounts.gross),
        recurring_costs: SumText::of(total.amounts.recurring_costs),
        deleted: SumText::of(total.amounts.deleted),
        one_off_costs: SumText::of(total.amounts.one_off_costs),
        carry_forward: SumText::of(total.carry_forward),
        net: SumText::of(total.net),
    }
}

impl Serialize for Totals<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Totals", 9)?;
        object.serialize_field("org", self.org)?;
        object.serialize_field("year", &self.year)?;
        object.serialize_field("regime", self.rules.regime)?;
        object.serialize_field("ruleset", self.rules.id)?;
        object.serialize_field("position", &self.position)?;
        object.serialize_field("claimed", &self.claimed)?;
        object.serialize_field("validated", &self.validated)?;
        object.serialize_field("assured", &self.assured)?;
        object.serialize_field("claims", &self.claims)?;
        object.end()
    }
}

impl Serialize for ClaimLine<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let amounts = &self.line.amounts;
        let mut object = serializer.serialize_struct("ClaimLine", 10)?;
        object.serialize_field("claim", self.id)?;
        object.serialize_field("status", &self.line.status)?;
        object.serialize_field("reasons", &self.line.reasons)?;
        object.serialize_field("gross", &amounts.gross)?;
        object.serialize_field("recurring_costs", &amounts.recurring_costs)?;
        object.serialize_field("deleted", &amounts.deleted)?;
        object.serialize_field("one_off_costs", &amounts.one_off_costs)?;
        object.serialize_field("net", &self.net)?;
        object.serialize_field("validated", &self.line.validated)?;
        object.serialize_field("assured", &self.line.assured)?;
        object.end()
    }
}
