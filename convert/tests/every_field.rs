//! What plconfig accepts works: every field of the format changes the manifests, or is an error that names it.
//!
//! The structs are written out without `..`, so that a new field does not compile here until somebody says which of the
//! two it is.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use caravan_convert::{AuthSettings, Platform, render_file, render_volumes};
use caravan_convert_lift::plconfig::{
    Arch, Auth, AuthMode, Capabilities, Component, ComponentType, Container, CronScale, Deploy, Dns, Function,
    FunctionCode, FunctionLayer, Health, HealthProbe, HostShare, HttpEvent, HttpTrigger, Ingress, InitContainer,
    Monitoring, Network, Overlap, Peer, PlConfig, Profile, Protocol, QueueScale, Redirect, Resources, Respond, Route,
    Scale, ScaleRange, ScheduleTrigger, Seconds, Spot, SqsTrigger, Trigger, Use, UseKind, Version, Volume, VolumeEfs,
    Worker, WorkerBeside, WorkerBinding, WorkerModule, WorkerModuleKind, WorkerOrigin,
};
use serde_json::Value;
use std::collections::BTreeMap;

fn map<T>(entries: impl IntoIterator<Item = (&'static str, T)>) -> BTreeMap<String, T> {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn probe(asks: Asks) -> HealthProbe {
    let http = matches!(asks, Asks::Http);
    HealthProbe {
        path: http.then(|| text("/up")),
        port: http.then_some(9000),
        command: (!http).then(|| vec![text("check")]),
        tls: http.then_some(true),
        interval: Some(Seconds(7)),
        timeout: Some(Seconds(3)),
        failures: Some(4),
        successes: Some(2),
    }
}

enum Asks {
    Http,
    Command,
}

fn health() -> Health {
    Health { ready: Some(probe(Asks::Http)), live: Some(probe(Asks::Command)), startup: Some(Seconds(60)) }
}

fn resources() -> Resources {
    Resources {
        cpu: Some(text("250m")),
        memory: Some(text("384Mi")),
        memory_limit: Some(text("512Mi")),
        disk: Some(text("2Gi")),
        gpu: Some(1),
    }
}

fn none() -> Volume {
    Volume {
        name: None,
        size: None,
        class: None,
        efs: None,
        secret: None,
        temporary: None,
        limit: None,
        read_only: Some(true),
    }
}

fn volumes(of: &str) -> BTreeMap<String, Volume> {
    let efs = VolumeEfs {
        file_system: text("fs-0123456789abcdef0"),
        access_point: Some(text("fsap-0123456789abcdef0")),
        root: Some(text("/data")),
        encrypted: Some(false),
        iam: Some(true),
    };
    let disk = Volume { size: Some(text("20Gi")), class: Some(text("gp3-fast")), read_only: None, ..none() };
    let space = Volume { temporary: Some(text("memory")), limit: Some(text("64Mi")), read_only: None, ..none() };
    BTreeMap::from([
        (format!("/{of}/disk"), Volume { name: Some(format!("{of}-disk")), ..disk }),
        (format!("/{of}/again"), Volume { name: Some(format!("{of}-disk")), ..none() }),
        (format!("/{of}/efs"), Volume { efs: Some(efs), ..none() }),
        (format!("/{of}/keys"), Volume { secret: Some(text("keys#tls")), ..none() }),
        (format!("/{of}/space"), space),
    ])
}

fn capabilities() -> Capabilities {
    Capabilities { default: Some(true), add: vec![text("NET_ADMIN")], drop: vec![text("CHOWN")] }
}

fn beside(of: &str, after: &[&str]) -> Container {
    Container {
        image: Some(text("registry.example.com/beside:1")),
        command: Some(vec![text("beside")]),
        args: Some(vec![text("--all")]),
        workdir: Some(text("/srv")),
        user: Some(text("1001:1002")),
        env: map([("MODE", text("x"))]),
        secrets: map([("KEY", text("beside#KEY"))]),
        ports: map([("extra", format!("91{:02}", of.len()))]),
        health: Some(health()),
        resources: Some(resources()),
        volumes: volumes(of),
        // Not what the profile says.
        writable: Some(false),
        capabilities: Some(capabilities()),
        stdin: Some(true),
        tty: Some(true),
        after: after.iter().map(|&name| name.to_owned()).collect(),
    }
}

fn scale() -> ScaleRange {
    ScaleRange {
        min: 2,
        max: 9,
        cpu: Some(60),
        memory: Some(70),
        rps: Some(20.0),
        queue: Some(QueueScale {
            queue: text("https://sqs.eu-central-1.amazonaws.com/111122223333/q"),
            length: 5,
            in_flight: Some(false),
        }),
        cron: vec![CronScale {
            start: text("0 8 * * *"),
            end: text("0 18 * * *"),
            timezone: Some(text("Europe/Berlin")),
            min: 4,
        }],
        down_after: Some(Seconds(300)),
        up_every: Some(Seconds(60)),
    }
}

fn ingress() -> Ingress {
    let route = Route {
        hosts: vec![text("r.example.com")],
        paths: vec![text("/r")],
        headers: map([("X-Kind", text("a"))]),
        query: map([("kind", text("b"))]),
        methods: vec![text("GET")],
        internal: None,
        port: Some(9090),
        response_headers: map([("X-Frame-Options", text("DENY"))]),
        respond: None,
        redirect: None,
    };
    let inside = Route { hosts: vec![text("i.example.com")], internal: Some(true), ..Route::default() };
    let answer = Respond { status: 403, content_type: Some(text("text/plain")), body: Some(text("no")) };
    let respond = Route { paths: vec![text("/closed")], respond: Some(answer), ..Route::default() };
    let redirect = Redirect {
        scheme: Some(text("http")),
        host: Some(text("old.example.com")),
        port: Some(8080),
        path: Some(text("/old")),
        status: 301,
    };
    let redirect = Route { paths: vec![text("/moved")], redirect: Some(redirect), ..Route::default() };
    Ingress {
        hosts: vec![text("h.example.com"), text("shared.example.com")],
        paths: vec![text("/api")],
        routes: vec![route, inside, respond, redirect],
        own_host: Some(false),
        timeout: Some(Seconds(90)),
        idle_timeout: Some(Seconds(45)),
        response_headers: map([("Server", text("")), ("X-Content-Type-Options", text("nosniff"))]),
        internal: Some(true),
        sticky: Some(Seconds(600)),
        auth: Some(Auth {
            mode: AuthMode::Bearer,
            groups: vec![text("staff")],
            scopes: vec![text("read")],
            audience: Some(text("desk")),
            public: vec![text("/api/open")],
        }),
        suspended: Some(text("its DNS points at the old side")),
    }
}

fn peer(app: Option<&str>, host: Option<&str>, cidr: Option<&str>) -> Peer {
    Peer { app: app.map(text), host: host.map(text), cidr: cidr.map(text), port: Some(5432) }
}

/// SHA-256 in base64.
const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn function() -> Function {
    Function {
        name: text("orders"),
        version: Some(text("7")),
        account: text("111122223333"),
        region: Some(text("eu-west-3")),
        runtime: Some(text("python3.12")),
        base: Some(text("python3.13")),
        handler: text("app.handler"),
        command: Some(vec![text("python3"), text("-m"), text("awslambdaric"), text("other.handler")]),
        memory: 512,
        timeout: Seconds(12),
        init: Some(Seconds(40)),
        log_group: Some(text("/shop/orders")),
        code: FunctionCode { sha256: Some(text(HASH)), folder: None, image: None },
        layers: vec![FunctionLayer {
            arn: text("arn:aws:lambda:eu-west-3:111122223333:layer:shared:3"),
            sha256: Some(text(HASH)),
        }],
    }
}

/// What starts a function, of a component of each type; of a job, what it can't have.
fn trigger(kind: ComponentType) -> Trigger {
    let http = HttpTrigger {
        event: HttpEvent::Rest,
        routes: vec![text("GET /orders/{id}")],
        api: Some(text("a1b2c3")),
        stage: Some(text("live")),
        stage_variables: map([("tier", text("gold"))]),
        binary: vec![text("image/png")],
        timeout: Some(Seconds(20)),
        target_group: Some(text(GROUP)),
        multi_value: Some(true),
        stream: Some(true),
    };
    let sqs = SqsTrigger {
        queue: text("https://sqs.eu-west-3.amazonaws.com/111122223333/orders"),
        arn: text("arn:aws:sqs:eu-west-3:111122223333:orders"),
        batch: Some(20),
        window: Some(Seconds(5)),
        filters: vec![text("{\"body\": {\"kind\": [\"order\"]}}")],
        partial: Some(true),
        visibility: Some(Seconds(60)),
    };
    let schedule = ScheduleTrigger {
        retries: Some(1),
        max_age: Some(Seconds(3600)),
        rule: Some(text("arn:aws:events:eu-west-3:111122223333:rule/nightly")),
    };
    match kind {
        ComponentType::Web | ComponentType::Job => Trigger { http: Some(http), sqs: None, schedule: None },
        ComponentType::Worker => Trigger { http: None, sqs: Some(sqs), schedule: None },
        ComponentType::Cron => Trigger { http: None, sqs: None, schedule: Some(schedule) },
        ComponentType::Routes => Trigger { http: None, sqs: None, schedule: None },
    }
}

/// A target group that sends to a function.
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-3:111122223333:targetgroup/orders/1";

fn component(kind: ComponentType) -> Component {
    Component {
        kind,
        image: Some(text("registry.example.com/one:1")),
        pull_secrets: vec![text("registry#login")],
        command: Some(vec![text("run")]),
        args: Some(vec![text("--fast")]),
        workdir: Some(text("/app")),
        user: Some(text("1000:2000")),
        env: map([("LEVEL", text("info"))]),
        secrets: map([("TOKEN", text("app#TOKEN"))]),
        port: Some(8080),
        protocol: Some(Protocol::Http2),
        ports: map([("metrics", text("9090"))]),
        health: Some(health()),
        resources: Some(resources()),
        scale: Some(Scale::Range(scale())),
        concurrency: Some(3),
        trigger: Some(trigger(kind)),
        deploy: Some(Deploy { surge: Some(text("50%")), unavailable: Some(text("10%")), deadline: Some(Seconds(120)) }),
        ingress: Some(ingress()),
        schedule: Some(text("0 5 * * *")),
        timezone: Some(text("Europe/Berlin")),
        timeout: Some(Seconds(3600)),
        retries: Some(2),
        overlap: Some(Overlap::Allow),
        spot: Some(Spot::Prefer),
        stop: Some(Seconds(45)),
        drain: Some(Seconds(20)),
        volumes: volumes("own"),
        files: map([("/etc/app.toml", text("a = 1\n"))]),
        sidecars: map([
            ("agent", beside("agent", &["proxy"])),
            ("proxy", Container { image: Some(text("proxy:1")), ..Container::default() }),
        ]),
        init: vec![InitContainer { name: text("schema"), container: beside("schema", &["agent"]) }],
        // Not what the profile says.
        writable: Some(false),
        arch: Some(Arch::Arm64),
        network: Some(Network {
            allow: vec![peer(Some("other"), None, None), peer(None, Some("db.example.com"), None)],
            from: vec![peer(None, None, Some("10.0.0.0/8")), peer(Some("ops/probe"), None, None)],
        }),
        capabilities: Some(capabilities()),
        hostname: Some(text("one")),
        hosts: map([("old-name", text("10.0.0.7"))]),
        dns: Some(Dns { servers: vec![text("10.0.0.2")], search: vec![text("corp.example.com")], only: Some(true) }),
        sysctls: map([("net.ipv4.tcp_syncookies", text("1"))]),
        share_processes: Some(true),
        stdin: Some(true),
        tty: Some(true),
        tags: map([("cost-centre", text("4711"))]),
        suspended: Some(text("it may work without being asked")),
    }
}

/// A file with every field of the format, and one component of a type with every field of a component.
fn everything(kind: ComponentType) -> Value {
    let using = |kind, name: &str| Use { kind, name: text(name), access: vec![text("read")], env: Some(text("ROLE")) };
    let config = PlConfig {
        plconfig: Version::V1,
        app: text("all"),
        team: text("shop"),
        profile: Some(Profile::Ecs),
        description: Some(text("Everything at once.")),
        contact: Some(text("shop@example.com")),
        image: Some(text("registry.example.com/all:1")),
        function: Some(function()),
        machine: None,
        worker: None,
        env: map([("SHARED", text("1"))]),
        secrets: map([("PASSWORD", text("all#PASSWORD"))]),
        uses: map([
            ("role", using(UseKind::Iam, "arn:aws:iam::111122223333:role/all")),
            ("queue", using(UseKind::Sqs, "q")),
        ]),
        hosts: map([
            ("shared.example.com", HostShare { owner: None, guests: vec![text("shop/guest")], set: Some(2) }),
            ("theirs.example.com", HostShare { owner: Some(text("shop/owner")), guests: Vec::new(), set: None }),
        ]),
        internal_hosts: map([(
            "i.example.com",
            HostShare { owner: None, guests: vec![text("shop/guest")], set: Some(2) },
        )]),
        // The second has no image: the one of the whole file is its own.
        components: map([
            ("one", component(kind)),
            ("two", Component { kind: ComponentType::Worker, ..Component::default() }),
        ]),
        monitoring: Some(Monitoring {
            apm: Some(true),
            logs: Some(false),
            notify: Some(text("@slack-shop")),
            alerts: map([("error_rate", text("2%"))]),
        }),
        environments: map([("prod", serde_json::json!({"env": {"HERE": "only"}}))]),
    };
    serde_json::to_value(config).unwrap()
}

/// Every member of every object, as a JSON pointer; the innermost last.
fn members(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, child)| {
            let place = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            out.push(place.clone());
            members(child, &place, out);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, child)| {
            members(child, &format!("{at}/{index}"), out);
        }),
        _ => {}
    }
}

