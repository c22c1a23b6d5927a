//! What a ledger sends a witness: the body of `add-checkpoint` (C2SP tlog-witness).

use netgain_verify::checkpoint::{CheckpointError, SignedCheckpoint};
use netgain_verify::proof_text::{self, ProofTextError};
use netgain_verify::tlog::Hash;

/// The most bytes a request may have: 63 hashes of 45 bytes with their line feeds and a note of
/// 64 KiB are less than that.
pub(crate) const REQUEST_BYTES_MAX: usize = 128 * 1024;

/// A checkpoint, and the proof that its log has grown into it from an earlier size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddCheckpoint {
    /// The size that the witness is thought to have cosigned last; 0 for none.
    pub(crate) old_size: u64,
    /// The consistency proof from there, at most 63 hashes.
    pub(crate) proof: Vec<Hash>,
    /// What is to be cosigned.
    pub(crate) checkpoint: SignedCheckpoint,
}

/// Why a request's body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestError {
    /// It has not its parts.
    #[error(
        "the request has not the form of an add-checkpoint: UTF-8 text of a line \"old SIZE\", the \
         hashes of the consistency proof, an empty line and a checkpoint"
    )]
    Form,
    /// The proof is not one.
    #[error("the consistency proof cannot be read")]
    Proof(#[from] ProofTextError),
    /// The checkpoint is not one.
    #[error("the checkpoint cannot be read")]
    Checkpoint(#[from] CheckpointError),
    /// The log would have shrunk.
    #[error("the old size {old} is larger than the checkpoint's, {new}; a log never shrinks")]
    Shrinks {
        /// The old size.
        old: u64,
        /// The checkpoint's.
        new: u64,
    },
}

impl AddCheckpoint {
    /// Reads a request's body. Nothing in it is to be believed yet.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let body = std::str::from_utf8(body).map_err(|_| RequestError::Form)?;
        let (head, note) = body.split_once("\n\n").ok_or(RequestError::Form)?;
        let (old, proof) = match head.split_once('\n') {
            // The last hash's line feed is the first of the two that were split at.
            Some((old, proof)) => (old, format!("{proof}\n")),
            None => (head, String::new()),
        };
        let old = old.strip_prefix("old ").and_then(whole_number);
        Ok(Self {
            old_size: old.ok_or(RequestError::Form)?,
            proof: proof_text::read_consistency_text(&proof)?,
            checkpoint: SignedCheckpoint::parse(note.as_bytes())?,
        })
    }

    /// The request's body.
    pub(crate) fn body(&self) -> Vec<u8> {
        let proof = proof_text::consistency_text(&self.proof);
        let head = format!("old {}\n{proof}\n", self.old_size);
        [head.as_bytes(), self.checkpoint.note().bytes()].concat()
    }
}

/// Reads a size in decimal, in the one form it has: no sign, no leading zeros.
pub(crate) fn whole_number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ledger;
    use netgain_verify::tlog::PROOF_HASHES_MAX;

    #[test]
    fn a_request_reads_back_as_it_was_written() {
        let ledger = Ledger::with_leaves(9);
        for old_size in [0, 5, 9] {
            let request = ledger.request(old_size, 9);
            assert_eq!(AddCheckpoint::parse(&request.body()), Ok(request));
        }
    }

    #[test]
    fn the_form_is_that_of_the_specification() {
        let ledger = Ledger::with_leaves(5);
        let request = ledger.request(3, 5);
        let text = String::from_utf8(request.body()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let hashes: Vec<String> = request.proof.iter().map(Hash::to_string).collect();
        assert_eq!(lines[0], "old 3");
        assert_eq!(lines[1..5], hashes);
        assert_eq!(lines[5], "");
        assert_eq!(lines[6..8], [ledger.name.as_str(), "5"]);
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn what_is_not_a_request_is_refused() {
        let good = String::from_utf8(Ledger::with_leaves(5).request(3, 5).body()).unwrap();
        assert!(AddCheckpoint::parse(good.as_bytes()).is_ok());
        let hash = good.lines().nth(1).unwrap();
        let many = format!("{hash}\n").repeat(PROOF_HASHES_MAX - 2);
        for wrong in [
            String::new(),
            good.replace("old 3", "old 03"),
            good.replace("old 3", "old +3"),
            good.replace("old 3", "old -3"),
            good.replace("old 3", "old  3"),
            good.replace("old 3", "old"),
            good.replace("old 3", "Old 3"),
            good.replace("old 3", "old 18446744073709551616"),
            good.replace("old 3\n", "old 3\r\n"),
            good.replace("old 3\n", ""),
            good.replace("old 3\n", "old 3\n\n"),
            good.replace("old 3\n", &format!("old 3\n{many}")),
            good.replace(hash, &hash[1..]),
            good.replace("\n\n", "\n"),
            good.trim_end().to_owned(),
            format!("{good}\n"),
        ] {
            assert!(AddCheckpoint::parse(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        assert!(AddCheckpoint::parse(b"\xff").is_err());
    }

    #[test]
    fn a_proof_of_sixty_three_hashes_is_read_and_fits_the_limit() {
        let mut request = Ledger::with_leaves(5).request(3, 5);
        request.proof = vec![request.proof[0]; PROOF_HASHES_MAX];
        let read = AddCheckpoint::parse(&request.body()).unwrap();
        assert_eq!(read.proof.len(), PROOF_HASHES_MAX);
        let largest = PROOF_HASHES_MAX * 45 + netgain_verify::note::NOTE_BYTES_MAX + 32;
        assert!(largest < REQUEST_BYTES_MAX);
    }
}
