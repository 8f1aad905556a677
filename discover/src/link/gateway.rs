//! API Gateway: which requests lead to which function, load balancer or host, by API, route, stage and domain.

use super::Linker;
use super::balancing::{Front, FrontEntry};
use super::dns_name::plain_name;
use super::found::Found;
use super::gateway_calls::{Api, Call, calls};
use super::gateway_hosts::Entry;
use super::view::View;
use crate::arn::Arn;
use caravan_inventory::{Confidence, EdgeKind, Observation, ObservationId, ObservationKind as Kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The APIs of one location, with what leads from them to where.
pub(crate) struct Gateways<'f> {
    pub(crate) apis: BTreeMap<&'f str, Api<'f>>,
    /// Links of REST APIs, by id.
    links: BTreeMap<&'f str, View<'f>>,
    pub(crate) domains: Vec<View<'f>>,
    /// ARN of a function without version or alias → what leads to it.
    functions: BTreeMap<String, Vec<Lead<'f>>>,
    /// The calls that lead into a network: through a link, to a load balancer or to a service of Cloud Map.
    inward: Vec<Call<'f>>,
}

/// A way from an API to a function.
pub(super) struct Lead<'f> {
    pub(super) call: Call<'f>,
    /// The alias or version that is called; none is the newest code.
    pub(super) qualifier: Option<String>,
    /// Whether the field names the function by itself, without a variable of a stage.
    pub(super) confidence: Confidence,
}

impl<'f> Gateways<'f> {
    /// Reads observations of API Gateway.
    pub(crate) fn of(observations: &'f [Observation]) -> Self {
        let mut gateways = Self {
            apis: BTreeMap::new(),
            links: BTreeMap::new(),
            domains: Vec::new(),
            functions: BTreeMap::new(),
            inward: Vec::new(),
        };
        observations.iter().map(View::of).for_each(|view| gateways.add(view));
        let mut functions: BTreeMap<String, Vec<Lead<'f>>> = BTreeMap::new();
        let mut inward = Vec::new();
        for (id, api) in &gateways.apis {
            for call in calls(id, api) {
                let service = Arn::parse(call.uri).map(|arn| arn.service);
                if call.is_inward || matches!(service, Some("elasticloadbalancing" | "servicediscovery")) {
                    inward.push(call.clone());
                }
                for (arn, qualifier, confidence) in call.functions(&api.stages) {
                    functions.entry(arn).or_default().push(Lead { call: call.clone(), qualifier, confidence });
                }
            }
        }
        Self { functions, inward, ..gateways }
    }

    fn add(&mut self, view: View<'f>) {
        let name = view.observation.native_name();
        let owner = view.text("/restApiId").or_else(|| view.text("/apiId"));
        match view.observation.kind {
            Kind::RestVpcLink => {
                self.links.insert(name, view);
            }
            Kind::RestDomain | Kind::HttpDomain => self.domains.push(view),
            Kind::RestApi => self.apis.entry(view.text("/id").unwrap_or(name)).or_default().own = Some(view),
            kind => {
                let Some(owner) = owner else { return };
                let api = self.apis.entry(owner).or_default();
                match kind {
                    Kind::HttpApi => api.own = Some(view),
                    Kind::RestResource | Kind::HttpIntegration => api.holders.push(view),
                    Kind::HttpRoute => api.routes.push(view),
                    Kind::RestStage | Kind::HttpStage => api.stages.push(view),
                    Kind::RestAuthorizer | Kind::HttpAuthorizer => api.authorizers.push(view),
                    _ => api.mappings.push(view),
                }
            }
        }
    }

    /// What leads to a function.
    pub(super) fn to_function(&self, arn: &str) -> &[Lead<'f>] {
        self.functions.get(arn).map_or(&[], Vec::as_slice)
    }

