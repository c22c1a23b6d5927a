//! A year's gains by a heading: function, method, technique, approach, service or a label.

use std::str::FromStr;

use askama::Template;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::vocabulary::{Approach, Function, Method, Source, Technique};
use netgain_projections::percent::Percent;
use netgain_projections::reports::breakdown::{Group, Heading, breakdown};
use netgain_projections::totals::Totals;

use super::amounts::Pounds;
use crate::charts::ShareBar;
use crate::link::Link;
use crate::plain_words::PlainWords;

/// The most groups of a table: more than any of the vocabularies has. Services and labels are texts; of
/// those the largest are shown, and the rest in one row.
const GROUPS_MAX: usize = 12;

/// A table of groups. Its rows add up to the year's totals.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/groups.html")]
pub(super) struct GroupTable {
    id: String,
    title: String,
    column: String,
    notes: Vec<String>,
    rows: Vec<GroupRow>,
    claims: usize,
    claimed: Pounds,
    validated: Pounds,
}

impl askama::filters::HtmlSafe for GroupTable {}

#[derive(Clone, Debug)]
struct GroupRow {
    name: String,
    link: Option<Link>,
    claims: Option<usize>,
    claimed: Pounds,
    validated: Pounds,
    share: Option<Percent>,
    bar: ShareBar,
}

impl GroupTable {
    /// The table of a heading; nothing where no gain states anything under it. `link` leads to a group's
    /// own page, where it has one.
    pub(super) fn of(
        totals: &Totals<'_>,
        heading: &Heading,
        link: impl Fn(&str) -> Option<Link>,
    ) -> Result<Option<Self>, SumOverflow> {
        let groups = breakdown(totals, heading)?;
        if groups.iter().all(|group| group.value.is_none()) {
            return Ok(None);
        }
        let (mut claims, mut claimed, mut validated) = (0, Sum::ZERO, Sum::ZERO);
        for group in &groups {
            claims += group.claims;
            claimed = claimed.plus(group.claimed)?;
            validated = validated.plus(group.validated)?;
        }
        let named = |group: &Group| GroupRow {
            name: match &group.value {
                Some(value) => name(heading, value),
                None => "Not stated".to_owned(),
            },
            link: group.value.as_deref().and_then(&link),
            ..GroupRow::of(group, claimed)
        };
        let (shown, rest) = groups.split_at(groups.len().min(GROUPS_MAX));
        let mut rows: Vec<GroupRow> = shown.iter().map(named).collect();
        rows.extend(others(rest, claimed)?);
        rows.extend(carry_forward(totals));
        let what = what(heading);
        Ok(Some(Self {
            id: format!("by-{what}").replace([' ', ':'], "-"),
            title: format!("By {what}"),
            column: capitalised(&what),
            notes: Vec::new(),
            rows,
            claims,
            claimed: Pounds(totals.claimed.net),
            validated: Pounds(totals.validated.net),
        }))
    }

    /// Adds a sentence above the table.
    pub(super) fn note(mut self, sentence: String) -> Self {
        self.notes.push(sentence);
        self
    }
}

impl GroupRow {
    /// Without its name.
    fn of(group: &Group, whole: Sum) -> Self {
        Self {
            name: String::new(),
            link: None,
            claims: Some(group.claims),
            claimed: Pounds(group.claimed),
            validated: Pounds(group.validated),
            share: Percent::share(group.claimed, whole),
            bar: ShareBar::of(group.claimed, whole),
        }
    }
}

fn others(rest: &[Group], whole: Sum) -> Result<Option<GroupRow>, SumOverflow> {
    if rest.is_empty() {
        return Ok(None);
    }
    let mut sum = Group::default();
    for group in rest {
        sum.claims += group.claims;
        sum.claimed = sum.claimed.plus(group.claimed)?;
        sum.validated = sum.validated.plus(group.validated)?;
    }
    Ok(Some(GroupRow {
        name: format!("{} more", rest.len()),
        ..GroupRow::of(&sum, whole)
    }))
}

