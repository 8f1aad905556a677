//! Workers of every class: what they become, what is asked, and what of their documents is claimed.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::plconfig::ComponentType;
use caravan_convert_lift::{FieldVerdict, LiftOutcome};
use caravan_inventory::{ObservationKind, WorkloadId, WorkloadKind};
use common::Case;
use serde_json::{Value, json};

const REDIRECTS: &str = "const T = { '/a': 'https://new.example.com/a' };\n\
    export default { fetch(request) { const to = T[new URL(request.url).pathname];\n\
    return to ? Response.redirect(to, 301) : new Response('gone', { status: 410 }); } };\n";
const PROXY: &str = "export default { async fetch(request, env) { const answer = await fetch(request);\n\
    return new Response(answer.body, { headers: { 'X-Mode': env.MODE } }); } };\n";

/// A Worker of a configuration, with what is different in it.
fn worker(script: &str, more: Value) -> Case {
    let mut body = json!({
        "name": "edge", "main": "index.js", "compatibility_date": "2025-06-01", "format": "modules", "routes": ["a.example.com/*"],
        "modules": [{"name": "index.js", "type": "esm", "content": script}],
    });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    let mut case = Case::from_file("edge", &[(ObservationKind::WranglerConfig, body)]);
    case.workload.kind = WorkloadKind::Worker;
    case.workload.id = WorkloadId::new("worker/files/edge");
    case
}

fn open(case: &Case) -> Vec<String> {
    case.lift().questions.iter().map(|question| question.id.to_string()).collect()
}

#[test]
fn a_redirect_worker_is_routes_and_a_proxy_runs_in_workerd_once_its_origin_is_known() {
    let config = worker(REDIRECTS, json!({})).config();
    let component = &config.components["web"];
    assert_eq!(component.kind, ComponentType::Routes);
    let ingress = component.ingress.as_ref().unwrap();
    assert_eq!(ingress.routes.len(), 2);
    assert_eq!(ingress.routes[0].response_headers["location"], "https://new.example.com/a");
    assert!(ingress.suspended.is_some(), "its hosts stay where they are until the hand-over");
    assert!(config.worker.is_none());

    let proxy = worker(PROXY, json!({"vars": {"MODE": "live", "LIST": [1, 2]}}));
    assert_eq!(open(&proxy), ["origin/worker/files/edge"]);
    let closed = proxy.config();
    assert!(closed.components["web"].ingress.is_none() && closed.components["web"].suspended.is_some());
    let proxy = proxy.answer("origin", "", "https://origin.example.com");
    let config = proxy.config();
    let (component, worker) = (&config.components["web"], config.worker.as_ref().unwrap());
    assert_eq!((component.kind, component.suspended.as_deref()), (ComponentType::Web, None));
    assert_eq!(component.ingress.as_ref().unwrap().hosts, ["a.example.com"]);
    assert_eq!(worker.origin.as_ref().unwrap().address, "https://origin.example.com");
    assert_eq!(config.env["MODE"], "live");
    assert_eq!(worker.bindings["LIST"].json.as_deref(), Some("[1,2]"));
    let lifted = proxy.lift();
    assert_eq!((lifted.modules.len(), lifted.modules[0].text.as_str()), (1, PROXY));
    assert_eq!(lifted.modules[0].sha256, worker.modules[0].sha256);
    // Back to itself is no origin.
    assert_eq!(open(&worker_again("http://a.example.com")), ["origin/worker/files/edge"]);
}

fn worker_again(address: &str) -> Case {
    worker(PROXY, json!({"vars": {"MODE": "live"}})).answer("origin", "", address)
}

#[test]
fn what_decides_and_is_not_answered_keeps_it_closed() {
    let cf = "export default { fetch(r) { return new Response(r.cf.country); } };\n";
    for (script, more, wanted) in [
        (REDIRECTS, json!({"routes": ["a.example.com/old/*"]}), "beside/worker/files/edge/a.example.com"),
        (REDIRECTS, json!({"routes": []}), "workers-dev/worker/files/edge"),
        (cf, json!({}), "cloudflare-data/worker/files/edge"),
        (
            "export default { fetch(r, env) { return new Response(env.KEY); } };\n",
            json!({}),
            "binding/worker/files/edge/KEY",
        ),
        (
            "export default { fetch(r, env, ctx) { ctx.passThroughOnException(); return new Response(`${Date.now()}`); } };\n",
            json!({}),
            "pass-through/worker/files/edge",
        ),
        (
            "export default { fetch() { return fetch('https://api.example.org/x', { cf: { cacheTtl: 5 } }); } };\n",
            json!({}),
            "fetch-options/worker/files/edge",
        ),
        (
            "export default { fetch(r) { return new Response(`${Date.now()} ${r.headers.get('x_api_key')}`); } };\n",
            json!({}),
            "header-names/worker/files/edge",
        ),
        (
            "export default { fetch(r) { const u = new URL(r.url); return fetch(u.href.slice(u.origin.length + 1)); } };\n",
            json!({}),
            "path-addresses/worker/files/edge",
        ),
    ] {
        let case = worker(script, more);
        assert!(open(&case).iter().any(|id| id == wanted), "{wanted}: {:?}", open(&case));
        let config = case.config();
        let component = &config.components["web"];
        assert!(component.ingress.is_none(), "{wanted}: {:?}", component.ingress);
        assert!(component.suspended.is_some(), "{wanted}");
    }
    let answered = worker(cf, json!({})).answer("cloudflare-data", "", "without").config();
    assert!(answered.components["web"].ingress.is_some());
    let moved = worker(REDIRECTS, json!({"routes": []})).answer("workers-dev", "", "go.example.com").config();
    assert_eq!(moved.components["web"].ingress.as_ref().unwrap().routes[0].hosts, ["go.example.com"]);
}

