//! Asking witnesses to cosign a ledger's checkpoint.

use std::fmt;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use netgain_verify::checkpoint::{CheckpointError, SignedCheckpoint};
use netgain_verify::note::NOTE_BYTES_MAX;
use netgain_verify::tlog::Hash;
use ureq::Agent;
use ureq::http::StatusCode;

use crate::add_checkpoint::{AddCheckpoint, whole_number};
use crate::policy::{PolicyWitness, WitnessPolicy};
use crate::signature_lines;

/// How long all witnesses together may take, with a second question where one is needed. A seal waits
/// for it.
pub const ASK_TIME_MAX: Duration = Duration::from_secs(5);

/// How much of what a witness says about a refusal is repeated.
const SENTENCE_CHARS_MAX: usize = 300;

/// What came of asking, with the quorum reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The checkpoint with the cosignatures, in the order of the policy.
    pub checkpoint: SignedCheckpoint,
    /// The witnesses that did not cosign, for the operator to know.
    pub missing: Vec<Missing>,
}

/// A witness that did not cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What the policy calls it.
    pub witness: String,
    /// Why not.
    pub why: NoCosignature,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.witness, self.why)
    }
}

/// Why a witness did not cosign. What it says follows the witness's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCosignature {
    /// It did not answer in time or not at all.
    #[error("could not be asked: {why}")]
    Unreachable {
        /// What failed.
        why: String,
    },
    /// It refused.
    #[error("refused with status {status}: {said}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The first line of its answer.
        said: String,
    },
    /// It knows a longer history.
    #[error(
        "has cosigned size {cosigned}, which is more than this checkpoint's: this ledger has lost \
         events that were published, or another copy of it publishes too"
    )]
    Ahead {
        /// The size it has cosigned.
        cosigned: u64,
    },
    /// It named a size, and another one when asked again from there.
    #[error("says that it has cosigned size {cosigned}, and does not take a proof from there")]
    Contradicts {
        /// The size it named last.
        cosigned: u64,
    },
    /// What it answered cannot be understood.
    #[error("answered with status {status} and something that is not of the form")]
    Form {
        /// The HTTP status.
        status: u16,
    },
    /// What it answered has no cosignature of its key.
    #[error(
        "answered without a good cosignature by {key}; its key in the policy may be an old one"
    )]
    NotByIt {
        /// The key's name and id.
        key: String,
    },
}

/// Why a checkpoint is not cosigned as the policy wants it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// Too few cosigned.
    #[error("of the witnesses {cosigned} cosigned and {quorum} must: {}", listed(.missing))]
    TooFew {
        /// How many did.
        cosigned: usize,
        /// How many must.
        quorum: usize,
        /// Those that did not, and why.
        missing: Vec<Missing>,
    },
    /// The cosignatures cannot be added to the checkpoint.
    #[error("the cosignatures do not fit the checkpoint")]
    Checkpoint(#[from] CheckpointError),
}

fn listed(missing: &[Missing]) -> String {
    let each: Vec<String> = missing.iter().map(Missing::to_string).collect();
    each.join("; ")
}

/// Asks all witnesses of the policy at once to cosign a checkpoint that the ledger has signed, and adds
/// each cosignature that holds.
///
/// `known_size` says which size a witness has cosigned last as far as the ledger knows, 0 if it does not
/// know: the witness corrects it. `proof` gives the consistency proof from a size above 0 and not above
/// the checkpoint's to the checkpoint.
///
/// A proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY` …) is used. `https` believes the
/// certificate authorities that Mozilla does; a witness inside one's own network is asked by `http`, since
/// a cosignature holds however it came.
///
/// # Errors
/// Fewer than the quorum cosigned within [`ASK_TIME_MAX`].
pub fn ask(
    policy: &WitnessPolicy,
    known_size: &(dyn Fn(&PolicyWitness) -> u64 + Sync),
    proof: &(dyn Fn(u64) -> Vec<Hash> + Sync),
    checkpoint: &SignedCheckpoint,
) -> Result<Cosigned, QuorumError> {
    ask_within(ASK_TIME_MAX, policy, known_size, proof, checkpoint)
}

