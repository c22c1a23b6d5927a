//! What clients may take of the service.

use std::time::Duration;

use super::{Group, Key};
use crate::config::form::{Form, written_duration, written_size};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

pub(super) const GROUP: Group = Group {
    title: "What clients may take",
    keys: &[
        Key {
            name: "connections",
            form: Form::Count,
            what: "The most connections at once, 1 to 1,000,000; beyond it 503.",
            why: "A connection that does nothing takes some 20 KiB, so that this many take 80 MiB.",
            take: |values, given| {
                given
                    .count(1..=1_000_000)
                    .map(|count| values.service.limits.connections = count)
            },
            show: |values| Some(values.service.limits.connections.to_string()),
        },
        Key {
            name: "header_time",
            form: Form::Duration,
            what: "How long the head of a request may take to arrive, in all; from 100ms to 5m.",
            why: "Clients that send a byte now and then make room for others.",
            take: |values, given| {
                let within = Duration::from_millis(100)..=Duration::from_mins(5);
                given
                    .duration(within)
                    .map(|time| values.service.limits.header_time = time)
            },
            show: |values| Some(written_duration(values.service.limits.header_time)),
        },
        Key {
            name: "request_time",
            form: Form::Duration,
            what: "How long a request may take until its answer begins, its body included; from 1s to 10m. Beyond it 408 or 503.",
            why: "Longer than the longest honest request, and than the 15 s that an answer may wait for the disk.",
            take: |values, given| {
                let within = Duration::from_secs(1)..=Duration::from_mins(10);
                given
                    .duration(within)
                    .map(|time| values.service.limits.request_time = time)
            },
            show: |values| Some(written_duration(values.service.limits.request_time)),
        },
        Key {
            name: "body_bytes",
            form: Form::Size,
            what: "The most bytes of a request's body, 1KiB to 4MiB; beyond it 413. Spreadsheets have a limit of their own, 10MiB.",
            why: "A request is one commit, and that is at most 4 MiB.",
            take: |values, given| {
                let size = given.size(KIB..=4 * MIB)?;
                values.service.limits.body_bytes = usize::try_from(size).unwrap_or(usize::MAX);
                Ok(())
            },
            show: |values| {
                let size = u64::try_from(values.service.limits.body_bytes);
                Some(written_size(size.unwrap_or(u64::MAX)))
            },
        },
        Key {
            name: "streams",
            form: Form::Count,
            what: "The most open streams of live totals, 1 to 1,000,000; beyond it 503.",
            why: "More than a council's staff with one each; a change is computed once for all of them.",
            take: |values, given| {
                given
                    .count(1..=1_000_000)
                    .map(|count| values.service.limits.streams = count)
            },
            show: |values| Some(values.service.limits.streams.to_string()),
        },
        Key {
            name: "streams_of_a_person",
            form: Form::Count,
            what: "The most open streams of one person, 1 to 100,000; beyond it 429.",
            why: "Some browsers with some pages each, and nobody takes all the streams there are.",
            take: |values, given| {
                given
                    .count(1..=100_000)
                    .map(|count| values.service.limits.streams_of_a_person = count)
            },
            show: |values| Some(values.service.limits.streams_of_a_person.to_string()),
        },
        Key {
            name: "requests_a_second",
            form: Form::Count,
            what: "How many requests a second a person or their tokens may make on average, 1 to 1,000,000, and ten times that in a burst; beyond it 429.",
            why: "A program that records as fast as it can is welcome, one that has run wild is held.",
            take: |values, given| {
                given
                    .count(1..=1_000_000)
                    .map(|count| values.service.limits.requests_a_second = count)
            },
            show: |values| Some(values.service.limits.requests_a_second.to_string()),
        },
        Key {
            name: "anonymous_a_second",
            form: Form::Count,
            what: "How many requests a second an address may make that prove nobody, 1 to 1,000,000, and ten times that in a burst; beyond it 429.",
            why: "Who is not signed in has little to ask. Behind a proxy everybody has its address.",
            take: |values, given| {
                given
                    .count(1..=1_000_000)
                    .map(|count| values.service.limits.anonymous_a_second = count)
            },
            show: |values| Some(values.service.limits.anonymous_a_second.to_string()),
        },
        Key {
            name: "readings",
            form: Form::Count,
            what: "How many histories are read through at once, 1 to 1,000; more wait.",
            why: "Each takes a core: figures of the past, checks and imports.",
            take: |values, given| {
                given
                    .count(1..=1_000)
                    .map(|count| values.service.limits.readings = count)
            },
            show: |values| Some(values.service.limits.readings.to_string()),
        },
        Key {
            name: "exports",
            form: Form::Count,
            what: "How many whole histories are sent at once, 1 to 1,000; beyond it 503.",
            why: "Each waits for whoever reads it most of the time, and holds a file open.",
            take: |values, given| {
                given
                    .count(1..=1_000)
                    .map(|count| values.service.limits.exports = count)
            },
            show: |values| Some(values.service.limits.exports.to_string()),
        },
        Key {
            name: "disk_free_bytes",
            form: Form::Size,
            what: "How much of the ledger's disk must be free for anything to be recorded, 1MiB to 1024GiB; below it 507, while reading goes on.",
            why: "A disk that is quite full cannot even be made room on; this is what a few hours of recording take.",
            take: |values, given| {
                given
                    .size(MIB..=1024 * GIB)
                    .map(|size| values.service.limits.disk_free_bytes = size)
            },
            show: |values| Some(written_size(values.service.limits.disk_free_bytes)),
        },
    ],
};
