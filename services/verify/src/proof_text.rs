//! Proofs as texts: C2SP tlog-proof, and the two plainer forms of a bundle.

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::whole_number;
use crate::tlog::{Hash, HashError, PROOF_HASHES_MAX};

/// How a tlog-proof begins (C2SP tlog-proof, *Format*).
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1\n";

/// Why a text is not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofTextError {
    /// It does not begin as a tlog-proof does, or a part is missing.
    #[error("a tlog-proof has its first line, the index, hashes, a blank line and a checkpoint")]
    Form,
    /// It has a line that nothing signs.
    #[error("the tlog-proof has an \"extra\" line, which nothing proves; leave it out")]
    Extra,
    /// The leaf's number is not one.
    #[error("a leaf's number is written in decimal without leading zeros")]
    Index,
    /// A hash is not one.
    #[error("the proof's hash number {number} is none")]
    Hash {
        /// Which, from 1.
        number: usize,
        /// What is wrong with it.
        source: HashError,
    },
    /// It has more hashes than any proof needs.
    #[error("a proof has at most {PROOF_HASHES_MAX} hashes")]
    TooLong,
    /// Its last line does not end.
    #[error("the last line has no line feed")]
    NoLineFeed,
}

/// That a leaf is in a log: its number, the proof, and the log's signed checkpoint. Its text is the
/// C2SP tlog-proof, without an `extra` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// The leaf's number, from 0.
    pub index: u64,
    /// The proof, from the leaf's sibling on.
    pub hashes: Vec<Hash>,
    /// The log's signed checkpoint, as it is.
    pub checkpoint: String,
}

impl FromStr for TlogProof {
    type Err = ProofTextError;

