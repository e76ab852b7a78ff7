//! What the server counts, as Prometheus text.
//!
//! One [`Metrics`] value per server, shared by reference; every figure is an atomic, so counting costs
//! nothing worth measuring. Names carry no user, conversation or message.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use hallway_protocol::method::MethodName;

/// Only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add_one(&self) {
        self.add(1);
    }

    /// `n` more.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// So far.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// `n` more, or less.
    pub fn add(&self, n: i64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// One more until the guard is dropped.
    pub fn hold(&self) -> Held<'_> {
        self.add(1);
        Held(self)
    }

    /// Now.
    pub fn get(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

/// One of a [`Gauge`].
#[derive(Debug)]
pub struct Held<'a>(&'a Gauge);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.add(-1);
    }
}

/// Upper bounds of the buckets of [`Durations`], in microseconds.
const BOUNDS: [u64; 12] =
    [250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// How long something takes.
#[derive(Debug, Default)]
pub struct Durations {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Durations {
    /// It took `time`.
    pub fn observe(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some((_, bucket)) = BOUNDS.iter().zip(&self.buckets).find(|(bound, _)| micros <= **bound) {
            bucket.fetch_add(1, Relaxed);
        }
        self.count.fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }

    fn write(&self, out: &mut String, name: &str, label: &str) {
        let comma = if label.is_empty() { "" } else { "," };
        let mut below = 0u64;
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            below = below.saturating_add(bucket.load(Relaxed));
            let seconds = Duration::from_micros(*bound).as_secs_f64();
            line(out, format_args!("{name}_bucket{{{label}{comma}le=\"{seconds}\"}} {below}"));
        }
        let count = self.count.load(Relaxed);
        let seconds = Duration::from_micros(self.micros.load(Relaxed)).as_secs_f64();
        let braces = if label.is_empty() { String::new() } else { format!("{{{label}}}") };
        line(out, format_args!("{name}_bucket{{{label}{comma}le=\"+Inf\"}} {count}"));
        line(out, format_args!("{name}_sum{braces} {seconds}"));
        line(out, format_args!("{name}_count{braces} {count}"));
    }
}

/// What is counted per method.
#[derive(Debug, Default)]
pub struct MethodFigures {
    /// Time from the frame to its answer.
    pub time: Durations,
    /// Answers that were refusals.
    pub refused: Counter,
}

/// Why something was refused before it reached a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// Translations and the like of one user.
    Services,
    /// Sign-ins from one address.
    SignIn,
    /// Failed sign-ins to one account.
    Failures,
    /// Messages of one user.
    Send,
    /// New groups of one user.
    CreateGroup,
    /// Searches of one user.
    Search,
    /// Requests of one user.
    Requests,
}

const LIMITED: [(Limited, &str); 7] = [
    (Limited::Services, "services"),
    (Limited::SignIn, "sign_in"),
    (Limited::Failures, "failures"),
    (Limited::Send, "send"),
    (Limited::CreateGroup, "create_group"),
    (Limited::Search, "search"),
    (Limited::Requests, "requests"),
];

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    /// Open WebSockets.
    pub connections: Gauge,
    /// Of them, those signed in.
    pub signed_in: Gauge,
    /// WebSockets opened since the start.
    pub opened: Counter,
    /// TLS handshakes that failed.
    pub tls_failures: Counter,
    /// Frames that could not be read, were too big, or came before sign-in.
    pub bad_frames: Counter,
    /// Connections closed because they were silent.
    pub silent: Counter,
    /// Queues that overflowed and were replaced by `resync`.
    pub resyncs: Counter,
    /// Event frames put into queues.
    pub events_queued: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    limited: [Counter; LIMITED.len()],
    methods: Vec<MethodFigures>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            connections: Gauge::default(),
            signed_in: Gauge::default(),
            opened: Counter::default(),
            tls_failures: Counter::default(),
            bad_frames: Counter::default(),
            silent: Counter::default(),
            resyncs: Counter::default(),
            events_queued: Counter::default(),
            panics: Counter::default(),
            limited: Default::default(),
            methods: MethodName::ALL.iter().map(|_| MethodFigures::default()).collect(),
        }
    }
}

