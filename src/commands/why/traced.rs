//! The app that a file is of, converted with the origins of its lines.

use crate::commands::convert::is_of;
use crate::error::{Failure, FailureKind};
use crate::lifting::Estate;
use crate::suggest::nearest_id;
use crate::tree;
use camino::Utf8Path;
use caravan_convert::{
    App, Converted, Existing, File, Platform, Provenance, Trace, convert, is_as_generated, ledger_path,
};
use caravan_convert_lift::{Ledger, Lifted};
use caravan_inventory::Decisions;
use caravan_inventory_store::Store;
use diffy::{DiffOptions, Line};

/// A file with what would be written in its place.
pub(super) struct Traced {
    pub(super) app: App,
    /// Its path in the tree.
    pub(super) path: String,
    /// What stands there; what would be written, where nothing does.
    pub(super) text: String,
    /// Whether it stands there.
    pub(super) there: bool,
    /// Whether it is, to the byte, what was generated last.
    pub(super) as_generated: bool,
    /// What would be written, and where its lines come from.
    pub(super) wanted: String,
    pub(super) provenance: Provenance,
    /// The app's plconfig.yaml as it holds, with where its lines come from; none where the app has none.
    pub(super) plconfig: Option<File>,
    /// What became of each field, by member.
    pub(super) ledgers: Vec<Ledger>,
}

impl Traced {
    /// Of a file of the tree.
    ///
    /// # Errors
    /// When it is of no app, or nothing is converted to it.
    pub(super) fn new(
        store: &Store,
        decided: &Decisions,
        platform: &Platform,
        out: &Utf8Path,
        path: &str,
    ) -> Result<Self, Failure> {
        let estate = Estate::read(store, decided, platform)?;
        let app = app_of(store, &estate, decided, platform, path)?;
        let lifted = estate.lift_members(store, &app, decided)?;
        Self::of(app, lifted, platform, out, path)
    }

    /// Of a file of an app whose members were lifted.
    ///
    /// # Errors
    /// When nothing is converted to it.
    pub(super) fn of(
        app: App,
        lifted: Vec<Lifted>,
        platform: &Platform,
        out: &Utf8Path,
        path: &str,
    ) -> Result<Self, Failure> {
        let disk = tree::existing(out);
        let ledgers: Vec<Ledger> = lifted.iter().map(|one| one.ledger.clone()).collect();
        let converted = convert(&app, lifted, platform, &unrendered(&disk), Trace::Lines);
        let file = converted.files.file(path).or_else(|| converted.kept.file(path));
        let Some(file) = file.cloned() else { return Err(nothing(path, &converted)) };
        let folder = format!("deployment/teams/{}/apps/{}/plconfig.yaml", app.team, app.name);
        let plconfig = converted.files.file(&folder).or_else(|| converted.kept.file(&folder)).cloned();
        let wanted = String::from_utf8_lossy(&file.bytes).into_owned();
        let text = read(&disk, path)?;
        let there = text.is_some();
        let text = text.unwrap_or_else(|| wanted.clone());
        let is_generated = |ledger: String| is_as_generated(&ledger, path, &text);
        let mut known = app.members.iter().filter_map(|one| disk.read(&ledger_path(&one.id())).ok().flatten());
        let as_generated = known.any(is_generated);
        let (path, provenance) = (path.to_owned(), file.provenance);
        Ok(Self { app, path, text, there, as_generated, wanted, provenance, plconfig, ledgers })
    }

    /// Of each line that stands there, which line of what would be written it is; none for one that would not be.
    pub(super) fn written(&self) -> Vec<Option<u32>> {
        same_lines(&self.text, &self.wanted)
    }
}