fn without(document: &Value, pointer: &str) -> Value {
    let mut document = document.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent) {
        Some(Value::Object(map)) => drop(map.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(list)) => drop(list.remove(key.parse().unwrap())),
        _ => {}
    }
    document
}

fn render(document: &Value) -> Result<String, String> {
    let text = serde_json::to_string(document).unwrap();
    let issuer = Some("https://id.example.com/realms/company".to_owned());
    let platform = Platform { auth: AuthSettings { issuer, ..AuthSettings::default() }, ..Platform::default() };
    let of_team = render_file(&text, "prod", &platform).map_err(|error| error.to_string())?;
    let of_platform = render_volumes(&text, "prod", &platform).map_err(|error| error.to_string())?;
    Ok(of_team + &of_platform)
}

/// Fields that are an error on every type of component, and those that are one on some types.
fn refused(kind: ComponentType) -> Vec<&'static str> {
    let (web, worker) = (kind == ComponentType::Web, kind == ComponentType::Worker);
    let (cron, job) = (kind == ComponentType::Cron, kind == ComponentType::Job);
    let mut refused = vec![
        "uses.queue",
        "uses.role.access",
        "monitoring.notify",
        "monitoring.alerts",
        "function.base",
        "components.one.health.live.successes",
        "components.one.sidecars.agent.health.live.successes",
        "components.one.init.0.container.health.live.successes",
        "components.one.init.0.container.after",
    ];
    if web {
        // Of load balancers, and of function URLs.
        refused.push("components.one.trigger.http.target_group");
        refused.push("components.one.trigger.http.multi_value");
        refused.push("components.one.trigger.http.stream");
    }
    refused.extend(job.then_some("components.one.trigger"));
    refused.extend((cron || job).then_some("components.one.concurrency"));
    if job {
        // Nothing starts it then.
        refused.retain(|place| *place != "function.base");
        refused.push("function");
    }
    refused.extend((!web).then_some("components.one.ingress"));
    refused.extend((!web).then_some("components.one.protocol"));
    refused.extend((!cron).then_some("components.one.schedule"));
    refused.extend((!cron).then_some("components.one.timezone"));
    refused.extend((!cron).then_some("components.one.overlap"));
    if web || worker {
        refused.extend(["components.one.timeout", "components.one.retries"]);
    }
    if cron || job {
        refused.extend(["components.one.deploy", "components.one.scale"]);
    }
    refused
}

