//! The fields of a stored line, one by one, in its own order.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::pages::history::kind::sentence;

/// A field and what it holds, in words for somebody who does not read JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: String,
}

/// The fields of a line; none where it is not a JSON object.
pub(super) fn fields(line: &[u8]) -> Vec<Field> {
    let members: Members = serde_json::from_slice(line).unwrap_or_default();
    let mut fields = Vec::new();
    for (name, value) in members.0 {
        add(sentence(&name), &value, &mut fields);
    }
    fields
}

fn add(name: String, value: &Value, fields: &mut Vec<Field>) {
    match value {
        Value::Object(members) => {
            for (part, value) in members {
                add(format!("{name}, {part}"), value, fields);
            }
        }
        Value::Array(all) => {
            for (place, value) in (1..).zip(all) {
                add(format!("{name} {place}"), value, fields);
            }
        }
        Value::String(text) => fields.push(Field {
            name,
            value: text.clone(),
        }),
        Value::Null => fields.push(Field {
            name,
            value: "cleared".to_owned(),
        }),
        Value::Bool(_) | Value::Number(_) => fields.push(Field {
            name,
            value: value.to_string(),
        }),
    }
}

/// The members of an object as they stand: a map would put them in another order.
#[derive(Default)]
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsTheyStand;
        impl<'de> Visitor<'de> for AsTheyStand {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(AsTheyStand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_line_is_shown_in_its_order() {
        let line = r#"{"schema":1,"type":"claim-amended","claim":"A","profile":{"2009/10":"25000.00"},"service":null,"ongoing":false,"evidence":[{"name":"Minute","sha256":"ab"}]}"#;
        let shown: Vec<String> = fields(line.as_bytes())
            .into_iter()
            .map(|field| format!("{}={}", field.name, field.value))
            .collect();
        assert_eq!(
            shown,
            [
                "Schema=1",
                "Type=claim-amended",
                "Claim=A",
                "Profile, 2009/10=25000.00",
                "Service=cleared",
                "Ongoing=false",
                "Evidence 1, name=Minute",
                "Evidence 1, sha256=ab",
            ]
        );
        assert_eq!(fields(b"no object"), []);
    }
}
