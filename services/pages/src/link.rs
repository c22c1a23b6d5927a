//! Addresses of pages, with what a person typed percent-encoded (RFC 3986).

use std::fmt::Write;

use netgain_events::identifier::OrgId;

/// A page's address, put together part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    text: String,
    has_query: bool,
}

impl Link {
    /// The first page.
    #[must_use]
    pub fn home() -> Self {
        Self {
            text: String::new(),
            has_query: false,
        }
    }

    /// An organisation's first page.
    #[must_use]
    pub fn organisation(org: &OrgId) -> Self {
        Self::home().to("organisations").to(org)
    }

    /// One step further down the path.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "codes, numbers and texts are given as they come"
    )]
    pub fn to(mut self, part: impl ToString) -> Self {
        self.text.push('/');
        encode(&part.to_string(), &mut self.text);
        self
    }

    /// With a parameter.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "codes, numbers and texts are given as they come"
    )]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        encode(name, &mut self.text);
        self.text.push('=');
        encode(&value.to_string(), &mut self.text);
        self
    }

    /// With a parameter where there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.text.is_empty() {
            "/"
        } else {
            &self.text
        })
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.to_string()
    }
}

/// Encodes all but the unreserved characters (RFC 3986 section 2.3).
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(char::from(byte));
            }
            _ => {
                // Writing to a string does not fail.
                let _ = write!(into, "%{byte:02X}");
            }
        }
    }
}

/// Where to go next, as somebody's browser asks: a page of this service, or the first one.
#[must_use]
pub fn here_or_home(next: Option<&str>) -> &str {
    let is_ours = |next: &&str| {
        // A second slash or a backslash would lead to another host.
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && next.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
    };
    next.filter(is_ours).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_typed_cannot_leave_its_part_of_the_address() {
        let org: OrgId = "X00000001".parse().unwrap();
        let link = Link::organisation(&org).to("claims").to("a/../b");
        let link = link.with("q", "x&y=1 #").with("z", "é");
        assert_eq!(
            link.to_string(),
            "/organisations/X00000001/claims/a%2F..%2Fb?q=x%26y%3D1%20%23&z=%C3%A9"
        );
        assert_eq!(Link::home().to_string(), "/");
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "x",
            "/a b",
            "/a\r\nb",
        ] {
            assert_eq!(here_or_home(Some(bad)), "/", "{bad}");
        }
        assert_eq!(
            here_or_home(Some("/organisations?x=1")),
            "/organisations?x=1"
        );
        assert_eq!(here_or_home(None), "/");
    }
}
