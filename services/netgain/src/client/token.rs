//! The token that the program shows a service.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use netgain_sign_in::token::TokenSecret;
use zeroize::Zeroizing;

use crate::outcome::Failure;

/// Names the token itself. A word of the call would be seen by everybody on the machine.
const TOKEN_VARIABLE: &str = "NETGAIN_TOKEN";

/// Where a service manager puts what a program needs to know in secret (systemd.exec, *Credentials*).
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// What the token is called there.
const CREDENTIAL: &str = "netgain-token";

/// The most of a token's file that is read: a token has some fifty characters.
const FILE_BYTES_MAX: u64 = 4_096;

/// The token of the file that the call names, else of the environment.
pub(super) fn find(file: Option<&Path>) -> Result<TokenSecret, Failure> {
    if let Some(path) = file {
        return read(path);
    }
    if let Some(token) = env::var_os(TOKEN_VARIABLE) {
        let token = Zeroizing::new(token.into_string().unwrap_or_default());
        return parse(&token, TOKEN_VARIABLE);
    }
    if let Some(directory) = env::var_os(CREDENTIALS_VARIABLE) {
        let path = PathBuf::from(directory).join(CREDENTIAL);
        if path.exists() {
            return read(&path);
        }
    }
    Err(Failure::Usage(format!(
        "a service is asked with a token: name its file with --token-file FILE, or put it into \
         {TOKEN_VARIABLE}. An administrator of the service issues tokens (`netgain token issue`)."
    )))
}

fn read(path: &Path) -> Result<TokenSecret, Failure> {
    let cannot_read = |error| {
        Failure::Usage(format!(
            "cannot read the token in {}: {error}",
            path.display()
        ))
    };
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(cannot_read)?;
    file.take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(cannot_read)?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, place: &str) -> Result<TokenSecret, Failure> {
    TokenSecret::parse(text.trim())
        .map_err(|error| Failure::Usage(format!("what stands in {place} is no token: {error}.")))
}
