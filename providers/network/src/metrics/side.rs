//! What the sides themselves have counted.

use super::samples::{samples, whole};
use caravan_providers::Counted;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// A counter of requests that a side tells itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CounterOf {
    /// Where its metrics are.
    pub url: String,
    /// The counter's name: `http_requests_total`. All its labels are added up.
    pub counter: String,
}

/// Counts the requests of both sides from the pages that each gave, one of each replica. What was lost it does not tell: a
/// request that brought no answer is counted by nobody. `now_ms` is the time of day in milliseconds since 1970.
///
/// Source: Prometheus, "Exposition formats" and "Writing client libraries" (`process_start_time_seconds`).
///
/// # Errors
/// Which page has no such counter.
pub fn of_sides(
    old: (&CounterOf, &[(SocketAddr, String)]),
    new: (&CounterOf, &[(SocketAddr, String)]),
    now_ms: u64,
) -> Result<Counted, String> {
    let mut counted = Counted { by: "the sides themselves".to_owned(), ..Counted::default() };
    counted.old = of_side("old", old, now_ms, &mut counted.running_ms)?;
    counted.new = of_side("new", new, now_ms, &mut counted.running_ms)?;
    Ok(counted)
}

fn of_side(
    side: &str,
    (CounterOf { url, counter }, pages): (&CounterOf, &[(SocketAddr, String)]),
    now_ms: u64,
    running_ms: &mut BTreeMap<String, u64>,
) -> Result<BTreeMap<String, u64>, String> {
    let mut series = BTreeMap::new();
    for (address, page) in pages {
        let (place, before) = (format!("{side}:{address}"), series.len());
        for sample in samples(page) {
            if sample.name == "process_start_time_seconds" {
                running_ms.insert(place.clone(), now_ms.saturating_sub(whole(sample.value * 1000.0)));
            }
            if sample.name == counter {
                series.insert(format!("{place} {:?}", sample.labels), whole(sample.value));
            }
        }
        if series.len() == before {
            return Err(format!("the metrics at {url} ({address}) have no counter `{counter}`"));
        }
    }
    Ok(series)
}
