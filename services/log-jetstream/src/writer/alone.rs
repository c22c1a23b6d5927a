//! A message by itself, sent until it is known what became of it: one of which it is not known what it follows, or whose
//! organisation others write too, or that did not get through with others.

use std::sync::Arc;
use std::time::Duration;

use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::log::LogFault;
use tokio::sync::SemaphorePermit;
use tokio::time::sleep;

use crate::desk::{Gathered, Tip};
use crate::message;
use crate::outgoing::Outgoing;
use crate::publish::{self, Sent};
use crate::writer::{Writer, count};

/// How many messages of a shard may be under way by themselves: enough to keep servers busy that each sync for several at once,
/// and few enough to leave them alone when there is no leader and all are sent again and again.
pub(super) const TURNS: usize = 64;

/// How long to wait before a message is sent again that the servers could not take: much shorter than an
/// election (4 to 9 s), much longer than an answer takes.
const PAUSE: Duration = Duration::from_millis(100);

/// How often a server may say that another message came first and have none: it may refuse on account of one that
/// is still being agreed on, but not for longer than an election takes.
const LOOKS_MAX: u32 = 100;

/// How long whoever has stored a message waits with the next of that organisation where others write it too: they
/// read what was stored and answer with theirs. Otherwise whoever is ahead stays ahead for seconds.
const GIVING_WAY: Duration = Duration::from_millis(5);

/// What became of a message.
enum Written {
    Stored(Tip),
    Displaced,
    Failed(LogFault),
}

impl Writer {
    /// Sends what comes next of an organisation.
    pub(super) async fn carry_alone(self: Arc<Self>, shard: u32, org: OrgId) {
        // Whatever is appended while this one waits goes along.
        let Some(turn) = self.turn(shard).await else {
            return;
        };
        let Some((gathered, known)) = self.pop(&org) else {
            return;
        };
        let message = Outgoing::new(&self.id, shard, org, gathered);
        if known.is_some_and(|tip| tip.next < message.first) {
            // What it builds on is another's.
            self.note_others(&message.org);
        }
        self.see_through(message, known, turn).await;
    }

    /// Sends a message again that was sent with others, or once before.
    pub(super) async fn carry_again(self: Arc<Self>, message: Outgoing, tip: Tip) {
        if let Some(turn) = self.turn(message.shard).await {
            self.see_through(message, Some(tip), turn).await;
        }
    }

