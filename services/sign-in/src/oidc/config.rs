//! How a provider is set up.

use netgain_events::access::Scope;
use netgain_events::authority::Role;
use openidconnect::url::{Host, Url};
use serde::Deserialize;

use crate::secret::Secret;

/// The most characters of a provider's name, so that an actor's id has room for the subject.
pub(super) const NAME_CHARACTERS_MAX: usize = 20;

/// The most characters of any other text.
const TEXT_CHARACTERS_MAX: usize = 1_000;

/// The most scopes; providers know a handful.
const SCOPES_MAX: usize = 20;

/// The most mappings: every role in several hundred organisations.
const MAPPINGS_MAX: usize = 2_000;

/// How a provider is set up, as the configuration has it. [`ProviderConfig::check`] says what is
/// wrong with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// What it is called here: in addresses, and in front of the ids of its people. 1 to 20 of
    /// `[a-z0-9-]`. Another name makes other people of them.
    pub name: String,
    /// Its issuer, exactly as it calls itself: `https`, or `http` on this machine.
    pub issuer: String,
    /// What it calls this service.
    pub client_id: String,
    /// What this service shows it, if it was given something.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// Where it sends the browser back to; registered with it.
    pub redirect: String,
    /// What is asked for beside `openid`, such as `profile`, which lets it tell the name.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claim that says who somebody is for ever: `sub`, or `oid` of Microsoft Entra ID. Never an
    /// e-mail address: those are given to other people later.
    #[serde(default = "subject_claim")]
    pub subject_claim: String,
    /// The claim that lists what somebody is.
    #[serde(default = "roles_claim")]
    pub roles_claim: String,
    /// What each of its values means here. Others mean nothing.
    #[serde(default)]
    pub roles: Vec<RoleMapping>,
}

/// What a value of the roles' claim means here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleMapping {
    /// The value.
    pub value: String,
    /// The role that it gives.
    pub role: Role,
    /// In which organisations.
    pub of: Scope,
}

/// What is wrong with how a provider is set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider {name:?} is not set up right: {field} {why}")]
pub struct ProviderConfigError {
    /// Which provider.
    pub name: String,
    /// Which field.
    pub field: &'static str,
    /// What is wrong with it, and what it should be.
    pub why: &'static str,
}

fn subject_claim() -> String {
    "sub".to_owned()
}

fn roles_claim() -> String {
    "roles".to_owned()
}

impl ProviderConfig {
    /// Says the first thing that is wrong.
    pub fn check(&self) -> Result<(), ProviderConfigError> {
        let wrong = |field, why| ProviderConfigError {
            name: self.name.chars().take(NAME_CHARACTERS_MAX).collect(),
            field,
            why,
        };
        if !is_name(&self.name) {
            return Err(wrong(
                "name",
                "is 1 to 20 of a-z, 0-9 and -, and does not begin with -",
            ));
        }
        let secret = self
            .client_secret
            .as_ref()
            .map_or("-", |secret| secret.expose());
        let texts = [
            ("issuer", self.issuer.as_str()),
            ("client_id", &self.client_id),
            ("client_secret", secret),
            ("redirect", &self.redirect),
            ("subject_claim", &self.subject_claim),
            ("roles_claim", &self.roles_claim),
        ];
        if let Some((field, _)) = texts.iter().find(|(_, text)| !is_text(text)) {
            return Err(wrong(field, "is 1 to 1,000 characters on one line"));
        }
        for (field, text) in [("issuer", &self.issuer), ("redirect", &self.redirect)] {
            if !Url::parse(text).is_ok_and(|url| is_protected(&url)) {
                return Err(wrong(
                    field,
                    "is an address with https (with http on this machine only), without a user",
                ));
            }
        }
        if self.scopes.len() > SCOPES_MAX || !self.scopes.iter().all(|scope| is_scope(scope)) {
            return Err(wrong(
                "scopes",
                "is a list of up to 20 words without spaces",
            ));
        }
        let values = || self.roles.iter().map(|mapping| &mapping.value);
        if self.roles.len() > MAPPINGS_MAX || !values().all(|value| is_text(value)) {
            return Err(wrong(
                "roles",
                "is a list of up to 2,000 values and their roles",
            ));
        }
        Ok(())
    }

