//! Bindings to what Cloudflare keeps: each is refused with its reason and the way out.

use crate::field::{Field, Object};
use crate::tracker::FieldTracker;

/// A field of the configuration, and why a Worker with it stays: what to do instead.
const KEPT: [(&str, &str); 34] = [
    (
        "kv_namespaces",
        "it uses a KV namespace, for which nothing stands in yet: leave it on Cloudflare, or let it read the table from elsewhere",
    ),
    (
        "r2_buckets",
        "it uses an R2 bucket, for which nothing stands in yet: leave it on Cloudflare, or let it use the bucket by its S3 API",
    ),
    (
        "d1_databases",
        "it uses a D1 database, which only Cloudflare runs: move the data to a database that the platform reaches, and the Worker with it",
    ),
    (
        "durable_objects",
        "it uses Durable Objects, whose state can't be taken out by any API: it stays on Cloudflare until the state has another home",
    ),
    (
        "queues",
        "it uses Cloudflare's Queues, for which nothing stands in yet: leave it there, or move the queue to SQS first",
    ),
    ("hyperdrive", "it uses Hyperdrive: let it connect to the database itself, which is as near on the platform"),
    ("vectorize", "it uses Vectorize, which only Cloudflare runs"),
    ("ai", "it uses Workers AI, which only Cloudflare runs: let it call another provider's API"),
    ("browser", "it uses Browser Rendering, which only Cloudflare runs: let it call a browser of its own"),
    ("images", "it uses Cloudflare Images, which only Cloudflare runs"),
    ("media", "it uses Cloudflare's media transformations, which only Cloudflare runs"),
    ("send_email", "it sends mail by Cloudflare's Email Routing: let it use SES"),
    (
        "analytics_engine_datasets",
        "it writes to Analytics Engine, which only Cloudflare runs: let it write metrics elsewhere",
    ),
    ("mtls_certificates", "it shows a client certificate that Cloudflare keeps: nobody can read it there"),
    ("dispatch_namespaces", "it is of Workers for Platforms, which only Cloudflare runs"),
    ("workflows", "it uses Cloudflare's Workflows, which only Cloudflare runs"),
    ("pipelines", "it uses Cloudflare's Pipelines, which only Cloudflare runs"),
    ("containers", "it runs containers of Cloudflare's: convert their image as a service of its own"),
    ("cloudchamber", "it runs containers of Cloudflare's: convert their image as a service of its own"),
    (
        "secrets_store_secrets",
        "it reads secrets of Cloudflare's store by a binding of its own kind: give them to it as secrets",
    ),
    ("vpc_services", "it reaches private services by Cloudflare's network: let it call them by their own names"),
    ("ratelimits", "it limits rates by Cloudflare's counters, for which nothing stands in"),
    ("assets", "it serves assets, which are not converted yet: leave it on Cloudflare"),
    ("site", "it serves a Workers Site, which is kept in KV and is not converted yet: leave it on Cloudflare"),
    ("version_metadata", "it reads which version of it runs, which only Cloudflare tells"),
    ("text_blobs", "its script gets texts as globals (`text_blobs`), which are not read yet: import them as modules"),
    ("data_blobs", "its script gets data as globals (`data_blobs`), which are not read yet"),
    ("wasm_modules", "its script gets WebAssembly as globals (`wasm_modules`), which is not read yet"),
    ("unsafe", "it uses bindings that Cloudflare calls unsafe, of which nothing is known"),
    ("exports", "it declares Durable Objects among its exports, whose state can't be taken out by any API"),
    ("worker_loaders", "it loads other Workers while it runs, which only Cloudflare does"),
    ("stream", "it uses Cloudflare's Stream, which only Cloudflare runs"),
    (
        "access",
        "Cloudflare's Access guards it, for which nothing stands in here: put another guard in front of it first",
    ),
    ("migrations", "it has migrations of Durable Objects, whose state can't be taken out by any API"),
];

/// Refuses what it can't do without.
pub(super) fn refuse<'a>(tracker: &mut FieldTracker<'a>, config: Object<'a>) {
    for (name, reason) in KEPT {
        if let Some(field) = config.field(name).filter(|field| says(*field)) {
            field.blocked(tracker, reason);
        }
    }
}

/// The first thing in it that it can't do without.
pub(super) fn reason(config: Object<'_>) -> Option<&'static str> {
    KEPT.iter().find(|(name, _)| config.field(name).is_some_and(says)).map(|(_, reason)| *reason)
}

/// What the script never touches, since the gateway answers in its place.
pub(super) fn unused<'a>(tracker: &mut FieldTracker<'a>, config: Object<'a>) {
    for name in KEPT.iter().map(|(name, _)| *name).chain(["services"]) {
        if let Some(field) = config.field(name) {
            field.dropped(tracker, "unused-binding");
        }
    }
    config.drop_all(tracker, &["secrets"], "unused-binding");
}

/// Whether anything is in it: `queues: {consumers: []}` says nothing.
fn says(field: Field<'_>) -> bool {
    match field.0 {
        serde_json::Value::Object(inner) => inner.values().any(|value| !crate::field::is_empty(value)),
        _ => true,
    }
}
