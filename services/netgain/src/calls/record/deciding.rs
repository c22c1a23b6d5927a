//! The stage in the middle: commands are decided and queued, a batch at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use futures_util::future::join_all;
use netgain_events::command::Command;
use netgain_events::identifier::OrgId;
use netgain_events::refusal::Refusal;
use netgain_ledger::ledger::{Answer, Caller, Ledger, LedgerFault, Requested};
use netgain_ledger::log::{Log, LogFault};

use super::files::BATCHES_WAITING_MAX;
use crate::log_of_record::LogOfRecord;

/// A line's number and what it asks for.
pub(super) type Asked = (u64, Result<Command, Refusal>);

/// A line's number and what came of it.
pub(super) type Told = (u64, Result<Answer, NotAnswered>);

/// Why the ledger gave a line no answer.
pub(super) enum NotAnswered {
    /// It is no command.
    Refused(Refusal),
    /// Nothing can be recorded for its organisation, or not now: the code, and why.
    Fault(&'static str, LedgerFault),
}

/// What came of a batch.
#[derive(Default)]
struct Batch {
    told: Vec<Told>,
    /// After which nothing more can be recorded; what was decided before it may still become durable.
    fault: Option<LedgerFault>,
}

impl Batch {
    fn put(&mut self, number: u64, answer: Result<Answer, LedgerFault>) {
        let answer = match answer {
            Ok(answer) => Ok(answer),
            Err(fault) => match code(&fault) {
                Some(code) => Err(NotAnswered::Fault(code, fault)),
                None => {
                    self.fault = Some(fault);
                    return;
                }
            },
        };
        self.told.push((number, answer));
    }

    fn refuse(&mut self, number: u64, refusal: Refusal) {
        self.told.push((number, Err(NotAnswered::Refused(refusal))));
    }
}

/// The code of a fault that concerns one command; nothing where no other could be recorded either.
const fn code(fault: &LedgerFault) -> Option<&'static str> {
    match fault {
        LedgerFault::ReadOnly { .. } => Some("read-only"),
        LedgerFault::Unread { .. } => Some("unread-event"),
        LedgerFault::Contended { .. } => Some("contended"),
        LedgerFault::Log(_)
        | LedgerFault::History(_)
        | LedgerFault::Figures(_)
        | LedgerFault::Decision(_) => None,
    }
}

/// Decides and queues; an organisation's commands in their order.
pub(super) fn decide(
    asked: &Receiver<Vec<Asked>>,
    tell: &SyncSender<Vec<Told>>,
    ledger: &Ledger<LogOfRecord>,
    caller: &Caller,
) -> Result<(), LedgerFault> {
    for mut batch in asked {
        let Batch { told, fault } = if ledger.log().is_shared() {
            // The more at once, the more organisations are on their way together.
            batch.extend(asked.try_iter().take(BATCHES_WAITING_MAX).flatten());
            beside_others(batch, ledger, caller)?
        } else {
            alone(batch, ledger, caller)
        };
        let is_heard = tell.send(told).is_ok();
        match fault {
            Some(fault) => return Err(fault),
            None if is_heard => {}
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Where nobody else writes, what is queued stands: nothing is waited for here.
fn alone(asked: Vec<Asked>, ledger: &Ledger<LogOfRecord>, caller: &Caller) -> Batch {
    let mut batch = Batch::default();
    let _burst = ledger.log().burst();
    for (number, command) in asked {
        match command {
            Ok(command) => batch.put(number, ledger.submit(command, caller)),
            Err(refusal) => batch.refuse(number, refusal),
        }
        if batch.fault.is_some() {
            break;
        }
    }
    batch
}

/// Where others may be ahead of a command, it is settled before the next one of its organisation is looked at:
/// decided again later it could come after what is to follow it. Those of other organisations go along with it.
fn beside_others(
    asked: Vec<Asked>,
    ledger: &Ledger<LogOfRecord>,
    caller: &Caller,
) -> Result<Batch, LedgerFault> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|source| {
        Arc::new(LogFault {
            what: "the log cannot be waited for".into(),
            source: Some(source.into()),
        })
    })?;
    let mut whole = Batch::default();
    let mut of_each: BTreeMap<OrgId, Vec<(u64, Command)>> = BTreeMap::new();
    for (number, command) in asked {
        match command {
            Ok(command) => {
                let org = command.org.clone();
                of_each.entry(org).or_default().push((number, command));
            }
            Err(refusal) => whole.refuse(number, refusal),
        }
    }
    let settling = of_each
        .into_iter()
        .map(|(org, commands)| settle(org, commands, ledger, caller));
    for mut batch in runtime.block_on(join_all(settling)) {
        whole.told.append(&mut batch.told);
        whole.fault = whole.fault.or(batch.fault);
    }
    whole.told.sort_by_key(|(number, _)| *number);
    Ok(whole)
}

/// Settles commands of one organisation, one after the other.
async fn settle(
    org: OrgId,
    commands: Vec<(u64, Command)>,
    ledger: &Ledger<LogOfRecord>,
    caller: &Caller,
) -> Batch {
    let mut batch = Batch::default();
    for (number, command) in commands {
        let settled = ledger.settle_request(&org, command.into(), None, caller);
        let answer = match settled.await {
            Ok(Requested::Answered(answer)) => Ok(answer),
            Ok(Requested::Stale { .. }) => Err(LedgerFault::Contended { org: org.clone() }),
            Err(fault) => Err(fault),
        };
        batch.put(number, answer);
        if batch.fault.is_some() {
            break;
        }
    }
    batch
}
