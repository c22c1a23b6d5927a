//! Histories in memory: each command is decided, written, read back and folded, as a ledger does.

use std::collections::BTreeMap;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::decide::{Circumstances, Decision, NotDecided, decide};
use netgain_events::fact::{StatedBasis, StatedFigures, SumText};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, OrgId};
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::ruleset::NI179_V1;
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Auth;
use netgain_events::wire;

/// The ledger that every test history belongs to.
const LEDGER: &str = "00112233445566778899aabbccddeeff";

/// Computes the figures of a year from a state.
type Figures = fn(&Organisation, FinancialYear) -> Result<StatedFigures, SumOverflow>;

/// Who asks, when, and by what right.
#[derive(Clone)]
pub(crate) struct Asker {
    pub(crate) by: Actor,
    pub(crate) at: RecordedAt,
    pub(crate) auth: Auth,
    pub(crate) authority: Authority,
    pub(crate) actor_field: ActorField,
    pub(crate) figures: Figures,
}

impl Asker {
    /// Someone who runs the program on the ledger's own files.
    pub(crate) fn operator(by: &str, at: &str) -> Self {
        Self {
            by: by.parse().unwrap(),
            at: at.parse().unwrap(),
            auth: Auth::OsUser,
            authority: Authority::Operator,
            actor_field: ActorField::Allowed,
            figures: made_up_figures,
        }
    }
}

/// The folded state of each organisation that was asked about.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) organisations: BTreeMap<OrgId, Organisation>,
}

impl History {
    /// Decides the command of one line.
    pub(crate) fn ask(&mut self, line: &[u8], asker: &Asker) -> Result<Decision, NotDecided> {
        self.decide(Command::from_line(line, asker.actor_field)?, asker)
    }

    /// Decides a command. What is recorded reads back from its bytes and folds.
    pub(crate) fn decide(
        &mut self,
        command: Command,
        asker: &Asker,
    ) -> Result<Decision, NotDecided> {
        let organisation = self
            .organisations
            .entry(command.org.clone())
            .or_insert_with(|| Organisation::new(command.org.clone()));
        let circumstances = Circumstances {
            ledger: &LEDGER.parse().unwrap(),
            now: asker.at,
            actor: &asker.by,
            auth: asker.auth,
            authority: &asker.authority,
            request: None,
            figures: &asker.figures,
        };
        let decision = decide(organisation, command, &circumstances)?;
        if let Decision::Record(event) = &decision {
            let mut written = Vec::new();
            wire::encode(event, &mut written);
            let read = wire::decode(&written).unwrap();
            assert_eq!(read, **event);
            organisation.apply(read).unwrap();
        }
        Ok(decision)
    }
}

/// Figures that no history makes: beyond 64 bits of pence, below zero, and nought.
#[expect(
    clippy::unnecessary_wraps,
    reason = "figures are computed by a function of this form, and others fail"
)]
fn made_up_figures(state: &Organisation, _: FinancialYear) -> Result<StatedFigures, SumOverflow> {
    let basis = |gross: i128, one_off: i128| StatedBasis {
        gross: SumText::of(Sum::from_pence(gross)),
        recurring_costs: SumText::of(Sum::ZERO),
        deleted: SumText::of(Sum::from_pence(5)),
        one_off_costs: SumText::of(Sum::from_pence(one_off)),
        carry_forward: SumText::of(Sum::from_pence(100)),
        net: SumText::of(Sum::from_pence(gross - 5 - one_off + 100)),
    };
    Ok(StatedFigures {
        ruleset: NI179_V1.id.parse().unwrap(),
        known_at: state.position,
        claimed: basis(12_345_678_901_234_567_890_123, 0),
        validated: basis(250_000, 12_345_678),
        assured: basis(0, 0),
        totals_sha256: Sha256Hex::of(b"the totals document"),
    })
}
