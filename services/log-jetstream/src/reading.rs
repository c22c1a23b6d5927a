//! Reading the streams from a thread that is not part of any runtime.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::Info;
use futures_util::future::join;
use netgain_events::identifier::OrgId;
use netgain_ledger::log::{Commit, Cursor, End, Follower, ReadError};
use tokio::runtime::Handle;
use tokio::time::sleep;

use crate::message::{self, Described, NoCommit};
use crate::place::Place;
use crate::pull::{Numbered, Piece, Pulling, Stretch, Until};
use crate::streams::{Stream, Streams};
use crate::{publish, subject};

/// How long a follower that is shown nothing waits until it is asked whether it wants to go on.
const TICK: Duration = Duration::from_millis(100);

/// How long to wait before the servers are asked again where a ledger's streams end.
const PAUSE: Duration = Duration::from_millis(250);

/// For how long they are asked again: about twice as long as an election takes.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Reads a ledger's streams.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) streams: Arc<Streams>,
    pub(crate) runtime: Handle,
}

impl Reading {
    /// Shows every commit after `from`, of all organisations or of one: shard after shard, each in its stream's
    /// order.
    pub(crate) fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        let from = self.place(from)?;
        let (to, last) = self.ends(&from, only)?;
        for (shard, (from, to)) in from.0.iter().zip(&to.0).enumerate() {
            if from > to {
                let why =
                    format!("it is after message {from} of shard {shard}, which ends with {to}");
                return Err(ReadError::UnknownCursor { why });
            }
        }
        let mut pulls = Vec::new();
        let sequences = from.0.iter().zip(&to.0);
        for (shard, (stream, (&after, &through))) in
            (0..).zip(self.streams.all().iter().zip(sequences))
        {
            let last = match only {
                None => through,
                Some(org) if subject::shard(org, self.streams.shards()) == shard => last,
                Some(_) => 0,
            };
            if after >= through.min(last) {
                continue;
            }
            // All are fetched at once, as far as there is room for what comes.
            let (sender, pieces) = channel();
            let stretch = Stretch {
                shard,
                stream: stream.clone(),
                filter: only.map(|org| subject::of(shard, org)),
                after,
                until: Some(Until { through, last }),
            };
            let pulling = Pulling::start(&self.runtime, stretch, sender);
            pulls.push((pulling, pieces, Checks::new(shard, after, only)));
        }
        for (pulling, pieces, mut checks) in pulls {
            loop {
                match pieces.recv() {
                    Ok((_, Piece::Messages(messages))) => {
                        checks.show(&messages, visit)?;
                        pulling.done(&messages);
                    }
                    Ok((_, Piece::End)) => break,
                    Ok((_, Piece::Short { last })) => return Err(checks.missing(last)),
                    Ok((_, Piece::Failed(source))) => return Err(checks.unreadable(source)),
                    Err(gone) => return Err(checks.unreadable(gone.into())),
                }
            }
        }
        Ok(End {
            cursor: to.cursor(&self.streams.ledger),
            tail: None,
        })
    }

    /// Shows every commit after `from`, those to come too, until `visit` has had enough; it is also asked, with
    /// nothing, whenever nothing has come for a while. Returns the place after what was shown.
    pub(crate) fn follow(
        &self,
        from: &Cursor,
        visit: &mut Follower<'_>,
    ) -> Result<Cursor, ReadError> {
        let mut place = self.place(from)?;
        let (sender, pieces) = channel();
        let mut pulls = Vec::new();
        for (shard, (stream, &after)) in (0..).zip(self.streams.all().iter().zip(&place.0)) {
            let stretch = Stretch {
                shard,
                stream: stream.clone(),
                filter: None,
                after,
                until: None,
            };
            let pulling = Pulling::start(&self.runtime, stretch, sender.clone());
            pulls.push((pulling, Checks::new(shard, after, None)));
        }
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue() {
            let (shard, piece) = match pieces.recv_timeout(TICK) {
                Ok(piece) => piece,
                Err(RecvTimeoutError::Timeout) => {
                    flow = visit(None, &place.cursor(&self.streams.ledger));
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let index = usize::try_from(shard).unwrap_or(usize::MAX);
            let Some((pulling, checks)) = pulls.get_mut(index) else {
                continue;
            };
            let messages = match piece {
                Piece::Messages(messages) => messages,
                Piece::Failed(source) => return Err(checks.unreadable(source)),
                Piece::Short { last } => return Err(checks.missing(last)),
                Piece::End => continue,
            };
            for message in messages.chunks(1) {
                if let (Some(at), Some((sequence, _))) = (place.0.get_mut(index), message.first()) {
                    *at = *sequence;
                    self.streams.reaches(shard, *sequence);
                }
                let after = place.cursor(&self.streams.ledger);
                checks.show(message, &mut |commit| flow = visit(Some(commit), &after))?;
                if flow.is_break() {
                    break;
                }
            }
            pulling.done(&messages);
        }
        Ok(place.cursor(&self.streams.ledger))
    }

    /// How many messages there are after a place. Asks once: whoever wants to know whether the servers answer.
    pub(crate) fn behind(&self, place: &Cursor) -> Result<u64, ReadError> {
        let place = self.place(place)?;
        let (sender, answers) = channel();
        let (streams, from) = (Arc::clone(&self.streams), place.clone());
        self.runtime.spawn(async move {
            // Nobody waits any more only where that thread has gone.
            drop(sender.send(ends(&streams, &from, None).await));
        });
        let ends = answers.recv();
        let (ends, _) = ends.map_err(|gone| unreadable(0, gone.into()))??;
        let lacking = ends.0.iter().zip(&place.0);
        Ok(lacking.map(|(end, at)| end.saturating_sub(*at)).sum())
    }

    /// The place that a cursor stands for.
    fn place(&self, cursor: &Cursor) -> Result<Place, ReadError> {
        Place::of(cursor, &self.streams.ledger, self.streams.all().len())
    }

    /// Where the streams end now, never before what is known to be stored; and the last message of an
    /// organisation, 0 where it has none.
    fn ends(&self, from: &Place, only: Option<&OrgId>) -> Result<(Place, u64), ReadError> {
        let (sender, answers) = channel();
        let (streams, from, only) = (Arc::clone(&self.streams), from.clone(), only.cloned());
        self.runtime.spawn(async move {
            let begun = Instant::now();
            let ends = loop {
                match ends(&streams, &from, only.as_ref()).await {
                    Err(_) if begun.elapsed() < TIME_MAX => sleep(PAUSE).await,
                    ends => break ends,
                }
            };
            // Nobody waits any more only where that thread has gone.
            drop(sender.send(ends));
        });
        answers.recv().map_err(|gone| unreadable(0, gone.into()))?
    }
}

async fn ends(
    streams: &Streams,
    from: &Place,
    only: Option<&OrgId>,
) -> Result<(Place, u64), ReadError> {
    let own = only.map(|org| (org, subject::shard(org, streams.shards())));
    let known = streams.reached();
    for (shard, (stream, (from, known))) in
        (0..).zip(streams.all().iter().zip(from.0.iter().zip(&known.0)))
    {
        // Of one organisation nothing is in the other shards: they are asked only where the place is after all that
        // was ever heard of them.
        if own.is_none_or(|(_, own)| own != shard && from > known) {
            reach(streams, shard, stream).await?;
        }
    }
    let Some((org, shard)) = own else {
        return Ok((streams.reached(), 0));
    };
    let Some(stream) = streams.stream(shard) else {
        return Ok((streams.reached(), 0));
    };
    // Both questions at once; then whether the one who answered may do so.
    let subject = subject::of(shard, org);
    let (end, last) = join(
        reach(streams, shard, stream),
        publish::last(stream, &subject),
    )
    .await;
    let confirmed = streams.confirm(&end?).await;
    confirmed.map_err(|error| unreadable(shard, error.into()))?;
    let last = last.map_err(|error| unreadable(shard, error.into()))?;
    let last = last.map_or(0, |last| last.sequence);
    // It may have been stored after the other question was answered.
    streams.reaches(shard, last);
    Ok((streams.reached(), last))
}

/// Asks where a stream ends now.
async fn reach(streams: &Streams, shard: u32, stream: &Stream) -> Result<Info, ReadError> {
    let info = stream.get_info().await;
    let info = info.map_err(|error| unreadable(shard, error.into()))?;
    streams.reaches(shard, info.state.last_sequence);
    Ok(info)
}

fn unreadable(shard: u32, source: Box<dyn std::error::Error + Send + Sync>) -> ReadError {
    ReadError::Unanswered {
        place: format!("stream {}", subject::stream(shard)),
        source,
    }
}

/// What is checked of one shard's messages while they are shown.
struct Checks<'a> {
    shard: u32,
    only: Option<&'a OrgId>,
    /// Where reading began.
    from: u64,
    /// The last message that was shown.
    last: u64,
    /// The last message of each organisation that was shown.
    tips: HashMap<OrgId, u64>,
}

