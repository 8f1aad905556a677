//! Speaks to the cluster that workloads move to.
//!
//! In: the kubeconfig that `kubectl` would use (`KUBECONFIG`, `~/.kube/config`, or the pod's own account).
//! Out: which cluster answers, its version, and which kinds of a wanted list it serves.
//!
//! [`Routes`] makes the calls of cutovers on routes and on what works without being asked, says which endpoints are of which side, and
//! makes what serves vanity hosts.
//!
//! What must never happen here: a write that is not a cutover's, or that is made without testing what it replaces. A
//! question to a cluster ends within its time limit; credentials appear in no error.

mod beside;
mod carried;
mod clock;
mod cluster;
mod context;
mod controllers;
mod edge;
mod error;
mod frames;
mod gateways;
mod pace;
mod refusal;
mod route;
mod route_change;
mod served;
mod sides;
mod work;

pub use cluster::Cluster;
pub use edge::{EdgeObject, RUN_ANNOTATION, SecretData};
pub use error::ClusterError;
pub use frames::SealedRoutes;
pub use route::Routes;
pub use served::{ApiKind, ServedKind};
