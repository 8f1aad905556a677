//! Cloudflare Workers: scripts with their settings and bindings, routes, custom domains, cron triggers.
//! <https://developers.cloudflare.com/api/resources/workers/>

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A Worker.
pub(crate) static WORKERS: Model = Model::new(WORKER, &NAMES);
/// A route.
pub(crate) static ROUTES: Model = Model::new(ROUTE, &NAMES);
/// A custom domain.
pub(crate) static DOMAINS: Model = Model::new(DOMAIN, &NAMES);
/// The cron triggers of a Worker.
pub(crate) static SCHEDULES: Model = Model::new(SCHEDULE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[WORKER, ROUTE, DOMAIN, SCHEDULE], OTHERS));

#[rustfmt::skip]
const WORKER: &[Row] = &[
    ("id", Identity), ("name", Identity), ("script_name", Identity), ("etag", Identity), ("tag", Identity), ("migration_tag", Identity),
    ("created_on", Identity), ("modified_on", Identity), ("compatibility_date", Identity), ("compatibility_flags/**", Identity),
    ("usage_model", Identity), ("handlers/**", Identity), ("named_handlers/**", Identity), ("last_deployed_from", Identity),
    ("placement/**", Identity), ("placement_mode", Identity), ("placement_status", Identity), ("limits/**", Identity),
    ("observability/**", Identity), ("tail_consumers/**", Identity), ("migrations/**", Identity), ("annotations/workers/message", Command),
    ("routes/*/id", Identity), ("routes/*/pattern", Identity), ("routes/*/script", Identity), ("routes/*/zone_id", Identity),
    ("routes/*/zone_name", Identity), ("bindings/*/text", Free), ("bindings/*/json/**", Free), ("bindings/*/name", Identity), ("bindings/*/type", Identity),
    ("bindings/*/namespace_id", Identity), ("bindings/*/namespace", Identity), ("bindings/*/bucket_name", Identity), ("bindings/*/jurisdiction", Identity),
    ("bindings/*/queue_name", Identity), ("bindings/*/service", Identity), ("bindings/*/environment", Identity), ("bindings/*/entrypoint", Identity),
    ("bindings/*/class_name", Identity), ("bindings/*/script_name", Identity), ("bindings/*/workflow_name", Identity), ("bindings/*/id", Identity),
    ("bindings/*/database_id", Identity), ("bindings/*/dataset", Identity), ("bindings/*/index_name", Identity), ("bindings/*/certificate_id", Identity),
    ("bindings/*/store_id", Identity), ("bindings/*/secret_name", Identity), ("bindings/*/pipeline", Identity), ("bindings/*/part", Identity),
    ("bindings/*/destination_address", Identity), ("bindings/*/allowed_destination_addresses/**", Identity),
    ("schedules/*/cron", Identity), ("schedules/*/created_on", Identity), ("schedules/*/modified_on", Identity),
    ("domains/*/hostname", Identity), ("domains/*/zone_id", Identity), ("domains/*/zone_name", Identity), ("domains/*/service", Identity),
    ("domains/*/environment", Identity), ("domains/*/id", Identity), ("account_id", Identity),
];

#[rustfmt::skip]
const ROUTE: &[Row] = &[
    ("id", Identity), ("pattern", Identity), ("script", Identity), ("zone_id", Identity), ("request_limit_fail_open", Identity),
];

#[rustfmt::skip]
const DOMAIN: &[Row] = &[
    ("id", Identity), ("hostname", Identity), ("service", Identity), ("environment", Identity), ("zone_id", Identity), ("zone_name", Identity),
    ("cert_id", Identity),
];

#[rustfmt::skip]
const SCHEDULE: &[Row] = &[
    ("schedules/*/cron", Identity), ("schedules/*/created_on", Identity), ("schedules/*/modified_on", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "cpu_ms", "enabled", "has_assets", "has_modules", "head_sampling_rate", "invocation_logs", "logpush", "logs", "mode", "new_classes",
    "new_sqlite_classes", "new_tag", "old_tag", "last_analyzed_at", "outbound", "params", "region", "simple", "tags",
];
