//! Workers that became routes, behind the real Envoy Gateway and its Envoy: every answer as that of the original in miniflare,
//! and every planted difference is found.

use super::http::{Answer, Request, ask, suggested};
use super::redirects::{self, EACH};
use super::{ROUTES, convert, converted, estate, manifests, original};
use crate::cases::say;
use crate::cli::Room;
use caravan_convert_proof::Taken;
use caravan_tests_testbed::{Cluster, Gateway, Miniflare, Write as Mode, in_namespace};
use kube::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Where the Envoy listens. Ports below 1024 are not what they say where Envoy Gateway starts its Envoys itself.
const PORT: u16 = 10088;
/// The longest that a change may take to be served, all of them at once included.
const SERVED_WITHIN: Duration = Duration::from_secs(90);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// What requests are answered by a Worker's original.
struct Expected {
    name: String,
    answers: Vec<(Request, Answer)>,
}

impl Expected {
    fn of(miniflare: &Miniflare, folder: &Path, name: &str, requests: Vec<Request>) -> Self {
        let port = miniflare.run(&original(folder).0, &[], 1);
        let answered = |request: Request| {
            let answer = ask(port, &request).unwrap();
            (request, answer)
        };
        Self { name: name.to_owned(), answers: requests.into_iter().map(answered).collect() }
    }

    /// What the gateway answers otherwise, for a person; the first alone where one is enough.
    fn differences(&self, most: usize) -> Vec<String> {
        let differs = |(request, original): &(Request, Answer)| match ask(PORT, request) {
            Ok(answer) if answer == *original => None,
            answer => Some(format!("{}: {request:?}:\n  original {original:?}\n  gateway  {answer:?}", self.name)),
        };
        self.answers.iter().filter_map(differs).take(most).collect()
    }

    /// What the model of a gateway with these manifests answers otherwise.
    fn told_by_a_model(&self, manifests: &[Value]) -> Vec<String> {
        let model = caravan_convert_proof::Gateway::of(manifests).unwrap();
        let differs = |(request, original): &(Request, Answer)| {
            let url = format!("http://{}{}", request.host, request.target);
            let mut asked = caravan_convert_proof::Request::new(request.method, url);
            asked.headers.clone_from(&request.headers);
            let answer = match model.take(&asked) {
                Taken::Answered(answer) => answer,
                // The gateway writes the path anew: what then happens the model does not say.
                Taken::Unsaid => return None,
                other => return Some(format!("{}: {request:?}: {other:?}", self.name)),
            };
            let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (name, value) in &answer.headers {
                headers.entry(name.clone()).or_default().push(value.clone());
            }
            let body = String::from_utf8(answer.bytes()).unwrap();
            let answer = Answer { status: answer.status, headers, body };
            (answer != *original)
                .then(|| format!("{}: {request:?}:\n  original {original:?}\n  model    {answer:?}", self.name))
        };
        self.answers.iter().filter_map(differs).collect()
    }

    /// The differences that stay, or that there are any, after the gateway had its time.
    fn settled(&self, wanted: bool) -> Vec<String> {
        let begin = Instant::now();
        loop {
            let found = tokio::task::block_in_place(|| self.differences(if wanted { 1 } else { usize::MAX }));
            if found.is_empty() != wanted || begin.elapsed() > SERVED_WITHIN {
                return found;
            }
            std::thread::sleep(LOOKS_EVERY);
        }
    }
}

/// A cluster with a gateway, and nothing on it.
struct Scene {
    cluster: &'static Cluster,
    client: Client,
    _gateway: Gateway,
}