#[test]
fn what_only_cloudflare_has_is_refused_with_a_way_out() {
    let script = "export default { async fetch(r, env) { return new Response(await env.X.get('a')); } };\n";
    for (more, wanted) in [
        (json!({"kv_namespaces": [{"binding": "X", "id": "1"}]}), "KV namespace"),
        (json!({"d1_databases": [{"binding": "X", "database_id": "1"}]}), "D1"),
        (json!({"durable_objects": {"bindings": [{"name": "X", "class_name": "C"}]}}), "Durable Objects"),
        (json!({"queues": {"producers": [{"binding": "X", "queue": "q"}]}}), "Queues"),
        (json!({"triggers": {"crons": ["0 5 * * *"]}}), "can call its `scheduled`"),
        (json!({"compatibility_date": "2099-01-01"}), "knows no day after"),
        (json!({"compatibility_date": null}), "compatibility_date"),
        (json!({"define": {"A": "1"}}), "its build writes"),
        (json!({"script_error": "index.js:3: unexpected"}), "index.js:3"),
        (json!({"routes": ["*.a.*/x"]}), "none that can be read"),
    ] {
        let case = worker(script, more);
        let reasons = case.reasons();
        assert!(reasons.iter().any(|reason| reason.contains(wanted)), "{wanted}: {reasons:?}");
        assert!(case.lift().ledger.entries().all(|entry| entry.verdict != FieldVerdict::Unknown), "{wanted}");
    }
    // What its script never touches keeps nothing there.
    let unused = worker(REDIRECTS, json!({"kv_namespaces": [{"binding": "X", "id": "1"}]}));
    assert_eq!(unused.verdict(0, "/kv_namespaces/0/id"), FieldVerdict::Dropped { rule: "unused-binding".into() });
    let mut live = Case::live("edge", &[(ObservationKind::CloudflareWorker, json!({"id": "edge", "etag": "e"}))]);
    live.workload.kind = WorkloadKind::Worker;
    assert!(live.reasons()[0].contains("caravan discover --files"), "{:?}", live.reasons());
}

const SCHEDULED: &str = "const worker = { async scheduled(controller, env, ctx) { ctx.waitUntil(fetch('https://jobs.example.org/run')); } };\n\
    export { worker as default };\n";

#[test]
fn a_cron_trigger_is_a_cronjob_that_starts_when_the_old_one_has_stopped() {
    // Requests never come to it: it has no host, and nothing that would wait for them.
    let triggers = json!({"routes": [], "triggers": {"crons": ["*/5 * * * *", "0 17 * * 1", "10 7 * jan mon-fri"]}});
    let case = worker(SCHEDULED, triggers.clone());
    assert_eq!(open(&case), ["start/worker/files/edge"]);
    let config = case.config();
    assert_eq!(config.components.keys().collect::<Vec<_>>(), ["clock", "clock-2", "clock-3"]);
    let schedules: Vec<_> = config.components.values().map(|one| one.schedule.as_deref().unwrap()).collect();
    assert_eq!(schedules, ["*/5 * * * *", "0 17 * * 0", "10 7 * jan mon-fri"]);
    let clock = &config.components["clock-2"];
    assert_eq!(clock.command.as_ref().unwrap(), &["node", "/worker/clock.mjs", "0 17 * * 1"]);
    assert!(clock.suspended.is_some() && config.worker.is_some());
    let beside = worker(SCHEDULED, triggers).answer("start", "", "with-traffic").config();
    assert!(beside.components.values().all(|one| one.suspended.is_none()));
    // One that takes requests too has both.
    let both = "export default { fetch: () => fetch('https://a.example.org/'), scheduled() {} };\n";
    let config = worker(both, json!({"triggers": {"crons": ["0 5 * * *"]}})).config();
    assert_eq!(config.components.keys().collect::<Vec<_>>(), ["clock", "web"]);
    assert_eq!(config.components["web"].suspended, None);
    // What no trigger calls is no reason to stay.
    assert_eq!(worker(both, json!({})).config().components.len(), 1);
}

