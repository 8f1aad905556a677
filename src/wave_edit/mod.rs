//! Moves shifts and hand-overs from one wave to another, as people have written them.
//!
//! In: the names of two waves and the workloads that move. Out: an [`Edit`], which says of each file what it was and what it becomes,
//! and can be taken back. Lines are taken along as they stand, comments among them, and nothing else of a file changes; that this
//! is what has happened is read back from both texts before anything is written. What moves under other settings than it had, and
//! what is gone with a file, is told.

mod lines;
mod rules;

pub(crate) use rules::broken;

use crate::error::{Failure, FailureKind, read_text};
use crate::permit::WritePermit;
use crate::printer::counted;
use crate::{files, waves, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::WorkloadId;
use caravan_plans::WaveSpec;

/// Files that change together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Edit {
    /// What it does, for people.
    pub(crate) text: String,
    /// What is otherwise than before for what moves, or gone.
    pub(crate) warnings: Vec<String>,
    /// The workloads whose steps move.
    moved: Vec<WorkloadId>,
    /// The files; what takes something in stands before what gives it away.
    changes: Vec<Change>,
}

/// A file that changes.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Change {
    path: Utf8PathBuf,
    /// Its text before; none where it is made.
    before: Option<String>,
    /// Its text after; none where it is taken away.
    after: Option<String>,
}

/// What moves.
pub(crate) enum Moving<'a> {
    /// The steps of these workloads.
    Workloads(&'a [WorkloadId]),
    /// Everything: the wave is merged into the other, and its file is taken away.
    All,
}

impl Moving<'_> {
    fn has(&self, workload: &WorkloadId) -> bool {
        match self {
            Self::Workloads(workloads) => workloads.contains(workload),
            Self::All => true,
        }
    }
}

/// Plans a move from one wave to another, which is made where there is none: of the same settings as the one that it comes from.
///
/// # Errors
/// A usage failure when a workload has no step in the wave, or nothing would be left in it; a configuration failure when a
/// file can't be read, or is written in a way in which lines alone can't be taken along.
pub(crate) fn plan(dir: &Utf8Path, from: &str, to: &str, moving: &Moving<'_>) -> Result<Edit, Failure> {
    if from == to {
        return Err(Failure::new(FailureKind::Usage, format!("a move from wave `{from}` to itself is none")));
    }
    caravan_plans::check_name(to).map_err(|error| Failure::caused(FailureKind::Usage, error))?;
    let source = waves::load(dir, from)?;
    if let Moving::Workloads(workloads) = moving {
        check_moving(dir, &source, workloads)?;
    }
    let (path, target_path) = (waves::spec_path(dir, from), waves::spec_path(dir, to));
    let target = if target_path.exists() { Some(waves::load(dir, to)?) } else { None };
    let (kept, taken) = parted(&source, moving);
    let before = read_text(&path, FailureKind::Configuration)?;
    let target_before = match &target {
        Some(_) => Some(read_text(&target_path, FailureKind::Configuration)?),
        None => None,
    };
    let begin = WaveSpec { wave: to.to_owned(), shifts: Vec::new(), hand_overs: Vec::new(), ..source.clone() };
    let target_text = match &target_before {
        Some(text) => text.clone(),
        None => serde_yaml::to_string(&begin).map_err(|error| Failure::caused(FailureKind::Work, error))?,
    };
    let mut warnings = target.as_ref().map(|target| other_settings(&source, target)).unwrap_or_default();
    let mut wanted = target.unwrap_or(begin);
    wanted.shifts.extend(taken.shifts.iter().cloned());
    wanted.hand_overs.extend(taken.hand_overs.iter().cloned());
    let (after, target_after) = take_along(&before, &target_text, &source, moving).ok_or_else(|| by_hand(&path))?;
    let is_merged = kept.shifts.is_empty() && kept.hand_overs.is_empty();
    if is_merged && matches!(moving, Moving::Workloads(_)) {
        let text = format!("nothing would be left of wave `{from}`, so nothing was moved");
        let hint = format!("`caravan plan move {from} {to} --all` merges the two, and takes {path} away");
        return Err(Failure::new(FailureKind::Usage, text).hint(hint));
    }
    // What the lines say now must be what was wanted: else the file is written in another way than by lines.
    let is_right = reads_as(&target_path, &target_after, &wanted) && (is_merged || reads_as(&path, &after, &kept));
    if !is_right {
        return Err(by_hand(&path));
    }
    let lost = lines::comments(&after);
    if let Some(first) = lost.first().filter(|_| is_merged) {
        let lines = counted(lost.len() as u64, "line");
        warnings
            .push(format!("{lines} of comments are gone with {path}, which no step took along; the first is: {first}"));
    }
    let mut moved: Vec<WorkloadId> = taken.shifts.iter().map(|shift| shift.workload.clone()).collect();
    moved.extend(taken.hand_overs.iter().map(|hand_over| hand_over.workload.clone()));
    moved.sort();
    moved.dedup();
    let steps = taken.shifts.len() + taken.hand_overs.len();
    let steps = format!("{steps} step{}", if steps == 1 { "" } else { "s" });
    let text = match is_merged {
        true => format!("{steps} moved from wave {from} to {to}: nothing is left of {from}, and its file is gone"),
        false => format!("{steps} moved from wave {from} to {to}"),
    };
    let changes = vec![
        Change { path: target_path, before: target_before, after: Some(target_after) },
        Change { path, before: Some(before), after: (!is_merged).then_some(after) },
    ];
    Ok(Edit { text, warnings, moved, changes })
}

