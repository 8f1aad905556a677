//! What an app in one environment asks of the platform, told by its manifests alone: whoever wrote the plconfig, the
//! platform gives what stands in them and no more.

mod quantity;
mod security;
mod size;

pub(crate) use security::{CAPABILITIES, Security};
pub(crate) use size::DEFAULT;
pub use size::Size;

use crate::render::Object;
use k8s_openapi::api::core::v1::PodSpec;
use security::of_pod;
use size::{counts, of_pod as size_of_pod};
use std::collections::BTreeSet;

/// What an app in one environment asks of the platform, or several together ([`Needs::add`]).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Needs {
    /// The names that it serves and owns: with listeners of its own, or below the platform's domain.
    pub hosts: BTreeSet<String>,
    /// The names that another app owns and lets it serve.
    pub guest_hosts: BTreeSet<String>,
    /// The Gateways that its routes and listeners hang on, as `namespace/name`.
    pub gateways: BTreeSet<String>,
    /// The SecretStores that its secrets come from, by name.
    pub stores: BTreeSet<String>,
    /// The images of its containers.
    pub images: BTreeSet<String>,
    /// What it takes at most, when everything runs at its upper bound.
    pub most: Size,
    /// What the largest of its pods takes.
    pub largest: Size,
    pub(crate) security: Security,
}

impl Needs {
    /// What these manifests of one app ask for.
    #[must_use]
    pub fn of(objects: &[Object]) -> Self {
        let mut needs = Self::default();
        for object in objects {
            match object {
                Object::ExternalSecret(secret) => {
                    needs.stores.insert(secret.spec.secret_store_ref.name.clone());
                    let sources = secret.spec.data.iter().filter_map(|data| data.source_ref.as_ref());
                    let whole = secret.spec.data_from.iter().filter_map(|data| data.source_ref.as_ref());
                    needs.stores.extend(sources.chain(whole).map(|source| source.store_ref.name.clone()));
                }
                Object::ListenerSet(set) => {
                    needs.gateways.extend(gateway(&set.spec.parent_ref));
                    needs.hosts.extend(set.spec.listeners.iter().map(|listener| listener.hostname.clone()));
                }
                Object::HttpRoute(route) => {
                    needs.gateways.extend(route.spec.parent_refs.iter().filter_map(gateway));
                    let hosts = route.spec.hostnames.iter().cloned();
                    if is_guest(objects, route) { needs.guest_hosts.extend(hosts) } else { needs.hosts.extend(hosts) }
                }
                _ => {}
            }
        }
        for runner in counts(objects) {
            needs.run(runner.pod, runner.count, runner.disks);
        }
        needs
    }

    /// Takes another app's needs in.
    pub fn add(&mut self, other: &Self) {
        self.hosts.extend(other.hosts.iter().cloned());
        self.guest_hosts.extend(other.guest_hosts.iter().cloned());
        self.gateways.extend(other.gateways.iter().cloned());
        self.stores.extend(other.stores.iter().cloned());
        self.images.extend(other.images.iter().cloned());
        self.most = self.most.plus(other.most);
        self.largest = self.largest.max(other.largest);
        self.security.add(&other.security);
    }

    /// Takes in so many of a pod, each with so many disks.
    fn run(&mut self, pod: &PodSpec, count: u64, disks: u64) {
        let containers = pod.containers.iter().chain(pod.init_containers.iter().flatten());
        self.images.extend(containers.filter_map(|container| container.image.clone()));
        let size = Size { disks, ..size_of_pod(pod) };
        self.most = self.most.plus(size.times(count));
        self.largest = self.largest.max(size);
        self.security.add(&of_pod(pod));
    }
}

/// The Gateway that a reference names, if it is one.
fn gateway(parent: &crate::render::custom::ParentRef) -> Option<String> {
    let namespace = parent.namespace.as_deref().unwrap_or_default();
    (parent.kind == "Gateway").then(|| format!("{namespace}/{}", parent.name))
}

/// Whether a route hangs on listeners of another app.
fn is_guest(objects: &[Object], route: &crate::render::custom::Custom<crate::render::custom::HttpRouteSpec>) -> bool {
    let own = |name: &str| {
        let is = |object: &&Object| matches!(object, Object::ListenerSet(_));
        objects.iter().filter(is).any(|object| object.metadata().name.as_deref() == Some(name))
    };
    let listeners = route.spec.parent_refs.iter().filter(|parent| parent.kind == "ListenerSet");
    let mut others = listeners.filter(|parent| parent.namespace.is_some() || !own(&parent.name));
    others.next().is_some()
}

#[cfg(test)]
mod tests;
