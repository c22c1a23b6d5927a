//! Connections: taken up to a limit, with time limits on slow clients, ended cleanly.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Version};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::edge::Peer;
use crate::limits::Limits;
use crate::problem::Problem;

/// How many connections beyond the limit are told so at once; others wait in the kernel's queue.
const TURNED_AWAY_MAX: usize = 64;

/// How long to wait when no connection can be taken, which is when the process has too many files open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The most bytes of a request's head, and of what hyper reads ahead.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// The most headers of a request.
const HEADERS_MAX: usize = 100;

/// The most requests at once on one HTTP/2 connection.
const STREAMS_PER_CONNECTION_MAX: u32 = 128;

/// What the kernel may hold of an answer that nobody reads, for each connection.
const SEND_BUFFER_BYTES: usize = 256 * 1024;

/// What a listener hands to its connections.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) router: Router,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) limits: Limits,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) proxy: Option<IpAddr>,
    pub(crate) open: prometheus_client::metrics::gauge::Gauge,
}

impl Connections {
    /// Takes connections until `stop` turns true, then lets those there are finish within `drain`.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        mut stop: watch::Receiver<bool>,
        drain: Duration,
    ) {
        let free = Arc::new(Semaphore::new(self.limits.connections));
        let turned_away = Arc::new(Semaphore::new(TURNED_AWAY_MAX));
        let stopped = stop.clone();
        loop {
            let accepted = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, peer)) = accepted else {
                sleep(ACCEPT_PAUSE).await;
                continue;
            };
            // Without it a kernel that cannot set them serves as well.
            let _ = prepare(&stream);
            match Arc::clone(&free).try_acquire_owned() {
                Ok(permit) => self.take(stream, peer, permit, stopped.clone()),
                Err(_) => {
                    let Ok(permit) = Arc::clone(&turned_away).acquire_owned().await else {
                        break;
                    };
                    let mut full = self.clone();
                    full.router = Router::new().fallback(|| async { full_house() });
                    full.take(stream, peer, permit, stopped.clone());
                }
            }
        }
        drop(listener);
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        // Whoever has not finished by then is cut off.
        let _ = timeout(drain, free.acquire_many(all)).await;
    }

    fn take(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        permit: OwnedSemaphorePermit,
        stopped: watch::Receiver<bool>,
    ) {
        let connections = self.clone();
        task::spawn(async move {
            connections.open.inc();
            connections.hold(stream, peer, stopped).await;
            connections.open.dec();
            drop(permit);
        });
    }

    async fn hold(&self, stream: TcpStream, peer: SocketAddr, stopped: watch::Receiver<bool>) {
        match &self.tls {
            None => self.speak(stream, peer, Version::HTTP_11, stopped).await,
            Some(tls) => {
                let handshake = timeout(self.limits.header_time, tls.accept(stream));
                // Whoever cannot speak TLS has nobody to be told by.
                if let Ok(Ok(stream)) = handshake.await {
                    let version = match stream.get_ref().1.alpn_protocol() {
                        Some(b"h2") => Version::HTTP_2,
                        _ => Version::HTTP_11,
                    };
                    self.speak(stream, peer, version, stopped).await;
                }
            }
        }
    }

    async fn speak(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: SocketAddr,
        version: Version,
        mut stopped: watch::Receiver<bool>,
    ) {
        let (router, proxy) = (self.router.clone(), self.proxy);
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            let from = came_from(peer.ip(), proxy, request.headers());
            request.extensions_mut().insert(Peer(from));
            router.clone().oneshot(request)
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_time)
            .max_buf_size(HEAD_BYTES_MAX)
            .max_headers(HEADERS_MAX);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Some(Duration::from_secs(20)))
            .keep_alive_timeout(self.limits.header_time)
            .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
            .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX);
        // Finding the version out by the first bytes would wait for them without end.
        let builder = match version {
            Version::HTTP_2 => builder.http2_only(),
            _ => builder.http1_only(),
        };
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            // Whatever broke it, there is nobody left to tell.
            _ = connection.as_mut() => return,
            _ = stopped.wait_for(|stop| *stop) => (),
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// Who asks: the peer, or whom the proxy in front names last, which is the one that it has seen itself.
fn came_from(peer: IpAddr, proxy: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    if proxy != Some(peer) {
        return peer;
    }
    let named = headers.get_all("x-forwarded-for").iter().next_back();
    let named = named.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    let named = named.and_then(|text| text.trim().parse().ok());
    named.map_or(peer, |named: IpAddr| named.to_canonical())
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    rustix::net::sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER_BYTES)?;
    Ok(())
}

fn full_house() -> axum::response::Response {
    let mut response = Problem::later(
        StatusCode::SERVICE_UNAVAILABLE,
        "too-many-connections",
        "Too many connections are open; try again in a moment.",
        Duration::from_secs(1),
    )
    .into_response();
    response.headers_mut().insert(
        axum::http::header::CONNECTION,
        axum::http::HeaderValue::from_static("close"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proxy_is_believed_and_only_what_it_has_seen_itself() {
        let (proxy, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "192.0.2.9".parse().unwrap());
        headers.append("x-forwarded-for", "192.0.2.8, 192.0.2.7".parse().unwrap());
        let seen: IpAddr = [192, 0, 2, 7].into();
        assert_eq!(came_from(proxy, Some(proxy), &headers), seen);
        assert_eq!(came_from(other, Some(proxy), &headers), other);
        assert_eq!(came_from(proxy, None, &headers), proxy);
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        assert_eq!(came_from(mapped, Some(proxy), &headers), seen);
        headers.insert("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(came_from(proxy, Some(proxy), &headers), proxy);
        assert_eq!(came_from(proxy, Some(proxy), &HeaderMap::new()), proxy);
    }
}
