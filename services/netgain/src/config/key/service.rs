//! How the service runs.

use std::time::Duration;

use super::{Group, Key, shown};
use crate::config::form::{Form, written_duration};

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

const LOG_LEVEL_FORM: &str =
    "write error, warn, info, debug or trace, like \"info\" or \"info,netgain_web=debug\"";

/// A level, or a part of the program and its level. The logger itself would take a mistyped level for the name
/// of a part, and log nothing else.
fn is_directive(text: &str) -> bool {
    let (part, level) = text.rsplit_once('=').unwrap_or(("all", text));
    let mark = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':');
    LEVELS.contains(&level) && !part.is_empty() && part.bytes().all(mark)
}

pub(super) const GROUP: Group = Group {
    title: "The service",
    keys: &[
        Key {
            name: "listen",
            form: Form::Address,
            what: "Where the service listens.",
            why: "This machine only, until somebody has thought of TLS.",
            take: |values, given| {
                given
                    .address()
                    .map(|address| values.service.listen = address)
            },
            show: |values| Some(values.service.listen.to_string()),
        },
        Key {
            name: "proxy",
            form: Form::IpAddress,
            what: "The address of the proxy in front, if there is one: who asks is then whom it names last in X-Forwarded-For.",
            why: "Whoever else sends that header is not believed; without it all that comes through a proxy has one address.",
            take: |values, given| {
                given
                    .ip_address()
                    .map(|address| values.service.proxy = Some(address))
            },
            show: |values| values.service.proxy.map(|address| address.to_string()),
        },
        Key {
            name: "metrics",
            form: Form::Address,
            what: "Where Prometheus finds the service's figures, at /metrics; nowhere by default.",
            why: "Nobody signs in there, so it is an address of its own that strangers do not reach.",
            take: |values, given| {
                given
                    .address()
                    .map(|address| values.service.metrics = Some(address))
            },
            show: |values| values.service.metrics.map(|address| address.to_string()),
        },
        Key {
            name: "tls_certificate",
            form: Form::Path,
            what: "The certificate of the service's own TLS and those that lead to a root, as a PEM file; goes with tls_key.",
            why: "Passwords and tokens travel over it. Without it a proxy in front has to give TLS.",
            take: |values, given| given.path().map(|path| values.tls_certificate = Some(path)),
            show: |values| values.tls_certificate.as_deref().map(shown),
        },
        Key {
            name: "tls_key",
            form: Form::Path,
            what: "The certificate's private key, as a PEM file that only the service may read.",
            why: "A file and not a value, so that it is never in an environment or a list of processes.",
            take: |values, given| given.path().map(|path| values.tls_key = Some(path)),
            show: |values| values.tls_key.as_deref().map(shown),
        },
        Key {
            name: "log_level",
            form: Form::Text,
            what: "Which lines are logged to standard error: error, warn, info, debug or trace; after a comma, module=level for one part of the program.",
            why: "At info every answer with an error has its line, and nobody's figures are in it.",
            take: |values, given| {
                let text = given.text()?;
                if !text.split(',').all(is_directive) {
                    return Err(LOG_LEVEL_FORM.to_owned());
                }
                values.log_level = text;
                Ok(())
            },
            show: |values| Some(values.log_level.clone()),
        },
        Key {
            name: "seal_every",
            form: Form::Duration,
            what: "How long what was recorded waits for its signed checkpoint, at most; from 10ms to 10m.",
            why: "Within a second nobody has built on it, and a busy ledger signs once a second and not for each event.",
            take: |values, given| {
                let within = Duration::from_millis(10)..=Duration::from_mins(10);
                given
                    .duration(within)
                    .map(|time| values.service.seal_every = time)
            },
            show: |values| Some(written_duration(values.service.seal_every)),
        },
        Key {
            name: "store_views_every",
            form: Form::Duration,
            what: "How often the folded states are kept beside the log; from 1s to 1h.",
            why: "A start reads only what came after; more often costs more writing.",
            take: |values, given| {
                let within = Duration::from_secs(1)..=Duration::from_hours(1);
                given
                    .duration(within)
                    .map(|time| values.service.store_views_every = time)
            },
            show: |values| Some(written_duration(values.service.store_views_every)),
        },
        Key {
            name: "merge_within",
            form: Form::Duration,
            what: "How long a change may wait so that several go as one to whoever watches live totals; from 0ms to 1s.",
            why: "Shorter than anybody sees, and an import of thousands of claims is one change on the screen.",
            take: |values, given| {
                let within = Duration::ZERO..=Duration::from_secs(1);
                given
                    .duration(within)
                    .map(|time| values.service.merge_within = time)
            },
            show: |values| Some(written_duration(values.service.merge_within)),
        },
        Key {
            name: "session_idle",
            form: Form::Duration,
            what: "How long a session lasts without a request; from 1m to 1d, and no longer than session_whole.",
            why: "Half an hour: a desk that was left is soon nobody's (OWASP ASVS 5.0, 7.3.1).",
            take: |values, given| {
                let within = Duration::from_mins(1)..=Duration::from_hours(24);
                given
                    .duration(within)
                    .map(|time| values.sessions.idle = time)
            },
            show: |values| Some(written_duration(values.sessions.idle)),
        },
        Key {
            name: "session_whole",
            form: Form::Duration,
            what: "How long a session lasts whatever happens; from 1m to 7d.",
            why: "A working day (OWASP ASVS 5.0, 7.3.2). A restart ends every session too.",
            take: |values, given| {
                let within = Duration::from_mins(1)..=Duration::from_hours(7 * 24);
                given
                    .duration(within)
                    .map(|time| values.sessions.absolute = time)
            },
            show: |values| Some(written_duration(values.sessions.absolute)),
        },
    ],
};
