//! Signing in at an organisation's own provider: `OpenID Connect` Core 1.0 by the authorization code
//! flow, with PKCE (RFC 7636, S256), state and nonce.
//!
//! A [`Provider`] sends the browser off and keeps a [`Pending`]; the browser comes back with a code;
//! the provider gives an ID token for it, and that is an [`Identity`]. Only the ID token is believed:
//! neither the browser nor an access token says who somebody is.

mod actor;
mod claims;
mod config;
mod error;
mod http;
mod identity;
mod pending;
mod provider;

pub use config::{ProviderConfig, ProviderConfigError, RoleMapping};
pub use error::OidcError;
pub use identity::Identity;
pub use openidconnect::url::Url;
pub use pending::{PENDING_MAX, PENDING_TIME, Pending, PendingSignIns};
pub use provider::Provider;