fn ask_within(
    time: Duration,
    policy: &WitnessPolicy,
    known_size: &(dyn Fn(&PolicyWitness) -> u64 + Sync),
    proof: &(dyn Fn(u64) -> Vec<Hash> + Sync),
    checkpoint: &SignedCheckpoint,
) -> Result<Cosigned, QuorumError> {
    let question = Question {
        agent: agent(),
        until: Instant::now() + time,
        proof,
        checkpoint,
    };
    let question = &question;
    let answers: Vec<_> = thread::scope(|scope| {
        let asked = policy.witnesses().iter().map(|witness| {
            let ask = move || question.ask(witness, known_size(witness));
            let thread = thread::Builder::new().name("ask witness".to_owned());
            (witness, thread.spawn_scoped(scope, ask))
        });
        // All are asked before the first is waited for.
        let asked: Vec<_> = asked.collect();
        let answers = asked.into_iter().map(|(witness, asking)| {
            let answer = asking
                .map_err(|error| unreachable(&error))
                .and_then(|asking| {
                    let answer = asking.join();
                    answer.unwrap_or_else(|_| Err(unreachable(&"the thread that asks it broke")))
                });
            (witness, answer)
        });
        answers.collect()
    });
    let mut lines = String::new();
    let mut missing = Vec::new();
    for (witness, answer) in answers {
        match answer {
            Ok(line) => lines.push_str(&line),
            Err(why) => missing.push(Missing {
                witness: witness.name().to_owned(),
                why,
            }),
        }
    }
    let cosigned = policy.witnesses().len() - missing.len();
    if cosigned < policy.quorum() {
        return Err(QuorumError::TooFew {
            cosigned,
            quorum: policy.quorum(),
            missing,
        });
    }
    let checkpoint = checkpoint.with_signature_lines(&lines)?;
    Ok(Cosigned {
        checkpoint,
        missing,
    })
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        // The body of a refusal matters.
        .http_status_as_error(false)
        // A witness is asked where the policy says and nowhere else.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("netgain/", env!("CARGO_PKG_VERSION")));
    config.build().new_agent()
}

fn unreachable(why: &dyn fmt::Display) -> NoCosignature {
    NoCosignature::Unreachable {
        why: why.to_string(),
    }
}

/// What all witnesses are asked.
struct Question<'q> {
    agent: Agent,
    until: Instant,
    proof: &'q (dyn Fn(u64) -> Vec<Hash> + Sync),
    checkpoint: &'q SignedCheckpoint,
}

/// What a witness answered.
enum Answer {
    /// Its cosignature: the line with its line feed.
    Cosignature(String),
    /// The size that it has cosigned last.
    Size(u64),
}

impl Question<'_> {
    /// Asks a witness, and once more from the size it names. Gives the line of its cosignature.
    fn ask(&self, witness: &PolicyWitness, known_size: u64) -> Result<String, NoCosignature> {
        let size = self.checkpoint.checkpoint().size;
        // Whoever has cosigned more says so itself.
        let cosigned = match self.ask_once(witness, known_size.min(size))? {
            Answer::Cosignature(line) => return Ok(line),
            Answer::Size(cosigned) => cosigned,
        };
        if cosigned > size {
            return Err(NoCosignature::Ahead { cosigned });
        }
        match self.ask_once(witness, cosigned)? {
            Answer::Cosignature(line) => Ok(line),
            Answer::Size(cosigned) if cosigned > size => Err(NoCosignature::Ahead { cosigned }),
            Answer::Size(cosigned) => Err(NoCosignature::Contradicts { cosigned }),
        }
    }

    fn ask_once(&self, witness: &PolicyWitness, old_size: u64) -> Result<Answer, NoCosignature> {
        let proof = match old_size {
            // Every tree begins with the empty one.
            0 => Vec::new(),
            _ => (self.proof)(old_size),
        };
        let request = AddCheckpoint {
            old_size,
            proof,
            checkpoint: self.checkpoint.clone(),
        };
        let (status, body) = self
            .post(witness, &request.body())
            .map_err(|error| unreachable(&error))?;
        let said = String::from_utf8_lossy(&body);
        match status {
            StatusCode::OK => self.cosignature(witness, &said),
            StatusCode::CONFLICT => said
                .strip_suffix('\n')
                .and_then(whole_number)
                .map(Answer::Size)
                .ok_or(NoCosignature::Form {
                    status: status.as_u16(),
                }),
            _ => Err(NoCosignature::Refused {
                status: status.as_u16(),
                said: first_line(&said),
            }),
        }
    }

    fn post(
        &self,
        witness: &PolicyWitness,
        body: &[u8],
    ) -> Result<(StatusCode, Vec<u8>), ureq::Error> {
        let url = format!("{}/add-checkpoint", witness.url());
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(io::ErrorKind::TimedOut).into());
        }
        let request = self.agent.post(url).config().timeout_global(Some(left));
        let mut answer = request.build().send(body)?;
        let limit = u64::try_from(NOTE_BYTES_MAX).unwrap_or(u64::MAX);
        let body = answer.body_mut().with_config().limit(limit).read_to_vec()?;
        Ok((answer.status(), body))
    }

    /// The witness's own cosignature among the lines of its answer.
    fn cosignature(&self, witness: &PolicyWitness, lines: &str) -> Result<Answer, NoCosignature> {
        let keys = std::slice::from_ref(witness.key());
        let mut valid = signature_lines::valid(lines, self.checkpoint.checkpoint(), keys);
        match valid.next() {
            Some(line) => Ok(Answer::Cosignature(format!("{line}\n"))),
            None => Err(NoCosignature::NotByIt {
                key: witness.key().label(),
            }),
        }
    }
}

/// The first line of an answer, as far as it can be shown.
fn first_line(said: &str) -> String {
    let line = said.lines().next().unwrap_or_default();
    let shown = line.chars().filter(|character| !character.is_control());
    shown.take(SENTENCE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
