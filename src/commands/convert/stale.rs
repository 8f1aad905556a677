//! Apps in the tree that no workload is lifted to any more: their owner was decided anew, or they went away. Nothing of
//! them is deleted, but applied beside their successor they would be a second active one.

use camino::Utf8Path;
use caravan_convert::App;
use std::collections::BTreeSet;

/// How a plconfig begins that was lifted and not written by hand.
const LIFTED: &str = "# Lifted by caravan from ";

/// The folders of such apps, as paths in the tree, sorted. What can't be read is passed over: it is advice.
pub(super) fn folders(out: &Utf8Path, apps: &[App]) -> Vec<String> {
    let teams = out.join("deployment/teams");
    let known: BTreeSet<(&str, &str)> = apps.iter().map(|app| (app.team.as_str(), app.name.as_str())).collect();
    let mut stale = Vec::new();
    for team in names(&teams) {
        let folder = teams.join(&team).join("apps");
        let strangers = names(&folder).into_iter().filter(|app| !known.contains(&(&team, app)));
        let lifted = strangers.filter(|app| is_lifted(&folder.join(app).join("plconfig.yaml")));
        stale.extend(lifted.map(|app| format!("deployment/teams/{team}/apps/{app}")));
    }
    stale
}

/// The names in a folder, sorted; none when there is no such folder.
fn names(folder: &Utf8Path) -> BTreeSet<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_owned()).collect()
}

#[expect(clippy::disallowed_methods, reason = "what stands in the tree decides")]
fn is_lifted(plconfig: &Utf8Path) -> bool {
    std::fs::read_to_string(plconfig).is_ok_and(|text| text.starts_with(LIFTED))
}
