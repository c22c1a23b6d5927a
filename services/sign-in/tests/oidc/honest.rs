//! Signing in at a certified provider.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::browser::{REDIRECT, sign_in};
use crate::node::Node;
use netgain_events::access::Scope;
use netgain_events::authority::Role;
use netgain_sign_in::oidc::{OidcError, PendingSignIns, Provider, ProviderConfig, RoleMapping};
use netgain_sign_in::secret::Secret;

/// Planted so that it can be looked for.
const CLIENT_SECRET: &str = "a-canary-of-a-client-secret";

pub(crate) fn config(issuer: &str) -> ProviderConfig {
    let mapping = |value: &str, role, of: &str| RoleMapping {
        value: value.to_owned(),
        role,
        of: of.parse().unwrap(),
    };
    ProviderConfig {
        name: "council".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "netgain".to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET.to_owned())),
        redirect: REDIRECT.to_owned(),
        scopes: vec!["profile".to_owned()],
        subject_claim: "sub".to_owned(),
        roles_claim: "roles".to_owned(),
        roles: vec![
            mapping("Validators", Role::Validator, "E07000082"),
            mapping("Validators", Role::Auditor, "*"),
            mapping("Recorders", Role::Recorder, "*"),
        ],
    }
}

pub(crate) fn provider(config: ProviderConfig) -> Provider {
    Provider::new(config).unwrap()
}

fn real() -> Node {
    real_with("client_secret_basic")
}

fn real_with(client_authentication: &str) -> Node {
    Node::start("provider.js", &[REDIRECT, client_authentication])
}

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

/// Whether nothing secret is in what a log would have of it.
pub(crate) fn tells_nothing(error: &OidcError) {
    let said = format!("{error} {error:?}");
    assert!(!said.contains("canary"), "{said}");
}

#[tokio::test]
async fn somebody_signs_in_and_is_who_the_provider_says_they_are() {
    let node = real();
    let provider = provider(config(&node.issuer));
    let (address, pending) = provider.begin().await.unwrap();
    let asked: Vec<_> = address.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile"),
    ] {
        assert!(
            asked.contains(&(name.to_owned(), value.to_owned())),
            "{asked:?}"
        );
    }
    assert!(!address.as_str().contains("canary"));
    let back = sign_in(address, "ann");
    let identity = provider
        .finish(pending, &back.state, &back.code)
        .await
        .unwrap();
    assert_eq!(identity.provider, "council");
    assert_eq!(identity.subject, "ann");
    assert_eq!(identity.actor.as_str(), "council.ann");
    assert_eq!(identity.name.unwrap().as_str(), "Ann Example");
    assert_eq!(
        identity.roles,
        [
            (Role::Validator, scope("E07000082")),
            (Role::Auditor, scope("*"))
        ]
    );
}

#[tokio::test]
async fn each_way_of_a_client_to_show_who_it_is_works() {
    for way in ["client_secret_basic", "client_secret_post", "none"] {
        let node = real_with(way);
        let secret = config("").client_secret.filter(|_| way != "none");
        let provider = provider(ProviderConfig {
            client_secret: secret,
            ..config(&node.issuer)
        });
        let (address, pending) = provider.begin().await.unwrap();
        let back = sign_in(address, "bob");
        let identity = provider
            .finish(pending, &back.state, &back.code)
            .await
            .unwrap();
        // A name with a control character is not kept, and somebody without roles has none.
        assert_eq!((identity.name, identity.roles), (None, vec![]), "{way}");
    }
}

#[tokio::test]
async fn people_who_differ_in_case_only_are_two() {
    let node = real();
    let provider = provider(config(&node.issuer));
    let mut actors = Vec::new();
    for person in ["ann", "Ann"] {
        let (address, pending) = provider.begin().await.unwrap();
        let back = sign_in(address, person);
        let identity = provider
            .finish(pending, &back.state, &back.code)
            .await
            .unwrap();
        assert_eq!(identity.subject, person);
        actors.push(identity.actor);
    }
    assert!(!actors[0].is(&actors[1]));
}