    /// The API whose requests an `execute-api` ARN means.
    pub(super) fn api_of(&self, arn: &Arn<'_>) -> Option<&'f ObservationId> {
        let id = arn.resource.split('/').next().filter(|_| arn.service == "execute-api")?;
        self.id_of(id)
    }

    /// Everything by which requests come to a call: its route, API and stages, and the domains with their mappings.
    pub(super) fn parts(&self, call: &Call<'f>) -> BTreeSet<ObservationId> {
        let api = self.apis.get(call.api);
        let names: BTreeSet<&str> =
            api.into_iter().flat_map(|api| &api.mappings).filter_map(|mapping| mapping.text("/domainName")).collect();
        let named = |domain: &&View<'f>| domain.text("/domainName").is_some_and(|name| names.contains(name));
        let around = api.into_iter().flat_map(|api| api.own.iter().chain(&api.stages).chain(&api.mappings));
        let all = around.chain(&call.routes).chain(self.domains.iter().filter(named)).chain([&call.holder]);
        all.map(|view| view.observation.id.clone()).collect()
    }

    /// Everything of the APIs that send requests in by one of these ways, or to one of these services of Cloud Map: on the platform
    /// nothing stands in their place.
    pub(super) fn sending_to(&self, fronts: &[Front], registries: &BTreeSet<&str>) -> BTreeSet<ObservationId> {
        let mut parts = BTreeSet::new();
        for call in &self.inward {
            let port = port_of(call.uri);
            let by_link = self.links(call);
            let leads = |front: &Front| {
                let FrontEntry { balancer, listener, port: own } = &front.entry;
                let to = |arn: &Value| arn.as_str() == Some(balancer.as_str());
                let is_port = || port.is_none() || own.is_none() || port == *own;
                (!call.uri.is_empty() && [listener, balancer].iter().any(|arn| *arn == call.uri))
                    || by_link.iter().any(|(_, targets)| targets.iter().any(to) && is_port())
            };
            let reached = || !fronts.is_empty() || !registries.is_empty();
            if registries.contains(call.uri) || fronts.iter().any(leads) || (self.may_lead_anywhere(call) && reached())
            {
                parts.extend(self.parts(call));
                parts.extend(by_link.iter().map(|(link, _)| link.observation.id.clone()));
            }
        }
        parts
    }

    /// Whether a call goes into a network, and nothing tells to whom: its link, or where it leads, was not read.
    fn may_lead_anywhere(&self, call: &Call<'f>) -> bool {
        let is_of_link =
            call.holder.observation.kind == Kind::RestResource && !call.pointer.ends_with("/integrationTarget");
        let links = self.links(call);
        let by_link = || !links.is_empty() && links.iter().all(|(_, targets)| targets.iter().all(Value::is_string));
        let is_told = if is_of_link { by_link() } else { !call.uri.is_empty() };
        call.is_inward && !is_told
    }

    /// The observation of an API.
    pub(super) fn id_of(&self, api: &str) -> Option<&'f ObservationId> {
        Some(&self.apis.get(api)?.own?.observation.id)
    }

    /// The names of an API: its own, unless that is switched off, and those of the domains that are mapped to it.
    pub(super) fn entries(&self, id: &str) -> Vec<Entry> {
        let Some(api) = self.apis.get(id) else { return Vec::new() };
        let mut entries = Vec::new();
        if let Some(host) = api.own.and_then(|own| own_host(&own)) {
            for stage in api.stages.iter().filter_map(|stage| stage.text("/stageName")) {
                let prefix = if stage == "$default" { String::new() } else { format!("/{stage}") };
                entries.push(Entry { host: host.clone(), prefix });
            }
        }
        for mapping in &api.mappings {
            let Some(host) = mapping.text("/domainName") else { continue };
            entries.push(Entry { host: host.to_ascii_lowercase(), prefix: base_path(mapping) });
        }
        entries
    }

    /// The links of a REST API's call, each with the load balancers that it leads to: a variable may name another one in each stage.
    pub(crate) fn links(&self, call: &Call<'f>) -> Vec<(View<'f>, &'f [Value])> {
        let stages = self.apis.get(call.api).map_or(&[][..], |api| api.stages.as_slice());
        let links = call.links(stages);
        let seen = links.iter().filter_map(|id| self.links.get(id.as_str()));
        seen.map(|link| (*link, link.list("/targetArns"))).collect()
    }
}

