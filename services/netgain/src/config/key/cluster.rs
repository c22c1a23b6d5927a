//! Where a clustered ledger's log is kept.

use netgain_log_jetstream::{Home, Syncing};

use super::{Group, Key, shown};
use crate::config::form::Form;

pub(super) const GROUP: Group = Group {
    title: "A log that servers keep",
    keys: &[
        Key {
            name: "log",
            form: Form::Text,
            what: "The NATS servers that keep the log of record, like nats://a:4222,nats://b:4222; by default it is in files in data.",
            why: "Any number of nodes may record and answer on such a log; in data each then keeps what it can make again.",
            take: |values, given| given.text().map(|text| values.log = Some(text)),
            show: |values| values.log.clone(),
        },
        Key {
            name: "log_replicas",
            form: Form::Count,
            what: "How many servers must keep each commit, 1 to 99; NATS knows 1, 3 and 5.",
            why: "Of three one may fail and nothing stops or is lost; a log kept by fewer is refused.",
            take: |values, given| given.count(1..=99).map(|count| values.log_replicas = count),
            show: |values| Some(values.log_replicas.to_string()),
        },
        Key {
            name: "log_user",
            form: Form::Text,
            what: "Who this program is to those servers; goes with log_password_file.",
            why: "A user of its own may write this ledger's log and nothing else there.",
            take: |values, given| given.text().map(|text| values.log_user = Some(text)),
            show: |values| values.log_user.clone(),
        },
        Key {
            name: "log_password_file",
            form: Form::Path,
            what: "The file with that user's password, on one line.",
            why: "A file and not a value, so that it is never in an environment or a list of processes.",
            take: |values, given| {
                given
                    .path()
                    .map(|path| values.log_password_file = Some(path))
            },
            show: |values| values.log_password_file.as_deref().map(shown),
        },
        Key {
            name: "seals_user",
            form: Form::Text,
            what: "Who this program is where those servers keep the ledger's seals; goes with seals_password_file. Without it this node seals nothing.",
            why: "In an account of its own, so that whoever may write the log cannot write what proves it; every node that seals has the same signing key.",
            take: |values, given| given.text().map(|text| values.seals_user = Some(text)),
            show: |values| values.seals_user.clone(),
        },
        Key {
            name: "seals_password_file",
            form: Form::Path,
            what: "The file with that user's password, on one line.",
            why: "A file and not a value, so that it is never in an environment or a list of processes.",
            take: |values, given| {
                given
                    .path()
                    .map(|path| values.seals_password_file = Some(path))
            },
            show: |values| values.seals_password_file.as_deref().map(shown),
        },
        Key {
            name: "log_authorities",
            form: Form::Path,
            what: "Whose certificates those servers' may be issued by, as a PEM file; with it none without TLS is talked to.",
            why: "Servers of one's own usually have certificates of one's own; without it the operating system says whom to trust.",
            take: |values, given| given.path().map(|path| values.log_authorities = Some(path)),
            show: |values| values.log_authorities.as_deref().map(shown),
        },
        Key {
            name: "log_syncing",
            form: Form::Text,
            what: "How it is known that the servers sync before they answer (sync_interval: always): asked, of themselves; or stated, by whoever writes this.",
            why: "By default they sync every two minutes, and a power cut takes what was acknowledged since.",
            take: |values, given| match given.text()?.as_str() {
                "asked" => {
                    values.log_syncing = Syncing::Asked;
                    Ok(())
                }
                "stated" => {
                    values.log_syncing = Syncing::Stated;
                    Ok(())
                }
                _ => Err("write asked or stated".to_owned()),
            },
            show: |values| {
                let shown = match values.log_syncing {
                    Syncing::Asked => "asked",
                    Syncing::Stated => "stated",
                };
                Some(shown.to_owned())
            },
        },
    ],
};

/// How many servers must keep each commit where nothing is said.
pub(crate) const REPLICAS: usize = Home::REPLICAS;
