//! What the operator watches, in the Prometheus text format.

use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The bounds of request times, in seconds: from a cached total to what times out.
const SECONDS: [f64; 10] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.03, 0.1, 0.5, 2.0, 30.0,
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: Route,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: Route,
}

/// The route that a request took, where there is one for it.
#[derive(Clone, Debug)]
pub(crate) struct Route(pub(crate) Option<MatchedPath>);

impl Route {
    /// Its pattern, as figures and log lines name it.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_ref().map_or("none", MatchedPath::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}

/// The service's figures.
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram, fn() -> Histogram>,
    pub(crate) recorded: Counter,
    pub(crate) connections: Gauge,
    pub(crate) streams: Gauge,
    pub(crate) not_in_views: Gauge,
    pub(crate) not_sealing: Gauge,
    /// 1 while the log is still to be held to what was sealed.
    pub(crate) checking_seals: Gauge,
    pub(crate) read_only: Gauge,
    pub(crate) disk_free_bytes: Gauge,
    pub(crate) log_answers: Gauge,
    pub(crate) behind: Gauge,
    pub(crate) displacements: Counter,
    pub(crate) decided_again: Counter,
    pub(crate) reconnections: Counter,
    /// What request ids begin with, so that those of two runs differ.
    run: String,
    next: AtomicU64,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut run = [0_u8; 6];
        // An id only has to tell answers apart; without randomness the count still does within a run.
        let _ = getrandom::fill(&mut run);
        let mut metrics = Self {
            registry: Registry::with_prefix("netgain"),
            answered: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            recorded: Counter::default(),
            connections: Gauge::default(),
            streams: Gauge::default(),
            not_in_views: Gauge::default(),
            not_sealing: Gauge::default(),
            checking_seals: Gauge::default(),
            read_only: Gauge::default(),
            disk_free_bytes: Gauge::default(),
            log_answers: Gauge::default(),
            behind: Gauge::default(),
            displacements: Counter::default(),
            decided_again: Counter::default(),
            reconnections: Counter::default(),
            run: crate::edge::hex(&run),
            next: AtomicU64::new(1),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests answered", metrics.answered.clone());
        registry.register(
            "request_seconds",
            "How long until an answer began",
            metrics.seconds.clone(),
        );
        registry.register(
            "events_recorded",
            "Events recorded since the start",
            metrics.recorded.clone(),
        );
        registry.register(
            "connections",
            "Open connections",
            metrics.connections.clone(),
        );
        registry.register(
            "live_streams",
            "Open streams of live totals",
            metrics.streams.clone(),
        );
        registry.register(
            "events_not_in_views",
            "Events a restart would have to fold",
            metrics.not_in_views.clone(),
        );
        registry.register(
            "not_sealing",
            "1 while what is recorded cannot be sealed",
            metrics.not_sealing.clone(),
        );
        registry.register(
            "checking_seals",
            "1 after a start, while the log is held to what was sealed and nothing is sealed yet",
            metrics.checking_seals.clone(),
        );
        registry.register(
            "read_only_organisations",
            "Organisations whose history is not the one that was sealed",
            metrics.read_only.clone(),
        );
        registry.register(
            "disk_free_bytes",
            "Free bytes on the ledger's disk",
            metrics.disk_free_bytes.clone(),
        );
        metrics.log_answers.set(1);
        registry.register(
            "log_answers",
            "1 while the log answers",
            metrics.log_answers.clone(),
        );
        registry.register(
            "commits_behind",
            "Commits in the log that this node has not taken in yet",
            metrics.behind.clone(),
        );
        registry.register(
            "log_displacements",
            "Times that another node's commit came first",
            metrics.displacements.clone(),
        );
        registry.register(
            "decided_again",
            "Requests decided again because others were ahead of them",
            metrics.decided_again.clone(),
        );
        registry.register(
            "log_reconnections",
            "Times that the connection to the log's servers was made anew",
            metrics.reconnections.clone(),
        );
        metrics
    }

    /// An id no other answer of this run has.
    pub(crate) fn next_request_id(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut id = String::with_capacity(self.run.len() + 17);
        // Writing to a string does not fail.
        let _ = write!(id, "{}-{number:x}", self.run);
        id
    }

    /// Counts an answer.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &Route,
        status: StatusCode,
        took: Duration,
    ) {
        let answered = Answered {
            method: known(method),
            route: route.clone(),
            status: status.as_u16(),
        };
        self.answered.get_or_create(&answered).inc();
        let of_route = OfRoute {
            route: answered.route,
        };
        self.seconds
            .get_or_create(&of_route)
            .observe(took.as_secs_f64());
    }

    /// The figures as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// The methods that exist; a stranger's invention must not become a figure of its own.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}
