//! The scripts of the manual rollback beside a journal: what is left where it can't be used.

use crate::global::quoted;
use crate::paths;
use camino::Utf8Path;

/// So many are named; where the others are is said.
const MOST: usize = 3;

/// The scripts of the runs that were begun last, the newest first, and where those of the others are. When a run was begun its name says:
/// a file's time is that of whoever copied it, restored it or checked it out last.
pub(crate) fn scripts_beside(journal: &Utf8Path) -> (Vec<String>, Option<String>) {
    let Some(folder) = journal.parent().map(paths::manual_rollbacks) else { return (Vec::new(), None) };
    let found = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let names = found.filter_map(|entry| entry.file_name().into_string().ok());
    let mut runs: Vec<String> = names.filter_map(|name| name.strip_suffix(".sh").map(str::to_owned)).collect();
    runs.sort_by(|one, other| (begun(other), other).cmp(&(begun(one), one)));
    let older = runs.len().saturating_sub(MOST);
    let more = (older > 0).then(|| {
        let folder = quoted(folder.as_str());
        format!("{older} older runs may have users on a new side too; their scripts, by the moment in their names: ls {folder}")
    });
    (runs.into_iter().take(MOST).map(|run| folder.join(format!("{run}.sh")).into_string()).collect(), more)
}

/// When a run was begun, by its name (`WAVE-DATE-TIME-CHANCE`): date and time as digits. None where it says nothing of the kind.
fn begun(run: &str) -> Option<(&str, &str)> {
    let mut parts = run.rsplit('-').skip(1);
    let (time, date) = (parts.next()?, parts.next()?);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(time) && is_digits(date) && date.len() == 8).then_some((date, time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the scripts of a folder of the test's own")]
    fn the_newest_run_is_named_first_whatever_its_wave_is_called_and_whenever_its_file_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let journal = camino::Utf8PathBuf::from_path_buf(folder.path().join("journal.db")).unwrap();
        let scripts = paths::manual_rollbacks(journal.parent().unwrap());
        std::fs::create_dir_all(&scripts).unwrap();
        // The oldest run has the newest file: as after a restore.
        let names =
            ["a-20261130-235959-ffff", "z-9-20261130-120000-0000", "b-20261201-000100-0001", "other", "c-20261129-1-2"];
        for (age, name) in names.iter().enumerate() {
            let file = std::fs::File::create(scripts.join(format!("{name}.sh"))).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000 - age as u64)).unwrap();
        }
        std::fs::File::create(scripts.join("letter.txt")).unwrap();
        let (named, more) = scripts_beside(&journal);
        let named: Vec<&str> = named.iter().map(|script| script.rsplit('/').next().unwrap()).collect();
        assert_eq!(named, ["b-20261201-000100-0001.sh", "a-20261130-235959-ffff.sh", "z-9-20261130-120000-0000.sh"]);
        assert!(more.unwrap().starts_with("2 older runs"));
    }
}
