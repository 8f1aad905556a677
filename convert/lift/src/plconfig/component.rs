//! A component of a plconfig: what runs, and how.

use super::ingress::Ingress;
use super::scale::Scale;
use super::schema;
use super::shapes::Seconds;
use super::trigger::Trigger;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that runs: a container with what stands around it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Component {
    /// How it runs.
    #[serde(rename = "type")]
    pub kind: ComponentType,
    /// The main container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Secrets with `username` and `password` that open the image's registry; each as in `secrets`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pull_secrets: Vec<String>,
    /// Replaces the image's entry point. The true text: nothing in it is expanded but `${secret:NAME}`, which stands for
    /// the value of the secret NAME of the same container; the renderer escapes the rest for Kubernetes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Replaces the image's command; texts as in `command`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<String>>,
    /// The working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdir: Option<String>,
    /// `uid` or `uid:gid`; none is the platform's non-root user, `image` the user that the image names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Adds to and overrides the app's environment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Adds to and overrides the app's secrets: name → [`super::SecretRef`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    /// The port that serves; required for `web`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// For `web`: what `port` speaks; none is `http`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Further ports inside the cluster: name → `port[/udp]`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<String, String>,
    /// How to tell that it is well; none is a TCP check of `port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// What it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// How many of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Of a component with a `trigger`: how many processes of the function run in each pod, and so how many invocations at
    /// once; none is 1. `resources` are those of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// It runs the app's `function`, and this is where its invocations come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// For `web` and `worker`: how a new version replaces the old one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy: Option<Deploy>,
    /// How it is reached from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Ingress>,
    /// For `cron`: five fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// For `cron`: an IANA zone; none is UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// For `cron` and `job`: how long it may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Seconds>,
    /// For `cron` and `job`: how often a failed run is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// For `cron`: whether a run may start while another still runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<Overlap>,
    /// Whether it may run on spot nodes; none is `prefer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
    /// How long it may take to stop; none is 30 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Seconds>,
    /// How long it goes on serving after it was told to stop; counts inside `stop`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drain: Option<Seconds>,
    /// Mount path → what is mounted there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Volume>,
    /// Path → content of small configuration files.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Containers beside the main one, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sidecars: BTreeMap<String, Container>,
    /// Containers that must end well before anything else starts, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub init: Vec<InitContainer>,
    /// Whether the root filesystem can be written; none is no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writable: Option<bool>,
    /// The processor; none is `amd64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<Arch>,
    /// What it may speak to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Linux capabilities; everything is dropped by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    /// The name the container sees as its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Lines of /etc/hosts: name → address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
    /// Name servers and search domains other than the cluster's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<Dns>,
    /// Kernel parameters of the pod.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<String, String>,
    /// Whether the containers see each other's processes, with one init that reaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_processes: Option<bool>,
    /// Keeps standard input open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<bool>,
    /// Gives it a terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tty: Option<bool>,
    /// Words for cost reports and searches, such as an owner or a cost centre: annotations of what is rendered.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Why it must not start yet (C6): rendered at zero, paused or suspended until its hand-over; `scale` says what
    /// it gets then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
}

/// How a component runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ComponentType {
    /// Serves requests on `port`.
    #[default]
    Web,
    /// Runs without being asked.
    Worker,
    /// Runs by the clock.
    Cron,
    /// Runs once before each deployment.
    Job,
    /// Runs nowhere: the gateway answers every request of its `ingress` by itself.
    Routes,
}

/// What a port speaks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/2 without TLS.
    Http2,
    /// gRPC without TLS.
    Grpc,
    /// HTTP over TLS, with whatever certificate the container has.
    Https,
    /// Anything else over TCP; there is no ingress for it.
    Tcp,
}

/// A container beside the main one. A sidecar starts before the main container and ends after it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `Component`")]
pub struct Container {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Volume>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tty: Option<bool>,
    /// Of a sidecar: the other sidecars that must be up (started, and through their `startup` where they have one)
    /// before it starts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// A container that must end before the others start.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct InitContainer {
    /// Its name.
    pub name: String,
    /// What it is.
    pub container: Container,
}

/// How to tell that a container is well. Written as one text, it is the path of an HTTP check for both.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
#[schemars(transform = schema::or_path)]
pub struct Health {
    /// Whether it can serve; a failure takes it out of traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<HealthProbe>,
    /// Whether it lives; a failure restarts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<HealthProbe>,
    /// How long it may take to come up before `live` counts. A sidecar with it is up when `live` first succeeds, and what
    /// comes after it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup: Option<Seconds>,
}

/// One check: over HTTP when there is a path, a command when there is one, else a TCP connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HealthProbe {
    /// The path of a GET request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The port; none is the component's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// A command that ends with 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Whether the request is made over TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<bool>,
    /// Time between two checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Seconds>,
    /// Time for one check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Seconds>,
    /// Failures in a row that count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures: Option<u32>,
    /// Successes in a row that count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successes: Option<u32>,
}

/// What a container needs. There is never a CPU limit.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// `250m`, `2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// `384Mi`: requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// `512Mi`: never more than this; none is `memory`, `none` is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
    /// `20Gi`: local disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<String>,
    /// Whole GPUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu: Option<u32>,
}

/// How a new version replaces the old one.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deploy {
    /// How many may run above the wanted number: `100%` or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surge: Option<String>,
    /// How many may be missing: `0%` or a number. With a surge of 0 and `100%` missing, the old ones end first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
    /// How long it may take before it counts as failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Seconds>,
}

/// Whether a run may start while another still runs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Overlap {
    Forbid,
    Allow,
    Replace,
}

/// Whether a component may run on spot nodes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Spot {
    /// Spot where there is some, on-demand otherwise.
    Prefer,
    /// On-demand only.
    Never,
}

/// The processor that the image is made for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Arch {
    Any,
    Amd64,
    Arm64,
}

/// What is mounted. Exactly one of `efs`, `size`, `secret`, `config` or `temporary`, or only a `name` that another
/// mount of the same component defines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Volume {
    /// Its name, where several containers mount it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A disk of its own: `20Gi`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// The storage class of that disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// A shared file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs: Option<VolumeEfs>,
    /// A secret of the team's store as files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Space that lives as long as the pod: `disk`, or `memory` to keep it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary: Option<String>,
    /// The most that temporary space may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Whether it can only be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// A shared file system.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct VolumeEfs {
    /// `fs-…`.
    pub file_system: String,
    /// `fsap-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_point: Option<String>,
    /// The directory that is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Whether the connection is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Whether the app's own rights are used to mount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<bool>,
}

/// Linux capabilities.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Capabilities {
    /// Whether the container runtime's usual capabilities stay, and gaining privileges through setuid programs stays
    /// possible, before `add` and `drop`; none is no: everything is dropped first. Lift writes `true` (C2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

impl Capabilities {
    /// What the `baseline` of the Pod Security Standards lets a container add (Kubernetes, Pod Security Standards).
    pub const BASELINE: &[&str] = &[
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];
}

/// Name servers and search domains.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dns {
    /// Addresses of name servers, at most three. Unless `only` is said, they are asked where the cluster's does not answer:
    /// that a name is not there is an answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<String>,
    /// Search domains, after the cluster's own unless `only` is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<String>,
    /// Whether the cluster's name server and search domains are left out; names of Services are not found then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<bool>,
}

/// What a component may speak to beyond the jail's baseline.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// Peers it may reach.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Peer>,
    /// Peers that may reach it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Peer>,
}

/// One peer: exactly one of `app` (`[team/]app`), `host` or `cidr`.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Peer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}
