//! Secrets that open the registries of images.

use super::RenderError;
use super::app::Part;
use super::custom::{Custom, ExternalSecretSpec, SecretTemplate};
use super::secrets::{external_secret, parse};
use super::view::View;
use crate::naming;
use std::collections::{BTreeMap, BTreeSet};

/// Docker Hub, as the kubelet looks it up.
const HUB: &str = "https://index.docker.io/v1/";

/// The Secrets of a component's `pull_secrets`, each for all registries of its images that the nodes can't read
/// themselves.
pub(super) fn pull_secrets(
    part: &Part<'_>,
    views: &[View<'_>],
) -> Result<Vec<Custom<ExternalSecretSpec>>, RenderError> {
    let config = docker_config(views);
    let mut secrets = Vec::with_capacity(part.component.pull_secrets.len());
    for (at, text) in part.component.pull_secrets.iter().enumerate() {
        let reference = parse(&part.place("pull_secrets"), text, &part.app.namespace)?;
        let name = name(part, at);
        let data = ["username", "password"].map(|key| reference.property(part.app, key)).into();
        let mut secret = external_secret(part.app, &name, data, Vec::new());
        secret.spec.target.template = Some(SecretTemplate {
            kind: "kubernetes.io/dockerconfigjson",
            engine_version: "v2",
            data: BTreeMap::from([(".dockerconfigjson", config.clone())]),
        });
        secrets.push(secret);
    }
    Ok(secrets)
}

/// The name of one of them.
pub(super) fn name(part: &Part<'_>, at: usize) -> String {
    let number = (at + 1).to_string();
    naming::joined(&[&part.object, "registry", if at == 0 { "" } else { &number }], naming::LABEL)
}

/// The template of a Docker configuration; External Secrets fills in the values.
fn docker_config(views: &[View<'_>]) -> String {
    let registries: BTreeSet<&str> = views.iter().map(|view| registry(view.image)).collect();
    let closed = registries.iter().filter(|registry| !registry.contains(".dkr.ecr."));
    let entry = |registry: &&str| {
        format!(r#""{registry}":{{"username":{{{{ .username | toJson }}}},"password":{{{{ .password | toJson }}}}}}"#)
    };
    let entries: Vec<String> = closed.map(entry).collect();
    format!(r#"{{"auths":{{{}}}}}"#, entries.join(","))
}

/// The registry in an image's reference: what stands before the first `/`, where that is a host.
fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => HUB,
    }
}
