//! Bringing the seals of a ledger that one process sealed to where several agree on them.

use std::path::Path;

use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_verify::checkpoint::SignedCheckpoint;

use crate::agreement::{Agreed, Agreement, AgreementError};
use crate::keys::{KeyRing, last_signed};
use crate::registry::Registry;
use crate::signed_seal::{ORGANISATIONS_BYTES_MAX, SignedSeal};
use crate::store::StoreError;

/// Makes the seals in a directory the first that are agreed on, so that the ledger goes on under the same
/// registry; says how many checkpoints that are. Nobody may seal into the directory meanwhile; it is only read.
///
/// They go as few large seals, whose checkpoints of the registry are signed anew, as of `now`; the last is the
/// one that was published.
///
/// # Errors
/// What is there is not what was signed; or something else was agreed on already, as
/// [`AgreementError::Forked`]; or nobody answers: then nothing else may be agreed on before this has been
/// tried again.
pub fn bring(
    directory: &Path,
    keys: &KeyRing,
    now: RecordedAt,
    agreement: &mut dyn Agreement,
) -> Result<u64, StoreError> {
    let (ledger, public) = (keys.ledger(), keys.public_keys());
    let remembered = last_signed(keys.directory())?;
    let remembered = remembered.as_deref();
    // Whatever is wrong with it is found before anything of it is agreed on.
    let whole = Registry::read(directory, ledger, public, remembered, &mut |_| {})?;
    let Some(newest) = whole.checkpoint() else {
        return Ok(0);
    };
    let size = newest.checkpoint().size;
    let mut bringing = Bringing {
        keys,
        now,
        agreement,
        registry: Registry::empty(directory, ledger),
        waiting: Vec::new(),
        bytes: 0,
        failed: None,
    };
    // Of seals that were brought before this was interrupted, the same ones come again.
    bringing.agreement.go_to(None)?;
    Registry::read(directory, ledger, public, remembered, &mut |registered| {
        bringing.take(registered.org, registered.checkpoint);
    })?;
    bringing.end(newest)?;
    Ok(size)
}

struct Bringing<'a> {
    keys: &'a KeyRing,
    now: RecordedAt,
    agreement: &'a mut dyn Agreement,
    /// What was agreed on so far.
    registry: Registry,
    /// What goes into the next seal.
    waiting: Vec<(OrgId, SignedCheckpoint)>,
    bytes: usize,
    /// Why the rest is not brought.
    failed: Option<StoreError>,
}

impl Bringing<'_> {
    fn take(&mut self, org: &OrgId, checkpoint: &SignedCheckpoint) {
        if self.failed.is_some() {
            return;
        }
        let bytes = checkpoint.note().bytes().len();
        if self.bytes + bytes > ORGANISATIONS_BYTES_MAX && !self.waiting.is_empty() {
            self.failed = self.sign_and_agree().err();
        }
        self.bytes += bytes;
        self.waiting.push((org.clone(), checkpoint.clone()));
    }

    fn sign_and_agree(&mut self) -> Result<(), StoreError> {
        let covering = self.registry.unsigned_with(&self.waiting);
        let signed = SignedCheckpoint::sign(covering, &self.keys.signing_keys(self.now))?;
        self.agree(signed)
    }

    fn end(mut self, newest: &SignedCheckpoint) -> Result<(), StoreError> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.agree(newest.clone()),
        }
    }

    fn agree(&mut self, checkpoint: SignedCheckpoint) -> Result<(), StoreError> {
        let organisations = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let seal = SignedSeal {
            checkpoint,
            organisations,
        };
        let bytes = seal.bytes();
        let is_agreed = match self.agreement.next()? {
            Some(before) => before == bytes,
            None => self.agreement.agree(&bytes)? == Agreed::Yes,
        };
        for (org, checkpoint) in seal.organisations {
            self.registry.push(org, checkpoint);
        }
        if is_agreed {
            return Ok(());
        }
        let size = self.registry.unsigned().size;
        Err(AgreementError::Forked { size }.into())
    }
}