/// Of each line of a text, which line of another it is, by their difference.
pub(super) fn same_lines(text: &str, other: &str) -> Vec<Option<u32>> {
    let lines = text.lines().count();
    if text == other {
        return (1..).take(lines).map(Some).collect();
    }
    let whole = lines.max(other.lines().count()) + 1;
    let patch = DiffOptions::new().set_context_len(whole).create_patch(text, other);
    let (mut same, mut at) = (Vec::with_capacity(lines), 0);
    for line in patch.hunks().iter().flat_map(|hunk| hunk.lines()) {
        match line {
            Line::Context(_) => {
                at += 1;
                same.push(Some(at));
            }
            Line::Insert(_) => at += 1,
            Line::Delete(_) => same.push(None),
        }
    }
    same
}

/// The disk without what is rendered, so that it is rendered: people change plconfig.yaml, and the ledgers know what was written.
pub(crate) fn unrendered(disk: &impl Existing) -> impl Existing {
    move |path: &str| {
        let decides = path.ends_with("/plconfig.yaml") || path.starts_with("ledger/");
        if decides { disk.read(path) } else { Ok(None) }
    }
}

fn read(disk: &impl Existing, path: &str) -> Result<Option<String>, Failure> {
    disk.read(path).map_err(|problem| Failure::new(FailureKind::Work, format!("{path}: {problem}")))
}

/// The app whose file it is: by its folder; a file that several apps share is of the first that makes it.
fn app_of(
    store: &Store,
    estate: &Estate,
    decided: &Decisions,
    platform: &Platform,
    path: &str,
) -> Result<App, Failure> {
    let at = Utf8Path::new(path);
    // A folder of many apps is a file of none.
    if let Some(app) = estate.apps.iter().find(|app| is_of(app, at) && at.components().count() > 2) {
        return Ok(app.clone());
    }
    for app in estate.apps.iter().filter(|_| path.starts_with("images/")) {
        let lifted = estate.lift_members(store, app, decided)?;
        let converted = convert(app, lifted, platform, &caravan_convert::Nothing, Trace::Off);
        if converted.files.file(path).is_some() {
            return Ok(app.clone());
        }
    }
    if is_of_platform(path) {
        return Err(Failure::new(FailureKind::Usage, format!("{path} is a file of all apps together, and not of one"))
            .hint("`caravan why` tells where lines of an app's files come from; docs/platform.md says what decides this one"));
    }
    let folders: Vec<String> = estate
        .apps
        .iter()
        .map(|app| format!("deployment/teams/{}/apps/{}/plconfig.yaml", app.team, app.name))
        .collect();
    let failure = Failure::new(FailureKind::Usage, format!("{path} is of no app of the inventory"));
    Err(match nearest_id(path, folders.iter().map(String::as_str)) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("name a file below deployment/, images/ or ledger/ as `caravan convert` writes them"),
    })
}

/// Whether it lies under the apps: of the platform, of a team's fence, or shared.
fn is_of_platform(path: &str) -> bool {
    let is_of_team = path.strip_prefix("deployment/teams/").is_some_and(|rest| rest.contains("/jail/"));
    is_of_team
        || ["deployment/platform/", "infrastructure/", "ledger/platform.json", "ledger/terraform"]
            .iter()
            .any(|folder| path.starts_with(folder))
}

/// Nothing is converted to that path: why, as far as the conversion says.
fn nothing(path: &str, converted: &Converted) -> Failure {
    let failure = Failure::new(FailureKind::NotReady, format!("nothing is converted to {path}"));
    let refused = converted.refused.iter().map(|one| format!("{} is refused: {}", one.source, one.reason));
    let conflicts = converted.conflicts.iter().map(|one| format!("{}: {}", one.path, one.reason));
    let made = converted.files.iter().map(|(path, _)| path).collect::<Vec<_>>().join(", ");
    refused.chain(conflicts).fold(failure, Failure::hint).hint(format!("of the app are written: {made}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_again_after_an_edit() {
        let wanted = "a\nb\nc\nd\n";
        assert_eq!(same_lines(wanted, wanted), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(same_lines("a\nx\nc\nd\nmine\n", wanted), [Some(1), None, Some(3), Some(4), None]);
        assert_eq!(same_lines("c\nd\n", wanted), [Some(3), Some(4)]);
        assert_eq!(same_lines("mine\n", ""), [None]);
    }
}