    fn from_str(text: &str) -> Result<Self, ProofTextError> {
        let rest = text.strip_prefix(FIRST_LINE).ok_or(ProofTextError::Form)?;
        if rest.starts_with("extra ") {
            return Err(ProofTextError::Extra);
        }
        let rest = rest.strip_prefix("index ").ok_or(ProofTextError::Form)?;
        // The hashes stand between the index and the first blank line, each with its line feed.
        let (proof, checkpoint) = rest.split_once("\n\n").ok_or(ProofTextError::Form)?;
        let mut lines = proof.split('\n');
        let index = lines.next().and_then(whole_number);
        Ok(Self {
            index: index.ok_or(ProofTextError::Index)?,
            hashes: hashes(lines)?,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The line of `inclusion.txt` for a leaf: its number and its proof, with single spaces between and
/// a line feed.
#[must_use]
pub fn inclusion_line(index: u64, proof: &[Hash]) -> String {
    let mut line = String::new();
    write_inclusion_line(index, proof.iter().copied(), &mut line);
    line
}

/// Appends the same.
pub(crate) fn write_inclusion_line(
    index: u64,
    proof: impl Iterator<Item = Hash>,
    out: &mut String,
) {
    out.push_str(&index.to_string());
    for hash in proof {
        out.push(' ');
        hash.write_to(out);
    }
    out.push('\n');
}

/// The leaf's number that a line of `inclusion.txt` begins with.
pub(crate) fn inclusion_index(line: &str) -> Option<u64> {
    let (index, _) = line.split_once([' ', '\n'])?;
    whole_number(index)
}

/// The text of a consistency proof: one hash a line.
#[must_use]
pub fn consistency_text(proof: &[Hash]) -> String {
    let mut text = String::new();
    for hash in proof {
        hash.write_to(&mut text);
        text.push('\n');
    }
    text
}

/// Reads the text of a consistency proof.
pub fn read_consistency_text(text: &str) -> Result<Vec<Hash>, ProofTextError> {
    match text.strip_suffix('\n') {
        Some(lines) => hashes(lines.split('\n')),
        None if text.is_empty() => Ok(Vec::new()),
        None => Err(ProofTextError::NoLineFeed),
    }
}

fn hashes<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Vec<Hash>, ProofTextError> {
    let mut hashes = Vec::new();
    for text in texts {
        if hashes.len() == PROOF_HASHES_MAX {
            return Err(ProofTextError::TooLong);
        }
        let number = hashes.len() + 1;
        let hash = text.parse();
        hashes.push(hash.map_err(|source| ProofTextError::Hash { number, source })?);
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlog::{EMPTY_ROOT, leaf_hash};
    use proptest::prelude::*;

    /// A tlog-proof of one hash, and its hash.
    fn example() -> (String, String) {
        let hash = EMPTY_ROOT.to_string();
        let text =
            format!("c2sp.org/tlog-proof@v1\nindex 73894\n{hash}\n\norigin\n5\n{hash}\n\n- a b\n");
        (text, hash)
    }

    #[test]
    fn a_tlog_proof_is_read_with_its_checkpoint_as_it_is() {
        let (text, hash) = example();
        let proof: TlogProof = text.parse().unwrap();
        assert_eq!(proof.index, 73_894);
        assert_eq!(proof.hashes, [EMPTY_ROOT]);
        assert_eq!(proof.checkpoint, format!("origin\n5\n{hash}\n\n- a b\n"));
        assert_eq!(proof.to_string(), text);
        // The only leaf of a log takes no hashes.
        let alone = text.replacen(&format!("{hash}\n"), "", 1);
        assert_eq!(alone.parse::<TlogProof>().unwrap().hashes, []);
    }

    #[test]
    fn what_is_not_a_tlog_proof_is_refused() {
        let (text, hash) = example();
        let refused = |text: String| text.parse::<TlogProof>().unwrap_err();
        let hash_error = |number| ProofTextError::Hash {
            number,
            source: HashError,
        };
        assert_eq!(refused(text.replace("@v1", "@v2")), ProofTextError::Form);
        assert_eq!(
            refused(text.replace("index", "Index")),
            ProofTextError::Form
        );
        assert_eq!(refused(text.replace("\n\n", "\n")), ProofTextError::Form);
        assert_eq!(
            refused(text.replace("index", "extra AAAA\nindex")),
            ProofTextError::Extra
        );
        for index in ["", "-1", "+1", "07", " 7", "18446744073709551616"] {
            assert_eq!(
                refused(text.replace("73894", index)),
                ProofTextError::Index,
                "{index:?}"
            );
        }
        assert_eq!(refused(text.replacen(&hash, "x", 1)), hash_error(1));
        assert_eq!(
            refused(text.replacen(&hash, &format!("{hash}\n{hash} "), 1)),
            hash_error(2)
        );
        let long = format!("{hash}\n").repeat(PROOF_HASHES_MAX + 1);
        assert_eq!(
            refused(text.replacen(&format!("{hash}\n"), &long, 1)),
            ProofTextError::TooLong
        );
    }

    #[test]
    fn a_line_of_inclusions_is_a_number_and_hashes_with_single_spaces() {
        let hash = EMPTY_ROOT.to_string();
        assert_eq!(inclusion_line(0, &[]), "0\n");
        assert_eq!(
            inclusion_line(12, &[EMPTY_ROOT; 2]),
            format!("12 {hash} {hash}\n")
        );
        assert_eq!(inclusion_index("12 x\n"), Some(12));
        assert_eq!(inclusion_index("0\n"), Some(0));
        for line in ["", "\n", " 1\n", "01\n", "x 1\n", "1"] {
            assert_eq!(inclusion_index(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_consistency_proof_is_a_hash_a_line() {
        let hash = EMPTY_ROOT.to_string();
        assert_eq!(read_consistency_text(""), Ok(Vec::new()));
        let hash_error = |number| {
            Err(ProofTextError::Hash {
                number,
                source: HashError,
            })
        };
        assert_eq!(
            read_consistency_text(&hash),
            Err(ProofTextError::NoLineFeed)
        );
        assert_eq!(read_consistency_text("\n"), hash_error(1));
        assert_eq!(read_consistency_text(&format!("{hash}\n\n")), hash_error(2));
        let longest = format!("{hash}\n").repeat(PROOF_HASHES_MAX);
        assert_eq!(
            read_consistency_text(&longest).unwrap().len(),
            PROOF_HASHES_MAX
        );
        let too_long = Err(ProofTextError::TooLong);
        assert_eq!(
            read_consistency_text(&format!("{longest}{hash}\n")),
            too_long
        );
    }

    proptest! {
        #[test]
        fn proofs_read_back_as_they_were_written(index in any::<u64>(), count in 0..=PROOF_HASHES_MAX) {
            let hashes: Vec<Hash> = (0..count).map(|n| leaf_hash(n.to_string().as_bytes())).collect();
            prop_assert_eq!(read_consistency_text(&consistency_text(&hashes)), Ok(hashes.clone()));
            prop_assert_eq!(inclusion_index(&inclusion_line(index, &hashes)), Some(index));
            let proof = TlogProof { index, hashes, checkpoint: "a\n\nb".to_owned() };
            prop_assert_eq!(proof.to_string().parse(), Ok(proof));
        }
    }
}
