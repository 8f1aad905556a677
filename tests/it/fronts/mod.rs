//! A company's whole estate, from its load balancers to the gateway: found in moto, converted, applied to the control
//! plane, and asked. What Envoy Gateway answers is what the rules of the balancers say.
//!
//! The pods are played by kwok and their addresses by this process, cert-manager by a root of the test's own; routes,
//! Services, endpoints and the choice of a backend are those of the real programs.

mod client;
mod draw;
pub(crate) mod platform;
mod pods;
mod rules;

use crate::cases::{Converted, make_namespaces, say};
use crate::cli::{Room, Said};
use caravan_tests_testbed::{Cluster, Gateway, Moto, Write as Mode, in_namespace};
use client::Got;
use draw::Random;
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::core::GroupVersionKind;
use platform::{Authority, INTERNAL, PUBLIC, by_kind, gateways};
use rules::{Answer, Listener, Request, Said as SaidOf};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

const REGION: &str = "eu-central-1";
const DOMAIN: &str = "apps.example.com";
/// Requests whose answer the gateway has to know exactly.
const REQUESTS: usize = 500;
/// How long the gateway may take on a machine with more to do: some seconds on an idle one.
const SERVED_WITHIN: Duration = Duration::from_secs(120);

/// What people answer, by the topic of the question: everything that may run runs, and what callers used stays open.
const ANSWERS: &[(&str, &str)] = &[
    ("sidecar", "always"),
    ("start", "with-traffic"),
    ("plain-http", "to-443"),
    ("weights", "all-here"),
    ("replicas", "1"),
    ("ecs-endpoint", "without"),
    ("input", "leave-out"),
];

/// What only a condition leads to that no gateway can say.
const SHUT: &[&str] = &["backoffice", "reports", "reviews-next"];

/// The estate in moto, with what its balancers say.
struct Estate {
    listeners: Vec<Listener>,
    groups: BTreeMap<String, (String, u64)>,
    room: Room,
}

