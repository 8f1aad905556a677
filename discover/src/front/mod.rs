//! Front doors: how a request to a hostname comes to a workload, step by step, with the field that shows each step.
//!
//! In: observations and edges, as scans and linking left them. Out: [`Chain`]s, from a hostname to what answers and the
//! certificate that it shows, and for a workload all chains that end in it. Nothing is guessed: where a step was not read, the
//! chain ends with a step that says so.

mod answer;
mod apis;
mod balancer;
mod certificate;
mod classic;
mod gateway;
mod read;
mod say;
mod walk;

#[cfg(test)]
mod tests;

use caravan_inventory::{Edge, Evidence, Observation, ObservationId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One way from a hostname to what answers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Chain {
    /// The hostname, or a pattern of hostnames as a rule or record names it.
    pub hostname: String,
    /// The steps, from the name to what answers, and the certificate that it shows.
    pub steps: Vec<Step>,
}

/// One step of a chain.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Step {
    /// What kind of step it is.
    pub step: StepKind,
    /// The observation or workload that it is; none for what was not read.
    pub id: Option<String>,
    /// What it is, for people.
    pub says: String,
    /// The field that leads here from the step before; none where nothing leads.
    pub evidence: Option<Evidence>,
}

/// The kinds of steps.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A record of DNS, or that there is none which was read.
    Dns,
    /// Cloudflare's proxy.
    Cloudflare,
    /// A route or custom domain of a Worker.
    WorkerRoute,
    /// A load balancer.
    LoadBalancer,
    /// One of its listeners.
    Listener,
    /// A rule of a listener, or its default action.
    Rule,
    /// A target group.
    TargetGroup,
    /// A custom domain of API Gateway.
    ApiDomain,
    /// An API of API Gateway in one of its stages.
    Api,
    /// A route of such an API, or a method of one of its resources.
    ApiRoute,
    /// Where a route leads.
    Integration,
    /// The URL that a Lambda function has by itself.
    FunctionUrl,
    /// A workload: here a request ends.
    Workload,
    /// What the load balancer answers by itself: a redirect, a fixed response.
    Answer,
    /// What is outside of everything that was read.
    Outside,
    /// The certificate that is shown for the hostname.
    Certificate,
}

impl StepKind {
    /// The name in JSON, with spaces for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "DNS",
            Self::Cloudflare => "Cloudflare",
            Self::WorkerRoute => "Worker route",
            Self::LoadBalancer => "load balancer",
            Self::Listener => "listener",
            Self::Rule => "rule",
            Self::TargetGroup => "target group",
            Self::ApiDomain => "API domain",
            Self::Api => "API",
            Self::ApiRoute => "API route",
            Self::Integration => "integration",
            Self::FunctionUrl => "function URL",
            Self::Workload => "workload",
            Self::Answer => "answer",
            Self::Outside => "outside",
            Self::Certificate => "certificate",
        }
    }
}

impl Chain {
    /// The workload that answers, if one does.
    #[must_use]
    pub fn workload(&self) -> Option<&str> {
        self.steps.iter().find(|step| step.step == StepKind::Workload)?.id.as_deref()
    }

    /// Whether a step is this observation or workload.
    #[must_use]
    pub fn passes(&self, id: &str) -> bool {
        self.steps.iter().any(|step| step.id.as_deref() == Some(id))
    }
}

/// Everything that stands in front of workloads. Its size is that of all DNS records, balancers with their listeners, rules
/// and target groups, APIs with their routes, and Workers' routes.
#[derive(Debug, Default)]
pub struct Doors {
    /// Hostname or pattern → records of addresses and aliases.
    records: BTreeMap<String, Vec<Observation>>,
    /// DNS name → load balancer.
    balancers: BTreeMap<String, Observation>,
    /// DNS name → classic load balancer.
    classics: BTreeMap<String, Observation>,
    /// Listener's ARN → all of its certificates.
    certificates: BTreeMap<String, Observation>,
    /// Load balancer's ARN → its listeners.
    listeners: BTreeMap<String, Vec<Observation>>,
    /// Listener's ARN → its rules, in the order in which they are asked.
    rules: BTreeMap<String, Vec<Observation>>,
    /// ARN → target group.
    groups: BTreeMap<String, Observation>,
    /// Routes and custom domains of Workers.
    of_workers: Vec<Observation>,
    /// Names of APIs, and where their routes lead.
    apis: apis::Apis,
    /// Host → URL of a function.
    urls: BTreeMap<String, Observation>,
    /// What receives traffic → edges to it: workload → target group, Worker → route, record → machine by its own id.
    receivers: BTreeMap<String, Vec<Edge>>,
    /// Edges from records to workloads.
    machines: BTreeMap<ObservationId, Vec<Edge>>,
}

impl Doors {
    /// Every hostname and pattern of hostnames that a record, a rule, a Worker's route, an API or the URL of a function
    /// names, sorted.
    #[must_use]
    pub fn hostnames(&self) -> BTreeSet<String> {
        let rules = self.rules.values().flatten().flat_map(balancer::hosts);
        let routes = self.of_workers.iter().filter_map(|part| walk::route(part).map(|(host, _)| host));
        let apis = self.apis.domains.keys().chain(self.apis.hosts.keys()).chain(self.urls.keys());
        self.records.keys().chain(apis).cloned().chain(rules).chain(routes).collect()
    }

    /// Every way that a request to a hostname may take, in the order of listeners and rules. Empty for a name that nothing
    /// knows.
    #[must_use]
    pub fn of_hostname(&self, hostname: &str) -> Vec<Chain> {
        let hostname = crate::link::plain_name(hostname);
        let mut chains: Vec<Chain> =
            walk::from(self, &hostname).into_iter().map(|steps| Chain { hostname: hostname.clone(), steps }).collect();
        chains.dedup();
        chains
    }

    /// Every way, from any hostname, that passes an observation or ends in a workload, sorted by hostname.
    #[must_use]
    pub fn passing(&self, id: &str) -> Vec<Chain> {
        let chains = self.hostnames().into_iter().flat_map(|hostname| self.of_hostname(&hostname));
        chains.filter(|chain| chain.passes(id)).collect()
    }
}
