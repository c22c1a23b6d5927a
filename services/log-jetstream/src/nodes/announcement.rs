//! What a node says of itself to the others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use netgain_events::wire;
use serde::{Deserialize, Serialize};

/// The most characters of a name that are shown: enough for a host and a directory.
const NAME_CHARS_MAX: usize = 200;

/// Of how many types of events at most it is said which they are, where it is not most of them.
const NAMED_MAX: usize = 3;

/// A JSON object. What a later release writes may have more members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announcement {
    /// Who it is, in words for an operator.
    node: String,
    /// The version of its program.
    program: String,
    /// The newest version of each type of event that it reads; it reads every older one too.
    reads: BTreeMap<String, u32>,
    /// The version of each type of event that it writes.
    writes: BTreeMap<String, u32>,
}

impl Announcement {
    /// What this process says of itself, under that name.
    pub(crate) fn of_this(node: &str) -> Self {
        let mut this = Self {
            node: plain(node),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            ..Self::default()
        };
        for (kind, versions) in wire::versions() {
            let event = kind.event_type();
            this.reads.insert(event.to_owned(), versions.read);
            this.writes.insert(event.to_owned(), versions.written);
        }
        this
    }

    /// What stands under a key. What cannot be understood reads nothing, so that nothing is written for as long as it is
    /// there: it may be a node all the same.
    pub(crate) fn from_bytes(key: &str, bytes: &[u8]) -> Self {
        let said = serde_json::from_slice(bytes).unwrap_or_else(|_| Self {
            node: format!("that says of itself what is not understood here, at {key},"),
            ..Self::default()
        });
        Self {
            node: plain(&said.node),
            program: plain(&said.program),
            ..said
        }
    }

    pub(crate) fn to_bytes(&self) -> Bytes {
        // Maps of texts and numbers can always be written.
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// The types and versions that another one writes and this one does not read.
    pub(crate) fn lacks<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a str, u32)> {
        let written = other.writes.iter();
        let unread = written.filter(|(event, version)| {
            let read = self.reads.get(*event).copied().unwrap_or_default();
            read < **version
        });
        unread.map(|(event, version)| (event.as_str(), *version))
    }

    /// Who it is.
    pub(crate) fn who(&self) -> String {
        let Self { node, program, .. } = self;
        match program.as_str() {
            "" => format!("the node {node}"),
            program => format!("the node {node} (netgain {program})"),
        }
    }

    /// By what name it goes.
    pub(crate) fn node(&self) -> &str {
        &self.node
    }

    /// Its program, and which versions of events it reads.
    pub(crate) fn describe(&self) -> String {
        let mut by_version = BTreeMap::<u32, Vec<&str>>::new();
        for (event, version) in &self.reads {
            by_version.entry(*version).or_default().push(event);
        }
        let mut said = format!("netgain {}, reads", self.program);
        for (version, events) in &by_version {
            let which = if events.len() > NAMED_MAX {
                format!("{} types", events.len())
            } else {
                events.join(" and ")
            };
            // Writing to a text cannot fail.
            let _ = write!(said, " {which} to version {version},");
        }
        if by_version.is_empty() {
            said.push_str(" no events");
        }
        said.trim_end_matches(',').to_owned()
    }
}

/// A name as it may be shown.
fn plain(name: &str) -> String {
    let shown = name.chars().filter(|letter| !letter.is_control());
    shown.take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(reads: &[(&str, u32)], writes: &[(&str, u32)]) -> Announcement {
        let map = |versions: &[(&str, u32)]| {
            let versions = versions.iter();
            let owned = versions.map(|(event, version)| ((*event).to_owned(), *version));
            owned.collect()
        };
        Announcement {
            node: "n".into(),
            program: "1.0".into(),
            reads: map(reads),
            writes: map(writes),
        }
    }

    #[test]
    fn a_program_reads_what_it_writes_and_says_so_in_bytes_that_are_read() {
        let this = Announcement::of_this("here");
        assert_eq!(this.lacks(&this).count(), 0);
        assert_eq!(Announcement::from_bytes("k", &this.to_bytes()), this);
        assert!(this.writes.len() > 20 && this.to_bytes().len() < 8_192);
    }

    #[test]
    fn what_another_writes_in_a_version_or_of_a_type_that_is_not_read_is_lacking() {
        let old = node(&[("a", 1), ("b", 1)], &[("a", 1), ("b", 1)]);
        let new = node(&[("a", 2), ("b", 1), ("c", 1)], &[("a", 2), ("c", 1)]);
        let lacking: Vec<_> = old.lacks(&new).collect();
        assert_eq!(lacking, [("a", 2), ("c", 1)]);
        assert_eq!(new.lacks(&old).count(), 0, "older versions are read too");
    }

    #[test]
    fn what_is_not_understood_reads_nothing_and_more_members_are_no_harm() {
        let this = Announcement::of_this("here");
        let strange = Announcement::from_bytes("some-key", b"{");
        assert_eq!(strange.lacks(&this).count(), this.writes.len());
        assert!(strange.who().contains("some-key"));
        let later = br#"{"node":"x","program":"9","reads":{"a":1},"writes":{},"more":[1]}"#;
        assert_eq!(Announcement::from_bytes("k", later).reads["a"], 1);
        let long = format!("\u{1b}[31m{}", "x".repeat(1_000));
        let shown = Announcement::of_this(&long).node;
        assert!(shown.starts_with("[31mx") && shown.chars().count() == NAME_CHARS_MAX);
    }

    #[test]
    fn what_is_read_is_said_by_version() {
        let reads = [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 2)];
        let said = node(&reads, &[]).describe();
        assert_eq!(
            said,
            "netgain 1.0, reads 4 types to version 1, e to version 2"
        );
        assert_eq!(node(&[], &[]).describe(), "netgain 1.0, reads no events");
    }
}