impl Estate {
    fn discover() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/fronts.py");
        let made = moto.boto3(&account, REGION, &script, &[]);
        let groups = made["groups"].as_object().unwrap().iter().map(|(arn, group)| {
            (arn.clone(), (group["service"].as_str().unwrap().to_owned(), group["port"].as_u64().unwrap()))
        });
        let estate = Self { listeners: Listener::read(&made), groups: groups.collect(), room: Room::new() };
        let read = json!({"id": account.id, "regions": [REGION], "endpoint": moto.endpoint()});
        let settings = json!({"schema": "caravan.config/v1", "accounts": [read], "ownership": [
            {"tags": {"team": "*"}, "team": "${tag:team}"}, {"account": account.id, "environment": "prod", "team": "tickets"},
        ]});
        estate.room.write("caravan.yaml", settings.to_string());
        let mut command = estate
            .room
            .command(&["discover", "--only", "ec2", "--only", "ecs", "--only", "elbv2", "--only", "route53"]);
        let variables = account.environment(&moto.endpoint(), REGION).into_iter();
        command.envs(variables.filter(|(name, value)| *name != "AWS_ENDPOINT_URL" && !value.is_empty()));
        // moto has no inventory of Systems Manager; all else is read whole.
        let said = Said::of(command.output().unwrap());
        said.ends(5, &["ssm:DescribeInstanceInformation is failed"]);
        Some(estate)
    }

    /// Answers what is asked, as far as the answers go; gives what stays open.
    fn decide(&self) -> BTreeSet<String> {
        let (_, asked) = self.room.json(&["decide"]);
        let ids: Vec<&str> =
            asked["questions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        let answer = |id: &&str| {
            let topic = id.split('/').next().unwrap();
            // One rule can't come to both as a whole: the canary of the pair is left out.
            if topic == "weights" && id.contains("/reviews-next/") {
                return Some(format!("{id}=leave-out"));
            }
            ANSWERS.iter().find(|(known, _)| *known == topic).map(|(_, answer)| format!("{id}={answer}"))
        };
        let answers: Vec<String> = ids.iter().filter_map(answer).collect();
        let mut arguments = vec!["decide"];
        arguments.extend(answers.iter().map(String::as_str));
        self.room.run(&arguments).ends(0, &[]);
        let (_, asked) = self.room.json(&["decide"]);
        asked["questions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_requests_to_a_real_gateway_come_to_what_the_rules_of_thirty_services_say() {
    if !in_namespace() {
        return;
    }
    let (Some(cluster), Some(estate)) = (Cluster::shared(), Estate::discover()) else { return };
    let client = cluster.client();
    let Some(_gateway) = Gateway::start(cluster) else { return };
    let authority = Authority::new();
    pods::take_addresses();
    gateways(cluster, &client, &authority, DOMAIN).await;
    let open = estate.decide();
    say(&format!("fronts: still asked: {open:#?}"));
    let Estate { listeners, groups, room } = estate;
    let converted = Converted::convert(room);
    let refused: Vec<&str> =
        converted.document["refused"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(refused, ["it runs once, at a fixed time"]);
    let manifests = converted.manifests();
    say(&format!("fronts: {} manifests: {:?}", manifests.len(), by_kind(&manifests)));
    apply(cluster, &client, &manifests, &authority).await;
    let ports: BTreeSet<u64> = groups.values().map(|(_, port)| *port).collect();
    pods::serve(&ports).await;
    wait_until_available(&client, &manifests).await;
    wait_until_accepted(&client).await;
    for entry in [PUBLIC, INTERNAL] {
        wait_until_open(entry).await;
    }
    let bench = Bench { authority, listeners, groups, client };
    bench.rules_hold().await;
    bench.own_hosts_open_nothing().await;
}

/// What is asked, and whom.
struct Bench {
    authority: Authority,
    listeners: Vec<Listener>,
    groups: BTreeMap<String, (String, u64)>,
    client: kube::Client,
}

/// A request that was asked, with what the rules of a listener say of it.
struct Asked<'b> {
    listener: &'b Listener,
    request: Request,
    said: SaidOf,
    got: Option<Got>,
}

impl Bench {
    /// Draws requests from each rule in turn and compares the answers with what the rules say.
    async fn rules_hold(&self) {
        let mut random = Random(20_261_128);
        let listeners: Vec<&Listener> = self.listeners.iter().filter(|one| one.port == 443 || one.internal).collect();
        let rules = listeners.iter().flat_map(|one| (0..one.rules.len()).map(move |rule| (*one, rule)));
        let (mut exact, mut closed, mut turns) = (Vec::new(), Vec::new(), rules.cycle());
        while exact.len() < REQUESTS {
            assert!(closed.len() < REQUESTS / 2, "too much is behind questions");
            let (listener, rule) = turns.next().unwrap();
            let request = draw::request(&mut random, listener, rule);
            let said = listener.says(&request, &self.groups);
            let is_asked_about = !said.unsaid.is_empty() || listener.closes(&request);
            let asked = Asked { listener, request, said, got: None };
            if is_asked_about { closed.push(asked) } else { exact.push(asked) }
        }
        self.ask(&mut exact).await;
        self.ask(&mut closed).await;
        let apps = pods::apps(&self.client).await;
        let is_closed = |asked: &Asked<'_>| asked.got.as_ref().is_none_or(|got| got.status == 404);
        let wrong: Vec<&Asked<'_>> = exact.iter().filter(|asked| !asked.fits(&apps)).collect();
        let open: Vec<&Asked<'_>> = closed.iter().filter(|asked| !is_closed(asked) && !asked.fits(&apps)).collect();
        say(&format!(
            "fronts: {} requests, {} of them not as the rules say; {} more behind a question, {} of them open",
            exact.len(),
            wrong.len(),
            closed.len(),
            open.len()
        ));
        let told: Vec<String> = wrong.into_iter().chain(open).map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
        let reached: BTreeSet<&Answer> = exact.iter().map(|asked| &asked.said.answer).collect();
        let never = self.groups.values().filter(|(service, port)| {
            !SHUT.contains(&service.as_str()) && !reached.contains(&Answer::Service(service.clone(), *port))
        });
        assert_eq!(never.collect::<Vec<_>>(), [] as [&(String, u64); 0], "no request came there");
    }

    /// What the platform's own name of an app lets in comes in by a public rule too.
    async fn own_hosts_open_nothing(&self) {
        let mut random = Random(7);
        let public: Vec<&Listener> = self.listeners.iter().filter(|one| one.port == 443 && !one.internal).collect();
        let mut asked = Vec::new();
        for (service, _) in self.groups.values() {
            for _ in 0..6 {
                let listener = public[random.below(public.len())];
                let rule = random.below(listener.rules.len());
                let request =
                    Request { host: format!("{service}.{DOMAIN}"), ..draw::request(&mut random, listener, rule) };
                let said = listener.says(&request, &self.groups);
                asked.push(Asked { listener, request, said, got: None });
            }
        }
        self.ask(&mut asked).await;
        let apps = pods::apps(&self.client).await;
        let mut came = 0;
        for Asked { request, got, .. } in &asked {
            let Some((address, port)) = got.as_ref().and_then(|got| got.at.as_ref()) else { continue };
            came += 1;
            let answer = Answer::Service(apps[address].clone(), *port);
            let says_so = |listener: &&Listener| {
                let mut names = listener.names();
                names.any(|host| listener.says(&Request { host, ..request.clone() }, &self.groups).answer == answer)
            };
            assert!(public.iter().any(says_so), "no public rule lets this in: {request:?} came to {answer:?}");
        }
        say(&format!(
            "fronts: {} requests at the platform's own hosts, {came} came in, as public rules say",
            asked.len()
        ));
        assert!(came > 10, "so few came in that it proves nothing");
    }

    async fn ask(&self, asked: &mut [Asked<'_>]) {
        for some in asked.chunks_mut(16) {
            let each = some.iter().map(|asked| {
                let entry = if asked.listener.internal { INTERNAL } else { PUBLIC };
                let (config, request) = (self.authority.client.clone(), asked.request.clone());
                tokio::spawn(async move { client::ask(&config, entry, &request).await })
            });
            let answers: Vec<_> = each.collect();
            for (asked, answer) in some.iter_mut().zip(answers) {
                asked.got = answer.await.unwrap().unwrap_or_else(|why| panic!("{:?}: {why}", asked.request));
            }
        }
    }
}

impl Asked<'_> {
    /// Whether the gateway did what the rules say; `apps` has the apps of the pods' addresses.
    fn fits(&self, apps: &BTreeMap<String, String>) -> bool {
        match (&self.said.answer, &self.got) {
            (Answer::Service(service, port), Some(got)) => {
                let by = got.at.as_ref().and_then(|(address, port)| Some((apps.get(address)?, port)));
                got.status == 200 && by == Some((service, port))
            }
            (Answer::Itself(status, location), Some(got)) => {
                let plain = |text: &String| text.replace(":443/", "/");
                got.status == *status && got.location.as_ref().map(plain) == location.as_ref().map(plain)
            }
            // Nobody has the host, or nobody has the path.
            (Answer::Gone, got) => got.as_ref().is_none_or(|got| got.status == 404),
            (_, None) => false,
        }
    }
}

impl std::fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { listener, request, said, got } = self;
        write!(f, "{}: {request:?}\n  the rules say {said:?}\n  the gateway {got:?}", listener.name)
    }
}

