//! What the API server refuses in teams' namespaces, whoever asks: pods that reach into their node, images from anywhere,
//! names that are another team's.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use crate::needs::CAPABILITIES;
use crate::{Needs, Platform};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const POLICY: &[Row] = &[
    row("", "admission", "what the API server refuses in teams' namespaces", &[From::Setting("group")]),
    row(
        "/spec/variables",
        "registries",
        "the registries that are allowed: those of the setting, else those of the apps' images",
        &[From::Setting("registries"), From::Setting("images/registry"), From::Setting("group"), From::Apps],
    ),
    row(
        "/spec/validations",
        "admission",
        "what the API server refuses in teams' namespaces",
        &[From::Setting("registries"), From::Setting("images/registry"), From::Setting("group"), From::Apps],
    ),
];

const BINDING: &[Row] =
    &[row("", "admission-binding", "it holds in every team's namespace", &[From::Setting("group")])];

/// Where the pods come from by which cert-manager proves the names of a team, in the team's namespace.
const SOLVER: &str = "quay.io/jetstack";

/// The registry of images whose reference names none.
const HUB: &str = "docker.io";

/// Kinds that pods are made of, and pods themselves, also when a container is put into a running one.
const RUNNERS: &[(&str, &str, &[&str])] = &[
    ("", "v1", &["pods", "pods/ephemeralcontainers", "replicationcontrollers"]),
    ("apps", "v1", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
    ("batch", "v1", &["jobs", "cronjobs"]),
];

/// Kinds that take names.
const NAMES: &[(&str, &str, &[&str])] = &[
    ("gateway.networking.k8s.io", "v1", &["httproutes", "grpcroutes", "tlsroutes", "listenersets"]),
    ("cert-manager.io", "v1", &["certificates"]),
    ("", "v1", &["services"]),
];

/// The policies with their bindings.
pub(super) fn admission(cluster: &Cluster<'_>) -> Vec<Document> {
    [policy(cluster, "team-pods", RUNNERS, pods(cluster)), policy(cluster, "team-names", NAMES, names(cluster))]
        .concat()
}

fn policy(cluster: &Cluster<'_>, name: &str, kinds: &[(&str, &str, &[&str])], spec: Value) -> Vec<Document> {
    const API: &str = "admissionregistration.k8s.io/v1";
    let rule = |(group, version, resources): &(&str, &str, &[&str])| {
        json!({
            "apiGroups": [group], "apiVersions": [version], "operations": ["CREATE", "UPDATE"], "resources": resources,
        })
    };
    let mut spec = spec;
    spec["failurePolicy"] = json!("Fail");
    spec["matchConstraints"] = json!({"resourceRules": kinds.iter().map(rule).collect::<Vec<_>>()});
    let binding = json!({
        "policyName": name,
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": cluster.team_namespaces()},
    });
    vec![
        Document::new(API, "ValidatingAdmissionPolicy", name, POLICY).wave(wave::FENCES).with(json!({"spec": spec})),
        Document::new(API, "ValidatingAdmissionPolicyBinding", name, BINDING)
            .wave(wave::FENCES)
            .with(json!({"spec": binding})),
    ]
}

/// An expression for a list in an annotation of the namespace.
fn annotation(cluster: &Cluster<'_>, name: &str) -> String {
    let key = cluster.key(name);
    format!(
        "has(namespaceObject.metadata.annotations) && '{key}' in namespaceObject.metadata.annotations ? \
         namespaceObject.metadata.annotations['{key}'].split(',') : []"
    )
}

fn variable(name: &str, expression: &str) -> Value {
    json!({"name": name, "expression": expression})
}

fn validation(expression: &str, message: &str) -> Value {
    json!({"expression": expression, "message": message})
}

fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let quoted: Vec<String> = texts.into_iter().map(|text| format!("'{text}'")).collect();
    format!("[{}]", quoted.join(", "))
}

fn pods(cluster: &Cluster<'_>) -> Value {
    let registries = registries(cluster);
    let registries: Vec<&str> = registries.iter().map(String::as_str).collect();
    let optional = |field: &str| format!("(has(variables.pod.{field}) ? variables.pod.{field} : [])");
    let all =
        format!("variables.pod.containers + {} + {}", optional("initContainers"), optional("ephemeralContainers"));
    // As a container runtime reads a reference: a host is what has a dot or a colon, or is localhost.
    let whole = format!(
        "variables.containers.filter(c, has(c.image)).map(c, !c.image.contains('/') ? '{HUB}/library/' + c.image : \
         (c.image.split('/')[0].contains('.') || c.image.split('/')[0].contains(':') || \
         c.image.split('/')[0] == 'localhost') ? c.image : '{HUB}/' + c.image)"
    );
    let context = "has(c.securityContext)";
    json!({
        "variables": [
            variable(
                "pod",
                "object.kind == 'Pod' ? object.spec : object.kind == 'CronJob' ? \
                 object.spec.jobTemplate.spec.template.spec : object.spec.template.spec",
            ),
            variable("containers", &all),
            variable("images", &whole),
            variable("registries", &list(registries.iter().copied())),
            variable("capabilities", &format!("({}) + {}", annotation(cluster, "capabilities"), list(CAPABILITIES.iter().copied()))),
        ],
        "validations": [
            validation(
                "variables.images.all(i, variables.registries.exists(r, i.startsWith(r + '/')))",
                &format!("images come from {}", registries.join(", ")),
            ),
            validation(
                &format!("variables.containers.all(c, !({context} && has(c.securityContext.privileged) && c.securityContext.privileged))"),
                "no container is privileged",
            ),
            validation(
                "!(has(variables.pod.hostNetwork) && variables.pod.hostNetwork) && \
                 !(has(variables.pod.hostPID) && variables.pod.hostPID) && \
                 !(has(variables.pod.hostIPC) && variables.pod.hostIPC)",
                "no pod shares the network, the processes or the memory of its node",
            ),
            validation(
                "!has(variables.pod.volumes) || variables.pod.volumes.all(v, !has(v.hostPath))",
                "no pod mounts a folder of its node",
            ),
            validation(
                "variables.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))",
                "no container takes a port of its node",
            ),
            validation(
                &format!(
                    "variables.containers.all(c, !({context} && has(c.securityContext.capabilities) && \
                     has(c.securityContext.capabilities.add)) || \
                     c.securityContext.capabilities.add.all(a, a in variables.capabilities))"
                ),
                &format!("a capability is added that neither container runtimes give nor {} names", cluster.key("capabilities")),
            ),
        ],
    })
}

