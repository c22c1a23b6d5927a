//! What somebody sees who sends a form after they were signed out: the form, kept for them.

use askama::Template;

use crate::components::Button;
use crate::forms::typed::Typed;
use crate::frame::Frame;

/// A form that waits until its sender has signed in again.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/signed_out.html")]
pub struct SignedOutPage {
    frame: Frame,
    kept: Option<Kept>,
}

/// Everything that was typed, and where it was sent to.
#[derive(Clone, Debug)]
struct Kept {
    address: String,
    typed: Typed,
    send: Button,
}

impl SignedOutPage {
    fn with(kept: Option<Kept>) -> Self {
        Self {
            frame: Frame::new("You have been signed out"),
            kept,
        }
    }

    /// With everything that was typed, to be sent again to the same address of this service.
    #[must_use]
    pub fn new(address: &str, typed: &Typed) -> Self {
        Self::with(Some(Kept {
            address: address.to_owned(),
            typed: typed.clone(),
            send: Button::new("Send it again").prevent_double_click(true),
        }))
    }

    /// After a form with a file, which a page cannot keep: the browser has it still.
    #[must_use]
    pub fn after_a_file() -> Self {
        Self::with(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_typed_waits_on_the_page_and_is_inert() {
        let typed = Typed::default()
            .with("title", "\"><script>x</script>")
            .with("reason", "one\r\ntwo");
        let page = SignedOutPage::new("/organisations/E1/log-a-gain?a=1&b=2", &typed);
        let page = page.render().unwrap();
        assert!(page.contains("action=\"/organisations/E1/log-a-gain?a=1&#38;b=2\""));
        assert!(page.contains("name=\"title\" value=\"&#34;&#62;&#60;script&#62;x"));
        assert!(page.contains("name=\"reason\" value=\"one\r\ntwo\""));
        assert!(!page.contains("<script>x"));
    }

    #[test]
    fn after_a_file_the_way_is_back() {
        let page = SignedOutPage::after_a_file().render().unwrap();
        assert!(page.contains("go back in your browser") && !page.contains("<form method"));
    }
}
