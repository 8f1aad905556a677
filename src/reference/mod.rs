//! What can be configured: every key of `caravan.yaml` and every environment variable, as `docs/configuration.md` and the file
//! that `caravan init` writes show them. A test holds the keys to those that the types take.

#[cfg(test)]
mod keys_of;
#[cfg(test)]
mod page;
#[cfg(test)]
mod tests;

use crate::config::Config;
use serde_json::Value;

/// A key of `caravan.yaml`.
pub(crate) struct Key {
    /// Where it stands: `platform.gateway.name`; `[]` is each item of a list.
    pub(crate) path: &'static str,
    /// What it takes.
    pub(crate) takes: &'static str,
    /// What it is for.
    pub(crate) about: &'static str,
}

impl Key {
    const fn new(path: &'static str, takes: &'static str, about: &'static str) -> Self {
        Self { path, takes, about }
    }

    /// The last part of its path.
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// What holds when it is left out; none where nothing does, or where it must be there.
    pub(crate) fn default(&self) -> Option<String> {
        let value = self.path.split('.').try_fold(defaults(), |value, name| value.get(name).cloned())?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

/// The keys, in the order of the page.
pub(crate) const KEYS: &[Key] = &[
    Key::new("schema", "`caravan.config/v1`", "the version of the format; must be there"),
    Key::new("accounts[].provider", "`aws` or `cloudflare`", "whose account it is; `aws` when it is left out"),
    Key::new(
        "accounts[].id",
        "text",
        "of AWS its 12 digits, in quotes; of Cloudflare its 32 hex digits; must be there",
    ),
    Key::new(
        "accounts[].regions",
        "list of texts",
        "the regions to scan: at least one of an AWS account, none of Cloudflare",
    ),
    Key::new(
        "accounts[].profile",
        "text",
        "AWS: the profile of `~/.aws/config`; without it the SDK's usual chain of credentials",
    ),
    Key::new("accounts[].role", "ARN", "AWS: the role to assume with these credentials"),
    Key::new("accounts[].external_id", "text", "AWS: the external id that the role asks for"),
    Key::new(
        "accounts[].endpoint",
        "URL",
        "another address for every API of the account: a test server, a VPC endpoint",
    ),
    Key::new(
        "accounts[].token_env",
        "name",
        "Cloudflare: the environment variable that holds the API token; without it and `token_file`, `CLOUDFLARE_API_TOKEN`",
    ),
    Key::new(
        "accounts[].token_file",
        "path",
        "Cloudflare: the file that holds the API token, relative to the folder where Caravan is started",
    ),
    Key::new(
        "platform.group",
        "DNS name",
        "what stands before the platform's own labels, taints and annotations: `<group>/team`",
    ),
    Key::new(
        "platform.apps_domain",
        "DNS name",
        "the domain under which each app gets a host; `{environment}` in it stands for the environment's name",
    ),
    Key::new("platform.gateway.name", "text", "the shared entry: a Gateway's name"),
    Key::new("platform.gateway.namespace", "text", "its namespace"),
    Key::new("platform.gateway.section", "text", "its listener that serves `*.<apps_domain>`"),
    Key::new("platform.internal_gateway.name", "text", "the entry that is reached from inside alone: a Gateway's name"),
    Key::new("platform.internal_gateway.namespace", "text", "its namespace"),
    Key::new("platform.internal_gateway.issuer", "text", "the cert-manager ClusterIssuer of its hosts' certificates"),
    Key::new(
        "platform.internal_gateway.ca_secret",
        "text",
        "the Secret beside cert-manager with the certificate and key of the authority that this issuer signs with",
    ),
    Key::new("platform.issuer", "text", "the cert-manager ClusterIssuer that signs the certificates of vanity hosts"),
    Key::new(
        "platform.secret_store",
        "text",
        "the SecretStore in each team's namespace that reads Secrets Manager; with `-ssm` behind it, Systems Manager parameters",
    ),
    Key::new(
        "platform.account",
        "text",
        "the AWS account whose secrets those stores read; without it, that of all workloads of an environment, where it is one",
    ),
    Key::new(
        "platform.region",
        "region",
        "the AWS region of the cluster: the one whose secrets its stores read, and where queues without a region are looked for",
    ),
    Key::new("platform.user", "number", "the user and group of containers that name none"),
    Key::new("platform.namespace_prefix", "text", "what stands before the team's name in its namespace"),
    Key::new("platform.images.registry", "text", "what stands before team and app in the names of functions' images"),
    Key::new("platform.images.front", "image", "the image of the front, which images of functions carry"),
    Key::new(
        "platform.images.base",
        "text",
        "what stands before the runtime in the names of Lambda's bases, or of a mirror of them",
    ),
    Key::new("platform.prometheus", "URL", "the Prometheus API where autoscalers ask for request rates"),
    Key::new(
        "platform.cluster",
        "text",
        "the name of the EKS cluster; in it, `groups.team`, `repository.url`, `secret_role` and `nodes.role`, `{environment}`, `{account}`, `{cluster}` and, where a team is meant, `{team}` stand for their names",
    ),
    Key::new("platform.groups.team", "text", "the company's group whose members are a team: `eng-{team}`"),
    Key::new("platform.repository.url", "URL", "the repository that Argo CD applies"),
    Key::new("platform.repository.revision", "text", "its branch, tag or commit that holds"),
    Key::new(
        "platform.registries",
        "list of texts",
        "where teams' images may come from: a host, perhaps with a path; where it is empty, the hosts of the apps' images",
    ),
    Key::new(
        "platform.egress",
        "`open` or `closed`",
        "what pods reach outside of their namespace: everything but the node's metadata, or HTTPS and what `network.allow` opens",
    ),
    Key::new("platform.secret_role", "ARN", "the role that a team's SecretStores take over: `…:role/secrets-{team}`"),
    Key::new("platform.nodes.role", "text", "the name of the IAM role of nodes"),
    Key::new("platform.nodes.bottlerocket", "text", "the version of Bottlerocket; another one replaces every node"),
    Key::new("platform.nodes.disk", "size", "the disk of a node for images, logs and temporary files"),
    Key::new("platform.acme.email", "address", "the address of the account at Let's Encrypt"),
    Key::new(
        "platform.acme.dns_zones",
        "list of texts",
        "zones in Route 53 whose names are proven by DNS, besides the domain of the apps",
    ),
    Key::new(
        "platform.terraform.organization",
        "text",
        "the organization of Terraform Cloud in which each folder below `infrastructure/` is a workspace",
    ),
    Key::new("platform.terraform.workspace_prefix", "text", "what stands before a folder's name in its workspace's"),
    Key::new(
        "platform.terraform.bucket",
        "text",
        "instead of an organization, the S3 bucket that keeps the state of each folder; it is in `platform.region`",
    ),
    Key::new(
        "platform.terraform.role",
        "ARN",
        "the role that Terraform assumes in an account; `{account}` in it stands for the account",
    ),
    Key::new(
        "platform.auth.provider",
        "`keycloak` or `other`",
        "what kind of provider says who callers are; clients come as Terraform for Keycloak alone",
    ),
    Key::new(
        "platform.auth.issuer",
        "URL",
        "the issuer of tokens as it stands in them, of Keycloak that of the realm: `https://id.example.com/realms/company`; `{environment}` in it stands for the environment's name. By `https://` and a name. Without it an app with `auth` lets nobody in",
    ),
    Key::new("platform.auth.keys", "URL", "where the issuer's public keys are (JWKS), where it is not Keycloak"),
    Key::new("platform.auth.groups_claim", "text", "the claim of a token that lists its holder's groups"),
    Key::new(
        "platform.auth.broker",
        "text",
        "the alias of the identity provider in the realm through which the people of Entra ID come",
    ),
    Key::new("platform.auth.tenant", "text", "the tenant of Entra ID in which the groups are"),
    Key::new("ownership[].tags", "map of texts", "condition: tags with these values; `*` is any value"),
    Key::new("ownership[].cluster", "glob", "condition: the name of the cluster"),
    Key::new("ownership[].account", "text", "condition: the account"),
    Key::new("ownership[].path", "glob", "condition: the path of the file that it came from; `*` matches `/`, too"),
    Key::new("ownership[].team", "text", "the team where all conditions hold; `${tag:NAME}` is a tag's value"),
    Key::new(
        "ownership[].environment",
        "text",
        "the environment where all conditions hold; `${tag:NAME}` is a tag's value",
    ),
    Key::new(
        "drivers",
        "`shared` or `one-machine`",
        "who may drive cutovers; `one-machine` allows targets without a conditional write, such as rules of load balancers",
    ),
    Key::new("waves.size", "number", "the most workloads of one wave that `caravan plan draft` proposes"),
    Key::new("waves.team", "number", "the most workloads of one team in one wave: how many it can watch in one night"),
    Key::new("waves.first", "number", "the most workloads of the first wave of each environment"),
    Key::new(
        "waves.environments",
        "list of texts",
        "environments in the order in which they move; those that are not named come after, by name",
    ),
    Key::new("waves.crossable[].from", "workload", "a workload that may move before what it needs: one edge"),
    Key::new("waves.crossable[].to", "workload", "what it needs"),
    Key::new("waves.crossable[].reason", "text", "why that works from one side to the other; must be there"),
    Key::new("waves.hold[].workload", "workload", "a workload that stays out for now, and whoever needs it with it"),
    Key::new("waves.hold[].reason", "text", "why; must be there"),
    Key::new(
        "waves.together[].workloads",
        "list of texts",
        "workloads that move in one wave: two or more of one environment",
    ),
    Key::new("waves.together[].reason", "text", "why; must be there"),
    Key::new("waves.apart[].workloads", "list of texts", "workloads no two of which move in one wave"),
    Key::new("waves.apart[].reason", "text", "why; must be there"),
    Key::new("domains.edge", "host name", "the new edge's stable name, to which customers' names lead"),
    Key::new(
        "domains.addresses",
        "list of addresses",
        "the new edge's static addresses, for names at the top of a zone",
    ),
    Key::new(
        "domains.account",
        "URL",
        "the account at Let's Encrypt whose key moves along: it renews what it once ordered, outside of all limits",
    ),
    Key::new(
        "domains.old_keys",
        "`true` or `false`",
        "whether the old edge's certificates can be copied with their keys; left out, it is not known",
    ),
    Key::new(
        "domains.redirect_challenges",
        "`true` or `false`",
        "whether the old edge can redirect `/.well-known/acme-challenge/` to the new one; left out, it is not known",
    ),
    Key::new("domains.challenge_zone", "host name", "our zone to which customers' `_acme-challenge` names may lead"),
    Key::new(
        "domains.custom_hostnames",
        "`true` or `false`",
        "whether the new edge is Cloudflare for SaaS, with custom hostnames",
    ),
    Key::new(
        "domains.limits",
        "map of numbers",
        "limits that were raised for the company: `letsencrypt-new-orders` (in 3 h), `letsencrypt-per-registered-domain` (in 7 days)",
    ),
    Key::new(
        "domains.keep_days",
        "number",
        "how many days the old edge goes on serving: so long customers can go back",
    ),
    Key::new("domains.support.company", "text", "the company's name, as its customers know it"),
    Key::new("domains.support.phone", "text", "the number that customers call"),
    Key::new("domains.support.mail", "address", "where customers write to"),
    Key::new(
        "domains.movers",
        "list of texts",
        "who may move hostnames, as `--who` or Git names them; everybody where nobody is named",
    ),
    Key::new(
        "domains.colleagues",
        "list of texts",
        "who may record what customers were told, besides the movers; everybody where nobody is named",
    ),
    Key::new("moves.authority.directory", "URL", "the directory of the certificate authority (ACME)"),
    Key::new(
        "moves.authority.has_limits",
        "`true` or `false`",
        "whether the limits of Let's Encrypt hold there, so that each order is reserved first; left out, they do where the directory is Let's Encrypt's own",
    ),
    Key::new(
        "moves.authority.account_key",
        "path",
        "the file with the account's key (PKCS #8 in PEM, P-256), relative to the file; it is never shown",
    ),
    Key::new(
        "moves.authority.create_account",
        "`true` or `false`",
        "whether an account is made where the authority does not know the key; its terms of service are agreed to with that",
    ),
    Key::new("moves.authority.caa", "list of texts", "its names in CAA records; Let's Encrypt's is known"),
    Key::new("moves.edge.cluster", "text", "the kubeconfig context of the cluster that serves the names"),
    Key::new("moves.edge.namespace", "text", "the namespace of the listeners, routes and certificates that are made"),
    Key::new("moves.edge.gateway.namespace", "text", "the namespace of the Gateway that the listeners belong to"),
    Key::new("moves.edge.gateway.name", "text", "its name"),
    Key::new("moves.edge.backend.name", "text", "what answers behind the routes, in the same namespace"),
    Key::new("moves.edge.backend.port", "number", "its port"),
    Key::new("moves.edge.backend.kind", "text", "its kind; a Service without it"),
    Key::new("moves.edge.backend.group", "text", "its API group; that of Services without it"),
    Key::new("moves.edge.port", "number", "the port on which the new edge answers over TLS"),
    Key::new("moves.edge.path", "path", "the path that both edges are asked for"),
    Key::new("moves.edge.status", "two numbers", "the lowest and highest status that is healthy"),
    Key::new("moves.ttl", "seconds", "how long resolvers remember a record of ours around its move"),
    Key::new("moves.times.look", "seconds", "from one look at users to the next"),
    Key::new("moves.times.customer", "seconds", "from one look at a customer's name servers to the next"),
    Key::new("moves.times.gap", "seconds", "between the two passes of the new edge before a name moves"),
    Key::new("moves.times.soak", "seconds", "on the new edge, with evidence, before the old side may be released"),
    Key::new("moves.times.margin", "seconds", "how long both certificates must last beyond the soak"),
    Key::new(
        "lookups.roots",
        "list of addresses",
        "the name servers at which `caravan domains inspect` begins; another world's for a test bench",
    ),
    Key::new("lookups.dns_port", "number", "where all name servers listen"),
    Key::new("lookups.https_port", "number", "where pages answer over TLS"),
    Key::new("lookups.http_port", "number", "where pages answer without"),
    Key::new(
        "lease",
        "seconds, 1 to 3600",
        "how long a driver's lease lasts: a dead driver's run waits so long for the next",
    ),
    Key::new(
        "probes.ca_files",
        "list of paths",
        "PEM files of roots that probes trust besides the public ones, relative to the file",
    ),
    Key::new(
        "metrics.gateways[].cluster",
        "text",
        "the kubeconfig context of a cluster whose gateway carries what is shifted, as a wave's targets name it",
    ),
    Key::new(
        "metrics.gateways[].url",
        "URL",
        "where the gateway's Envoys tell what they have counted (`/stats/prometheus`); every address that its host has is asked",
    ),
    Key::new(
        "metrics.gateways[].answers_within",
        "seconds, 1 to 600",
        "how long a request may take there: the last reading of a run is taken so long after its end; 15 when it is left out",
    ),
    Key::new("metrics.workloads[].workload", "text", "a workload whose sides count their requests themselves"),
    Key::new(
        "metrics.workloads[].old.url",
        "URL",
        "where its old side tells its metrics, in Prometheus' text format; every address that its host has is asked",
    ),
    Key::new("metrics.workloads[].old.counter", "name", "the counter of its requests; all its labels are added up"),
    Key::new("metrics.workloads[].new.url", "URL", "the same of its new side"),
    Key::new("metrics.workloads[].new.counter", "name", "the same of its new side"),
    Key::new("notifications[].name", "text", "the receiver's name: the journal keeps under it what they were told"),
    Key::new(
        "notifications[].about",
        "list of `hold`, `rollback`, `failure`, `approval`",
        "what they are told of; everything when it is left out",
    ),
    Key::new(
        "notifications[].webhook.url_env",
        "name",
        "the variable that holds the URL that takes each notice as JSON",
    ),
    Key::new(
        "notifications[].slack.url_env",
        "name",
        "the variable that holds the URL of an incoming webhook of Slack",
    ),
    Key::new("notifications[].email.server_env", "name", "the variable that holds the URL of the mail server"),
    Key::new("notifications[].email.from_env", "name", "the variable that holds the sender's address"),
    Key::new(
        "notifications[].email.to_env",
        "name",
        "the variable that holds the receivers' addresses, with commas between",
    ),
];

/// What holds where a key is left out, key by key.
fn defaults() -> Value {
    let Config { platform, drivers, waves, domains, moves, lookups, lease, probes, .. } = Config::default();
    let probes = serde_json::json!({"ca_files": probes.ca_files});
    serde_json::json!({
        "platform": platform, "drivers": drivers, "waves": waves, "domains": domains, "moves": moves,
        "lookups": lookups, "lease": lease,
        "probes": probes,
    })
}

/// What a section is for.
pub(crate) fn about(section: &str) -> &'static str {
    match section {
        "accounts" => {
            "The accounts that `caravan discover` reads. Each proves that its credentials are its own before its first list.\n\n"
        }
        "platform" => {
            "How the platform looks to which workloads move; every manifest follows it. What of its own tree the keys without a\ndefault don't tell is left out, and `caravan convert` names it: [the platform](platform.md).\n\n"
        }
        "ownership" => {
            "Rules that say who owns a workload. Of each rule all conditions must hold; the first rule that matches decides,\nteam and environment apart. A rule without conditions always matches, and one that takes a tag which is not there says\nnothing. A tag's value that can be no name (`Stage_EU`) decides, too: it is asked about (`owner/…`), and no later rule\nspeaks in its place.\n\n"
        }
        "waves" => {
            "What you want of the waves that `caravan plan draft` proposes for the whole estate. No wave has a workload before what\nit needs, unless the edge is crossable. A key that names what is not there is an error.\n\n"
        }
        "domains" => {
            "What you say of the way that vanity domains go: [vanity domains](domains.md). What is left out is not known, and never\ntaken for granted.\n\n"
        }
        "moves" => {
            "What is needed to move vanity domains to the new edge: [vanity domains](domains.md). What is left out is asked for when a\nmove is planned.\n\n"
        }
        "lookups" => {
            "Where `caravan domains inspect` looks. It asks name servers from the root down, and no resolver.\n\n"
        }
        "probes" => "How the probes of a cutover ask.\n\n",
        "metrics" => {
            "Who counts the requests of what is shifted: evidence for people of the share that moved and of what was lost. Nothing\nis promoted or taken back by it.\n\n"
        }
        "notifications" => {
            "Who is told of holds, rollbacks, failures and approvals that wait: each receiver has one address.\n\n"
        }
        _ => "",
    }
}
