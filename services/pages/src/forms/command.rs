//! A command, put together field by field.

use serde::Serialize;
use serde_json::{Map, Value};

/// The members of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(Map<String, Value>);

impl Members {
    /// Of a command of that type.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let mut members = Self::default();
        members.put("type", kind);
        members
    }

    /// Sets a member.
    pub fn put(&mut self, name: &str, value: impl Serialize) {
        // The types of the events always have a JSON form; what had none would be refused as null.
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.insert(name.to_owned(), value);
    }

    /// Sets a member where there is a value.
    pub fn put_some(&mut self, name: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Sets everything that other members say.
    pub fn put_all(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// What would have to be sent to come from `before` to these: members that differ, and `null` for
    /// those that are gone.
    #[must_use]
    pub fn changes_from(&self, before: &Self) -> Self {
        let differs = |(name, value): &(&String, &Value)| before.0.get(*name) != Some(*value);
        let set = self.0.iter().filter(differs);
        let set = set.map(|(name, value)| (name.clone(), value.clone()));
        let gone = before.0.keys().filter(|name| !self.0.contains_key(*name));
        let cleared = gone.map(|name| (name.clone(), Value::Null));
        Self(set.chain(cleared).collect())
    }

    /// A member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Members> for Value {
    fn from(members: Members) -> Self {
        Self::Object(members.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_sent_and_what_is_gone_is_cleared() {
        let (mut before, mut after) = (Members::default(), Members::default());
        before.put("title", "a");
        before.put("owner", "x");
        before.put("service", "s");
        after.put("title", "a");
        after.put("service", "t");
        after.put("function", "ict");
        let changes: Value = after.changes_from(&before).into();
        assert_eq!(
            changes,
            json!({"service": "t", "function": "ict", "owner": null})
        );
        assert!(before.changes_from(&before).is_empty());
    }
}
