//! The rows of pods, below their template.

use crate::render::trace::field::Field::{App, Component, Setting};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, Found, Inside, Rule};
use crate::render::trace::row::{Row, row};

pub(in crate::render::trace) const POD: &[Row] = &[
    row("", "pod", "the containers of the component and what stands around them", All(&[Component("")])),
    row("/spec/serviceAccountName", "account", "every app has an account of its own", All(&[App("app")])),
    row("/spec/automountServiceAccountToken", "no-token", "no token of the cluster lies in a pod", Rule),
    row(
        "/spec/enableServiceLinks",
        "no-service-links",
        "no variables are made up for other Services: programs may know their names",
        Rule,
    ),
    row("/spec/restartPolicy", "restart", "what runs and ends is repeated by its Job", All(&[Component("type")])),
    row("/spec/securityContext", "security-context", "what holds for all containers of a pod", Rule),
    row("/spec/securityContext/fsGroup", "disk-group", "the group that may write its disks", Found(find::group)),
    row(
        "/spec/securityContext/seccompProfile",
        "seccomp",
        "the system calls of the container runtime's own list",
        Rule,
    ),
    row(
        "/spec/securityContext/sysctls/*",
        "sysctl",
        "kernel parameters as written, and low ports for users other than root",
        Found(find::sysctl),
    ),
    row("/spec/securityContext/sysctls", "sysctls", "kernel parameters, written or for low ports", Inside),
    row(
        "/spec/terminationGracePeriodSeconds",
        "stop",
        "how long it may take to stop, never less than it goes on serving",
        All(&[Component("stop"), Component("drain"), Component("type")]),
    ),
    row("/spec/volumes", "volumes", "what the containers mount", All(&[Component("")])),
    row("/spec/volumes/*", "volume", "what the containers mount", Found(find::volume)),
    row(
        "/spec/volumes/*/persistentVolumeClaim",
        "claim",
        "the claim of the file system, which components share",
        Found(find::claim_name),
    ),
    row(
        "/spec/shareProcessNamespace",
        "share-processes",
        "the containers see each other's processes",
        All(&[Component("share_processes")]),
    ),
    row("/spec/nodeSelector", "arch", "the processor; amd64 unless said", All(&[Component("arch")])),
    row("/spec/affinity", "spot", "spot nodes where there are some, never where that is said", Found(find::spot)),
    row("/spec/tolerations", "on-demand", "nodes that are never spot", Found(find::spot)),
    row("/spec/tolerations/*/key", "on-demand", "the platform's taint of on-demand nodes", All(&[Setting("group")])),
    row(
        "/spec/topologySpreadConstraints",
        "spread",
        "instances are spread over zones and nodes",
        All(&[Component("type")]),
    ),
    row(
        "/spec/topologySpreadConstraints/*/labelSelector",
        "selector",
        "the label of the component's name",
        All(&[App("app"), Component("")]),
    ),
    row("/spec/hostname", "hostname", "the name that the container sees as its own", All(&[Component("hostname")])),
    row("/spec/hostAliases", "hosts-file", "lines of /etc/hosts", All(&[Component("hosts")])),
    row("/spec/hostAliases/*", "hosts-file", "lines of /etc/hosts", Found(find::host_alias)),
    row(
        "/spec/dnsPolicy",
        "dns",
        "the cluster's name server and search domains are left out where that is said",
        All(&[Component("dns/only")]),
    ),
    row("/spec/dnsConfig", "dns", "name servers and search domains besides the cluster's", All(&[Component("dns")])),
    row("/spec/dnsConfig/nameservers", "dns", "name servers", All(&[Component("dns/servers")])),
    row("/spec/dnsConfig/searches", "dns", "search domains", All(&[Component("dns/search")])),
    row(
        "/spec/imagePullSecrets",
        "pull-secrets",
        "what opens the images' registries",
        All(&[App("app"), Component("pull_secrets")]),
    ),
    row(
        "/spec/initContainers",
        "beside",
        "what must end before the main container starts, then what runs beside it",
        All(&[Component("init"), Component("sidecars")]),
    ),
];
