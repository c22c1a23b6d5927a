//! Making a statement's bundle (docs/BUNDLE.md): everything that somebody who trusts nobody here needs
//! to check a published figure.

mod history;
mod sealed;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use netgain_events::fact::Statement;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::SumOverflow;
use netgain_events::ruleset::NI179_V1;
use netgain_events::sha256::Sha256Hex;
use netgain_events::wire::DecodeError;
use netgain_ledger::log::{LogRead, ReadError};
use netgain_projections::effects::EffectsError;
use netgain_projections::totals::Totals;
use netgain_verify::archive::{self, ArchiveError, sums_line};
use netgain_verify::note::VerifierKey;
use netgain_verify::proof_text::{consistency_text, inclusion_line};
use netgain_verify::tlog::Tree;
use netgain_verify::{README_TEXT, VERIFY_PY};

use self::history::History;
use self::sealed::Sealed;
use crate::registry::RegistryError;

/// Why a bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The log could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event's line could not be read.
    #[error("the event at position {position} cannot be read")]
    Decode {
        /// The event's position.
        position: Position,
        /// What is wrong with it.
        #[source]
        source: DecodeError,
    },
    /// The history does not fold, or its amounts do not add up.
    #[error(transparent)]
    Effects(#[from] EffectsError),
    /// The figure does not add up.
    #[error(transparent)]
    Overflow(#[from] SumOverflow),
    /// The totals or the ruleset could not be written down.
    #[error("a document of the bundle could not be written")]
    Document(#[from] serde_json::Error),
    /// The checkpoints could not be read, or are not what was signed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// There is no statement there.
    #[error("{org} has issued no statement at position {position}")]
    NoStatement {
        /// Whose history.
        org: OrgId,
        /// The position asked for.
        position: Position,
    },
    /// The history up to the statement is larger than a bundle.
    #[error("the events of {org} up to the statement are more than the 2 GiB that a bundle holds")]
    TooLarge {
        /// Whose history.
        org: OrgId,
    },
    /// There is no checkpoint at a statement.
    #[error(
        "the statement at position {position} of {org} is not sealed yet; seal the ledger first"
    )]
    NotSealed {
        /// Whose statement.
        org: OrgId,
        /// The statement's position.
        position: Position,
    },
    /// The history is not the one that was sealed.
    #[error(
        "the events of {org} up to position {position} are not those that were sealed; `netgain \
         verify` says where they differ"
    )]
    NotAsSealed {
        /// Whose history.
        org: OrgId,
        /// The position of the checkpoint.
        position: Position,
    },
    /// The figure recomputed is not the one that the statement froze.
    #[error(
        "the totals recomputed for the statement at position {position} are not those it froze; \
         netgain has a fault, or had one when the statement was issued"
    )]
    OtherFigure {
        /// The statement's position.
        position: Position,
    },
    /// The statement's rules are of another version.
    #[error("the statement was made by the rules {found}, which this version does not know")]
    UnknownRuleset {
        /// The ruleset it names.
        found: String,
    },
    /// What was made is not a bundle.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// A bundle, ready to be written. Equal histories and checkpoints give equal bytes.
#[derive(Clone, Debug)]
pub struct Bundle {
    directory: String,
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Bundle {
    /// The bundle of these files, with their sums.
    fn of(directory: String, mut files: Vec<(&'static str, Vec<u8>)>) -> Result<Self, BundleError> {
        let sums = files
            .iter()
            .map(|(name, bytes)| sums_line(name, &Sha256Hex::of(bytes)));
        let sums: String = sums.collect();
        files.insert(1, ("SHA256SUMS", sums.into()));
        let bundle = Self { directory, files };
        // What the archive does not take is found before a file is begun.
        bundle.pieces()?;
        Ok(bundle)
    }

    /// The directory that its files are in, which also makes a good name for the file:
    /// `netgain-ORG-YEAR-SERIES-NUMBER`.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// Writes the archive.
    ///
    /// # Errors
    /// It cannot be written there.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        for piece in self.pieces().map_err(io::Error::other)? {
            out.write_all(&piece)?;
        }
        Ok(())
    }

    fn pieces(&self) -> Result<Vec<Cow<'_, [u8]>>, ArchiveError> {
        let files = self.files.iter();
        let files: Vec<(&str, &[u8])> = files
            .map(|(name, bytes)| (*name, bytes.as_slice()))
            .collect();
        archive::pieces(&self.directory, &files)
    }
}

/// Makes the bundle of the statement at a position of an organisation's history, from the log and from
/// the directory of the ledger's checkpoints, which `keys` must have signed.
///
/// # Errors
/// There is no such statement, it is not sealed, or what is there is not what was sealed or stated.
pub fn bundle(
    log: &dyn LogRead,
    checkpoints: &Path,
    keys: &[VerifierKey],
    org: &OrgId,
    position: Position,
) -> Result<Bundle, BundleError> {
    let history = History::read(log, org, position)?;
    let statement = history.statement()?;
    let figures = &statement.figures;
    if figures.ruleset.as_str() != NI179_V1.id {
        return Err(BundleError::UnknownRuleset {
            found: figures.ruleset.as_str().to_owned(),
        });
    }
    let behind = history.behind(statement.year)?;
    let state = behind.state();
    let totals = Totals::of(state, statement.year, &NI179_V1)?.document()?;
    if Sha256Hex::of(&totals) != figures.totals_sha256 {
        return Err(BundleError::OtherFigure { position });
    }
    let previous = state.statements.last().map(|issued| issued.position);
    let statements = (position, previous);
    let sealed = Sealed::read(checkpoints, log.ledger(), keys, org, statements)?;
    let statement_line = history.last_line().to_vec();
    let tree = Tree::of(history.leaves);
    let (entry, checkpoint) = sealed.at(position, &tree)?;
    let mut files = vec![
        ("README.txt", README_TEXT.as_bytes().to_vec()),
        ("checkpoint", checkpoint.note().bytes().to_vec()),
        ("events.jsonl", history.lines),
        ("inclusion.txt", inclusion(&tree, &behind.leaves)),
    ];
    if let Some(previous) = previous {
        let (_, checkpoint) = sealed.at(previous, &tree)?;
        let proof = tree.consistency(previous.get()).unwrap_or_default();
        files.extend([
            ("previous.checkpoint", checkpoint.note().bytes().to_vec()),
            ("previous.consistency", consistency_text(&proof).into()),
        ]);
    }
    let mut rules = serde_json::to_vec(&NI179_V1)?;
    rules.push(b'\n');
    files.extend([
        (
            "registry.tlog-proof",
            sealed.proof(entry).to_string().into(),
        ),
        ("ruleset.json", rules),
        ("statement.json", statement_line),
        ("totals.json", totals),
        ("verify.py", VERIFY_PY.to_vec()),
    ]);
    Bundle::of(directory(org, &statement), files)
}

fn directory(org: &OrgId, statement: &Statement) -> String {
    let Statement {
        year,
        series,
        number,
        ..
    } = statement;
    format!("netgain-{org}-{}-{series}-{number}", year.path())
}

/// A line for each of those leaves: how to come from it to the root.
fn inclusion(tree: &Tree, leaves: &[u64]) -> Vec<u8> {
    let proofs = leaves
        .iter()
        .filter_map(|&leaf| Some((leaf, tree.inclusion(leaf)?)));
    let lines = proofs.map(|(leaf, proof)| inclusion_line(leaf, &proof));
    lines.collect::<String>().into_bytes()
}
