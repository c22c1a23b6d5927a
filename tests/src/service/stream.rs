//! A reader of Server-Sent Events, as a browser reads them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::Connection;

/// An event of a stream.
#[derive(Clone, Debug)]
pub struct Event {
    /// By which a stream is resumed after it, if it can be.
    pub id: Option<String>,
    /// What kind of event it is.
    pub name: String,
    /// Its data.
    pub data: String,
    /// When it arrived.
    pub at: Instant,
}

impl Event {
    /// The data as one JSON document.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

enum Told {
    Event(Event),
    /// The stream is over; whether it was ended and not just broken off.
    End {
        cleanly: bool,
    },
}

/// An open stream; a thread of its own reads it.
#[derive(Debug)]
pub struct Stream {
    told: Receiver<Told>,
}

impl Stream {
    pub(super) fn of(connection: Connection) -> Self {
        let (tell, told) = channel();
        thread::spawn(move || read(connection, &tell));
        Self { told }
    }

    /// The next event, if one comes in that time. A stream that ends instead fails the test.
    ///
    /// # Panics
    /// When the stream ends.
    #[must_use]
    pub fn next_within(&self, patience: Duration) -> Option<Event> {
        match self.told.recv_timeout(patience) {
            Ok(Told::Event(event)) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Ok(Told::End { .. }) | Err(RecvTimeoutError::Disconnected) => {
                panic!("the stream has ended")
            }
        }
    }

    /// The events until the stream ends, and whether it ended cleanly; none if it goes on after that
    /// time.
    #[must_use]
    pub fn end_within(&self, patience: Duration) -> Option<(Vec<Event>, bool)> {
        let until = Instant::now() + patience;
        let mut events = Vec::new();
        loop {
            match self
                .told
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(Told::Event(event)) => events.push(event),
                Ok(Told::End { cleanly }) => return Some((events, cleanly)),
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => return Some((events, false)),
            }
        }
    }
}

fn read(mut connection: Connection, tell: &Sender<Told>) {
    let mut text = String::new();
    let cleanly = loop {
        match connection.chunk() {
            Ok(chunk) if chunk.is_empty() => break true,
            Ok(chunk) => text.push_str(&String::from_utf8(chunk).expect("events in UTF-8")),
            Err(_) => break false,
        }
        while let Some((block, rest)) = text.split_once("\n\n") {
            let event = event(block);
            text = rest.to_owned();
            if let Some(event) = event
                && tell.send(Told::Event(event)).is_err()
            {
                return;
            }
        }
    };
    // Nobody may wait for it any more.
    let _ = tell.send(Told::End { cleanly });
}

/// The event of some lines; nothing where they are a comment or a setting.
fn event(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let mut lines = block.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
        Some(value.to_owned())
    };
    Some(Event {
        id: field("id"),
        name: field("event")?,
        data: field("data").unwrap_or_default(),
        at: Instant::now(),
    })
}
