//! A state as its file has it: of every version the head, of version 4 the resources.

use super::attributes::{Attributes, Text};
use super::old::Module;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A state; what is not named here is passed over.
#[derive(Deserialize)]
pub(super) struct State {
    version: Option<u64>,
    serial: Option<u64>,
    #[serde(default)]
    lineage: Text,
    #[serde(default)]
    terraform_version: Text,
    resources: Option<Vec<Resource>>,
    /// Of versions 1 to 3.
    pub(super) modules: Option<Vec<Module>>,
    backend: Option<Backend>,
    /// That there is any: OpenTofu's own.
    #[serde(default)]
    encrypted_data: Text,
}

/// Where a state is kept; its settings hold credentials.
#[derive(Deserialize)]
struct Backend {
    #[serde(default, rename = "type")]
    of: Text,
}

/// A resource with its instances.
#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    module: Text,
    #[serde(default)]
    mode: Text,
    #[serde(rename = "type")]
    of: String,
    name: String,
    instances: Option<Vec<ResourceInstance>>,
}

/// An instance of a resource.
#[derive(Deserialize)]
struct ResourceInstance {
    index_key: Option<Index>,
    #[serde(default)]
    status: Text,
    #[serde(default)]
    deposed: Text,
    #[serde(default)]
    attributes: Attributes,
    /// As versions before 4 had them.
    #[serde(default)]
    attributes_flat: Attributes,
}

/// What tells an instance from others of its resource.
#[derive(Deserialize)]
#[serde(untagged)]
enum Index {
    Number(u64),
    Name(String),
}

/// What is said of the state that an instance stands in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct About {
    pub(super) version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lineage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terraform_version: Option<String>,
}

/// An instance, whatever the version of its state.
pub(super) struct Instance {
    /// Its type.
    pub(super) of: String,
    /// `module.x.aws_sqs_queue.jobs["a"]`.
    pub(super) address: String,
    /// `tainted`: the next run replaces it; `deposed`: the next run destroys it.
    pub(super) status: Option<&'static str>,
    pub(super) attributes: BTreeMap<&'static str, String>,
}

/// The word for an instance that is to be replaced.
pub(super) const TAINTED: &str = "tainted";
/// The word for one that was replaced, and is to be destroyed.
pub(super) const DEPOSED: &str = "deposed";

impl State {
    /// Whether a document is a state and nothing else: many have a version and resources.
    pub(super) fn is_one(&self) -> bool {
        let holds = self.resources.is_some() || self.modules.is_some();
        self.version.is_some()
            && (holds && self.serial.is_some() && (self.lineage.0.is_some() || self.modules.is_some())
                || self.backend.is_some() && self.terraform_version.0.is_some())
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.encrypted_data.0.is_some()
    }

    /// The type of the backend, where this says only in which one the state is.
    pub(super) fn pointer(&self) -> Option<String> {
        let of = self.backend.as_ref()?.of.0.as_deref().unwrap_or_default();
        let is_empty = |module: &Module| module.is_empty();
        if self.resources.is_some() || self.modules.as_ref().is_some_and(|modules| !modules.iter().all(is_empty)) {
            return None;
        }
        let is_word =
            !of.is_empty() && of.len() <= 32 && of.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        Some(if is_word { of.to_owned() } else { "unknown".to_owned() })
    }

    pub(super) fn about(&self) -> About {
        // A lineage is a UUID, and a version numbers with points: nothing else is recorded.
        let said = |text: &Text, may: fn(char) -> bool| {
            text.0.clone().filter(|text| !text.is_empty() && text.len() <= 64 && text.chars().all(may))
        };
        About {
            version: self.version,
            serial: self.serial,
            lineage: said(&self.lineage, |c| c.is_ascii_hexdigit() || c == '-'),
            terraform_version: said(&self.terraform_version, |c| c.is_ascii_alphanumeric() || c == '.' || c == '-'),
        }
    }

    /// The instances of version 4, and how many are only looked at.
    pub(super) fn instances(self) -> (Vec<Instance>, u64) {
        let (mut all, mut data_sources) = (Vec::new(), 0);
        for resource in self.resources.unwrap_or_default() {
            let Resource { module, mode, of, name, instances } = resource;
            let instances = instances.unwrap_or_default();
            if mode.0.as_deref() == Some("data") {
                data_sources += instances.len() as u64;
                continue;
            }
            let module = module.0.map(|module| format!("{module}.")).unwrap_or_default();
            for instance in instances {
                let ResourceInstance { index_key, status, deposed, attributes, attributes_flat } = instance;
                let index = match index_key {
                    Some(Index::Number(number)) => format!("[{number}]"),
                    Some(Index::Name(name)) => format!("[{}]", serde_json::Value::from(name)),
                    None => String::new(),
                };
                let status = match (&deposed.0, status.0.as_deref()) {
                    (Some(_), _) => Some(DEPOSED),
                    (None, Some(TAINTED)) => Some(TAINTED),
                    (None, _) => None,
                };
                let mut kept = attributes_flat.0;
                kept.extend(attributes.0);
                let address = format!("{module}{of}.{name}{index}");
                all.push(Instance { of: of.clone(), address, status, attributes: kept });
            }
        }
        (all, data_sources)
    }
}
