//! A provider: where a browser is sent, and what its code is worth when it comes back.

use std::sync::Arc;
use std::time::Instant;

use chrono::{TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, IdToken, IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl,
    JsonWebKeySet, Nonce, PkceCodeChallenge, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use tokio::sync::Mutex;
use ureq::Agent;

use super::actor;
use super::claims::OtherClaims;
use super::config::{ProviderConfig, ProviderConfigError};
use super::error::{OidcError, repeated};
use super::http::{self, CallError};
use super::identity::Identity;
use super::pending::Pending;

/// How far a provider's clock and ours may be apart.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::seconds(60);

/// The most characters of a subject (`OpenID Connect` Core 1.0 section 2).
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// Signatures that are made with a private key, whatever a provider's document lists: an ID token
/// without a signature, or with one that our own secret makes, is accepted from nobody.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

const DOCUMENT: &str = "discovery document and keys";
const KEYS: &str = "keys";
const ID_TOKEN: &str = "ID token";

type Token = IdToken<
    OtherClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;
type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type TokenAnswer = StandardTokenResponse<Fields, CoreTokenType>;
type TokenRefusal = StandardErrorResponse<CoreErrorResponseType>;
type OurClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    TokenRefusal,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider that people sign in at. It is asked for its document and keys when they are first needed,
/// and again until it answers: a provider that is down does not keep the service from starting.
#[derive(Debug)]
pub struct Provider {
    config: ProviderConfig,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    agent: Agent,
    known: Mutex<Known>,
}

/// What a provider has said of itself.
#[derive(Debug)]
enum Known {
    /// Not asked yet.
    Nothing,
    /// It gave no answer then.
    Failed(Instant, OidcError),
    /// Its document, with its keys.
    Metadata(Arc<CoreProviderMetadata>),
}

impl Provider {
    /// A provider as it is set up. Nothing is asked of it yet.
    pub fn new(config: ProviderConfig) -> Result<Self, ProviderConfigError> {
        config.check()?;
        let wrong = |field| ProviderConfigError {
            name: config.name.clone(),
            field,
            why: "is not an address",
        };
        Ok(Self {
            // Both keep the text as it was given: an issuer is compared as text.
            issuer: IssuerUrl::new(config.issuer.clone()).map_err(|_| wrong("issuer"))?,
            redirect: RedirectUrl::new(config.redirect.clone()).map_err(|_| wrong("redirect"))?,
            agent: http::agent(http::CALL_TIME_MAX),
            known: Mutex::new(Known::Nothing),
            config,
        })
    }

    /// What it is called here.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Asks it for its document and keys, if that has not succeeded yet. A service may do this at its
    /// start, to say early that a provider cannot be reached.
    pub async fn discover(&self) -> Result<(), OidcError> {
        self.metadata().await.map(|_| ())
    }

    /// Where to send a browser, and what to keep until it is back (with
    /// [`PendingSignIns::keep`](super::PendingSignIns::keep)).
    pub async fn begin(&self) -> Result<(Url, Pending), OidcError> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&metadata);
        let scopes = self.config.scopes.iter().cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let pending = Pending {
            provider: self.config.name.clone(),
            state,
            nonce,
            verifier,
        };
        Ok((url, pending))
    }

    /// Who it is, after the browser has come back with a state and a code.
    pub async fn finish(
        &self,
        pending: Pending,
        state: &str,
        code: &str,
    ) -> Result<Identity, OidcError> {
        if pending.provider != self.config.name {
            return Err(OidcError::OtherProvider);
        }
        // There is one try for each, so that the time this takes tells nobody anything.
        if pending.state.secret() != state {
            return Err(OidcError::WrongState);
        }
        let metadata = self.metadata().await?;
        let call = |request: HttpRequest| http::call(self.agent.clone(), request);
        let answer = self
            .client(&metadata)
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| self.bad_answer(DOCUMENT, &error))?
            .set_pkce_verifier(pending.verifier)
            .request_async(&call)
            .await
            .map_err(|error| self.no_token(error))?;
        let token = answer
            .id_token()
            .ok_or_else(|| self.bad_token(&"there is none"))?;
        let claims = self.verified(token, &pending.nonce, metadata).await?;
        self.identity(&claims)
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> OurClient {
        let secret = self.config.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let client = OurClient::from_provider_metadata(metadata.clone(), self.client_id(), secret)
            .set_redirect_uri(self.redirect.clone());
        // Basic is what every provider has that lists nothing (Discovery 1.0 section 3).
        let basic = metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        if basic {
            client
        } else {
            client.set_auth_type(AuthType::RequestBody)
        }
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.config.client_id.clone())
    }

    /// The provider's document with its keys, asked for if it is not known.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let asked_at = Instant::now();
        let mut known = self.known.lock().await;
        match &*known {
            Known::Metadata(metadata) => return Ok(Arc::clone(metadata)),
            // It was asked while we waited: everybody asking anew would queue up.
            Known::Failed(at, error) if *at >= asked_at => return Err(error.clone()),
            Known::Failed(..) | Known::Nothing => {}
        }
        let call = |request: HttpRequest| http::call(self.agent.clone(), request);
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &call).await;
        match found {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known::Metadata(Arc::clone(&metadata));
                Ok(metadata)
            }
            Err(error) => {
                let error = self.undiscovered(DOCUMENT, error);
                *known = Known::Failed(Instant::now(), error.clone());
                Err(error)
            }
        }
    }

    /// The claims of an ID token that holds. A key that is not known is looked for once more at the
    /// provider, because it changes its keys now and then (`OpenID Connect` Core 1.0 section 10.1.1).
    async fn verified(
        &self,
        token: &Token,
        nonce: &Nonce,
        metadata: Arc<CoreProviderMetadata>,
    ) -> Result<Claims, OidcError> {
        let checked = token.claims(&self.verifier(&metadata), nonce).cloned();
        let claims = match checked {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let newer = self.with_newer_keys(&metadata).await?;
                token.claims(&self.verifier(&newer), nonce).cloned()
            }
            other => other,
        };
        let claims = claims.map_err(|error| self.bad_token(&chain(&error)))?;
        // Who is named as the token's user must be us (section 3.1.3.7, 5).
        if claims
            .authorized_party()
            .is_some_and(|party| *party != self.client_id())
        {
            return Err(self.bad_token(&"it was issued for another client (azp)"));
        }
        Ok(claims)
    }

    fn verifier(
        &self,
        metadata: &CoreProviderMetadata,
    ) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let keys = metadata.jwks().clone();
        // As of a public client, so that our own secret is nobody's signature.
        IdTokenVerifier::new_public_client(self.client_id(), self.issuer.clone(), keys)
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(|| Utc::now() - CLOCKS_APART_MAX)
            .set_issue_time_verifier_fn(|issued_at| {
                if issued_at > Utc::now() + CLOCKS_APART_MAX {
                    return Err(format!("it is issued at {issued_at}, which is yet to come"));
                }
                Ok(())
            })
    }

    async fn with_newer_keys(
        &self,
        old: &Arc<CoreProviderMetadata>,
    ) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let mut known = self.known.lock().await;
        match &*known {
            // Somebody else has just asked.
            Known::Metadata(newer) if !Arc::ptr_eq(newer, old) => return Ok(Arc::clone(newer)),
            Known::Metadata(_) | Known::Failed(..) | Known::Nothing => {}
        }
        let call = |request: HttpRequest| http::call(self.agent.clone(), request);
        let keys = JsonWebKeySet::fetch_async(old.jwks_uri(), &call)
            .await
            .map_err(|error| self.undiscovered(KEYS, error))?;
        let newer = Arc::new(CoreProviderMetadata::clone(old).set_jwks(keys));
        *known = Known::Metadata(Arc::clone(&newer));
        Ok(newer)
    }

    fn identity(&self, claims: &Claims) -> Result<Identity, OidcError> {
        let claim = self.config.subject_claim.as_str();
        let no_subject = || OidcError::NoSubject {
            provider: self.config.name.clone(),
            claim: claim.to_owned(),
        };
        let subject = if claim == "sub" {
            Some(claims.subject().as_str())
        } else {
            claims.additional_claims().text(claim)
        };
        let subject = subject
            .filter(|subject| (1..=SUBJECT_CHARACTERS_MAX).contains(&subject.chars().count()))
            .ok_or_else(no_subject)?;
        let name = claims.name().and_then(|names| names.get(None));
        Ok(Identity {
            provider: self.config.name.clone(),
            subject: subject.to_owned(),
            // A name that cannot be kept is none: it is for people to read only.
            name: name.and_then(|name| name.parse().ok()),
            roles: self
                .config
                .roles_of(&claims.additional_claims().texts(&self.config.roles_claim)),
            actor: actor::of(&self.config.name, subject).map_err(|_| no_subject())?,
        })
    }

    fn undiscovered(&self, what: &'static str, error: DiscoveryError<CallError>) -> OidcError {
        if let DiscoveryError::Request(error) = error {
            return self.unreachable(what, &error);
        }
        // Public documents, so that what is wrong in them can be told.
        self.bad_answer(what, &chain(&error))
    }

    fn no_token(&self, error: RequestTokenError<CallError, TokenRefusal>) -> OidcError {
        match error {
            RequestTokenError::ServerResponse(refusal) => OidcError::Refused {
                provider: self.config.name.clone(),
                error: repeated(&refusal.error().as_ref()),
            },
            RequestTokenError::Request(error) => self.unreachable(ID_TOKEN, &error),
            // What is wrong may be a token, so it is not repeated.
            RequestTokenError::Parse(..) => self.bad_answer(ID_TOKEN, &"it cannot be read"),
            RequestTokenError::Other(_) => self.bad_answer(ID_TOKEN, &"it is not a token's answer"),
        }
    }

    fn unreachable(&self, what: &'static str, error: &CallError) -> OidcError {
        OidcError::Unreachable {
            provider: self.config.name.clone(),
            what,
            why: repeated(error),
        }
    }

    fn bad_answer(&self, what: &'static str, why: &dyn std::fmt::Display) -> OidcError {
        OidcError::BadAnswer {
            provider: self.config.name.clone(),
            what,
            why: repeated(why),
        }
    }

    fn bad_token(&self, why: &dyn std::fmt::Display) -> OidcError {
        OidcError::IdToken {
            provider: self.config.name.clone(),
            why: repeated(why),
        }
    }
}

/// An error with its causes, in one sentence.
fn chain(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        sentence.push_str(": ");
        sentence.push_str(&next.to_string());
        cause = next.source();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::super::config::tests::config;
    use super::*;
    use crate::secret::NoRandomness;

    #[test]
    fn a_provider_that_is_set_up_wrong_is_told_at_once() {
        assert!(Provider::new(config()).is_ok());
        let wrong = ProviderConfig {
            issuer: "login.example".to_owned(),
            ..config()
        };
        let error = Provider::new(wrong).unwrap_err();
        assert!(error.to_string().contains("\"entra\""), "{error}");
        assert_eq!(error.field, "issuer");
    }

    #[test]
    fn no_secret_is_in_what_a_log_would_have_of_a_provider() {
        let provider = Provider::new(config()).unwrap();
        let shown = format!("{provider:?}");
        assert!(shown.contains("entra"));
        assert!(!shown.contains("a-canary"));
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("above")]
        struct Above(#[source] NoRandomness);
        let told = chain(&Above(NoRandomness));
        assert!(told.starts_with("above: the operating system"), "{told}");
    }
}
