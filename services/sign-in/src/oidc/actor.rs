//! Which actor a provider's subject is.

use netgain_events::identifier::{Actor, IdentifierError};
use netgain_events::sha256::Sha256Hex;

/// How many hex digits of a subject's hash stand for it: 128 bits, which nobody makes collide with a
/// subject that a provider has given out.
const HASH_DIGITS: usize = 32;

/// The actor that somebody is whom a provider knows by that subject: `<provider>.<subject>`, where that
/// is one; else `<provider>.<32 hex digits of the subject's SHA-256>`.
///
/// Two subjects are never one actor. Actors are compared without case and subjects are not, so only a
/// subject without capitals stands for itself; and one that looks like a hash is hashed too, so that
/// nobody can have a subject that is another's hash. A provider's name has no full stop, so that the
/// actors of two providers differ as well.
pub(super) fn of(provider: &str, subject: &str) -> Result<Actor, IdentifierError> {
    let stands_for_itself = subject
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    if stands_for_itself
        && !subject.is_empty()
        && !looks_like_a_hash(subject)
        && let Ok(actor) = format!("{provider}.{subject}").parse()
    {
        return Ok(actor);
    }
    let mut hash = Sha256Hex::of(subject.as_bytes()).to_string();
    hash.truncate(HASH_DIGITS);
    format!("{provider}.{hash}").parse()
}

fn looks_like_a_hash(subject: &str) -> bool {
    subject.len() == HASH_DIGITS && subject.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(provider: &str, subject: &str) -> Actor {
        of(provider, subject).unwrap()
    }

    #[test]
    fn a_plain_subject_stands_for_itself_and_another_by_its_hash() {
        let plain = "00aa11bb-22cc-33dd-44ee-55ff66aa77bb";
        assert_eq!(actor("entra", plain).as_str(), format!("entra.{plain}"));
        // printf %s Ann | sha256sum
        let hash = Sha256Hex::of(b"Ann").to_string();
        assert_eq!(
            actor("entra", "Ann").as_str(),
            format!("entra.{}", &hash[..32])
        );
    }

    #[test]
    fn two_subjects_are_never_one_actor() {
        let hash_of_capital = Sha256Hex::of(b"Ann").to_string()[..32].to_owned();
        let long = "x".repeat(200);
        let longer = "x".repeat(201);
        let subjects = [
            "ann",
            "Ann",
            "ANN",
            "ann ",
            "änn",
            "a.nn",
            "a_nn",
            "a@nn",
            "a|nn",
            hash_of_capital.as_str(),
            &hash_of_capital.to_uppercase(),
            long.as_str(),
            longer.as_str(),
            "",
        ];
        for (n, one) in subjects.iter().enumerate() {
            for other in &subjects[n + 1..] {
                assert!(!actor("p", one).is(&actor("p", other)), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn two_providers_never_have_one_actor() {
        assert!(!actor("a", "b.c").is(&actor("a-b", "c")));
        assert!(!actor("a", "Ann").is(&actor("b", "Ann")));
    }

    #[test]
    fn the_longest_names_fit() {
        let provider = "p".repeat(super::super::config::NAME_CHARACTERS_MAX);
        let fits = "s".repeat(Actor::LENGTH_MAX - provider.len() - 1);
        assert!(actor(&provider, &fits).as_str().ends_with(&fits));
        let too_long = format!("{fits}s");
        assert_eq!(
            actor(&provider, &too_long).as_str().len(),
            provider.len() + 33
        );
    }
}
