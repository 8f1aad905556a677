//! The endpoints of an HTTPRoute's backends, by side: what a gateway counts by.

use crate::Routes;
use caravan_providers::target::{Backend, HttpRouteTarget, Snapshot};
use caravan_providers::{RouteSides, Side};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, ListParams};
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest time for one answer.
const LIMIT: Duration = Duration::from_secs(10);

impl Routes {
    /// The sides of a shift as the cluster has them now: what the original sends to is the old one, what `split` sends to
    /// besides is the new one. A backend whose endpoints have names and not addresses has none here.
    ///
    /// # Errors
    /// Why a backend can't be read, or which endpoint is of both sides.
    pub async fn sides(
        &self,
        target: &HttpRouteTarget,
        original: &Snapshot,
        split: &Snapshot,
    ) -> Result<RouteSides, String> {
        let all = |rules: &Snapshot| target.backends(rules).into_iter().flatten().collect::<BTreeSet<Backend>>();
        let old = all(original);
        let new: BTreeSet<Backend> = all(split).difference(&old).cloned().collect();
        let side = |backend: &Backend| match (old.contains(backend), new.contains(backend)) {
            (true, _) => Some(Side::Old),
            (_, true) => Some(Side::New),
            _ => None,
        };
        let live = self.rules(target).await?;
        let backends = target.backends(&live);
        let mut sides = RouteSides {
            backends: backends.iter().map(|rule| rule.iter().map(side).collect()).collect(),
            ..RouteSides::default()
        };
        for backend in old.union(&new) {
            let Some(side) = side(backend) else { continue };
            for endpoint in self.endpoints(backend).await? {
                if let Some(other) = sides.endpoints.insert(endpoint.clone(), side).filter(|other| *other != side) {
                    return Err(format!("endpoint {endpoint} is of both sides, {other:?} and {side:?}"));
                }
            }
        }
        Ok(sides)
    }

    /// `address:port` of each endpoint.
    async fn endpoints(&self, backend: &Backend) -> Result<Vec<String>, String> {
        let Backend { group, kind, namespace, name, .. } = backend;
        match (group.as_str(), kind.as_str()) {
            ("" | "core", "Service") => {
                let slices: Api<EndpointSlice> = Api::namespaced(self.client.clone(), namespace);
                let of_service = ListParams::default().labels(&format!("kubernetes.io/service-name={name}"));
                let slices = within(slices.list(&of_service), namespace, name).await?;
                Ok(slices.items.iter().flat_map(of_slice).collect())
            }
            ("gateway.envoyproxy.io", "Backend") => {
                let resource = ApiResource {
                    group: group.clone(),
                    version: "v1alpha1".to_owned(),
                    api_version: "gateway.envoyproxy.io/v1alpha1".to_owned(),
                    kind: kind.clone(),
                    plural: "backends".to_owned(),
                };
                let backends: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), namespace, &resource);
                let found = within(backends.get(name), namespace, name).await?;
                let endpoints = found.data["spec"]["endpoints"].as_array();
                let address = |endpoint: &serde_json::Value| {
                    let (ip, port) = (endpoint["ip"]["address"].as_str()?, endpoint["ip"]["port"].as_u64()?);
                    Some(joined(ip, port))
                };
                Ok(endpoints.into_iter().flatten().filter_map(address).collect())
            }
            _ => Err(format!("the endpoints of {kind} {namespace}/{name} are not known")),
        }
    }
}

fn of_slice(slice: &EndpointSlice) -> Vec<String> {
    let ports: Vec<u64> = slice.ports.iter().flatten().filter_map(|port| u64::try_from(port.port?).ok()).collect();
    let addresses = slice.endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
    addresses.flat_map(|address| ports.iter().map(|port| joined(address, *port))).collect()
}

/// As Envoy writes an endpoint.
fn joined(address: &str, port: u64) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}

async fn within<T>(answer: impl Future<Output = kube::Result<T>>, namespace: &str, name: &str) -> Result<T, String> {
    match tokio::time::timeout(LIMIT, answer).await {
        Ok(answer) => answer.map_err(|error| format!("the endpoints of {namespace}/{name} can't be read: {error}")),
        Err(_) => Err(format!("the endpoints of {namespace}/{name} can't be read within {} s", LIMIT.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_slice_has_an_endpoint_for_each_address_and_port() {
        let slice = json!({
            "metadata": {"name": "new-x1"}, "addressType": "IPv6",
            "endpoints": [{"addresses": ["2001:db8::1"]}, {"addresses": ["10.0.0.2"]}],
            "ports": [{"port": 8080}, {"name": "none"}, {"port": 9090}],
        });
        let told = of_slice(&serde_json::from_value(slice).unwrap());
        assert_eq!(told, ["[2001:db8::1]:8080", "[2001:db8::1]:9090", "10.0.0.2:8080", "10.0.0.2:9090"]);
    }
}
