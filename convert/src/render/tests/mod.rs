//! Whole plconfigs, and the faults that other converters were measured to have.

mod arrives;
mod faults;

use super::*;
use crate::render_file;

fn manifests(plconfig: &str) -> String {
    render_file(plconfig, "prod", &Platform::default()).unwrap()
}

fn rendered(plconfig: &str) -> Vec<Object> {
    let config = PlConfig::read(plconfig).unwrap().for_environment("prod").unwrap();
    objects(&config, &Platform::default(), "prod").unwrap()
}

/// A manifest as JSON.
fn json(objects: &[Object], kind: &str, name: &str) -> serde_json::Value {
    let found = |object: &&Object| object.kind() == kind && object.metadata().name.as_deref() == Some(name);
    let object = objects.iter().find(found).unwrap_or_else(|| panic!("no {kind} {name}"));
    serde_json::to_value(object).unwrap()
}

#[test]
fn an_app_of_all_kinds() {
    insta::assert_snapshot!(manifests(include_str!("shop.yaml")));
}

#[test]
fn an_app_with_disks() {
    insta::assert_snapshot!(text(&rendered(include_str!("stateful.yaml"))).unwrap());
}

#[test]
fn what_stands_in_no_namespace_is_in_the_platform_s_tree_alone() {
    let all = rendered(include_str!("stateful.yaml"));
    let volumes = Scope::Cluster.of(all.clone());
    let kinds: Vec<&str> = volumes.iter().map(Object::kind).collect();
    assert_eq!(kinds, ["PersistentVolume", "PersistentVolume"]);
    let own = manifests(include_str!("stateful.yaml"));
    assert!(!own.contains("kind: PersistentVolume\n") && own.contains("kind: PersistentVolumeClaim\n"));
    assert_eq!(own, text(&Scope::Team.of(all)).unwrap());
}

#[test]
fn an_app_that_keeps_its_old_ways() {
    insta::assert_snapshot!(manifests(include_str!("legacy.yaml")));
}

#[test]
fn an_app_that_must_not_start_yet() {
    insta::assert_snapshot!(manifests(include_str!("suspended.yaml")));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for text in [include_str!("shop.yaml"), include_str!("stateful.yaml"), include_str!("legacy.yaml")] {
        assert_eq!(manifests(text), manifests(text));
    }
}

#[test]
fn routes_stay_within_the_bounds_of_one_route() {
    let hosts: Vec<String> = (0..100).map(|n| format!("h{n}.customers.example")).collect();
    let paths: Vec<String> = (0..300).map(|n| format!("/p{n}")).collect();
    let text = format!(
        "plconfig: v1\napp: many\nteam: tracking\nimage: r.example/m:1\ncomponents:\n  web:\n    type: web\n    port: 80\n    ingress: {{hosts: [{}], paths: [{}]}}\n",
        hosts.join(", "),
        paths.join(", ")
    );
    let objects = rendered(&text);
    let (mut listeners, mut routed) = (0, std::collections::BTreeSet::new());
    for object in &objects {
        match object {
            Object::ListenerSet(set) => {
                assert!(set.spec.listeners.len() <= 64);
                listeners += set.spec.listeners.len();
            }
            Object::HttpRoute(route) => {
                let matches: usize = route.spec.rules.iter().map(|rule| rule.matches.len()).sum();
                assert!(route.spec.hostnames.len() <= 16 && route.spec.parent_refs.len() <= 32);
                assert!(route.spec.rules.len() <= 16 && matches <= 128);
                assert!(route.spec.rules.iter().all(|rule| rule.matches.len() <= 64));
                for host in &route.spec.hostnames {
                    let paths = route.spec.rules.iter().flat_map(|rule| &rule.matches);
                    routed.extend(paths.map(|path| (host.clone(), path.path.value.clone())));
                }
            }
            _ => {}
        }
    }
    assert_eq!(listeners, 100);
    assert_eq!(routed.len(), 101 * 300, "each host, the app's own too, has each path");
}

