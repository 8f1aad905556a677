//! Each fault that other converters were measured to have, by name, on the side of the manifests.

use super::{json, manifests, rendered};
use crate::render::Object;
use crate::render::text as written;

const WEB: &str = "plconfig: v1\napp: a\nteam: t\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 8080\n";

#[test]
fn b10_two_roles_never_share_a_service_account() {
    let of = |app: &str| {
        let role = format!("uses: {{role: {{type: iam, name: \"arn:aws:iam::111122223333:role/{app}\"}}}}\n");
        rendered(&format!("{role}{}", WEB.replace("app: a", &format!("app: {app}"))))
    };
    let (one, other) = (of("one"), of("other"));
    for (objects, app) in [(&one, "one"), (&other, "other")] {
        let account = json(objects, "ServiceAccount", app);
        let role = format!("arn:aws:iam::111122223333:role/{app}");
        assert_eq!(account["metadata"]["annotations"]["caravan.dev/role"], role);
        assert_eq!(json(objects, "Deployment", app)["spec"]["template"]["spec"]["serviceAccountName"], app);
        assert_eq!(objects.iter().filter(|object| object.kind() == "ServiceAccount").count(), 1);
    }
}

#[test]
fn b10_a_service_with_two_ports_names_them() {
    let objects = rendered(&format!("{WEB}    ports: {{metrics: \"9090\", admin: \"80\"}}\n"));
    let service = json(&objects, "Service", "a");
    let ports = service["spec"]["ports"].as_array().unwrap();
    let names: std::collections::BTreeSet<_> = ports.iter().map(|port| port["name"].as_str().unwrap()).collect();
    let numbers: std::collections::BTreeSet<_> = ports.iter().map(|port| port["port"].as_u64().unwrap()).collect();
    assert_eq!((names.len(), numbers.len()), (3, 3), "{service}");
    assert_eq!(service["spec"]["selector"]["app.kubernetes.io/name"], "a");
}

#[test]
fn b10_a_service_has_the_name_of_no_other_and_a_selector() {
    let text = format!("{WEB}  api:\n    type: web\n    port: 8080\n    sidecars: {{web: {{ports: {{p: \"9\"}}}}}}\n");
    let objects = rendered(&text);
    let names: Vec<_> = objects
        .iter()
        .filter_map(|object| match object {
            Object::Service(service) => {
                assert!(service.spec.as_ref().unwrap().selector.as_ref().is_some_and(|selector| !selector.is_empty()));
                service.metadata.name.clone()
            }
            _ => None,
        })
        .collect();
    assert_eq!(names, ["a", "a-api"]);
}

#[test]
fn b10_efs_never_becomes_host_path() {
    let text = written(&rendered(include_str!("stateful.yaml"))).unwrap();
    assert!(!text.contains("hostPath") && text.contains("efs.csi.aws.com"));
    assert!(text.contains("volumeHandle: fs-0123456789abcdef0::fsap-0123456789abcdef0"));
}

#[test]
fn b10_no_secret_stands_in_a_manifest() {
    let text = format!("{WEB}    secrets: {{TOKEN: shop#token}}\n    args: [\"--token=${{secret:TOKEN}}\"]\n");
    let objects = rendered(&text);
    assert!(objects.iter().all(|object| !matches!(object.kind(), "Secret")));
    let deployment = json(&objects, "Deployment", "a");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["args"][0], "--token=$(TOKEN)");
    assert_eq!(container["env"][0]["valueFrom"]["secretKeyRef"]["name"], "a-env");
    assert_eq!(json(&objects, "ExternalSecret", "a-env")["spec"]["data"][0]["remoteRef"]["key"], "team-t/shop");
}

#[test]
fn b10_command_and_arguments_keep_their_places() {
    let container = |more: &str| {
        let objects = rendered(&format!("{WEB}{more}"));
        json(&objects, "Deployment", "a")["spec"]["template"]["spec"]["containers"][0].clone()
    };
    let only_args = container("    args: [serve]\n");
    assert!(only_args.get("command").is_none() && only_args["args"][0] == "serve");
    let only_command = container("    command: [sh, -c, \"echo $$\"]\n");
    assert_eq!(only_command["command"][2], "echo $$$$");
    assert!(only_command.get("args").is_none());
}

