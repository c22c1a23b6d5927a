//! The carry-forward: SR04 gains above the 7.5 % target that still continue (ruleset section 7).

use netgain_events::fact::CarryForward;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::Ruleset;
use netgain_events::state::CarryForwardState;

use crate::basis::Basis;

/// What a declaration comes to: `max(0, ongoing − 7.5 % × baseline) × uplift`, computed exactly and
/// rounded once, half up, to the penny.
pub fn declared_value(declared: &CarryForward, rules: &Ruleset) -> Result<Sum, SumOverflow> {
    let ongoing = i128::from(declared.ongoing_cashable.pence());
    let baseline = i128::from(declared.baseline_2004_05.pence());
    // In thousandths of a penny: at most 10^14 pence times 10^3.
    let excess = (ongoing * 1000 - baseline * rules.carry_forward_threshold_per_mille).max(0);
    // The uplift has at most 13 digits, so the product stays below 10^31 and the doubling too.
    let (rate, scale) = declared
        .uplift
        .as_ref()
        .map_or((1, 0), |uplift| uplift.fraction());
    let divisor = 10_i128
        .checked_pow(scale)
        .and_then(|d| d.checked_mul(1000))
        .ok_or(SumOverflow)?;
    let exact = excess.checked_mul(rate).ok_or(SumOverflow)?;
    let half_up = exact
        .checked_mul(2)
        .and_then(|twice| twice.checked_add(divisor));
    Ok(Sum::from_pence(half_up.ok_or(SumOverflow)? / (divisor * 2)))
}

/// What of it still exists in a year: each check caps it from its year on. Nothing before the
/// ruleset's first year.
pub fn value(
    state: &CarryForwardState,
    year: FinancialYear,
    rules: &Ruleset,
) -> Result<Sum, SumOverflow> {
    if year < rules.first_year {
        return Ok(Sum::ZERO);
    }
    let declared = declared_value(&state.declared, rules)?;
    let caps = state
        .checks
        .iter()
        .take_while(|(checked, _)| **checked <= year);
    Ok(caps.fold(declared, |value, (_, (verified, _))| {
        value.min(Sum::from(*verified))
    }))
}

/// Whether a basis counts it in a year.
#[must_use]
pub fn counts_in(state: &CarryForwardState, year: FinancialYear, basis: Basis) -> bool {
    let validated = state.validated_by.is_some();
    match basis {
        Basis::Claimed => true,
        Basis::Validated => validated,
        Basis::Assured => {
            let check = state.checks.get(&year);
            validated && check.is_some_and(|(_, checker)| !checker.is(&state.declarer))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_events::ruleset::NI179_V1;

    fn value_of(ongoing: &str, baseline: &str, uplift: Option<&str>) -> String {
        let declared = CarryForward {
            ongoing_cashable: ongoing.parse().unwrap(),
            baseline_2004_05: baseline.parse().unwrap(),
            uplift: uplift.map(|u| u.parse().unwrap()),
            source: None,
        };
        declared_value(&declared, &NI179_V1).unwrap().to_string()
    }

    #[test]
    fn the_excess_is_uplifted_exactly_and_rounded_once_half_up() {
        assert_eq!(value_of("900000", "10000000", None), "150000.00");
        assert_eq!(
            value_of("1234567.89", "10000000", Some("1.0275")),
            "497893.51"
        );
        assert_eq!(value_of("5", "10000000", None), "0.00");
        assert_eq!(value_of("0.01", "0", Some("0.5")), "0.01");
        assert_eq!(value_of("0.01", "0", Some("0.4999999999")), "0.00");
        assert_eq!(
            value_of("999999999999.99", "0", Some("999.9999999999")),
            "999999999999890.00"
        );
    }
}
