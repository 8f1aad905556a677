//! The resources of versions 1 to 3, as Terraform 0.3 to 0.11 kept them: by module and by key, attributes as one flat map.

use super::attributes::{Attributes, Text};
use super::state::{DEPOSED, Instance, TAINTED};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A module.
#[derive(Deserialize)]
pub(super) struct Module {
    path: Option<Vec<String>>,
    resources: Option<BTreeMap<String, Resource>>,
}

/// A resource, which is one instance with whatever is left of those before it.
#[derive(Deserialize)]
struct Resource {
    #[serde(default, rename = "type")]
    of: Text,
    primary: Option<Primary>,
    /// Of version 1: instances that are to be replaced.
    tainted: Option<Vec<Primary>>,
    deposed: Option<Vec<Primary>>,
}

/// What is there.
#[derive(Deserialize)]
struct Primary {
    #[serde(default)]
    id: Text,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default)]
    tainted: bool,
}

impl Module {
    pub(super) fn is_empty(&self) -> bool {
        self.resources.as_ref().is_none_or(BTreeMap::is_empty)
    }
}

/// The instances, and how many are only looked at.
pub(super) fn instances(modules: Option<Vec<Module>>) -> (Vec<Instance>, u64) {
    let (mut all, mut data_sources) = (Vec::new(), 0);
    for Module { path, resources } in modules.unwrap_or_default() {
        // The first step is the root's.
        let path: String = path.unwrap_or_default().iter().skip(1).map(|step| format!("module.{step}.")).collect();
        for (key, resource) in resources.unwrap_or_default() {
            if key.starts_with("data.") {
                data_sources += 1;
                continue;
            }
            let Resource { of, primary, tainted, deposed } = resource;
            let of = of.0.unwrap_or_else(|| key.split('.').next().unwrap_or_default().to_owned());
            let address = format!("{path}{}", address(&key));
            let mut add = |primary: Primary, status: Option<&'static str>| {
                let Primary { id, attributes: Attributes(mut attributes), tainted } = primary;
                if let Some(id) = id.0 {
                    attributes.insert("id", id);
                }
                let status = status.or(tainted.then_some(TAINTED));
                all.push(Instance { of: of.clone(), address: address.clone(), status, attributes });
            };
            primary.into_iter().for_each(|one| add(one, None));
            tainted.into_iter().flatten().for_each(|one| add(one, Some(TAINTED)));
            deposed.into_iter().flatten().for_each(|one| add(one, Some(DEPOSED)));
        }
    }
    (all, data_sources)
}

/// `aws_instance.web.1` is `aws_instance.web[1]` today.
fn address(key: &str) -> String {
    match key.rsplit_once('.') {
        Some((resource, number)) if resource.contains('.') && number.parse::<u64>().is_ok() => {
            format!("{resource}[{number}]")
        }
        _ => key.to_owned(),
    }
}
