//! A small ledger and its bundle, made from scratch for the tests: so that each can change what it
//! likes and seal it again, as a forger with more or less in hand would.

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::decide::{Circumstances, Decision, decide};
use netgain_events::fact::Fact;
use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::ruleset::NI179_V1;
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Auth;
use netgain_events::wire;
use netgain_projections::totals::Totals;

use crate::archive;
use crate::checkpoint::{Checkpoint, Origin, SignedCheckpoint};
use crate::cosignature::CosigningKey;
use crate::note::{KeyName, SigningKey};
use crate::proof_text::{TlogProof, consistency_text, inclusion_line};
use crate::tlog::{Tree, leaf_hash};
use crate::{README_TEXT, VERIFY_PY};

/// The ledger of every sample.
pub(super) const LEDGER: &str = "0123456789abcdef0123456789abcdef";

/// The organisation of every sample.
pub(super) const ORG: &str = "E07000082";

/// 1 July 2020, when all that is recorded is over; in milliseconds since 1970.
const JULY_2020: i64 = 1_593_561_600_000;

/// A history of an organisation, by its lines.
#[derive(Clone)]
pub(super) struct History {
    pub(super) state: Organisation,
    /// The lines, each without its line feed.
    pub(super) lines: Vec<Vec<u8>>,
}

/// The files of a bundle, and whose they are.
#[derive(Clone)]
pub(super) struct Bundle {
    pub(super) directory: String,
    pub(super) files: Vec<(&'static str, Vec<u8>)>,
}

pub(super) fn ledger() -> LedgerId {
    LEDGER.parse().unwrap()
}

pub(super) fn org() -> OrgId {
    ORG.parse().unwrap()
}

/// The ledger's key; a number tells apart a new one and a forger's.
pub(super) fn ledger_key(number: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::of_ledger(&ledger()), [number; 32])
}

/// A witness's key.
pub(super) fn witness_key(number: u8) -> CosigningKey {
    let name = format!("witness.example/w{number}").parse().unwrap();
    CosigningKey::from_seed(name, [100 + number; 32])
}

/// The key file of an auditor who believes the ledger's key and one witness.
pub(super) fn key_file() -> String {
    let (ledger, witness) = (ledger_key(1).verifier(), witness_key(1).verifier());
    format!("# The ledger, from its statement of accounts\n{ledger}\n\n# The county's\n{witness}\n")
}

impl History {
    /// Before the first event.
    pub(super) fn new() -> Self {
        Self {
            state: Organisation::new(org()),
            lines: Vec::new(),
        }
    }

    /// A history with two statements, of which the bundle is about the second.
    pub(super) fn example() -> Self {
        let mut history = Self::new();
        for command in [
            r#""type":"register-organisation","name":"Stroud","kind":"district","sector":"local-government""#,
            r#""type":"register-claim","claim":"A","title":"One contact centre","action":"reduce-inputs","impact_from":"2008-04-01","profile":{"2008/09":"1250.50","2009/10":"1300.00"}"#,
            r#""type":"register-claim","claim":"B","title":"Energy \"together\"","action":"reduce-prices","impact_from":"2008-06-01","profile":{"2008/09":"900.00"}"#,
            r#""type":"validate-claim","claim":"A","actor":"another""#,
            r#""type":"issue-statement","year":"2008/09","series":"actual""#,
            r#""type":"record-offset","claim":"A","offset":"licence","kind":"recurring","year":"2008/09","amount":"100.00""#,
            r#""type":"validate-claim","claim":"A","actor":"another""#,
            r#""type":"issue-statement","year":"2008/09","series":"actual""#,
        ] {
            history.record(command);
        }
        history
    }

