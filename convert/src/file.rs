//! `plconfig.yaml` as a file, rendered on its own.

use crate::Platform;
use crate::render::{self, RenderError};
use caravan_convert_lift::plconfig::{PlConfig, PlConfigError};

/// A `plconfig.yaml` that can't be rendered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FileError {
    /// The text is no plconfig, or does not know the environment.
    #[error(transparent)]
    PlConfig(#[from] PlConfigError),
    /// It asks for what can't be.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Renders the text of a `plconfig.yaml` for one environment: the text of its `manifests.yaml`.
///
/// # Errors
/// When the text is no plconfig, knows other environments only, or asks for what can't be.
pub fn render_file(text: &str, environment: &str, platform: &Platform) -> Result<String, FileError> {
    let config = PlConfig::read(text)?.for_environment(environment)?;
    Ok(render::render(&config, platform, environment)?)
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
    type: web
    port: 8080
    scale: 4
environments:
  prod: {}
  staging: {components: {web: {scale: 1, port: 9090}}}
";

    #[test]
    fn an_environment_changes_what_it_names() {
        let staging = render_file(TEXT, "staging", &Platform::default()).unwrap();
        assert!(staging.contains("replicas: 1\n") && staging.contains("containerPort: 9090\n"));
        assert!(
            render_file(TEXT, "prod", &Platform::default())
                .unwrap()
                .contains("replicas: 4\n")
        );
    }

    #[test]
    fn an_unknown_environment_names_the_known_ones() {
        let error = render_file(TEXT, "test", &Platform::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no environment `test`; the file names prod, staging"
        );
    }
}
