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
        let login = login("log", self.user.as_ref(), self.password_file.as_ref())?;
        Ok(self.home_of(login))
    }

    /// What the seals ask for; nothing where this node makes none.
    pub(crate) fn seals_home(&self) -> Result<Option<Home>, Failure> {
        let login = login(
            "seals",
            self.seals_user.as_ref(),
            self.seals_password_file.as_ref(),
        )?;
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

/// The login of two settings, `OF_user` and `OF_password_file`: both or neither. With one forgotten a node would
/// come as nobody, or seal nothing, and not say so.
fn login(
    of: &str,
    user: Option<&String>,
    password_file: Option<&PathBuf>,
) -> Result<Option<Login>, Failure> {
    let (user, path) = match (user, password_file) {
        (Some(user), Some(path)) => (user, path),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(half(of, "user", "password_file")),
        (None, Some(_)) => return Err(half(of, "password_file", "user")),
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

fn half(of: &str, given: &str, missing: &str) -> Failure {
    Failure::Usage(format!(
        "{of}_{given} is given without {of}_{missing}; give both, or neither. netgain config show says where \
         each setting comes from."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_whole_or_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "secret\n").unwrap();
        let (user, path) = ("writer".to_owned(), file.path().to_owned());
        assert!(login("log", None, None).unwrap().is_none());
        let whole = login("log", Some(&user), Some(&path)).unwrap().unwrap();
        assert_eq!(
            (whole.user, whole.password),
            (user.clone(), "secret".into())
        );
        for (user, path, says) in [
            (
                Some(&user),
                None,
                "seals_user is given without seals_password_file",
            ),
            (
                None,
                Some(&path),
                "seals_password_file is given without seals_user",
            ),
        ] {
            let Err(Failure::Usage(why)) = login("seals", user, path) else {
                panic!("half a login was taken");
            };
            assert!(why.starts_with(says), "{why}");
        }
    }
}
