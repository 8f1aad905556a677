//! Weighted backends of an HTTPRoute.
//!
//! Source: Gateway API, `HTTPBackendRef` (weights 0 to 1,000,000; a rule whose weights are all 0 answers 500).

use super::{StrategyError, check_shares};
use caravan_inventory::target::Image;
use serde_json::{Value, json};

/// The images of a shift of every rule that sends to `old` alone, to `new` (both backend references without a weight),
/// one for each share. Rules that send elsewhere stay as they are.
///
/// # Errors
/// When no rule sends to `old` alone.
pub fn stages(rules: &Value, old: &Value, new: &Value, percents: &[u8]) -> Result<Vec<Image>, StrategyError> {
    check_shares(percents)?;
    let list = rules.as_array().map(Vec::as_slice).unwrap_or_default();
    let moving: Vec<usize> = (0..list.len()).filter(|at| sends_only_to(&list[*at], old)).collect();
    if moving.is_empty() {
        return Err(StrategyError::Unsplittable("no rule of the route sends to the old side alone".to_owned()));
    }
    Ok(percents
        .iter()
        .map(|percent| {
            let mut split = rules.clone();
            for at in &moving {
                split[*at]["backendRefs"] = json!([with_weight(old, 100 - percent), with_weight(new, *percent)]);
            }
            Image::Rules(split)
        })
        .collect())
}

fn sends_only_to(rule: &Value, backend: &Value) -> bool {
    match rule["backendRefs"].as_array().map(Vec::as_slice) {
        Some([only]) => ["group", "kind", "namespace", "name", "port"].iter().all(|key| only[key] == backend[key]),
        _ => false,
    }
}

fn with_weight(backend: &Value, percent: u8) -> Value {
    let mut weighted = backend.clone();
    // The API server's defaults, said outright: what is read back is then what was written.
    for (field, default) in [("group", ""), ("kind", "Service")] {
        if weighted[field].is_null() {
            weighted[field] = default.into();
        }
    }
    weighted["weight"] = percent.into();
    weighted
}
