//! What pods are allowed that the pod security standards forbid, told by the pods as the API server will see them.

use k8s_openapi::api::core::v1::{Container, PodSpec, SecurityContext};
use std::collections::BTreeSet;

/// The standards of Kubernetes ("Pod Security Standards"), the strictest first.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Standard {
    /// Nothing that is known to raise rights.
    #[default]
    Restricted,
    /// What container runtimes give.
    Baseline,
    /// Everything; what is forbidden then, policies forbid.
    Privileged,
}

/// What the pods of an app need besides the strictest standard.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Security {
    /// The strictest standard that takes all of its pods.
    pub(crate) standard: Standard,
    /// Added capabilities that container runtimes don't give.
    pub(crate) capabilities: BTreeSet<String>,
    /// Kernel parameters that reach beyond the pod, for the whole node: nodes must allow each by name.
    pub(crate) sysctls: BTreeSet<String>,
}

/// The capabilities that the standard `baseline` lets pods add.
pub(crate) const CAPABILITIES: &[&str] = caravan_convert_lift::plconfig::Capabilities::BASELINE;

/// The kernel parameters that are one pod's own (Kubernetes 1.36, "Safe and unsafe sysctls").
pub(crate) const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

impl Standard {
    /// Its name in the labels of namespaces.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

impl Security {
    /// Takes another's needs in.
    pub(super) fn add(&mut self, other: &Self) {
        self.standard = self.standard.max(other.standard);
        self.capabilities.extend(other.capabilities.iter().cloned());
        self.sysctls.extend(other.sysctls.iter().cloned());
    }

    fn needs(&mut self, standard: Standard) {
        self.standard = self.standard.max(standard);
    }
}

/// What a pod needs, of all that manifests of apps can say: no field lets them reach into the node.
pub(super) fn of_pod(pod: &PodSpec) -> Security {
    let mut needs = Security::default();
    let context = pod.security_context.as_ref();
    for sysctl in context.and_then(|context| context.sysctls.as_ref()).into_iter().flatten() {
        if !SYSCTLS.contains(&sysctl.name.as_str()) {
            needs.needs(Standard::Privileged);
            needs.sysctls.insert(sysctl.name.clone());
        }
    }
    let whole = (context.and_then(|context| context.run_as_non_root), context.and_then(|context| context.run_as_user));
    for container in pod.containers.iter().chain(pod.init_containers.iter().flatten()) {
        of_container(container, whole, &mut needs);
    }
    needs
}

fn of_container(container: &Container, pod: (Option<bool>, Option<i64>), needs: &mut Security) {
    let none = SecurityContext::default();
    let context = container.security_context.as_ref().unwrap_or(&none);
    let capabilities = context.capabilities.as_ref();
    for name in capabilities.and_then(|all| all.add.as_ref()).into_iter().flatten() {
        if !CAPABILITIES.contains(&name.as_str()) {
            needs.needs(Standard::Privileged);
            needs.capabilities.insert(name.clone());
        } else if name != "NET_BIND_SERVICE" {
            needs.needs(Standard::Baseline);
        }
    }
    let drops_all =
        capabilities.and_then(|all| all.drop.as_ref()).is_some_and(|drop| drop.iter().any(|one| one == "ALL"));
    let is_root = context.run_as_user.or(pod.1) == Some(0);
    let is_fenced = context.run_as_non_root.or(pod.0) == Some(true) && !is_root;
    if !drops_all || !is_fenced || context.allow_privilege_escalation != Some(false) {
        needs.needs(Standard::Baseline);
    }
}
