//! The environments of a configuration: `wrangler deploy --env NAME` deploys a Worker of its own for each.

use serde_json::{Map, Value};

/// Fields that an environment takes from the top where it says nothing itself (wrangler, "Inheritable keys"). Others are its own
/// alone: bindings and variables above all.
const INHERITED: &[&str] = &[
    "main",
    "account_id",
    "compatibility_date",
    "compatibility_flags",
    "workers_dev",
    "preview_urls",
    "route",
    "routes",
    "triggers",
    "usage_model",
    "rules",
    "build",
    "no_bundle",
    "minify",
    "keep_names",
    "find_additional_modules",
    "base_dir",
    "preserve_file_names",
    "node_compat",
    "logpush",
    "limits",
    "observability",
    "assets",
    "placement",
    "tsconfig",
    "jsx_factory",
    "jsx_fragment",
    "first_party_worker",
    "upload_source_maps",
    "keep_vars",
    "send_metrics",
    "alias",
    "define",
    "migrations",
    "legacy_env",
    "$schema",
    "site",
    "dev",
];

/// Each Worker that the configuration deploys, with the fields that hold for it: the one at the top, and one for each environment.
pub(super) fn split(mut document: Map<String, Value>) -> Vec<(Option<String>, Map<String, Value>)> {
    let environments = match document.remove("env") {
        Some(Value::Object(environments)) => environments,
        Some(other) => {
            document.insert("env".to_owned(), other);
            Map::new()
        }
        None => Map::new(),
    };
    let of = |(name, own): (String, Value)| {
        let Value::Object(own) = own else { return None };
        let mut body: Map<String, Value> = document
            .iter()
            .filter(|(field, _)| INHERITED.contains(&field.as_str()))
            .map(|(f, v)| (f.clone(), v.clone()))
            .collect();
        if own.contains_key("route") || own.contains_key("routes") {
            body.remove("route");
            body.remove("routes");
        }
        // Without a name of its own it is called after both (wrangler, "Environments").
        if let (false, Some(top)) = (own.contains_key("name"), document.get("name").and_then(Value::as_str)) {
            body.insert("name".to_owned(), Value::from(format!("{top}-{name}")));
        }
        body.extend(own);
        body.insert("environment".to_owned(), Value::from(name.as_str()));
        Some((Some(name), body))
    };
    let named: Vec<_> = environments.into_iter().filter_map(of).collect();
    std::iter::once((None, document)).chain(named).collect()
}