impl Scene {
    async fn new() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let client = cluster.client();
        let scene = Self { cluster, client, _gateway: Gateway::start(cluster)? };
        for name in ["envoy-gateway-system", "shop"] {
            scene.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).await;
        }
        for manifest in Gateway::manifests("shop", PORT) {
            scene.apply(&manifest).await;
        }
        Some(scene)
    }

    async fn apply(&self, manifest: &Value) {
        self.cluster.apply(&self.client, manifest, Mode::Persist).await.unwrap();
    }

    /// Routes and filters of a Worker, as they are served here.
    async fn serve(&self, room: &Room, name: &str) -> Vec<Value> {
        let mut own = manifests(room, name);
        own.retain(|one| one["kind"] == "HTTPRoute" || one["kind"] == "HTTPRouteFilter");
        for manifest in &mut own {
            manifest["metadata"]["namespace"] = "shop".into();
            if manifest["kind"] == "HTTPRoute" {
                // The listeners of the platform stand for TLS, which decides nothing here.
                manifest["spec"]["parentRefs"] = json!([{"name": "public"}]);
            }
            self.apply(manifest).await;
        }
        own
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_became_routes_answer_through_a_real_gateway_as_their_originals() {
    if !in_namespace() {
        return;
    }
    let Some(miniflare) = Miniflare::start() else { return };
    let Some(scene) = Scene::new().await else { return };
    let (room, _) = converted(None);
    let (mut served, mut expected) = (Vec::new(), Vec::new());
    for (name, hosts) in ROUTES {
        served.push(scene.serve(&room, name).await);
        let folder = estate().join(name);
        let requests = suggested(&original(&folder).1, hosts);
        expected.push(Expected::of(&miniflare, &folder, name, requests));
    }
    for one in &expected {
        let found = one.settled(false);
        say(&format!("workers: {}: {} requests to Envoy, {} differ", one.name, one.answers.len(), found.len()));
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
    // The model that proofs use says the same of the same routes, and sees what is planted as Envoy does.
    for (one, manifests) in expected.iter().zip(&served) {
        let told = one.told_by_a_model(manifests);
        assert!(told.is_empty(), "{}", told.join("\n"));
        let changed = manifests
            .iter()
            .enumerate()
            .flat_map(|(at, manifest)| plants(manifest).into_iter().map(move |(what, changed, _)| (at, what, changed)));
        for (at, what, changed) in changed {
            let mut with = manifests.clone();
            with[at] = changed;
            assert!(!one.told_by_a_model(&with).is_empty(), "{}: the model does not see {what}", one.name);
        }
    }
    // The proof has eyes.
    let mut planted = 0;
    for (one, manifests) in expected.iter().zip(&served).filter(|(one, _)| one.name != "redirect-table") {
        for (what, changed, as_it_was) in manifests.iter().flat_map(plants) {
            scene.apply(&changed).await;
            assert!(!one.settled(true).is_empty(), "{}: {what} is not found", one.name);
            scene.apply(&as_it_was).await;
            let left = one.settled(false);
            assert!(left.is_empty(), "{}: {what} was taken back:\n{}", one.name, left.join("\n"));
            planted += 1;
        }
    }
    say(&format!("workers: {planted} differences planted in routes, all found through Envoy"));
    assert!(planted >= 30, "{planted}");
}

/// Small changes of a manifest, each by itself: what it is, the manifest with it, and as it was.
pub(super) fn plants(manifest: &Value) -> Vec<(String, Value, Value)> {
    let mut out = Vec::new();
    let name = manifest["metadata"]["name"].as_str().unwrap();
    let mut plant = |what: String, change: &dyn Fn(&mut Value)| {
        let mut changed = manifest.clone();
        change(&mut changed);
        assert_ne!(&changed, manifest, "{what} changes nothing");
        out.push((format!("{name}: {what}"), changed, manifest.clone()));
    };
    let longer = |text: &Value| Value::from(format!("{}x", text.as_str().unwrap()));
    let answer = &manifest["spec"]["directResponse"];
    if let Some(status) = answer["statusCode"].as_u64() {
        let other = if status == 418 { 419 } else { 418 };
        plant(format!("status {other}"), &|to| to["spec"]["directResponse"]["statusCode"] = other.into());
        if answer.get("body").is_some() {
            let body = |to: &mut Value| {
                let inline = &mut to["spec"]["directResponse"]["body"]["inline"];
                *inline = longer(inline);
            };
            plant("a longer body".to_owned(), &body);
            plant("another type".to_owned(), &|to| to["spec"]["directResponse"]["contentType"] = "text/x".into());
        }
    }
    let rules = manifest["spec"]["rules"].as_array().map_or(&[][..], Vec::as_slice);
    for (at, rule) in rules.iter().enumerate() {
        let first = &rule["matches"][0];
        if first.get("method").is_some() {
            let change = |to: &mut Value| to["spec"]["rules"][at]["matches"][0]["method"] = "PATCH".into();
            plant(format!("method of rule {at}"), &change);
        }
        if first.get("headers").is_some() {
            let change = |to: &mut Value| {
                let value = &mut to["spec"]["rules"][at]["matches"][0]["headers"][0]["value"];
                *value = longer(value);
            };
            plant(format!("header of rule {at}"), &change);
        }
        if first["path"]["type"] == "Exact" {
            let change = |to: &mut Value| {
                let value = &mut to["spec"]["rules"][at]["matches"][0]["path"]["value"];
                *value = longer(value);
            };
            plant(format!("path of rule {at}"), &change);
        }
        for (place, filter) in rule["filters"].as_array().unwrap().iter().enumerate() {
            if filter.get("responseHeaderModifier").is_some() {
                let change = |to: &mut Value| {
                    let value =
                        &mut to["spec"]["rules"][at]["filters"][place]["responseHeaderModifier"]["set"][0]["value"];
                    *value = longer(value);
                };
                plant(format!("header of the answer of rule {at}"), &change);
            }
            if filter.get("requestRedirect").is_some() {
                let redirect = |to: &mut Value, field: &str, value: Value| {
                    to["spec"]["rules"][at]["filters"][place]["requestRedirect"][field] = value;
                };
                plant(format!("host of rule {at}"), &|to| redirect(to, "hostname", "else.example.org".into()));
                plant(format!("status of rule {at}"), &|to| redirect(to, "statusCode", 302.into()));
                plant(format!("scheme of rule {at}"), &|to| redirect(to, "scheme", "http".into()));
            }
        }
        // Two rules change places.
        if let Some(next) = rules.get(at + 1).filter(|next| next["filters"] != rule["filters"]) {
            let change = |to: &mut Value| {
                to["spec"]["rules"][at]["filters"] = next["filters"].clone();
                to["spec"]["rules"][at + 1]["filters"] = rule["filters"].clone();
            };
            plant(format!("answers of rules {at} and {}", at + 1), &change);
        }
    }
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_redirects_of_twenty_workers_answer_through_a_real_gateway_as_their_originals() {
    if !in_namespace() {
        return;
    }
    let Some(miniflare) = Miniflare::start() else { return };
    let Some(scene) = Scene::new().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = redirects::write_down(folder.path());
    let (room, document) = convert(folder.path(), None, [0, 0]);
    assert_eq!(document["refused"], json!([]));
    let (mut routes, mut filters) = (0, 0);
    for one in &made {
        let plconfig = room.read(&format!("out/deployment/teams/unassigned/apps/{}/plconfig.yaml", one.name));
        assert!(plconfig.contains("type: routes"), "{}: {plconfig}", one.name);
        let served = scene.serve(&room, &one.name).await;
        routes += served.iter().filter(|manifest| manifest["kind"] == "HTTPRoute").count();
        filters += served.iter().filter(|manifest| manifest["kind"] == "HTTPRouteFilter").count();
    }
    let (mut asked, mut all) = (0, Vec::new());
    for one in &made {
        let expected = Expected::of(&miniflare, &folder.path().join(&one.name), &one.name, one.requests());
        let redirected = expected.answers.iter().filter(|(_, answer)| (300..400).contains(&answer.status)).count();
        assert!(redirected >= EACH, "{}: {redirected} of its requests are redirected", one.name);
        asked += expected.answers.len();
        all.extend(expected.settled(false).into_iter().take(5));
    }
    say(&format!(
        "workers: {} redirects of {} Workers as {routes} HTTPRoutes and {filters} filters: {asked} requests to Envoy, {} differ",
        made.len() * EACH,
        made.len(),
        all.len()
    ));
    assert!(all.is_empty(), "{}", all.join("\n"));
}
