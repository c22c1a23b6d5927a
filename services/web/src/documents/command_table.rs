//! The fields of each command, with examples (interface, *Commands and the events they record*).
//!
//! The examples tell one story of a claim, so that they can be recorded one after another by those whose work
//! it is: the tests do.

use netgain_events::fact::{FactKind, SPREAD_YEARS_MAX};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::command_form::Form;
use super::command_values::{Labels, Profile, RoleList, SchemeGiven};
use super::value::described;
use super::values::{
    AmountAboveZero, AmountGiven, Date, LineText, PersonId, ProseText, Reference, Scope, Sha256,
    Time, Uplift, Year,
};
use super::words::{
    AccountKind, Action, Approach, ChallengeOutcome, Function, Grade, Method, OffsetKind, Outcome,
    Purpose, Quality, Role, Sector, Series, Source, Technique,
};

described! {
    /// True or false, without quotes.
    Flag = |about| ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Boolean))
        .description(Some(about.trim()));
    /// Over how many years a one-off cost is spread.
    SpreadYears = |about| ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .description(Some(about.trim()))
        .minimum(Some(1))
        .maximum(Some(SPREAD_YEARS_MAX));
}

/// The form of a command; nothing for what no command asks for.
#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each command, in the table's order"
)]
pub(super) fn form(kind: FactKind) -> Option<Form> {
    let form = |about| Form::of(kind, about);
    match kind {
        FactKind::OrganisationRegistered => form("An organisation joins the ledger.")
            .needs::<LineText>("name", "Its name.")
            .needs::<LineText>("kind", "What kind of body it is, in the field's words.")
            .needs::<Sector>("sector", "Its sector.")
            .may::<LineText>("region", "Its region.")
            .like([json!({"name": "Exampleham District Council", "kind": "district", "sector":
                "local-government", "region": "South West", "note": "Fictional."})]),
        FactKind::BaselineSet => form("The spending that percentages are of.")
            .needs::<Year>("year", "The year of that spending; percentages use 2007/08.")
            .needs::<AmountGiven>("amount", "How much.")
            .may::<ProseText>("source", "Where the figure comes from.")
            .like([json!({"year": "2007/08", "amount": "12500000.00", "source": "Revenue outturn",
                "evidence": [{"name": "Revenue outturn 2007/08", "uri": "https://www.example.gov.uk/ro",
                "sha256": "a9377a1147dcda811f12f4dc4874525c3c5e4243b57093aefdfc94a323a4e745"}]})]),
        FactKind::TargetSet => form("An amount that the organisation means to reach.")
            .needs::<Year>("year", "The year to reach it in.")
            .needs::<AmountGiven>("amount", "Cumulative, for that year.")
            .may::<LineText>("service", "The service it is for; the whole organisation where absent.")
            .like([json!({"year": "2009/10", "amount": "150000.00", "service": "Corporate"})]),
        FactKind::ClaimRegistered => {
            let form = form("One efficiency gain that the organisation says it makes.").claim();
            let form = form
                .needs::<LineText>("title", TITLE)
                .needs::<Action>("action", ACTION)
                .needs::<Date>("impact_from", IMPACT_FROM)
                .needs::<Profile>("profile", PROFILE)
                .may::<LineText>("service", SERVICE)
                .may::<Function>("function", FUNCTION)
                .may::<Method>("method", METHOD)
                .may::<Technique>("technique", TECHNIQUE)
                .may::<Approach>("approach", APPROACH)
                .may::<Source>("source", SOURCE)
                .may::<ProseText>("source_override", SOURCE_OVERRIDE)
                .may::<Flag>("ongoing", ONGOING)
                .may::<ProseText>("quality_measure", QUALITY_MEASURE)
                .may::<LineText>("owner", OWNER)
                .may::<SchemeGiven>("scheme", SCHEME)
                .may::<Date>("review_by", REVIEW_BY)
                .may::<Labels>("labels", LABELS);
            form.like([json!({"claim": "PAYROLL-01", "title": "Payroll shared with the county",
                "action": "reduce-inputs", "impact_from": "2008-07-01",
                "profile": {"2008/09": "95000.00", "2009/10": "205000.00"},
                "service": "Corporate", "function": "human-resources", "method": "mutual",
                "technique": "shared-services", "approach": "transitional", "source": "efficiency",
                "source_override": "Not needed: no source is excluded.", "ongoing": true,
                "quality_measure": "Payslips right the first time", "owner": "Head of finance",
                "scheme": {"id": "SHARED-PAYROLL", "total": "410000.00"},
                "review_by": "2011-10-01", "labels": {"directorate": "Resources"}})])
        }
        FactKind::ClaimAmended => form("A claim is corrected. Names at least one of its fields; a `profile` replaces the whole profile, and `null` clears an optional field.")
            .claim()
            .reason()
            .may::<LineText>("title", TITLE)
            .may::<Action>("action", ACTION)
            .may::<Date>("impact_from", IMPACT_FROM)
            .may::<Profile>("profile", PROFILE)
            .may_clear::<LineText>("service", SERVICE)
            .may_clear::<Function>("function", FUNCTION)
            .may_clear::<Method>("method", METHOD)
            .may_clear::<Technique>("technique", TECHNIQUE)
            .may_clear::<Approach>("approach", APPROACH)
            .may_clear::<Source>("source", SOURCE)
            .may_clear::<ProseText>("source_override", SOURCE_OVERRIDE)
            .may_clear::<Flag>("ongoing", ONGOING)
            .may_clear::<ProseText>("quality_measure", QUALITY_MEASURE)
            .may_clear::<LineText>("owner", OWNER)
            .may_clear::<SchemeGiven>("scheme", SCHEME)
            .may_clear::<Date>("review_by", REVIEW_BY)
            .may_clear::<Labels>("labels", LABELS)
            .like([
                json!({"claim": "PAYROLL-01", "reason": "The county's share was left in",
                    "profile": {"2008/09": "90000.00", "2009/10": "200000.00"},
                    "source_override": null}),
                json!({"claim": "PAYROLL-01", "reason": "Every field, once more",
                    "title": "Payroll shared with the county council", "action": "reduce-inputs",
                    "impact_from": "2008-07-01",
                    "profile": {"2008/09": "90000.00", "2009/10": "200000.00"},
                    "service": "Corporate", "function": "human-resources", "method": "mutual",
                    "technique": "shared-services", "approach": "transitional", "source": "efficiency",
                    "source_override": "Not needed.", "ongoing": true,
                    "quality_measure": "Payslips right the first time", "owner": "Head of finance",
                    "scheme": {"id": "SHARED-PAYROLL", "total": "400000.00"},
                    "review_by": "2011-10-01", "labels": {"directorate": "Resources"}}),
            ]),
        FactKind::ClaimValidated => form("Somebody other than those who wrote it stands behind a claim.")
            .claim()
            .may::<Grade>("grade", "How mature they hold the figure to be.")
            .like([json!({"claim": "PAYROLL-01", "grade": "final"})]),
        FactKind::ValidationRevoked => form("A claim's validation ends.")
            .claim()
            .reason()
            .like([json!({"claim": "PAYROLL-01", "reason": "The evidence was of another year"})]),
        FactKind::ClaimWithdrawn => form("The organisation takes a claim back, for ever.")
            .claim()
            .reason()
            .like([json!({"claim": "PAYROLL-01", "reason": "Claimed by the county"})]),
        FactKind::OffsetRecorded => form("An investment or a cost is set against a claim.")
            .claim()
            .needs::<Reference>("offset", "The offset's reference, unique within its claim.")
            .needs::<OffsetKind>("kind", "Whether it falls once or every year.")
            .needs::<Year>("year", "The year it falls in, or starts in.")
            .needs::<AmountAboveZero>("amount", "For a recurring one, of each year.")
            .may::<Year>("until", "Recurring only: the last year it falls in.")
            .may::<SpreadYears>("spread_years", "One-off only: over how many years it is spread.")
            .may::<Flag>("incurred_anyway", "It would have been incurred anyway: shown, never deducted.")
            .may::<LineText>("funding", "Who paid.")
            .may::<ProseText>("description", "What it is for.")
            .like([
                json!({"claim": "PAYROLL-01", "offset": "SETUP", "kind": "one-off", "year": "2008/09",
                    "amount": "30000.00", "spread_years": 3, "incurred_anyway": false,
                    "funding": "Invest-to-save fund", "description": "Moving the data"}),
                json!({"claim": "PAYROLL-01", "offset": "licence-2009", "kind": "recurring",
                    "year": "2009/10", "amount": "4000.00", "until": "2011/12"}),
            ]),
        FactKind::OffsetCancelled => form("An offset is taken back: it never was.")
            .claim()
            .needs::<Reference>("offset", "The offset's reference.")
            .reason()
            .like([json!({"claim": "PAYROLL-01", "offset": "licence-2009", "reason": "Paid by the county"})]),
        FactKind::SustainmentChecked => form("A person verified, for one year, whether a gain still exists.")
            .claim()
            .needs::<Year>("year", "Which year was checked.")
            .needs::<Outcome>("outcome", "What was found.")
            .may::<AmountGiven>("verified", "The value that still exists: with `reduced` only, and needed there.")
            .may::<Quality>("quality", "What became of the quality of output; needed unless the gain has ceased.")
            .may::<ProseText>("quality_reading", "The reading of the claim's quality measure.")
            .like([
                json!({"claim": "PAYROLL-01", "year": "2008/09", "outcome": "sustained",
                    "quality": "maintained", "quality_reading": "99.1 %"}),
                json!({"claim": "PAYROLL-01", "year": "2009/10", "outcome": "reduced",
                    "verified": "190000.00", "quality": "improved"}),
            ]),
        FactKind::ChallengeRaised => form("Somebody doubts a claim.")
            .claim()
            .needs::<Reference>("challenge", CHALLENGE)
            .needs::<ProseText>("question", "What is asked.")
            .may::<Date>("answer_by", "By when an answer is wanted.")
            .like([json!({"claim": "PAYROLL-01", "challenge": "Q1",
                "question": "Does the county claim it too?", "answer_by": "2011-08-01"})]),
        FactKind::ChallengeAnswered => form("The organisation answers; an answer given again replaces the earlier.")
            .claim()
            .needs::<Reference>("challenge", CHALLENGE)
            .needs::<ProseText>("answer", "The answer.")
            .like([json!({"claim": "PAYROLL-01", "challenge": "Q1", "answer": "Only its own half."})]),
        FactKind::ChallengeClosed => form("The doubt is settled.")
            .claim()
            .needs::<Reference>("challenge", CHALLENGE)
            .needs::<ChallengeOutcome>("outcome", "How.")
            .like([json!({"claim": "PAYROLL-01", "challenge": "Q1", "outcome": "dismissed"})]),
        FactKind::RedeploymentRecorded => form("What released money was used for.")
            .claim()
            .needs::<Reference>("redeployment", "The redeployment's reference, unique within its claim.")
            .needs::<Year>("year", "In which year.")
            .needs::<AmountAboveZero>("amount", "How much.")
            .needs::<Purpose>("purpose", "For what.")
            .may::<ProseText>("description", "More about it.")
            .like([json!({"claim": "PAYROLL-01", "redeployment": "R1", "year": "2009/10", "amount":
                "50000.00", "purpose": "front-line", "description": "Two librarians"})]),
        FactKind::RedeploymentCancelled => form("A redeployment is taken back: it never was.")
            .claim()
            .needs::<Reference>("redeployment", "The redeployment's reference.")
            .reason()
            .like([json!({"claim": "PAYROLL-01", "redeployment": "R1", "reason": "Not agreed"})]),
        FactKind::CarryForwardDeclared => form("SR04 gains that still continue; replaces what was declared before.")
            .needs::<AmountGiven>("ongoing_cashable", "The ongoing cashable gains of the 2007/08 backward look.")
            .needs::<AmountGiven>("baseline_2004_05", "The 2004/05 baseline.")
            .may::<Uplift>("uplift", "To 2008/09 prices; 1 unless stated.")
            .may::<ProseText>("source", "Where the figures come from.")
            .like([json!({"ongoing_cashable": "1220000.00", "baseline_2004_05": "11400000.00",
                "uplift": "1.0275", "source": "Backward look 2007/08"})]),
        FactKind::CarryForwardValidated => form("Somebody other than its declarer stands behind the carry-forward.")
            .like([json!({})]),
        FactKind::CarryForwardChecked => form("What of the carry-forward still exists; caps it from that year on.")
            .needs::<Year>("year", "Which year was checked.")
            .needs::<AmountGiven>("verified", "The value that still exists.")
            .like([json!({"year": "2009/10", "verified": "1200000.00"})]),
        FactKind::StatementIssued => form("A figure is published and frozen.")
            .needs::<Year>("year", "For which year, from 2008/09 on.")
            .needs::<Series>("series", "`forecast` during the year, `actual` after it.")
            .like([json!({"year": "2009/10", "series": "actual"})]),
        FactKind::PersonEnrolled => form("A person or a program becomes known to the ledger.")
            .needs::<PersonId>("person", PERSON)
            .needs::<AccountKind>("account", "Whether it is someone or a program.")
            .like([json!({"org": "_SYSTEM", "person": "f.example", "account": "person"})]),
        FactKind::PersonBarred => form("They may do nothing any more: every grant and token of theirs ends.")
            .needs::<PersonId>("person", PERSON)
            .reason()
            .like([json!({"org": "_SYSTEM", "person": "f.example", "reason": "Left"})]),
        FactKind::RoleGranted => form("Someone may act in a role.")
            .needs::<PersonId>("person", PERSON)
            .needs::<Role>("role", "Which role.")
            .needs::<Scope>("of", OF)
            .may::<Time>("until", "The first moment it is no longer in force; for ever where absent.")
            .like([json!({"org": "_SYSTEM", "person": "f.example", "role": "auditor", "of": "X00000001",
                "until": "2099-01-01T00:00:00.000Z"})]),
        FactKind::RoleRevoked => form("Someone may act in a role no longer.")
            .needs::<PersonId>("person", PERSON)
            .needs::<Role>("role", "Which role.")
            .needs::<Scope>("of", OF)
            .reason()
            .like([json!({"org": "_SYSTEM", "person": "f.example", "role": "auditor", "of": "X00000001",
                "reason": "The audit is done"})]),
        FactKind::TokenIssued => form("A program may act in a person's place. `POST /api/v1/tokens` draws the secret too.")
            .needs::<Reference>("token", TOKEN)
            .needs::<PersonId>("person", "In whose place.")
            .needs::<Sha256>("sha256", "Of the secret, which is never recorded.")
            .needs::<Scope>("of", OF)
            .needs::<RoleList>("roles", "Which of the person's roles it carries.")
            .needs::<Time>("until", "The first moment it is no longer in force.")
            .like([json!({"org": "_SYSTEM", "token": "audit-feed", "person": "f.example", "sha256":
                "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "of": "X00000001",
                "roles": ["auditor"], "until": "2098-01-01T00:00:00.000Z"})]),
        FactKind::TokenRevoked => form("A token may act no longer.")
            .needs::<Reference>("token", TOKEN)
            .reason()
            .like([json!({"org": "_SYSTEM", "token": "audit-feed", "reason": "No longer needed"})]),
        // The call that makes a new key records it.
        FactKind::SigningKeyRotated => None,
    }
}

