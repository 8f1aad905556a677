//! What the deployment tree says of people and teams. What can't be read there is passed over: it is advice, and `convert` and
//! `render` say what is wrong with it.

use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert_lift::plconfig::{Auth, PlConfig};
use std::collections::BTreeSet;

/// An app of the tree.
pub(super) struct TreeApp {
    pub(super) team: String,
    pub(super) app: String,
    /// Whom to ask, as its file says.
    pub(super) contact: Option<String>,
    /// The groups that it lets in, in any environment.
    pub(super) groups: BTreeSet<String>,
}

/// The apps of a tree, sorted by team and name.
#[expect(clippy::disallowed_methods, reason = "what stands in the tree is what is asked about")]
pub(super) fn apps(out: &Utf8Path) -> Vec<TreeApp> {
    let teams = out.join("deployment/teams");
    let mut apps = Vec::new();
    for team in names(&teams) {
        let folder = teams.join(&team).join("apps");
        for app in names(&folder) {
            let text = std::fs::read_to_string(folder.join(&app).join("plconfig.yaml"));
            let Ok(config) = text.map_err(|_| ()).and_then(|text| PlConfig::read(&text).map_err(|_| ())) else { continue };
            let groups = groups(&config);
            apps.push(TreeApp { team: team.clone(), app, contact: config.contact, groups });
        }
    }
    apps
}

/// The teams that have a folder, sorted.
pub(super) fn teams(out: &Utf8Path) -> BTreeSet<String> {
    names(&out.join("deployment/teams"))
}

/// The names in a folder, sorted; none where there is no such folder.
fn names(folder: &Utf8PathBuf) -> BTreeSet<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().filter_map(Result::ok);
    entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_owned()).collect()
}

/// The groups that an app lets in: of its components, and of what its environments lay over them.
fn groups(config: &PlConfig) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut take = |config: &PlConfig| {
        for component in config.components.values() {
            let auth = component.ingress.as_ref().and_then(|ingress| ingress.auth.as_ref());
            found.extend(auth.into_iter().flat_map(|auth: &Auth| auth.groups.iter().cloned()));
        }
    };
    take(config);
    for environment in config.environments.keys() {
        if let Ok(config) = config.for_environment(environment) {
            take(&config);
        }
    }
    found
}
