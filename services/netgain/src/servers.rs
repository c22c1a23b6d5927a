//! The servers that keep a clustered ledger's log, as the settings name them.

use std::path::PathBuf;

use netgain_log_jetstream::{Home, Login, Syncing};

use crate::outcome::Failure;

/// The most bytes of a password's file: a password of that length is none that somebody meant.
const PASSWORD_BYTES_MAX: usize = 1_024;

/// Which servers, and who this program is there.
#[derive(Clone, Debug)]
pub(crate) struct Servers {
    /// Their addresses, with commas between them.
    pub(crate) addresses: String,
    /// How many of them must keep each commit.
    pub(crate) replicas: usize,
    /// The user's name, where they ask for one.
    pub(crate) user: Option<String>,
    /// The file with the user's password.
    pub(crate) password_file: Option<PathBuf>,
    /// The user's name where the seals are, on a node that seals.
    pub(crate) seals_user: Option<String>,
    /// The file with that user's password.
    pub(crate) seals_password_file: Option<PathBuf>,
    /// The certificates that theirs must be issued by, where that is said.
    pub(crate) authorities: Option<PathBuf>,
    /// How it is known that they sync.
    pub(crate) syncing: Syncing,
}

impl Servers {
    /// What the log asks for.
    pub(crate) fn home(&self) -> Result<Home, Failure> {
        let login = login(self.user.as_ref(), self.password_file.as_ref())?;
        Ok(self.home_of(login))
    }

    /// What the seals ask for; nothing where this node makes none.
    pub(crate) fn seals_home(&self) -> Result<Option<Home>, Failure> {
        let login = login(self.seals_user.as_ref(), self.seals_password_file.as_ref())?;
        Ok(login.map(|login| self.home_of(Some(login))))
    }

    fn home_of(&self, login: Option<Login>) -> Home {
        Home {
            replicas: self.replicas,
            login,
            authorities: self.authorities.clone(),
            syncing: self.syncing,
            ..Home::on(self.addresses.clone())
        }
    }
}

fn login(user: Option<&String>, password_file: Option<&PathBuf>) -> Result<Option<Login>, Failure> {
    let (Some(user), Some(path)) = (user, password_file) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| Failure::file("read", path, &e))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() || password.len() > PASSWORD_BYTES_MAX {
        return Err(Failure::Usage(format!(
            "{} has no password on its one line",
            path.display()
        )));
    }
    Ok(Some(Login {
        user: user.clone(),
        password: password.to_owned(),
    }))
}
