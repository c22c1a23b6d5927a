//! A witness on the network: plain HTTP/1.1, for whoever reaches it. A reverse proxy in front gives it
//! TLS; the signatures do not need it.

use std::error::Error;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use netgain_events::sha256::Sha256Hex;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task;
use tokio::time::{sleep, timeout};

use crate::add_checkpoint::REQUEST_BYTES_MAX;
use crate::refusal::Refusal;
use crate::say::{say, sentence};
use crate::witness::Witness;

/// The most connections at once: with the body of a request each they take 32 MiB. Others wait in the
/// kernel's queue.
const CONNECTIONS_MAX: usize = 256;

/// How long a request's head may take, and then the request: ten times what a slow disk needs.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);

/// How long a connection may be used for one request after another, so that idle ones make room.
const CONNECTION_TIME_MAX: Duration = Duration::from_mins(1);

/// How long to wait when no connection can be taken, which is when the process has too many files
/// open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The media type of a size (C2SP tlog-witness, *add-checkpoint*).
const SIZE_TYPE: &str = "text/x.tlog.size";
/// The media type of everything else.
const TEXT_TYPE: &str = "text/plain; charset=utf-8";

/// What clients may take of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) request_time: Duration,
    pub(crate) connection_time: Duration,
}

/// The limits that hold in use.
pub(crate) const LIMITS: Limits = Limits {
    connections: CONNECTIONS_MAX,
    request_time: REQUEST_TIME_MAX,
    connection_time: CONNECTION_TIME_MAX,
};

/// Cosigns for whoever comes to that listener, until the process is told to stop (`SIGTERM` or
/// `SIGINT`); then ends the requests that have begun. Runs in a tokio runtime with its drivers for
/// network, signals and time.
///
/// Says on standard error who it is, what it cosigns, and what goes wrong.
///
/// # Errors
/// The listener has no address, or signals cannot be waited for.
pub async fn serve(witness: Witness, listener: TcpListener) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    };
    let address = listener.local_addr()?;
    let key = witness.verification_key();
    say(&format!(
        "witness on http://{address}, verification key {key}"
    ));
    serve_until(Arc::new(witness), listener, LIMITS, stop).await;
    Ok(())
}

/// Serves until `stop` is there and all that has begun is done.
pub(crate) async fn serve_until(
    witness: Arc<Witness>,
    listener: TcpListener,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let router = router(witness, limits);
    let free = Arc::new(Semaphore::new(limits.connections));
    // Dropping it tells every connection to end.
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &free) => {
                let Some((stream, permit)) = accepted else { break };
                let (router, stopped) = (router.clone(), stopped.clone());
                task::spawn(async move {
                    connection(stream, router, limits, stopped).await;
                    drop(permit);
                });
            }
        }
    }
    drop((listener, stopping));
    for _ in 0..limits.connections {
        // Kept from the connections that have ended.
        if let Ok(permit) = free.acquire().await {
            permit.forget();
        }
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    // Nobody closes the semaphore.
    let permit = Arc::clone(free).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Some((stream, permit)),
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    mut stopped: watch::Receiver<()>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.request_time)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    tokio::select! {
        // Whatever broke it, there is nobody left to tell.
        _ = connection.as_mut() => return,
        () = sleep(limits.connection_time) => (),
        _ = stopped.changed() => (),
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(limits.request_time, connection).await;
}

fn router(witness: Arc<Witness>, limits: Limits) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/checkpoint/{log}", get(checkpoint))
        // The same where C2SP tlog-witness has it.
        .route("/{log}/checkpoint", get(checkpoint))
        .route("/healthz", get(health))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            within(limits.request_time, request, next)
        }))
        .with_state(witness)
}

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    let late = || {
        text(
            StatusCode::REQUEST_TIMEOUT,
            "the request took too long; try again",
        )
    };
    timeout(limit, next.run(request))
        .await
        .unwrap_or_else(|_| late())
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    // It waits for the disk, and is done even if the client has gone meanwhile.
    match task::spawn_blocking(move || witness.add_checkpoint(&body)).await {
        Ok(Ok(line)) => typed(StatusCode::OK, TEXT_TYPE, line),
        Ok(Err(refusal)) => refused(&refusal),
        Err(panic) => broken(&panic),
    }
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(log): Path<String>) -> Response {
    let none = || {
        text(
            StatusCode::NOT_FOUND,
            "no checkpoint of such a log was cosigned here",
        )
    };
    let Ok(log) = log.parse::<Sha256Hex>() else {
        return none();
    };
    match task::spawn_blocking(move || witness.newest(&log)).await {
        Ok(Ok(Some(newest))) => typed(StatusCode::OK, TEXT_TYPE, newest.note().bytes().to_vec()),
        Ok(Ok(None)) => none(),
        Ok(Err(fault)) => broken(&fault),
        Err(panic) => broken(&panic),
    }
}

async fn health(State(witness): State<Arc<Witness>>) -> Response {
    match task::spawn_blocking(move || witness.can_cosign()).await {
        Ok(Ok(())) => text(StatusCode::OK, "ok"),
        Ok(Err(fault)) => broken(&fault),
        Err(panic) => broken(&panic),
    }
}

/// The answer to what is not cosigned, with the statuses of C2SP tlog-witness.
fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::Request(_) => StatusCode::BAD_REQUEST,
        Refusal::NotSigned(_) => StatusCode::FORBIDDEN,
        Refusal::UnknownLog { .. } => StatusCode::NOT_FOUND,
        Refusal::OtherSize { cosigned } => {
            return typed(StatusCode::CONFLICT, SIZE_TYPE, format!("{cosigned}\n"));
        }
        Refusal::Inconsistent(_) | Refusal::SplitView { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TooManyLogs => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Fault(fault) => return broken(fault),
    };
    text(status, &sentence(refusal))
}

/// What went wrong is the operator's to know, not everybody's.
fn broken(error: &dyn Error) -> Response {
    say(&sentence(error));
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the witness cannot do its work now; its operator has been told why",
    )
}

fn text(status: StatusCode, line: &str) -> Response {
    typed(status, TEXT_TYPE, format!("{line}\n"))
}

fn typed(status: StatusCode, media_type: &'static str, body: impl IntoResponse) -> Response {
    (status, [(header::CONTENT_TYPE, media_type)], body).into_response()
}

#[cfg(test)]
mod tests;
