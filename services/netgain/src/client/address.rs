//! Where a service is, and whether a token may be sent there.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// Where a service is: `https://HOST[:PORT]`, or `http://` on this machine. A token is a secret, so it
/// goes nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Without a slash at its end.
    base: String,
    loopback: bool,
}

/// Why a text is no address of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    /// It is something else.
    #[error("write it as https://HOST or https://HOST:PORT, with nothing behind")]
    Form,
    /// A name or a password stands in it.
    #[error(
        "no name or password belongs in it; the token comes from --token-file or NETGAIN_TOKEN"
    )]
    UserInfo,
    /// Everybody on the way could read the token.
    #[error(
        "a token is not sent in clear over a network: use https://, or http:// to this machine \
         (127.0.0.1, [::1] or localhost)"
    )]
    InClear,
}

impl Address {
    /// The address of a route, which begins with a slash.
    pub(crate) fn route(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Whether it is this machine: nothing between the two.
    pub(super) const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let uri: Uri = text.parse().map_err(|_| AddressError::Form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(AddressError::Form);
        };
        if authority.as_str().contains('@') {
            return Err(AddressError::UserInfo);
        }
        if uri.path() != "/" || uri.query().is_some() {
            return Err(AddressError::Form);
        }
        let loopback = is_loopback(authority.host());
        if *scheme == Scheme::HTTP && !loopback {
            return Err(AddressError::InClear);
        }
        if *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
            return Err(AddressError::Form);
        }
        Ok(Self {
            base: format!("{scheme}://{authority}"),
            loopback,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// Whether a host is this machine; `localhost` is by RFC 6761 section 6.3.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, AddressError> {
        text.parse().map(|it: Address| it.route("/readyz"))
    }

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for (text, route) in [
            (
                "https://gains.example.gov.uk",
                "https://gains.example.gov.uk/readyz",
            ),
            (
                "https://gains.example.gov.uk:8443/",
                "https://gains.example.gov.uk:8443/readyz",
            ),
            ("http://127.0.0.1:8179", "http://127.0.0.1:8179/readyz"),
            ("http://127.9.9.9", "http://127.9.9.9/readyz"),
            ("http://[::1]:8179", "http://[::1]:8179/readyz"),
            ("http://localhost:8179/", "http://localhost:8179/readyz"),
        ] {
            assert_eq!(read(text), Ok(route.into()), "{text}");
        }
        for text in [
            "",
            "gains",
            "gains:8179",
            "ftp://gains",
            "https://",
            "https://g/api",
            "https://g?a",
        ] {
            assert_eq!(read(text), Err(AddressError::Form), "{text}");
        }
    }

    #[test]
    fn a_token_is_never_sent_in_clear_over_a_network() {
        for text in [
            "http://gains.example.gov.uk",
            "http://10.0.0.1:8179",
            "http://[2001:db8::1]",
            "http://127.0.0.1.example",
        ] {
            assert_eq!(read(text), Err(AddressError::InClear), "{text}");
        }
    }

    #[test]
    fn nobody_is_named_in_an_address() {
        assert_eq!(
            read("https://ada:secret@gains"),
            Err(AddressError::UserInfo)
        );
        assert_eq!(read("http://127.0.0.1@gains"), Err(AddressError::UserInfo));
    }
}
