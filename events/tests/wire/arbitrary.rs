//! Arbitrary events: every kind of fact, with arbitrary values of every type in it.

use chrono::{Days, NaiveDate};
use netgain_events::access::{AccountKind, RoleGrant, Scope, TokenGrant};
use netgain_events::authority::Role;
use netgain_events::claim::{Change, ClaimChanges, ClaimDetails, Labels, Profile, Scheme};
use netgain_events::event::{Event, Evidence, RequestMark};
use netgain_events::fact::{
    Baseline, CarryForward, Check, Fact, FactKind, KeyRotation, Offset, OrganisationDetails,
    Redeployment, StatedBasis, StatedFigures, Statement, SumText, Target,
};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, CommandId, Position};
use netgain_events::money::{Money, Sum};
use netgain_events::rate::Uplift;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::sha256::Sha256Hex;
use netgain_events::text::{Line, Prose};
use netgain_events::vocabulary::{
    Action, Approach, Auth, ChallengeOutcome, Function, Grade, Method, OffsetKind, Outcome,
    Purpose, Quality, Sector, Series, Source, Technique,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// Characters that a text may have, those that JSON escapes or that trip careless readers often.
fn character() -> impl Strategy<Value = char> {
    let tricky = "\"\\/ 'é£–😀\u{a0}\u{feff}\u{200f}\u{fffd}\u{ffff}\u{10ffff}<>&{}[],:0";
    prop_oneof![
        3 => select(tricky.chars().collect::<Vec<_>>()),
        2 => proptest::char::range('a', 'z'),
        1 => any::<char>().prop_map(|c| if c.is_control() { 'x' } else { c }),
    ]
}

fn text_of(characters: impl Strategy<Value = char>) -> impl Strategy<Value = String> {
    let text = vec(characters, 0..12);
    // Never blank: it ends in a letter.
    text.prop_map(|characters| characters.into_iter().chain(['z']).collect())
}

fn line() -> impl Strategy<Value = Line> {
    let one_line = |c| {
        if matches!(c, '\u{2028}' | '\u{2029}') {
            'x'
        } else {
            c
        }
    };
    text_of(character().prop_map(one_line)).prop_map(|text| text.parse().unwrap())
}

fn prose() -> impl Strategy<Value = Prose> {
    let broken = prop_oneof![8 => character(), 1 => Just('\n'), 1 => Just('\r')];
    text_of(broken).prop_map(|text| {
        let lone_returns_gone = text.replace("\r\n", "\n").replace('\r', "\r\n");
        lone_returns_gone.parse().unwrap()
    })
}

fn command_id() -> impl Strategy<Value = CommandId> {
    text_of(character()).prop_map(|text| text.parse().unwrap())
}

/// Anything that is read from a text of that pattern.
fn parsed<T>(pattern: &'static str) -> impl Strategy<Value = T>
where
    T: std::str::FromStr + std::fmt::Debug,
    T::Err: std::fmt::Debug,
{
    pattern.prop_map(|text: String| text.parse().unwrap())
}

const REFERENCE: &str = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

fn reference<T>() -> impl Strategy<Value = T>
where
    T: std::str::FromStr + std::fmt::Debug,
    T::Err: std::fmt::Debug,
{
    parsed(REFERENCE)
}

fn word<T: Copy + std::fmt::Debug>(words: &'static [T]) -> impl Strategy<Value = T> {
    select(words)
}

fn year() -> impl Strategy<Value = FinancialYear> {
    let calendar_years = FinancialYear::FIRST.starts_in()..=FinancialYear::LAST.starts_in();
    calendar_years.prop_map(|year| FinancialYear::starting(year).unwrap())
}

fn date() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(0, 1, 1).unwrap();
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();
    let days = u64::try_from((last - first).num_days()).unwrap();
    prop_oneof![0..=days, 730_000_u64..740_000].prop_map(move |n| first + Days::new(n))
}

fn money() -> impl Strategy<Value = Money> {
    prop_oneof![
        -99_999_999_999_999_i64..=99_999_999_999_999,
        -1_000_i64..=1_000,
    ]
    .prop_map(|pence| Money::from_pence(pence).unwrap())
}

fn zero_or_more() -> impl Strategy<Value = Money> {
    money().prop_map(|money| Money::from_pence(money.pence().abs()).unwrap())
}

fn sha256() -> impl Strategy<Value = Sha256Hex> {
    any::<u64>().prop_map(|seed| Sha256Hex::of(&seed.to_le_bytes()))
}

fn profile() -> impl Strategy<Value = Profile> {
    btree_map(year(), zero_or_more(), 1..=8).prop_map(|years| Profile::new(&years).unwrap())
}

fn scheme() -> impl Strategy<Value = Scheme> {
    (reference(), zero_or_more()).prop_map(|(id, total)| Scheme { id, total })
}

fn labels() -> impl Strategy<Value = Labels> {
    btree_map(parsed("[a-z0-9-]{1,32}"), line(), 0..=3)
}

prop_compose! {
    fn details()(
        (title, action, impact_from, profile) in (line(), word(Action::ALL), date(), profile()),
        (service, function, method) in (of(line()), of(word(Function::ALL)), of(word(Method::ALL))),
        (technique, approach) in (of(word(Technique::ALL)), of(word(Approach::ALL))),
        (source, source_override) in (of(word(Source::ALL)), of(prose())),
        (ongoing, quality_measure, owner) in (of(any::<bool>()), of(prose()), of(line())),
        (scheme, review_by, labels) in (of(scheme()), of(date()), of(labels())),
    ) -> ClaimDetails {
        ClaimDetails {
            title, action, impact_from, profile, service, function, method, technique, approach,
            source, source_override, ongoing, quality_measure, owner, scheme, review_by, labels,
        }
    }
}

fn change<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Change<T>> {
    prop_oneof![
        Just(Change::Keep),
        Just(Change::Clear),
        value.prop_map(Change::Set),
    ]
}

prop_compose! {
    fn changes()(
        (title, action) in (of(line()), of(word(Action::ALL))),
        (impact_from, profile) in (of(date()), of(profile())),
        (service, function) in (change(line()), change(word(Function::ALL))),
        (method, technique) in (change(word(Method::ALL)), change(word(Technique::ALL))),
        (approach, source) in (change(word(Approach::ALL)), change(word(Source::ALL))),
        (source_override, ongoing) in (change(prose()), change(any::<bool>())),
        (quality_measure, owner) in (change(prose()), change(line())),
        (scheme, review_by, labels) in (change(scheme()), change(date()), change(labels())),
    ) -> ClaimChanges {
        ClaimChanges {
            title, action, impact_from, profile, service, function, method, technique, approach,
            source, source_override, ongoing, quality_measure, owner, scheme, review_by, labels,
        }
    }
}

prop_compose! {
    fn offset()(
        (kind, year, amount) in (word(OffsetKind::ALL), year(), zero_or_more()),
        (until, spread_years, incurred_anyway) in (of(year()), of(1_u8..=20), any::<bool>()),
        (funding, description) in (of(line()), of(prose())),
    ) -> Offset {
        Offset { kind, year, amount, until, spread_years, incurred_anyway, funding, description }
    }
}

prop_compose! {
    fn check()(
        outcome in word(Outcome::ALL),
        verified in of(zero_or_more()),
        quality in of(word(Quality::ALL)),
        quality_reading in of(prose()),
    ) -> Check {
        Check { outcome, verified, quality, quality_reading }
    }
}

prop_compose! {
    fn redeployment()(
        year in year(),
        amount in zero_or_more(),
        purpose in word(Purpose::ALL),
        description in of(prose()),
    ) -> Redeployment {
        Redeployment { year, amount, purpose, description }
    }
}

fn uplift() -> impl Strategy<Value = Uplift> {
    let rate = "[0-9]{1,3}(\\.[0-9]{1,10})?";
    rate.prop_filter_map("above zero", |text: String| text.parse().ok())
}

fn sum() -> impl Strategy<Value = SumText> {
    prop_oneof![any::<i128>(), -100_i128..=100].prop_map(|p| SumText::of(Sum::from_pence(p)))
}

prop_compose! {
    fn basis()(amounts in (sum(), sum(), sum(), sum(), sum(), sum())) -> StatedBasis {
        let (gross, recurring_costs, deleted, one_off_costs, carry_forward, net) = amounts;
        StatedBasis { gross, recurring_costs, deleted, one_off_costs, carry_forward, net }
    }
}

prop_compose! {
    fn statement()(
        (year, series, number) in (year(), word(Series::ALL), any::<u32>()),
        (ruleset, known_at) in (line(), any::<u64>().prop_map(Position::new)),
        (claimed, validated, assured) in (basis(), basis(), basis()),
        totals_sha256 in sha256(),
    ) -> Statement {
        let figures = StatedFigures { ruleset, known_at, claimed, validated, assured, totals_sha256 };
        Statement { year, series, number, figures }
    }
}

fn actor() -> impl Strategy<Value = Actor> {
    parsed("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Every),
        parsed("[A-Z0-9][A-Z0-9_-]{0,31}").prop_map(Scope::Organisation),
    ]
}

fn time() -> impl Strategy<Value = RecordedAt> {
    (-62_167_219_200_000_i64..=253_402_300_799_999)
        .prop_map(|unix_ms| RecordedAt::from_unix_ms(unix_ms).unwrap())
}

prop_compose! {
    fn token_grant()(
        (person, sha256, of) in (actor(), sha256(), scope()),
        roles in btree_set(word(Role::ALL), 1..=Role::ALL.len()),
        until in time(),
    ) -> TokenGrant {
        TokenGrant { person, sha256, of, roles, until }
    }
}

/// Arbitrary facts of one kind.
#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each fact, in the table's order"
)]
fn fact_of(kind: FactKind) -> BoxedStrategy<Fact> {
    match kind {
        FactKind::OrganisationRegistered => (line(), line(), word(Sector::ALL), of(line()))
            .prop_map(|(name, kind, sector, region)| OrganisationDetails {
                name,
                kind,
                sector,
                region,
            })
            .prop_map(Fact::OrganisationRegistered)
            .boxed(),
        FactKind::BaselineSet => (year(), zero_or_more(), of(prose()))
            .prop_map(|(year, amount, source)| Baseline {
                year,
                amount,
                source,
            })
            .prop_map(Fact::BaselineSet)
            .boxed(),
        FactKind::TargetSet => (year(), zero_or_more(), of(line()))
            .prop_map(|(year, amount, service)| Target {
                year,
                amount,
                service,
            })
            .prop_map(Fact::TargetSet)
            .boxed(),
        FactKind::ClaimRegistered => (reference(), details().prop_map(Box::new))
            .prop_map(|(claim, details)| Fact::ClaimRegistered { claim, details })
            .boxed(),
        FactKind::ClaimAmended => (reference(), prose(), changes().prop_map(Box::new))
            .prop_map(|(claim, reason, changes)| Fact::ClaimAmended {
                claim,
                reason,
                changes,
            })
            .boxed(),
        FactKind::ClaimValidated => (reference(), of(word(Grade::ALL)))
            .prop_map(|(claim, grade)| Fact::ClaimValidated { claim, grade })
            .boxed(),
        FactKind::ValidationRevoked => (reference(), prose())
            .prop_map(|(claim, reason)| Fact::ValidationRevoked { claim, reason })
            .boxed(),
        FactKind::ClaimWithdrawn => (reference(), prose())
            .prop_map(|(claim, reason)| Fact::ClaimWithdrawn { claim, reason })
            .boxed(),
        FactKind::OffsetRecorded => (reference(), reference(), offset().prop_map(Box::new))
            .prop_map(|(claim, offset, details)| Fact::OffsetRecorded {
                claim,
                offset,
                details,
            })
            .boxed(),
        FactKind::OffsetCancelled => (reference(), reference(), prose())
            .prop_map(|(claim, offset, reason)| Fact::OffsetCancelled {
                claim,
                offset,
                reason,
            })
            .boxed(),
        FactKind::SustainmentChecked => (reference(), year(), check())
            .prop_map(|(claim, year, check)| Fact::SustainmentChecked { claim, year, check })
            .boxed(),
        FactKind::ChallengeRaised => (reference(), reference(), prose(), of(date()))
            .prop_map(
                |(claim, challenge, question, answer_by)| Fact::ChallengeRaised {
                    claim,
                    challenge,
                    question,
                    answer_by,
                },
            )
            .boxed(),
        FactKind::ChallengeAnswered => (reference(), reference(), prose())
            .prop_map(|(claim, challenge, answer)| Fact::ChallengeAnswered {
                claim,
                challenge,
                answer,
            })
            .boxed(),
        FactKind::ChallengeClosed => (reference(), reference(), word(ChallengeOutcome::ALL))
            .prop_map(|(claim, challenge, outcome)| Fact::ChallengeClosed {
                claim,
                challenge,
                outcome,
            })
            .boxed(),
        FactKind::RedeploymentRecorded => (reference(), reference(), redeployment())
            .prop_map(
                |(claim, redeployment, details)| Fact::RedeploymentRecorded {
                    claim,
                    redeployment,
                    details,
                },
            )
            .boxed(),
        FactKind::RedeploymentCancelled => (reference(), reference(), prose())
            .prop_map(
                |(claim, redeployment, reason)| Fact::RedeploymentCancelled {
                    claim,
                    redeployment,
                    reason,
                },
            )
            .boxed(),
        FactKind::CarryForwardDeclared => {
            (zero_or_more(), zero_or_more(), of(uplift()), of(prose()))
                .prop_map(
                    |(ongoing_cashable, baseline_2004_05, uplift, source)| CarryForward {
                        ongoing_cashable,
                        baseline_2004_05,
                        uplift,
                        source,
                    },
                )
                .prop_map(Fact::CarryForwardDeclared)
                .boxed()
        }
        FactKind::CarryForwardValidated => Just(Fact::CarryForwardValidated).boxed(),
        FactKind::CarryForwardChecked => (year(), money())
            .prop_map(|(year, verified)| Fact::CarryForwardChecked { year, verified })
            .boxed(),
        FactKind::PersonEnrolled => (actor(), word(AccountKind::ALL))
            .prop_map(|(person, account)| Fact::PersonEnrolled { person, account })
            .boxed(),
        FactKind::PersonBarred => (actor(), prose())
            .prop_map(|(person, reason)| Fact::PersonBarred { person, reason })
            .boxed(),
        FactKind::RoleGranted => (actor(), word(Role::ALL), scope(), of(time()))
            .prop_map(|(person, role, of, until)| RoleGrant {
                person,
                role,
                of,
                until,
            })
            .prop_map(|grant| Fact::RoleGranted(Box::new(grant)))
            .boxed(),
        FactKind::RoleRevoked => (actor(), word(Role::ALL), scope(), prose())
            .prop_map(|(person, role, of, reason)| Fact::RoleRevoked {
                person,
                role,
                of,
                reason,
            })
            .boxed(),
        FactKind::TokenIssued => (reference(), token_grant().prop_map(Box::new))
            .prop_map(|(token, details)| Fact::TokenIssued { token, details })
            .boxed(),
        FactKind::TokenRevoked => (reference(), prose())
            .prop_map(|(token, reason)| Fact::TokenRevoked { token, reason })
            .boxed(),
        FactKind::SigningKeyRotated => (line(), line(), 0_i64..4_102_444_800_000)
            .prop_map(|(from, to, unix_ms)| {
                let both_until = RecordedAt::from_unix_ms(unix_ms).unwrap();
                Fact::SigningKeyRotated(KeyRotation {
                    from,
                    to,
                    both_until,
                })
            })
            .boxed(),
        FactKind::StatementIssued => statement()
            .prop_map(|statement| Fact::StatementIssued(Box::new(statement)))
            .boxed(),
    }
}

prop_compose! {
    fn document()(name in line(), sha256 in sha256(), uri in of(prose())) -> Evidence {
        Evidence { name, sha256, uri }
    }
}

prop_compose! {
    fn request()(command_id in command_id(), content in sha256()) -> RequestMark {
        RequestMark { command_id, content }
    }
}

prop_compose! {
    /// An arbitrary event of one kind of fact.
    pub(crate) fn event_of(kind: FactKind)(
        fact in fact_of(kind),
        (ledger, org) in (parsed("[0-9a-f]{32}"), parsed("[A-Z0-9][A-Z0-9_-]{0,31}")),
        position in any::<u64>().prop_map(Position::new),
        recorded_at in time(),
        (actor, auth) in (actor(), word(Auth::ALL)),
        request in of(request()),
        note in of(prose()),
        evidence in vec(document(), 0..=2),
    ) -> Event {
        Event { ledger, org, position, recorded_at, actor, auth, request, fact, note, evidence }
    }
}

/// An arbitrary event of any kind, each kind as often as another.
pub(crate) fn event() -> impl Strategy<Value = Event> {
    Union::new(FactKind::ALL.iter().map(|&kind| event_of(kind)))
}
