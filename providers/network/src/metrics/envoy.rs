//! What Envoy Gateway's Envoys have counted for a route: its clusters are named after the route's rules and backends.
//!
//! ```text
//!  httproute/NAMESPACE/NAME/rule/R             one cluster for a rule: sides are told by endpoint
//!  httproute/NAMESPACE/NAME/rule/R/backend/B   one cluster for a backend: sides are told by it
//! ```

use super::samples::{Sample, samples, whole};
use caravan_providers::target::HttpRouteTarget;
use caravan_providers::{Counted, RouteSides, Side};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Counts the requests of a route from the pages of metrics that its Envoys gave at `url`, one of each replica.
/// `answers_within_ms` is the longest time that a request may take there.
///
/// Source: Envoy, "Cluster manager statistics" (`upstream_rq_xx`, `upstream_rq_total`, `endpoint.*.rq_total`) and
/// "Statistics" (`server.uptime`); Envoy Gateway, the names of clusters.
///
/// # Errors
/// When no page knows a rule of the route: another gateway serves it, or it is named otherwise there.
pub fn of_gateway(
    url: &str,
    pages: &[(SocketAddr, String)],
    route: &HttpRouteTarget,
    sides: &RouteSides,
    answers_within_ms: u64,
) -> Result<Counted, String> {
    let prefix = format!("httproute/{}/{}/rule/", route.namespace, route.name);
    let by = format!("the gateway's metrics at {url}");
    let mut counted = Counted { by, answers_within_ms, ..Counted::default() };
    let mut is_known = false;
    for (address, page) in pages {
        let mut rules = Rules::default();
        for sample in samples(page) {
            if sample.name == "envoy_server_uptime" {
                counted.running_ms.insert(address.to_string(), whole(sample.value) * 1000);
            }
            let Some(cluster) = sample.labels.get("envoy_cluster_name").filter(|name| name.starts_with(&prefix)) else {
                continue;
            };
            is_known = true;
            rules.take_in(&mut counted, &format!("{address} {cluster}"), &cluster[prefix.len()..], &sample, sides);
        }
        counted.sides_unknown = counted.sides_unknown.take().or_else(|| rules.unknown());
    }
    if is_known {
        Ok(counted)
    } else {
        let name = format!("{}/{}", route.namespace, route.name);
        Err(format!("the metrics at {url} know no rule of route {name}: they are read as Envoy Gateway names them"))
    }
}

/// What one page says of the route's rules.
#[derive(Default)]
struct Rules {
    /// The rules that are counted as a whole and have had requests.
    whole: BTreeSet<String>,
    /// The rules that are counted by endpoint.
    by_endpoint: BTreeSet<String>,
    /// Endpoints that had requests and are of neither side.
    strangers: BTreeMap<String, u64>,
}

impl Rules {
    /// Takes in one sample of a cluster, `rule` without the route's prefix.
    fn take_in(&mut self, counted: &mut Counted, series: &str, rule: &str, sample: &Sample<'_>, sides: &RouteSides) {
        let value = whole(sample.value);
        match (sample.name, rule.split_once("/backend/")) {
            ("envoy_cluster_upstream_rq_xx", _) => {
                let class = sample.labels.get("envoy_response_code_class").map_or("", String::as_str);
                let series = format!("{series} {class}xx");
                if class == "5" {
                    counted.lost.insert(series.clone(), value);
                }
                counted.answered.insert(series, value);
            }
            ("envoy_cluster_upstream_rq_total", Some((rule, backend))) => {
                let index = |text: &str| text.parse::<usize>().ok();
                let side = index(rule).zip(index(backend));
                let side = side.and_then(|(rule, backend)| *sides.backends.get(rule)?.get(backend)?);
                self.add(counted, series, side, value);
            }
            ("envoy_cluster_upstream_rq_total", None) if value > 0 => {
                self.whole.insert(rule.to_owned());
            }
            ("envoy_cluster_endpoint_rq_total", None) => {
                let endpoint = sample.labels.get("envoy_endpoint_address").map_or("", String::as_str);
                self.by_endpoint.insert(rule.to_owned());
                self.add(counted, &format!("{series} {endpoint}"), sides.endpoints.get(endpoint).copied(), value);
            }
            _ => {}
        }
    }

    fn add(&mut self, counted: &mut Counted, series: &str, side: Option<Side>, value: u64) {
        match side {
            Some(Side::Old) => counted.old.insert(series.to_owned(), value),
            Some(Side::New) => counted.new.insert(series.to_owned(), value),
            None if value > 0 => self.strangers.insert(series.to_owned(), value),
            None => None,
        };
    }

    /// Why the sides can't be told apart; none when they can.
    fn unknown(&self) -> Option<String> {
        if self.whole.difference(&self.by_endpoint).next().is_some() {
            return Some(
                "the gateway counts a rule as a whole, both sides in one: set `telemetry.metrics.enablePerEndpointStats` \
                 in its EnvoyProxy"
                    .to_owned(),
            );
        }
        let (stranger, _) = self.strangers.first_key_value()?;
        Some(format!("the gateway sends to what is of neither side: {stranger}"))
    }
}