    /// What the values of the roles' claim mean here, each once.
    pub(super) fn roles_of(&self, values: &[&str]) -> Vec<(Role, Scope)> {
        let mut roles: Vec<(Role, Scope)> = self
            .roles
            .iter()
            .filter(|mapping| values.contains(&mapping.value.as_str()))
            .map(|mapping| (mapping.role, mapping.of.clone()))
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }
}

fn is_name(name: &str) -> bool {
    let mark = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=NAME_CHARACTERS_MAX).contains(&name.len())
        && !name.starts_with('-')
        && name.bytes().all(mark)
}

fn is_text(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= TEXT_CHARACTERS_MAX
        && !text.chars().any(char::is_control)
}

/// RFC 6749 section 3.3.
fn is_scope(scope: &str) -> bool {
    let mark = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\');
    is_text(scope) && scope.bytes().all(mark)
}

/// Whether nobody between here and there reads along: TLS, or this machine itself.
pub(super) fn is_protected(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    let scheme = url.scheme();
    url.username().is_empty()
        && url.password().is_none()
        && (scheme == "https" || (scheme == "http" && here))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A provider that is set up right.
    pub(in crate::oidc) fn config() -> ProviderConfig {
        let text = r#"{
            "name": "entra",
            "issuer": "https://login.example/tenant/v2.0",
            "client_id": "netgain",
            "client_secret": "a-canary",
            "redirect": "https://netgain.example/sign-in/entra",
            "roles": [{"value": "Validators", "role": "validator", "of": "*"}]
        }"#;
        serde_json::from_str(text).unwrap()
    }

    fn wrong_field(change: impl FnOnce(&mut ProviderConfig)) -> &'static str {
        let mut config = config();
        change(&mut config);
        config.check().unwrap_err().field
    }

    #[test]
    fn what_is_left_out_is_the_usual() {
        let config = config();
        assert_eq!(config.check(), Ok(()));
        assert_eq!(config.subject_claim, "sub");
        assert_eq!(config.roles_claim, "roles");
        assert!(config.scopes.is_empty());
    }

    #[test]
    fn the_client_secret_is_not_shown() {
        let shown = format!("{:?}", config());
        assert!(shown.contains("entra"));
        assert!(!shown.contains("a-canary"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for name in ["", "Entra", "a.b", "-a", "a_b", &"a".repeat(21)] {
            assert_eq!(wrong_field(|c| c.name = name.to_owned()), "name");
        }
        assert_eq!(wrong_field(|c| c.client_id = String::new()), "client_id");
        assert_eq!(
            wrong_field(|c| c.client_secret = Some(Secret::new(String::new()))),
            "client_secret"
        );
        assert_eq!(
            wrong_field(|c| c.subject_claim = "a\nb".to_owned()),
            "subject_claim"
        );
        assert_eq!(
            wrong_field(|c| c.roles_claim = "x".repeat(1_001)),
            "roles_claim"
        );
        assert_eq!(
            wrong_field(|c| c.scopes = vec!["two words".to_owned()]),
            "scopes"
        );
        assert_eq!(
            wrong_field(|c| c.scopes = vec!["s".to_owned(); 21]),
            "scopes"
        );
        assert_eq!(
            wrong_field(|c| c.roles = vec![c.roles[0].clone(); 2_001]),
            "roles"
        );
    }

    #[test]
    fn an_issuer_is_reached_over_tls_or_on_this_machine() {
        let refused = [
            "http://login.example/",
            "http://localhost.example/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "https://user@login.example/",
            "https://:secret@login.example/",
            "login.example",
            "https://",
        ];
        for issuer in refused {
            assert_eq!(
                wrong_field(|c| c.issuer = issuer.to_owned()),
                "issuer",
                "{issuer}"
            );
            assert_eq!(wrong_field(|c| c.redirect = issuer.to_owned()), "redirect");
        }
        for issuer in [
            "http://127.0.0.1:3000",
            "http://[::1]:3000/",
            "http://localhost/",
        ] {
            let issuer = issuer.to_owned();
            assert_eq!(ProviderConfig { issuer, ..config() }.check(), Ok(()));
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        assert!(serde_json::from_str::<ProviderConfig>(r#"{"naem": "x"}"#).is_err());
    }
}
