//! The service from its listener to its end.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::connections::Connections;
use crate::following;
use crate::problem::with_causes;
use crate::routes;
use crate::service::Service;
use crate::settings::Tls;

/// How long requests that have begun may go on once the service is told to stop. A process that is being
/// stopped is usually killed after ten seconds or more.
const DRAIN: Duration = Duration::from_secs(4);

/// How often the disk and the views are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How many times as long as the views took to be stored they are then left alone. Whole states are written,
/// whatever changed of them: so it takes a twentieth of the time, however much is recorded.
const STORED_AGAIN_AFTER: u32 = 20;

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It cannot listen there.
    #[error(
        "cannot listen on {address}; choose another address with --listen, or stop what listens there"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// No thread can be started.
    #[error("cannot start a thread")]
    Thread(#[source] io::Error),
    /// The certificate or its key cannot be used.
    #[error("cannot use {path} for TLS: {why}", path = .path.display())]
    Tls {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Where the service can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its figures are.
    pub metrics: Option<SocketAddr>,
}

/// Serves until `stop` turns true; then takes no more, ends the streams, and lets what has begun finish. `ready`
/// hears where, once it listens.
///
/// # Errors
/// It cannot listen, or has no usable certificate.
pub async fn serve(
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
    ready: impl FnOnce(Served),
) -> Result<(), ServeError> {
    let settings = &service.settings;
    let tls = settings.tls.as_ref().map(acceptor).transpose()?;
    let listener = bind(settings.listen).await?;
    let metrics = match settings.metrics {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    ready(Served {
        listen: listener.local_addr().unwrap_or(settings.listen),
        metrics: metrics.as_ref().and_then(|it| it.local_addr().ok()),
    });
    let follower = following::start(&service).map_err(ServeError::Thread)?;
    let measured = tokio::spawn(following::measure(Arc::clone(&service)));
    let telling = tokio::spawn({
        let service = Arc::clone(&service);
        async move {
            let log = Arc::clone(service.ledger.log());
            service.live.tell(log).await;
        }
    });
    let looking = tokio::spawn(look_after(Arc::clone(&service)));
    let measuring = metrics.map(|listener| {
        let connections = Connections {
            router: metrics_routes(&service),
            tls: None,
            limits: settings.limits.clone(),
            proxy: None,
            open: prometheus_client::metrics::gauge::Gauge::default(),
        };
        tokio::spawn(connections.serve(listener, stop.clone(), Duration::ZERO))
    });
    let ending = tokio::spawn({
        let (service, mut stop) = (Arc::clone(&service), stop.clone());
        async move {
            // Gone is stopped too.
            let _ = stop.wait_for(|stop| *stop).await;
            service.live.end();
        }
    });
    let connections = Connections {
        router: routes::router(&service),
        tls,
        limits: settings.limits.clone(),
        proxy: settings.proxy,
        open: service.metrics.connections.clone(),
    };
    connections.serve(listener, stop, DRAIN).await;
    let tasks = [telling, looking, ending, measured];
    for task in tasks.into_iter().chain(measuring) {
        task.abort();
    }
    service.following.end();
    if let Some(follower) = follower {
        // It is asked several times a second whether to go on.
        let joined = tokio::task::spawn_blocking(move || follower.join()).await;
        if let Ok(Err(panic)) = joined {
            std::panic::resume_unwind(panic);
        }
    }
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, ServeError> {
    let unusable = |path: &PathBuf| {
        let path = path.clone();
        move |why: String| ServeError::Tls { path, why }
    };
    let read = |path: &PathBuf| fs::read(path).map_err(|error| unusable(path)(error.to_string()));
    let pem = read(&tls.certificate)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates =
        certificates.map_err(|error| unusable(&tls.certificate)(error.to_string()))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?)
        .map_err(|error| unusable(&tls.key)(error.to_string()))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| unusable(&tls.certificate)(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Keeps an eye on the disk, and the views near what is recorded.
async fn look_after(service: Arc<Service>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stored = tokio::time::Instant::now();
    let mut every = service.settings.store_views_every;
    loop {
        ticks.tick().await;
        let free = service.disk.look();
        let lacking = service.ledger.events_not_in_views();
        let metrics = &service.metrics;
        metrics
            .disk_free_bytes
            .set(i64::try_from(free).unwrap_or(i64::MAX));
        metrics
            .not_in_views
            .set(i64::try_from(lacking).unwrap_or(i64::MAX));
        metrics
            .not_sealing
            .set(i64::from(!service.seals.is_sealing()));
        metrics
            .checking_seals
            .set(i64::from(service.seals.is_checking()));
        let alarms = service.seals.alarms().len();
        metrics
            .read_only
            .set(i64::try_from(alarms).unwrap_or(i64::MAX));
        if lacking == 0 || stored.elapsed() < every {
            continue;
        }
        let begun = tokio::time::Instant::now();
        let ledger = Arc::clone(&service.ledger);
        let runtime = tokio::runtime::Handle::current();
        let storing = tokio::task::spawn_blocking(move || runtime.block_on(ledger.store_views()));
        if let Ok(Err(error)) = storing.await {
            tracing::warn!(error = %with_causes(&error), "the next start takes longer");
        }
        stored = tokio::time::Instant::now();
        let pause = (stored - begun) * STORED_AGAIN_AFTER;
        every = service.settings.store_views_every.max(pause);
    }
}

fn metrics_routes(service: &Arc<Service>) -> Router {
    let service = Arc::clone(service);
    let text = move || {
        let text = service.metrics.text();
        async move {
            let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(axum::http::header::CONTENT_TYPE, form)], text)
        }
    };
    Router::new().route("/metrics", get(text))
}
