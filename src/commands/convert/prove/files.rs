//! What a Worker became: the files of its app, as they were made just now, or as somebody changed them.

use caravan_convert::{App, Existing, Tree};
use caravan_convert_lift::plconfig::{PlConfig, Worker, WorkerModule};
use caravan_inventory::EnvironmentName;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) struct AppFiles<'a> {
    pub(super) app: &'a App,
    pub(super) environment: &'a EnvironmentName,
    /// What was made just now; what a human changed is not among it.
    pub(super) files: &'a Tree,
    /// What stands on the disk.
    pub(super) existing: &'a dyn Existing,
}

impl AppFiles<'_> {
    fn text(&self, path: &str) -> Result<Option<String>, String> {
        match self.files.get(path) {
            Some(bytes) => String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| format!("{path} is not UTF-8")),
            None => self.existing.read(path).map_err(|error| format!("{path} {error}")),
        }
    }

    fn there(&self, path: &str) -> Result<String, String> {
        self.text(path)?.ok_or_else(|| format!("{path} is not there: convert it first"))
    }

    fn folder(&self) -> String {
        format!("deployment/teams/{}/apps/{}", self.app.team, self.app.name)
    }

    /// The plconfig, as it holds in the environment.
    pub(super) fn config(&self) -> Result<PlConfig, String> {
        let path = format!("{}/plconfig.yaml", self.folder());
        let config =
            PlConfig::read(&self.there(&path)?).and_then(|config| config.for_environment(self.environment.as_str()));
        config.map_err(|error| format!("{path}: {error}"))
    }

    /// The manifests.
    pub(super) fn manifests(&self) -> Result<Vec<Value>, String> {
        let path = format!("{}/{}/manifests.yaml", self.folder(), self.environment);
        let Some(text) = self.text(&path)? else { return Ok(Vec::new()) };
        // They are our own, and may be larger than what the reader takes from strangers.
        let options = serde_yaml::options! { budget: None };
        let read = serde_yaml::from_multiple_with_options::<Value>(&text, options);
        let mut manifests = read.map_err(|error| format!("{path}: {error}"))?;
        manifests.retain(|one| !one.is_null());
        Ok(manifests)
    }

    /// The context of its image, by the paths within it; empty where it has none.
    pub(super) fn context(&self, config: &PlConfig) -> Result<BTreeMap<String, String>, String> {
        let Some(worker) = &config.worker else { return Ok(BTreeMap::new()) };
        let folder = format!("images/{}/{}/{}", self.app.team, self.app.name, self.environment);
        let mut out = BTreeMap::new();
        for name in names(worker) {
            out.insert(name.clone(), self.there(&format!("{folder}/{name}"))?);
        }
        for name in ["clock.capnp", "clock.js", "clock.mjs"] {
            if let Some(text) = self.text(&format!("{folder}/{name}"))? {
                out.insert(name.to_owned(), text);
            }
        }
        Ok(out)
    }
}

/// The files that its image is never without.
fn names(worker: &Worker) -> Vec<String> {
    let file = |folder: &str, module: &WorkerModule| {
        format!("{folder}/{}{}", module.name, if module.kind.is_bytes() { ".capnp" } else { "" })
    };
    let mut names = vec!["config.capnp".to_owned()];
    names.extend(worker.modules.iter().map(|module| file("modules", module)));
    for (name, one) in &worker.beside {
        names.extend(one.modules.iter().map(|module| file(&format!("beside/{name}"), module)));
    }
    names
}