fn pointer(place: &str) -> String {
    format!("/{}", place.replace('.', "/"))
}

/// Files in which all that is left has an effect: a disk makes a set of a component whose copies replace each other in
/// their own way, and what is closed has no routes.
fn settings(document: &Value, kind: ComponentType) -> Vec<Value> {
    let component = "/components/one";
    let theirs = "/hosts/theirs.example.com";
    let (whole, document) = (document, &without(document, theirs));
    let (routes, hosts) = (format!("{component}/ingress/routes"), format!("{component}/ingress/hosts"));
    let plain =
        [&hosts, &format!("{component}/ingress/paths")].into_iter().fold(document.clone(), |d, p| without(&d, p));
    if kind != ComponentType::Web && kind != ComponentType::Worker {
        let mut fixed = document.clone();
        fixed["components"]["one"]["scale"] = Value::from(3);
        let built = (kind == ComponentType::Cron).then(|| built(&fixed));
        return std::iter::once(fixed).chain(built).collect();
    }
    let mut out = vec![plain.clone()];
    for disk in ["/volumes/~1own~1disk", "/volumes/~1own~1again", "/sidecars/agent/volumes"] {
        out[0] = without(&out[0], &format!("{component}{disk}"));
    }
    let mut stateful = plain;
    if kind == ComponentType::Web {
        out[0] = without(&out[0], &format!("{component}/ingress/internal"));
        stateful = without(document, &routes);
        let mut open = without(&stateful, &format!("{component}/ingress/internal"));
        if let Some(Value::Array(hosts)) = open.pointer_mut(&hosts) {
            hosts.push(Value::from("theirs.example.com"));
        }
        put(&mut open, theirs, whole.pointer(theirs).unwrap().clone());
        out.push(open);
        let mut autoscaled = out[0].clone();
        for driver in ["rps", "queue", "cron"] {
            autoscaled = without(&autoscaled, &format!("{component}/scale/{driver}"));
        }
        out.push(autoscaled);
    }
    out.push(stateful);
    out.push(built(&out[0]));
    if kind == ComponentType::Web {
        out.extend(fronts(&out[0]));
    }
    out
}

