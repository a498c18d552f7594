//! For monitoring: is the server well, and what did it do.

use std::net::IpAddr;
use std::sync::atomic::Ordering;

use http::{Method, StatusCode};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::route::{Access, Class, Route, route};
use super::{Request, Response, Shared, response};
use crate::actions;
use crate::domain::Refusal;
use crate::storage::health::Condition;

/// What Prometheus expects.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/")
            .class(Class::Machine)
            .doc("Where an owner who types the address wants to go", "The dashboard.")
            .gives_nothing(StatusCode::FOUND)
            .to(home),
        route(Method::GET, "/healthz")
            .class(Class::Machine)
            .doc(
                "Is the server well?",
                "503 if it cannot read its data, or is about to stop. A full disk is neither: it is degraded, and reading goes on.",
            )
            .gives::<Health>(StatusCode::OK)
            .gives::<Health>(StatusCode::SERVICE_UNAVAILABLE)
            .to(healthz),
        route(Method::GET, "/metrics")
            .class(Class::Machine)
            .access(Access::Operator)
            .doc("Figures for Prometheus", "Answered to this machine and to private networks only.")
            .gives_media(StatusCode::OK, "application/openmetrics-text")
            .to(metrics),
    ]
}

#[derive(Serialize, ToSchema)]
struct Health {
    status: HealthStatus,
    /// What keeps it from being well: there if it is degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<HealthCause>,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HealthStatus {
    Ok,
    /// Reads go on, and something else does not.
    Degraded,
    /// The data file cannot be read.
    Failing,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HealthCause {
    /// Writes are refused until there is space again.
    DiskFull,
}

async fn home(request: Request) -> Result<Response, Problem> {
    response::redirect(&request.app().config.server.base_url.join("/dashboard"))
}

async fn healthz(request: Request) -> Result<Response, Problem> {
    let (code, status, because) = match actions::health::condition(request.app()) {
        Condition::Ok => (StatusCode::OK, HealthStatus::Ok, None),
        Condition::Full => (StatusCode::OK, HealthStatus::Degraded, Some(HealthCause::DiskFull)),
        Condition::Failing => (StatusCode::SERVICE_UNAVAILABLE, HealthStatus::Failing, None),
    };
    Ok(response::json(code, &Health { status, because }))
}

async fn metrics(request: Request) -> Result<Response, Problem> {
    if !request.ip().is_some_and(is_ours) {
        return Err(Refusal::NotAllowed.into());
    }
    let shared = request.shared().clone();
    // Settling may wait for whoever reads the access log.
    let text = tokio::task::spawn_blocking(move || shared.journal.settled().text() + &figures(&shared)).await;
    let text = text.map_err(Problem::internal)?;
    Ok(response::respond(StatusCode::OK, http::HeaderValue::from_static(METRICS_TYPE), text))
}

/// Loopback and private networks: where a monitoring server is.
fn is_ours(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// What is not counted request by request.
fn figures(shared: &Shared) -> String {
    let mut registry = Registry::with_prefix("afterword");
    registry.register("build", "Which build this is", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    let count = |registry: &mut Registry, name: &str, help: &str, value: u64| {
        registry.register(name, help, ConstCounter::new(value));
    };
    let gauge = |registry: &mut Registry, name: &str, help: &str, value: u64| {
        registry.register(name, help, ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)));
    };
    let tally = &shared.tally;
    gauge(&mut registry, "connections", "Open connections", tally.open());
    let relaxed = Ordering::Relaxed;
    count(&mut registry, "connections_accepted", "Connections taken", tally.accepted.load(relaxed));
    let help = "Connections closed because a deadline had passed";
    count(&mut registry, "connections_overdue", help, tally.overdue.load(relaxed));
    let help = "Requests of HTTP/2 refused because as many as may be were under way";
    count(&mut registry, "streams_refused", help, tally.refused.load(relaxed));
    count(&mut registry, "log_lines_lost", "Access log lines that nobody took", shared.journal.lost());

    let (bytes, entries) = shared.threads.figures();
    gauge(&mut registry, "thread_cache_bytes", "Bytes of rendered threads in memory", bytes);
    gauge(&mut registry, "thread_cache_entries", "Rendered pages in memory", entries);

    let store = actions::health::figures(&shared.app);
    count(&mut registry, "store_commits", "Transactions committed", store.commits);
    count(&mut registry, "store_units", "Units of work in them", store.units);
    gauge(&mut registry, "store_file_bytes", "Size of the data file", store.file_bytes);
    gauge(&mut registry, "store_free_bytes", "Free space on its disk", store.free_bytes);
    let accepting = actions::health::condition(&shared.app) == Condition::Ok;
    gauge(&mut registry, "store_accepting", "1 if the store takes writes", u64::from(accepting));

    let mut text = String::new();
    // Writing to memory does not fail.
    let _ = encode_registry(&mut text, &registry).and_then(|()| encode_eof(&mut text));
    text
}