/// Envoy ends a request after 15 s where nobody says otherwise: somebody always does.
#[test]
fn how_long_a_request_may_take_is_always_said() {
    let of = |ingress: &str| {
        let text = format!(
            "plconfig: v1\napp: a\nteam: t\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 80\n    ingress: {{{ingress}}}\n"
        );
        let objects = rendered(&text);
        let policies: Vec<_> = objects
            .iter()
            .filter(|object| object.kind() == "BackendTrafficPolicy")
            .map(|object| serde_json::to_value(object).unwrap())
            .collect();
        assert!(policies.len() <= 1, "only one may speak for a route");
        let whole = json(&objects, "HTTPRoute", "a").pointer("/spec/rules/0/timeouts/request").cloned();
        (policies.first().map(|policy| policy["spec"].clone()), whole)
    };
    for (ingress, request, idle, whole) in [
        ("", Some("0s"), Some("1m"), None),
        ("idle_timeout: 4000s", Some("0s"), Some("1h6m40s"), None),
        ("idle_timeout: 0s", Some("0s"), Some("0s"), None),
        ("timeout: 29s", None, None, Some("29s")),
        ("timeout: 10m, idle_timeout: 2m", None, Some("2m"), Some("10m")),
    ] {
        let (policy, said) = of(ingress);
        assert_eq!(said.as_ref().and_then(|text| text.as_str()), whole, "{ingress}");
        let http = |field: &str| policy.as_ref().and_then(|policy| policy["timeout"]["http"][field].as_str());
        assert_eq!((http("requestTimeout"), http("streamIdleTimeout")), (request, idle), "{ingress}");
        if let Some(policy) = &policy {
            assert_eq!(policy["mergeType"], "StrategicMerge");
            assert_eq!(policy["targetRefs"][0]["name"], "a");
        }
    }
    // With sessions beside it, one policy says both.
    let policy = of("sticky: 1h").0.unwrap();
    assert_eq!(policy["timeout"]["http"]["streamIdleTimeout"], "1m");
    assert_eq!(policy["loadBalancer"]["consistentHash"]["cookie"]["ttl"], "1h");
}

#[test]
fn headers_of_answers_are_the_first_filter_of_each_route() {
    let ingress = "hosts: [], response_headers: {Server: \"\", X-Frame-Options: DENY}, \
                   routes: [{paths: [/old], redirect: {path: /new, status: 301}}, {paths: [/no], respond: {status: 403}}, \
                   {response_headers: {X-Frame-Options: SAMEORIGIN}}]";
    let text = format!(
        "plconfig: v1\napp: a\nteam: t\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 80\n    ingress: {{{ingress}}}\n"
    );
    let route = json(&rendered(&text), "HTTPRoute", "a");
    for (rule, kinds, frames) in [
        (0, &["ResponseHeaderModifier", "RequestRedirect"][..], "DENY"),
        (1, &["ResponseHeaderModifier", "ExtensionRef"], "DENY"),
        (2, &["ResponseHeaderModifier"], "SAMEORIGIN"),
    ] {
        let filters = route["spec"]["rules"][rule]["filters"].as_array().unwrap();
        assert_eq!(filters.iter().map(|filter| filter["type"].as_str().unwrap()).collect::<Vec<_>>(), kinds);
        let modifier = &filters[0]["responseHeaderModifier"];
        assert_eq!(modifier["set"], serde_json::json!([{"name": "X-Frame-Options", "value": frames}]));
        assert_eq!(modifier["remove"], serde_json::json!(["Server"]));
    }
}

#[test]
fn what_can_not_be_names_its_place() {
    let web = "plconfig: v1\napp: a\nteam: t\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 80\n";
    for (more, place) in [
        ("    ingress: {hosts: [\"*.a.example\"], auth: {mode: login}}\n", "components.web.ingress.auth"),
        ("    ingress: {}\n    protocol: tcp\n", "components.web.ingress"),
        ("    ingress: {hosts: [\"a_b.example\"]}\n", "components.web.ingress.hosts"),
        ("    ingress: {paths: [/a//b]}\n", "components.web.ingress.paths"),
        ("    ingress: {idle_timeout: 1000000h}\n", "components.web.ingress.idle_timeout"),
        ("    ingress: {response_headers: {\"a b\": x}}\n", "components.web.ingress.response_headers"),
        (
            "    ingress: {routes: [{response_headers: {a: \"x\\ny\"}}]}\n",
            "components.web.ingress.routes.0.response_headers",
        ),
        ("    sidecars: {a: {after: [b]}, b: {after: [a]}}\n", "components.web.sidecars"),
        ("    sidecars: {web: {}}\n", "components.web.sidecars.web"),
        ("    scale: {min: 1, max: 2, queue: {use: nothing, length: 1}}\n", "components.web.scale.queue.use"),
        ("    network: {allow: [{cidr: everywhere}]}\n", "components.web.network.allow"),
        ("    files: {relative: x}\n", "components.web.files"),
    ] {
        let error = render_file(&format!("{web}{more}"), "prod", &Platform::default()).unwrap_err().to_string();
        assert!(error.starts_with(place), "{more}: {error}");
    }
}

