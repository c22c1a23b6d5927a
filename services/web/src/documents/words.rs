//! Words of a vocabulary: each list is the very one that decides what is accepted or said.

use netgain_answers::report_name;
use netgain_events::fact::FactKind;
use netgain_events::{access, authority, vocabulary};
use netgain_projections::reports::{challenges, due};
use netgain_projections::{basis, eligibility, line};

use super::value::{described, words};

described! {
    /// What kind of change brings the gain; the first two release cash.
    Action = |about| words(about, vocabulary::Action::WORDS);
    /// Where the money comes from; only `efficiency` counts by itself.
    Source = |about| words(about, vocabulary::Source::WORDS);
    /// Who brings the change about.
    Method = |about| words(about, vocabulary::Method::WORDS);
    /// How the change is brought about; each belongs to one method, which must be stated with it.
    Technique = |about| words(about, vocabulary::Technique::WORDS);
    /// The function that makes the gain; every one but `front-line` is back office.
    Function = |about| words(about, vocabulary::Function::WORDS);
    /// How far the change reaches.
    Approach = |about| words(about, vocabulary::Approach::WORDS);
    /// The organisation's sector.
    Sector = |about| words(about, vocabulary::Sector::WORDS);
    /// How mature a validated figure is.
    Grade = |about| words(about, vocabulary::Grade::WORDS);
    /// What a sustainment check found.
    Outcome = |about| words(about, vocabulary::Outcome::WORDS);
    /// What became of the quality of output.
    Quality = |about| words(about, vocabulary::Quality::WORDS);
    /// Whether a cost falls once or every year.
    OffsetKind = |about| words(about, vocabulary::OffsetKind::WORDS);
    /// How a challenge was closed.
    ChallengeOutcome = |about| words(about, vocabulary::ChallengeOutcome::WORDS);
    /// What released money was used for.
    Purpose = |about| words(about, vocabulary::Purpose::WORDS);
    /// The series of statements: issued during the year, or after it.
    Series = |about| words(about, vocabulary::Series::WORDS);
    /// How the actor of an event was known.
    Auth = |about| words(about, vocabulary::Auth::WORDS);
    /// What a person may be to an organisation.
    Role = |about| words(about, authority::Role::WORDS);
    /// Who stands behind an account: someone, or a program.
    AccountKind = |about| words(about, access::AccountKind::WORDS);
    /// Which lines a total counts: all, those with a validation in force, or those that someone else checked too.
    Basis = |about| words(about, basis::Basis::ALL.iter().map(|it| it.as_str()));
    /// Which report.
    ReportName = |about| words(about, report_name::ReportName::ALL.iter().map(|it| it.as_str()));
    /// What has become of a claim by a year; only the last three have amounts.
    Status = |about| words(about, [
        line::Status::Withdrawn,
        line::Status::Ineligible,
        line::Status::Expected,
        line::Status::Failed,
        line::Status::Ended,
        line::Status::Proven,
        line::Status::Provisional,
    ]);
    /// Why a claim cannot count.
    Reason = |about| words(about, [
        eligibility::Reason::ExcludedSource,
        eligibility::Reason::ImpactBeforeApril2008,
        eligibility::Reason::NotCashable,
        eligibility::Reason::NotOngoing,
    ]);
    /// How a check stands at a date.
    Standing = |about| words(about, [
        due::Standing::Due,
        due::Standing::Overdue,
        due::Standing::OwnCheck,
    ]);
    /// How far a challenge has come at a date.
    Progress = |about| words(about, [
        challenges::Progress::Overdue,
        challenges::Progress::Open,
        challenges::Progress::Answered,
        challenges::Progress::Upheld,
        challenges::Progress::Dismissed,
    ]);
    /// What an event records.
    EventType = |about| words(about, FactKind::ALL.iter().map(|kind| kind.event_type()));
}
