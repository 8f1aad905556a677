//! Cloudflare Workers: scripts with their routes, bindings, schedules and domains.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A Worker.
pub(crate) static WORKERS: Model = Model::new(WORKER, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[WORKER], &[]));

#[rustfmt::skip]
const WORKER: &[Row] = &[
    ("id", Identity), ("name", Identity), ("script_name", Identity), ("etag", Identity), ("tag", Identity), ("migration_tag", Identity),
    ("created_on", Identity), ("modified_on", Identity), ("compatibility_date", Identity), ("compatibility_flags/**", Identity),
    ("usage_model", Identity), ("routes/*/id", Identity), ("routes/*/pattern", Identity), ("routes/*/zone_id", Identity),
    ("routes/*/zone_name", Identity), ("bindings/*/name", Identity), ("bindings/*/type", Identity), ("bindings/*/namespace_id", Identity),
    ("bindings/*/bucket_name", Identity), ("bindings/*/queue_name", Identity), ("bindings/*/service", Identity),
    ("bindings/*/environment", Identity), ("bindings/*/class_name", Identity), ("bindings/*/script_name", Identity),
    ("bindings/*/id", Identity), ("schedules/*/cron", Identity), ("domains/*/hostname", Identity), ("domains/*/zone_id", Identity),
    ("domains/*/id", Identity), ("account_id", Identity),
];
