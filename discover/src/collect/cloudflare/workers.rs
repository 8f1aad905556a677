//! Workers with their settings, custom domains and cron triggers.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Element, Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const WORKERS: &str = "cloudflare:ListWorkers";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row(WORKERS, Start::Root("{}"), &[], workers),
    row("cloudflare:GetWorkerSettings", Start::Each, &[WORKERS], settings),
    row("cloudflare:ListWorkerSchedules", Start::Each, &[WORKERS], schedules),
    row("cloudflare:ListWorkerDomains", Start::Root("{}"), &[], domains),
];

const fn row(
    api: &'static str,
    start: Start,
    fed_by: &'static [&'static str],
    collector: fn(&Request, &Value) -> Found,
) -> CallRow {
    CallRow { api, source: Source::Workers, global: true, start, fed_by, collector: Collector::One(collector) }
}

fn workers(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for worker in list(body, "result") {
        let Some(name) = text(worker, "id") else { continue };
        let ask = |api: &str| request.then(api, json!({"script_name": name}));
        let element = Element::new(ObservationKind::CloudflareWorker, name, request, worker);
        found.count += 1;
        found.follow_up.push(ask("cloudflare:GetWorkerSettings").carrying(element.carried()));
        found.follow_up.push(ask("cloudflare:ListWorkerSchedules"));
    }
    found
}

/// The settings say what the list does not: bindings, compatibility, limits. Where both say a thing, the list's stays.
fn settings(request: &Request, body: &Value) -> Found {
    let whole = |mut worker: Element| {
        for (field, value) in body.get("result").and_then(Value::as_object).into_iter().flatten() {
            if worker.body.get(field).is_none_or(Value::is_null) {
                worker = worker.with(field, value.clone());
            }
        }
        worker
    };
    let worker = request.carried.clone().map(Element::from);
    Found { count: 1, elements: worker.into_iter().map(whole).collect(), follow_up: Vec::new() }
}

fn schedules(request: &Request, body: &Value) -> Found {
    let Some(name) = text(&request.read.input, "script_name") else { return Found::default() };
    let Some(result) = body.get("result").filter(|result| !list(result, "schedules").is_empty()) else {
        return Found::default();
    };
    recorded(request, ObservationKind::WorkerSchedules, std::slice::from_ref(result), |_| Some(name.to_owned()))
}

fn domains(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::WorkerDomain, list(body, "result"), |domain| {
        text(domain, "hostname").map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, cloudflare_request, found};
    use crate::collect::without_answer;

    fn listed() -> Found {
        let ask = cloudflare_request(WORKERS, json!({}));
        found(
            &ask,
            json!({"result": [{"id": "edge", "etag": "e", "compatibility_date": "2026-01-01"}], "success": true}),
        )
    }

    #[test]
    fn a_worker_is_recorded_with_its_settings() {
        let listed = listed();
        assert_eq!(apis(&listed), ["cloudflare:GetWorkerSettings", "cloudflare:ListWorkerSchedules"]);
        let settings = json!({"bindings": [{"name": "Q", "type": "queue"}], "compatibility_date": "2020-01-01"});
        let whole = found(&listed.follow_up[0], json!({"result": settings}));
        let body = &whole.elements[0].body;
        assert_eq!((&body["bindings"][0]["name"], &body["compatibility_date"]), (&json!("Q"), &json!("2026-01-01")));
    }

    #[test]
    fn a_worker_whose_settings_are_denied_is_recorded_without_them() {
        let element = without_answer(&listed().follow_up[0]).unwrap();
        assert_eq!((element.name.as_str(), element.body.get("bindings")), ("edge", None));
    }

    #[test]
    fn a_worker_without_cron_triggers_has_no_record_of_them() {
        let ask = cloudflare_request("cloudflare:ListWorkerSchedules", json!({"script_name": "edge"}));
        assert_eq!(found(&ask, json!({"result": {"schedules": []}})).elements.len(), 0);
        let found = found(&ask, json!({"result": {"schedules": [{"cron": "* * * * *"}]}}));
        assert_eq!((found.elements[0].name.as_str(), found.count), ("edge", 1));
    }
}
