//! People as a history names them: their id always, their name where the directory has one.

use std::collections::BTreeMap;

use askama::Template;
use netgain_events::identifier::Actor;
use netgain_events::vocabulary::Auth;

/// The names of the people on a page. They stand in no event, so they can change and be erased.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// By the id in lower case.
    names: BTreeMap<Actor, String>,
}

/// Somebody: their name, if there is one, and their id.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"{% if let Some(name) = name %}{{ name }} <span class="ng-secondary ng-break">({{ id }})</span>{% else %}<span class="ng-break">{{ id }}</span>{% endif %}"#,
    ext = "html"
)]
pub struct Who {
    id: Actor,
    name: Option<String>,
}

impl askama::filters::HtmlSafe for Who {}

impl People {
    /// Those whom the directory knows.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = (Actor, String)>) -> Self {
        let names = names.into_iter();
        Self {
            names: names.map(|(id, name)| (id.without_case(), name)).collect(),
        }
    }

    /// Somebody by their id.
    #[must_use]
    pub fn who(&self, id: &Actor) -> Who {
        Who {
            id: id.clone(),
            name: self.names.get(&id.without_case()).cloned(),
        }
    }
}

/// How the actor of an event was known, in words.
#[must_use]
pub const fn known_by(auth: Auth) -> &'static str {
    match auth {
        Auth::OsUser => "known as a user of the computer the ledger is on",
        Auth::Named => "only named, which nobody checked",
        Auth::Local => "signed in with a password",
        Auth::Oidc => "signed in through their organisation",
        Auth::Token => "by an API token",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_whatever_the_case_of_the_id_and_is_escaped() {
        let people = People::new([("A.Finance".parse().unwrap(), "Ann <b>".to_owned())]);
        let shown = people.who(&"a.finance".parse().unwrap()).to_string();
        assert!(shown.starts_with("Ann &#60;b&#62; <span"), "{shown}");
        assert!(shown.contains("(a.finance)"), "{shown}");
        let unknown = people.who(&"b.head".parse().unwrap()).to_string();
        assert_eq!(unknown, "<span class=\"ng-break\">b.head</span>");
    }
}
