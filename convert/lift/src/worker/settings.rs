//! Fields that are not the script's: what a build does, and what Cloudflare keeps for itself.

use super::Plan;
use super::module::drop_field;
use crate::field::Object;
use crate::tracker::FieldTracker;

/// What only a build reads; what it makes was read.
const BUILD: [&str; 22] = [
    "$schema",
    "main",
    "base_dir",
    "build",
    "rules",
    "no_bundle",
    "minify",
    "keep_names",
    "find_additional_modules",
    "preserve_file_names",
    "tsconfig",
    "jsx_factory",
    "jsx_fragment",
    "upload_source_maps",
    "dev",
    "send_metrics",
    "first_party_worker",
    "keep_vars",
    "legacy_env",
    "pages_build_output_dir",
    "python_modules",
    "preview_urls",
];
/// What says how Cloudflare runs and watches it.
const CLOUDFLARE: [&str; 3] = ["account_id", "usage_model", "compliance_region"];

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'a>, routes: bool) {
    let config = plan.config;
    config.drop_all(tracker, &BUILD, "build-only");
    config.drop_all(tracker, &CLOUDFLARE, "cloudflare-only");
    config.drop_all(tracker, &["name", "environment"], "app-name");
    config.drop_all(tracker, &["format"], "told-by-modules");
    config.drop_all(tracker, &["observability", "logpush"], "platform-logs");
    config.drop_all(tracker, &["limits"], "cloudflare-limits");
    config.drop_all(tracker, &["placement"], "placement");
    // Left out when it is `false`, too: a scalar is never empty.
    if routes {
        config.drop_all(tracker, &["compatibility_date", "compatibility_flags", "vars", "migrations"], "no-runtime");
        config.drop_all(
            tracker,
            &["define", "alias", "node_compat", "triggers", "tail_consumers", "streaming_tail_consumers"],
            "no-runtime",
        );
        return;
    }
    built(tracker, config);
    for name in ["tail_consumers", "streaming_tail_consumers"] {
        if let Some(field) = config.field(name) {
            let text = "Other Workers get its logs (`tail_consumers`), and nothing gives them any outside of Cloudflare. Can they go without?";
            field.ask_to_drop(tracker, "tail-consumers", text, "without");
        }
    }
}

/// What the build writes into the script: it is not in what was read.
fn built<'a>(tracker: &mut FieldTracker<'a>, config: Object<'a>) {
    for name in ["define", "alias"] {
        if let Some(field) = config.field(name) {
            field.blocked(
                tracker,
                "its build writes something into the script (`define`, `alias`): run `npx wrangler deploy --dry-run --outdir dist`, and \
                 name what it makes as `main` in a configuration with `no_bundle = true`",
            );
        }
    }
    match config.peek_bool("node_compat") {
        Some(true) => {
            if let Some(field) = config.raw("node_compat") {
                field.blocked(tracker, "its build brings parts of Node along (`node_compat`): read the build, or use the flag `nodejs_compat`");
            }
        }
        _ => drop_field(tracker, config.raw("node_compat"), "build-only"),
    }
}