/// The port that a URL leads to, where it is told.
fn port_of(url: &str) -> Option<u64> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    match host.rsplit_once(':') {
        Some((_, port)) => port.parse().ok(),
        None if host.contains("${") => None,
        None => Some(if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 }),
    }
}

/// What a mapping takes off the path before a route is looked for: `(none)` and an empty key are nothing.
pub(crate) fn base_path(mapping: &View<'_>) -> String {
    let key = mapping.text("/basePath").or_else(|| mapping.text("/apiMappingKey")).unwrap_or_default();
    if key.is_empty() || key == "(none)" { String::new() } else { format!("/{}", key.trim_matches('/')) }
}

/// The host that every API has by itself, `<id>.execute-api.<region>.amazonaws.com`; none where it is switched off.
pub(crate) fn own_host(api: &View<'_>) -> Option<String> {
    if api.element.get("disableExecuteApiEndpoint").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let told = api.text("/apiEndpoint").and_then(|url| url.split_once("://")).map(|(_, host)| host);
    let told = told.map(|host| host.split(':').next().unwrap_or(host).to_ascii_lowercase());
    told.or_else(|| {
        let (id, region) = (api.text("/id")?, api.observation.region.as_ref()?);
        let domain = if region.as_str().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Some(format!("{id}.execute-api.{region}.{domain}"))
    })
}

/// The names in DNS that lead to a custom domain.
pub(crate) fn target_names(domain: &View<'_>) -> Vec<String> {
    let own = ["/regionalDomainName", "/distributionDomainName"].into_iter().filter_map(|at| domain.text(at));
    let configured = domain.list("/domainNameConfigurations").iter();
    let configured = configured.filter_map(|one| one.get("apiGatewayDomainName")?.as_str());
    own.chain(configured).filter(|name| !name.is_empty()).map(plain_name).collect()
}