#[test]
fn every_name_is_legal() {
    let long = "a-very-long-name-of-an-app-0123456789";
    let component = "b-long-component-01234567890";
    let text = format!(
        "plconfig: v1\napp: {long}\nteam: a-team-with-a-name-of-forty-characters-x\nimage: i\nsecrets: {{A: a}}\ncomponents:\n  {component}:\n    type: cron\n    schedule: 0 0 * * *\n    volumes: {{/a/very/long/path/that/goes/on/and/on/and/on/and/on/and/on/x: {{efs: {{file_system: fs-1}}}}}}\n    files: {{/f: x}}\n"
    );
    for object in rendered(&text) {
        let name = object.metadata().name.clone().unwrap();
        assert!(name.len() <= 63, "{} {name}", object.kind());
        if object.kind() == "CronJob" {
            assert!(name.len() <= 52, "{name}");
        }
        for value in object.metadata().labels.iter().flatten().map(|(_, value)| value) {
            assert!(value.len() <= 63, "{value}");
        }
    }
}

#[test]
fn only_what_may_run_is_asked_for() {
    let objects = rendered(include_str!("suspended.yaml"));
    assert_eq!(json(&objects, "Deployment", "dispatch")["spec"]["replicas"], 0);
    let after =
        &json(&objects, "Deployment", "dispatch")["metadata"]["annotations"]["caravan.dev/replicas-after-hand-over"];
    assert_eq!(after, "3");
    assert_eq!(json(&objects, "Deployment", "dispatch-consumer")["spec"]["replicas"], 0);
    let scaled = json(&objects, "ScaledObject", "dispatch-consumer");
    assert_eq!(scaled["metadata"]["annotations"]["autoscaling.keda.sh/paused-replicas"], "0");
    assert_eq!(json(&objects, "CronJob", "dispatch-nightly")["spec"]["suspend"], true);
    assert_eq!(json(&objects, "Job", "dispatch-upgrade")["spec"]["suspend"], true);
    assert!(objects.iter().all(|object| object.kind() != "Certificate"));
    let route = json(&objects, "HTTPRoute", "dispatch");
    assert!(route["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/controller"].is_string());
}

/// An app of team shop with one component that serves these hosts.
fn sharing(app: &str, hosts: &str, ingress: &str) -> String {
    format!(
        "plconfig: v1\napp: {app}\nteam: shop\nimage: r.example/m:1\nhosts: {hosts}\ncomponents:\n  web:\n    type: web\n    port: 80\n    ingress: {ingress}\n"
    )
}

#[test]
fn a_host_that_apps_share_has_one_listener_and_one_certificate_and_the_guests_routes_attach_to_it() {
    let owner = sharing("front", "{a.example: {guests: [shop/back, pay/till]}}", "{hosts: [a.example, b.example]}");
    let owner = rendered(&owner);
    let set = json(&owner, "ListenerSet", "front");
    let allowed = |at: usize| set["spec"]["listeners"][at]["allowedRoutes"]["namespaces"].clone();
    let names = serde_json::json!([
        {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["team-pay", "team-shop"]}
    ]);
    assert_eq!(allowed(0), serde_json::json!({"from": "Selector", "selector": {"matchExpressions": names}}));
    assert_eq!(allowed(1), serde_json::json!({"from": "Same"}));
    json(&owner, "Certificate", "a.example".replace('.', "-").as_str());

    let text = sharing("back", "{a.example: {owner: shop/front}}", "{hosts: [a.example, c.example], paths: [/v1]}");
    let guest = rendered(&text);
    let listeners = json(&guest, "ListenerSet", "back")["spec"]["listeners"].clone();
    assert_eq!(listeners.as_array().unwrap().len(), 1, "{listeners}");
    let certificates = guest.iter().filter(|object| object.kind() == "Certificate");
    assert_eq!(certificates.map(|object| object.metadata().name.clone().unwrap()).collect::<Vec<_>>(), ["c-example"]);
    let (own, foreign) = (json(&guest, "HTTPRoute", "back"), json(&guest, "HTTPRoute", "back--2"));
    assert_eq!(own["spec"]["hostnames"], serde_json::json!(["c.example", "back.apps.example.com"]));
    assert_eq!(own["metadata"]["annotations"], serde_json::Value::Null);
    let controller = &foreign["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/controller"];
    assert_eq!(controller, "owner-of-the-host", "the record is its owner's");
    let parent = serde_json::json!([{
        "group": "gateway.networking.k8s.io", "kind": "ListenerSet", "name": "front", "sectionName": "a-example"
    }]);
    assert_eq!(foreign["spec"]["parentRefs"], parent, "in the same namespace");
    let other = rendered(&text.replace("shop/front", "web/front"));
    assert_eq!(json(&other, "HTTPRoute", "back--2")["spec"]["parentRefs"][0]["namespace"], "team-web");
}

