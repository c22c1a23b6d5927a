//! Asking a provider over HTTP: one time limit over the whole call, a limit on the answer, TLS or this
//! machine, and no redirect followed (RFC 9700 section 4.12).

use std::time::Duration;

use openidconnect::url::Url;
use openidconnect::{HttpRequest, HttpResponse};
use ureq::Agent;

use super::config::is_protected;

/// How long a call may take, with its connection.
pub(super) const CALL_TIME_MAX: Duration = Duration::from_secs(10);

/// The most bytes of an answer. Discovery documents, keys and tokens have some thousands.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// A call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// The address would be asked in clear.
    #[error("{0} is neither https nor on this machine")]
    Unprotected(String),
    /// No answer, not in time, or too long.
    #[error("{0}")]
    Failed(#[from] ureq::Error),
    /// The service is stopping.
    #[error("the service is stopping")]
    Stopping,
}

/// An agent whose calls take that long at most.
pub(super) fn agent(time_max: Duration) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(time_max))
        // The body of a refusal matters.
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("netgain/", env!("CARGO_PKG_VERSION")));
    config.build().new_agent()
}

/// Makes a call on a thread that may block. Needs tokio's runtime.
pub(super) async fn call(agent: Agent, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let address = request.uri().to_string();
    // A provider's own document says where it is asked next.
    if !Url::parse(&address).is_ok_and(|url| is_protected(&url)) {
        return Err(CallError::Unprotected(address));
    }
    let called = tokio::task::spawn_blocking(move || {
        let (parts, mut body) = agent.run(request)?.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, body))
    });
    called.await.map_err(|_| CallError::Stopping)?
}

#[cfg(test)]
mod tests;
