//! Configurations of wrangler (`wrangler.toml`, `wrangler.json`, `wrangler.jsonc`), each environment as it takes effect, with
//! the modules of the script under `modules`.
//! <https://developers.cloudflare.com/workers/wrangler/configuration/>

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A configuration in one of its environments.
pub(crate) static CONFIGS: Model = Model::new(CONFIG, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[CONFIG], OTHERS));

#[rustfmt::skip]
const CONFIG: &[Row] = &[
    ("name", Identity), ("main", Identity), ("account_id", Identity), ("compatibility_date", Identity), ("compatibility_flags/**", Identity),
    // A module's text is redacted literal by literal before it comes here; its name and type are the script's own.
    ("modules/*/name", Identity), ("modules/*/type", Identity), ("modules/*/content", Identity),
    ("format", Identity), ("environment", Identity), ("script_error", Identity),
    ("route", Identity), ("route/pattern", Identity), ("route/zone_name", Identity), ("route/zone_id", Identity),
    ("routes/*", Identity), ("routes/*/pattern", Identity), ("routes/*/zone_name", Identity), ("routes/*/zone_id", Identity),
    ("triggers/crons/**", Identity), ("vars/**", Free), ("define/**", Free), ("alias/**", Identity),
    ("kv_namespaces/*/binding", Identity), ("kv_namespaces/*/id", Identity), ("kv_namespaces/*/preview_id", Identity),
    ("r2_buckets/*/binding", Identity), ("r2_buckets/*/bucket_name", Identity), ("r2_buckets/*/preview_bucket_name", Identity),
    ("r2_buckets/*/jurisdiction", Identity), ("d1_databases/*/binding", Identity), ("d1_databases/*/database_name", Identity),
    ("d1_databases/*/database_id", Identity), ("d1_databases/*/preview_database_id", Identity), ("d1_databases/*/migrations_dir", Identity),
    ("d1_databases/*/migrations_table", Identity), ("durable_objects/bindings/*/name", Identity),
    ("durable_objects/bindings/*/class_name", Identity), ("durable_objects/bindings/*/script_name", Identity),
    ("durable_objects/bindings/*/environment", Identity), ("migrations/**", Identity),
    ("services/*/binding", Identity), ("services/*/service", Identity), ("services/*/environment", Identity), ("services/*/entrypoint", Identity),
    ("queues/producers/*/binding", Identity), ("queues/producers/*/queue", Identity), ("queues/consumers/*/queue", Identity),
    ("queues/consumers/*/dead_letter_queue", Identity), ("hyperdrive/*/binding", Identity), ("hyperdrive/*/id", Identity),
    ("vectorize/*/binding", Identity), ("vectorize/*/index_name", Identity), ("ai/binding", Identity), ("browser/binding", Identity),
    ("images/binding", Identity), ("version_metadata/binding", Identity), ("send_email/**", Identity),
    ("analytics_engine_datasets/*/binding", Identity), ("analytics_engine_datasets/*/dataset", Identity),
    ("mtls_certificates/*/binding", Identity), ("mtls_certificates/*/certificate_id", Identity), ("dispatch_namespaces/**", Identity),
    ("workflows/**", Identity), ("pipelines/**", Identity), ("containers/**", Identity), ("secrets_store_secrets/*/binding", Identity),
    ("secrets_store_secrets/*/store_id", Identity), ("secrets_store_secrets/*/secret_name", Identity), ("tail_consumers/**", Identity),
    ("assets/directory", Identity), ("assets/binding", Identity), ("assets/html_handling", Identity), ("assets/not_found_handling", Identity),
    ("site/bucket", Identity), ("site/entry-point", Identity), ("site/include/**", Identity), ("site/exclude/**", Identity),
    ("rules/*/type", Identity), ("rules/*/globs/**", Identity), ("build/command", Command), ("build/cwd", Identity),
    ("build/watch_dir", Identity), ("usage_model", Identity), ("observability/**", Identity), ("placement/**", Identity),
    ("limits/**", Identity), ("dev/**", Free), ("base_dir", Identity), ("tsconfig", Identity), ("jsx_factory", Identity),
    ("jsx_fragment", Identity), ("text_blobs/**", Identity), ("data_blobs/**", Identity), ("wasm_modules/**", Identity),
    ("pages_build_output_dir", Identity), ("$schema", Identity), ("secrets/required/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "custom_domain", "workers_dev", "preview_urls", "cpu_ms", "subrequests", "enabled", "head_sampling_rate", "logs", "invocation_logs",
    "traces", "persist", "destinations", "mode", "hint", "region", "run_worker_first", "fallthrough", "no_bundle", "minify", "node_compat", "keep_vars",
    "upload_source_maps", "first_party_worker", "find_additional_modules", "preserve_file_names", "keep_names", "send_metrics", "logpush",
    "legacy_env", "unsafe", "delivery_delay", "max_batch_size", "max_batch_timeout", "max_retries", "max_concurrency", "retry_delay",
    "localConnectionString", "tag", "new_classes", "new_sqlite_classes", "renamed_classes", "deleted_classes", "transferred_classes", "from", "to",
    "from_script", "remote", "experimental_remote", "visibility_timeout_ms", "type", "entry-point", "destination_address", "allowed_destination_addresses",
    "allowed_sender_addresses", "outbound", "parameters", "namespace", "class_name", "script_name", "name", "pipeline", "stream", "image",
    "max_instances", "instance_type", "port", "ip", "local_protocol", "upstream_protocol", "host", "inspector_port", "service", "environment",
    "streaming_tail_consumers", "python_modules", "cloudchamber", "media", "vpc_services", "ratelimits", "compliance_region", "exclude", "namespace_id",
    "simple", "limit", "period", "service_id",
];