/// The same with an image that is built for the function.
fn built(document: &Value) -> Value {
    let mut built = without(&without(document, "/image"), "/components/one/image");
    built["components"]["two"]["image"] = Value::from("registry.example.com/two:1");
    built["function"]["base"] = Value::from("python3.13");
    built
}

/// The same behind a load balancer, and by a function URL.
fn fronts(document: &Value) -> [Value; 2] {
    let of = |http: Value| {
        let mut document = document.clone();
        document["components"]["one"]["trigger"]["http"] = http;
        document
    };
    [
        of(serde_json::json!({"event": "alb", "target_group": GROUP, "multi_value": true})),
        of(serde_json::json!({"event": "url", "api": "abc", "stream": true})),
    ]
}

#[test]
fn every_field_changes_the_manifests_or_is_an_error_that_names_it() {
    for kind in [ComponentType::Web, ComponentType::Worker, ComponentType::Cron, ComponentType::Job] {
        let whole = everything(kind);
        let refused = refused(kind);
        let document = refused.iter().fold(whole.clone(), |document, place| without(&document, &pointer(place)));
        let settings: Vec<(Value, String)> = settings(&document, kind)
            .into_iter()
            .map(|setting| {
                let base = render(&setting).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
                (setting, base)
            })
            .collect();

        // What is refused is refused by name, alone among what is accepted.
        for place in &refused {
            let mut with = settings[0].0.clone();
            let value = whole.pointer(&pointer(place)).unwrap_or_else(|| panic!("{place}")).clone();
            put(&mut with, &pointer(place), value);
            let error = render(&with).unwrap_err();
            assert!(error.starts_with(&format!("{place}: ")), "{kind:?}: {place}: {error}");
        }

        // What is accepted has an effect in one of the settings.
        let mut places: Vec<String> = Vec::new();
        settings.iter().for_each(|(setting, _)| members(setting, "", &mut places));
        places.sort();
        places.dedup();
        places.retain(|place| {
            let changes = settings.iter().any(|(setting, base)| {
                setting.pointer(place).is_some() && render(&without(setting, place)).as_ref() != Ok(base)
            });
            let default = kind == ComponentType::Web && place == "/components/one/type";
            !changes && !default
        });
        assert!(places.is_empty(), "{kind:?}: without effect: {places:#?}");
    }
}

