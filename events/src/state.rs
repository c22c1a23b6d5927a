//! The folded state of one organisation: the facts in force, as its events left them.
//!
//! It is what decisions are held against and what the projections compute figures from. It holds
//! facts only; nothing that follows from them. It can be thrown away and rebuilt from the log.

mod access;
mod claim;
mod fold;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::access::{
    Access, GRANTS_MAX, GrantState, PEOPLE_MAX, PersonState, Reach, TOKENS_MAX, TokenState,
};
pub use self::claim::{
    ChallengeState, CheckInForce, Claim, OffsetState, RedeploymentState, Validation,
};
pub use self::fold::FoldError;

use crate::fact::{Baseline, CarryForward, FactKind, OrganisationDetails, Statement};
use crate::financial_year::FinancialYear;
use crate::identifier::{Actor, ClaimId, CommandId, OrgId, Position};
use crate::money::Money;
use crate::recorded_at::RecordedAt;
use crate::sha256::Sha256Hex;
use crate::sorted_map::SortedMap;
use crate::text::Line;
use crate::vocabulary::Series;

/// The version of the state's compact form in the views. Raise it with every change of what is
/// folded or of any type in it: views of another version are rebuilt. A test holds it to the form.
pub const STATE_VERSION: u32 = 2;

/// The facts in force about one organisation. Claims are shared between copies until they change,
/// so that a copy costs little.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its code.
    pub org: OrgId,
    /// The position of the last event folded.
    pub position: Position,
    /// When that event was recorded; time never goes back within an organisation.
    pub recorded_at: RecordedAt,
    /// What it is; nothing until it is registered.
    pub details: Option<OrganisationDetails>,
    /// The latest baseline of each year.
    pub baselines: BTreeMap<FinancialYear, Baseline>,
    /// The latest target of each year, for the whole organisation or for a service.
    pub targets: BTreeMap<(FinancialYear, Option<Line>), Money>,
    /// Every claim ever registered, in code-point order.
    pub claims: BTreeMap<ClaimId, Arc<Claim>>,
    /// The carry-forward declared last.
    pub carry_forward: Option<CarryForwardState>,
    /// The statements issued, in order.
    pub statements: Vec<IssuedStatement>,
    /// The requests that came with an idempotency key.
    pub requests: BTreeMap<CommandId, AnsweredRequest>,
    /// Who may do what; only ever in the ledger's own history, and there from the first person on.
    pub access: Option<Arc<Access>>,
}

/// A carry-forward, what became of it, and who declared it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryForwardState {
    /// What was declared.
    pub declared: CarryForward,
    /// By whom.
    pub declarer: Actor,
    /// At which position.
    pub position: Position,
    /// Who stands behind it, if someone does.
    pub validated_by: Option<Actor>,
    /// The check in force of each year: the verified value and who recorded it.
    pub checks: SortedMap<FinancialYear, (Money, Actor)>,
}

/// A statement as it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedStatement {
    /// The position of its event.
    pub position: Position,
    /// When it was issued.
    pub recorded_at: RecordedAt,
    /// By whom.
    pub actor: Actor,
    /// What it says.
    pub statement: Statement,
}

/// A request that was answered, for when it comes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredRequest {
    /// What a repeat must be equal to.
    pub content: Sha256Hex,
    /// The position of its first event.
    pub first: Position,
    /// The kinds of its events, one position after another.
    pub events: Vec<AnsweredKind>,
}

/// The kind of an event in an answer, in a compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnsweredKind(pub FactKind);

impl Serialize for AnsweredKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.event_type())
    }
}

impl<'de> Deserialize<'de> for AnsweredKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <&str>::deserialize(deserializer)?;
        FactKind::of_event(name)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("unknown event"))
    }
}

impl Organisation {
    /// The state before the first event.
    #[must_use]
    pub fn new(org: OrgId) -> Self {
        Self {
            org,
            position: Position::ZERO,
            recorded_at: RecordedAt::default(),
            details: None,
            baselines: BTreeMap::new(),
            targets: BTreeMap::new(),
            claims: BTreeMap::new(),
            carry_forward: None,
            statements: Vec::new(),
            requests: BTreeMap::new(),
            access: None,
        }
    }

    /// A claim, if it was registered.
    #[must_use]
    pub fn claim(&self, claim: &ClaimId) -> Option<&Claim> {
        self.claims.get(claim).map(|claim| &**claim)
    }

    /// A person, if they were ever enrolled; only ever in the ledger's own history.
    #[must_use]
    pub fn person(&self, person: &Actor) -> Option<&PersonState> {
        self.access.as_ref()?.person(person)
    }

    /// How many statements were issued for a year and series.
    #[must_use]
    pub fn statements_of(&self, year: FinancialYear, series: Series) -> usize {
        let same = |s: &&IssuedStatement| s.statement.year == year && s.statement.series == series;
        self.statements.iter().filter(same).count()
    }
}
