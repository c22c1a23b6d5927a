//! An audit sample: drawn so that nobody can have chosen it and anybody can draw it again.

use askama::Template;
use netgain_answers::evidence::Recorded;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::money::Sum;

use crate::components::{Button, ErrorSummary, Input, Select, SelectItem};
use crate::forms::problems::Problems;
use crate::frame::Frame;
use crate::link::Link;

/// What somebody asks for, as they typed it.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Whose claims.
    pub org: &'a OrgId,
    /// By their effect in which year.
    pub year: FinancialYear,
    /// How many draws.
    pub size: &'a str,
    /// The seed.
    pub seed: &'a str,
}

/// A sample that was drawn.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The root of the seal that it was drawn from, in base64.
    pub root: String,
    /// The position that the seal covers.
    pub position: Position,
    /// The name of the method.
    pub method: &'static str,
    /// The seed.
    pub seed: String,
    /// How many draws were made.
    pub draws: u32,
    /// What was drawn from.
    pub total: Sum,
    /// The distance between two draws.
    pub interval: Sum,
    /// The claims that were drawn.
    pub claims: Vec<Drawn>,
    /// Whether a newer seal covers more than this one.
    pub is_earlier: bool,
}

/// A claim that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its reference.
    pub claim: ClaimId,
    /// What it is called.
    pub title: String,
    /// What it adds to the claimed figure.
    pub effect: Sum,
    /// How many draws hit it.
    pub hits: u32,
    /// What was recorded about it.
    pub recorded: Recorded,
}

/// The form for a sample, and the sample.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/sample.html")]
pub struct SamplePage {
    frame: Frame,
    wrong: Option<ErrorSummary>,
    address: Link,
    year: Select,
    size: Input,
    seed: Input,
    draw: Button,
    drawn: Option<Shown>,
    proof: Link,
}

#[derive(Clone, Debug)]
struct Shown {
    year: FinancialYear,
    total: String,
    interval: String,
    rows: Vec<Row>,
    with_evidence: usize,
    command: String,
    totals: String,
    again: Link,
    sample: Sample,
}

#[derive(Clone, Debug)]
struct Row {
    claim: ClaimId,
    title: String,
    why: Link,
    history: Link,
    effect: String,
    hits: u32,
    events: u64,
    evidence: Option<String>,
}

impl SamplePage {
    /// What was drawn, or what is wrong with what was asked; or only the form.
    #[must_use]
    pub fn new(
        mut frame: Frame,
        asked: &Asked<'_>,
        years: &[FinancialYear],
        sample: Option<Sample>,
        problems: &Problems,
    ) -> Self {
        frame.has_errors = !problems.is_empty();
        let root = Link::organisation(asked.org);
        let mut years = years.to_vec();
        if !years.contains(&asked.year) {
            years.push(asked.year);
        }
        let years = years.into_iter().map(|year| {
            SelectItem::new(year.path(), year.to_string()).selected(year == asked.year)
        });
        Self {
            frame,
            wrong: problems.summary(),
            address: root.clone().to("sample"),
            year: Select::new("year", "Financial year").items(years),
            size: Input::new("size", "How many draws")
                .inputmode("numeric")
                .width(5)
                .value(asked.size)
                .error_message_if(problems.of("size")),
            seed: Input::new("seed", "Seed")
                .hint("Any text that nobody could know before the seal, such as dice thrown before witnesses: 3 5 1 6 2")
                .spellcheck(false)
                .value(asked.seed)
                .error_message_if(problems.of("seed")),
            draw: Button::new("Draw the sample"),
            drawn: sample.map(|sample| Shown::new(asked, sample)),
            proof: root.to("proof"),
        }
    }
}

impl Shown {
    fn new(asked: &Asked<'_>, sample: Sample) -> Self {
        let (org, year) = (asked.org, asked.year);
        let root = Link::organisation(org);
        let row = |drawn: &Drawn| {
            let why = root.clone().to("why").to(year.path());
            Row {
                claim: drawn.claim.clone(),
                title: drawn.title.clone(),
                why: why
                    .with("claim", &drawn.claim)
                    .with("basis", "claimed")
                    .with("position", sample.position),
                history: root.clone().to("history").with("claim", &drawn.claim),
                effect: pounds(drawn.effect),
                hits: drawn.hits,
                events: drawn.recorded.events,
                evidence: evidence(drawn.recorded),
            }
        };
        let rows: Vec<Row> = sample.claims.iter().map(row).collect();
        let totals = root.clone().to("totals").to(year.path());
        Self {
            year,
            total: pounds(sample.total),
            interval: pounds(sample.interval),
            with_evidence: rows.iter().filter(|row| row.evidence.is_some()).count(),
            rows,
            command: format!(
                "netgain sample --org {org} --year {} --size {} --seed {}",
                year.path(),
                sample.draws,
                quoted(&sample.seed)
            ),
            totals: format!("/api/v1{}", totals.with("position", sample.position)),
            again: root
                .to("sample")
                .with("year", year.path())
                .with("size", sample.draws)
                .with("seed", &sample.seed)
                .with("position", sample.position),
            sample,
        }
    }
}

fn evidence(recorded: Recorded) -> Option<String> {
    let documents = match recorded.documents {
        0 => return None,
        1 => "1 document".to_owned(),
        more => format!("{more} documents"),
    };
    Some(documents)
}

/// A text as a shell takes it for itself: within single quotes (POSIX, *Shell Command Language* 2.2.2).
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Tab;
    use crate::testing::{frame, org};

    #[test]
    fn whatever_the_seed_the_line_to_draw_again_is_one_command_and_inert() {
        assert_eq!(quoted("3 5 1"), "'3 5 1'");
        assert_eq!(quoted("it's; rm $(x)"), r"'it'\''s; rm $(x)'");
        let org = org();
        let asked = Asked {
            org: &org,
            year: "2009/10".parse().unwrap(),
            size: "4",
            seed: "<b>'&",
        };
        let sample = Sample {
            root: "root".to_owned(),
            position: Position::new(12),
            method: "netgain-sample/1",
            seed: asked.seed.to_owned(),
            draws: 4,
            total: Sum::from_pence(12_050_050),
            interval: Sum::from_pence(3_012_512),
            claims: vec![Drawn {
                claim: "HR-01".parse().unwrap(),
                title: "<i>Payroll</i>".to_owned(),
                effect: Sum::from_pence(-250_000),
                hits: 2,
                recorded: Recorded::default(),
            }],
            is_earlier: false,
        };
        let frame = frame(Tab::History, "Draw an audit sample");
        let html =
            SamplePage::new(frame, &asked, &[], Some(sample), &Problems::default()).to_string();
        assert!(
            !html.contains("<i>Payroll") && !html.contains("<b>'"),
            "{html}"
        );
        assert!(
            html.contains("--seed &#39;&#60;b&#62;&#39;\\&#39;&#39;&#38;&#39;"),
            "{html}"
        );
        assert!(html.contains("-£2,500.00") && html.contains("No evidence given"));
        assert!(html.contains("0 of 1"));
    }
}
