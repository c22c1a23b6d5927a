//! Passwords as they come in: asked for on a terminal, or read from standard input. Never a word of a call.

use std::io::{self, IsTerminal, Read};

use netgain_events::identifier::Actor;
use netgain_sign_in::password::{PASSWORD_CHARACTERS_MAX, Passwords};
use zeroize::Zeroizing;

use crate::cli::NewPassword;
use crate::outcome::Failure;

/// The most bytes that are read: the longest password at four bytes a character, and as much again, so that a
/// longer one is told from it.
const BYTES_MAX: usize = 8 * PASSWORD_CHARACTERS_MAX;

/// How often somebody at a terminal is asked again.
const TRIES: usize = 5;

/// A new password of somebody's, that is hard to guess.
pub(crate) fn new_password(id: &Actor, how: NewPassword) -> Result<Zeroizing<String>, Failure> {
    if how.password_stdin {
        let password = from_stdin()?;
        let strong = Passwords::check_strength(id.as_str(), &password);
        strong.map_err(|weak| Failure::refused("bad-field", weak))?;
        return Ok(password);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "there is no terminal to ask for the password on; give it with --password-stdin"
                .to_owned(),
        ));
    }
    for _ in 0..TRIES {
        let password = ask(&format!("New password of {id}: "))?;
        if let Err(weak) = Passwords::check_strength(id.as_str(), &password) {
            eprintln!("netgain: {weak}");
        } else if ask("The same again: ")? == password {
            return Ok(password);
        } else {
            eprintln!("netgain: the two are not the same");
        }
    }
    Err(Failure::refused(
        "bad-field",
        "no password was given; nothing was changed",
    ))
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let password = rpassword::prompt_password(prompt);
    password
        .map(Zeroizing::new)
        .map_err(|error| Failure::fault(format!("cannot ask for the password: {error}")))
}

/// The first line of standard input.
fn from_stdin() -> Result<Zeroizing<String>, Failure> {
    // All the room at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES_MAX + 1));
    let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    let text = std::str::from_utf8(&bytes);
    let text = text.map_err(|_| Failure::Usage("the password is not UTF-8".to_owned()))?;
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().to_owned(),
    ))
}
