//! Vanity hosts: a certificate for each, and the listeners that show it.

use super::app::{App, Part, annotate};
use super::custom::{
    AllowedRoutes, CertificateRef, CertificateSpec, Custom, IssuerRef, Listener, ListenerSetSpec, ListenerTls,
    NamespacesFrom, ParentRef, PrivateKey,
};
use super::routes::vanity_hosts;
use crate::naming;
use caravan_convert_lift::plconfig::Ingress;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// The most listeners that one ListenerSet may hold (Gateway API 1.6).
const LISTENERS: usize = 64;

/// The vanity hosts of one app, all components together: no host has two certificates.
pub(super) struct Listeners {
    /// Host → its ListenerSet and the listener's name in it.
    sections: BTreeMap<String, (String, String)>,
    /// What follows the one label of a host that the shared Gateway's own wildcard serves.
    shared: String,
}

impl Listeners {
    /// Gathers the hosts of all components.
    pub(super) fn gather(app: &App<'_>) -> Self {
        let shared = format!(".{}", app.domain());
        let outside = |ingress: &&Ingress| ingress.internal != Some(true);
        let ingresses = app
            .config
            .components
            .values()
            .filter_map(|component| component.ingress.as_ref());
        let mut hosts: Vec<&str> = ingresses.filter(outside).flat_map(vanity_hosts).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts.retain(|host| !is_below(host, &shared));
        let name = |at: usize| match at / LISTENERS {
            0 => app.name.clone(),
            set => format!("{}-{}", app.name, set + 1),
        };
        let sections = hosts
            .iter()
            .enumerate()
            .map(|(at, host)| ((*host).to_owned(), (name(at), slug(host))));
        Self {
            sections: sections.collect(),
            shared,
        }
    }

    /// Whether the shared Gateway's own wildcard serves the host.
    pub(super) fn is_shared(&self, host: &str) -> bool {
        is_below(host, &self.shared)
    }

    /// The ListenerSet of a host and the listener in it.
    pub(super) fn section(&self, host: &str) -> Option<(&str, &str)> {
        self.sections
            .get(host)
            .map(|(set, section)| (set.as_str(), section.as_str()))
    }

    /// A route with vanity hosts is a source of DNS records: while its ingress is suspended, external-dns is told
    /// that the route is not its own (C6).
    pub(super) fn mark_route(&self, part: &Part<'_>, hosts: &[String], metadata: &mut ObjectMeta) {
        let reason = part
            .component
            .ingress
            .as_ref()
            .and_then(|ingress| ingress.suspended.as_deref());
        if let Some(reason) = reason.filter(|_| hosts.iter().any(|host| self.section(host).is_some())) {
            annotate(
                metadata,
                "external-dns.alpha.kubernetes.io/controller",
                "suspended-by-caravan",
            );
            annotate(metadata, "caravan.dev/suspended", reason);
        }
    }

    /// The ListenerSets.
    pub(super) fn sets(&self, app: &App<'_>) -> Vec<Custom<ListenerSetSpec>> {
        let mut sets: BTreeMap<&str, Vec<Listener>> = BTreeMap::new();
        for (host, (set, section)) in &self.sections {
            sets.entry(set).or_default().push(listener(host, section));
        }
        let gateway = &app.platform.gateway;
        let set = |(name, listeners)| {
            let parent_ref = ParentRef {
                group: "gateway.networking.k8s.io",
                kind: "Gateway",
                name: gateway.name.clone(),
                namespace: Some(gateway.namespace.clone()),
                section_name: None,
            };
            Custom::listener_set(app.metadata(name), ListenerSetSpec { parent_ref, listeners })
        };
        sets.into_iter().map(set).collect()
    }

    /// The certificates, but for hosts whose ingress is suspended everywhere: one ordered before its host's DNS points
    /// here fails and uses up the issuer's budget (C6).
    pub(super) fn certificates(&self, app: &App<'_>) -> Vec<Custom<CertificateSpec>> {
        let ingresses = || {
            app.config
                .components
                .values()
                .filter_map(|component| component.ingress.as_ref())
        };
        let wanted =
            |host: &str| ingresses().any(|ingress| ingress.suspended.is_none() && vanity_hosts(ingress).contains(host));
        let sections = self.sections.iter().filter(|(host, _)| wanted(host));
        sections
            .map(|(host, (_, section))| certificate(app, host, section))
            .collect()
    }
}

fn listener(host: &str, section: &str) -> Listener {
    Listener {
        name: section.to_owned(),
        port: 443,
        protocol: "HTTPS",
        hostname: host.to_owned(),
        tls: ListenerTls {
            mode: "Terminate",
            certificate_refs: vec![CertificateRef { name: secret(section) }],
        },
        allowed_routes: AllowedRoutes {
            namespaces: NamespacesFrom { from: "Same" },
        },
    }
}

fn certificate(app: &App<'_>, host: &str, section: &str) -> Custom<CertificateSpec> {
    let spec = CertificateSpec {
        secret_name: secret(section),
        dns_names: vec![host.to_owned()],
        issuer_ref: IssuerRef {
            group: "cert-manager.io",
            kind: "ClusterIssuer",
            name: app.platform.issuer.clone(),
        },
        private_key: PrivateKey {
            algorithm: "ECDSA",
            size: 256,
            rotation_policy: "Always",
        },
        revision_history_limit: 1,
        usages: vec!["digital signature", "key encipherment", "server auth"],
    };
    Custom::certificate(app.metadata(section), spec)
}

/// A host as one label. `a-b.example` and `a.b.example` would share one, so a host with `-` carries a digest.
fn slug(host: &str) -> String {
    let plain = naming::label(&host.replacen("*.", "wildcard-", 1));
    if host.contains('-') || host.starts_with("*.") || plain.len() > 59 {
        let kept: String = plain.chars().take(50).collect();
        return format!("{}-{}", kept.trim_end_matches('-'), naming::digest(host.as_bytes(), 8));
    }
    plain
}

fn secret(section: &str) -> String {
    format!("{section}-tls")
}

/// Whether a host is one label in front of the suffix.
fn is_below(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix)
        .is_some_and(|label| !label.is_empty() && !label.contains('.') && label != "*")
}
