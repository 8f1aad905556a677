//! One app of several workloads in one environment, and in several environments: one plconfig, with what differs under
//! `environments`.

use crate::merge_patch;
use caravan_convert_lift::plconfig::PlConfig;
use caravan_inventory::EnvironmentName;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Environments whose plconfig the others differ from, the first that is there; else the first by name.
const BASES: [&str; 4] = ["prod", "production", "live", "prd"];

/// Adds what another workload of the same app is in the same environment: its components stand beside those that are
/// there.
///
/// # Errors
/// Why the two can't be one app, for a person; then `config` is as it was.
pub(crate) fn add(config: &mut PlConfig, other: PlConfig) -> Result<(), String> {
    if let Some(name) = other.components.keys().find(|name| config.components.contains_key(*name)) {
        return Err(format!("another workload of the app is its component `{name}`, too"));
    }
    let shared = (&config.image, &config.env, &config.secrets, &config.contact, &config.monitoring);
    if shared != (&other.image, &other.env, &other.secrets, &other.contact, &other.monitoring) {
        return Err("another workload of the app says something else that holds for all of its components".to_owned());
    }
    // What has a trigger runs the one function of its app.
    if config.function.is_some() && other.function.is_some() && config.function != other.function {
        return Err("another workload of the app is another function, and an app has one".to_owned());
    }
    if config.worker.is_some() || other.worker.is_some() {
        return Err("a Worker is an app of its own".to_owned());
    }
    if config.machine.is_some() || other.machine.is_some() {
        return Err("a machine whose image is built is an app of its own".to_owned());
    }
    let differs = other.uses.iter().find(|(name, used)| config.uses.get(*name).is_some_and(|known| known != *used));
    if let Some((name, _)) = differs {
        return Err(format!("another workload of the app means something else by `uses.{name}`"));
    }
    config.components.extend(other.components);
    config.uses.extend(other.uses);
    config.hosts.extend(other.hosts);
    config.function = config.function.take().or(other.function);
    config.description = config.description.take().or(other.description);
    Ok(())
}

/// Joins what an app is in each environment: the base document, and for each environment a merge patch (RFC 7396).
/// None when there is no environment.
pub(crate) fn join(mut configs: BTreeMap<&EnvironmentName, PlConfig>) -> Result<Option<PlConfig>, serde_json::Error> {
    let base = BASES.iter().find_map(|base| configs.keys().find(|name| name.as_str() == *base).copied());
    let Some(base) = base.or_else(|| configs.keys().next().copied()) else {
        return Ok(None);
    };
    // What they have of a profile, each says once; with different profiles the patches say so.
    let Some(mut joined) = configs.remove(base).map(PlConfig::in_few_words) else {
        return Ok(None);
    };
    let mut environments = BTreeMap::from([(base.to_string(), Value::Object(Map::new()))]);
    if !configs.is_empty() {
        let from = serde_json::to_value(&joined)?;
        for (name, config) in configs {
            environments
                .insert(name.to_string(), merge_patch::between(&from, &serde_json::to_value(config.in_few_words())?));
        }
    }
    joined.environments = environments;
    Ok(Some(joined))
}
