//! APIs of API Gateway as doors: the names that lead to each, its routes, and where each route leads.

use super::say::step;
use super::{Step, StepKind};
use crate::link::{Call, Gateways, View, base_path, calls, own_host, owner_field, target_names};
use caravan_inventory::{Evidence, Observation, ObservationKind as Kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every API, and every name of one.
#[derive(Debug, Default)]
pub(super) struct Apis {
    /// Custom domain, which may be a wildcard → what is known of it.
    pub(super) domains: BTreeMap<String, ApiDomain>,
    /// Names in DNS that lead to custom domains.
    targets: BTreeSet<String>,
    /// The name that an API has by itself → its id.
    pub(super) hosts: BTreeMap<String, String>,
    apis: BTreeMap<String, Api>,
}

/// A custom domain.
#[derive(Debug)]
pub(super) struct ApiDomain {
    pub(super) here: Step,
    pub(super) certificate: Step,
    pub(super) mappings: Vec<Mapping>,
}

/// A stage of an API under a path of a domain.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Mapping {
    pub(super) prefix: String,
    pub(super) api: String,
    pub(super) stage: Option<String>,
    pub(super) evidence: Evidence,
}

/// An API with its routes.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) id: String,
    says: String,
    /// Stage → what is said of it.
    pub(super) stages: BTreeMap<String, String>,
    pub(super) ways: Vec<Way>,
}

/// A route with its integration.
#[derive(Debug)]
pub(super) struct Way {
    /// The steps of the route and of its integration.
    pub(super) steps: Vec<Step>,
    pub(super) to: To,
}

/// Where an integration leads.
#[derive(Debug)]
pub(super) enum To {
    /// To whatever receives from this place of the integration.
    Receivers(Evidence),
    /// To load balancers, by a link; each with the field that names it.
    Balancers(Vec<(String, Evidence)>),
    /// To a listener, by a link.
    Listener(String, Evidence),
    /// To a host.
    Host(String, Evidence),
    /// The API answers by itself.
    Itself,
    /// The integration, or the link that it goes through, was not read.
    Unread,
}

impl Apis {
    pub(super) fn of(observations: &[Observation]) -> Self {
        let gateways = Gateways::of(observations);
        let mut apis = Self::default();
        for view in &gateways.domains {
            let name = view.text("/domainName").unwrap_or(view.observation.native_name()).to_ascii_lowercase();
            apis.targets.extend(target_names(view));
            // Both versions of the API tell one domain; the later one all of its mappings.
            let (here, certificate) = (domain(view), certificate(view));
            apis.domains.insert(name, ApiDomain { here, certificate, mappings: Vec::new() });
        }
        for (id, api) in &gateways.apis {
            for mapping in &api.mappings {
                let name = mapping.text("/domainName").unwrap_or_default().to_ascii_lowercase();
                if let Some(domain) = apis.domains.get_mut(&name) {
                    domain.map(id, mapping);
                }
            }
            let Some(own) = api.own else { continue };
            apis.hosts.extend(own_host(&own).map(|host| (host, (*id).to_owned())));
            let calls = calls(id, api);
            let mut ways: Vec<Way> =
                calls.iter().filter(|call| !call.is_authorizer).flat_map(|call| ways(&gateways, call)).collect();
            let led: BTreeSet<&str> =
                calls.iter().flat_map(|call| &call.routes).map(|route| route.observation.id.as_str()).collect();
            let unled = api.routes.iter().filter(|route| !led.contains(route.observation.id.as_str()));
            ways.extend(unled.map(|route| Way { steps: vec![of_route(route)], to: To::Unread }));
            let stages =
                api.stages.iter().filter_map(|stage| Some((stage.text("/stageName")?.to_owned(), say_stage(stage))));
            let said = Api { id: own.observation.id.to_string(), says: say_api(&own), stages: stages.collect(), ways };
            apis.apis.insert((*id).to_owned(), said);
        }
        apis
    }

    /// Whether a name in DNS is that of a custom domain's place.
    pub(super) fn is_target(&self, name: &str) -> bool {
        self.targets.contains(name)
    }

    pub(super) fn api(&self, id: &str) -> Option<&Api> {
        self.apis.get(id)
    }
}

impl Api {
    /// The API under a path, in one of its stages.
    pub(super) fn says(&self, prefix: &str, stage: Option<&str>) -> String {
        let under = if prefix.is_empty() { String::new() } else { format!(", under {prefix}") };
        let stage = stage.map_or_else(String::new, |name| match self.stages.get(name) {
            Some(more) => format!(", stage {name}{more}"),
            None => format!(", stage {name}, which was not read"),
        });
        format!("{}{under}{stage}", self.says)
    }
}

impl ApiDomain {
    fn map(&mut self, api: &str, mapping: &View<'_>) {
        let stage = mapping.text("/stage").map(str::to_owned);
        let evidence = mapping.evidence(owner_field(mapping));
        let mapping = Mapping { prefix: base_path(mapping), api: api.to_owned(), stage, evidence };
        let is_it =
            |one: &Mapping| (&one.prefix, &one.api, &one.stage) == (&mapping.prefix, &mapping.api, &mapping.stage);
        if !self.mappings.iter().any(is_it) {
            self.mappings.push(mapping);
        }
    }
}

