//! Which witnesses a ledger asks, and how many of them must cosign.

use netgain_verify::checkpoint::SignedCheckpoint;
use netgain_verify::note::{KeyKind, SIGNATURES_MAX, VerifierKey, VerifierKeyError};
use ureq::http::Uri;

use crate::add_checkpoint::whole_number;

/// The most witnesses a ledger asks: as many as a note has signatures, less the ledger's own two around
/// a rotation of its key.
pub const WITNESSES_MAX: usize = SIGNATURES_MAX - 2;

/// The most bytes a policy has: fourteen long lines, and comments.
const POLICY_BYTES_MAX: usize = 64 * 1024;

/// The most characters a witness's name in the policy has: it stands in sentences.
const NAME_CHARS_MAX: usize = 100;

/// The witnesses that a ledger asks, and the quorum. A text in the manner of C2SP tlog-policy:
///
/// ```text
/// # who cosigns our checkpoints
/// witness audit example.gov.uk/audit-witness+…+… https://witness.example.gov.uk
/// witness county county.example/w+…+… http://10.0.0.7:8080
/// quorum 1
/// ```
///
/// Unlike there, the quorum is a number: any so many of all the witnesses. There are no groups, and the
/// ledger's own key has no line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessPolicy {
    witnesses: Vec<PolicyWitness>,
    quorum: usize,
}

/// A witness to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    name: String,
    key: VerifierKey,
    url: String,
}

/// Why a policy cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is larger than any policy.
    #[error("the witness policy has {bytes} bytes; it may have {POLICY_BYTES_MAX}")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// It is not text.
    #[error("the witness policy is not UTF-8 text")]
    NotText,
    /// A line is neither of the two kinds.
    #[error(
        "line {line} of the witness policy is neither \"witness NAME KEY URL\" nor \"quorum NUMBER\""
    )]
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// A witness's name is too long.
    #[error(
        "line {line} of the witness policy has a name of more than {NAME_CHARS_MAX} characters"
    )]
    Name {
        /// Its number, from 1.
        line: usize,
    },
    /// A witness's key is none.
    #[error("line {line} of the witness policy has no public key in the third place")]
    Key {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        source: VerifierKeyError,
    },
    /// A key is a log's.
    #[error(
        "line {line} of the witness policy has a log's key (type 0x01); a witness's is of type 0x04"
    )]
    NotAWitness {
        /// Its number, from 1.
        line: usize,
    },
    /// A witness's address is none.
    #[error(
        "line {line} of the witness policy has an address that is not like https://witness.example or \
         http://10.0.0.7:8080/path"
    )]
    Url {
        /// Its number, from 1.
        line: usize,
    },
    /// A name or key stands in it twice; one witness would count as two.
    #[error("line {line} of the witness policy has the name or the key of a line before it")]
    Twice {
        /// Its number, from 1.
        line: usize,
    },
    /// It has more witnesses than a checkpoint has room for.
    #[error("the witness policy has more than {WITNESSES_MAX} witnesses")]
    TooMany,
    /// It does not say how many must cosign, or says so twice.
    #[error("the witness policy needs exactly one line \"quorum NUMBER\"; it has {found}")]
    Quorum {
        /// How many it has.
        found: usize,
    },
    /// More must cosign than there are.
    #[error("the witness policy has a quorum of {quorum} and only {witnesses} witnesses")]
    QuorumTooLarge {
        /// How many must cosign.
        quorum: u64,
        /// How many there are.
        witnesses: usize,
    },
}