impl Edit {
    /// What takes it back.
    pub(crate) fn reversed(&self) -> Self {
        let back = |change: &Change| Change {
            path: change.path.clone(),
            before: change.after.clone(),
            after: change.before.clone(),
        };
        let text = format!("taken back: {}", self.text);
        let changes = self.changes.iter().rev().map(back).collect();
        Self { text, warnings: Vec::new(), moved: self.moved.clone(), changes }
    }

    /// The files that it writes or takes away.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Utf8Path, bool)> {
        self.changes.iter().map(|change| (change.path.as_path(), change.after.is_some()))
    }

    /// Writes it. Nothing is written where a file is not what it was when this was planned.
    ///
    /// # Errors
    /// A usage failure when a file was changed meanwhile; when the disk does not take one.
    pub(crate) fn write(&self, permit: &WritePermit) -> Result<(), Failure> {
        for change in &self.changes {
            let stands = match change.path.try_exists() {
                Ok(false) => None,
                _ => Some(read_text(&change.path, FailureKind::Work)?),
            };
            if stands != change.before {
                let text = format!("{} was changed meanwhile, so nothing was moved", change.path);
                return Err(Failure::new(FailureKind::Usage, text).hint("look at what others have written there"));
            }
        }
        for change in &self.changes {
            match &change.after {
                Some(text) => waves::write(&change.path, text.as_bytes(), permit)?,
                None => remove(&change.path)?,
            }
        }
        Ok(())
    }
}

fn remove(path: &Utf8Path) -> Result<(), Failure> {
    std::fs::remove_file(path).map_err(|error| files::failure(path, error))
}

fn check_moving(dir: &Utf8Path, source: &WaveSpec, workloads: &[WorkloadId]) -> Result<(), Failure> {
    let known = || {
        let shifts = source.shifts.iter().map(|shift| &shift.workload);
        shifts.chain(source.hand_overs.iter().map(|hand_over| &hand_over.workload))
    };
    for workload in workloads {
        if !known().any(|one| one == workload) {
            let path = waves::spec_path(dir, &source.wave);
            let failure = Failure::new(FailureKind::Usage, format!("{path} has no step of `{workload}`"));
            return Err(match crate::suggest::nearest_id(workload.as_str(), known().map(WorkloadId::as_str)) {
                Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
                None => failure.hint(format!("`caravan plan show {} --draft` shows its steps", source.wave)),
            });
        }
    }
    Ok(())
}

/// What stays in a wave, and what moves out of it.
fn parted(source: &WaveSpec, moving: &Moving<'_>) -> (WaveSpec, WaveSpec) {
    let (mut kept, mut taken) = (source.clone(), source.clone());
    kept.shifts.retain(|shift| !moving.has(&shift.workload));
    kept.hand_overs.retain(|hand_over| !moving.has(&hand_over.workload));
    taken.shifts.retain(|shift| moving.has(&shift.workload));
    taken.hand_overs.retain(|hand_over| moving.has(&hand_over.workload));
    (kept, taken)
}

/// What holds for a step in the wave that it comes to, and did not in the one that it comes from.
fn other_settings(source: &WaveSpec, target: &WaveSpec) -> Vec<String> {
    let soak = |spec: &WaveSpec| spec.soak.map_or_else(|| "not set".to_owned(), |seconds| format!("{seconds} s"));
    let drivers = |spec: &WaveSpec| spec.drivers.as_ref().map_or_else(|| "not set".to_owned(), shown);
    let of = [
        ("soak", soak(source), soak(target)),
        ("on_failure", shown(&source.on_failure), shown(&target.on_failure)),
        ("drivers", drivers(source), drivers(target)),
    ];
    let differ = of.into_iter().filter(|(_, from, to)| from != to);
    let said = |(key, from, to)| format!("`{key}` is {from} in wave {} and {to} in wave {}", source.wave, target.wave);
    differ.map(said).collect()
}

/// A setting as a file has it, in one line.
fn shown(setting: &impl serde::Serialize) -> String {
    serde_json::to_value(setting).map_or_else(
        |_| "set".to_owned(),
        |value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    )
}

/// Both texts with the lines where they belong; none where the lists are not written item by item.
fn take_along(text: &str, target: &str, source: &WaveSpec, moving: &Moving<'_>) -> Option<(String, String)> {
    let shifts: Vec<bool> = source.shifts.iter().map(|shift| moving.has(&shift.workload)).collect();
    let hand_overs: Vec<bool> = source.hand_overs.iter().map(|hand_over| moving.has(&hand_over.workload)).collect();
    let (mut text, mut target) = (text.to_owned(), target.to_owned());
    for (key, marks) in [("shifts", shifts), ("hand_overs", hand_overs)] {
        if marks.contains(&true) {
            (text, target) = lines::moved(&text, &target, key, &marks)?;
        }
    }
    Some((text, target))
}

fn reads_as(path: &Utf8Path, text: &str, wanted: &WaveSpec) -> bool {
    yaml::parse::<WaveSpec>(path, text).is_ok_and(|read| read == *wanted)
}

fn by_hand(path: &Utf8Path) -> Failure {
    let text = format!("{path} is written in a way in which steps can't be moved by their lines, so nothing was moved");
    Failure::new(FailureKind::Configuration, text)
        .hint("let each step of `shifts` and `hand_overs` begin with `- ` on a line of its own, or move it by hand")
}