impl Linker<'_> {
    /// The ways inside of APIs, and from them to everything that is no function: load balancers, services, hosts.
    pub(super) fn gateways(&mut self, found: &Found, gateways: &Gateways<'_>) {
        for domain in &gateways.domains {
            let name = domain.text("/domainName").unwrap_or(domain.observation.native_name()).to_ascii_lowercase();
            self.hosts.apis.add_domain(&name, target_names(domain), &domain.observation.id);
        }
        for (id, api) in &gateways.apis {
            if let Some(own) = api.own {
                let to = own.observation.id.as_str();
                let owner = if own.observation.kind == Kind::RestApi { "/restApiId" } else { "/apiId" };
                let inside = if own.observation.kind == Kind::RestApi { &api.holders } else { &api.routes };
                for view in inside {
                    self.routed(view, view.observation.id.as_str(), to, owner);
                }
                for mapping in &api.mappings {
                    self.routed(mapping, to, mapping.observation.id.as_str(), owner_field(mapping));
                }
            }
            self.mapped(api, &gateways.domains);
            for call in calls(id, api) {
                for route in &call.routes {
                    self.routed(route, call.holder.observation.id.as_str(), route.observation.id.as_str(), "/target");
                }
                self.called(found, gateways, &api.stages, &call);
            }
        }
        self.called_elsewhere(found, gateways);
    }

    /// A mapping receives what comes to its domain.
    fn mapped(&mut self, api: &Api<'_>, domains: &[View<'_>]) {
        for mapping in &api.mappings {
            let named = |domain: &&View<'_>| domain.text("/domainName") == mapping.text("/domainName");
            for domain in domains.iter().filter(named) {
                let (from, to) = (mapping.observation.id.as_str(), domain.observation.id.as_str());
                self.routed(mapping, from, to, "/domainName");
            }
        }
    }

    fn routed(&mut self, view: &View<'_>, from: &str, to: &str, pointer: &str) {
        self.edges.insert(view.edge(from, to, EdgeKind::Routes, Confidence::Stated, pointer));
    }

    /// What a call leads to that is no function: a listener or load balancer behind a link, a service of Cloud Map, a
    /// queue or another API of AWS, a host.
    fn called(&mut self, found: &Found, gateways: &Gateways<'_>, stages: &[View<'_>], call: &Call<'_>) {
        let holder = call.holder.observation.id.as_str();
        if call.is_to_function() {
            return;
        }
        self.answered_by_api(gateways, call);
        let links = gateways.links(call);
        for (link, targets) in &links {
            for (at, arn) in targets.iter().enumerate().filter_map(|(at, arn)| Some((at, arn.as_str()?))) {
                if let Some(balancer) = found.balancers.iter().find(|one| one.native_name() == arn) {
                    self.routed(link, balancer.id.as_str(), holder, &format!("/targetArns/{at}"));
                }
            }
        }
        if !links.is_empty() {
            return;
        }
        match Arn::parse(call.uri) {
            Some(arn) if arn.service == "elasticloadbalancing" => {
                let seen = found.listeners.iter().chain(&found.balancers).find(|one| one.native_name() == call.uri);
                if let Some(seen) = seen {
                    self.routed(&call.holder, seen.id.as_str(), holder, &call.pointer);
                }
            }
            Some(arn) if arn.service == "servicediscovery" => {
                for workload in self.registries.get(call.uri).cloned().into_iter().flatten() {
                    self.routed(&call.holder, &workload, holder, &call.pointer);
                }
            }
            Some(arn) if arn.service == "apigateway" => {
                if let Some(queue) = queue_of(&arn) {
                    let edge = call.holder.edge(holder, &queue, EdgeKind::Queue, Confidence::Stated, &call.pointer);
                    self.edges.insert(edge);
                }
            }
            // The host of a call through a link that was not read is only a header.
            Some(_) => {}
            None if call.link.is_some() => {}
            None => {
                for uri in call.filled(stages) {
                    self.needs_of_text(holder, &call.holder, "", &uri, &call.pointer);
                }
            }
        }
    }

    /// Of whoever names a path that no function of this location answers, only the API is known. What an API answers by
    /// itself stands on any path (`OPTIONS`, for browsers) and takes nothing away from the function beside it.
    fn answered_by_api(&mut self, gateways: &Gateways<'_>, call: &Call<'_>) {
        if let Some(api) = gateways.id_of(call.api).filter(|_| call.of_type != "MOCK" && !call.is_authorizer) {
            self.hosts.apis.add_ways(gateways.entries(call.api), call, api.as_str(), Some(api));
        }
    }

    /// Functions that are not in this location are told at the end, when those of all others are known.
    fn called_elsewhere(&mut self, found: &Found, gateways: &Gateways<'_>) {
        let here: BTreeSet<&str> =
            found.functions.iter().filter_map(|one| View::of(one).text("/FunctionArn")).collect();
        for (arn, leads) in gateways.functions.iter().filter(|(arn, _)| !here.contains(arn.as_str())) {
            leads.iter().for_each(|lead| self.answered_by_api(gateways, &lead.call));
            self.foreign.extend(leads.iter().map(|lead| lead.edge(arn)));
        }
    }
}

impl Lead<'_> {
    /// The edge from what is called to the place that calls it.
    pub(super) fn edge(&self, from: &str) -> caravan_inventory::Edge {
        let Call { holder, pointer, is_authorizer, .. } = &self.call;
        let kind = if *is_authorizer { EdgeKind::TriggeredBy } else { EdgeKind::Routes };
        holder.edge(from, holder.observation.id.as_str(), kind, self.confidence, pointer)
    }
}

/// The field of a mapping that names its API.
pub(crate) fn owner_field(mapping: &View<'_>) -> &'static str {
    if mapping.observation.kind == Kind::BasePathMapping { "/restApiId" } else { "/apiId" }
}

/// `arn:aws:apigateway:eu-central-1:sqs:path/123456789012/orders` (API Gateway API reference, PutIntegration, `uri`).
fn queue_of(arn: &Arn<'_>) -> Option<String> {
    let (account, queue) = arn.resource.strip_prefix("path/")?.split_once('/').filter(|_| arn.account == "sqs")?;
    let Arn { partition, region, .. } = arn;
    Some(format!("sqs:arn:{partition}:sqs:{region}:{account}:{queue}"))
}
