//! Counters, and Prometheus's text of them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The counters of one front. All only grow, but for what is handed to [`Self::text`].
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    outcomes: Mutex<BTreeMap<&'static str, u64>>,
    messages: Mutex<BTreeMap<&'static str, u64>>,
    restarts: Mutex<BTreeMap<&'static str, u64>>,
    milliseconds: Histogram,
}

/// How long invocations took, from the request to the answer.
#[derive(Debug, Default)]
struct Histogram {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    microseconds: AtomicU64,
}

/// Upper bounds of the buckets, in milliseconds.
const BOUNDS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

impl Metrics {
    /// An invocation has ended.
    pub(crate) fn ended(&self, outcome: &'static str, took: Duration) {
        add(&self.outcomes, outcome, 1);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (bucket, bound) in self.milliseconds.buckets.iter().zip(BOUNDS) {
            if micros <= bound * 1_000 {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.milliseconds.count.fetch_add(1, Ordering::Relaxed);
        self.milliseconds.microseconds.fetch_add(micros, Ordering::Relaxed);
    }

    /// A process was started anew, and why.
    pub(crate) fn restarted(&self, why: &'static str) {
        add(&self.restarts, why, 1);
    }

    /// What became of messages of a queue.
    pub(crate) fn messages(&self, outcome: &'static str, count: usize) {
        add(&self.messages, outcome, count as u64);
    }

    /// Prometheus's text. `gauges` are the values of this moment.
    pub(crate) fn text(&self, gauges: &[(&str, &str, usize)]) -> String {
        let mut text = String::new();
        family(&mut text, "invocations_total", "outcome", "Invocations by how they ended.", &self.outcomes);
        family(&mut text, "process_restarts_total", "reason", "Processes that were started again.", &self.restarts);
        family(&mut text, "sqs_messages_total", "outcome", "Messages by what became of them.", &self.messages);
        for (name, help, value) in gauges {
            let _ = writeln!(text, "# HELP caravan_front_{name} {help}\n# TYPE caravan_front_{name} gauge");
            let _ = writeln!(text, "caravan_front_{name} {value}");
        }
        let name = "caravan_front_invocation_seconds";
        let _ = writeln!(text, "# HELP {name} From the request to the answer.\n# TYPE {name} histogram");
        for (bucket, bound) in self.milliseconds.buckets.iter().zip(BOUNDS) {
            let seconds = bound as f64 / 1_000.0;
            let _ = writeln!(text, "{name}_bucket{{le=\"{seconds}\"}} {}", bucket.load(Ordering::Relaxed));
        }
        let count = self.milliseconds.count.load(Ordering::Relaxed);
        let seconds = self.milliseconds.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {seconds}\n{name}_count {count}");
        text
    }
}

fn add(counters: &Mutex<BTreeMap<&'static str, u64>>, label: &'static str, count: u64) {
    *counters.lock().unwrap_or_else(PoisonError::into_inner).entry(label).or_default() += count;
}

fn family(text: &mut String, name: &str, label: &str, help: &str, counters: &Mutex<BTreeMap<&'static str, u64>>) {
    let _ = writeln!(text, "# HELP caravan_front_{name} {help}\n# TYPE caravan_front_{name} counter");
    for (value, count) in &*counters.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = writeln!(text, "caravan_front_{name}{{{label}=\"{value}\"}} {count}");
    }
}
