//! ID tokens that are not to be believed, from a provider that makes whatever it is asked to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use netgain_sign_in::oidc::{Identity, OidcError, Provider, ProviderConfig};
use serde_json::{Value, json};

use crate::honest::{config, provider, tells_nothing};
use crate::node::Node;

fn forger() -> (Node, Provider) {
    let node = Node::start("forger.js", &[]);
    let provider = provider(config(&node.issuer));
    (node, provider)
}

/// Signs in with the ID token that the forger makes of this; `claims.nonce` is the right one unless
/// it says another.
async fn with(provider: &Provider, mut token: Value) -> Result<Identity, OidcError> {
    let (address, pending) = provider.begin().await?;
    let asked = |name: &str| {
        let pair = address.query_pairs().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.into_owned()).unwrap()
    };
    let claims = token
        .as_object_mut()
        .unwrap()
        .entry("claims")
        .or_insert_with(|| json!({}));
    let nonce = json!(asked("nonce"));
    claims
        .as_object_mut()
        .unwrap()
        .entry("nonce")
        .or_insert(nonce);
    let code = URL_SAFE_NO_PAD.encode(token.to_string());
    provider.finish(pending, &asked("state"), &code).await
}

async fn refused(provider: &Provider, token: Value, why: &str) {
    let told = token.to_string();
    let error = with(provider, token).await.expect_err(&told);
    let said = error.to_string();
    assert_eq!(error.code(), "bad-id-token", "{told}: {said}");
    assert!(said.contains(why), "{told}: {said}");
    tells_nothing(&error);
}

fn asked(node: &Node, path: &str) -> Value {
    let mut answer = ureq::get(format!("{}{path}", node.issuer)).call().unwrap();
    serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_that_is_as_it_should_be_is_believed_in_every_algorithm() {
    let (_node, provider) = forger();
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        let identity = with(&provider, json!({"alg": alg})).await.unwrap();
        assert_eq!(identity.actor.as_str(), "council.ann", "{alg}");
    }
}

#[tokio::test]
async fn a_token_that_its_provider_did_not_sign_is_refused() {
    let (_node, provider) = forger();
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        refused(
            &provider,
            json!({"key": "stranger", "alg": alg}),
            "ignature",
        )
        .await;
        refused(&provider, json!({"key": "cut off", "alg": alg}), "ignature").await;
    }
    refused(&provider, json!({"key": "none"}), "No signature").await;
    refused(&provider, json!({"key": "client secret"}), "Disallowed").await;
    refused(&provider, json!({"key": "public key"}), "Disallowed").await;
    refused(&provider, json!({"key": "missing"}), "there is none").await;
}

#[tokio::test]
async fn a_token_for_somebody_else_or_from_somebody_else_is_refused() {
    let (_node, provider) = forger();
    let cases = [
        (json!({"nonce": "another"}), "nonce"),
        (json!({"nonce": null}), "nonce"),
        (json!({"iss": "https://evil.example"}), "issuer"),
        (json!({"aud": "another-client"}), "audience"),
        (json!({"aud": []}), "audience"),
        (json!({"aud": ["netgain", "another-client"]}), "audience"),
        (json!({"azp": "another-client"}), "azp"),
    ];
    for (claims, why) in cases {
        refused(&provider, json!({"claims": claims}), why).await;
    }
    for claims in [json!({"aud": ["netgain"]}), json!({"azp": "netgain"})] {
        assert!(with(&provider, json!({"claims": claims})).await.is_ok());
    }
}

#[tokio::test]
async fn a_token_is_believed_in_its_time_and_a_minute_around_it() {
    let (_node, provider) = forger();
    // Seconds from now; the minute is left and entered by more than a test takes.
    for claims in [json!({"exp": "-30"}), json!({"iat": "30"})] {
        assert!(
            with(&provider, json!({"claims": claims})).await.is_ok(),
            "{claims}"
        );
    }
    refused(&provider, json!({"claims": {"exp": "-61"}}), "xpired").await;
    refused(&provider, json!({"claims": {"exp": 0}}), "xpired").await;
    refused(&provider, json!({"claims": {"iat": "90"}}), "yet to come").await;
}

#[tokio::test]
async fn a_subject_that_is_no_subject_is_nobody() {
    let (_node, provider) = forger();
    for sub in [String::new(), "s".repeat(256)] {
        let error = with(&provider, json!({"claims": {"sub": sub}}))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "no-subject", "{error}");
    }
    let longest = with(&provider, json!({"claims": {"sub": "s".repeat(255)}}))
        .await
        .unwrap();
    assert_eq!(longest.actor.as_str().len(), "council.".len() + 32);
}

#[tokio::test]
async fn what_is_no_token_is_told_without_repeating_it() {
    let (_node, provider) = forger();
    for raw in [json!("a-canary.of.a-token"), json!("a-canary"), json!(7)] {
        let error = with(&provider, json!({"raw": raw})).await.unwrap_err();
        assert_eq!(error.code(), "provider-bad-answer", "{error}");
        tells_nothing(&error);
    }
}

#[tokio::test]
async fn new_keys_are_fetched_when_they_are_first_needed_and_a_strange_one_is_refused() {
    let (node, provider) = forger();
    assert!(with(&provider, json!({})).await.is_ok());
    assert_eq!(asked(&node, "/keys-asked"), 1);
    asked(&node, "/rotate");
    assert!(with(&provider, json!({})).await.is_ok());
    assert!(with(&provider, json!({})).await.is_ok());
    assert_eq!(asked(&node, "/keys-asked"), 2);
    refused(&provider, json!({"kid": "nobody's"}), "No matching key").await;
    assert_eq!(asked(&node, "/keys-asked"), 3);
}

#[tokio::test]
async fn a_claim_that_is_an_address_of_somebody_is_no_subject() {
    let node = Node::start("forger.js", &[]);
    let provider = provider(ProviderConfig {
        subject_claim: "email".to_owned(),
        ..config(&node.issuer)
    });
    let claims = json!({"email": "ann@example.gov.uk"});
    let error = with(&provider, json!({"claims": claims}))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "no-subject");
}
