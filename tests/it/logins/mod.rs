//! Who may come in: an app of three kinds of `auth`, rendered from its plconfig, behind the real Envoy Gateway and its Envoy, with a
//! real Keycloak whose realm is what the Terraform of the app says. People log in with a real browser.
//!
//! What is not rendered: the listeners, of which the test has its own with its own certificate, what the routes lead to, and the
//! client's secret, which External Secrets would have brought. The provider has the name and the port that it would have, and a
//! certificate of an authority that the gateway's machine trusts, as a public one is trusted elsewhere.

mod app;
mod arguments;
mod callers;
mod closed;
mod impostor;
mod people;
mod realm;
mod scene;
mod tokens;

use crate::cases::say;
use crate::cli::Room;
use caravan_tests_testbed::{Identity, Keycloak, documents, in_namespace};
use impostor::Impostor;
use realm::SECRET;
use scene::{Scene, answered, status};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::Duration;
use tokens::{Caller, Issuer};

/// The host of the provider.
const ID: &str = "id.example.com";
/// Whom tokens of the app must be for where its plconfig says nothing.
const AUDIENCE: &str = "shop.desk.prod";

/// The app; what it asks stands between `<` and `>`.
const PLCONFIG: &str = "\
plconfig: v1
app: desk
team: shop
image: registry.example.com/desk:1
components:
  web:
    type: web
    port: 8080
    ingress: {<auth: {mode: login, groups: [shop-users], public: [/webhooks, =/status]}>}
  api:
    type: web
    port: 8080
    ingress: {own_host: false, hosts: [api.example.com]<, auth: {mode: bearer, groups: [shop-users]}>}
  orders:
    type: web
    port: 8080
    ingress: {own_host: false, hosts: [orders.example.com]<, auth: {mode: service, scopes: ['orders:read'], audience: orders}>}
environments: {prod: {}}
";
/// Hosts of its components: the one that it has without asking, and the others.
const DESK: &str = "desk.apps.example.com";
const API: &str = "api.example.com";
const ORDERS: &str = "orders.example.com";

const PLACE: &str = "deployment/teams/shop/apps/desk/plconfig.yaml";

/// The app with what it asks.
fn asking() -> String {
    PLCONFIG.replace(['<', '>'], "")
}

/// The app before it asked anything.
fn asking_nothing() -> String {
    let parts = PLCONFIG.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest));
    parts.collect()
}

/// Settings in which this says who callers are.
fn settings(auth: &Value) -> String {
    let platform = json!({"auth": auth, "region": "eu-central-1", "account": "123456789012"});
    json!({"schema": "caravan.config/v1", "platform": platform}).to_string()
}

/// The Terraform of the app, and the room in which it was made.
fn terraform() -> (String, Room) {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room.write(
        "caravan.yaml",
        settings(&json!({
            "issuer": format!("https://{ID}/realms/company"),
            "tenant": "11111111-2222-3333-4444-555555555555", "broker": "entra",
        })),
    );
    room.write(PLACE, asking());
    let said = room.run(&["convert"]);
    assert!(matches!(said.code, Some(0 | 1 | 11)), "{:?}: {}", said.code, said.err);
    let new = "infrastructure/teams/shop/new";
    let terraform = ["auth-desk.tf", "auth.tf"].map(|file| room.read(&format!("{new}/{file}"))).concat();
    (terraform, room)
}

