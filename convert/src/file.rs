//! `plconfig.yaml` as a file, rendered on its own.

use crate::provenance::Trace;
use crate::render::{self, RenderError, Scope};
use crate::{AppAuth, Needs, Platform};
use caravan_convert_lift::plconfig::{PlConfig, PlConfigError};
use caravan_inventory::EnvironmentName;

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

/// What a `plconfig.yaml` needs that stands in no namespace, for one environment: its PersistentVolumes, which the platform's tree
/// carries since no team may. Empty where there is nothing.
///
/// # Errors
/// As [`render_file`].
pub fn render_volumes(text: &str, environment: &str, platform: &Platform) -> Result<String, FileError> {
    let config = PlConfig::read(text)?.for_environment(environment)?;
    let mut objects = render::objects(&config, platform, environment)?;
    objects.retain(|object| !Scope::Team.has(object));
    Ok(render::traced(&objects, &config, platform, environment, Trace::Off)?.text)
}

/// What the text of a `plconfig.yaml` asks of the platform, in each environment that it names.
///
/// # Errors
/// When the text is no plconfig, or asks for what can't be.
pub fn file_needs(text: &str, platform: &Platform) -> Result<Vec<(EnvironmentName, Needs)>, FileError> {
    let config = PlConfig::read(text)?;
    let needs = |environment: &String| {
        let objects = render::objects(&config.for_environment(environment)?, platform, environment)?;
        Ok::<_, FileError>((EnvironmentName::new(environment), Needs::of(&objects)))
    };
    config.environments.keys().map(needs).collect()
}

/// What the text of a `plconfig.yaml` needs at whoever says who callers are, in each environment that it names in which it
/// asks them.
///
/// # Errors
/// As [`file_needs`].
pub fn file_auth(text: &str, platform: &Platform) -> Result<Vec<AppAuth>, FileError> {
    let config = PlConfig::read(text)?;
    let mut found = Vec::new();
    for environment in config.environments.keys() {
        let (config, name) = (config.for_environment(environment)?, EnvironmentName::new(environment));
        let objects = render::objects(&config, platform, environment)?;
        found.extend(render::auth_of(&config, platform, &name, &objects)?);
    }
    Ok(found)
}

/// The components of a `plconfig.yaml` that ask who callers are while nobody says it, in each environment in which that is so:
/// rendered, they let nobody in where they ask.
///
/// # Errors
/// When the text is no plconfig.
pub fn file_closed(text: &str, platform: &Platform) -> Result<Vec<(EnvironmentName, Vec<String>)>, FileError> {
    let config = PlConfig::read(text)?;
    let mut found = Vec::new();
    for environment in config.environments.keys() {
        let config = config.for_environment(environment)?;
        let closed = render::closed(&config, platform, environment);
        if !closed.is_empty() {
            found.push((EnvironmentName::new(environment), closed.into_iter().map(str::to_owned).collect()));
        }
    }
    Ok(found)
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
        assert!(render_file(TEXT, "prod", &Platform::default()).unwrap().contains("replicas: 4\n"));
    }

    #[test]
    fn every_environment_has_its_own_needs() {
        let needs = file_needs(TEXT, &Platform::default()).unwrap();
        let pods: Vec<_> = needs.iter().map(|(environment, needs)| (environment.as_str(), needs.most.pods)).collect();
        assert_eq!(pods, [("prod", 8), ("staging", 2)]);
        assert!(file_needs("plconfig: v1\n", &Platform::default()).is_err());
    }

    #[test]
    fn an_unknown_environment_names_the_known_ones() {
        let error = render_file(TEXT, "test", &Platform::default()).unwrap_err();
        assert_eq!(error.to_string(), "there is no environment `test`; the file names prod, staging");
    }
}
