//! `plan seal --live`: what the servers themselves say of the surroundings, without any inventory.

use crate::cli::{Room, Said};
use crate::places::{Side, Space, Zone};
use caravan_providers::target::{RecordSetsTarget, Target};
use caravan_tests_testbed::{Cluster, Moto, Write};
use kube::config::Kubeconfig;
use serde_json::{Value, json};
use std::path::Path;

const REGION: &str = "eu-central-1";

fn wave(strategy: &Value, shared_with: &[&str], sides: [&Side; 2]) -> String {
    let [old, new] = sides.map(|side| json!([{"address": side.address, "host": "track.example.com", "tls": false}]));
    let shift = json!({
        "workload": "ecs/000000000000/eu-central-1/main/track", "strategy": strategy, "shared_with": shared_with,
        // The test bench applied the route.
        "paused_controllers": ["testbed"], "probes": {"old": old, "new": new},
        "stages": [0, 100], "approve": [], "gate": {"bake": 1, "every": 1, "rounds": 1}, "in_flight": 10,
    });
    json!({"schema": "caravan.wave-spec/v1", "wave": "w", "shifts": [shift]}).to_string()
}

fn seal(room: &Room, kubeconfig: &Path) -> Said {
    let mut command = room.command(&["plan", "seal", "w", "--live"]);
    Said::of(command.env("USER", "tests").env("KUBECONFIG", kubeconfig).output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_of_a_real_api_server_that_shadow_the_one_that_moves_or_lead_to_its_old_side_are_named_first() {
    let Some(cluster) = Cluster::shared() else { return };
    let space = Space::new(cluster).await;
    space.route(cluster, "the elder", None).await;
    // Of one second the first by name is the elder.
    let mut younger = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "younger", "namespace": space.namespace},
        "spec": {"hostnames": ["track.example.com"], "parentRefs": [{"name": "public"}]},
    });
    let old = json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "track-legacy"});
    younger["spec"]["rules"] = json!([{"backendRefs": [old]}]);
    cluster.apply(&space.client, &younger, Write::Persist).await.unwrap();

    let (one, other) = (Side::start("old").await, Side::start("new").await);
    let moving = |name: &str, shared_with: &[&str]| {
        let strategy = json!({"route": {
            "cluster": "testbed", "namespace": space.namespace, "name": name, "old": old, "new": {"name": "track", "port": 80},
        }});
        wave(&strategy, shared_with, [&one, &other])
    };
    let (elder, shadowed) = (format!("{}/track", space.namespace), format!("{}/younger", space.namespace));
    let room = Room::new();
    let admin = Path::new(cluster.kubeconfig());

    room.write("plans/wave-w.yaml", moving("younger", &[]));
    let said =
        format!("route {elder} is older and takes the requests for track.example.com that match path PathPrefix /");
    let hint = format!("shared_with: [\"{elder}\"]");
    seal(&room, admin).ends(3, &["plans/wave-w.yaml: shift 1", &said, &hint, "caravan plan seal w --live"]);
    room.write("plans/wave-w.yaml", moving("track", &[]));
    let said = format!("route {shadowed} leads to the same Backend track-legacy and goes on doing so");
    seal(&room, admin).ends(3, &[&said]);
    room.write("plans/wave-w.yaml", moving("track", &[&shadowed]));
    seal(&room, admin).ends(0, &["is sealed"]);

    // Who may read that one route alone is told what nobody knows.
    let name = "reads-one-route";
    let metadata = json!({"name": name, "namespace": space.namespace});
    let group = "rbac.authorization.k8s.io";
    let rule = json!({"apiGroups": ["gateway.networking.k8s.io"], "resources": ["httproutes"], "verbs": ["get"]});
    let (role, user) = (
        json!({"apiGroup": group, "kind": "Role", "name": name}),
        json!({"apiGroup": group, "kind": "User", "name": name}),
    );
    for manifest in [
        json!({"apiVersion": format!("{group}/v1"), "kind": "Role", "metadata": metadata, "rules": [rule]}),
        json!({"apiVersion": format!("{group}/v1"), "kind": "RoleBinding", "metadata": metadata, "roleRef": role, "subjects": [user]}),
    ] {
        cluster.apply(&space.client, &manifest, Write::Persist).await.unwrap();
    }
    let mut kubeconfig = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
    kubeconfig.auth_infos[0].auth_info.as_mut().unwrap().impersonate = Some(name.to_owned());
    room.write("kubeconfig", serde_json::to_string(&kubeconfig).unwrap());
    room.write("plans/wave-w.yaml", moving("track", &[]));
    let said =
        "which other routes of cluster testbed take the same requests, or lead to the old side too, is not known";
    seal(&room, &room.path().join("kubeconfig")).ends(0, &[said]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_a_private_zone_of_moto_is_refused_until_route_53_s_word_is_enough_without_an_inventory_too() {
    let Some(moto) = Moto::shared() else { return };
    let (account, endpoint) = (moto.account(), moto.endpoint());
    let zone = Zone::empty(&endpoint, &account, "sealing-private", Some("vpc-0123456789abcdef0")).await;
    let case = zone.short_lived().await;
    let Target::Records(RecordSetsTarget { zone: id, name, .. }) = &case.target else { unreachable!() };
    let (old, new) = (Side::start("old").await, Side::start("new").await);
    let room = Room::new();
    let configured = json!({"id": account.id, "regions": [REGION], "endpoint": endpoint});
    room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [configured]}).to_string());
    let seal = |settled_by: &str| {
        let strategy = json!({"route53": {
            "account": account.id, "zone": id, "name": name, "settled_by": settled_by,
            "new": {"A": {"values": {"ttl": 1, "values": ["198.51.100.7"]}}},
        }});
        room.write("plans/wave-w.yaml", wave(&strategy, &[], [&old, &new]));
        let mut command = room.command(&["plan", "seal", "w", "--live"]);
        Said::of(command.env("USER", "tests").envs(account.environment(&endpoint, REGION)).output().unwrap())
    };
    let said = format!("zone {id} is private and has no name servers");
    seal("name-servers").ends(3, &["plans/wave-w.yaml: shift 1", &said, "settled_by: provider"]);
    seal("provider").ends(0, &["is sealed"]);
}
