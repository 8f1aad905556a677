//! Who counts the requests of what is shifted, as `caravan.yaml` names them.

use caravan_cutover_engine::Moment;
use caravan_inventory::WorkloadId;
use caravan_providers::target::Target;
use caravan_providers::{Count, Counted, NotCounted};
use caravan_providers_kubernetes::Routes;
use caravan_providers_network::Prober;
use caravan_providers_network::metrics::{CounterOf, of_gateway, of_sides};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Who counts the requests of what is shifted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsSettings {
    /// The gateways that carry the traffic of HTTPRoutes.
    #[serde(default)]
    gateways: Vec<GatewayMetrics>,
    /// The workloads whose sides count their requests themselves.
    #[serde(default)]
    workloads: Vec<WorkloadMetrics>,
}

/// Where the Envoys of one cluster's gateway tell what they have counted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GatewayMetrics {
    /// The kubeconfig context of the cluster, as a wave's targets name it.
    cluster: String,
    /// Where the metrics are, in Prometheus' text format; every address of its host is asked.
    url: String,
    /// The longest time in seconds that a request may take at this gateway: the last reading of a run is taken so long after
    /// its end.
    #[serde(default = "answers_within")]
    answers_within: u32,
}

/// Where both sides of a workload tell what they have counted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WorkloadMetrics {
    /// The workload, as a wave names it.
    workload: WorkloadId,
    /// Where its old side tells it.
    old: SideMetrics,
    /// Where its new side tells it.
    new: SideMetrics,
}

/// Where one side tells what it has counted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SideMetrics {
    /// Where its metrics are, in Prometheus' text format; every address of its host is asked.
    url: String,
    /// The counter of its requests; all its labels are added up.
    counter: String,
}

/// As long as Envoy waits for an answer when a route does not say.
const fn answers_within() -> u32 {
    15
}

impl MetricsSettings {
    /// What the types can't hold.
    ///
    /// # Errors
    /// The first key with a wrong value, and what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (mut clusters, mut workloads) = (BTreeSet::new(), BTreeSet::new());
        for (at, GatewayMetrics { cluster, url, answers_within }) in self.gateways.iter().enumerate() {
            let key = format!("metrics.gateways[{at}]");
            check_url(&format!("{key}.url"), url)?;
            if !(1..=600).contains(answers_within) {
                return Err(format!("{key}.answers_within: {answers_within} s is not between 1 and 600"));
            }
            if !clusters.insert(cluster) {
                return Err(format!("{key}.cluster: `{cluster}` stands there twice"));
            }
        }
        for (at, WorkloadMetrics { workload, old, new }) in self.workloads.iter().enumerate() {
            let key = format!("metrics.workloads[{at}]");
            check_url(&format!("{key}.old.url"), &old.url)?;
            check_url(&format!("{key}.new.url"), &new.url)?;
            if old.url == new.url && old.counter == new.counter {
                return Err(format!("{key}: both sides are one counter: their shares could not be told apart"));
            }
            if !workloads.insert(workload) {
                return Err(format!("{key}.workload: `{workload}` stands there twice"));
            }
        }
        Ok(())
    }

    /// Counts the requests of a shift: by its sides themselves where they are named, else by the gateway of its cluster, whose
    /// API `routes` gives. `now` is the time of day.
    ///
    /// # Errors
    /// [`NotCounted`].
    pub(crate) async fn count(
        &self,
        count: &Count,
        prober: &Prober,
        now: Moment,
        routes: impl Future<Output = Result<Routes, NotCounted>>,
    ) -> Result<Counted, NotCounted> {
        let pages = async |url: &str| prober.pages(url).await.map_err(NotCounted::Failed);
        if let Some(WorkloadMetrics { old, new, .. }) =
            self.workloads.iter().find(|named| named.workload == count.workload)
        {
            let (old_pages, new_pages) = (pages(&old.url).await?, pages(&new.url).await?);
            let counted = of_sides((&old.counter(), &old_pages), (&new.counter(), &new_pages), now.0);
            return counted.map_err(NotCounted::Failed);
        }
        let Target::Route(route) = &count.target else { return Err(NotCounted::Unnamed) };
        let named = self.gateways.iter().find(|named| named.cluster == route.cluster);
        let GatewayMetrics { url, answers_within, .. } = named.ok_or(NotCounted::Unnamed)?;
        let sides = routes.await?.sides(route, &count.original, &count.split).await.map_err(NotCounted::Failed)?;
        let within_ms = u64::from(*answers_within) * 1000;
        of_gateway(url, &pages(url).await?, route, &sides, within_ms).map_err(NotCounted::Failed)
    }
}

impl SideMetrics {
    fn counter(&self) -> CounterOf {
        CounterOf { url: self.url.clone(), counter: self.counter.clone() }
    }
}

fn check_url(key: &str, url: &str) -> Result<(), String> {
    let Some(("http" | "https", rest)) = url.split_once("://") else {
        return Err(format!("{key}: it begins neither with http:// nor with https://"));
    };
    // The URL is kept with what was counted, and shown: no secret may stand in it.
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.is_empty() || authority.contains('@') {
        true => Err(format!("{key}: it needs a host, and neither a user nor a password")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_could_count_nothing_are_refused() {
        let side = |url: &str, counter: &str| format!("{{url: \"{url}\", counter: {counter}}}");
        let workload = |old: &str, new: &str| format!("workloads: [{{workload: a, old: {old}, new: {new}}}]");
        let (old, new) = (side("http://old/metrics", "n"), side("http://new/metrics", "n"));
        let good = [
            "gateways: [{cluster: prod, url: \"http://envoy:19001/stats/prometheus\"}]".to_owned(),
            workload(&old, &new),
            workload(&old, &side("http://old/metrics", "m")),
        ];
        let bad = [
            "gateways: [{cluster: prod, url: \"envoy:19001\"}]".to_owned(),
            "gateways: [{cluster: prod, url: \"http://user:word@envoy:19001/stats\"}]".to_owned(),
            "gateways: [{cluster: prod, url: \"http:///stats\"}]".to_owned(),
            "gateways: [{cluster: prod, url: \"http://envoy\", answers_within: 0}]".to_owned(),
            "gateways: [{cluster: prod, url: \"http://a\"}, {cluster: prod, url: \"http://b\"}]".to_owned(),
            workload(&old, &old),
            workload(&old, &side("new", "n")),
        ];
        let check =
            |text: &str| crate::yaml::parse::<MetricsSettings>(camino::Utf8Path::new("x.yaml"), text).unwrap().check();
        for text in good {
            assert_eq!(check(&text), Ok(()), "{text}");
        }
        for text in bad {
            assert!(check(&text).is_err(), "{text}");
        }
    }
}
