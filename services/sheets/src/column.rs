//! What the columns of a sheet mean, by their headings.

use std::fmt;

use netgain_events::financial_year::FinancialYear;

use crate::problem::quoted;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// A text field of a claim, by its name.
    Text(&'static str),
    /// A date field of a claim, by its name.
    Date(&'static str),
    Ongoing,
    SchemeId,
    SchemeTotal,
    /// A label, by its key.
    Label(String),
    /// The gain of that year.
    Profile(FinancialYear),
    /// What that year costs once.
    OneOff(FinancialYear),
    /// What every year costs from that one on.
    Recurring(FinancialYear),
}

const TEXT_FIELDS: [&str; 12] = [
    "claim",
    "title",
    "action",
    "service",
    "function",
    "method",
    "technique",
    "approach",
    "source",
    "source_override",
    "quality_measure",
    "owner",
];
const DATE_FIELDS: [&str; 2] = ["impact_from", "review_by"];
const ONGOING: &str = "ongoing";
const SCHEME_ID: &str = "scheme_id";
const SCHEME_TOTAL: &str = "scheme_total";
const LABEL: &str = "label:";
const ONE_OFF: &str = "one_off ";
const RECURRING: &str = "recurring ";

/// Characters of a label's key (interface, *Vocabularies*: `[a-z0-9-]{1,32}`).
const LABEL_KEY_MAX: usize = 32;

/// The columns that every sheet must have, beside one of a year.
pub(crate) const REQUIRED: [Column; 4] = [
    Column::Text("claim"),
    Column::Text("title"),
    Column::Text("action"),
    Column::Date("impact_from"),
];

impl Column {
    /// The column that a heading names; or what is wrong with it and the nearest known name.
    pub(crate) fn of_heading(heading: &str) -> Result<Self, String> {
        let words: Vec<_> = heading.split_whitespace().collect();
        let name = words.join(" ").to_lowercase();
        let known = |fields: &[&'static str]| fields.iter().find(|field| **field == name).copied();
        if let Some(field) = known(&TEXT_FIELDS) {
            return Ok(Self::Text(field));
        }
        if let Some(field) = known(&DATE_FIELDS) {
            return Ok(Self::Date(field));
        }
        match name.as_str() {
            ONGOING => return Ok(Self::Ongoing),
            SCHEME_ID => return Ok(Self::SchemeId),
            SCHEME_TOTAL => return Ok(Self::SchemeTotal),
            _ => {}
        }
        if let Some(key) = name.strip_prefix(LABEL) {
            return label(heading, key.trim_start());
        }
        let year_after = |start: &str| name.strip_prefix(start).and_then(year);
        let of_year = year_after("")
            .map(Self::Profile)
            .or_else(|| year_after(ONE_OFF).map(Self::OneOff))
            .or_else(|| year_after(RECURRING).map(Self::Recurring));
        of_year.ok_or_else(|| format!(
            "{} is not a column netgain knows; the nearest is \"{}\": rename it, or delete the column",
            quoted(heading),
            nearest(&name)
        ))
    }

    /// The year that Excel took for a month: typed as a heading, `2008/09` becomes the date
    /// 1 September 2008. (Until 2011/12; there is no thirteenth month.)
    pub(crate) fn of_date_heading(day: chrono::NaiveDate) -> Option<Self> {
        use chrono::Datelike;

        let year = u16::try_from(day.year())
            .ok()
            .and_then(FinancialYear::starting)?;
        let ends_in = u32::from(year.starts_in() + 1) % 100;
        (day.day() == 1 && day.month() == ends_in).then_some(Self::Profile(year))
    }
}

fn label(heading: &str, key: &str) -> Result<Column, String> {
    let in_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=LABEL_KEY_MAX).contains(&key.len()) && key.bytes().all(in_key) {
        return Ok(Column::Label(key.to_owned()));
    }
    Err(format!(
        "{} does not name a label; write \"label:\" and 1 to 32 letters a to z, digits or hyphens",
        quoted(heading)
    ))
}

fn year(text: &str) -> Option<FinancialYear> {
    text.parse()
        .or_else(|_| FinancialYear::from_path(text))
        .ok()
}

/// The heading that people see, in lower case.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(field) | Self::Date(field) => f.write_str(field),
            Self::Ongoing => f.write_str(ONGOING),
            Self::SchemeId => f.write_str(SCHEME_ID),
            Self::SchemeTotal => f.write_str(SCHEME_TOTAL),
            Self::Label(key) => write!(f, "{LABEL}{key}"),
            Self::Profile(year) => write!(f, "{year}"),
            Self::OneOff(year) => write!(f, "{ONE_OFF}{year}"),
            Self::Recurring(year) => write!(f, "{RECURRING}{year}"),
        }
    }
}

