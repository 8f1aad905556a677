//! What the platform is like: settings that every manifest follows.

use crate::{AuthSettings, TerraformSettings};
use caravan_inventory::AccountId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Deref;

/// The platform's settings: `platform:` in `caravan.yaml`. Every setting has a default.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Platform {
    /// The prefix of the platform's own labels, taints and annotations: `<group>/team`.
    pub group: String,
    /// The domain under which each app gets a host: `<app>.<apps_domain>`. `{environment}` in it stands for the
    /// environment's name.
    pub apps_domain: String,
    /// The shared entry.
    pub gateway: Gateway,
    /// The entry that is reached from inside alone: hosts of internal load balancers are served there.
    pub internal_gateway: InternalGateway,
    /// The cert-manager ClusterIssuer that signs the certificates of vanity hosts.
    pub issuer: String,
    /// The SecretStore in each team's namespace that reads Secrets Manager. `<secret_store>-ssm` reads Systems
    /// Manager parameters.
    pub secret_store: String,
    /// The AWS account whose secrets the SecretStores read; none where it is the one of all workloads of an environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The AWS region the cluster runs in: its SecretStores read it, and queues without a region in their URL are looked for
    /// there.
    #[schemars(with = "String")]
    pub region: ClusterRegion,
    /// The user and group of containers that name none.
    pub user: u32,
    /// What stands before the team's name in its namespace.
    pub namespace_prefix: String,
    /// The images of functions.
    pub images: Images,
    /// Where autoscalers ask for request rates: the URL of a Prometheus API that scrapes the gateway.
    pub prometheus: String,
    /// The name of the EKS cluster, by which its subnets and security groups are found. In it, in the group of a team, the
    /// URL of the repository and the names of roles, `{environment}`, `{account}`, `{cluster}` and, where a team is meant,
    /// `{team}` stand for their names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// By which names the cluster knows the company's groups.
    pub groups: Groups,
    /// The repository that Argo CD applies.
    pub repository: Repository,
    /// Where images may come from: a registry's host, perhaps with a path behind it. Empty: where those of the converted
    /// apps come from.
    pub registries: Vec<String>,
    /// What pods may reach outside of their team's namespace.
    pub egress: Egress,
    /// The role that a team's SecretStores take over: an ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_role: Option<String>,
    /// The nodes that are bought.
    pub nodes: Nodes,
    /// How public certificates are ordered.
    pub acme: Acme,
    /// How Terraform is run.
    pub terraform: TerraformSettings,
    /// Who says who callers are.
    pub auth: AuthSettings,
}

/// The company's groups, as the cluster and Argo CD are told them.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Groups {
    /// The group whose members are a team: `eng-{team}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// A repository in Git.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Repository {
    /// Its URL, as Argo CD fetches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The branch, tag or commit that holds.
    pub revision: String,
}

/// What pods may reach outside of their team's namespace.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Egress {
    /// Everything but the node's metadata, as before the move: what other teams' pods let in is their policies' affair.
    #[default]
    Open,
    /// Names, AWS and other HTTPS, and what `network.allow` of an app opens.
    Closed,
}

/// The nodes that Karpenter buys.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Nodes {
    /// The IAM role of the nodes, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The version of Bottlerocket.
    pub bottlerocket: String,
    /// The disk of a node for images, logs and temporary files.
    pub disk: String,
}

/// How public certificates are ordered.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Acme {
    /// The address of the account, which the authority may write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Zones in Route 53 whose names are proven by DNS-01, besides the domain of the apps: internal hosts and wildcards
    /// can be proven by nothing else.
    pub dns_zones: Vec<String>,
}

/// The AWS region of the cluster, and whether anybody said so: what is only assumed is compared with nothing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "String", into = "String")]
pub struct ClusterRegion {
    name: String,
    is_said: bool,
}

/// The shared entry: a Gateway of the platform, and the section of it that serves the platform's own wildcard.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gateway {
    /// The Gateway's name.
    pub name: String,
    /// Its namespace; traffic reaches the pods from there.
    pub namespace: String,
    /// The listener that serves `*.<apps_domain>`.
    pub section: String,
}