    /// Waits until a message of a shard may be sent by itself. They are given turns in the order in which they came.
    async fn turn(&self, shard: u32) -> Option<SemaphorePermit<'_>> {
        let turns = self.turns.get(usize::try_from(shard).ok()?)?;
        turns.acquire().await.ok()
    }

    fn pop(&self, org: &OrgId) -> Option<(Gathered, Option<Tip>)> {
        self.desks().of(org)?.pop()
    }

    /// Sends a message until it is known what became of it, and sees to that.
    async fn see_through(
        self: &Arc<Self>,
        message: Outgoing,
        known: Option<Tip>,
        turn: SemaphorePermit<'_>,
    ) {
        let tip = match self.write(&message, known).await {
            Written::Stored(tip) => {
                count(&self.counters.batches, 1);
                self.settle(std::iter::once((&message, tip.sequence)));
                // Others go on meanwhile.
                drop(turn);
                if self.has_others(&message.org) {
                    sleep(GIVING_WAY).await;
                }
                Some(tip)
            }
            Written::Displaced => {
                count(&self.counters.displacements, 1);
                self.note_others(&message.org);
                self.displace(&message);
                None
            }
            // What waits behind it must not be stored without it: its desk stays busy for ever.
            Written::Failed(fault) => return self.fail(fault),
        };
        self.end(message.shard, std::iter::once((&message, tip)));
    }

    /// Notes that another process writes the same history.
    fn note_others(&self, org: &OrgId) {
        if let Some(desk) = self.desks().of(org) {
            desk.note_others();
        }
    }

    /// Whether another one has done so not long ago.
    fn has_others(&self, org: &OrgId) -> bool {
        self.desks().of(org).is_some_and(|desk| desk.has_others())
    }

    /// Voids a message and whatever waits behind it that builds on it.
    fn displace(&self, message: &Outgoing) {
        let org = &message.org;
        let (Some(lineage), Some(&first)) = (&message.lineage, message.numbers.first()) else {
            return self.fail(LogFault {
                what: format!("another process writes the history of {org} at the same time"),
                source: None,
            });
        };
        let mut void = message.numbers.clone();
        {
            let mut desks = self.desks();
            lineage.displace(first);
            desks.void(org, lineage, &mut void);
        }
        self.settlement.settle(&void);
    }

    async fn write(&self, message: &Outgoing, known: Option<Tip>) -> Written {
        let failed = |why: &str, cause| Written::Failed(message.fault(why, Some(cause)));
        let tip = match self.tip_before(message, known).await {
            Ok(tip) if tip.next > message.first => return Written::Displaced,
            Ok(tip) => tip,
            Err(fault) => return Written::Failed(fault),
        };
        let mut looks = 0;
        loop {
            match publish::publish(&self.streams, message.sending(tip.sequence)).await {
                Sent::Stored(sequence) => return Written::Stored(message.stored(sequence)),
                Sent::Overtaken => {
                    if let Some(written) = self.whose(message, tip.sequence, &mut looks).await {
                        return written;
                    }
                }
                Sent::Unknown(cause) => {
                    if let Some(denied) = self.streams.heard().denial_of(&message.subject) {
                        return failed(&denied, cause.into());
                    }
                }
                Sent::Refused(cause) => return failed("the server refused it", cause.into()),
            }
            count(&self.counters.resent, 1);
            sleep(PAUSE).await;
        }
    }

    /// The end of the history that a message is to follow. What is known may be behind what the message was
    /// decided on, where others have written; then the stream's leader is asked.
    async fn tip_before(&self, message: &Outgoing, known: Option<Tip>) -> Result<Tip, LogFault> {
        if let Some(tip) = known.filter(|tip| tip.next >= message.first) {
            return Ok(tip);
        }
        let stream = self.streams.stream(message.shard);
        loop {
            let Some(stream) = stream else {
                return Err(message.fault("its shard has no stream", None));
            };
            match publish::last(stream, &message.subject).await {
                Ok(None) => {
                    let next = Position::ZERO.next();
                    return Ok(Tip { sequence: 0, next });
                }
                Ok(Some(last)) => {
                    let described = message::describe(&message.org, &last.headers, &last.payload);
                    return match described {
                        Ok(described) => Ok(Tip {
                            sequence: last.sequence,
                            next: Position::new(
                                described
                                    .first
                                    .get()
                                    .saturating_add(described.events.into()),
                            ),
                        }),
                        Err(cause) => {
                            let what = format!("message {} before it is no commit", last.sequence);
                            Err(message.fault(&what, Some(cause.into())))
                        }
                    };
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Whose message stands where this one was to: perhaps it is this one, of whose first sending no
    /// answer came. Nothing if none does yet, or nobody answers; then it is sent again.
    async fn whose(&self, message: &Outgoing, previous: u64, looks: &mut u32) -> Option<Written> {
        let stream = self.streams.stream(message.shard)?;
        match publish::first_from(stream, &message.subject, previous + 1).await {
            Ok(Some(found)) if message::has_id(&found.headers, &message.id) => {
                count(&self.counters.found, 1);
                Some(Written::Stored(message.stored(found.sequence)))
            }
            Ok(Some(_)) => Some(Written::Displaced),
            Ok(None) => {
                *looks += 1;
                let what = format!(
                    "the server says that message {previous} is not its last one, and has none after it"
                );
                let fault = || Written::Failed(message.fault(&what, None));
                (*looks >= LOOKS_MAX).then(fault)
            }
            Err(_) => None,
        }
    }
}