/// It belongs to no claim and so to no group, and counts in the totals all the same.
fn carry_forward(totals: &Totals<'_>) -> Option<GroupRow> {
    let (claimed, validated) = (totals.claimed.carry_forward, totals.validated.carry_forward);
    (claimed != Sum::ZERO).then(|| GroupRow {
        name: "Carried forward".to_owned(),
        link: None,
        claims: None,
        claimed: Pounds(claimed),
        validated: Pounds(validated),
        share: None,
        bar: ShareBar::of(Sum::ZERO, claimed),
    })
}

fn what(heading: &Heading) -> String {
    match heading {
        Heading::Function => "function".to_owned(),
        Heading::Method => "method".to_owned(),
        Heading::Technique => "technique".to_owned(),
        Heading::Approach => "approach".to_owned(),
        Heading::Service => "service".to_owned(),
        Heading::Source => "source".to_owned(),
        Heading::Label(key) => key.as_str().replace('-', " "),
    }
}

fn name(heading: &Heading, value: &str) -> String {
    let plain = match heading {
        Heading::Function => plain::<Function>(value),
        Heading::Method => plain::<Method>(value),
        Heading::Technique => plain::<Technique>(value),
        Heading::Approach => plain::<Approach>(value),
        Heading::Source => plain::<Source>(value),
        // Texts that somebody typed.
        Heading::Service | Heading::Label(_) => None,
    };
    plain.unwrap_or(value).to_owned()
}

/// A word of a vocabulary in plain words.
fn plain<T: PlainWords + FromStr>(word: &str) -> Option<&'static str> {
    word.parse::<T>().ok().map(T::plain)
}

pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use netgain_events::state::Organisation;

    use super::*;
    use crate::testing::sampleborough;

    fn totals(state: &Organisation) -> Totals<'_> {
        netgain_answers::totals::totals(state, "2010/11".parse().unwrap()).unwrap()
    }

    fn table(state: &Organisation, heading: &str) -> Option<GroupTable> {
        GroupTable::of(&totals(state), &heading.parse().unwrap(), |_| None).unwrap()
    }

    #[test]
    fn the_rows_of_every_table_add_up_to_the_totals() {
        let state = sampleborough();
        let totals = totals(&state);
        for heading in [
            "function",
            "method",
            "technique",
            "approach",
            "service",
            "label:portfolio",
        ] {
            let table = table(&state, heading).unwrap();
            let (mut claimed, mut validated) = (Sum::ZERO, Sum::ZERO);
            for row in &table.rows {
                claimed = claimed.plus(row.claimed.0).unwrap();
                validated = validated.plus(row.validated.0).unwrap();
            }
            assert_eq!(claimed, totals.claimed.net, "{heading}");
            assert_eq!(validated, totals.validated.net, "{heading}");
            assert_eq!(table.claims, totals.claims.len(), "{heading}");
        }
        assert!(
            totals.claimed.carry_forward.is_positive(),
            "a row of its own"
        );
    }

    #[test]
    fn a_heading_that_no_gain_states_has_no_table() {
        assert!(table(&sampleborough(), "label:nobody-uses-this").is_none());
    }

    #[test]
    fn words_of_the_vocabulary_become_words_for_people() {
        let html = table(&sampleborough(), "function").unwrap().to_string();
        for words in [
            "By function",
            "Human resources",
            "Information technology",
            "A front-line service",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
    }

    #[test]
    fn the_smallest_of_many_groups_are_in_one_row() {
        let group = |pence| Group {
            claims: 1,
            claimed: Sum::from_pence(pence),
            validated: Sum::ZERO,
            ..Group::default()
        };
        let row = others(&[group(5), group(6)], Sum::from_pence(22))
            .unwrap()
            .unwrap();
        assert_eq!((row.name.as_str(), row.claims), ("2 more", Some(2)));
        assert_eq!(row.claimed, Pounds(Sum::from_pence(11)));
        assert_eq!(row.share.unwrap().to_string(), "50.0");
        assert!(others(&[], Sum::ZERO).unwrap().is_none());
    }
}