async fn apply(cluster: &Cluster, client: &kube::Client, manifests: &[(String, Value)], authority: &Authority) {
    let mut refusals = make_namespaces(cluster, client, manifests).await;
    for secret in authority.issued(manifests) {
        cluster.apply(client, &secret, Mode::Persist).await.unwrap();
    }
    for (file, manifest) in manifests {
        if let Err(refusal) = cluster.apply(client, manifest, Mode::Persist).await {
            refusals.push(format!("{file}: {refusal}"));
        }
    }
    assert!(refusals.is_empty(), "the API server refuses:\n{}", refusals.join("\n"));
}

async fn wait_until_available(client: &kube::Client, manifests: &[(String, Value)]) {
    let wanted = |one: &Value| one["kind"] == "Deployment" && one["spec"]["replicas"] != 0;
    let names: BTreeSet<&str> = manifests
        .iter()
        .filter(|(_, one)| wanted(one))
        .map(|(_, one)| one["metadata"]["name"].as_str().unwrap())
        .collect();
    let (api, begin) = (Api::<Deployment>::all(client.clone()), Instant::now());
    loop {
        let there = api.list(&ListParams::default()).await.unwrap().items;
        let ready = |one: &&Deployment| one.status.as_ref().is_some_and(|status| status.available_replicas > Some(0));
        let ready: BTreeSet<String> = there.iter().filter(ready).filter_map(|one| one.metadata.name.clone()).collect();
        let late: Vec<_> = names.iter().filter(|name| !ready.contains(**name)).collect();
        if late.is_empty() {
            return;
        }
        assert!(begin.elapsed() < SERVED_WITHIN, "not available: {late:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until Envoy Gateway has taken in every route, as it says in their status.
async fn wait_until_accepted(client: &kube::Client) {
    let kind = GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "HTTPRoute");
    let api = Api::<DynamicObject>::all_with(client.clone(), &ApiResource::from_gvk(&kind));
    let begin = Instant::now();
    loop {
        let routes = api.list(&ListParams::default()).await.unwrap().items;
        let late: Vec<String> = routes.iter().filter_map(not_accepted).collect();
        if late.is_empty() {
            tokio::time::sleep(Duration::from_secs(2)).await;
            return;
        }
        assert!(begin.elapsed() < SERVED_WITHIN, "Envoy Gateway does not take:\n{}", late.join("\n"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn wait_until_open(entry: &str) {
    let begin = Instant::now();
    while let Err(error) = tokio::net::TcpStream::connect(entry).await {
        assert!(begin.elapsed() < SERVED_WITHIN, "{entry}: {error}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What is missing until a route is served.
fn not_accepted(route: &DynamicObject) -> Option<String> {
    let name = route.metadata.name.clone().unwrap_or_default();
    let parents = route.data["status"]["parents"].as_array().cloned().unwrap_or_default();
    let wanted = route.data["spec"]["parentRefs"].as_array().map_or(0, Vec::len);
    let fine = |parent: &Value| {
        let conditions = parent["conditions"].as_array().cloned().unwrap_or_default();
        ["Accepted", "ResolvedRefs"]
            .iter()
            .all(|kind| conditions.iter().any(|one| one["type"] == *kind && one["status"] == "True"))
    };
    let done = parents.len() >= wanted && parents.iter().all(fine);
    (!done).then(|| format!("{name}: {}", route.data["status"]))
}
