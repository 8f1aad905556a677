//! Whether users get to a side of a route, as the cluster says: its backends have an endpoint that is ready, and the gateways follow
//! the route as it stands.

use crate::Routes;
use crate::route::{resource, within};
use caravan_providers::target::{About, Backend, RouteSide, Word, about, gateway_word, route_parents, route_word};
use caravan_providers::{CallError, Verdict};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::{Endpoint, EndpointSlice};
use kube::Api;
use kube::api::{DynamicObject, ListParams};

impl Routes {
    /// Why users don't get to a side, or why nobody can tell; none where they do, and where the API server does not answer or may not
    /// be asked: a gateway goes on by what it had, and the side itself is asked besides.
    pub async fn carried(&self, side: &RouteSide) -> Option<Verdict> {
        for backend in side.backends.iter().filter(|backend| backend.is_service()) {
            if let Some(reason) = self.unserved(backend).await {
                return Some(Verdict::Fail { reason });
            }
        }
        if side.followed || side.heard { self.followed(side).await } else { None }
    }

    /// Why no request that is sent to a Service is answered; none where one may be, or it is not known.
    async fn unserved(&self, backend: &Backend) -> Option<String> {
        let Backend { namespace, name, .. } = backend;
        let slices: Api<EndpointSlice> = Api::namespaced(self.client.clone(), namespace);
        let of_service = ListParams::default().labels(&format!("kubernetes.io/service-name={name}"));
        let slices = within(slices.list(&of_service)).await.ok()?;
        let endpoints: Vec<&Endpoint> = slices.items.iter().flat_map(|slice| &slice.endpoints).collect();
        if endpoints.iter().any(|endpoint| is_ready(endpoint)) {
            return None;
        }
        let services: Api<Service> = Api::namespaced(self.client.clone(), namespace);
        match within(services.get(name)).await {
            Err(CallError::Missing(_)) => Some(format!("{backend} is not there")),
            Err(_) => None,
            // Its endpoints are names, of which the cluster keeps none.
            Ok(service) if service.spec.as_ref().and_then(|spec| spec.type_.as_deref()) == Some("ExternalName") => None,
            Ok(_) if endpoints.is_empty() => Some(format!("no endpoint of {backend} is ready: it has none")),
            Ok(_) => Some(format!("no endpoint of {backend} is ready: it has {}", endpoints.len())),
        }
    }

    /// What its gateways say of the route as it stands, as far as it is about this side: a word that names another side's backend, or another
    /// rule's, is not.
    async fn followed(&self, side: &RouteSide) -> Option<Verdict> {
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), &side.route.namespace, &resource());
        let route = match within(api.get(&side.route.name)).await {
            Ok(route) => serde_json::to_value(&route).ok()?,
            Err(CallError::Missing(_)) if side.followed => {
                return Some(Verdict::Fail { reason: format!("{} is not there", side.route) });
            }
            Err(_) => return None,
        };
        let (gateways, mut silent) = (self.gateways(&route).await, None);
        for (parent, gateway) in route_parents(&route).iter().zip(&gateways) {
            match route_word(&route, parent, &gateway.speaker) {
                Word::Refuses(reason) => match about(&route, &reason, &side.backends) {
                    About::These => return Some(Verdict::Fail { reason }),
                    About::Route if side.followed => return Some(Verdict::Fail { reason }),
                    About::Route | About::Others => {}
                },
                Word::Silent(reason) if side.followed => silent = silent.or(Some(Verdict::Inconclusive { reason })),
                Word::Silent(_) | Word::Follows => {}
            }
            // Both sides stand behind the same gateways: what ails one of these ails both, and nobody is better off on the other.
            let name = parent["name"].as_str().unwrap_or_default();
            let of_gateway = match &gateway.object {
                _ if gateway.is_missing => Word::Refuses(format!("gateway {name} is not there")),
                Some(object) => gateway_word(object),
                None => Word::Follows,
            };
            if let Word::Refuses(reason) | Word::Silent(reason) = of_gateway
                && (side.followed || side.behind)
            {
                silent = silent.or(Some(Verdict::Inconclusive { reason }));
            }
        }
        silent
    }
}

/// As a gateway takes it: one of which nothing is said is ready, and one that ends may serve still (Kubernetes, `EndpointConditions`).
fn is_ready(endpoint: &Endpoint) -> bool {
    let conditions = endpoint.conditions.as_ref();
    let is_ready = conditions.and_then(|conditions| conditions.ready);
    let serves = conditions.and_then(|conditions| conditions.serving);
    !endpoint.addresses.is_empty() && (is_ready != Some(false) || serves == Some(true))
}
