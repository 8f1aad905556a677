//! Who may come in: an app of three kinds of `auth`, rendered from its plconfig, behind the real Envoy Gateway and its Envoy, with a
//! real Keycloak whose realm is what the Terraform of the app says. People log in with a real browser.
//!
//! What is not rendered: the listeners, of which the test has its own with its own certificate, what the routes lead to, and the
//! client's secret, which External Secrets would have brought.

mod app;
mod arguments;
mod realm;
mod tokens;

use crate::cases::say;
use crate::cli::Room;
use caravan_tests_testbed::{Browser, Cluster, Gateway, Keycloak, Write as Mode, documents, in_namespace};
use kube::Client;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokens::{Caller, ask, token};

const KEYCLOAK: u16 = 28080;
const HTTP: u16 = 10088;
const HTTPS: u16 = 10443;
const SERVED_WITHIN: Duration = Duration::from_secs(90);
/// How long a token may be over and still be taken: Envoy's own default (`clock_skew_seconds`), and a moment more.
const SKEW: Duration = Duration::from_secs(63);

const PLCONFIG: &str = "\
plconfig: v1
app: desk
team: shop
image: registry.example.com/desk:1
components:
  web:
    type: web
    port: 8080
    ingress: {auth: {mode: login, groups: [shop-users], public: [/webhooks, =/status]}}
  api:
    type: web
    port: 8080
    ingress: {own_host: false, hosts: [api.example.com], auth: {mode: bearer, groups: [shop-users]}}
  orders:
    type: web
    port: 8080
    ingress: {own_host: false, hosts: [orders.example.com], auth: {mode: service, scopes: ['orders:read'], audience: orders}}
environments: {prod: {}}
";
/// The host that the app has without asking.
const DESK: &str = "desk.apps.example.com";

const PLACE: &str = "deployment/teams/shop/apps/desk/plconfig.yaml";

/// The Terraform of the app, and the room in which it was made.
fn terraform() -> (String, Room) {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let auth = json!({
        "issuer": format!("{}/company", Keycloak::realms(KEYCLOAK)),
        "tenant": "11111111-2222-3333-4444-555555555555", "broker": "entra",
    });
    let platform = json!({"auth": auth, "region": "eu-central-1", "account": "123456789012"});
    room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "platform": platform}).to_string());
    room.write(PLACE, PLCONFIG);
    let said = room.run(&["convert"]);
    assert!(matches!(said.code, Some(0 | 1 | 11)), "{:?}: {}", said.code, said.err);
    let new = "infrastructure/teams/shop/new";
    let terraform = ["auth-desk.tf", "auth.tf"].map(|file| room.read(&format!("{new}/{file}"))).concat();
    (terraform, room)
}

