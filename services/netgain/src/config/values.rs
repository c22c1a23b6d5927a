//! The settings as the program uses them.

use std::path::PathBuf;

use netgain_log_jetstream::Syncing;
use netgain_sign_in::session::SessionLimits;
use netgain_web::Settings;

use super::key::REPLICAS;
use crate::servers::Servers;

/// Every setting that is one value. Its default is what holds where nothing is said.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// The ledger's directory.
    pub(crate) data: PathBuf,
    /// Its keys, where that is said.
    pub(crate) keys: Option<PathBuf>,
    /// Its signed checkpoints, where that is said.
    pub(crate) checkpoints: Option<PathBuf>,
    /// The directory of people, where that is said.
    pub(crate) people: Option<PathBuf>,
    /// The file that names the witnesses, if there are any.
    pub(crate) witnesses: Option<PathBuf>,
    /// The servers that keep the log, where some do.
    pub(crate) log: Option<String>,
    /// How many of them must keep each commit.
    pub(crate) log_replicas: usize,
    /// Who this program is to them.
    pub(crate) log_user: Option<String>,
    /// The file with that user's password.
    pub(crate) log_password_file: Option<PathBuf>,
    /// Who this program is where they keep the seals.
    pub(crate) seals_user: Option<String>,
    /// The file with that user's password.
    pub(crate) seals_password_file: Option<PathBuf>,
    /// The certificates that theirs must be issued by.
    pub(crate) log_authorities: Option<PathBuf>,
    /// How it is known that they sync.
    pub(crate) log_syncing: Syncing,
    /// The certificate, where the service has one.
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key.
    pub(crate) tls_key: Option<PathBuf>,
    /// The service's own settings; its TLS is put together of the two above.
    pub(crate) service: Settings,
    /// How long a session lasts.
    pub(crate) sessions: SessionLimits,
    /// Which lines are logged.
    pub(crate) log_level: String,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            data: "netgain-data".into(),
            keys: None,
            checkpoints: None,
            people: None,
            witnesses: None,
            log: None,
            log_replicas: REPLICAS,
            log_user: None,
            log_password_file: None,
            seals_user: None,
            seals_password_file: None,
            log_authorities: None,
            log_syncing: Syncing::default(),
            tls_certificate: None,
            tls_key: None,
            service: Settings::default(),
            sessions: SessionLimits::default(),
            log_level: "info".to_owned(),
        }
    }
}

impl Values {
    /// Where the keys are: beside the ledger's directory where nothing is said, never in it.
    pub(crate) fn keys_dir(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.beside(".keys"))
    }

    /// Where the signed checkpoints are.
    pub(crate) fn checkpoints_dir(&self) -> PathBuf {
        let within = || self.data.join("checkpoints");
        self.checkpoints.clone().unwrap_or_else(within)
    }

    /// Where the directory of people is: beside the ledger's directory where nothing is said.
    pub(crate) fn people_dir(&self) -> PathBuf {
        self.people
            .clone()
            .unwrap_or_else(|| self.beside(".people"))
    }

    /// The servers that keep the log, where some do.
    pub(crate) fn servers(&self) -> Option<Servers> {
        Some(Servers {
            addresses: self.log.clone()?,
            replicas: self.log_replicas,
            user: self.log_user.clone(),
            password_file: self.log_password_file.clone(),
            seals_user: self.seals_user.clone(),
            seals_password_file: self.seals_password_file.clone(),
            authorities: self.log_authorities.clone(),
            syncing: self.log_syncing,
        })
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.data.clone().into_os_string();
        path.push(ending);
        path.into()
    }
}
