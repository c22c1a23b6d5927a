//! A connection to the servers, and what they said about rights on the way.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::{self, Context, ErrorCode};
use async_nats::{Client, ConnectOptions, Event, ServerAddr, ServerError};
use netgain_ledger::log::COMMIT_BYTES_MAX;
use tokio::sync::watch;

use crate::home::{Home, Login};
use crate::home_error::HomeError;
use crate::message::HEADERS_BYTES_MAX;
use crate::subject;

/// The oldest server that will do: the one that every promise here was tried on. Before 2.10 none could be made
/// to sync before it answers; before 2.10.23 a restart could lose whole streams (Jepsen on NATS).
pub(crate) const OLDEST: &str = "2.15.1";

/// What the questions about streams begin with in the account that has them.
const OWN: &str = "$JS.API";

/// What they begin with in an account that has none, and imports those of a ledger's (`deploy/nats`). There every
/// server would answer the others too: that it has no streams for this account.
pub(crate) const IMPORTED: &str = "netgain.api";

/// What a server says to an account that has no streams.
pub(crate) const NO_STREAMS: ErrorCode = ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT;

/// How long to wait for a server to answer anything. After that it is asked again.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

/// How often a silent server is asked whether it is there: two such questions without an answer end the
/// connection, and another server is tried.
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// A connection that is made again whenever it breaks.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) context: Context,
    pub(crate) heard: Arc<Heard>,
}

/// What was heard of a connection beside its messages.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The last thing that the servers said this program may not do. A denied message gets no answer, as if it
    /// were lost: this is the only word of it.
    denial: Mutex<Option<String>>,
    /// How often it was made.
    connections: watch::Sender<u64>,
}

impl Heard {
    fn note(&self, event: Event) {
        match event {
            Event::Connected => self.connections.send_modify(|times| *times += 1),
            Event::ServerError(ServerError::Other(said)) => self.note_denial(said),
            Event::ServerError(_)
            | Event::Disconnected
            | Event::LameDuckMode
            | Event::Draining
            | Event::Closed
            | Event::SlowConsumer(_)
            | Event::ClientError(_) => {}
        }
    }

    fn note_denial(&self, said: String) {
        *self.denial.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
    }

    /// How often the connection was made. When that changes, answers that were on their way are lost.
    pub(crate) fn connections(&self) -> watch::Receiver<u64> {
        self.connections.subscribe()
    }

    /// What was denied of a subject.
    pub(crate) fn denial_of(&self, subject: &str) -> Option<String> {
        let said = self.denial.lock().unwrap_or_else(PoisonError::into_inner);
        let quoted = format!("\"{}\"", subject.to_ascii_lowercase());
        let of_it = |said: &&String| said.to_ascii_lowercase().contains(&quoted);
        said.as_ref().filter(of_it).cloned()
    }
}

impl Connection {
    /// Connects, and refuses servers that cannot hold a ledger.
    pub(crate) async fn open(home: &Home) -> Result<Self, HomeError> {
        let servers = addresses(&home.servers)?;
        let heard = Arc::<Heard>::default();
        let listener = Arc::clone(&heard);
        let options = match home.login.clone() {
            Some(Login { user, password }) => {
                // Answers come to subjects that no other user may listen to.
                let inbox = inbox(&user);
                ConnectOptions::with_user_and_password(user, password).custom_inbox_prefix(inbox)
            }
            None => ConnectOptions::new(),
        };
        let options = match home.authorities.clone() {
            Some(file) => options.add_root_certificates(file).require_tls(true),
            None => options,
        };
        let options = options
            .name("netgain")
            .connection_timeout(ANSWER_TIME_MAX)
            .request_timeout(Some(ANSWER_TIME_MAX))
            .ping_interval(PING_INTERVAL)
            .event_callback(move |event| {
                listener.note(event);
                std::future::ready(())
            });
        let client = options.connect(servers).await.map_err(|source| {
            let servers = home.servers.clone();
            let source = Box::new(source);
            HomeError::Unreachable { servers, source }
        })?;
        let server = client.server_info();
        if is_older(&server.version) {
            return Err(HomeError::TooOld {
                server: server.server_name,
                found: server.version,
                oldest: OLDEST,
            });
        }
        if !server.jetstream {
            return Err(HomeError::NoJetStream);
        }
        let needed = COMMIT_BYTES_MAX + HEADERS_BYTES_MAX;
        if server.max_payload < needed {
            let found = server.max_payload;
            return Err(HomeError::PayloadTooSmall { found, needed });
        }
        let mut context = context(client.clone(), OWN);
        if is_elsewhere(&context).await {
            context = self::context(client, IMPORTED);
        }
        Ok(Self { context, heard })
    }
}

fn context(client: Client, prefix: &str) -> Context {
    jetstream::ContextBuilder::new()
        .api_prefix(prefix)
        .timeout(ANSWER_TIME_MAX)
        .ack_timeout(ANSWER_TIME_MAX)
        .build(client)
}

/// Whether the account has no streams of its own. Whatever else is wrong is found when it is asked in earnest.
async fn is_elsewhere(context: &Context) -> bool {
    let asked = context.get_stream(subject::stream(0)).await;
    asked.is_err_and(|error| match error.kind() {
        GetStreamErrorKind::JetStream(said) => said.error_code() == NO_STREAMS,
        GetStreamErrorKind::EmptyName
        | GetStreamErrorKind::InvalidStreamName
        | GetStreamErrorKind::Request => false,
    })
}

fn addresses(servers: &str) -> Result<Vec<ServerAddr>, HomeError> {
    let parsed = servers.split(',').map(|address| match address.trim() {
        "" => Err(std::io::Error::other("an address is missing")),
        address => address.parse(),
    });
    parsed
        .collect::<Result<_, _>>()
        .map_err(|source: std::io::Error| {
            let servers = servers.into();
            let source = Box::new(source);
            HomeError::Address { servers, source }
        })
}

/// What the subjects begin with on which a user gets answers. A name may have characters that mean something in
/// a subject.
pub(crate) fn inbox(user: &str) -> String {
    let plain = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || letter == '-' => letter,
        _ => '_',
    };
    format!("_INBOX_{}", user.chars().map(plain).collect::<String>())
}

/// Whether a server of that version is too old.
pub(crate) fn is_older(found: &str) -> bool {
    version(found) < version(OLDEST)
}

/// The numbers of a version, whatever stands behind them; nothing is older than anything.
fn version(text: &str) -> Vec<u32> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default().split('.');
    numbers.map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(version("2.9.10") < version("2.15.1"));
        assert!(version("2.15.0") < version("2.15.1"));
        assert!(version("2.15.1-RC.2") >= version("2.15.1"));
        assert!(version("3.0.0") > version(OLDEST));
        assert!(version("unknown") < version(OLDEST));
    }

    #[test]
    fn a_users_answers_have_one_word_of_a_subject() {
        assert_eq!(inbox("netgain-writer"), "_INBOX_netgain-writer");
        assert_eq!(inbox("a.b>*é"), "_INBOX_a_b___");
    }

    #[test]
    fn servers_are_addresses_with_commas_between_them() {
        assert_eq!(addresses("nats://a:1, nats://b:2").unwrap().len(), 2);
        assert!(addresses("nats://a:1,").is_err());
        assert!(addresses("nats://a:port").is_err());
    }

    #[test]
    fn a_denial_is_of_its_subject_only() {
        let heard = Heard::default();
        heard.note_denial("permissions violation for publish to \"netgain.0.e07\"".into());
        assert!(heard.denial_of("netgain.0.E07").is_some());
        assert!(heard.denial_of("netgain.0.E0").is_none());
    }
}