/// The plconfig as manifests, and as the realm that its Terraform makes.
fn rendered() -> (Vec<Value>, Value) {
    let (terraform, room) = terraform();
    let said = room.run(&["render", PLACE, "--env", "prod"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    (documents(&said.out).unwrap(), realm::of_terraform(&terraform))
}

/// Everything that runs.
struct Scene {
    cluster: &'static Cluster,
    client: Client,
    browser: Browser,
    _keycloak: Keycloak,
    _gateway: Gateway,
}

impl Scene {
    async fn new(realm: &Value) -> Option<Self> {
        let cluster = Cluster::shared()?;
        let gateway = Gateway::start(cluster)?;
        let keycloak = tokio::task::block_in_place(|| Keycloak::start(KEYCLOAK, realm))?;
        let browser = tokio::task::block_in_place(|| Browser::start(&format!("127.0.0.1:{HTTPS}")))?;
        let scene = Self { cluster, client: cluster.client(), browser, _keycloak: keycloak, _gateway: gateway };
        for name in ["envoy-gateway-system", "team-shop"] {
            scene.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).await;
        }
        scene.apply(&app::certificate()).await;
        scene.apply(&app::session_key()).await;
        for manifest in app::gateway(HTTP, HTTPS) {
            scene.apply(&manifest).await;
        }
        scene.apply(&app::backend(app::serve())).await;
        Some(scene)
    }

    async fn apply(&self, manifest: &Value) {
        let applied = self.cluster.apply(&self.client, manifest, Mode::Persist).await;
        applied.unwrap_or_else(|refusal| panic!("{manifest:#}: {refusal}"));
    }
}

/// Waits until a request is answered so.
fn answered(host: &str, path: &str, wanted: u16) {
    let begin = Instant::now();
    loop {
        let answer = ask(HTTP, host, path, &Caller::Nobody);
        if matches!(answer, Ok((status, _)) if status == wanted) {
            return;
        }
        assert!(begin.elapsed() < SERVED_WITHIN, "{host}{path}: {answer:?} instead of {wanted}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn status(host: &str, path: &str, caller: &Caller<'_>) -> u16 {
    ask(HTTP, host, path, caller).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_programs_come_in_through_a_real_gateway_as_the_plconfig_says() {
    if !in_namespace() {
        return;
    }
    let (manifests, realm) = rendered();
    let Some(scene) = Scene::new(&realm).await else { return };
    for manifest in app::served(&manifests) {
        scene.apply(&manifest).await;
    }
    tokio::task::block_in_place(|| {
        // The secret is not there yet: what is public is open, and nobody comes in anywhere else.
        answered(DESK, "/status", 200);
        answered(DESK, "/", 500);
    });
    scene.apply(&app::secret(realm::SECRET)).await;
    tokio::task::block_in_place(|| {
        answered(DESK, "/", 302);
        public_paths_are_open_and_nothing_beside_them();
        people_log_in(&scene.browser);
        bearers();
        services();
    });
}

fn public_paths_are_open_and_nothing_beside_them() {
    let mut asked = 0;
    for (path, wanted) in [
        ("/webhooks", 200),
        ("/webhooks/of/somebody", 200),
        ("/status", 200),
        ("/", 302),
        ("/webhooksx", 302),
        ("/status/x", 302),
        ("/webhooks/../private", 302),
        ("/webhooks/%2e%2e/private", 302),
        ("/x/../webhooks", 200),
        ("/Webhooks", 302),
    ] {
        assert_eq!(status(DESK, path, &Caller::Nobody), wanted, "{path}");
        asked += 1;
    }
    for path in ["/webhooks/..%2fprivate", "/webhooks/..;/private", "//private", "/webhooks/..\\private"] {
        let (status, text) = ask(HTTP, DESK, path, &Caller::Nobody).unwrap();
        let private = text.contains("private") && status == 200 && !text.contains("/webhooks");
        assert!(!private, "{path}: {status} {text}");
        asked += 1;
    }
    // A token is no session, and neither is a cookie that anybody made up.
    let of_ada = token("cli", Some(("ada", "of-ada")), "shop.desk.prod").unwrap();
    for caller in
        [Caller::Token(&of_ada), Caller::Cookie("AccessToken=x; IdToken=y; OauthHMAC=z; OauthExpires=9999999999")]
    {
        assert_eq!(status(DESK, "/", &caller), 302);
        asked += 1;
    }
    say(&format!("logins: {asked} requests around public paths, none that leads elsewhere"));
}

fn people_log_in(browser: &Browser) {
    let desk = format!("https://{DESK}/");
    let login = format!("{}/company/protocol/openid-connect/auth", Keycloak::realms(KEYCLOAK));
    let page = browser.open(&format!("{desk}reports?year=2026"));
    assert!(page.url.starts_with(&login), "{page:?}");
    let page = browser.submit(&[("username", "ada"), ("password", "of-ada")]);
    assert_eq!((page.status, page.url.as_str()), (200, format!("{desk}reports?year=2026").as_str()), "{page:?}");
    assert_eq!(page.text, "the app, /reports?year=2026, with a token");
    assert_eq!(browser.open(&desk).text, "the app, /, with a token");
    // Logged out, the session is over here and at the provider: whoever comes again has to log in.
    let page = browser.open(&format!("{desk}.auth/desk/logout"));
    assert!(page.url.starts_with(&login), "{page:?}");
    let page = browser.open(&desk);
    assert!(page.url.starts_with(&login), "{page:?}");
    // Whoever is not in the group is known, and kept out.
    browser.forget();
    let page = browser.open(&desk);
    assert!(page.url.starts_with(&login), "{page:?}");
    let page = browser.submit(&[("username", "bob"), ("password", "of-bob")]);
    assert_eq!((page.status, page.url.as_str()), (403, desk.as_str()), "{page:?}");
    let page = browser.open(&format!("{desk}webhooks"));
    assert_eq!((page.status, page.text.as_str()), (200, "the app, /webhooks, without a token"));
    say("logins: in with the group, 403 without it, out by the logout, all in a browser");
}

fn bearers() {
    let (host, audience) = ("api.example.com", "shop.desk.prod");
    let of = |person: (&str, &str), scope: &str| token("cli", Some(person), scope).unwrap();
    let ada = of(("ada", "of-ada"), audience);
    let wrong = of(("ada", "of-ada"), "orders:read");
    let short = token("short", Some(("ada", "of-ada")), audience).unwrap();
    let forged = tokens::forged(&ada);
    answered(host, "/", 401);
    for (what, caller, wanted) in [
        ("nobody", Caller::Nobody, 401),
        ("in the group", Caller::Token(&ada), 200),
        ("not in the group", Caller::Token(&of(("bob", "of-bob"), audience)), 403),
        ("for another audience", Caller::Token(&wrong), 403),
        ("no token", Caller::Token("x.y.z"), 401),
        ("another holder by the same signature", Caller::Token(&forged), 401),
        ("for one second, and still good", Caller::Token(&short), 200),
    ] {
        assert_eq!(status(host, "/", &caller), wanted, "{what}");
    }
    std::thread::sleep(SKEW);
    assert_eq!(status(host, "/", &Caller::Token(&short)), 401, "expired");
    assert_eq!(status(host, "/", &Caller::Token(&ada)), 200);
    say("logins: bearer tokens: wrong audience, forged, expired and of a stranger are refused");
}

fn services() {
    let host = "orders.example.com";
    let caller = token("caller", None, "orders:read").unwrap();
    answered(host, "/", 401);
    assert_eq!(status(host, "/", &Caller::Token(&caller)), 200);
    // The client of another service has the audience and not the scope.
    let stranger = token("stranger", None, "orders:other").unwrap();
    assert_eq!(status(host, "/", &Caller::Token(&stranger)), 403);
    // It is not even given what it was not allowed.
    assert!(token("stranger", None, "orders:read").is_none());
    let plain = token("caller", None, "").unwrap();
    assert_eq!(status(host, "/", &Caller::Token(&plain)), 403, "without the scope it is for nobody");
    say("logins: service tokens: in with the scope, kept out without it");
}