/// The known name that takes the fewest changes of letters; for a year, that year as it is
/// written here.
fn nearest(name: &str) -> String {
    let year = name
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 4)
        .and_then(|digits| digits.parse().ok())
        .and_then(FinancialYear::starting)
        .map_or_else(|| "2008/09".to_owned(), |year| year.to_string());
    let with_year = ["", ONE_OFF, RECURRING]
        .into_iter()
        .map(|start| format!("{start}{year}"));
    let fields =
        TEXT_FIELDS
            .into_iter()
            .chain(DATE_FIELDS)
            .chain([ONGOING, SCHEME_ID, SCHEME_TOTAL]);
    let names = fields.map(str::to_owned).chain(with_year);
    // A heading can be 32 KiB long; what tells it from a known name stands at its start.
    let start: Vec<_> = name.chars().take(40).collect();
    names
        .min_by_key(|known| changes(&start, known))
        .unwrap_or_default()
}

/// Levenshtein's distance.
fn changes(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (line, wanted) in to.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut next = vec![left];
        for (above, letter) in row.iter().skip(1).zip(from) {
            let replaced = diagonal + usize::from(*letter != wanted);
            left = replaced.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year_from(starts_in: u16) -> FinancialYear {
        FinancialYear::starting(starts_in).unwrap()
    }

    #[test]
    fn headings_are_known_in_any_case_and_spacing() {
        for (heading, column) in [
            ("Claim", Column::Text("claim")),
            ("IMPACT_FROM", Column::Date("impact_from")),
            ("Label: Risk-1", Column::Label("risk-1".to_owned())),
            ("2008/09", Column::Profile(year_from(2008))),
            ("2008-09", Column::Profile(year_from(2008))),
            ("1999/00", Column::Profile(year_from(1999))),
            ("One_Off  2008/09", Column::OneOff(year_from(2008))),
            ("recurring 2010-11", Column::Recurring(year_from(2010))),
        ] {
            assert_eq!(Column::of_heading(heading), Ok(column), "{heading:?}");
        }
        for column in REQUIRED {
            assert_eq!(Column::of_heading(&column.to_string()), Ok(column));
        }
    }

    #[test]
    fn an_unknown_heading_is_told_the_nearest() {
        for (heading, nearest) in [
            ("claims", "\"claim\""),
            ("impact from", "\"impact_from\""),
            ("Tittle", "\"title\""),
            ("one-off 2009/10", "\"one_off 2009/10\""),
            ("2008/2009", "\"2008/09\""),
            ("2011", "\"2011/12\""),
            ("recuring 2012/13", "\"recurring 2012/13\""),
            ("scheme total", "\"scheme_total\""),
        ] {
            let message = Column::of_heading(heading).unwrap_err();
            assert!(message.contains(nearest), "{heading:?} gave {message:?}");
        }
        assert!(
            Column::of_heading("label:Ünit")
                .unwrap_err()
                .contains("1 to 32 letters")
        );
        assert!(Column::of_heading(&format!("label:{}", "x".repeat(33))).is_err());
        assert!(Column::of_heading(&"x".repeat(30_000)).is_err());
    }

    #[test]
    fn a_year_that_became_a_date_is_recognised() {
        let day = |y, m, d| chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let year = |y| Some(Column::Profile(year_from(y)));
        assert_eq!(Column::of_date_heading(day(2008, 9, 1)), year(2008));
        assert_eq!(Column::of_date_heading(day(2011, 12, 1)), year(2011));
        assert_eq!(Column::of_date_heading(day(2008, 10, 1)), None);
        assert_eq!(Column::of_date_heading(day(2008, 9, 2)), None);
        assert_eq!(Column::of_date_heading(day(1899, 1, 1)), None);
    }
}
