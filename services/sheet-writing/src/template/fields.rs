//! The columns of the template: what goes into each, and what a person is told about it.

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::LabelKey;
use netgain_events::vocabulary::{Action, Approach, Function, Method, Source, Technique};

use super::Layout;

/// What goes into a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Text,
    Day,
    Pounds,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// A column of the sheet.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) heading: String,
    pub(super) entry: Entry,
    pub(super) needed: &'static str,
    pub(super) guidance: &'static str,
    pub(super) of: Of,
}

/// Which part of a claim a column holds.
#[derive(Clone, Debug)]
pub(super) enum Of {
    Claim,
    Title,
    Action,
    ImpactFrom,
    Service,
    Function,
    Method,
    Technique,
    Approach,
    Source,
    SourceOverride,
    Ongoing,
    QualityMeasure,
    Owner,
    SchemeId,
    SchemeTotal,
    ReviewBy,
    Label(LabelKey),
    Profile(FinancialYear),
    /// Costs are events of their own and are not filled in.
    Cost,
}

const NEEDED: &str = "Yes";
const OPTIONAL: &str = "No";
const YES_OR_NO: &[&str] = &["TRUE", "FALSE"];

/// The columns, in the order of the import's table.
pub(super) fn fields(layout: &Layout) -> Vec<Field> {
    let mut fields = fixed();
    for key in &layout.labels {
        let heading = format!("label:{key}");
        fields.push(text(
            &heading,
            Of::Label(key.clone()),
            "A label to report claims by.",
        ));
    }
    for year in &layout.years {
        let guidance = "The gain of that year before any cost, in pounds. At least one year in every row; a \
                        blank year keeps the value of the year before.";
        fields.push(field(
            &year.to_string(),
            Entry::Pounds,
            Of::Profile(*year),
            "One of the years",
            guidance,
        ));
    }
    for year in &layout.cost_years {
        let heading = format!("one_off {year}");
        let guidance = "What the change costs once, in that year, in pounds.";
        fields.push(field(&heading, Entry::Pounds, Of::Cost, OPTIONAL, guidance));
    }
    for year in &layout.cost_years {
        let heading = format!("recurring {year}");
        let guidance = "What the change costs every year from that one on, in pounds; 0 ends it.";
        fields.push(field(&heading, Entry::Pounds, Of::Cost, OPTIONAL, guidance));
    }
    fields
}

fn field(
    heading: &str,
    entry: Entry,
    of: Of,
    needed: &'static str,
    guidance: &'static str,
) -> Field {
    Field {
        heading: heading.to_owned(),
        entry,
        needed,
        guidance,
        of,
    }
}

fn text(heading: &str, of: Of, guidance: &'static str) -> Field {
    field(heading, Entry::Text, of, OPTIONAL, guidance)
}

fn word(heading: &str, words: &'static [&'static str], of: Of, guidance: &'static str) -> Field {
    field(heading, Entry::Word(words), of, OPTIONAL, guidance)
}

/// The columns that every sheet has.
fn fixed() -> Vec<Field> {
    vec![
        field(
            "claim",
            Entry::Text,
            Of::Claim,
            NEEDED,
            "Your own reference of the claim: letters, digits, dots, hyphens and underscores. Once used it is never used again.",
        ),
        field(
            "title",
            Entry::Text,
            Of::Title,
            NEEDED,
            "What changed, in a few words on one line.",
        ),
        field(
            "action",
            Entry::Word(Action::WORDS),
            Of::Action,
            NEEDED,
            "What kind of change it is. Only the first two release cash and count.",
        ),
        field(
            "impact_from",
            Entry::Day,
            Of::ImpactFrom,
            NEEDED,
            "The day from which less is spent, like 01/04/2009: day first.",
        ),
        text("service", Of::Service, "The service that makes the gain."),
        word(
            "function",
            Function::WORDS,
            Of::Function,
            "The function that makes the gain; all but front-line are back office.",
        ),
        word(
            "method",
            Method::WORDS,
            Of::Method,
            "Who brings the change about.",
        ),
        word(
            "technique",
            Technique::WORDS,
            Of::Technique,
            "How; it has to belong to the method.",
        ),
        word(
            "approach",
            Approach::WORDS,
            Of::Approach,
            "How far the change reaches.",
        ),
        word(
            "source",
            Source::WORDS,
            Of::Source,
            "Where the money comes from; blank means efficiency. Nothing else counts without a reason in source_override.",
        ),
        text(
            "source_override",
            Of::SourceOverride,
            "Why a source counts all the same.",
        ),
        word(
            "ongoing",
            YES_OR_NO,
            Of::Ongoing,
            "Whether the gain lasts; blank means TRUE.",
        ),
        text(
            "quality_measure",
            Of::QualityMeasure,
            "How you will see that the service is at least as good.",
        ),
        text("owner", Of::Owner, "Who is responsible for the gain."),
        text(
            "scheme_id",
            Of::SchemeId,
            "For a gain shared with other organisations: the scheme's reference. Then scheme_total is needed too.",
        ),
        field(
            "scheme_total",
            Entry::Pounds,
            Of::SchemeTotal,
            OPTIONAL,
            "The whole gain of the scheme a year, over all its organisations.",
        ),
        field(
            "review_by",
            Entry::Day,
            Of::ReviewBy,
            OPTIONAL,
            "When to look at the claim again, like 31/03/2011.",
        ),
    ]
}
