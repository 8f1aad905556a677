//! The paths of Caravan's own files and folders.

use camino::{Utf8Path, Utf8PathBuf};

/// The inventory's database.
pub(crate) const INVENTORY: &str = "inventory.db";

/// The people's answers.
pub(crate) const DECISIONS: &str = "decisions.yaml";

/// A path in a directory, without the `./` that a joined path would begin with.
pub(crate) fn within(dir: &Utf8Path, name: &str) -> Utf8PathBuf {
    if dir == "." { name.into() } else { dir.join(name) }
}

/// The key of the fingerprints that stand for secrets: mode 0600, never exported.
pub(crate) const KEY: &str = "inventory.key";

/// The journal of plans and runs: it can't be rebuilt.
pub(crate) const JOURNAL: &str = "journal.db";

/// What customers were told, by whom: a line each.
pub(crate) const MESSAGES: &str = "domain-messages.jsonl";

/// The waves as people write them, and what was sealed of them: kept in Git.
pub(crate) const PLANS: &str = "plans";

/// Where the script of a run's manual rollback stands.
pub(crate) fn manual_rollback(dir: &Utf8Path, run: &str) -> Utf8PathBuf {
    manual_rollbacks(dir).join(format!("{run}.sh"))
}

/// The folder of those of all runs.
pub(crate) fn manual_rollbacks(dir: &Utf8Path) -> Utf8PathBuf {
    within(dir, &format!("{PLANS}/manual-rollback"))
}

/// What drivers said that the terminal interface started, one file for each run.
pub(crate) const DRIVERS: &str = "drivers";

/// Copies of the journal, one for each run.
pub(crate) const BACKUPS: &str = "backups";