#[tokio::test]
async fn a_subject_may_be_another_claim_and_without_it_nobody_is_signed_in() {
    let node = real();
    let provider = provider(ProviderConfig {
        subject_claim: "oid".to_owned(),
        ..config(&node.issuer)
    });
    let (address, pending) = provider.begin().await.unwrap();
    let back = sign_in(address, "ann");
    let identity = provider
        .finish(pending, &back.state, &back.code)
        .await
        .unwrap();
    assert_eq!(identity.actor.as_str(), "council.0a-oid-of-ann");
    let (address, pending) = provider.begin().await.unwrap();
    let back = sign_in(address, "bob");
    let error = provider
        .finish(pending, &back.state, &back.code)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "no-subject");
}

#[tokio::test]
async fn a_wrong_state_is_refused() {
    let node = real();
    let provider = provider(config(&node.issuer));
    let (address, pending) = provider.begin().await.unwrap();
    let back = sign_in(address, "ann");
    let error = provider
        .finish(pending, "another", &back.code)
        .await
        .unwrap_err();
    assert_eq!(error, OidcError::WrongState);
}

#[tokio::test]
async fn a_code_is_worth_something_once_and_in_its_own_browser_only() {
    let node = real();
    let provider = provider(config(&node.issuer));
    let (address, pending) = provider.begin().await.unwrap();
    let waiting = PendingSignIns::new();
    let now = Instant::now();
    let cookie = waiting.keep(pending, now).unwrap();
    let back = sign_in(address, "ann");
    let pending = waiting.take(cookie.expose(), now).unwrap();
    assert!(
        provider
            .finish(pending, &back.state, &back.code)
            .await
            .is_ok()
    );
    // The same browser comes back once more.
    assert!(waiting.take(cookie.expose(), now).is_none());
    // The code is brought back to another sign-in: once used, and never used.
    let unused = sign_in(provider.begin().await.unwrap().0, "ann").code;
    for code in [back.code, unused, "a-canary-of-no-code".to_owned()] {
        let (address, pending) = provider.begin().await.unwrap();
        let state = sign_in(address, "ann").state;
        let error = provider.finish(pending, &state, &code).await.unwrap_err();
        assert!(
            matches!(&error, OidcError::Refused { error, .. } if error == "invalid_grant"),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains(&code));
        tells_nothing(&error);
    }
}

#[tokio::test]
async fn a_wrong_client_secret_is_told_without_telling_it() {
    let node = real();
    let provider = provider(ProviderConfig {
        client_secret: Some(Secret::new("another-canary".to_owned())),
        ..config(&node.issuer)
    });
    let (address, pending) = provider.begin().await.unwrap();
    let back = sign_in(address, "ann");
    let error = provider
        .finish(pending, &back.state, &back.code)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("invalid_client"), "{error}");
    tells_nothing(&error);
}

#[tokio::test]
async fn what_was_begun_at_one_provider_is_not_finished_at_another() {
    let node = real();
    let one = provider(config(&node.issuer));
    let other = provider(ProviderConfig {
        name: "other".to_owned(),
        ..config(&node.issuer)
    });
    let (address, pending) = one.begin().await.unwrap();
    let back = sign_in(address, "ann");
    let error = other
        .finish(pending, &back.state, &back.code)
        .await
        .unwrap_err();
    assert_eq!(error, OidcError::OtherProvider);
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_in_time_and_used_when_it_is_up() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let down = provider(config(&format!("http://{free}")));
    let begun = Instant::now();
    let error = down.begin().await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(error.code(), "provider-unreachable");
    assert!(
        error
            .to_string()
            .contains("the provider council cannot be asked"),
        "{error}"
    );
    assert_eq!(down.discover().await.unwrap_err(), error);
    let _up = Node::start_at("forger.js", &[], free);
    assert_eq!(down.discover().await, Ok(()));
    assert!(down.begin().await.is_ok());
}

#[tokio::test]
async fn a_provider_that_calls_itself_otherwise_is_refused() {
    let node = real();
    let provider = provider(config(&format!("{}/", node.issuer)));
    let error = provider.begin().await.unwrap_err();
    assert_eq!(error.code(), "provider-bad-answer");
    assert!(error.to_string().contains("unexpected issuer"), "{error}");
}
