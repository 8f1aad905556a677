//! What lies under the apps of the demonstration estate, on a real API server with the real definitions: applied twice, held
//! to what the apps refer to, and tried as a fence by what must not pass.

use crate::cases::{Converted, say};
use caravan_tests_testbed::{Cluster, Write as Mode, documents};
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Objects with the files that they stand in.
type Objects = [(String, Value)];

/// What the API server needs to hold a policy that it was given: it looks for them by itself.
const HELD_WITHIN: Duration = Duration::from_secs(60);

/// Everything of an environment that lies under its apps, in the order of the waves.
pub(crate) fn beneath(converted: &Converted, environment: &str) -> Vec<(String, Value)> {
    let mut objects = Vec::new();
    for (file, text) in converted.files("deployment", ".yaml") {
        let folder = [format!("platform/{environment}/"), format!("/jail/{environment}/")];
        if folder.iter().any(|folder| file.contains(folder.as_str())) {
            let documents = documents(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
            objects.extend(documents.into_iter().map(|document| (file.clone(), document)));
        }
    }
    let wave = |object: &Value| -> i32 {
        object["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
            .as_str()
            .map_or(0, |wave| wave.parse().unwrap())
    };
    objects.sort_by_key(|(_, object)| wave(object));
    objects
}

/// Applies the platform and the apps, and then everything once more: then nothing changes.
pub(crate) async fn apply_twice(cluster: &Cluster, client: &kube::Client, beneath: &Objects, apps: &Objects) {
    // Argo CD is what applies the tree: its namespace is there before.
    let argo = ("".to_owned(), json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}}));
    let all: Vec<&(String, Value)> = std::iter::once(&argo).chain(beneath).chain(apps).collect();
    let (mut refusals, mut first) = (Vec::new(), Vec::new());
    for (file, object) in &all {
        match apply(cluster, client, object).await {
            Ok(applied) => first.push(applied),
            Err(refusal) => refusals.push(format!("{file}: {refusal}")),
        }
    }
    assert!(refusals.is_empty(), "the API server refuses:\n{}", refusals.join("\n"));
    // Times are noted by the second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut changed = Vec::new();
    for ((file, object), before) in all.iter().zip(&first) {
        let after = apply(cluster, client, object).await.unwrap_or_else(|refusal| panic!("{file}: {refusal}"));
        // Of a policy the API server's own controller writes the status, which moves the time of our entry as well.
        let is_same = match object["kind"].as_str() {
            Some("ValidatingAdmissionPolicy") => {
                before["metadata"]["generation"] == after["metadata"]["generation"] && before["spec"] == after["spec"]
            }
            _ => ours(before) == ours(&after),
        };
        if !is_same {
            changed.push(format!("{file} {}: {before}\n{after}", object["metadata"]["name"]));
        }
    }
    assert!(changed.is_empty(), "the second time changes\n{}", changed.join("\n"));
    say(&format!("applied twice: {} objects of the platform, {} of the apps", beneath.len(), apps.len()));
}

