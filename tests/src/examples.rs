//! Plain commands for a test to begin with.

use serde_json::{Value, json};

/// The code of [`stroud`].
pub const STROUD: &str = "E07000082";

/// Salford City Council in the demo.
pub const SALFORD: &str = "E08000006";

/// Lancaster City Council in the demo.
pub const LANCASTER: &str = "E07000121";

/// The demo's fictional council, which uses every feature.
pub const SAMPLEBOROUGH: &str = "X00000001";

/// Registers Stroud District Council.
#[must_use]
pub fn stroud() -> Value {
    organisation(STROUD, "Stroud District Council")
}

/// Registers an organisation.
#[must_use]
pub fn organisation(org: &str, name: &str) -> Value {
    json!({
        "type": "register-organisation",
        "org": org,
        "name": name,
        "kind": "district",
        "sector": "local-government",
    })
}

/// Registers a claim of Stroud's that saves £1,000.00 a year from 2008/09 on.
#[must_use]
pub fn claim(reference: &str) -> Value {
    json!({
        "type": "register-claim",
        "org": STROUD,
        "claim": reference,
        "title": format!("Claim {reference}"),
        "action": "reduce-inputs",
        "impact_from": "2008-04-01",
        "profile": { "2008/09": "1000" },
    })
}

/// The command with those fields added, or put in the place of its own.
#[must_use]
pub fn with(mut command: Value, fields: &Value) -> Value {
    let object = command.as_object_mut().expect("a command is an object");
    let fields = fields.as_object().expect("fields are an object");
    object.extend(fields.clone());
    command
}
