//! No two apps of a team have an object of one name, and neither have two things of one app.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use caravan_convert::{App, Member, Names, Nothing, Platform, Trace, convert_among, render};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_convert_lift::{Ledger, LiftOutcome, Lifted};
use caravan_inventory::{EnvironmentName, TeamName, WorkloadId};
use std::collections::BTreeMap;

/// A plconfig of one app with one component.
fn config(app: &str, component: &str, rest: &str) -> PlConfig {
    let text = format!(
        "plconfig: v1\napp: {app}\nteam: parcels\nimage: registry.example/it:1\ncomponents:\n  {component}:\n    type: web\n    port: 8080\n{rest}"
    );
    PlConfig::read(&text).unwrap()
}

/// Routes on more hosts and paths than one HTTPRoute and one ListenerSet hold, on both Gateways.
fn busy(app: &str) -> PlConfig {
    let mut rest = String::from("    ingress:\n      routes:\n");
    for at in 0..70 {
        rest.push_str(&format!("      - {{hosts: [h{at}.{app}.example], paths: [/]}}\n"));
        rest.push_str(&format!("      - {{hosts: [i{at}.{app}.example], paths: [/], internal: true}}\n"));
    }
    for at in 0..20 {
        let port = if at % 2 == 0 { "" } else { ", port: 8081" };
        rest.push_str(&format!("      - {{hosts: [www.{app}.example], paths: [/p{at}]{port}}}\n"));
    }
    rest.push_str(&format!("      - {{hosts: [www.{app}.example], paths: [/], respond: {{status: 404}}}}\n"));
    rest.push_str("    ports: {other: '8081'}\n    secrets: {TOKEN: vault#TOKEN}\n");
    rest.push_str("    scale: {min: 1, max: 3, rps: 20}\n");
    config(app, "web", &rest)
}

fn names(config: &PlConfig) -> Vec<String> {
    let objects = render::objects(config, &Platform::default(), "production").unwrap();
    objects.iter().map(|object| format!("{} {}", object.kind(), object.metadata().name.as_deref().unwrap())).collect()
}

#[test]
fn further_objects_of_an_app_have_names_that_no_app_has() {
    let shop = names(&busy("shop"));
    for expected in
        ["HTTPRoute shop--2", "ListenerSet shop--internal", "ListenerSet shop--internal--2", "ListenerSet shop--2"]
    {
        assert!(shop.contains(&expected.to_owned()), "{expected}: {shop:?}");
    }
    // Apps of those names, and of the names that an older version gave.
    for other in
        ["shop-2", "shop-3", "shop-internal", "shop--2", "shop-404", "shop-env", "shop-internal-2", "keda-shop"]
    {
        let shared: Vec<String> = names(&busy(other)).into_iter().filter(|name| shop.contains(name)).collect();
        assert!(shared.is_empty(), "{other}: {shared:?}");
    }
}

#[test]
fn an_autoscaler_counts_the_requests_of_its_own_routes() {
    for app in ["shop", "shop-2", "shop-internal"] {
        let config = busy(app);
        let objects = render::objects(&config, &Platform::default(), "production").unwrap();
        let scaled = objects.iter().find(|object| object.kind() == "ScaledObject").unwrap();
        let scaled = serde_json::to_value(scaled).unwrap();
        let query = scaled["spec"]["triggers"][0]["metadata"]["query"].as_str().unwrap();
        // Prometheus anchors the expression at both ends: this is `shop` and `shop--2`, and no route of `shop-2`.
        let expected = format!(r#"envoy_cluster_name=~"httproute/team-parcels/{app}(--[0-9]+)?/rule/.*""#);
        assert!(query.contains(&expected), "{query}");
        let named = |name: &str| name.strip_prefix(&format!("HTTPRoute {app}")).map(str::to_owned);
        let routes: Vec<String> = names(&config).iter().filter_map(|name| named(name)).collect();
        let fits = |rest: &String| rest.is_empty() || rest.strip_prefix("--").is_some_and(|n| n.parse::<u32>().is_ok());
        assert!(routes.len() > 2 && routes.iter().all(fits), "{routes:?}");
    }
}

#[test]
fn hosts_of_both_gateways_have_certificates_of_their_own() {
    let host = |host: &str, internal: bool| format!("      - {{hosts: [{host}], paths: [/], internal: {internal}}}\n");
    for (public, other, internal) in [
        ("depot.parcels.internal", "depot.parcels", true),
        ("1.parcels.example", "x.1.parcels.example", false),
        ("a.internal.internal", "a.internal", true),
    ] {
        let routes = format!("    ingress:\n      routes:\n{}{}", host(public, false), host(other, internal));
        let mut names = names(&config("depot", "web", &routes));
        names.retain(|name| name.starts_with("Certificate"));
        names.dedup();
        assert_eq!(names.len(), 2, "{public} {other}: {names:?}");
    }
    // Those that nothing else has stay as they were.
    let routes = format!(
        "    ingress:\n      routes:\n{}{}",
        host("depot.parcels.example", false),
        host("depot.parcels.internal", true)
    );
    let names = names(&config("depot", "web", &routes));
    for expected in ["Certificate depot-parcels-example", "Certificate depot-parcels-internal-internal"] {
        assert!(names.contains(&expected.to_owned()), "{names:?}");
    }
}

#[test]
fn secrets_of_files_are_not_those_of_variables_registries_and_certificates() {
    let volume = |name: &str| format!("    volumes: {{/keys: {{name: {name}, secret: keys}}}}\n");
    for (rest, expected) in [
        (volume("env") + "    secrets: {TOKEN: vault#TOKEN}\n", "ExternalSecret depot--env"),
        (volume("registry") + "    pull_secrets: [pull]\n", "ExternalSecret depot--registry"),
        (volume("example-tls") + "    ingress: {hosts: [depot.example]}\n", "ExternalSecret depot--example-tls"),
        (volume("keys"), "ExternalSecret depot-keys"),
    ] {
        let names = names(&config("depot", "web", &rest));
        assert!(names.contains(&expected.to_owned()), "{expected}: {names:?}");
    }
}

#[test]
fn file_systems_of_one_name_are_told_apart_by_their_components() {
    let text = "plconfig: v1\napp: depot\nteam: parcels\nimage: it:1\ncomponents:\n  api:\n    type: worker\n    volumes: {/d: {name: data, efs: {file_system: fs-01}}}\n  api-data:\n    type: worker\n    volumes: {/d: {name: data, efs: {file_system: fs-02}}}\n  zoo:\n    type: worker\n    volumes: {/d: {name: api-data-data, efs: {file_system: fs-03}}}\n";
    let objects = render::objects(&PlConfig::read(text).unwrap(), &Platform::default(), "production").unwrap();
    let objects = serde_json::to_value(&objects).unwrap();
    let objects = objects.as_array().unwrap();
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
    let systems: BTreeMap<&str, &str> = of_kind("PersistentVolume")
        .map(|volume| {
            (
                volume["spec"]["claimRef"]["name"].as_str().unwrap(),
                volume["spec"]["csi"]["volumeHandle"].as_str().unwrap(),
            )
        })
        .collect();
    let mounted: BTreeMap<&str, &str> = of_kind("Deployment")
        .map(|runner| {
            let volumes = runner["spec"]["template"]["spec"]["volumes"].as_array().unwrap();
            let claim =
                volumes.iter().find_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str()).unwrap();
            (runner["metadata"]["name"].as_str().unwrap(), systems[claim])
        })
        .collect();
    assert_eq!(mounted, BTreeMap::from([("depot-api", "fs-01"), ("depot-api-data", "fs-02"), ("depot-zoo", "fs-03")]));
}