#[test]
fn every_field_of_a_worker_changes_the_manifests_or_is_an_error_that_names_it() {
    let module = |name: &str, kind| WorkerModule { name: text(name), kind, sha256: "0123456789abcdef".repeat(4) };
    let called =
        WorkerBinding { service: Some(text("auth")), entrypoint: Some(text("Accounts")), ..WorkerBinding::default() };
    let beside = WorkerBeside {
        compatibility_date: text("2025-03-01"),
        compatibility_flags: vec![text("nodejs_compat")],
        modules: vec![module("auth.js", WorkerModuleKind::Esm), module("add.wasm", WorkerModuleKind::Wasm)],
        bindings: map([
            ("MODE", WorkerBinding { variable: Some(text("MODE")), ..WorkerBinding::default() }),
            ("FRONT", WorkerBinding { service: Some(text("main")), ..WorkerBinding::default() }),
        ]),
    };
    let worker = Worker {
        compatibility_date: text("2025-06-01"),
        compatibility_flags: vec![text("nodejs_compat")],
        modules: vec![module("index.js", WorkerModuleKind::Esm), module("page.html", WorkerModuleKind::Text)],
        bindings: map([
            ("MODE", WorkerBinding { variable: Some(text("MODE")), ..WorkerBinding::default() }),
            ("LIMITS", WorkerBinding { json: Some(text("{\"rate\":5}")), ..WorkerBinding::default() }),
            ("AUTH", called.clone()),
        ]),
        origin: Some(WorkerOrigin { hosts: vec![text("a.example.com")], address: text("https://origin.example.com") }),
        beside: map([("auth", beside)]),
    };
    let config = PlConfig {
        app: text("edge"),
        team: text("shop"),
        worker: Some(worker),
        env: map([("MODE", text("live"))]),
        components: map([("web", Component { port: Some(8080), ..Component::default() })]),
        ..PlConfig::default()
    };
    let whole = serde_json::to_value(config).unwrap();
    let base = render(&whole).unwrap();
    let mut places = Vec::new();
    members(&whole["worker"], "/worker", &mut places);
    assert!(places.len() > 12, "{places:?}");
    for place in places {
        match render(&without(&whole, &place)) {
            Ok(other) => assert_ne!(other, base, "{place} has no effect"),
            Err(error) => assert!(error.contains("worker"), "{place}: {error}"),
        }
    }
    for (place, value, wanted) in [
        ("/worker/compatibility_date", "2099-01-01", "is after"),
        ("/worker/origin/address", "origin.example.com", "is no address"),
        ("/worker/modules/0/name", "../index.js", "is no name of a module"),
        ("/worker/bindings/MODE/variable", "OTHER", "neither in `env` nor in `secrets`"),
        ("/worker/bindings/AUTH/service", "nobody", "not in `beside`"),
        ("/worker/beside/auth/compatibility_date", "2099-01-01", "is after"),
    ] {
        let mut changed = whole.clone();
        put(&mut changed, place, Value::from(value));
        let error = render(&changed).unwrap_err();
        assert!(error.contains(wanted), "{place}: {error}");
    }
}

