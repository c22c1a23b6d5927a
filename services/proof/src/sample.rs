//! Drawing the claims that an audit looks at: monetary-unit sampling, so that each pound has the same
//! chance and whoever has the seed draws the same claims again (docs/SAMPLE.md).

#[cfg(test)]
mod tests;

use netgain_events::identifier::ClaimId;
use netgain_events::money::Sum;
use netgain_events::sha256::Sha256Hex;
use netgain_projections::totals::Totals;
use netgain_verify::checkpoint::Checkpoint;
use netgain_verify::tlog::Hash;

/// The method's name and version, which the seed is hashed with.
pub const METHOD: &str = "netgain-sample/1";

/// The most draws of one sample: more than anybody checks by hand.
pub const DRAWS_MAX: u32 = 10_000;

/// The most characters of a seed: a sentence of a newspaper, or any number of dice.
pub const SEED_LENGTH_MAX: usize = 200;

/// Why no sample can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// There must be at least one draw, and not too many.
    #[error("a sample has 1 to {DRAWS_MAX} draws; {draws} were asked for")]
    Draws {
        /// How many were asked for.
        draws: u32,
    },
    /// The seed is empty, too long, or has a character that no one can read out.
    #[error("a seed has 1 to {SEED_LENGTH_MAX} characters and none of them is a control character")]
    Seed,
    /// The total is not the one that the checkpoint covers.
    #[error(
        "the total is known at position {position} and the checkpoint covers {size}; take the total \
         as known at the checkpoint"
    )]
    OtherPosition {
        /// The total's position.
        position: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// No claim adds anything to the total.
    #[error("no claim has a net of other than 0.00 in that year; there is nothing to draw from")]
    Nothing,
    /// The amounts are larger than can be counted through.
    #[error("the claims' amounts are too large to draw from; check them")]
    TooLarge,
}

/// A sample that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The root of the checkpoint that fixes what was drawn from.
    pub root: Hash,
    /// The size of that checkpoint: the position that the total is known at.
    pub size: u64,
    /// The seed.
    pub seed: String,
    /// How many draws were made.
    pub draws: u32,
    /// What was drawn from: the sizes of all claims together.
    pub total: Sum,
    /// The distance between two draws, rounded down to whole pence. A claim of at least one penny
    /// more is certain to be drawn.
    pub interval: Sum,
    /// The claims that were drawn, in code-point order of their references; each once, however often
    /// it was hit.
    pub claims: Vec<Drawn>,
}

/// A claim that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The claim.
    pub claim: ClaimId,
    /// Its net on the claimed basis: what it adds to the total. Its size is this without its sign.
    pub effect: Sum,
    /// How many draws hit it: at least 1.
    pub hits: u32,
    /// Where its first penny stands when all claims' sizes are laid end to end, counted from 0.00.
    pub from: Sum,
    /// Where the next claim's first penny stands.
    pub to: Sum,
}

/// Draws claims from the claimed basis of a total, as known at a checkpoint.
///
/// # Errors
/// What was asked for cannot be drawn; see [`SampleError`].
pub fn draw(
    totals: &Totals<'_>,
    checkpoint: &Checkpoint,
    seed: &str,
    draws: u32,
) -> Result<Sample, SampleError> {
    if !(1..=DRAWS_MAX).contains(&draws) {
        return Err(SampleError::Draws { draws });
    }
    let length = seed.chars().count();
    if !(1..=SEED_LENGTH_MAX).contains(&length) || seed.chars().any(char::is_control) {
        return Err(SampleError::Seed);
    }
    let (position, size) = (totals.position.get(), checkpoint.size);
    if position != size {
        return Err(SampleError::OtherPosition { position, size });
    }
    let nets = totals.claims.iter().map(|line| (line.id, line.net));
    let claims: Vec<(&ClaimId, Sum)> = nets.filter(|(_, net)| *net != Sum::ZERO).collect();
    let sizes = claims.iter().map(|(_, net)| net.pence().unsigned_abs());
    let total = sizes
        .clone()
        .try_fold(0_u128, u128::checked_add)
        .ok_or(SampleError::TooLarge)?;
    if total == 0 {
        return Err(SampleError::Nothing);
    }
    let start = start(&checkpoint.root, seed, total).ok_or(SampleError::TooLarge)?;
    let hits = hits(sizes, total, start, draws).ok_or(SampleError::TooLarge)?;
    let claims = claims.into_iter().zip(hits).filter(|(_, hit)| hit.hits > 0);
    let claims = claims.map(|((claim, effect), hit)| {
        Some(Drawn {
            claim: claim.clone(),
            effect,
            hits: hit.hits,
            from: pence(hit.from)?,
            to: pence(hit.to)?,
        })
    });
    let claims: Option<Vec<Drawn>> = claims.collect();
    Ok(Sample {
        root: checkpoint.root,
        size,
        seed: seed.to_owned(),
        draws,
        total: pence(total).ok_or(SampleError::TooLarge)?,
        interval: pence(total / u128::from(draws)).ok_or(SampleError::TooLarge)?,
        claims: claims.ok_or(SampleError::TooLarge)?,
    })
}

/// The random start: SHA-256 of the method, the root and the seed, each with a line feed, as a number
/// modulo the total. A start is favoured over another by less than one part in 2^256 / total, which
/// for any total of less than a million million pounds is one in 2^209.
fn start(root: &Hash, seed: &str, total: u128) -> Option<u128> {
    let digest = Sha256Hex::of(format!("{METHOD}\n{root}\n{seed}\n").as_bytes());
    digest.bytes().iter().try_fold(0_u128, |rest, &byte| {
        let number = rest.checked_mul(256)?.checked_add(byte.into())?;
        number.checked_rem(total)
    })
}

/// How often a size was hit, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hit {
    hits: u32,
    from: u128,
    to: u128,
}

/// Lays the sizes end to end and hits them at the points floor((start + k × total) / draws), for k
/// from 0 to draws − 1. Over all starts below the total, each size is hit draws × size times: so a
/// claim's chance is exactly its share.
fn hits(
    sizes: impl Iterator<Item = u128>,
    total: u128,
    start: u128,
    draws: u32,
) -> Option<Vec<Hit>> {
    let point = |k: u32| {
        let along = u128::from(k).checked_mul(total)?.checked_add(start)?;
        along.checked_div(draws.into())
    };
    let mut all = Vec::new();
    let (mut from, mut next) = (0_u128, 0);
    for size in sizes {
        let to = from.checked_add(size)?;
        let mut hits = 0;
        while next < draws && point(next)? < to {
            hits += 1;
            next += 1;
        }
        all.push(Hit { hits, from, to });
        from = to;
    }
    Some(all)
}

fn pence(amount: u128) -> Option<Sum> {
    i128::try_from(amount).ok().map(Sum::from_pence)
}
