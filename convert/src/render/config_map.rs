//! Configuration files.

use super::RenderError;
use super::app::Part;
use crate::naming;
use k8s_openapi::api::core::v1::ConfigMap;
use std::collections::BTreeSet;

/// The most that a ConfigMap may hold: 1 MiB (Kubernetes, ConfigMaps), with room for its keys.
const MOST: usize = 1_000_000;

/// The ConfigMap of a component's files; none when it has none.
pub(super) fn config_map(part: &Part<'_>) -> Result<Option<ConfigMap>, RenderError> {
    let files = &part.component.files;
    if files.is_empty() {
        return Ok(None);
    }
    if let Some(path) = files.keys().find(|path| !path.starts_with('/') || path.contains(':')) {
        return Err(part.error("files", format!("`{path}` is no absolute path without `:`")));
    }
    if files.values().map(String::len).sum::<usize>() > MOST {
        return Err(part.error(
            "files",
            "all files together may hold 1 MB; put larger ones into the image",
        ));
    }
    let data = keys(part)
        .zip(files.values())
        .map(|((key, _), content)| (key, content.clone()))
        .collect();
    Ok(Some(ConfigMap {
        metadata: part.metadata(&name(part)),
        data: Some(data),
        ..ConfigMap::default()
    }))
}

/// Its name.
pub(super) fn name(part: &Part<'_>) -> String {
    naming::joined(&[&part.object, "files"], naming::LABEL)
}

/// The key of each file, with its path.
pub(super) fn keys<'a>(part: &Part<'a>) -> impl Iterator<Item = (String, &'a str)> + use<'a> {
    let mut used = BTreeSet::new();
    part.component.files.keys().map(move |path| {
        let fitting = |c: char| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '_'
            }
        };
        let mut key: String = path.trim_start_matches('/').chars().map(fitting).collect();
        if key.len() > 200 || key.is_empty() || key == ".." || key == "." || !used.insert(key.clone()) {
            key = format!("file-{}", naming::digest(path.as_bytes(), 16));
        }
        (key, path.as_str())
    })
}

/// A digest of the content: in the pods' annotations, so that another content replaces them.
pub(super) fn digest(part: &Part<'_>) -> Option<String> {
    if part.component.files.is_empty() {
        return None;
    }
    let mut all = String::new();
    for (path, content) in &part.component.files {
        all.push_str(path);
        all.push('\0');
        all.push_str(content);
        all.push('\0');
    }
    Some(naming::digest(all.as_bytes(), 16))
}