impl WitnessPolicy {
    /// Reads a policy. Blank lines and lines that begin with `#` are passed over. A quorum of 0 asks all
    /// and needs none.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::TooLarge { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| PolicyError::NotText)?;
        let mut witnesses: Vec<PolicyWitness> = Vec::new();
        let mut quorums = Vec::new();
        for (line, text) in (1..).zip(text.split('\n')) {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            match *words.as_slice() {
                [] => (),
                [first, ..] if first.starts_with('#') => (),
                ["quorum", number] => {
                    quorums.push(whole_number(number).ok_or(PolicyError::Line { line })?);
                }
                ["witness", name, key, url] => {
                    let witness = PolicyWitness::parse(line, name, key, url)?;
                    if witnesses.iter().any(|other| other.is_like(&witness)) {
                        return Err(PolicyError::Twice { line });
                    }
                    if witnesses.len() == WITNESSES_MAX {
                        return Err(PolicyError::TooMany);
                    }
                    witnesses.push(witness);
                }
                _ => return Err(PolicyError::Line { line }),
            }
        }
        Self::of(witnesses, &quorums)
    }

    fn of(witnesses: Vec<PolicyWitness>, quorums: &[u64]) -> Result<Self, PolicyError> {
        let &[quorum] = quorums else {
            return Err(PolicyError::Quorum {
                found: quorums.len(),
            });
        };
        match usize::try_from(quorum) {
            Ok(quorum) if quorum <= witnesses.len() => Ok(Self { witnesses, quorum }),
            Ok(_) | Err(_) => Err(PolicyError::QuorumTooLarge {
                quorum,
                witnesses: witnesses.len(),
            }),
        }
    }

    /// The witnesses, in the order of the text: at most [`WITNESSES_MAX`].
    #[must_use]
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Whether a checkpoint has been cosigned by as many of them as must. Never where none must: then
    /// all are asked, and none is needed.
    #[must_use]
    pub fn is_met_by(&self, checkpoint: &SignedCheckpoint) -> bool {
        let keys: Vec<VerifierKey> = self.witnesses.iter().map(|w| w.key.clone()).collect();
        let cosigned = checkpoint.note().verify(&keys).map_or(0, |keys| keys.len());
        self.quorum > 0 && cosigned >= self.quorum
    }

    /// How many of them must cosign; at most as many as there are.
    #[must_use]
    pub const fn quorum(&self) -> usize {
        self.quorum
    }
}

impl PolicyWitness {
    fn parse(line: usize, name: &str, key: &str, url: &str) -> Result<Self, PolicyError> {
        if name.chars().count() > NAME_CHARS_MAX {
            return Err(PolicyError::Name { line });
        }
        let key: VerifierKey = key
            .parse()
            .map_err(|source| PolicyError::Key { line, source })?;
        if key.kind() != KeyKind::Witness {
            return Err(PolicyError::NotAWitness { line });
        }
        let url = url.trim_end_matches('/');
        if !is_address(url) {
            return Err(PolicyError::Url { line });
        }
        Ok(Self {
            name: name.to_owned(),
            key,
            url: url.to_owned(),
        })
    }

    /// What the policy calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key its cosignatures are checked with.
    #[must_use]
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Where it is asked: what stands before `/add-checkpoint`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it has the other's name in the policy or, under whatever name and id, the other's key.
    fn is_like(&self, other: &Self) -> bool {
        self.name == other.name || bytes_of(&self.key) == bytes_of(&other.key)
    }
}

/// The part of a key's text that stands for its bytes: behind the name and the id.
fn bytes_of(key: &VerifierKey) -> Option<String> {
    key.to_string().splitn(3, '+').nth(2).map(str::to_owned)
}