impl<'a> Checks<'a> {
    fn new(shard: u32, from: u64, only: Option<&'a OrgId>) -> Self {
        Self {
            shard,
            only,
            from,
            last: from,
            tips: HashMap::new(),
        }
    }

    /// Shows messages, each once it has been checked.
    fn show(
        &mut self,
        messages: &[Numbered],
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<(), ReadError> {
        for (sequence, message) in messages {
            let damage = |why: String| self.damage(*sequence, why);
            if self.only.is_none() && *sequence != self.last + 1 {
                return Err(self.missing(self.last));
            }
            let Some(org) = subject::org(&message.subject) else {
                return Err(damage(format!("its subject is {}", message.subject)));
            };
            let headers = message.headers.as_ref();
            let described = headers
                .ok_or(NoCommit::Headers)
                .and_then(|headers| message::describe(&org, headers, &message.payload));
            let Described {
                first,
                events,
                previous,
            } = match described {
                Ok(described) => described,
                Err(NoCommit::Newer(found)) => {
                    return Err(ReadError::Newer {
                        place: self.at(*sequence),
                        found,
                        supported: message::FORMAT,
                    });
                }
                Err(no) => return Err(damage(no.to_string())),
            };
            let follows = match self.tips.get_mut(&org) {
                Some(tip) => previous == std::mem::replace(tip, *sequence),
                None => {
                    self.tips.insert(org.clone(), *sequence);
                    previous <= self.from
                }
            };
            if !follows {
                return Err(self.damage(
                    *sequence,
                    format!("it follows message {previous} of {org}, which is not there"),
                ));
            }
            self.last = *sequence;
            visit(Commit {
                org: &org,
                first,
                events,
                lines: &message.payload,
            });
        }
        Ok(())
    }

    /// What follows a message is not there.
    fn missing(&self, last: u64) -> ReadError {
        self.damage(last.saturating_add(1), "it is not there".into())
    }

    fn damage(&self, sequence: u64, why: String) -> ReadError {
        ReadError::Damage {
            place: self.at(sequence),
            why,
        }
    }

    fn at(&self, sequence: u64) -> String {
        format!(
            "message {sequence} of stream {}",
            subject::stream(self.shard)
        )
    }

    fn unreadable(&self, source: Box<dyn std::error::Error + Send + Sync>) -> ReadError {
        unreadable(self.shard, source)
    }
}
