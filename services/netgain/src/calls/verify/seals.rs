//! The part of `netgain verify` that holds the log to what was sealed.

use std::path::Path;

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::accounts::Accounts;
use netgain_ledger::log::LogRead;
use netgain_proof::examine::{self, Leaves};
use netgain_proof::kept::{self, KeptError};
use netgain_proof::keys;
use netgain_proof::registry::{Registry, RegistryError};
use netgain_verify::note::{NOTE_BYTES_MAX, VerifierKey};
use serde_json::{Value, json};

use super::counted;
use crate::data_dir::Place;
use crate::outcome::{Failure, with_causes};

/// What was sealed, as far as it can be read.
pub(super) struct Seals {
    registry: Option<Registry>,
    keys: Vec<VerifierKey>,
    /// What is wrong with the seals themselves.
    wrong: Vec<String>,
    /// What could not be compared, and why.
    notes: Vec<String>,
}

impl Seals {
    pub(super) fn read(place: &Place, ledger: &LedgerId) -> Result<Self, Failure> {
        let mut seals = Self {
            registry: None,
            keys: keys::public_keys(&place.keys, ledger)?,
            wrong: Vec::new(),
            notes: Vec::new(),
        };
        let remembered = keys::last_signed(&place.keys)?;
        if seals.keys.is_empty() {
            seals.keys = keys::public_keys(&place.checkpoints, ledger)?;
            if seals.keys.is_empty() {
                seals.notes.push(nothing_compared(place));
                return Ok(seals);
            }
            seals.notes.push(format!(
                "the checkpoints were checked with the key beside them, since there is none in {}; \
                 compare it with the one you hold",
                place.keys.display()
            ));
        }
        let read = Registry::read(
            &place.checkpoints,
            ledger,
            &seals.keys,
            remembered.as_deref(),
            &mut |_| {},
        );
        match read {
            Ok(registry) => {
                if registry.checkpoint().is_none() {
                    seals.notes.push(nothing_compared(place));
                }
                seals.registry = Some(registry);
            }
            Err(RegistryError::File(error)) => return Err(error.into()),
            Err(alarm) => seals.wrong.push(alarm.to_string()),
        }
        Ok(seals)
    }

    /// The account to keep of an organisation's leaves.
    pub(super) fn leaves(&self, org: &OrgId) -> Leaves {
        match &self.registry {
            Some(registry) => examine::leaves(registry, org),
            None => Leaves::default(),
        }
    }

    /// Holds what was read to what was sealed, and to a checkpoint that somebody kept.
    pub(super) fn judge(
        self,
        place: &Place,
        log: &dyn LogRead,
        leaves: Accounts<Leaves>,
        kept: Option<&Path>,
    ) -> Result<Sealed, Failure> {
        let Self {
            registry,
            keys,
            mut wrong,
            notes,
        } = self;
        let mut organisations = 0;
        if let Some(registry) = &registry {
            organisations = registry.newest().len();
            let examined = examine::judge(log, registry, leaves)?;
            let alarms = examined.alarms.values();
            wrong.extend(alarms.map(ToString::to_string));
        }
        let mut continued = None;
        if let Some(path) = kept {
            let bytes = read_note(path)?;
            match kept::check(log, &place.checkpoints, &keys, &bytes) {
                Ok(log) => continued = Some(log),
                Err(KeptError::History(error)) => return Err(error.into()),
                Err(error) => {
                    wrong.push(format!("{}: {}", path.display(), with_causes(&error)));
                }
            }
        }
        Ok(Sealed {
            organisations,
            registered: registry
                .as_ref()
                .and_then(Registry::checkpoint)
                .map_or(0, |signed| signed.checkpoint().size),
            continued,
            wrong,
            notes,
        })
    }
}

/// How the log compares with what was sealed.
pub(super) struct Sealed {
    organisations: usize,
    registered: u64,
    continued: Option<kept::Continued>,
    wrong: Vec<String>,
    notes: Vec<String>,
}

impl Sealed {
    pub(super) const fn holds(&self) -> bool {
        self.wrong.is_empty()
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "organisations": self.organisations,
            "registered": self.registered,
            "continues": self.continued.as_ref().map(|log| json!({
                "origin": log.origin,
                "from": log.size,
                "to": log.now,
            })),
            "wrong": self.wrong,
            "notes": self.notes,
        })
    }

    pub(super) fn for_people(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(self.wrong.iter().map(|wrong| format!("  {wrong}.")));
        if self.wrong.is_empty() && self.registered > 0 {
            lines.push(format!(
                "Sealed: the histories of {} are those that were signed ({} in the registry).",
                counted(self.organisations, "organisation"),
                counted(self.registered, "checkpoint")
            ));
        }
        lines.extend(self.continued.as_ref().map(|log| {
            format!(
                "The checkpoint you kept of {} at {} is continued by its {} of now: the consistency \
                 proof holds.",
                log.origin, log.size, log.now
            )
        }));
        lines.extend(self.notes.iter().map(|note| format!("Note: {note}.")));
        let mut text = lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

fn nothing_compared(place: &Place) -> String {
    format!(
        "nothing was compared with checkpoints: there are none in {}",
        place.checkpoints.display()
    )
}

fn read_note(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |e| {
        Failure::Usage(format!(
            "cannot read the checkpoint {}: {e}",
            path.display()
        ))
    };
    let length = std::fs::metadata(path).map_err(cannot)?.len();
    if length > u64::try_from(NOTE_BYTES_MAX).unwrap_or(u64::MAX) {
        return Err(Failure::Usage(format!(
            "{} has {length} bytes, which is no checkpoint",
            path.display()
        )));
    }
    std::fs::read(path).map_err(cannot)
}