/// The app's plconfig in a room as manifests.
fn rendered(room: &Room) -> Vec<Value> {
    let said = room.run(&["render", PLACE, "--env", "prod"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    documents(&said.out).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_programs_come_in_through_a_real_gateway_as_the_plconfig_says() {
    if !in_namespace() {
        return;
    }
    let (terraform, room) = terraform();
    let (manifests, realm) = (rendered(&room), realm::of_terraform(&terraform));
    let Some(mut scene) = Scene::new().await else { return };
    what_was_open_is_closed_while_nobody_says_who_callers_are(&scene, &room).await;
    nobody_on_the_way_says_who_callers_are(&scene, &manifests).await;
    let realms = [realm::another(&realm), realm];
    let (certificate, key) = scene.authority.issue(vec![ID.to_owned()]);
    let (certificate, key) = (certificate.pem(), key.serialize_pem());
    let identity = Identity { host: ID, realms: &realms, certificate: &certificate, key: &key };
    // Without the client's secret nobody comes in, and without the provider nobody either.
    scene.apply(&app::secret("another-key", SECRET)).await;
    scene.says("desk", "client secret not found").await;
    tokio::task::block_in_place(|| answered(DESK, "/", &Caller::Nobody, 401));
    scene.apply(&app::secret("client-secret", SECRET)).await;
    tokio::task::block_in_place(|| {
        answered(DESK, "/", &Caller::Nobody, 302);
        assert_eq!(status(API, "/", &Caller::Token("x.y.z")), 401);
    });
    let Some(keycloak) = tokio::task::block_in_place(|| Keycloak::start(&identity)) else { return };
    tokio::task::block_in_place(|| {
        callers::public_paths_are_open_and_nothing_beside_them(&Issuer(&scene.authority));
        people::log_in(&scene.browser);
        callers::bearers(&Issuer(&scene.authority));
        callers::services(&Issuer(&scene.authority));
        without_the_provider_nothing_is_open(&mut scene, keycloak);
    });
}

/// The manifests of an app that asked nothing are in Git when it begins to ask, and `platform.auth` names no issuer yet.
async fn what_was_open_is_closed_while_nobody_says_who_callers_are(scene: &Scene, room: &Room) {
    let told = room.read("caravan.yaml");
    room.write("caravan.yaml", settings(&json!({})));
    room.write(PLACE, asking_nothing());
    for manifest in app::served(&rendered(room), 0) {
        scene.apply(&manifest).await;
    }
    tokio::task::block_in_place(|| {
        for host in [DESK, API, ORDERS] {
            answered(host, "/", &Caller::Nobody, 200);
        }
    });
    room.write(PLACE, asking());
    for manifest in app::served(&rendered(room), 3) {
        scene.apply(&manifest).await;
    }
    tokio::task::block_in_place(|| {
        for host in [DESK, API, ORDERS] {
            answered(host, "/", &Caller::Nobody, 403);
            assert_eq!(status(host, "/", &Caller::Token("x.y.z")), 403, "{host}");
        }
        assert_eq!(status(DESK, "/status", &Caller::Nobody), 200);
        assert_eq!(status(DESK, "/status/x", &Caller::Nobody), 403);
    });
    room.write("caravan.yaml", told);
    say("logins: without an issuer what was open is closed, but for its public paths");
}

/// Whoever answers in the provider's place with a good certificate of another host is not believed.
async fn nobody_on_the_way_says_who_callers_are(scene: &Scene, manifests: &[Value]) {
    let impostor = Impostor::start(&scene.authority);
    let token = impostor.token();
    let manifests = app::served(manifests, 3);
    // Why there is a Backend for the provider: without one the gateway looks at the authority of a certificate alone.
    let of_api = |one: &&Value| one["kind"] == "SecurityPolicy" && one["metadata"]["name"] == "desk-api";
    let mut careless = manifests.iter().find(of_api).unwrap().clone();
    careless["spec"]["jwt"]["providers"][0]["remoteJWKS"].as_object_mut().unwrap().remove("backendRefs").unwrap();
    scene.apply(&careless).await;
    tokio::task::block_in_place(|| answered(API, "/", &Caller::Token(&token), 200));
    for manifest in &manifests {
        scene.apply(manifest).await;
    }
    tokio::task::block_in_place(|| {
        answered(API, "/", &Caller::Token(&token), 401);
        answered(ORDERS, "/", &Caller::Token(&token), 401);
        answered(DESK, "/", &Caller::Nobody, 401);
        let before = impostor.came();
        // Envoy asks for keys once a second until it has some.
        for _ in 0..50 {
            for host in [DESK, API, ORDERS] {
                assert_eq!(status(host, "/", &Caller::Token(&token)), 401, "{host}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(impostor.came() > before, "nobody asked the impostor for keys");
        assert_eq!(status(DESK, "/status", &Caller::Nobody), 200);
    });
    say("logins: an impostor with another host's certificate is not believed");
}

/// A gateway that has the provider's keys goes on with them, and one that starts anew has none.
fn without_the_provider_nothing_is_open(scene: &mut Scene, keycloak: Keycloak) {
    let ada = Issuer(&scene.authority).token("cli", Some(("ada", "of-ada")), AUDIENCE).unwrap();
    drop(keycloak);
    let mut listens = (0..300).map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        TcpStream::connect(("127.0.0.1", 443)).is_ok()
    });
    assert!(listens.any(|listens| !listens), "Keycloak does not end");
    let hosts = [DESK, API, ORDERS];
    for (host, wanted) in hosts.into_iter().zip([302, 401, 401]) {
        assert_eq!(status(host, "/", &Caller::Nobody), wanted, "{host}");
    }
    assert_eq!(status(DESK, "/.auth/desk/callback?code=made-up&state=made-up", &Caller::Nobody), 401);
    assert_eq!(status(API, "/", &Caller::Token(&ada)), 200);
    scene.restart();
    answered(DESK, "/status", &Caller::Nobody, 200);
    // A token for another audience is refused before its keys are asked for.
    for (host, with_hers, without) in [(DESK, 302, 302), (API, 401, 401), (ORDERS, 403, 401)] {
        answered(host, "/", &Caller::Token(&ada), with_hers);
        assert_eq!(status(host, "/", &Caller::Nobody), without, "{host}");
    }
    say("logins: without the provider nothing is open, also to a gateway that starts anew");
}