const TITLE: &str = "What changed, in a few words.";
const ACTION: &str = "What kind of change it is.";
const IMPACT_FROM: &str = "When it first affects spending.";
const PROFILE: &str = "The gross annual value of each year that is stated; the last value holds.";
const SERVICE: &str = "The service that makes the gain.";
const FUNCTION: &str = "The function that makes the gain.";
const METHOD: &str = "Who brings the change about.";
const TECHNIQUE: &str = "How; needs its method.";
const APPROACH: &str = "How far the change reaches.";
const SOURCE: &str = "Where the money comes from; `efficiency` unless stated.";
const SOURCE_OVERRIDE: &str = "Why it counts although its source is excluded.";
const ONGOING: &str = "Whether it lasts; true unless stated.";
const QUALITY_MEASURE: &str = "How the quality of output is measured.";
const OWNER: &str = "Who is responsible for the gain.";
const SCHEME: &str = "The gain is shared with other organisations.";
const REVIEW_BY: &str = "When it is to be looked at again.";
const LABELS: &str = "Words of the organisation's own, by key.";
const CHALLENGE: &str = "The challenge's reference, unique within its claim.";
const PERSON: &str = "Their id.";
const OF: &str = "For which organisations.";
const TOKEN: &str = "The token's reference, which is never used again.";
