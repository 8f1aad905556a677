//! NetworkPolicies: what a component needs beyond the baseline of its team's namespace.

use super::RenderError;
use super::app::{Part, annotate, selector};
use super::pod::Pod;
use super::view::some;
use caravan_convert_lift::plconfig::{Ingress, Peer, Route};
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeSet;

/// Where instances ask for the rights of their node: no pod may.
const METADATA: &str = "169.254.169.254/32";

/// The policy of a component: its gateway reaches its port, and its `network`; none where there is nothing to add.
pub(super) fn network_policy(part: &Part<'_>, pod: &Pod) -> Result<Option<NetworkPolicy>, RenderError> {
    let network = part.component.network.clone().unwrap_or_default();
    let mut ingress = from_gateways(part);
    for peer in &network.from {
        let ports = peer.port.map(tcp).or_else(|| some(pod.ports.iter().map(own).collect()));
        ingress.push(NetworkPolicyIngressRule { from: Some(vec![address(part, "network.from", peer)?]), ports });
    }
    let mut egress = Vec::with_capacity(network.allow.len());
    for peer in &network.allow {
        let to = Some(vec![address(part, "network.allow", peer)?]);
        egress.push(NetworkPolicyEgressRule { to, ports: peer.port.map(tcp) });
    }
    let types = [("Ingress", !ingress.is_empty()), ("Egress", !egress.is_empty())];
    let types = some(types.into_iter().filter(|(_, any)| *any).map(|(name, _)| name.to_owned()).collect());
    let Some(types) = types else { return Ok(None) };

    let mut metadata = part.metadata(&part.object);
    let hosts: Vec<&str> = network.allow.iter().filter_map(|peer| peer.host.as_deref()).collect();
    if !hosts.is_empty() {
        // A NetworkPolicy knows no names: for a host every address is opened on its port, and this says for whom.
        annotate(&mut metadata, "caravan.dev/hosts", hosts.join(", "));
    }
    Ok(Some(NetworkPolicy {
        metadata,
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(part.selector()),
            policy_types: Some(types),
            ingress: some(ingress),
            egress: some(egress),
        }),
    }))
}

/// Each Gateway that has routes to it reaches the ports that they lead to.
fn from_gateways(part: &Part<'_>) -> Vec<NetworkPolicyIngressRule> {
    let (Some(ingress), Some(port)) = (&part.component.ingress, part.component.port) else { return Vec::new() };
    let platform = part.app.platform;
    let gateways = [(false, &platform.gateway.namespace), (true, &platform.internal_gateway.namespace)];
    let mut rules: Vec<NetworkPolicyIngressRule> = Vec::new();
    for (internal, namespace) in gateways {
        let ports = ingress_ports(ingress, port, internal);
        if ports.is_empty() {
            continue;
        }
        let namespace = selector("kubernetes.io/metadata.name", namespace);
        let rule = NetworkPolicyIngressRule {
            from: Some(vec![NetworkPolicyPeer { namespace_selector: Some(namespace), ..NetworkPolicyPeer::default() }]),
            ports: Some(ports.into_iter().flat_map(tcp).collect()),
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// The ports that a Gateway's routes lead to.
pub(super) fn ingress_ports(ingress: &Ingress, port: u16, internal: bool) -> BTreeSet<u16> {
    let whole = ingress.internal == Some(true);
    if ingress.routes.is_empty() {
        let there = if whole { internal && !ingress.hosts.is_empty() } else { !internal };
        return there.then_some(port).into_iter().collect();
    }
    let leads = |route: &&Route| route.respond.is_none() && route.redirect.is_none();
    let there = |route: &&Route| (whole || route.internal == Some(true)) == internal;
    let hosts = !internal || !ingress.vanity_hosts(true).is_empty();
    let routes = ingress.routes.iter().filter(leads).filter(there).filter(|_| hosts);
    routes.map(|route| route.port.unwrap_or(port)).collect()
}

fn address(part: &Part<'_>, field: &str, peer: &Peer) -> Result<NetworkPolicyPeer, RenderError> {
    match (&peer.app, &peer.host, &peer.cidr) {
        (Some(app), None, None) => Ok(match app.split_once('/') {
            None => {
                NetworkPolicyPeer { pod_selector: Some(part.app.app_selector(app)), ..NetworkPolicyPeer::default() }
            }
            Some((team, app)) => NetworkPolicyPeer {
                namespace_selector: Some(selector("kubernetes.io/metadata.name", &part.app.platform.namespace(team))),
                pod_selector: Some(part.app.app_selector(app)),
                ip_block: None,
            },
        }),
        (None, Some(_), None) => Ok(block("0.0.0.0/0", vec![METADATA.to_owned()])),
        (None, None, Some(cidr)) if is_cidr(cidr) => Ok(block(cidr, Vec::new())),
        (None, None, Some(cidr)) => Err(part.error(field, format!("`{cidr}` is no network such as 10.0.0.0/8"))),
        _ => Err(part.error(field, "a peer is exactly one of `app`, `host` and `cidr`")),
    }
}

fn block(cidr: &str, except: Vec<String>) -> NetworkPolicyPeer {
    let block = IPBlock { cidr: cidr.to_owned(), except: some(except) };
    NetworkPolicyPeer { ip_block: Some(block), ..NetworkPolicyPeer::default() }
}

fn is_cidr(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        let most = match address.parse::<std::net::IpAddr>() {
            Ok(std::net::IpAddr::V4(_)) => 32,
            Ok(std::net::IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    })
}

fn tcp(port: u16) -> Vec<NetworkPolicyPort> {
    vec![policy_port(port, "TCP")]
}

fn own(port: &super::view::Port) -> NetworkPolicyPort {
    policy_port(port.number, port.protocol)
}

fn policy_port(port: u16, protocol: &str) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(i32::from(port))),
        protocol: Some(protocol.to_owned()),
        end_port: None,
    }
}