#[test]
fn shared_hosts_stand_in_the_set_that_guests_know_and_stay_while_they_have_guests() {
    let hosts: Vec<String> = (0..70).map(|n| format!("h{n:02}.example")).collect();
    let ingress = format!("{{hosts: [{}]}}", hosts.join(", "));
    let set = |text: &str, name: &str| -> Vec<String> {
        let listeners = json(&rendered(text), "ListenerSet", name)["spec"]["listeners"].clone();
        listeners.as_array().unwrap().iter().map(|one| one["hostname"].as_str().unwrap().to_owned()).collect()
    };
    let text = sharing("many", "{h69.example: {guests: [shop/a]}, z.example: {guests: [shop/a]}}", &ingress);
    let first = set(&text, "many");
    assert!(first.contains(&"h69.example".to_owned()) && first.contains(&"z.example".to_owned()), "{first:?}");
    assert_eq!((first.len(), set(&text, "many--2").len()), (64, 7));
}

/// One ListenerSet takes 64: owner and guests know which one a shared host stands in.
#[test]
fn more_shared_hosts_than_a_set_holds_stand_in_several_that_the_guests_know() {
    let hosts: Vec<String> = (0..70).map(|n| format!("h{n:02}.example")).collect();
    let ingress = format!("{{hosts: [{}, own.example]}}", hosts.join(", "));
    let shares = |second: &str, own: &str| -> String {
        let share = |(at, host): (usize, &String)| {
            let set = if at < 64 { "" } else { second };
            format!("{host}: {{{own}{set}}}")
        };
        format!("{{{}}}", hosts.iter().enumerate().map(share).collect::<Vec<_>>().join(", "))
    };
    let owner = rendered(&sharing("many", &shares(", set: 2", "guests: [shop/few]"), &ingress));
    let held = |name: &str| json(&owner, "ListenerSet", name)["spec"]["listeners"].as_array().unwrap().len();
    assert_eq!((held("many"), held("many--2")), (64, 7), "what is not shared stands where there is room");
    let guest = rendered(&sharing("few", &shares(", set: 2", "owner: shop/many"), &ingress));
    let mut parents = BTreeMap::new();
    for object in guest.iter().filter(|object| object.kind() == "HTTPRoute") {
        let route = json(&guest, "HTTPRoute", object.metadata().name.as_deref().unwrap());
        for parent in route["spec"]["parentRefs"].as_array().unwrap() {
            let section = parent["sectionName"].as_str().unwrap_or_default().to_owned();
            parents.insert(section, parent["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    // Each route of the guest has the listener that the owner wrote.
    for (set, name) in [("many", "many"), ("many--2", "many--2")] {
        for listener in json(&owner, "ListenerSet", set)["spec"]["listeners"].as_array().unwrap() {
            let section = listener["name"].as_str().unwrap();
            if section != "own-example" {
                assert_eq!(parents.get(section).map(String::as_str), Some(name), "{section}: {parents:?}");
            }
        }
    }
    let text = sharing("many", &shares("", "guests: [shop/few]"), &ingress);
    let full = render_file(&text, "prod", &Platform::default()).unwrap_err().to_string();
    assert!(full.contains("hosts.h64.example.set") && full.contains("give this host another `set`"), "{full}");
}
