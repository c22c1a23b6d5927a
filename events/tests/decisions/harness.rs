//! Given a history, when someone asks, then this is decided.

use netgain_events::authority::{Authority, Role};
use netgain_events::command::ActorField;
use netgain_events::decide::{Decision, NotDecided};
use netgain_events::event::Event;
use netgain_events::refusal::Refusal;
use netgain_events::state::{Access, Organisation};
use netgain_events::vocabulary::Auth;
use netgain_events::wire;
use serde_json::Value;

use super::commands::ORG;
use super::history::{Asker, History};

/// When things happen, unless a test says otherwise: 2008/09 to 2011/12 are over.
pub(crate) const NOW: &str = "2012-07-01T09:00:00.000Z";

/// A history that is so far.
#[derive(Default)]
pub(crate) struct Given {
    history: History,
}

/// Commands recorded one after another by ann, unless they name another actor.
pub(crate) fn given(commands: &[Value]) -> Given {
    given_at(NOW, commands)
}

/// The same, at another time.
pub(crate) fn given_at(at: &str, commands: &[Value]) -> Given {
    Given::default().and_at(at, commands)
}

impl Given {
    /// Further commands, recorded later.
    pub(crate) fn and_at(mut self, at: &str, commands: &[Value]) -> Self {
        for command in commands {
            let asker = Asker::operator("ann", at);
            match self.history.ask(command.to_string().as_bytes(), &asker) {
                Ok(Decision::Record(_)) => {}
                other => panic!("{command} was to be recorded: {other:?}"),
            }
        }
        self
    }

    /// Someone asks next.
    pub(crate) fn by(&mut self, actor: &str) -> When<'_> {
        When {
            asker: Asker::operator(actor, NOW),
            history: &mut self.history,
        }
    }

    /// Ann asks next, at that time.
    pub(crate) fn at(&mut self, at: &str) -> When<'_> {
        self.by("ann").at(at)
    }

    /// Ann asks for this.
    pub(crate) fn when(&mut self, command: impl ToString) -> Then {
        self.by("ann").when(command)
    }

    /// The organisation that most tests are about.
    pub(crate) fn organisation(&self) -> &Organisation {
        &self.history.organisations[ORG]
    }

    /// Who may do what.
    pub(crate) fn access(&self) -> &Access {
        self.system().access.as_deref().unwrap()
    }

    /// The ledger's own history.
    pub(crate) fn system(&self) -> &Organisation {
        &self.history.organisations["_SYSTEM"]
    }
}

/// Someone who is about to ask.
pub(crate) struct When<'h> {
    history: &'h mut History,
    asker: Asker,
}

impl When<'_> {
    pub(crate) fn at(mut self, at: &str) -> Self {
        self.asker.at = at.parse().unwrap();
        self
    }

    /// Signed in to the service with these roles, so that commands may not name an actor.
    pub(crate) fn signed_in_as(mut self, roles: &[Role]) -> Self {
        self.asker.authority = Authority::Granted {
            roles: roles.to_vec(),
            service_account: false,
        };
        self.asker.auth = Auth::Local;
        self.asker.actor_field = ActorField::Refused;
        self
    }

    /// Signed in as an administrator, of whatever the ledger's own history says.
    pub(crate) fn administering(self) -> Self {
        self.signed_in_as(&[Role::Administrator])
    }

    /// With sums that leave their range.
    pub(crate) fn with_figures_that_overflow(mut self) -> Self {
        self.asker.figures = |_, _| Err(netgain_events::money::SumOverflow);
        self
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a test reads better without a borrow before every command"
    )]
    pub(crate) fn when(self, command: impl ToString) -> Then {
        self.when_line(command.to_string().as_bytes())
    }

    pub(crate) fn when_line(self, line: &[u8]) -> Then {
        Then(self.history.ask(line, &self.asker))
    }
}

/// What was decided.
#[derive(Debug)]
#[must_use = "say what was to be decided"]
pub(crate) struct Then(pub(crate) Result<Decision, NotDecided>);

impl Then {
    /// It was refused for this reason, and this field was named.
    pub(crate) fn then_refused(self, code: &str, field: &str) -> Refusal {
        let refusal = self.refusal();
        let found = (refusal.code.as_str(), refusal.field.as_deref());
        assert_eq!(found, (code, Some(field)), "{}", refusal.message);
        refusal
    }

    /// It was refused for this reason, and no field was named.
    pub(crate) fn then_refused_whole(self, code: &str) -> Refusal {
        let refusal = self.refusal();
        let found = (refusal.code.as_str(), refusal.field.as_deref());
        assert_eq!(found, (code, None), "{}", refusal.message);
        refusal
    }

    /// It was refused.
    pub(crate) fn refusal(self) -> Refusal {
        match self.0 {
            Err(NotDecided::Refused(refusal)) => {
                assert_says_what_to_do(&refusal);
                refusal
            }
            other => panic!("it was to be refused: {other:?}"),
        }
    }

    /// It was recorded, and its event has these members among its own.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a test reads better without a borrow before every expectation"
    )]
    pub(crate) fn then_recorded(self, members: Value) -> Event {
        let Ok(Decision::Record(event)) = self.0 else {
            panic!("it was to be recorded: {:?}", self.0);
        };
        let written = written(&event);
        for (name, expected) in members.as_object().unwrap() {
            assert_eq!(written.get(name), Some(expected), "{name:?} in {written}");
        }
        *event
    }

    /// It was answered before, by the event at this position.
    pub(crate) fn then_repeats(self, position: u64) {
        match self.0 {
            Ok(Decision::Repeat(answered)) => assert_eq!(answered.first.get(), position),
            other => panic!("it was to be a repeat: {other:?}"),
        }
    }
}

/// The event as JSON.
pub(crate) fn written(event: &Event) -> Value {
    let mut line = Vec::new();
    wire::encode(event, &mut line);
    serde_json::from_slice(&line).unwrap()
}

/// Words that tell a person what to do next. A message without any of them only complains.
const WHAT_TO_DO: &[&str] = &[
    "add", "amend", "ask", "cancel", "check", "choose", "declare", "enrol", "give", "issue",
    "keep", "leave", "name", "raise", "record", "register", "revoke", "save", "shorten", "start",
    "state", "take", "use", "write",
];

/// Holds a refusal's message to the promise: one English sentence that says what is wrong and what
/// to do.
pub(crate) fn assert_says_what_to_do(refusal: &Refusal) {
    let message = &refusal.message;
    assert!(message.chars().count() > 20, "short: {message}");
    assert!(message.ends_with('.'), "no full stop: {message}");
    assert!(!message.ends_with(".."), "two full stops: {message}");
    assert!(!message.contains(". "), "two sentences: {message}");
    assert!(!message.contains("  "), "two spaces: {message}");
    assert!(!message.chars().any(char::is_control), "control: {message}");
    let lower_case = message.to_lowercase();
    let mut words = lower_case.split(|c: char| !c.is_alphanumeric() && c != '-');
    assert!(
        words.any(|word| WHAT_TO_DO.contains(&word)),
        "says what is wrong, not what to do: {message}"
    );
}
