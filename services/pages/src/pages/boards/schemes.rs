//! Schemes that organisations share: their parts against the whole, so that no pound is counted twice.

use std::collections::BTreeMap;

use netgain_events::identifier::SchemeId;
use netgain_events::money::{Money, Sum, SumOverflow};

use super::row::{OrganisationRow, SchemePart};
use crate::link::Link;
use crate::pages::board::Pounds;

/// How many schemes are shown.
const SCHEMES_SHOWN_MAX: usize = 50;

/// A scheme and its parts in the organisations shown.
#[derive(Clone, Debug)]
pub(super) struct SharedScheme {
    pub(super) scheme: SchemeId,
    /// Its whole gross value a year: the largest that is stated.
    pub(super) whole: Pounds,
    /// Whether its organisations state different wholes.
    pub(super) wholes_differ: bool,
    pub(super) parts: Vec<Part>,
    pub(super) sum: Pounds,
    /// By how much the parts are more than the whole.
    pub(super) too_much: Option<Pounds>,
}

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) claim: String,
    pub(super) link: Link,
    pub(super) gross: Pounds,
}

/// The schemes that the organisations have parts of; those counted twice come first.
pub(super) fn schemes<'r>(
    rows: impl Iterator<Item = &'r OrganisationRow>,
) -> Result<Vec<SharedScheme>, SumOverflow> {
    let mut found: BTreeMap<&SchemeId, Vec<(&OrganisationRow, &SchemePart)>> = BTreeMap::new();
    for row in rows {
        for part in &row.parts {
            found.entry(&part.scheme).or_default().push((row, part));
        }
    }
    let mut listed = Vec::with_capacity(found.len());
    for (scheme, parts) in found {
        listed.push(shared(scheme, &parts)?);
    }
    listed.sort_by_key(|it| it.too_much.is_none());
    listed.truncate(SCHEMES_SHOWN_MAX);
    Ok(listed)
}

fn shared(
    scheme: &SchemeId,
    parts: &[(&OrganisationRow, &SchemePart)],
) -> Result<SharedScheme, SumOverflow> {
    let mut sum = Sum::ZERO;
    for (_, part) in parts {
        sum = sum.plus(part.gross)?;
    }
    let wholes = || parts.iter().map(|(_, part)| part.whole);
    let whole = Sum::from(wholes().max().unwrap_or(Money::ZERO));
    let above = sum.minus(whole)?;
    let part = |(row, part): &(&OrganisationRow, &SchemePart)| Part {
        name: row.name(),
        claim: part.claim.to_string(),
        link: Link::organisation(&row.org).to("claims").to(&part.claim),
        gross: Pounds(part.gross),
    };
    Ok(SharedScheme {
        scheme: scheme.clone(),
        whole: Pounds(whole),
        wholes_differ: wholes().min() != wholes().max(),
        parts: parts.iter().map(part).collect(),
        sum: Pounds(sum),
        too_much: above.is_positive().then_some(Pounds(above)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::row;
    use super::*;

    fn part(scheme: &str, whole: &str, gross: i128) -> SchemePart {
        SchemePart {
            scheme: scheme.parse().unwrap(),
            whole: whole.parse().unwrap(),
            claim: "C1".parse().unwrap(),
            gross: Sum::from_pence(gross),
        }
    }

    #[test]
    fn parts_that_are_more_than_the_whole_are_told_first() {
        let rows = [
            OrganisationRow {
                parts: vec![part("A", "6400", 300_000), part("B", "6400", 500_000)],
                ..row("X00000001")
            },
            OrganisationRow {
                parts: vec![part("A", "6400", 340_000), part("B", "6000", 200_000)],
                ..row("X00000002")
            },
        ];
        let found = schemes(rows.iter()).unwrap();
        let [twice, once] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!((twice.scheme.as_str(), once.scheme.as_str()), ("B", "A"));
        // To the penny: the parts of A are its whole, and not more.
        assert_eq!(
            (once.sum, once.whole),
            (Pounds(Sum::from_pence(640_000)), once.sum)
        );
        assert_eq!(once.too_much, None);
        assert_eq!(twice.too_much, Some(Pounds(Sum::from_pence(60_000))));
        assert!(twice.wholes_differ && !once.wholes_differ);
    }
}