#[test]
fn what_the_gateway_answers_has_routes_and_nothing_that_runs() {
    let file = |rest: &str| format!("plconfig: v1\napp: a\nteam: t\ncomponents:\n  web:\n    type: routes\n{rest}");
    let route = "    ingress:\n      own_host: false\n      routes:\n      - hosts: [a.example.com]\n        respond: {status: 410}\n";
    let rendered = render_file(&file(route), "prod", &Platform::default()).unwrap();
    assert!(rendered.contains("kind: HTTPRoute") && rendered.contains("kind: HTTPRouteFilter"), "{rendered}");
    for kind in ["Deployment", "Service\n", "NetworkPolicy", "PodDisruptionBudget", "backendRefs"] {
        assert!(!rendered.contains(kind), "{kind}: {rendered}");
    }
    for (rest, wanted) in [
        (format!("    port: 80\n{route}"), "components.web: has no effect but by its `ingress`"),
        ("    ingress: {hosts: [a.example.com]}\n".to_owned(), "components.web.ingress.routes: each have"),
        (String::new(), "components.web.ingress: is missing"),
    ] {
        let error = render_file(&file(&rest), "prod", &Platform::default()).unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{rest}: {error}");
    }
}

fn put(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
}

#[test]
fn fields_that_take_each_others_effect_are_errors() {
    let file = |component: &str| {
        format!(
            "plconfig: v1\napp: a\nteam: t\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 80\n    {component}\n"
        )
    };
    for (component, wanted) in [
        (
            "ingress: {hosts: [a.example.com], routes: [{paths: [/]}]}",
            "components.web.ingress.hosts: has no effect beside `routes`: say it in each route",
        ),
        ("health: {live: {command: [x], tls: true}}", "components.web.health.live.tls: has no effect beside `command`"),
        (
            "volumes: {/a: {temporary: disk, class: fast}}",
            "components.web.volumes./a.class: has no effect without `size`",
        ),
        (
            "volumes: {/a: {size: 1Gi, limit: 1Gi}}",
            "components.web.volumes./a.limit: has no effect without `temporary`",
        ),
        (
            "concurrency: 2",
            "components.web.concurrency: has no effect without a `trigger`: only processes behind a front are counted",
        ),
        ("trigger: {http: {}}", "components.web.trigger: needs the `function` that it starts"),
    ] {
        let error = render_file(&file(component), "prod", &Platform::default()).unwrap_err();
        assert_eq!(error.to_string(), wanted);
    }
    let text = format!("{}hosts: {{x.example.com: {{owner: t/b}}}}\n", file("stop: 45s"));
    let error = render_file(&text, "prod", &Platform::default()).unwrap_err();
    assert_eq!(error.to_string(), "hosts.x.example.com: has no effect: no component has this host");
    // A number above it is how many run at once.
    for (ends, of) in [("type: cron\n    schedule: 0 1 * * *", "cron"), ("type: job", "job")] {
        let text = file("scale: 0").replace("type: web\n    port: 80", ends);
        let error = render_file(&text, "prod", &Platform::default()).unwrap_err().to_string();
        assert!(error.starts_with("components.web.scale: has no effect"), "{of}: {error}");
    }
}
