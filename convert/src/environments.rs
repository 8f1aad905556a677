//! One app in several environments: one plconfig, with what differs under `environments`.

use crate::merge_patch;
use caravan_convert_lift::plconfig::PlConfig;
use caravan_inventory::EnvironmentName;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Environments whose plconfig the others differ from, the first that is there; else the first by name.
const BASES: [&str; 4] = ["prod", "production", "live", "prd"];

/// Joins what an app is in each environment: the base document, and for each environment a merge patch (RFC 7396).
/// None when there is no environment.
pub(crate) fn join(mut configs: BTreeMap<&EnvironmentName, PlConfig>) -> Result<Option<PlConfig>, serde_json::Error> {
    let base = BASES.iter().find_map(|base| configs.keys().find(|name| name.as_str() == *base).copied());
    let Some(base) = base.or_else(|| configs.keys().next().copied()) else {
        return Ok(None);
    };
    let Some(mut joined) = configs.remove(base) else {
        return Ok(None);
    };
    let mut environments = BTreeMap::from([(base.to_string(), Value::Object(Map::new()))]);
    if !configs.is_empty() {
        let from = serde_json::to_value(&joined)?;
        for (name, config) in configs {
            environments.insert(name.to_string(), merge_patch::between(&from, &serde_json::to_value(config)?));
        }
    }
    joined.environments = environments;
    Ok(Some(joined))
}
