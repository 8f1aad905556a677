//! What becomes of the app of a workload, as `convert` would write it, and what is behind each line. Nothing is written.

use super::look::Look;
use crate::commands::why;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::lifting::{Estate, questions_with};
use crate::tree;
use caravan_convert::{App, Existing, Trace, convert};
use caravan_inventory::WorkloadId;
use caravan_tui::{FileState, Preview, PreviewFile, PreviewText};

/// What becomes of the app.
///
/// # Errors
/// When the workload is in no app any more, and those of reading.
pub(super) fn read(look: &mut Look, workload: &WorkloadId) -> Result<Preview, Failure> {
    let platform = Config::load(&look.global.dir)?.platform;
    let out = look.global.dir.clone();
    let (store, ready) = look.ready()?;
    let (estate, decisions) = (ready.estate(), ready.decisions());
    let app = app_of(estate, workload)?;
    let disk = tree::existing(&out);
    let lifted = estate.lift_members(store, app, decisions)?;
    let made = convert(app, lifted, &platform, &why::unrendered(&disk), Trace::Lines);
    let mut questions = made.questions;
    for member in &app.members {
        questions.extend(questions_with(store, &member.workload, decisions, Vec::new())?);
    }
    questions.sort_by(|one, other| one.id.cmp(&other.id));
    questions.dedup_by(|one, other| one.id == other.id);
    let mut files = Vec::new();
    let mut add =
        |path: &str, lines: usize, state: FileState| files.push(PreviewFile { path: path.to_owned(), state, lines });
    for (path, file) in made.files.iter() {
        let wanted = String::from_utf8_lossy(&file.bytes);
        let state = match disk.read(path) {
            Ok(None) => FileState::Missing,
            Ok(Some(there)) if there == wanted => FileState::Same,
            Ok(Some(_)) => FileState::Differs,
            Err(problem) => FileState::Conflict(problem),
        };
        add(path, wanted.lines().count(), state);
    }
    for conflict in &made.conflicts {
        add(&conflict.path, lines_of(&disk, &conflict.path), FileState::Conflict(conflict.reason.clone()));
    }
    for (path, _) in made.kept.iter().filter(|(path, _)| made.conflicts.iter().all(|one| one.path != *path)) {
        add(path, lines_of(&disk, path), FileState::Kept);
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    let refused = made.refused.iter().map(|one| format!("{}: {}", one.source, one.reason)).collect();
    Ok(Preview { workload: workload.clone(), app: format!("{}/{}", app.team, app.name), refused, questions, files })
}

/// One of its files.
///
/// # Errors
/// As [`read`], and when nothing is converted to that path.
pub(super) fn file(look: &mut Look, workload: &WorkloadId, path: &str) -> Result<PreviewText, Failure> {
    let platform = Config::load(&look.global.dir)?.platform;
    let out = look.global.dir.clone();
    let (store, ready) = look.ready()?;
    let (estate, decisions) = (ready.estate(), ready.decisions());
    let app = app_of(estate, workload)?;
    why::of_file(store, decisions, &platform, (estate, app), &out, path)
}

fn app_of<'a>(estate: &'a Estate, workload: &WorkloadId) -> Result<&'a App, Failure> {
    let has = |app: &&App| app.members.iter().any(|member| member.workload == *workload);
    estate.apps.iter().find(has).ok_or_else(|| {
        Failure::new(FailureKind::Work, format!("nothing becomes of {workload}: it is in no app"))
            .hint("`c` on Inventory shows why it does not move")
    })
}

fn lines_of(disk: &impl Existing, path: &str) -> usize {
    disk.read(path).ok().flatten().map_or(0, |text| text.lines().count())
}
