//! A running service, as the program asks it.

use std::fmt::Write;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use netgain_sign_in::token::TokenSecret;
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::Body;
use ureq::http::{Method, Request, Response, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::address::Address;
use super::failed::{Became, Failed, Problem};
use super::token;
use crate::outcome::Failure;

/// The most connections to a service at once.
pub(crate) const CONNECTIONS_MAX: usize = 8;

/// How long a connection may take to be made.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// How long a service may say nothing: longer than it gives itself for any request.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// How long a busy service is asked again, in all.
const BUSY_TIME_MAX: Duration = Duration::from_mins(2);

/// The longest wait between two tries, whatever the service asks for.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// How often a request whose connection failed is tried.
const TRIES_MAX: u32 = 5;

/// The wait after the first failure; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The most bytes of an answer that is kept whole: a page of 1,000 events of 32 KiB.
const ANSWER_BYTES_MAX: u64 = 34 * 1024 * 1024;

/// The most bytes of a problem: those of a spreadsheet name every cell.
const PROBLEM_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A running service.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    agent: Agent,
    address: Address,
    token: Arc<TokenSecret>,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    /// The media type.
    pub(crate) content_type: &'a str,
    /// The bytes.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Sent<'a> {
    /// A JSON document.
    pub(crate) const fn json(bytes: &'a [u8]) -> Self {
        Self {
            content_type: "application/json",
            bytes,
        }
    }
}

/// Whether a request may be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// It changes nothing, or is answered the second time as the first.
    Safe,
    /// It might be done twice.
    Unsafe,
}

impl Server {
    /// The service at an address, asked with the token of that file, or of the environment. Certificates
    /// are held to those of the file where one is given, else to the operating system's.
    pub(crate) fn new(
        address: Address,
        token_file: Option<&Path>,
        ca: Option<&Path>,
    ) -> Result<Self, Failure> {
        let token = Arc::new(token::find(token_file)?);
        let roots = match ca {
            Some(path) => certificates(path)?,
            None => RootCerts::PlatformVerifier,
        };
        let mut config = Agent::config_builder()
            .timeout_connect(Some(CONNECT_TIME_MAX))
            .timeout_recv_response(Some(SILENCE_MAX))
            .timeout_per_read(Some(SILENCE_MAX))
            .timeout_per_write(Some(SILENCE_MAX))
            .max_idle_connections(CONNECTIONS_MAX)
            .max_idle_connections_per_host(CONNECTIONS_MAX)
            // What a refusal says is in its body.
            .http_status_as_error(false)
            // A token goes where the call says and nowhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!("netgain/", env!("CARGO_PKG_VERSION")));
        if address.is_loopback() {
            // A proxy would be somebody in between.
            config = config.proxy(None);
        }
        Ok(Self {
            agent: config.build().new_agent(),
            address,
            token,
        })
    }

