//! `worker-storage`: a Worker bound to storage or queues of Cloudflare's.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list, some_of};
use crate::readiness::subject::Subject;
use caravan_inventory::ObservationKind;

/// The types of bindings that have no twin outside of Cloudflare, and what they are.
const TYPES: &[(&str, &str)] = &[
    ("ai", "Workers AI"),
    ("analytics_engine", "Analytics Engine"),
    ("browser", "Browser Rendering"),
    ("d1", "a D1 database"),
    ("durable_object_namespace", "Durable Objects"),
    ("kv_namespace", "KV"),
    ("queue", "a queue"),
    ("r2_bucket", "an R2 bucket"),
    ("vectorize", "Vectorize"),
    ("workflow", "Workflows"),
];

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut names, mut evidence) = (Vec::new(), Vec::new());
    for worker in subject.of_kind(ObservationKind::CloudflareWorker) {
        for (number, binding) in list(&worker.body["bindings"]).iter().enumerate() {
            let kind = TYPES.iter().find(|(kind, _)| binding["type"] == *kind);
            if let Some((_, what)) = kind {
                names.push((*what).to_owned());
                evidence.push(at(worker, format!("/bindings/{number}")));
            }
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    names.dedup();
    let text = format!("it is bound to {} of Cloudflare, which runs nowhere else", some_of(&names, 4));
    vec![Finding::new(text, evidence, "keep it on Cloudflare, or give its data another home first")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::Fixture;
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn storage_of_cloudflare_is_named_and_plain_text_is_not() {
        let with = |kind: &str| {
            let worker = json!({"bindings": [{"type": kind, "name": "X"}]});
            Fixture::new(WorkloadKind::Worker, &[(ObservationKind::CloudflareWorker, worker)])
        };
        let (text, places) = with("kv_namespace").note(NoteKind::WorkerStorage);
        assert_eq!(text, "it is bound to KV of Cloudflare, which runs nowhere else");
        assert_eq!(places, ["/bindings/0"]);
        assert!(with("plain_text").notes(NoteKind::WorkerStorage).is_empty());
    }
}
