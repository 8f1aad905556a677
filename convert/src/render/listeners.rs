//! Vanity hosts: a certificate for each, and the listeners that show it. A host that several apps serve has those of its
//! owner: two listeners with one host on one Gateway conflict, and only the older is programmed.

use super::RenderError;
use super::app::{App, Part, annotate};
use super::custom::{
    AllowedRoutes, CertificateRef, CertificateSpec, Custom, IssuerRef, Listener, ListenerSetSpec, ListenerTls,
    NamespacesFrom, ParentRef, PrivateKey,
};
use crate::naming;
use caravan_convert_lift::plconfig::{HostShare, Ingress};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement, ObjectMeta};
use std::collections::{BTreeMap, BTreeSet};

/// The most listeners that one ListenerSet may hold (Gateway API 1.6).
pub(crate) const LISTENERS: usize = 64;

/// The label that every namespace has, with its own name (Kubernetes 1.22).
const NAMESPACE: &str = "kubernetes.io/metadata.name";

/// The vanity hosts of one app on one Gateway, all components together: no host has two certificates there.
pub(super) struct Listeners {
    /// Whether the Gateway is the internal one.
    pub(super) internal: bool,
    sections: BTreeMap<String, Section>,
}

/// Where a host's listener is.
pub(super) struct Section {
    /// Its ListenerSet.
    pub(super) set: String,
    /// Its name there.
    pub(super) listener: String,
    /// The namespace of the set, where it is another one.
    pub(super) namespace: Option<String>,
    /// What it is to this app.
    role: Role,
}

enum Role {
    /// Its own; these namespaces besides its own may attach routes.
    Owner(BTreeSet<String>),
    /// Another app's.
    Guest,
}

impl Listeners {
    /// Gathers the hosts that all components have on the internal Gateway or on the public one.
    ///
    /// # Errors
    /// When an owner or guest is none, or more shared hosts have one ListenerSet than it holds.
    pub(super) fn gather(app: &App<'_>, internal: bool) -> Result<Self, RenderError> {
        let hosts = ingresses(app).flat_map(|ingress| ingress.vanity_hosts(internal));
        let shares = if internal { &app.config.internal_hosts } else { &app.config.hosts };
        // The listener of a host with guests stays, even when the app itself serves it no more.
        let lent = shares.iter().filter(|(_, share)| share.owner.is_none()).map(|(host, _)| host.as_str());
        let mut hosts: BTreeSet<&str> = hosts.chain(lent).collect();
        hosts.retain(|host| internal || !app.platform.serves(host, app.environment));
        let mut sections = BTreeMap::new();
        let mut own = Vec::new();
        for host in hosts {
            match shares.get(host) {
                Some(share) => match &share.owner {
                    Some(owner) => {
                        drop(sections.insert(host.to_owned(), guest(app, internal, host, (owner, number(share)))?))
                    }
                    None => own.push((host, others(app, host, &share.guests)?, Some(number(share)))),
                },
                None => own.push((host, BTreeSet::new(), None)),
            }
        }
        // What guests know comes first.
        own.sort_by_key(|(_, _, set)| set.is_none());
        let mut held: BTreeMap<u32, usize> = BTreeMap::new();
        for (host, namespaces, told) in own {
            let has_room = |set: &u32| held.get(set).is_none_or(|count| *count < LISTENERS);
            let set = told.or_else(|| (1..).find(has_room)).unwrap_or(1);
            if !has_room(&set) {
                let why = format!(
                    "the set {set} of the app's listeners holds {LISTENERS} hosts with guests already: give this host another \
                     `set`, here and in the plconfig of its guests"
                );
                return Err(RenderError::new(format!("hosts.{host}.set"), why));
            }
            *held.entry(set).or_default() += 1;
            let set = numbered(set_name(&app.name, internal), set);
            let section =
                Section { set, listener: slug(host, internal), namespace: None, role: Role::Owner(namespaces) };
            sections.insert(host.to_owned(), section);
        }
        Ok(Self { internal, sections })
    }

    /// The listener of a host.
    pub(super) fn section(&self, host: &str) -> Option<&Section> {
        self.sections.get(host)
    }