#[test]
fn a_cron_trigger_that_no_cronjob_can_say_or_call_keeps_the_worker_there() {
    let listener = "addEventListener('fetch', e => e.respondWith(fetch('https://a.example.org/')));\n\
        addEventListener('scheduled', e => e.waitUntil(fetch('https://a.example.org/')));\n";
    let class = "import { WorkerEntrypoint } from 'cloudflare:workers';\n\
        export default class extends WorkerEntrypoint { fetch() { return fetch('https://a.example.org/'); } scheduled() {} }\n";
    let imported = "import { waitUntil } from 'cloudflare:workers';\n\
        export default { scheduled() { waitUntil(fetch('https://a.example.org/')); } };\n";
    for (script, cron, wanted) in [
        (SCHEDULED, "59 23 LW * *", "can't be said by a CronJob: it counts days"),
        (SCHEDULED, "0 0 1 * mon", "days of the month and of the week at once"),
        (SCHEDULED, "0 0 * *", "has not five fields"),
        (SCHEDULED, "0 0 * * * 2027", "has not five fields"),
        (SCHEDULED, "0 25 * * *", "can't be read"),
        (listener, "0 5 * * *", "can call its `scheduled`"),
        (class, "0 5 * * *", "can call its `scheduled`"),
        (imported, "0 5 * * *", "`waitUntil` of `cloudflare:workers`"),
    ] {
        let case = worker(script, json!({"triggers": {"crons": [cron]}}));
        assert!(case.reasons().iter().any(|reason| reason.contains(wanted)), "{cron}: {wanted}: {:?}", case.reasons());
    }
}

#[test]
fn a_secret_of_the_script_is_read_from_a_variable_where_it_stood() {
    let mark = "<redacted:0123456789abcdef>";
    let script = format!(
        "const KEY = \"{mark}\";\nconst T = {{ \"{mark}\": 1 }};\nexport default {{ fetch: () => new Response(`Bearer {mark}` + KEY + T) }};\n"
    );
    let case = worker(&script, json!({}));
    let lifted = case.lift();
    assert_eq!(
        lifted.modules[0].text,
        "import { env as __caravan_env } from \"cloudflare:workers\"; const KEY = (__caravan_env.CARAVAN_SECRET_1);\n\
         const T = { [(__caravan_env.CARAVAN_SECRET_1)]: 1 };\n\
         export default { fetch: () => new Response(`Bearer ${__caravan_env.CARAVAN_SECRET_1}` + KEY + T) };\n"
    );
    assert_eq!(case.config().secrets["CARAVAN_SECRET_1"], "checkout#CARAVAN_SECRET_1");
    assert_eq!(open(&case), ["secret/worker/files/edge/CARAVAN_SECRET_1"]);
    let text = json!([{"name": "index.js", "type": "esm", "content": PROXY}, {"name": "k.txt", "type": "text", "content": mark}]);
    let refused = worker(PROXY, json!({"modules": text}));
    assert!(refused.reasons()[0].contains("`k.txt`"), "{:?}", refused.reasons());
}

#[test]
fn every_field_is_accounted_for_and_exact_is_what_another_value_would_change() {
    let all = json!({
        "vars": {"MODE": "live", "LIMITS": {"rate": 5}}, "compatibility_flags": ["nodejs_compat"], "account_id": "f", "workers_dev": false,
        "routes": ["a.example.com/*", {"pattern": "b.example.com", "custom_domain": true}, {"pattern": "*c.example.com/*", "zone_name": "example.com"}],
        "observability": {"enabled": true}, "limits": {"cpu_ms": 50}, "placement": {"mode": "smart"}, "minify": true, "no_bundle": false,
        "tail_consumers": [{"service": "logs"}], "migrations": [], "kv_namespaces": [], "triggers": {"crons": []},
    });
    let clocks = json!({"triggers": {"crons": ["0 5 * * *", "0 6 * * 2"]}, "routes": [], "workers_dev": true});
    for (script, fields) in [(REDIRECTS, &all), (PROXY, &all), (SCHEDULED, &clocks)] {
        let case = worker(script, fields.clone()).answer("origin", "", "https://origin.example.com");
        let before = case.lift();
        assert!(matches!(before.outcome, LiftOutcome::Converted(_)), "{:?}", before.outcome);
        for entry in before.ledger.entries() {
            assert_ne!(entry.verdict, FieldVerdict::Unknown, "{}", entry.path);
            assert!(
                !matches!(&entry.verdict, FieldVerdict::Question { id } if id.as_str().starts_with("misplaced")),
                "{}",
                entry.path
            );
        }
        let exact = common::exact(&before.ledger);
        assert!(exact.len() >= 5, "{exact:?}");
        for (source, entry) in exact {
            assert!(
                common::changes(case.clone(), &before, source, entry),
                "{} is exact, and another value changes nothing",
                entry.path
            );
        }
    }
}