    /// A path with parameters, written so that anything may stand in them (RFC 3986 section 2.1).
    pub(crate) fn path_with<'q>(
        path: &str,
        parameters: impl Iterator<Item = (&'q str, &'q str)>,
    ) -> String {
        let mut written = path.to_owned();
        let mut before = '?';
        for (name, value) in parameters {
            written.push(before);
            written.push_str(name);
            written.push('=');
            for byte in value.bytes() {
                match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        written.push(char::from(byte));
                    }
                    // Writing to a string does not fail.
                    _ => drop(write!(written, "%{byte:02X}")),
                }
            }
            before = '&';
        }
        written
    }

    /// Asks for a document.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        let answer = self.get_as(path, "application/json")?;
        self.document(answer)
    }

    /// Asks for something of that media type; its body is still to be read.
    pub(crate) fn get_as(&self, path: &str, accept: &str) -> Result<Response<Body>, Failed> {
        Self::patiently(Again::Safe, || {
            self.send(Method::GET, path, Some(accept), None)
        })
    }

    /// Sends something and gives the answer, whose body is still to be read.
    pub(crate) fn post(
        &self,
        path: &str,
        sent: Sent<'_>,
        again: Again,
    ) -> Result<Response<Body>, Failed> {
        self.ask(&Method::POST, path, Some(sent), again)
    }

    /// Asks by any method.
    pub(super) fn ask(
        &self,
        method: &Method,
        path: &str,
        sent: Option<Sent<'_>>,
        again: Again,
    ) -> Result<Response<Body>, Failed> {
        Self::patiently(again, || self.send(method.clone(), path, None, sent))
    }

    /// The body of an answer, whole.
    pub(crate) fn whole(&self, mut answer: Response<Body>) -> Result<Vec<u8>, Failed> {
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        body.read_to_vec().map_err(|error| self.broken(error))
    }

    /// The body of an answer, as a document.
    pub(crate) fn document<T: DeserializeOwned>(
        &self,
        answer: Response<Body>,
    ) -> Result<T, Failed> {
        let body = self.whole(answer)?;
        serde_json::from_slice(&body)
            .map_err(|error| self.strange(format!("a document of another form ({error})")))
    }

    /// An answer that cannot be.
    pub(crate) fn strange(&self, what: impl Into<String>) -> Failed {
        Failed::Strange {
            address: self.address.to_string(),
            what: what.into(),
        }
    }

    /// An answer that ended too early.
    pub(crate) fn broken(
        &self,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Failed {
        Failed::Broken {
            address: self.address.to_string(),
            source: error.into(),
        }
    }

    /// The address of a route, for messages.
    pub(crate) fn route(&self, path: &str) -> String {
        self.address.route(path)
    }

    /// Tries again while that is safe and may help.
    fn patiently<T>(
        again: Again,
        mut once: impl FnMut() -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let begun = Instant::now();
        let mut wait = FIRST_WAIT;
        let mut failures = 0;
        loop {
            let failed = match once() {
                Ok(done) => return Ok(done),
                Err(failed) => failed,
            };
            let busy = matches!(failed, Failed::Problem(_));
            let may_repeat = match failed.became() {
                Became::NotDecided => true,
                Became::Unknown => again == Again::Safe,
                Became::NotRecorded => false,
            };
            if !busy {
                failures += 1;
            } else if failed.became() == Became::Unknown {
                // A service in trouble is left alone as soon as one that is gone.
                failures += 1;
            }
            let pause = failed.retry_after().unwrap_or(wait).clamp(wait, WAIT_MAX);
            if !may_repeat || failures >= TRIES_MAX || begun.elapsed() + pause > BUSY_TIME_MAX {
                return Err(failed);
            }
            thread::sleep(pause);
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        accept: Option<&str>,
        sent: Option<Sent<'_>>,
    ) -> Result<Response<Body>, Failed> {
        let mut request = Request::builder()
            .method(method)
            .uri(self.address.route(path))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        let ran = match sent {
            Some(Sent {
                content_type,
                bytes,
            }) => request
                .header(header::CONTENT_TYPE, content_type)
                .body(bytes)
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
            None => request
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
        };
        let answer = ran.map_err(|error| self.not_answered(error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(self.problem(answer))
    }

    fn problem(&self, mut answer: Response<Body>) -> Failed {
        let status = answer.status();
        if status.is_redirection() {
            return self.strange(format!("that it is elsewhere (status {status})"));
        }
        let retry_after = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let body = answer.body_mut().with_config().limit(PROBLEM_BYTES_MAX);
        match body.read_to_vec() {
            Ok(body) => {
                Failed::Problem(Box::new(Problem::read(status.as_u16(), retry_after, &body)))
            }
            Err(error) => self.broken(error),
        }
    }

    fn not_answered(&self, error: ureq::Error) -> Failed {
        if was_not_sent(&error) {
            return Failed::Unreachable {
                address: self.address.to_string(),
                source: Box::new(error),
            };
        }
        self.broken(error)
    }
}

/// Whether there never was a connection that a request could have gone through.
fn was_not_sent(error: &ureq::Error) -> bool {
    if let ureq::Error::Io(error) = error {
        return error.kind() == io::ErrorKind::ConnectionRefused;
    }
    matches!(
        error,
        ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Tls(_)
            | ureq::Error::BadUri(_)
            | ureq::Error::Http(_)
            | ureq::Error::ConnectProxyFailed(_)
            | ureq::Error::InvalidProxyUrl
            | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect)
    )
}

/// The certificates of a PEM file.
fn certificates(path: &Path) -> Result<RootCerts, Failure> {
    let wrong =
        |why: String| Failure::Usage(format!("the certificates in {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let mut roots = Vec::new();
    for item in parse_pem(&pem) {
        let item = item.map_err(|error| wrong(error.to_string()))?;
        if let PemItem::Certificate(certificate) = item {
            roots.push(certificate);
        }
    }
    if roots.is_empty() {
        return Err(wrong(
            "there is none; give a PEM file with the issuer's certificate".into(),
        ));
    }
    Ok(RootCerts::new_with_certs(&roots))
}
