//! What clients may take of the service. Each limit has an honest answer when it is reached.

use std::time::Duration;

/// The limits. The defaults suit one machine of two cores that serves some hundreds of people.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most connections at once: a connection that does nothing takes some 20 KiB. Beyond it 503.
    pub connections: usize,
    /// How long a request's head may take, in all: slow clients make room for others.
    pub header_time: Duration,
    /// How long a request may take, its body and its answer's beginning included. Beyond it 408 or 503.
    pub request_time: Duration,
    /// The most bytes of a body: one commit (interface, *HTTP*). Beyond it 413.
    pub body_bytes: usize,
    /// The most open streams of live totals. Beyond it 503.
    pub streams: usize,
    /// The most open streams of one person. Beyond it 429.
    pub streams_of_a_person: usize,
    /// How many requests a second a person may make, on average; ten times that in a burst. Beyond it 429.
    pub requests_a_second: u32,
    /// How many requests a second an address may make that prove nobody; ten times that in a burst. Beyond it
    /// 429.
    pub anonymous_a_second: u32,
    /// How many histories are read through at once: each takes a core.
    pub readings: usize,
    /// How many whole histories are sent at once.
    pub exports: usize,
    /// How much of the disk must be free for anything to be recorded. Below it 507, while reading goes on.
    pub disk_free_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_time: Duration::from_secs(10),
            request_time: Duration::from_secs(30),
            body_bytes: 4 * 1024 * 1024,
            streams: 2_000,
            streams_of_a_person: 50,
            requests_a_second: 500,
            anonymous_a_second: 20,
            readings: 4,
            exports: 16,
            disk_free_bytes: 256 * 1024 * 1024,
        }
    }
}
