//! The step `figure`: the figure follows from the events.

use netgain_events::fact::{StatedBasis, SumText};
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::{FoldError, Organisation};
use netgain_projections::basis::{Basis, BasisTotal};
use netgain_projections::totals::Totals;

use crate::archive::Archive;
use crate::bundle::statement::StatementEvent;
use crate::bundle::step::Checked;

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum FigureError {
    #[error("the events make no history, so no figure follows from them")]
    Fold(#[from] FoldError),
    #[error("the events' amounts do not add up")]
    Overflow(#[from] SumOverflow),
    #[error("the totals could not be made to compare with")]
    Document(#[from] serde_json::Error),
    #[error("the statement says {basis} {amount} {stated}, and {computed} follows from the events")]
    Amount {
        basis: &'static str,
        amount: &'static str,
        stated: String,
        computed: Sum,
    },
    #[error("totals.json differs from what follows from the events, from byte {at} on")]
    OtherTotals { at: usize },
    #[error("totals.json has the SHA-256 {found}, and the statement froze {stated}")]
    OtherDigest { stated: Sha256Hex, found: Sha256Hex },
}

/// Checks the figures against the events before the statement.
pub(super) fn check(
    archive: &Archive<'_>,
    before: Result<Organisation, FoldError>,
    issued: &StatementEvent,
) -> Checked<(), FigureError> {
    let state = before?;
    let figures = &issued.statement.figures;
    let totals = Totals::of(&state, issued.statement.year, issued.rules)?;
    for (basis, stated) in [
        (Basis::Claimed, &figures.claimed),
        (Basis::Validated, &figures.validated),
        (Basis::Assured, &figures.assured),
    ] {
        compare(basis, stated, totals.basis(basis))?;
    }
    let document = totals.document()?;
    let given = archive.file("totals.json").unwrap_or_default();
    if document != given {
        let same = document.iter().zip(given).take_while(|(a, b)| a == b);
        return Err(FigureError::OtherTotals { at: same.count() });
    }
    let (found, stated) = (Sha256Hex::of(given), figures.totals_sha256);
    if found != stated {
        return Err(FigureError::OtherDigest { stated, found });
    }
    let (claims, net) = (totals.claims.len(), totals.validated.net);
    Ok((
        (),
        format!("{net} net validated follows from {claims} claims"),
    ))
}

fn compare(basis: Basis, stated: &StatedBasis, computed: &BasisTotal) -> Result<(), FigureError> {
    let amounts = &computed.amounts;
    for (amount, stated, computed) in [
        ("gross", &stated.gross, amounts.gross),
        (
            "recurring_costs",
            &stated.recurring_costs,
            amounts.recurring_costs,
        ),
        ("deleted", &stated.deleted, amounts.deleted),
        (
            "one_off_costs",
            &stated.one_off_costs,
            amounts.one_off_costs,
        ),
        (
            "carry_forward",
            &stated.carry_forward,
            computed.carry_forward,
        ),
        ("net", &stated.net, computed.net),
    ] {
        if *stated != SumText::of(computed) {
            return Err(FigureError::Amount {
                basis: basis.as_str(),
                amount,
                stated: stated.as_str().to_owned(),
                computed,
            });
        }
    }
    Ok(())
}