/// Where images may come from: what is set, else where those of the apps come from; and the pods that prove names.
fn registries(cluster: &Cluster<'_>) -> BTreeSet<String> {
    let settings = cluster.settings;
    let mut registries: BTreeSet<String> = if settings.registries.is_empty() {
        cluster.needs.images.iter().map(|image| host(image).to_owned()).collect()
    } else {
        settings.registries.iter().map(|text| text.trim_end_matches('/').to_owned()).collect()
    };
    registries.insert(SOLVER.to_owned());
    registries
}

/// The registry of an image.
fn host(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => HUB,
    }
}

/// An image as it is fetched, with its registry.
fn whole(image: &str) -> String {
    match image.contains('/') {
        false => format!("{HUB}/library/{image}"),
        true if host(image) == HUB && !image.starts_with(HUB) => format!("{HUB}/{image}"),
        true => image.to_owned(),
    }
}

/// Images of an app that the policy refuses in every cluster: those of no registry of the setting, where it names any.
pub(super) fn foreign_images(settings: &Platform, needs: &Needs) -> Vec<String> {
    let registries = settings.registries.iter().map(|text| text.trim_end_matches('/'));
    let allowed = |image: &&String| registries.clone().any(|one| whole(image).starts_with(&format!("{one}/")));
    if settings.registries.is_empty() {
        return Vec::new();
    }
    needs.images.iter().filter(|image| !allowed(image)).cloned().collect()
}

/// Images of apps that the policy refuses.
pub(super) fn refused_images(cluster: &Cluster<'_>) -> Vec<String> {
    let registries = registries(cluster);
    let allowed = |image: &str| registries.iter().any(|one| whole(image).starts_with(&format!("{one}/")));
    cluster.needs.images.iter().filter(|image| !allowed(image)).cloned().collect()
}

fn names(cluster: &Cluster<'_>) -> Value {
    const DNS: &str = "external-dns.alpha.kubernetes.io/hostname";
    let is_own = |name: &str| {
        format!(
            "({name} in variables.hosts || variables.hosts.exists(p, p.startsWith('*.') && {name}.endsWith(p.substring(1))))"
        )
    };
    let is_lent = format!("({} || h in variables.guests)", is_own("h"));
    json!({
        "variables": [
            variable("hosts", &annotation(cluster, "hosts")),
            variable("guests", &annotation(cluster, "guest-hosts")),
            variable(
                "records",
                &format!(
                    "has(object.metadata.annotations) && '{DNS}' in object.metadata.annotations ? \
                     object.metadata.annotations['{DNS}'].split(',') : []"
                ),
            ),
        ],
        "validations": [
            validation(
                &format!(
                    "object.kind == 'ListenerSet' || object.kind == 'Certificate' || object.kind == 'Service' || \
                     (has(object.spec.hostnames) && object.spec.hostnames.size() > 0 && \
                     object.spec.hostnames.all(h, {is_lent}))"
                ),
                &format!("a route names its hosts, and each is in the namespace's {} or {}", cluster.key("hosts"), cluster.key("guest-hosts")),
            ),
            validation(
                &format!(
                    "object.kind != 'ListenerSet' || object.spec.listeners.all(l, has(l.hostname) && {})",
                    is_own("l.hostname")
                ),
                &format!("a listener names its host, and it is in the namespace's {}", cluster.key("hosts")),
            ),
            validation(
                &format!(
                    "object.kind != 'Certificate' || ((has(object.spec.dnsNames) ? object.spec.dnsNames : []) + \
                     (has(object.spec.commonName) && object.spec.commonName != '' ? [object.spec.commonName] : []))\
                     .all(h, {})",
                    is_own("h")
                ),
                &format!("a certificate is for names in the namespace's {}", cluster.key("hosts")),
            ),
            validation(
                &format!("variables.records.all(h, {})", is_own("h.trim()")),
                &format!("a DNS record is asked for names in the namespace's {}", cluster.key("hosts")),
            ),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_read_as_a_container_runtime_reads_them() {
        for (image, registry, fetched) in [
            ("redis:7", "docker.io", "docker.io/library/redis:7"),
            ("bitnami/redis", "docker.io", "docker.io/bitnami/redis"),
            ("docker.io/bitnami/redis", "docker.io", "docker.io/bitnami/redis"),
            ("registry.example.com/a/b@sha256:00", "registry.example.com", "registry.example.com/a/b@sha256:00"),
            ("localhost/a", "localhost", "localhost/a"),
            ("host:5000/a", "host:5000", "host:5000/a"),
        ] {
            assert_eq!((host(image), whole(image).as_str()), (registry, fetched), "{image}");
        }
    }
}