/// Applies one object; a policy of the environment before may hold for a moment longer.
async fn apply(cluster: &Cluster, client: &kube::Client, object: &Value) -> Result<Value, String> {
    let begin = Instant::now();
    loop {
        match cluster.apply(client, object, Mode::Persist).await {
            Ok(applied) => return Ok(applied),
            Err(refusal) => {
                let text = refusal.to_string();
                if !text.contains("ValidatingAdmissionPolicy") || begin.elapsed() > Duration::from_secs(10) {
                    return Err(text);
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

/// What the API server notes of our own writes: which fields, and when one of them was last changed by us. Controllers write
/// into objects meanwhile; that is noted under their names.
fn ours(object: &Value) -> Vec<&Value> {
    let all = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let ours: Vec<_> = all.filter(|entry| entry["manager"] == "testbed").collect();
    // Of an object that is a name alone nothing is noted.
    assert!(ours.len() <= 1, "{}", object["metadata"]);
    ours
}

/// Whatever an object of an app names is an object of the tree, or is made by one.
pub(crate) fn every_reference_leads_to_something(environment: &str, beneath: &Objects, apps: &Objects) {
    let mut there = BTreeSet::new();
    for (_, object) in beneath.iter().chain(apps) {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (kind, namespace, name) = (text("/kind"), text("/metadata/namespace"), text("/metadata/name"));
        there.insert(format!("{kind} {namespace}/{name}"));
        let secret = match kind {
            "ExternalSecret" => text("/spec/target/name"),
            "Certificate" => text("/spec/secretName"),
            _ => continue,
        };
        there.insert(format!("Secret {namespace}/{secret}"));
    }
    there.extend(held_back(apps));
    let mut references = BTreeSet::new();
    for (_, object) in beneath.iter().chain(apps) {
        gather(object, object["metadata"]["namespace"].as_str().unwrap_or_default(), &mut references);
    }
    let kinds: BTreeSet<&str> = references.iter().filter_map(|one| one.split_whitespace().next()).collect();
    // Production has an app for each of these.
    let expected = [
        "SecretStore",
        "Gateway",
        "GatewayClass",
        "EnvoyProxy",
        "ListenerSet",
        "ServiceAccount",
        "ConfigMap",
        "Secret",
    ];
    let further =
        ["Service", "ClusterIssuer", "TriggerAuthentication", "EC2NodeClass", "Role", "Deployment", "AppProject"];
    let volumes = ["PersistentVolume", "PersistentVolumeClaim"];
    for kind in expected.iter().chain(&further).chain(&volumes).filter(|_| environment == "production") {
        assert!(kinds.contains(kind), "{environment}: no reference to a {kind} was followed: {kinds:?}");
    }
    let missing: Vec<_> = references.difference(&there).collect();
    assert!(missing.is_empty(), "{environment}: nothing makes {missing:#?}");
    say(&format!("{environment}: {} references lead to something", references.len()));
}

/// The Secrets of certificates that are not ordered before the hand-over of their host (C6): a route of the host says so.
fn held_back(apps: &Objects) -> BTreeSet<String> {
    let is_held = |object: &Value| object["metadata"]["annotations"]["caravan.dev/suspended"].is_string();
    let routes =
        apps.iter().map(|(_, object)| object).filter(|object| object["kind"] == "HTTPRoute" && is_held(object));
    let hosts: BTreeSet<&str> = routes
        .flat_map(|route| route["spec"]["hostnames"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    let mut secrets = BTreeSet::new();
    for (_, set) in apps.iter().filter(|(_, object)| object["kind"] == "ListenerSet") {
        for listener in set["spec"]["listeners"].as_array().into_iter().flatten() {
            if listener["hostname"].as_str().is_some_and(|host| hosts.contains(host)) {
                let secret = listener["tls"]["certificateRefs"][0]["name"].as_str().unwrap();
                secrets.insert(format!("Secret {}/{secret}", set["metadata"]["namespace"].as_str().unwrap()));
            }
        }
    }
    secrets
}

/// Notes a reference, if it names something.
fn note(found: &mut BTreeSet<String>, kind: &str, namespace: &str, name: &Value) {
    if let Some(name) = name.as_str() {
        found.insert(format!("{kind} {namespace}/{name}"));
    }
}

/// Every reference in an object, as `Kind namespace/name`.
fn gather(value: &Value, namespace: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| gather(value, namespace, found)),
        Value::Object(map) => {
            for (key, value) in map {
                let of = |name: &str| value[name].as_str();
                let there = of("namespace").unwrap_or(namespace);
                match key.as_str() {
                    "serviceAccountName" => note(found, "ServiceAccount", namespace, value),
                    "secretKeyRef" => note(found, "Secret", namespace, &value["name"]),
                    "configMap" => note(found, "ConfigMap", namespace, &value["name"]),
                    "secret" => note(found, "Secret", namespace, &value["secretName"]),
                    "claimName" => note(found, "PersistentVolumeClaim", namespace, value),
                    "volumeName" => note(found, "PersistentVolume", "", value),
                    "secretStoreRef" | "storeRef" => {
                        note(found, of("kind").unwrap_or_default(), namespace, &value["name"])
                    }
                    "authenticationRef" => note(found, "TriggerAuthentication", namespace, &value["name"]),
                    "issuerRef" => note(found, of("kind").unwrap_or_default(), "", &value["name"]),
                    "gatewayClassName" => note(found, "GatewayClass", "", value),
                    "nodeClassRef" => note(found, of("kind").unwrap_or_default(), "", &value["name"]),
                    "parametersRef" | "parentRef" | "scaleTargetRef" | "extensionRef" => {
                        note(found, of("kind").unwrap_or_default(), there, &value["name"]);
                    }
                    "roleRef" => note(found, "Role", namespace, &value["name"]),
                    "project" => note(found, "AppProject", "argocd", value),
                    "policyName" => note(found, "ValidatingAdmissionPolicy", "", value),
                    "imagePullSecrets" | "certificateRefs" => {
                        for one in value.as_array().into_iter().flatten() {
                            note(found, "Secret", namespace, &one["name"]);
                        }
                    }
                    "parentRefs" | "targetRefs" => {
                        for one in value.as_array().into_iter().flatten() {
                            let there = one["namespace"].as_str().unwrap_or(namespace);
                            note(found, one["kind"].as_str().unwrap_or_default(), there, &one["name"]);
                        }
                    }
                    "backendRefs" => {
                        for one in value.as_array().into_iter().flatten() {
                            note(found, one["kind"].as_str().unwrap_or("Service"), namespace, &one["name"]);
                        }
                    }
                    _ => {}
                }
                gather(value, namespace, found);
            }
        }
        _ => {}
    }
}

/// A pod, and what is wrong with it.
fn pod(name: &str, image: &str, more: Value) -> Value {
    let mut container = json!({"name": "a", "image": image, "securityContext": {
        "allowPrivilegeEscalation": false, "runAsNonRoot": true, "runAsUser": 1000,
        "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
    }});
    let mut spec = json!({});
    for (key, value) in more.as_object().unwrap() {
        if ["volumes", "hostNetwork", "hostPID"].contains(&key.as_str()) {
            spec[key] = value.clone();
        } else {
            container[key] = value.clone();
        }
    }
    spec["containers"] = json!([container]);
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "team-tracking"}, "spec": spec})
}

/// What must not come into a team's namespace does not, and what may does.
pub(crate) async fn policies_hold(cluster: &Cluster, client: &kube::Client) {
    const OWN: &str = "417263850914.dkr.ecr.eu-central-1.amazonaws.com/tracking/tracking-api:1";
    let route = |hosts: Value, annotations: Value| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": {"name": "probe", "namespace": "team-tracking", "annotations": annotations},
            "spec": {"hostnames": hosts, "rules": [{"backendRefs": [{"name": "a", "port": 80}]}]},
        })
    };
    let certificate = |host: &str| {
        json!({
            "apiVersion": "cert-manager.io/v1", "kind": "Certificate",
            "metadata": {"name": "probe", "namespace": "team-tracking"},
            "spec": {"secretName": "probe", "dnsNames": [host], "issuerRef": {"kind": "ClusterIssuer", "name": "letsencrypt"}},
        })
    };
    let own = "suivi.maison-dubois.example";
    for (what, object) in [
        ("an image of its own registry", pod("probe", OWN, json!({}))),
        ("a host of its own", route(json!([own]), json!({}))),
        ("a certificate of its own", certificate(own)),
        ("a record of its own", route(json!([own]), json!({"external-dns.alpha.kubernetes.io/hostname": own}))),
    ] {
        let taken = cluster.apply(client, &object, Mode::DryRun).await;
        assert!(taken.is_ok(), "{what}: {}", taken.unwrap_err());
    }
    let foreign = "console.tracklark.example";
    let refused = [
        ("images come from", pod("probe", "registry.evil.example/miner:1", json!({}))),
        ("images come from", pod("probe", "evil/miner:1", json!({}))),
        ("privileged", pod("probe", OWN, json!({"securityContext": {"privileged": true}}))),
        ("hostPath", pod("probe", OWN, json!({"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}))),
        ("host", pod("probe", OWN, json!({"hostNetwork": true}))),
        ("capabilit", pod("probe", OWN, json!({"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}))),
        ("a route names its hosts", route(json!([foreign]), json!({}))),
        ("a route names its hosts", route(json!([]), json!({}))),
        ("a certificate is for", certificate(foreign)),
        (
            "a DNS record",
            route(json!([own]), json!({"external-dns.alpha.kubernetes.io/hostname": format!("{own},{foreign}")})),
        ),
    ];
    for (why, object) in refused {
        let begin = Instant::now();
        let text = loop {
            match cluster.apply(client, &object, Mode::DryRun).await {
                Err(refusal) => break refusal.to_string(),
                Ok(_) => assert!(begin.elapsed() < HELD_WITHIN, "{why}: the API server takes {object}"),
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        assert!(text.contains(why), "{why}: {text}");
    }
}

/// Somebody of the team `tracking`, by real requests: in its namespace what the role allows, in another's nothing.
pub(crate) async fn a_team_s_people_do_what_they_should_and_no_more(cluster: &Cluster, client: &kube::Client) {
    let mut kubeconfig = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
    let user = kubeconfig.auth_infos[0].auth_info.as_mut().unwrap();
    user.impersonate = Some("ada".to_owned());
    user.impersonate_groups = Some(vec!["tracklark-tracking".to_owned(), "system:authenticated".to_owned()]);
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    let ada = kube::Client::try_from(config).unwrap();
    let forbidden = |error: kube::Error| matches!(&error, kube::Error::Api(status) if status.code == 403);
    let own = Api::<Pod>::namespaced(ada.clone(), "team-tracking");
    let pods = own.list(&ListParams::default()).await.unwrap().items;
    let name = pods[0].metadata.name.clone().unwrap();
    own.delete(&name, &DeleteParams { dry_run: true, ..DeleteParams::default() }).await.unwrap();
    let mut made = pods[0].clone();
    made.metadata = Default::default();
    made.metadata.name = Some("mine".to_owned());
    assert!(forbidden(own.create(&PostParams::default(), &made).await.unwrap_err()), "a pod past Git");
    let secrets = Api::<Secret>::namespaced(ada.clone(), "team-tracking");
    assert!(forbidden(secrets.list(&ListParams::default()).await.unwrap_err()), "secrets");
    let maps = Api::<ConfigMap>::namespaced(ada.clone(), "team-tracking");
    assert!(forbidden(maps.delete("any", &DeleteParams::default()).await.unwrap_err()), "what Git says");
    for namespace in ["team-billing", "argocd", "kube-system"] {
        let other = Api::<Pod>::namespaced(ada.clone(), namespace);
        assert!(forbidden(other.list(&ListParams::default()).await.unwrap_err()), "{namespace}");
    }
    assert!(forbidden(Api::<Pod>::all(ada).list(&ListParams::default()).await.unwrap_err()), "all namespaces");
    // What the cluster says of it, for what can't be tried.
    for (verb, group, resource, namespace, allowed) in [
        ("create", "", "pods/portforward", "team-tracking", true),
        ("get", "", "pods/log", "team-tracking", true),
        ("create", "", "pods/exec", "team-tracking", false),
        ("patch", "apps", "deployments", "team-tracking", false),
        ("create", "rbac.authorization.k8s.io", "rolebindings", "team-tracking", false),
        ("update", "", "resourcequotas", "team-tracking", false),
        ("get", "", "pods/log", "team-billing", false),
        ("create", "", "namespaces", "", false),
    ] {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {},
            "spec": {"user": "ada", "groups": ["tracklark-tracking", "system:authenticated"], "resourceAttributes": {
                "verb": verb, "group": group, "resource": resource, "subresource": subresource, "namespace": namespace,
            }},
        });
        let api = Api::<k8s_openapi::api::authorization::v1::SubjectAccessReview>::all(client.clone());
        let answer = api.create(&PostParams::default(), &serde_json::from_value(review).unwrap()).await.unwrap();
        assert_eq!(answer.status.unwrap().allowed, allowed, "{verb} {resource}/{subresource} in {namespace}");
    }
}
