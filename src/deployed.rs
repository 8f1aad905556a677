//! The apps that stand in the deployment tree. What can't be read there is passed over: it is advice, and `convert` and `render` say
//! what is wrong with it.

use camino::Utf8Path;
use caravan_convert_lift::plconfig::PlConfig;
use std::collections::BTreeSet;

/// An app of the tree.
pub(crate) struct DeployedApp {
    pub(crate) team: String,
    pub(crate) app: String,
    /// The text of its plconfig.
    pub(crate) text: String,
    pub(crate) config: PlConfig,
}

impl DeployedApp {
    /// `shop/desk`.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.team, self.app)
    }

    /// The groups that it lets in, in any environment.
    pub(crate) fn groups(&self) -> BTreeSet<String> {
        let of = |config: &PlConfig| -> Vec<String> {
            let ingresses = config.components.values().filter_map(|component| component.ingress.as_ref());
            ingresses.filter_map(|ingress| ingress.auth.as_ref()).flat_map(|auth| auth.groups.clone()).collect()
        };
        let environments = self.config.environments.keys();
        let patched = environments.filter_map(|environment| self.config.for_environment(environment).ok());
        of(&self.config).into_iter().chain(patched.flat_map(|config| of(&config))).collect()
    }
}

/// The apps of a tree, sorted by team and name.
#[expect(clippy::disallowed_methods, reason = "what stands in the tree is what is asked about")]
pub(crate) fn apps(out: &Utf8Path) -> Vec<DeployedApp> {
    let folder = out.join("deployment/teams");
    let mut apps = Vec::new();
    for team in teams(out) {
        let folder = folder.join(&team).join("apps");
        for app in names(&folder) {
            let Ok(text) = std::fs::read_to_string(folder.join(&app).join("plconfig.yaml")) else { continue };
            if let Ok(config) = PlConfig::read(&text) {
                apps.push(DeployedApp { team: team.clone(), app, text, config });
            }
        }
    }
    apps
}

/// The teams that have a folder, sorted.
pub(crate) fn teams(out: &Utf8Path) -> BTreeSet<String> {
    names(&out.join("deployment/teams"))
}

/// The names of the folders in a folder, sorted; none where there is no such folder.
fn names(folder: &Utf8Path) -> BTreeSet<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().filter_map(Result::ok);
    entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_owned()).collect()
}