    /// Hosts without those that other apps own, and those: a route is of one kind.
    pub(super) fn by_owner(&self, hosts: &[String]) -> Vec<Vec<String>> {
        let (guests, own): (Vec<_>, Vec<_>) = hosts.iter().cloned().partition(|host| self.is_guest(host));
        [own, guests].into_iter().filter(|hosts| !hosts.is_empty()).collect()
    }

    fn is_guest(&self, host: &str) -> bool {
        self.section(host).is_some_and(|section| matches!(section.role, Role::Guest))
    }

    /// A route with vanity hosts is a source of DNS records: while its ingress is suspended, external-dns is told
    /// that the route is not its own (C6), and so it is always of a host whose owner makes its record.
    pub(super) fn mark_route(&self, part: &Part<'_>, hosts: &[String], metadata: &mut ObjectMeta) {
        const CONTROLLER: &str = "external-dns.alpha.kubernetes.io/controller";
        if self.internal {
            // Its name is nobody's business outside; who calls it by name, finds it where the old side's name is kept.
            annotate(metadata, CONTROLLER, "internal-host");
            return;
        }
        let reason = part.component.ingress.as_ref().and_then(|ingress| ingress.suspended.as_deref());
        if let Some(reason) = reason.filter(|_| hosts.iter().any(|host| self.section(host).is_some())) {
            annotate(metadata, CONTROLLER, "suspended-by-caravan");
            annotate(metadata, "caravan.dev/suspended", reason);
        } else if hosts.iter().any(|host| self.is_guest(host)) {
            annotate(metadata, CONTROLLER, "owner-of-the-host");
        }
    }

    /// The ListenerSets.
    pub(super) fn sets(&self, app: &App<'_>) -> Vec<Custom<ListenerSetSpec>> {
        let mut sets: BTreeMap<&str, Vec<Listener>> = BTreeMap::new();
        for (host, section) in &self.sections {
            if let Role::Owner(guests) = &section.role {
                sets.entry(&section.set).or_default().push(listener(app, host, &section.listener, guests));
            }
        }
        let (gateway, namespace) = match self.internal {
            true => (&app.platform.internal_gateway.name, &app.platform.internal_gateway.namespace),
            false => (&app.platform.gateway.name, &app.platform.gateway.namespace),
        };
        let set = |(name, listeners)| {
            let parent_ref = ParentRef {
                group: "gateway.networking.k8s.io",
                kind: "Gateway",
                name: gateway.clone(),
                namespace: Some(namespace.clone()),
                section_name: None,
            };
            Custom::listener_set(app.metadata(name), ListenerSetSpec { parent_ref, listeners })
        };
        sets.into_iter().map(set).collect()
    }

    /// The certificates of its own hosts, but for those whose ingress is suspended everywhere: one ordered before its
    /// host's DNS points here fails and uses up the issuer's budget (C6).
    pub(super) fn certificates(&self, app: &App<'_>) -> Vec<Custom<CertificateSpec>> {
        let wanted = |host: &str| {
            let mut serving =
                ingresses(app).filter(|ingress| ingress.vanity_hosts(self.internal).contains(host)).peekable();
            self.internal || serving.peek().is_none() || serving.any(|ingress| ingress.suspended.is_none())
        };
        let own = self.sections.iter().filter(|(_, section)| matches!(section.role, Role::Owner(_)));
        let own = own.filter(|(host, _)| wanted(host));
        let issuer = if self.internal { &app.platform.internal_gateway.issuer } else { &app.platform.issuer };
        own.map(|(host, section)| certificate(app, host, &section.listener, issuer)).collect()
    }
}

fn ingresses<'a>(app: &'a App<'_>) -> impl Iterator<Item = &'a Ingress> {
    app.config.components.values().filter_map(|component| component.ingress.as_ref())
}

/// Which of its owner's sets has the listener of a shared host.
fn number(share: &HostShare) -> u32 {
    share.set.unwrap_or(1)
}

/// The name of one of an app's sets: the first has that of the app.
fn numbered(name: String, set: u32) -> String {
    if set > 1 { naming::further(&name, &set.to_string()) } else { name }
}

/// The listener that the owner of a host has for it.
fn guest(app: &App<'_>, internal: bool, host: &str, (owner, set): (&str, u32)) -> Result<Section, RenderError> {
    let (team, name) = app_name(host, owner)?;
    let namespace = Some(app.platform.namespace(team)).filter(|namespace| *namespace != app.namespace);
    let set = numbered(set_name(&naming::object(name, "web"), internal), set);
    Ok(Section { set, listener: slug(host, internal), namespace, role: Role::Guest })
}

