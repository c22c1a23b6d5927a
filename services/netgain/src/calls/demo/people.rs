//! The people of the demo: one a role, with passwords and tokens that are made anew for each ledger, shown
//! once, and never in the program.

use std::collections::BTreeSet;
use std::io::Write;

use netgain_events::access::Scope;
use netgain_events::authority::Role;
use netgain_events::identifier::{Actor, TokenId};
use netgain_sign_in::secret::NoRandomness;
use netgain_sign_in::token::TokenSecret;
use zeroize::Zeroizing;

use crate::calls::token;
use crate::calls::user::{enrol, grant};
use crate::data_dir::Place;
use crate::outcome::{Failure, Outcome};
use crate::register::{Entry, Files, Register};

/// For how many days the demo's tokens are in force.
const TOKEN_DAYS: u16 = 30;

/// The roles whose people have a token too, to look with; the first one's is in the line to try.
const WITH_TOKEN: [Role; 2] = [Role::Board, Role::Auditor];

/// Digits and letters that nobody takes for each other (the alphabet of Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The groups of a password and the letters of each: 100 bits, and still typed by hand.
const GROUPS: usize = 4;
const GROUP_LETTERS: usize = 5;

/// Makes somebody for each role, if nobody is there yet, and prints how they sign in. Gives the token for the
/// line to try.
pub(super) fn make(place: &Place) -> Result<Option<TokenSecret>, Failure> {
    let register = Files::new(place, super::caller()?);
    if !register.people()?.is_empty() {
        return Ok(None);
    }
    let mut commands = Vec::new();
    let mut people = Vec::new();
    let mut tokens = Vec::new();
    for &role in Role::ALL {
        let id: Actor = format!("demo.{role}").parse()?;
        commands.push(enrol(&id, "person"));
        commands.push(grant(&id, role, &Scope::Every, None));
        if WITH_TOKEN.contains(&role) {
            let reference: TokenId = format!("demo-{role}").parse()?;
            let roles = BTreeSet::from([role]);
            let new = token::make(&reference, &id, &Scope::Every, &roles, TOKEN_DAYS)?;
            commands.push(new.command);
            tokens.push((reference, new.secret));
        }
        people.push((id, role, password()?));
    }
    register.record(&commands)?;
    for (id, role, password) in &people {
        let entry = Entry {
            name: Some(format!("Demo {role}").parse()?),
            password: Some(password.clone()),
        };
        register.write(id, entry)?;
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\nThese can sign in; their passwords and tokens are shown this once:"
    )?;
    for (id, _, password) in &people {
        writeln!(out, "  {:<20} {}", id.as_str(), password.as_str())?;
    }
    for (reference, secret) in &tokens {
        writeln!(out, "  token {:<14} {secret}", reference.as_str())?;
    }
    Ok(tokens.into_iter().next().map(|(_, secret)| secret))
}

/// Says where it is served, and one line to try.
pub(super) fn explain(place: &Place, address: &str, token: Option<&TokenSecret>) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nServed at {address} until you press Ctrl-C.")?;
    match token {
        Some(token) => writeln!(
            out,
            "Try:\n  curl -H \"Authorization: Bearer {token}\" \
             {address}/api/v1/organisations/{}/totals/2010-11",
            super::SAMPLEBOROUGH_ORG
        )?,
        None => writeln!(
            out,
            "The passwords of its people were shown when they were made. To set another:\n  \
             netgain --data {} user password demo.board",
            place.data.display()
        )?,
    }
    out.flush()?;
    Ok(())
}

/// A password that nobody has had before, like `4m0xq-…`.
fn password() -> Result<Zeroizing<String>, Failure> {
    let mut random = Zeroizing::new([0_u8; GROUPS * GROUP_LETTERS]);
    getrandom::fill(random.as_mut_slice()).map_err(|_| NoRandomness)?;
    let mut password = Zeroizing::new(String::with_capacity(GROUPS * (GROUP_LETTERS + 1)));
    for (place, byte) in random.iter().enumerate() {
        if place > 0 && place.is_multiple_of(GROUP_LETTERS) {
            password.push('-');
        }
        // 256 is a multiple of 32, so that each letter is as likely as another.
        let letter = ALPHABET.get(usize::from(byte % 32)).copied();
        password.extend(letter.map(char::from));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use netgain_sign_in::password::Passwords;

    use super::*;

    #[test]
    fn a_password_is_another_each_time_and_hard_to_guess() {
        let (one, two) = (password().unwrap(), password().unwrap());
        assert_ne!(one, two);
        for password in [one, two] {
            assert_eq!(password.len(), 23, "{}", password.as_str());
            assert_eq!(Passwords::check_strength("demo.board", &password), Ok(()));
        }
    }
}
