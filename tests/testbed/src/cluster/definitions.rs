//! The custom resource definitions that the cluster serves: the real ones of the modules in `control-plane/modules.txt`,
//! and our own of `control-plane/crds/`.

use super::{SERVER, documents};
use crate::place;
use crate::server_failure::ServerFailure;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ListParams, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Applies them all, eight at a time, waits until the last is served, and gives their number.
pub(super) async fn apply(client: &Client) -> Result<usize, ServerFailure> {
    let definitions = read_all(&[place::part(SERVER, "crds/crds")?, place::source("control-plane/crds")])?;
    let count = definitions.len();
    let (lanes, mut applying) = (Arc::new(Semaphore::new(8)), JoinSet::new());
    for (name, definition) in definitions {
        let (api, lanes) = (Api::<CustomResourceDefinition>::all(client.clone()), Arc::clone(&lanes));
        applying.spawn(async move {
            let _lane = lanes.acquire().await;
            let parameters = PatchParams::apply("testbed").force();
            api.patch(&name, &parameters, &Patch::Apply(&definition)).await.map_err(|error| format!("{name}: {error}"))
        });
    }
    while let Some(outcome) = applying.join_next().await {
        outcome.map_err(|error| error.to_string()).flatten().map_err(|error| ServerFailure::broken(SERVER, error))?;
    }
    wait_until_established(client, count).await?;
    Ok(count)
}

/// By name: a definition that several modules carry is the last one's.
fn read_all(folders: &[PathBuf]) -> Result<BTreeMap<String, Value>, ServerFailure> {
    let mut definitions = BTreeMap::new();
    for folder in folders {
        for path in yaml_files(folder)? {
            for document in read(&path)? {
                let name = document["metadata"]["name"].as_str().unwrap_or_default().to_owned();
                definitions.insert(name, document);
            }
        }
    }
    Ok(definitions)
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, ServerFailure> {
    let broken = |error| ServerFailure::broken(SERVER, format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(broken)? {
        files.push(entry.map_err(broken)?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    Ok(files)
}

#[expect(clippy::disallowed_methods, reason = "the test bench reads the definitions that it serves")]
fn read(path: &Path) -> Result<Vec<Value>, ServerFailure> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
    text.and_then(|text| documents(&text))
        .map_err(|error| ServerFailure::broken(SERVER, format!("{}: {error}", path.display())))
}

async fn wait_until_established(client: &Client, count: usize) -> Result<(), ServerFailure> {
    let api = Api::<CustomResourceDefinition>::all(client.clone());
    for _ in 0..300 {
        let list = api.list(&ListParams::default()).await.map_err(|error| ServerFailure::broken(SERVER, error))?;
        if list.items.iter().filter(|definition| is_established(definition)).count() >= count {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let list = api.list(&ListParams::default()).await.map_err(|error| ServerFailure::broken(SERVER, error))?;
    let late: Vec<_> = list.items.iter().filter(|one| !is_established(one)).map(ResourceExt::name_any).collect();
    Err(ServerFailure::broken(SERVER, format!("not served after 30 s: {}", late.join(", "))))
}

fn is_established(definition: &CustomResourceDefinition) -> bool {
    let conditions = definition.status.as_ref().and_then(|status| status.conditions.as_ref());
    conditions.into_iter().flatten().any(|condition| condition.type_ == "Established" && condition.status == "True")
}