/// What is told apart by no name of caravan's own is seen over all apps: the second is left alone, and said.
#[test]
fn a_name_that_two_apps_would_have_is_a_conflict() {
    let efs = |volume: &str| format!("    volumes: {{/d: {{name: {volume}, efs: {{file_system: fs-{volume}}}}}}}\n");
    let disk = |volume: &str| format!("    volumes: {{/d: {{name: {volume}, size: 20Gi}}}}\n");
    let keys = |volume: &str| format!("    volumes: {{/d: {{name: {volume}, secret: keys}}}}\n");
    let scaled = "    scale: {min: 1, max: 3, rps: 20}\n".to_owned();
    for (first, second, name) in [
        (config("shop", "web", &efs("api-data")), config("shop-api", "web", &efs("data")), "PersistentVolume "),
        (config("shop-api", "web", &disk("data")), config("api", "web", &disk("data-shop")), "PersistentVolumeClaim "),
        (config("shop", "web", &keys("api-keys")), config("shop-api", "web", &keys("keys")), "ExternalSecret "),
        (
            config("shop", "web", &scaled),
            config("keda-hpa-shop", "web", "    scale: {min: 1, max: 3, cpu: 70}\n"),
            "HorizontalPodAutoscaler ",
        ),
        (
            config("shop", "mailer", ""),
            config("shop-mailer", "web", ""),
            "ServiceAccount|NetworkPolicy|pods|Service|Deployment",
        ),
    ] {
        let mut taken = Names::default();
        let mut convert = |config: &PlConfig, environment: &str| {
            let workload = WorkloadId::new(format!("ecs/1/r/main/{}", config.app));
            let app = App {
                team: TeamName::new("parcels"),
                name: config.app.clone(),
                members: vec![Member::whole(EnvironmentName::new(environment), workload.clone())],
            };
            let lifted = Lifted {
                outcome: LiftOutcome::Converted(config.clone()),
                ledger: Ledger { workload, documents: Vec::new() },
                questions: Vec::new(),
                host: None,
                modules: Vec::new(),
            };
            convert_among(&mut taken, &app, vec![lifted], &Platform::default(), &Nothing, Trace::Off)
        };
        let first_done = convert(&first, "production");
        assert!(first_done.conflicts.is_empty(), "{:?}", first_done.conflicts);
        let done = convert(&second, "production");
        let path = format!("deployment/teams/parcels/apps/{}/production/manifests.yaml", second.app);
        let reason = &done.conflicts[0].reason;
        assert_eq!(done.conflicts[0].path, path);
        assert!(name.split('|').any(|name| reason.starts_with(name)), "{reason}");
        assert!(reason.contains(&format!("is of app parcels/{} too", first.app)), "{reason}");
        assert!(done.files.file(&path).is_none());
        // Another environment is another cluster; and who comes again is the same app.
        assert!(convert(&second, "staging").conflicts.is_empty());
        assert!(convert(&first, "production").conflicts.is_empty());
    }
}
