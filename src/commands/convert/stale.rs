//! Apps in the tree that no workload is lifted to any more: their owner was decided anew, or they went away. Nothing of
//! them is deleted, but applied beside their successor they would be a second active one.

use camino::Utf8Path;
use caravan_convert::App;
use std::collections::BTreeSet;

/// How a plconfig begins that was lifted and not written by hand.
const LIFTED: &str = "# Lifted by caravan from ";

/// The folders of such apps, as paths in the tree, sorted. What can't be read is passed over: it is advice.
pub(super) fn folders(out: &Utf8Path, apps: &[App]) -> Vec<String> {
    let lifted = strangers(out, apps).into_iter().filter(|one| one.is_lifted);
    lifted.map(|one| format!("deployment/teams/{}/apps/{}", one.team, one.app)).collect()
}

/// An app of the tree that no workload is lifted to.
pub(super) struct Stranger {
    /// Its team, by its folder.
    pub(super) team: String,
    /// Its name, by its folder.
    pub(super) app: String,
    /// The text of its plconfig.
    pub(super) text: String,
    /// Whether it was lifted once; else somebody wrote it.
    pub(super) is_lifted: bool,
}

/// Every app of the tree that no workload is lifted to, sorted by team and name. What can't be read is passed over.
#[expect(clippy::disallowed_methods, reason = "what stands in the tree decides")]
pub(super) fn strangers(out: &Utf8Path, apps: &[App]) -> Vec<Stranger> {
    let teams = out.join("deployment/teams");
    let known: BTreeSet<(&str, &str)> = apps.iter().map(|app| (app.team.as_str(), app.name.as_str())).collect();
    let mut strangers = Vec::new();
    for team in names(&teams) {
        let folder = teams.join(&team).join("apps");
        for app in names(&folder).into_iter().filter(|app| !known.contains(&(&team, app))) {
            let Ok(text) = std::fs::read_to_string(folder.join(&app).join("plconfig.yaml")) else { continue };
            let is_lifted = text.starts_with(LIFTED);
            strangers.push(Stranger { team: team.clone(), app, text, is_lifted });
        }
    }
    strangers
}

/// The names in a folder, sorted; none when there is no such folder.
fn names(folder: &Utf8Path) -> BTreeSet<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_owned()).collect()
}
