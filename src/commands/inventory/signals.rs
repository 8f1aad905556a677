//! What CloudWatch counted of things: their load, and whether anybody uses them.

use crate::error::Failure;
use caravan_inventory::{Metric, Observation, ObservationId, Statistic, Window, metrics_of};
use caravan_inventory_store::Store;
use serde::Serialize;
use serde_json::Value;

/// One metric, and what is known of it.
#[derive(Serialize)]
pub(super) struct Signal {
    /// `AWS/Lambda/Invocations/FunctionName=labels/Sum/86400`.
    metric: String,
    /// What it came to; null where nobody asked, or the answer said nothing: unknown, and not zero.
    known: Option<Known>,
    #[serde(skip)]
    name: &'static str,
    #[serde(skip)]
    statistic: Statistic,
    #[serde(skip)]
    window: Window,
}

/// What a metric came to.
#[derive(Serialize)]
struct Known {
    observation: ObservationId,
    #[serde(flatten)]
    body: Value,
}

/// The metrics of all these things.
///
/// # Errors
/// Those of reading.
pub(super) fn of(store: &Store, things: &[Observation]) -> Result<Vec<Signal>, Failure> {
    let mut found = Vec::new();
    for thing in things {
        for metric in metrics_of(thing) {
            let id = metric.observation(thing);
            let known = id.map(|id| store.observation(&id)).transpose()?.flatten();
            let known = known.map(|Observation { id, body, .. }| Known { observation: id, body });
            let Metric { name, statistic, window, .. } = metric;
            found.push(Signal { metric: metric.id(), known, name, statistic, window });
        }
    }
    Ok(found)
}

/// The lines for a person: one for each metric that is known, and one for all that are not.
pub(super) fn lines(signals: &[Signal]) -> Vec<String> {
    let unknown = signals.iter().filter(|signal| signal.known.is_none()).count();
    let known = signals.iter().filter_map(|signal| signal.known.as_ref().map(|known| signal.line(&known.body)));
    let asked =
        (unknown > 0).then(|| format!("{unknown} metrics unknown: `caravan discover --only signals` reads them"));
    known.chain(asked).collect()
}

impl Signal {
    fn line(&self, body: &Value) -> String {
        let day = |field: &str| body[field].as_str().and_then(|time| time.split('T').next());
        let number = |field: &str| body[field].as_f64();
        let (name, days, to) = (self.name, self.window.days(), day("To").unwrap_or("?"));
        let what = match (self.window, self.statistic) {
            (Window::Use, _) => match (number("Sum"), day("Last")) {
                (Some(sum), Some(last)) => format!("{}, the last on {last}", short(sum)),
                (Some(_), None) => "none".to_owned(),
                (None, _) => "unknown".to_owned(),
            },
            (Window::Load, statistic) => {
                let of = |field: &str| number(field).map(short);
                match (of("P50"), of("P95"), of("P99"), of("Max")) {
                    (Some(p50), Some(p95), Some(p99), Some(max)) => {
                        let made = statistic.as_str().to_ascii_lowercase();
                        format!("{made} of 5 minutes p50 {p50}, p95 {p95}, p99 {p99}, max {max}")
                    }
                    // A sum of nothing is nothing; what was never measured is unknown.
                    _ if statistic == Statistic::Sum => "none".to_owned(),
                    _ => "never measured".to_owned(),
                }
            }
        };
        format!("{name}: {what} ({days} days to {to})")
    }
}

/// With as many digits as a person reads.
fn short(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.2}") }
}
