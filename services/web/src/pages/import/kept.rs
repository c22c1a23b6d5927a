//! Spreadsheets between their preview and their confirmation.
//!
//! The browser is not asked to send the file again, nor trusted to: what is recorded is decided anew from these
//! bytes. They are in memory only, for a short while, for whoever sent them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use netgain_events::identifier::{Actor, OrgId};
use netgain_events::sha256::Sha256Hex;
use netgain_pages::pages::import::{Answers, KeptFile, Recorded};

/// The largest spreadsheet that a form takes: what it asks for has to fit into one commit of this size.
pub(super) const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// All files together take at most 128 MiB. The one kept longest makes room for the next.
const FILES_MAX: usize = 32;

/// Of one person, so that one alone does not push out everybody else's.
const FILES_OF_A_PERSON_MAX: usize = 4;

/// Long enough to look through a preview and ask a colleague.
const KEPT_TIME: Duration = Duration::from_mins(30);

/// A spreadsheet that somebody sent for an organisation.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) person: Actor,
    pub(super) org: OrgId,
    pub(super) file: KeptFile,
    pub(super) bytes: Bytes,
    pub(super) answers: Answers,
    /// What it came to, once it is recorded.
    pub(super) recorded: Option<Recorded>,
    at: Instant,
    /// Held by whoever confirms it, so that a second press finds what the first came to.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
}

/// All of them, the one kept longest first.
#[derive(Clone, Default)]
pub(super) struct KeptFiles(Arc<Mutex<VecDeque<Kept>>>);

impl Kept {
    /// A file as it came.
    pub(super) fn new(
        person: Actor,
        org: OrgId,
        name: String,
        bytes: Bytes,
        answers: Answers,
    ) -> Self {
        let sha256 = Sha256Hex::of(&bytes).to_string();
        Self {
            person,
            org,
            file: KeptFile { sha256, name },
            bytes,
            answers,
            recorded: None,
            at: Instant::now(),
            turn: Arc::default(),
        }
    }

    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) >= KEPT_TIME
    }

    fn is(&self, person: &Actor, org: &OrgId, sha256: &str) -> bool {
        self.person.is(person) && self.org == *org && self.file.sha256 == sha256
    }
}

impl KeptFiles {
    /// Keeps a file, in place of the same one kept before.
    pub(super) fn keep(&self, kept: Kept) {
        self.with(|files| {
            files.retain(|it| !it.is(&kept.person, &kept.org, &kept.file.sha256));
            let theirs = files.iter().filter(|it| it.person.is(&kept.person));
            if theirs.count() >= FILES_OF_A_PERSON_MAX
                && let Some(oldest) = files.iter().position(|it| it.person.is(&kept.person))
            {
                files.remove(oldest);
            }
            while files.len() >= FILES_MAX {
                files.pop_front();
            }
            files.push_back(kept);
        });
    }

    /// A person's file of an organisation, as long as it is kept.
    pub(super) fn find(&self, person: &Actor, org: &OrgId, sha256: &str) -> Option<Kept> {
        self.with(|files| files.iter().find(|it| it.is(person, org, sha256)).cloned())
    }

    /// Notes what a file came to.
    pub(super) fn note(&self, kept: &Kept, recorded: Recorded) {
        self.with(|files| {
            let mut files = files.iter_mut();
            let found = files.find(|it| it.is(&kept.person, &kept.org, &kept.file.sha256));
            if let Some(found) = found {
                found.recorded = Some(recorded);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        files.retain(|it| !it.is_over(now));
        act(&mut files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(person: &str, org: &str, bytes: &str) -> Kept {
        let bytes = Bytes::from(bytes.to_owned());
        let (person, org) = (person.parse().unwrap(), org.parse().unwrap());
        Kept::new(person, org, "f.csv".into(), bytes, Answers::default())
    }

    #[test]
    fn a_file_is_only_for_whoever_sent_it_and_where_they_sent_it() {
        let files = KeptFiles::default();
        let kept = sent("a.finance", "E1", "x");
        files.keep(kept.clone());
        let find = |person: &str, org: &str| {
            let (person, org) = (person.parse().unwrap(), org.parse().unwrap());
            files.find(&person, &org, &kept.file.sha256).is_some()
        };
        assert!(find("a.finance", "E1") && find("A.Finance", "E1"));
        assert!(!find("b.finance", "E1") && !find("a.finance", "E2"));
    }

    #[test]
    fn one_person_keeps_a_few_and_everybody_together_so_many() {
        let files = KeptFiles::default();
        let is_there = |kept: &Kept| {
            let found = files.find(&kept.person, &kept.org, &kept.file.sha256);
            found.is_some()
        };
        let first = sent("a.finance", "E1", "first");
        files.keep(first.clone());
        let other = sent("b.finance", "E1", "other");
        files.keep(other.clone());
        for number in 0..FILES_OF_A_PERSON_MAX {
            files.keep(sent("a.finance", "E1", &number.to_string()));
        }
        assert!(!is_there(&first), "their own oldest made room");
        assert!(is_there(&other), "nobody else's did");
        for number in 0..FILES_MAX {
            files.keep(sent(&format!("p{number}"), "E1", "x"));
        }
        assert!(!is_there(&other));
        assert_eq!(files.with(|files| files.len()), FILES_MAX);
    }

    #[test]
    fn the_same_file_again_is_kept_once_with_the_newer_answers() {
        let files = KeptFiles::default();
        files.keep(sent("a.finance", "E1", "x"));
        let mut again = sent("a.finance", "E1", "x");
        again.answers.amend = true;
        files.keep(again.clone());
        let found = files.find(&again.person, &again.org, &again.file.sha256);
        assert!(found.unwrap().answers.amend);
        assert_eq!(files.with(|files| files.len()), 1);
    }

    #[test]
    fn a_file_is_gone_after_its_time() {
        let kept = sent("a.finance", "E1", "x");
        let almost = KEPT_TIME.saturating_sub(Duration::from_millis(1));
        assert!(!kept.is_over(kept.at + almost));
        assert!(kept.is_over(kept.at + KEPT_TIME));
    }
}