/// The internal entry: a Gateway of the platform that nothing outside reaches.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct InternalGateway {
    /// The Gateway's name.
    pub name: String,
    /// Its namespace; traffic reaches the pods from there.
    pub namespace: String,
    /// The cert-manager ClusterIssuer of its hosts' certificates. A public one would write their names into public logs.
    pub issuer: String,
    /// The Secret beside cert-manager with the certificate and key of the authority that this issuer signs with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_secret: Option<String>,
}

/// The images of functions: where those that are built go, and what they are built of.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Images {
    /// What stands before the team and the app in the name of an image.
    pub registry: String,
    /// The image of the front, which every image of a function carries.
    pub front: String,
    /// What stands before the runtime in the name of a base: AWS's own bases of Lambda, or a mirror of them.
    pub base: String,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            group: "plat.io".to_owned(),
            apps_domain: "apps.example.com".to_owned(),
            gateway: Gateway::default(),
            internal_gateway: InternalGateway::default(),
            issuer: "letsencrypt".to_owned(),
            secret_store: "team".to_owned(),
            account: None,
            region: ClusterRegion::default(),
            user: 10001,
            namespace_prefix: "team-".to_owned(),
            images: Images::default(),
            prometheus: "http://prometheus.monitoring.svc:9090".to_owned(),
            cluster: None,
            groups: Groups::default(),
            repository: Repository::default(),
            registries: Vec::new(),
            egress: Egress::default(),
            secret_role: None,
            nodes: Nodes::default(),
            acme: Acme::default(),
            terraform: TerraformSettings::default(),
            auth: AuthSettings::default(),
        }
    }
}

impl Default for Repository {
    fn default() -> Self {
        Self { url: None, revision: "main".to_owned() }
    }
}

impl Default for Nodes {
    fn default() -> Self {
        Self { role: None, bottlerocket: "v1.64.0".to_owned(), disk: "50Gi".to_owned() }
    }
}

impl Default for ClusterRegion {
    fn default() -> Self {
        Self { name: "eu-central-1".to_owned(), is_said: false }
    }
}

impl From<String> for ClusterRegion {
    fn from(name: String) -> Self {
        Self { name, is_said: true }
    }
}

impl From<ClusterRegion> for String {
    fn from(region: ClusterRegion) -> Self {
        region.name
    }
}

impl Deref for ClusterRegion {
    type Target = str;

    fn deref(&self) -> &str {
        &self.name
    }
}

impl ClusterRegion {
    /// The region, where somebody said it.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.is_said.then_some(self.name.as_str())
    }
}

impl Default for Gateway {
    fn default() -> Self {
        Self { name: "public".to_owned(), namespace: "envoy-gateway-system".to_owned(), section: "wildcard".to_owned() }
    }
}

impl Default for Images {
    fn default() -> Self {
        Self {
            registry: "registry.example.com".to_owned(),
            front: concat!("registry.example.com/caravan-front:", env!("CARGO_PKG_VERSION")).to_owned(),
            base: "public.ecr.aws/lambda".to_owned(),
        }
    }
}

impl Default for InternalGateway {
    fn default() -> Self {
        Self {
            name: "internal".to_owned(),
            namespace: "envoy-gateway-system".to_owned(),
            issuer: "internal".to_owned(),
            ca_secret: None,
        }
    }
}

impl Platform {
    /// The namespace of a team.
    #[must_use]
    pub fn namespace(&self, team: &str) -> String {
        crate::naming::shorten(&format!("{}{team}", self.namespace_prefix), crate::naming::LABEL)
    }

    /// The domain under which apps get their hosts in an environment.
    #[must_use]
    pub fn domain(&self, environment: &str) -> String {
        self.apps_domain.replace("{environment}", environment)
    }

    /// Whether the shared Gateway's own wildcard serves a host: it is one label in front of the environment's domain.
    #[must_use]
    pub fn serves(&self, host: &str, environment: &str) -> bool {
        let label = host.strip_suffix(&self.domain(environment)).and_then(|rest| rest.strip_suffix('.'));
        label.is_some_and(|label| !label.is_empty() && !label.contains('.') && label != "*")
    }
}
