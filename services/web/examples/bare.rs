//! The limit beside the service: the same runtime and allocator, axum as it is served by its own `axum::serve`
//! with `TCP_NODELAY` set as the service sets it, and handlers that do nothing but what no service can leave
//! out. What protects the service from slow and greedy clients, its time limits, its limit of connections and
//! its bounded send buffer, is not here: that is part of what the service takes beside this.
//!
//! `bare` says on standard error where it listens. Commands are parsed as JSON and answered with the same number
//! of bytes as the service's answer; `/bytes/{count}` answers so many bytes.

use std::error::Error;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::runtime;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the service answers to a command, with a position as long as most are.
const RECORDED: &[u8] = br#"[{"position":1048,"event":"claim-registered"}]"#;

/// The most bytes that can be asked for: a large totals document.
const BYTES_MAX: usize = 1024 * 1024;

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let routes = Router::new()
            .route("/api/v1/organisations/{org}/commands", post(parse))
            .route("/bytes/{count}", get(bytes));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        eprintln!("bare: serving on http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            // A stream that cannot be told serves as well.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, routes).await?;
        Ok(())
    })
}

async fn parse(body: Bytes) -> impl IntoResponse {
    match serde_json::from_slice::<serde_json::Value>(&body) {
        Ok(_) => (StatusCode::CREATED, JSON, Bytes::from_static(RECORDED)),
        Err(_) => (StatusCode::BAD_REQUEST, JSON, Bytes::new()),
    }
}

async fn bytes(Path(count): Path<usize>) -> impl IntoResponse {
    static ZEROS: [u8; BYTES_MAX] = [b'0'; BYTES_MAX];
    let count = count.min(BYTES_MAX);
    (
        JSON,
        Bytes::from_static(ZEROS.get(..count).unwrap_or_default()),
    )
}
