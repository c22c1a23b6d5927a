//! What waits of a shard, sent as one batch after another.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::desk::Tip;
use crate::desks::Load;
use crate::outgoing::Outgoing;
use crate::publish::{self, Sent};
use crate::writer::{Writer, count};

/// How many messages a batch has at least; fewer go each by itself, all at once. One server makes files for each batch,
/// which takes it as long as some eight of its syncs (docs/SCALE.md).
const BATCH_MESSAGES_MIN: usize = 8;

impl Writer {
    /// Sends what waits of a shard until nothing does. Others do the same meanwhile.
    pub(super) async fn carry(self: Arc<Self>, shard: u32) {
        while let Some(Load { together, alone }) = self.load(shard) {
            for org in alone {
                self.runtime
                    .spawn(Arc::clone(&self).carry_alone(shard, org));
            }
            let outgoing = together.into_iter().map(|(org, gathered, tip)| {
                let message = Outgoing::new(&self.id, shard, org, gathered);
                (message, tip)
            });
            let outgoing: Vec<_> = outgoing.collect();
            if !outgoing.is_empty() {
                self.send(shard, outgoing).await;
            }
        }
    }

    fn load(&self, shard: u32) -> Option<Load> {
        self.desks().take(shard)
    }

    /// Sends messages once. What is not known to be stored then is sent again message by message, until it is known
    /// what became of each: another process may have been first with one of them, or they are stored and only the
    /// answer did not come.
    async fn send(self: &Arc<Self>, shard: u32, outgoing: Vec<(Outgoing, Tip)>) {
        let sequences = if outgoing.len() < BATCH_MESSAGES_MIN {
            self.send_each(&outgoing).await
        } else {
            self.send_batch(&outgoing).await
        };
        let (mut stored, mut again) = (Vec::new(), Vec::new());
        for (sent, sequence) in outgoing.into_iter().zip(sequences) {
            match sequence {
                Some(sequence) => stored.push((sent.0, sequence)),
                None => again.push(sent),
            }
        }
        let messages = || stored.iter().map(|(message, at)| (message, *at));
        self.settle(messages());
        let ends = messages().map(|(message, at)| (message, Some(message.stored(at))));
        self.end(shard, ends);
        count(&self.counters.resent, again.len());
        for (message, tip) in again {
            self.runtime
                .spawn(Arc::clone(self).carry_again(message, tip));
        }
    }

    /// Sends few messages, each by itself and all at once, and says which sequence each got.
    async fn send_each(&self, outgoing: &[(Outgoing, Tip)]) -> Vec<Option<u64>> {
        let sent = outgoing.iter().map(async |(message, tip)| {
            match publish::publish(&self.streams, message.sending(tip.sequence)).await {
                Sent::Stored(sequence) => {
                    count(&self.counters.batches, 1);
                    Some(sequence)
                }
                Sent::Overtaken | Sent::Unknown(_) | Sent::Refused(_) => None,
            }
        });
        join_all(sent).await
    }

    /// Sends messages as a batch, and says which sequence each got: all of them, or none.
    async fn send_batch(&self, outgoing: &[(Outgoing, Tip)]) -> Vec<Option<u64>> {
        let sending = outgoing
            .iter()
            .map(|(message, tip)| message.sending(tip.sequence));
        // No other batch has the id of its first message.
        let id = outgoing.first().map_or("", |(first, _)| first.id.as_str());
        let sent = publish::publish_batch(&self.streams, id, sending.collect()).await;
        let places = 1..=u64::try_from(outgoing.len()).unwrap_or(u64::MAX);
        match sent {
            Sent::Stored(last) => {
                count(&self.counters.batches, 1);
                // They stand one after another; the last one's sequence was told.
                let before = last.saturating_sub(*places.end());
                places.map(|place| Some(before + place)).collect()
            }
            Sent::Overtaken | Sent::Unknown(_) | Sent::Refused(_) => places.map(|_| None).collect(),
        }
    }
}