/// The namespaces of guests, without the app's own.
fn others(app: &App<'_>, host: &str, guests: &[String]) -> Result<BTreeSet<String>, RenderError> {
    let namespace = |guest: &String| app_name(host, guest).map(|(team, _)| app.platform.namespace(team));
    let mut namespaces = guests.iter().map(namespace).collect::<Result<BTreeSet<_>, _>>()?;
    namespaces.remove(&app.namespace);
    Ok(namespaces)
}

fn app_name<'t>(host: &str, text: &'t str) -> Result<(&'t str, &'t str), RenderError> {
    let name = text.split_once('/').filter(|(team, app)| !team.is_empty() && !app.is_empty());
    name.ok_or_else(|| RenderError::new(format!("hosts.{host}"), format!("`{text}` is no app written `team/app`")))
}

fn listener(app: &App<'_>, host: &str, name: &str, guests: &BTreeSet<String>) -> Listener {
    Listener {
        name: name.to_owned(),
        port: 443,
        protocol: "HTTPS",
        hostname: host.to_owned(),
        tls: ListenerTls { mode: "Terminate", certificate_refs: vec![CertificateRef { name: secret(name) }] },
        allowed_routes: AllowedRoutes { namespaces: allowed(app, guests) },
    }
}

/// Its own namespace, and no more of the others than the guests'.
fn allowed(app: &App<'_>, guests: &BTreeSet<String>) -> NamespacesFrom {
    if guests.is_empty() {
        return NamespacesFrom { from: "Same", selector: None };
    }
    let named = LabelSelectorRequirement {
        key: NAMESPACE.to_owned(),
        operator: "In".to_owned(),
        values: Some(guests.iter().chain([&app.namespace]).cloned().collect::<BTreeSet<_>>().into_iter().collect()),
    };
    let selector = LabelSelector { match_labels: None, match_expressions: Some(vec![named]) };
    NamespacesFrom { from: "Selector", selector: Some(selector) }
}

fn certificate(app: &App<'_>, host: &str, section: &str, issuer: &str) -> Custom<CertificateSpec> {
    let spec = CertificateSpec {
        secret_name: secret(section),
        dns_names: vec![host.to_owned()],
        issuer_ref: IssuerRef { group: "cert-manager.io", kind: "ClusterIssuer", name: issuer.to_owned() },
        private_key: PrivateKey { algorithm: "ECDSA", size: 256, rotation_policy: "Always" },
        revision_history_limit: 1,
        usages: vec!["digital signature", "key encipherment", "server auth"],
    };
    Custom::certificate(app.metadata(section), spec)
}

/// The ListenerSet of an app.
fn set_name(app: &str, internal: bool) -> String {
    if internal { naming::further(app, "internal") } else { app.to_owned() }
}

/// A host as one label. `a-b.example` and `a.b.example` would share one, so a host with `-` carries a digest; so does one
/// that looks like a host with a digit at its front (`x.1.example`), and a public one that looks like an internal one
/// (`shop.internal`).
fn slug(host: &str, internal: bool) -> String {
    let plain = plain(host);
    if internal {
        let kept: String = plain.chars().take(40).collect();
        let fits = kept.len() == plain.len();
        let digest = if fits { String::new() } else { format!("-{}", naming::digest(host.as_bytes(), 8)) };
        return format!("{}{digest}-internal", kept.trim_end_matches('-'));
    }
    if plain.ends_with("-internal") { with_digest(&plain, host) } else { plain }
}

/// A host as one label that no other host of the same Gateway has.
fn plain(host: &str) -> String {
    let plain = naming::label(&host.replacen("*.", "wildcard-", 1));
    let leads = host.strip_prefix("x.").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_unclear = host.contains('-') || host.starts_with("*.") || leads || plain.len() > 59;
    if is_unclear { with_digest(&plain, host) } else { plain }
}

fn with_digest(plain: &str, host: &str) -> String {
    let kept: String = plain.chars().take(50).collect();
    format!("{}-{}", kept.trim_end_matches('-'), naming::digest(host.as_bytes(), 8))
}

fn secret(section: &str) -> String {
    format!("{section}-tls")
}
