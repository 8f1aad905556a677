//! Speaks to the cluster that workloads move to.
//!
//! In: the kubeconfig that `kubectl` would use (`KUBECONFIG`, `~/.kube/config`, or the pod's own account).
//! Out: which cluster answers, its version, and which kinds of a wanted list it serves.
//!
//! What must never happen here: a write. A question to a cluster ends within its time limit; credentials appear in no
//! error.

mod cluster;
mod error;
mod served;

pub use cluster::Cluster;
pub use error::ClusterError;
pub use served::{ApiKind, Served};