/// The ways through one call: each of its routes.
fn ways(gateways: &Gateways<'_>, call: &Call<'_>) -> Vec<Way> {
    let evidence = call.holder.evidence(&call.pointer);
    let says = if call.uri.is_empty() { call.of_type.to_owned() } else { format!("{} to {}", call.of_type, call.uri) };
    let here = step(StepKind::Integration, Some(call.holder.observation.id.as_str()), says, Some(evidence));
    match call.method {
        Some(method) => {
            let says = format!("{} {}", method, call.paths.first().map_or("/", String::as_str));
            let route = step(
                StepKind::ApiRoute,
                Some(call.holder.observation.id.as_str()),
                says,
                Some(call.holder.evidence("/restApiId")),
            );
            vec![Way { steps: vec![route, here], to: to(gateways, call) }]
        }
        None => call
            .routes
            .iter()
            .map(|route| Way { steps: vec![of_route(route), here.clone()], to: to(gateways, call) })
            .collect(),
    }
}

fn of_route(route: &View<'_>) -> Step {
    let says = route.text("/routeKey").unwrap_or_default().to_owned();
    step(StepKind::ApiRoute, Some(route.observation.id.as_str()), says, Some(route.evidence("/apiId")))
}

fn to(gateways: &Gateways<'_>, call: &Call<'_>) -> To {
    let evidence = call.holder.evidence(&call.pointer);
    let links = gateways.links(call);
    if !links.is_empty() {
        let of_link = |(link, arns): &(View<'_>, &[Value])| {
            let arn = |(at, arn): (usize, &Value)| {
                Some((arn.as_str()?.to_owned(), link.evidence(&format!("/targetArns/{at}"))))
            };
            arns.iter().enumerate().filter_map(arn).collect::<Vec<_>>()
        };
        return To::Balancers(links.iter().flat_map(of_link).collect());
    }
    if call.uri.is_empty() {
        return To::Itself;
    }
    if call.uri.contains(":elasticloadbalancing:") && call.uri.contains(":loadbalancer/") {
        return To::Balancers(vec![(call.uri.to_owned(), evidence)]);
    }
    if call.uri.contains(":elasticloadbalancing:") {
        return To::Listener(call.uri.to_owned(), evidence);
    }
    match call.uri.split_once("://") {
        Some(_) if call.link.is_some() => To::Unread,
        Some((_, rest)) => To::Host(rest.split(['/', '?', ':']).next().unwrap_or(rest).to_ascii_lowercase(), evidence),
        None => To::Receivers(evidence),
    }
}

/// A custom domain: where it stands, and what it asks of clients.
fn domain(view: &View<'_>) -> Step {
    let configured = view.element.pointer("/domainNameConfigurations/0");
    let of = |field: &str| configured.and_then(|one| one.get(field)).and_then(Value::as_str);
    let kind = view.text("/endpointConfiguration/types/0").or_else(|| of("endpointType")).unwrap_or("unknown place");
    let policy = view.text("/securityPolicy").or_else(|| of("securityPolicy")).filter(|policy| !policy.is_empty());
    let policy = policy.map_or_else(String::new, |policy| format!(", {policy}"));
    let mutual = view.text("/mutualTlsAuthentication/truststoreUri").map_or("", |_| ", clients show certificates");
    let says = format!("{} ({kind}{policy}{mutual})", view.text("/domainName").unwrap_or_default());
    step(StepKind::ApiDomain, Some(view.observation.id.as_str()), says, None)
}

fn certificate(view: &View<'_>) -> Step {
    let fields = ["/regionalCertificateArn", "/certificateArn", "/domainNameConfigurations/0/certificateArn"];
    match fields.into_iter().find_map(|field| Some((view.text(field).filter(|arn| !arn.is_empty())?, field))) {
        Some((arn, field)) => step(StepKind::Certificate, None, arn.to_owned(), Some(view.evidence(field))),
        None => step(StepKind::Certificate, None, "none that was read".to_owned(), None),
    }
}

fn say_api(own: &View<'_>) -> String {
    let protocol =
        if own.observation.kind == Kind::RestApi { "REST" } else { own.text("/protocolType").unwrap_or("HTTP") };
    format!("{} ({protocol})", own.text("/name").unwrap_or(own.observation.native_name()))
}

/// What a stage adds.
fn say_stage(stage: &View<'_>) -> String {
    let firewall = stage.text("/webAclArn").map_or_else(String::new, |acl| format!(", firewall {acl}"));
    let canary = stage.element.pointer("/canarySettings/percentTraffic").and_then(Value::as_f64);
    let canary = canary.map_or_else(String::new, |share| format!(", {share} % to its canary"));
    format!("{firewall}{canary}")
}