fn is_address(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    scheme && uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_verify::cosignature::CosigningKey;
    use netgain_verify::note::SigningKey;

    #[test]
    fn a_policy_is_met_by_as_many_of_its_own_witnesses_as_must_cosign() {
        let ledger = crate::testing::Ledger::with_leaves(3);
        let witness = |seed: u8| {
            let name = format!("w{seed}").parse().unwrap();
            CosigningKey::from_seed(name, [seed; 32])
        };
        let policy = |quorum: usize| {
            let line = |seed: u8| {
                let key = witness(seed).verifier();
                format!("witness w{seed} {key} http://w{seed}.example\n")
            };
            let text = format!("{}{}quorum {quorum}\n", line(1), line(2));
            WitnessPolicy::parse(text.as_bytes()).unwrap()
        };
        let alone = ledger.checkpoint(3);
        let by = |seeds: &[u8]| {
            seeds.iter().fold(alone.clone(), |signed, &seed| {
                let line = witness(seed).cosign(alone.checkpoint(), 1_700_000_000);
                signed.with_signature_lines(&line).unwrap()
            })
        };
        assert!(policy(1).is_met_by(&by(&[2])) && policy(2).is_met_by(&by(&[1, 2])));
        // Nobody; too few; somebody whom the policy does not name; and where all are only asked.
        assert!(!policy(1).is_met_by(&alone) && !policy(2).is_met_by(&by(&[1])));
        assert!(!policy(1).is_met_by(&by(&[3])) && !policy(2).is_met_by(&by(&[1, 3])));
        assert!(!policy(0).is_met_by(&by(&[1, 2])));
    }

    fn key(name: &str, seed: u8) -> VerifierKey {
        CosigningKey::from_seed(name.parse().unwrap(), [seed; 32]).verifier()
    }

    fn parse(text: &str) -> Result<WitnessPolicy, PolicyError> {
        WitnessPolicy::parse(text.as_bytes())
    }

    #[test]
    fn a_policy_names_its_witnesses_and_the_quorum() {
        let (a, b) = (key("a", 1), key("b", 2));
        let policy = parse(&format!(
            "# ours\n\n  witness\tone {a} https://a.example/w/\r\nquorum 1\n witness two {b} http://[::1]:8080\n"
        ));
        let policy = policy.unwrap();
        assert_eq!(policy.quorum(), 1);
        let found: Vec<_> = policy
            .witnesses()
            .iter()
            .map(|w| (w.name(), w.key(), w.url()))
            .collect();
        assert_eq!(
            found,
            [
                ("one", &a, "https://a.example/w"),
                ("two", &b, "http://[::1]:8080")
            ]
        );
        assert_eq!(parse("quorum 0").unwrap().witnesses(), []);
    }

    #[test]
    fn what_is_not_a_policy_is_refused_with_its_line() {
        let (a, b) = (key("a", 1), key("b", 2));
        let log = SigningKey::from_seed("a".parse().unwrap(), [1; 32]).verifier();
        let good = format!("witness a {a} http://a\nquorum 1\n");
        assert!(parse(&good).is_ok());
        let line = |line| Err(PolicyError::Line { line });
        assert_eq!(parse(&format!("{good}group g 1 a\n")), line(3));
        assert_eq!(parse(&format!("{good}witness b {b}\n")), line(3));
        assert_eq!(
            parse(&format!("{good}witness b {b} http://b more\n")),
            line(3)
        );
        for quorum in ["01", "-1", "all", "1.5", ""] {
            assert_eq!(
                parse(&good.replace("quorum 1", &format!("quorum {quorum}"))),
                line(2)
            );
        }
        for url in [
            "a.example",
            "ftp://a",
            "http://",
            "/path",
            "http://a?x=1",
            "https:a",
        ] {
            let wrong = good.replace("http://a", url);
            assert_eq!(parse(&wrong), Err(PolicyError::Url { line: 1 }), "{url}");
        }
        let log = good.replace(&a.to_string(), &log.to_string());
        assert_eq!(parse(&log), Err(PolicyError::NotAWitness { line: 1 }));
        let no_key = good.replace(&a.to_string(), "a+b+c");
        assert!(matches!(
            parse(&no_key),
            Err(PolicyError::Key { line: 1, .. })
        ));
        let wordy = good.replace("witness a", &format!("witness {}", "a".repeat(101)));
        assert_eq!(parse(&wordy), Err(PolicyError::Name { line: 1 }));
        assert_eq!(parse(""), Err(PolicyError::Quorum { found: 0 }));
        assert_eq!(
            parse(&format!("{good}quorum 1")),
            Err(PolicyError::Quorum { found: 2 })
        );
        let too_large = PolicyError::QuorumTooLarge {
            quorum: 2,
            witnesses: 1,
        };
        assert_eq!(parse(&good.replace("quorum 1", "quorum 2")), Err(too_large));
        assert_eq!(WitnessPolicy::parse(b"\xff"), Err(PolicyError::NotText));
        let bytes = POLICY_BYTES_MAX + 1;
        assert_eq!(
            parse(&" ".repeat(bytes)),
            Err(PolicyError::TooLarge { bytes })
        );
    }

    #[test]
    fn one_witness_does_not_count_as_two() {
        let good = format!("witness a {} http://a\nquorum 1\n", key("a", 1));
        for again in [
            format!("witness a {} http://b\n", key("b", 2)),
            format!("witness b {} http://b\n", key("a", 1)),
            // The same key under another name has another id.
            format!("witness b {} http://b\n", key("b", 1)),
        ] {
            assert_eq!(
                parse(&format!("{good}{again}")),
                Err(PolicyError::Twice { line: 3 })
            );
        }
        assert!(parse(&format!("{good}witness b {} http://a\n", key("b", 2))).is_ok());
    }

    #[test]
    fn there_are_at_most_as_many_witnesses_as_a_checkpoint_has_room_for() {
        let of = |count: usize| -> String {
            let seeds = 1..=u8::try_from(count).unwrap();
            let lines = seeds.map(|seed| format!("witness w{seed} {} http://w\n", key("w", seed)));
            lines.chain(["quorum 3\n".to_owned()]).collect()
        };
        assert!(parse(&of(WITNESSES_MAX)).is_ok());
        assert_eq!(parse(&of(WITNESSES_MAX + 1)), Err(PolicyError::TooMany));
    }
}
