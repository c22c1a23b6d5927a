//! The dates on which the boards of organisations meet (docs/adr/0022).
//!
//! They say nothing about gains, and so are no events: one small file an organisation,
//! `DIR/meetings/<code>.json`, that its board changes as it likes. A file is read each time it is asked for.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use netgain_durable_files::{self as durable_files, FileError, PUBLIC};
use netgain_events::identifier::OrgId;
use serde::{Deserialize, Serialize};

/// The most dates of an organisation: a board that meets every week keeps nearly ten years of them.
pub(crate) const MEETINGS_MAX: usize = 500;

/// The most bytes of a file: every date takes fewer than twenty.
const FILE_BYTES_MAX: usize = 16 * 1024;

/// What whoever backs the data up may enter too.
const DIRECTORY_MODE: u32 = 0o755;

/// A file's content.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeetingsFile {
    org: OrgId,
    /// The earliest first, each once.
    meetings: Vec<NaiveDate>,
}

/// Dates of meetings cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeetingsError {
    /// The operating system refused something.
    #[error("the dates of meetings cannot be used")]
    File(#[from] FileError),
    /// A file does not have its form.
    #[error("{path} has no dates of meetings: {why}; correct it or take it away", path = .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The thread that changed them ended early.
    #[error("a change of the dates of meetings ended early; look whether it was made")]
    Interrupted(#[source] tokio::task::JoinError),
    /// No more fit.
    #[error("there are {MEETINGS_MAX} meetings already; remove some of the oldest first")]
    Full,
}

/// The dates of all organisations.
#[derive(Debug)]
pub(crate) struct Meetings {
    directory: PathBuf,
    /// One change at a time. Nobody else changes the files of a running ledger.
    changing: Mutex<()>,
}

impl Meetings {
    /// Those of the ledger in that directory. It is not touched before a date is kept.
    pub(crate) fn beside(data: &Path) -> Self {
        Self {
            directory: data.join("meetings"),
            changing: Mutex::default(),
        }
    }

    /// The dates of an organisation, the earliest first.
    pub(crate) fn of(&self, org: &OrgId) -> Result<Vec<NaiveDate>, MeetingsError> {
        let path = self.directory.join(file_name(org));
        let Some(bytes) = durable_files::read_if_there(&path, FILE_BYTES_MAX)? else {
            return Ok(Vec::new());
        };
        let wrong = |why: String| MeetingsError::Form {
            path: path.clone(),
            why,
        };
        let file: MeetingsFile =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if file.org != *org {
            return Err(wrong(format!("it is about {}", file.org)));
        }
        if !file.meetings.is_sorted_by(|one, next| one < next) {
            return Err(wrong("its dates are not in order, each once".into()));
        }
        Ok(file.meetings)
    }

    /// Keeps one more date, durably. One that is kept already stays.
    pub(crate) fn keep(&self, org: &OrgId, date: NaiveDate) -> Result<(), MeetingsError> {
        self.change(org, |dates| match dates.binary_search(&date) {
            Ok(_) => Ok(()),
            Err(_) if dates.len() >= MEETINGS_MAX => Err(MeetingsError::Full),
            Err(place) => {
                dates.insert(place, date);
                Ok(())
            }
        })
    }

    /// Removes a date, durably. One that is not kept is none.
    pub(crate) fn remove(&self, org: &OrgId, date: NaiveDate) -> Result<(), MeetingsError> {
        self.change(org, |dates| {
            dates.retain(|kept| *kept != date);
            Ok(())
        })
    }

    fn change(
        &self,
        org: &OrgId,
        change: impl FnOnce(&mut Vec<NaiveDate>) -> Result<(), MeetingsError>,
    ) -> Result<(), MeetingsError> {
        // Nothing is kept in memory that a panic could have left half done.
        let _ours = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.of(org)?;
        let mut meetings = before.clone();
        change(&mut meetings)?;
        if meetings == before {
            return Ok(());
        }
        durable_files::create_directory(&self.directory, DIRECTORY_MODE)?;
        let name = file_name(org);
        let file = MeetingsFile {
            org: org.clone(),
            meetings,
        };
        let mut bytes = serde_json::to_vec(&file).map_err(|error| MeetingsError::Form {
            path: self.directory.join(&name),
            why: error.to_string(),
        })?;
        bytes.push(b'\n');
        Ok(durable_files::replace(
            &self.directory,
            &name,
            &bytes,
            PUBLIC,
        )?)
    }
}

/// Codes have capitals, digits, hyphens and underscores only.
fn file_name(org: &OrgId) -> String {
    format!("{org}.json")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn org() -> OrgId {
        "X00000001".parse().unwrap()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_kept_in_order_once_each_and_can_be_removed() {
        let home = tempfile::tempdir().unwrap();
        let meetings = Meetings::beside(home.path());
        assert_eq!(meetings.of(&org()).unwrap(), []);
        for text in ["2011-07-20", "2011-04-20", "2011-07-20", "2011-10-19"] {
            meetings.keep(&org(), date(text)).unwrap();
        }
        let kept = ["2011-04-20", "2011-07-20", "2011-10-19"].map(date);
        // Another run of the service reads the same.
        assert_eq!(Meetings::beside(home.path()).of(&org()).unwrap(), kept);
        meetings.remove(&org(), kept[1]).unwrap();
        meetings.remove(&org(), kept[1]).unwrap();
        assert_eq!(meetings.of(&org()).unwrap(), [kept[0], kept[2]]);
        let other = "X00000002".parse().unwrap();
        assert_eq!(meetings.of(&other).unwrap(), []);
        let text = fs::read_to_string(home.path().join("meetings/X00000001.json")).unwrap();
        assert_eq!(
            text,
            "{\"org\":\"X00000001\",\"meetings\":[\"2011-04-20\",\"2011-10-19\"]}\n"
        );
    }

    #[test]
    fn no_more_than_the_limit_are_kept_and_a_full_file_can_be_read_again() {
        let home = tempfile::tempdir().unwrap();
        let meetings = Meetings::beside(home.path());
        let first = date("2000-01-01");
        let dates = || first.iter_days().take(MEETINGS_MAX);
        let file = MeetingsFile {
            org: org(),
            meetings: dates().collect(),
        };
        fs::create_dir(home.path().join("meetings")).unwrap();
        let path = home.path().join("meetings/X00000001.json");
        fs::write(&path, serde_json::to_vec(&file).unwrap()).unwrap();
        assert_eq!(meetings.of(&org()).unwrap().len(), MEETINGS_MAX);
        let more = meetings.keep(&org(), date("1999-01-01"));
        assert!(matches!(more, Err(MeetingsError::Full)));
        // One that is there is no more.
        meetings.keep(&org(), first).unwrap();
        meetings.remove(&org(), first).unwrap();
        meetings.keep(&org(), date("1999-01-01")).unwrap();
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused_with_its_name_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let meetings = Meetings::beside(home.path());
        fs::create_dir(home.path().join("meetings")).unwrap();
        let path = home.path().join("meetings/X00000001.json");
        let good = "{\"org\":\"X00000001\",\"meetings\":[\"2011-04-20\",\"2011-10-19\"]}";
        fs::write(&path, good).unwrap();
        assert_eq!(meetings.of(&org()).unwrap().len(), 2);
        for wrong in [
            good.replace("X00000001", "X00000002"),
            good.replace("10-19", "04-20"),
            good.replace("10-19", "13-19"),
            good.replace('}', ""),
            good.replace("\"meetings\"", "\"x\":1,\"meetings\""),
            String::new(),
            " ".repeat(FILE_BYTES_MAX + 1),
        ] {
            fs::write(&path, &wrong).unwrap();
            assert!(meetings.of(&org()).is_err(), "{wrong}");
            assert!(
                meetings.keep(&org(), date("2012-01-01")).is_err(),
                "{wrong}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
        }
    }

    #[test]
    fn boards_that_keep_dates_at_the_same_time_lose_none() {
        let home = tempfile::tempdir().unwrap();
        let meetings = Meetings::beside(home.path());
        let days: Vec<NaiveDate> = date("2011-01-01").iter_days().take(16).collect();
        std::thread::scope(|scope| {
            for days in days.chunks(4) {
                let meetings = &meetings;
                scope.spawn(move || {
                    for day in days {
                        meetings.keep(&org(), *day).unwrap();
                    }
                });
            }
        });
        assert_eq!(meetings.of(&org()).unwrap(), days);
    }
}