    /// Records a command, given without its braces and organisation.
    pub(super) fn record(&mut self, command: &str) {
        let line = format!(r#"{{{command},"org":"{ORG}"}}"#);
        let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
        let ms = JULY_2020 + i64::try_from(self.lines.len()).unwrap();
        let circumstances = Circumstances {
            ledger: &ledger(),
            now: RecordedAt::from_unix_ms(ms).unwrap(),
            actor: &"someone".parse().unwrap(),
            auth: Auth::OsUser,
            authority: &Authority::Operator,
            request: None,
            figures: &|state, year| Totals::of(state, year, &NI179_V1)?.stated(),
        };
        let Decision::Record(event) = decide(&self.state, command, &circumstances).unwrap() else {
            panic!("no command of a sample comes twice");
        };
        let mut line = Vec::new();
        wire::encode(&event, &mut line);
        self.lines.push(line);
        self.state.apply(*event).unwrap();
    }

    /// Changes the text of the event at a position, whatever follows from it.
    pub(super) fn change(&mut self, position: usize, from: &str, to: &str) {
        let line = String::from_utf8(self.lines[position - 1].clone()).unwrap();
        assert!(line.contains(from), "{from:?} is not in {line}");
        self.lines[position - 1] = line.replace(from, to).into_bytes();
    }

    /// The log's checkpoint at a size, as the ledger's key signs it.
    pub(super) fn checkpoint(&self, size: usize) -> SignedCheckpoint {
        let checkpoint = Checkpoint {
            origin: Origin::of_organisation(&ledger(), &org()),
            size: u64::try_from(size).unwrap(),
            root: self.tree(size).root(),
        };
        SignedCheckpoint::sign(checkpoint, &[&ledger_key(1)]).unwrap()
    }

    fn tree(&self, size: usize) -> Tree {
        Tree::of(
            self.lines[..size]
                .iter()
                .map(|line| leaf_hash(line))
                .collect(),
        )
    }

    /// The bundle of the history's last line, sealed by whoever has the keys, whatever the lines
    /// say.
    pub(super) fn bundle(&self) -> Bundle {
        let size = self.lines.len();
        let tree = self.tree(size);
        let checkpoint = self.checkpoint(size);
        let issued = self.state.statements.last().unwrap();
        // As far as the lines, which may be anything, are events that follow from each other.
        let mut before = Organisation::new(org());
        let mut earlier = None;
        for (line, leaves) in self.lines[..size - 1].iter().zip(1..) {
            let Ok(event) = wire::decode(line) else {
                continue;
            };
            if matches!(event.fact, Fact::StatementIssued(_)) {
                earlier = Some(leaves);
            }
            let _ = before.apply(event);
        }
        let totals = Totals::of(&before, issued.statement.year, &NI179_V1).unwrap();
        let line = |line: &Vec<u8>| [line, b"\n".as_slice()].concat();
        let proof = |index| inclusion_line(index, &tree.inclusion(index).unwrap());
        let mut files = vec![
            ("README.txt", README_TEXT.as_bytes().to_vec()),
            ("SHA256SUMS", Vec::new()),
            ("checkpoint", checkpoint.note().bytes().to_vec()),
            ("events.jsonl", self.lines.iter().flat_map(line).collect()),
            (
                "inclusion.txt",
                (1..tree.size()).map(proof).collect::<String>().into_bytes(),
            ),
        ];
        if let Some(earlier) = earlier {
            let proof = tree.consistency(u64::try_from(earlier).unwrap()).unwrap();
            let previous = self.checkpoint(earlier).note().bytes().to_vec();
            files.push(("previous.checkpoint", previous));
            files.push((
                "previous.consistency",
                consistency_text(&proof).into_bytes(),
            ));
        }
        let ruleset = [serde_json::to_vec(&NI179_V1).unwrap(), b"\n".to_vec()].concat();
        files.extend([
            (
                "registry.tlog-proof",
                registry(&checkpoint, &[&ledger_key(1)], &[&witness_key(1)]).into_bytes(),
            ),
            ("ruleset.json", ruleset),
            ("statement.json", line(self.lines.last().unwrap())),
            ("totals.json", totals.document().unwrap()),
            ("verify.py", VERIFY_PY.to_vec()),
        ]);
        let (year, series) = (issued.statement.year.path(), issued.statement.series);
        let number = issued.statement.number;
        let mut bundle = Bundle {
            directory: format!("netgain-{ORG}-{year}-{series}-{number}"),
            files,
        };
        bundle.seal();
        bundle
    }
}

/// The tlog-proof of a checkpoint in a registry of three.
pub(super) fn registry(
    checkpoint: &SignedCheckpoint,
    keys: &[&SigningKey],
    witnesses: &[&CosigningKey],
) -> String {
    let others = [&b"another"[..], b"a third"].map(leaf_hash);
    let tree = Tree::of(vec![
        others[0],
        leaf_hash(checkpoint.note().bytes()),
        others[1],
    ]);
    let registry = Checkpoint {
        origin: Origin::of_ledger(&ledger()),
        size: tree.size(),
        root: tree.root(),
    };
    let cosigned = witnesses
        .iter()
        .map(|witness| witness.cosign(&registry, 1_593_561_700));
    let cosigned: String = cosigned.collect();
    let signed = SignedCheckpoint::sign(registry, keys).unwrap();
    let signed = signed.with_signature_lines(&cosigned).unwrap();
    let proof = TlogProof {
        index: 1,
        hashes: tree.inclusion(1).unwrap(),
        checkpoint: String::from_utf8(signed.note().bytes().to_vec()).unwrap(),
    };
    proof.to_string()
}

impl Bundle {
    pub(super) fn file(&mut self, name: &str) -> &mut Vec<u8> {
        let mut files = self.files.iter_mut();
        &mut files.find(|(file, _)| *file == name).unwrap().1
    }

    /// Changes a file's text; the sums stay as they are.
    pub(super) fn change(&mut self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.file(name).clone()).unwrap();
        assert!(text.contains(from), "{from:?} is not in {name}: {text}");
        *self.file(name) = text.replacen(from, to, 1).into_bytes();
    }

    /// Writes the sums anew.
    pub(super) fn seal(&mut self) {
        let others = self.files.iter().filter(|(name, _)| *name != "SHA256SUMS");
        let sums = others.map(|(name, bytes)| archive::sums_line(name, &Sha256Hex::of(bytes)));
        let sums: String = sums.collect();
        *self.file("SHA256SUMS") = sums.into_bytes();
    }

    pub(super) fn archive(&self) -> Vec<u8> {
        let files: Vec<(&str, &[u8])> = self
            .files
            .iter()
            .map(|(name, bytes)| (*name, bytes.as_slice()))
            .collect();
        archive::write(&self.directory, &files).unwrap()
    }
}
