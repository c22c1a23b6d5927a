//! When what was decided may be told: once it is durable, and nobody was ahead of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use netgain_events::command::Request;
use netgain_events::identifier::{OrgId, Position};

use super::{Answer, Caller, Ledger, LedgerFault, Outcome, Requested};
use crate::log::{Lineage, Log, Ticket, durable};

/// How often something is decided again that others were ahead of: each time at least one of them has got on, so
/// that even fifty writers of one organisation are all done by then.
pub const DECISIONS_MAX: u32 = 64;

/// What an answer saw. It may be told once that stands ([`Ledger::stands`]).
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The last commit it saw that this process appended; nothing where it saw none.
    pub ticket: Option<Ticket>,
    /// What that builds on.
    pub lineage: Arc<Lineage>,
}

impl Seen {
    /// Whether others were ahead of it. Final once its ticket is durable.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.ticket
            .is_some_and(|ticket| self.lineage.has_displaced(ticket))
    }
}

/// What somebody decided on what they saw.
#[derive(Debug)]
pub struct Decided<T> {
    /// The decision.
    pub what: T,
    /// What it saw.
    pub seen: Seen,
    /// Whether it says no, so that nothing was appended that the log would have held to what others wrote.
    pub is_refusal: bool,
}

impl From<Requested> for Decided<Requested> {
    fn from(requested: Requested) -> Self {
        let (seen, is_refusal) = match &requested {
            Requested::Answered(Answer { outcome, seen }) => {
                (seen, matches!(outcome, Outcome::Refused(_)))
            }
            Requested::Stale { seen, .. } => (seen, true),
        };
        Self {
            seen: seen.clone(),
            what: requested,
            is_refusal,
        }
    }
}

/// A request, for each time that it is decided.
#[derive(Debug)]
pub struct Repeatable {
    next: Option<Request>,
    kept: Option<Request>,
}

impl Repeatable {
    /// The request.
    ///
    /// # Errors
    /// It was decided before, and nobody else writes the log: that does not happen.
    pub fn next(&mut self, org: &OrgId) -> Result<Request, LedgerFault> {
        let next = self.next.take().or_else(|| self.kept.clone());
        next.ok_or_else(|| LedgerFault::Contended { org: org.clone() })
    }
}

/// Something that is being decided until the decision stands ([`Ledger::settle`]).
pub struct Settling<'l, L: Log> {
    ledger: &'l Ledger<L>,
    org: &'l OrgId,
    /// Whether a refusal was decided on the newest there is.
    is_newest: bool,
    /// How many decisions there may be yet.
    left: u32,
}

impl<L: Log> Settling<'_, L> {
    /// Whether what was decided may be told. If not, it is to be decided again.
    ///
    /// # Errors
    /// The log has failed, and the outcome is not known; or others were ahead each time.
    pub async fn may_be_told(
        &mut self,
        seen: &Seen,
        is_refusal: bool,
    ) -> Result<bool, LedgerFault> {
        if !self.ledger.stands(seen).await? {
            self.ledger.decided_again.fetch_add(1, Ordering::Relaxed);
        } else if is_refusal && !self.is_newest {
            self.ledger.doubt(self.org);
            self.is_newest = true;
        } else {
            return Ok(true);
        }
        self.left = self.left.saturating_sub(1);
        if self.left > 0 {
            return Ok(false);
        }
        let org = self.org.clone();
        Err(LedgerFault::Contended { org })
    }
}

impl<L: Log> Ledger<L> {
    /// Waits until what was seen is durable. False if others were ahead of it: then it is void, and whoever asked
    /// is to ask again.
    ///
    /// # Errors
    /// The log has failed; the outcome is not known.
    pub async fn stands(&self, seen: &Seen) -> Result<bool, LedgerFault> {
        if let Some(ticket) = seen.ticket
            && !self.log.is_durable(ticket)
        {
            durable(&self.log, ticket).await?;
        }
        Ok(!seen.is_void())
    }

    /// Decides, and waits until the decision may be told. Where others were ahead of it, it is decided again on
    /// what they wrote, up to [`DECISIONS_MAX`] times; and a refusal once more on the newest there is, since
    /// nothing else would notice that it was decided on less.
    ///
    /// # Errors
    /// What `decide` says; the log has failed, and the outcome is not known; or others were ahead each time.
    pub async fn settle<T, E: From<LedgerFault>>(
        &self,
        org: &OrgId,
        mut decide: impl FnMut() -> Result<Decided<T>, E>,
    ) -> Result<T, E> {
        let mut settling = self.settling(org);
        loop {
            let decided = decide()?;
            if settling
                .may_be_told(&decided.seen, decided.is_refusal)
                .await?
            {
                return Ok(decided.what);
            }
        }
    }

    /// The same for whoever decides in their own way.
    pub fn settling<'l>(&'l self, org: &'l OrgId) -> Settling<'l, L> {
        Settling {
            ledger: self,
            org,
            is_newest: !self.log.is_shared(),
            left: DECISIONS_MAX,
        }
    }

    /// Records a request as [`Ledger::submit_request`] does, and settles what came of it.
    ///
    /// # Errors
    /// As [`Ledger::settle`].
    pub async fn settle_request(
        &self,
        org: &OrgId,
        request: Request,
        seen: Option<Position>,
        caller: &Caller,
    ) -> Result<Requested, LedgerFault> {
        let mut request = self.repeatable(request);
        self.settle(org, || {
            let requested = self.submit_request(org, request.next(org)?, seen, caller)?;
            Ok(requested.into())
        })
        .await
    }

    /// A request that can be decided again where others may be ahead of it. Elsewhere it is never copied.
    pub fn repeatable(&self, request: Request) -> Repeatable {
        Repeatable {
            kept: self.log.is_shared().then(|| request.clone()),
            next: Some(request),
        }
    }

    /// How often something was decided again because others were ahead of it.
    #[must_use]
    pub fn decided_again(&self) -> u64 {
        self.decided_again.load(Ordering::Relaxed)
    }
}