impl Metrics {
    /// The figures of `method`.
    pub fn method(&self, method: MethodName) -> Option<&MethodFigures> {
        self.methods.get(method as usize)
    }

    /// A limit refused something.
    pub fn limited(&self, what: Limited) {
        let place = LIMITED.iter().position(|(one, _)| *one == what);
        if let Some(counter) = place.and_then(|place| self.limited.get(place)) {
            counter.add_one();
        }
    }

    /// The Prometheus text.
    pub fn render(&self) -> String {
        let mut out = String::with_capacity(4096);
        let gauges = [
            ("hallway_connections", "Open WebSockets", &self.connections),
            ("hallway_signed_in_connections", "Open WebSockets that are signed in", &self.signed_in),
        ];
        for (name, help, gauge) in gauges {
            head(&mut out, name, "gauge", help);
            line(&mut out, format_args!("{name} {}", gauge.get()));
        }
        let counters = [
            ("hallway_connections_opened_total", "WebSockets opened", &self.opened),
            ("hallway_tls_failures_total", "TLS handshakes that failed", &self.tls_failures),
            ("hallway_bad_frames_total", "Frames unreadable, too big or before sign-in", &self.bad_frames),
            ("hallway_silent_connections_total", "Connections closed for silence", &self.silent),
            ("hallway_resyncs_total", "Queues replaced by resync", &self.resyncs),
            ("hallway_events_queued_total", "Event frames put into queues", &self.events_queued),
            ("hallway_panics_total", "Handlers that panicked", &self.panics),
        ];
        for (name, help, counter) in counters {
            write_counter(&mut out, name, help, counter.get());
        }
        head(&mut out, "hallway_rate_limited_total", "counter", "Requests refused by a rate limit");
        for ((_, limit), counter) in LIMITED.iter().zip(&self.limited) {
            line(&mut out, format_args!("hallway_rate_limited_total{{limit=\"{limit}\"}} {}", counter.get()));
        }
        let used = || {
            let all = MethodName::ALL.iter().zip(&self.methods);
            all.filter(|(_, figures)| figures.time.count.load(Relaxed) > 0)
        };
        head(&mut out, "hallway_requests_refused_total", "counter", "Requests answered with an error");
        for (method, figures) in used() {
            let (method, refused) = (method.as_str(), figures.refused.get());
            line(&mut out, format_args!("hallway_requests_refused_total{{method=\"{method}\"}} {refused}"));
        }
        head(&mut out, "hallway_request_seconds", "histogram", "Time from a request to its answer");
        for (method, figures) in used() {
            let label = format!("method=\"{}\"", method.as_str());
            figures.time.write(&mut out, "hallway_request_seconds", &label);
        }
        out
    }
}

/// Writes one counter.
pub fn write_counter(out: &mut String, name: &str, help: &str, value: u64) {
    head(out, name, "counter", help);
    line(out, format_args!("{name} {value}"));
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    line(out, format_args!("# HELP {name} {help}"));
    line(out, format_args!("# TYPE {name} {kind}"));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_in_the_text() {
        let metrics = Metrics::default();
        let held = metrics.connections.hold();
        metrics.limited(Limited::Send);
        let ping = metrics.method(MethodName::Ping).unwrap();
        ping.time.observe(Duration::from_micros(300));
        ping.time.observe(Duration::from_secs(60));
        let text = metrics.render();
        for line in [
            "hallway_connections 1",
            "hallway_rate_limited_total{limit=\"send\"} 1",
            "hallway_request_seconds_bucket{method=\"session.ping\",le=\"0.00025\"} 0",
            "hallway_request_seconds_bucket{method=\"session.ping\",le=\"0.0005\"} 1",
            "hallway_request_seconds_bucket{method=\"session.ping\",le=\"5\"} 1",
            "hallway_request_seconds_bucket{method=\"session.ping\",le=\"+Inf\"} 2",
            "hallway_request_seconds_count{method=\"session.ping\"} 2",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} not in\n{text}");
        }
        drop(held);
        assert!(metrics.render().contains("hallway_connections 0\n"));
    }
}
