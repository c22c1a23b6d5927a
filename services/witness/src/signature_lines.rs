//! Telling the signature lines of known keys from those of everybody else.

use netgain_verify::checkpoint::Checkpoint;
use netgain_verify::note::{SignedNote, VerifierKey};

/// Which of these lines are good signatures of that checkpoint by one of these keys, each without its
/// line feed. All others are passed over, as C2SP tlog-witness asks.
pub(crate) fn valid<'l>(
    lines: &'l str,
    checkpoint: &Checkpoint,
    keys: &[VerifierKey],
) -> impl Iterator<Item = &'l str> {
    let text = checkpoint.text();
    lines.split('\n').filter(move |line| {
        // By itself, so that no other line can spoil it.
        let alone = SignedNote::parse(format!("{text}\n{line}\n").as_bytes());
        alone.is_ok_and(|note| note.verify(keys).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Ledger, witness_name};
    use netgain_verify::cosignature::CosigningKey;

    #[test]
    fn only_good_lines_of_known_keys_are_taken() {
        let ledger = Ledger::with_leaves(3);
        let cosigner = |seed| CosigningKey::from_seed(witness_name(), [seed; 32]);
        let (known, stranger) = (cosigner(1), cosigner(2));
        let signed = ledger.checkpoint(3);
        let good = known.cosign(signed.checkpoint(), 5);
        let lines = [
            "no line".to_owned(),
            stranger.cosign(signed.checkpoint(), 5),
            known.cosign(ledger.checkpoint(2).checkpoint(), 5),
            good.clone(),
            good.replace('\n', "\r\n"),
            good.replace("\u{2014} ", ""),
            known.cosign(signed.checkpoint(), 6),
        ];
        let lines = lines.concat();
        let valid: Vec<_> = valid(&lines, signed.checkpoint(), &[known.verifier()]).collect();
        let later = known.cosign(signed.checkpoint(), 6);
        assert_eq!(valid, [good.trim_end(), later.trim_end()]);
    }

    /// `tests/proof/cosignature.py` holds the same file to the specification with another library.
    #[test]
    fn the_golden_cosignature_is_what_its_key_gives() {
        let key = CosigningKey::from_seed(witness_name(), [7; 32]);
        let signed = Ledger::with_leaves(9).checkpoint(9);
        let line = key.cosign(signed.checkpoint(), 1_700_000_000);
        let note = signed.with_signature_lines(&line).unwrap();
        let note = String::from_utf8(note.note().bytes().to_vec()).unwrap();
        let golden = format!("{}\n\n{note}", key.verifier());
        assert_eq!(golden, include_str!("../golden/cosignature.txt"));
    }
}
