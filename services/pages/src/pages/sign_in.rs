//! Where somebody signs in.

use askama::Template;

use crate::components::{Button, ErrorSummary, Input, PasswordInput};
use crate::frame::Frame;

/// The form for a name and a password, and the ways to other providers.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    frame: Frame,
    wrong: Option<ErrorSummary>,
    providers: Vec<String>,
    next: String,
    person: Input,
    password: PasswordInput,
    submit: Button,
}

impl SignInPage {
    /// The page, empty. `next` is where somebody goes once they are signed in.
    #[must_use]
    pub fn new(providers: Vec<String>, next: &str) -> Self {
        Self {
            frame: Frame::new("Sign in"),
            wrong: None,
            providers,
            next: next.to_owned(),
            person: person(""),
            password: PasswordInput::new("password", "Password").autocomplete("current-password"),
            submit: Button::new("Sign in"),
        }
    }

    /// The page again after an attempt that failed, with why. What was typed as a password is not
    /// sent back.
    #[must_use]
    pub fn again(mut self, typed: &str, why: &str) -> Self {
        self.frame.has_errors = true;
        self.wrong = Some(ErrorSummary::new().link(why, "#person"));
        self.person = person(typed).error_message(why);
        self
    }
}

fn person(typed: &str) -> Input {
    Input::new("person", "Name you sign in with")
        .value(typed)
        .autocomplete("username")
        .spellcheck(false)
        .width(20)
}
