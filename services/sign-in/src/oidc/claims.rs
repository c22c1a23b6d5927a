//! What an ID token says beside the standard claims.

use std::collections::BTreeMap;

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The claims that are not standard ones, such as `oid` and `roles`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct OtherClaims(BTreeMap<String, Value>);

impl AdditionalClaims for OtherClaims {}

impl OtherClaims {
    /// A claim that is one text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str()
    }

    /// A claim that is one text or a list of them; what else is in the list is left out.
    pub(super) fn texts(&self, claim: &str) -> Vec<&str> {
        match self.0.get(claim) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_a_text_or_a_list_of_texts_and_nothing_else() {
        let text = r#"{"one":"a","list":["a","b",7],"number":7,"object":{"a":"b"},"null":null}"#;
        let claims: OtherClaims = serde_json::from_str(text).unwrap();
        assert_eq!(claims.texts("one"), ["a"]);
        assert_eq!(claims.texts("list"), ["a", "b"]);
        for claim in ["number", "object", "null", "none"] {
            assert!(claims.texts(claim).is_empty());
            assert_eq!(claims.text(claim), None);
        }
        assert_eq!(claims.text("one"), Some("a"));
        assert_eq!(claims.text("list"), None);
    }
}
