//! What is counted of requests, for Prometheus.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Entry;

/// Upper bounds of the histogram's buckets: from a cached read to a deadline.
const SECONDS: [f64; 12] = [0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    method: &'static str,
    /// Of its status, the first digit: `2xx`.
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: &'static str,
}

pub struct Counts {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Asked, Histogram, fn() -> Histogram>,
    bytes: Family<Asked, Counter>,
}

impl Default for Counts {
    fn default() -> Counts {
        let requests = Family::default();
        let bytes = Family::default();
        let durations: Family<Asked, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(SECONDS));
        let mut registry = Registry::with_prefix("afterword");
        registry.register("requests", "Requests answered", requests.clone());
        let help = "Time from a request's header to its answer's";
        registry.register_with_unit("request_duration", help, Unit::Seconds, durations.clone());
        registry.register_with_unit("answered", "Bytes of answers", Unit::Bytes, bytes.clone());
        Counts { registry, requests, durations, bytes }
    }
}

impl Counts {
    pub fn add(&self, entries: &[Entry]) {
        // Looking them up costs more than counting, and entries that come together are much alike.
        for alike in entries.chunk_by(|a, b| (a.route, a.method, a.status) == (b.route, b.method, b.status)) {
            let Entry { route, method, status, .. } = alike[0];
            let count = alike.len() as u64;
            self.requests.get_or_create(&Answered { route, method, status: class(status) }).inc_by(count);
            let durations = self.durations.get_or_create(&Asked { route });
            alike.iter().for_each(|entry| durations.observe(entry.micros as f64 / 1e6));
            if alike.iter().any(|entry| entry.bytes.is_some()) {
                let bytes = alike.iter().filter_map(|entry| entry.bytes).sum();
                self.bytes.get_or_create(&Asked { route }).inc_by(bytes);
            }
        }
    }

    /// As Prometheus reads them, without the mark at the end: more may follow.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to memory does not fail.
        let _ = encode_registry(&mut text, &self.registry);
        text
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