#[test]
fn b10_no_size_is_invented() {
    let objects = rendered(WEB);
    let container = &json(&objects, "Deployment", "a")["spec"]["template"]["spec"]["containers"][0];
    assert!(container.get("resources").is_none());
    let objects = rendered(&format!("{WEB}    resources: {{cpu: 250m}}\n"));
    let container = json(&objects, "Deployment", "a")["spec"]["template"]["spec"]["containers"][0].clone();
    assert_eq!(container["resources"], serde_json::json!({"requests": {"cpu": "250m"}}));
}

#[test]
fn b10_the_processor_is_never_limited() {
    let text = manifests(include_str!("shop.yaml")) + &manifests(include_str!("stateful.yaml"));
    let limited =
        text.split("limits:").skip(1).any(|rest| rest.lines().nth(1).is_some_and(|line| line.contains("cpu:")));
    assert!(!limited);
}

#[test]
fn a_percent_sign_of_an_answer_is_one_to_envoy() {
    for (body, wanted) in [
        ("<style>body{width:100%}</style>", "<style>body{width:100%%}</style>"),
        ("%REQ(:path)%", "%%REQ(:path)%%"),
        ("50%% off", "50%%%% off"),
        ("closed", "closed"),
    ] {
        let config = format!(
            "plconfig: v1\napp: a\nteam: shop\ncomponents:\n  web:\n    type: web\n    image: a:1\n    port: 80\n    \
             ingress:\n      routes:\n      - hosts: [a.example.net]\n        respond: {{status: 503, body: \"{body}\"}}\n"
        );
        let objects = rendered(&config);
        let filter = objects.iter().find(|object| object.kind() == "HTTPRouteFilter").unwrap();
        let filter = serde_json::to_value(filter).unwrap();
        assert_eq!(filter["spec"]["directResponse"]["body"]["inline"], wanted, "{filter}");
    }
}

#[test]
fn b10_probes_and_architecture_survive() {
    let text = manifests(include_str!("legacy.yaml"));
    assert!(text.contains("kubernetes.io/arch: arm64"));
    let objects = rendered(include_str!("shop.yaml"));
    let container = json(&objects, "Deployment", "parcels")["spec"]["template"]["spec"]["containers"][0].clone();
    assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/ready");
    // The kubelet expands the commands of probes as those of containers.
    for probe in ["livenessProbe", "startupProbe"] {
        let command = &container[probe]["exec"]["command"][2];
        assert_eq!(command, "curl -f http://localhost:8080/$$(hostname) || exit 1");
    }
    assert_eq!(container["startupProbe"]["failureThreshold"], 8);
}

#[test]
fn what_never_comes_up_has_its_whole_startup_and_all_its_failures() {
    for (startup, interval, failures) in [(40, 20, 3), (20, 20, 2), (45, 15, 4), (7, 10, 1), (0, 30, 3)] {
        let config = format!(
            "plconfig: v1\napp: a\nteam: shop\ncomponents:\n  web:\n    type: web\n    image: a:1\n    port: 80\n    \
             health:\n      startup: {startup}s\n      live: {{path: /up, interval: {interval}s, failures: {failures}}}\n"
        );
        let container =
            json(&rendered(&config), "Deployment", "a")["spec"]["template"]["spec"]["containers"][0].clone();
        let probe = |name: &str, field: &str| container[name][field].as_u64();
        let field = |field| probe("startupProbe", field).unwrap();
        // Kubelet asks for the first time between this delay and one period later.
        let last = field("initialDelaySeconds") + field("periodSeconds") * (field("failureThreshold") - 1);
        assert!(last >= startup + interval * failures, "{container}");
        assert!(last < startup + interval * (failures + 1), "{container}");
        assert_eq!(probe("livenessProbe", "initialDelaySeconds"), None, "it has waited already");
    }
}
