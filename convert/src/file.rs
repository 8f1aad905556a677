//! `plconfig.yaml` as a file: read, and rendered on its own.

use crate::render::{self, RenderError};
use crate::{Platform, merge_patch};
use caravan_convert_lift::plconfig::PlConfig;

/// A plconfig that can't be rendered.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The text is no plconfig.
    #[error("is no plconfig v1: {0}")]
    Text(String),
    /// It does not know the environment.
    #[error("has no environment `{environment}`, only {known}; name it under `environments`")]
    Environment {
        /// What was asked for.
        environment: String,
        /// What it knows.
        known: String,
    },
    /// It asks for what can't be.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Renders the text of a `plconfig.yaml` for one environment: the text of its `manifests.yaml`.
///
/// # Errors
/// When the text is no plconfig, knows other environments only, or asks for what can't be.
pub fn render_file(text: &str, environment: &str, platform: &Platform) -> Result<String, FileError> {
    let config = in_environment(&read(text)?, environment)?;
    Ok(render::render(&config, platform, environment)?)
}

/// Reads a plconfig.
pub(crate) fn read(text: &str) -> Result<PlConfig, FileError> {
    serde_yaml::from_str(text).map_err(|error| FileError::Text(error.to_string()))
}

/// What holds in one environment. A plconfig that names no environments is the same in each.
pub(crate) fn in_environment(config: &PlConfig, environment: &str) -> Result<PlConfig, FileError> {
    if config.environments.is_empty() {
        return Ok(config.clone());
    }
    let Some(patch) = config.environments.get(environment) else {
        let known: Vec<&str> = config.environments.keys().map(String::as_str).collect();
        return Err(FileError::Environment { environment: environment.to_owned(), known: known.join(", ") });
    };
    let wrong = |error: serde_json::Error| FileError::Text(format!("environments.{environment}: {error}"));
    let base = PlConfig { environments: std::collections::BTreeMap::new(), ..config.clone() };
    let mut whole = serde_json::to_value(base).map_err(wrong)?;
    merge_patch::apply(&mut whole, patch);
    serde_json::from_value(whole).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
plconfig: v1
app: checkout
team: shop
image: registry.example.com/checkout:1.2
components:
  web:
    port: 8080
    scale: 4
environments:
  prod: {}
  staging: {components: {web: {scale: 1, port: 9090}}}
";

    #[test]
    fn an_environment_changes_what_it_names() {
        let staging = in_environment(&read(TEXT).unwrap(), "staging").unwrap();
        assert_eq!(staging.components["web"].port, Some(9090));
        assert!(render_file(TEXT, "staging", &Platform::default()).unwrap().contains("replicas: 1\n"));
        assert!(render_file(TEXT, "prod", &Platform::default()).unwrap().contains("replicas: 4\n"));
    }

    #[test]
    fn an_unknown_environment_names_the_known_ones() {
        let error = render_file(TEXT, "test", &Platform::default()).unwrap_err();
        assert_eq!(error.to_string(), "has no environment `test`, only prod, staging; name it under `environments`");
    }
}
