//! Starting a run.

use super::by_hand::{IN_ACCOUNT, IN_CLUSTER, IS_ROUTE, NEEDS, needed};
use super::ready::Ready;
use super::time::time_text;
use crate::journal::{JournalError, RunRecord};
use crate::store::RunStore;
use camino::Utf8Path;
use caravan_cutover_engine::Moment;
use caravan_plans::Sealed;
use caravan_providers::target::quoted;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A run that is about to be created.
#[derive(Clone, Debug)]
pub struct NewRun {
    record: RunRecord,
    manual_rollback: String,
}

impl NewRun {
    /// A run of a plan, under a new name. `code_version` is the version of Caravan that creates it.
    #[must_use]
    pub fn of(ready: &Ready, code_version: &str, now: Moment) -> Self {
        let name = name(&ready.plan().plan().wave, now);
        Self {
            manual_rollback: script(&name, ready.plan()),
            record: RunRecord {
                name,
                hash: ready.plan().hash().to_string(),
                code_version: code_version.to_owned(),
                created_at: now,
            },
        }
    }

    /// Its name: unique also among journals that know nothing of each other.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// The shell commands that take it back when neither Caravan nor its journal is at hand, the last shift first.
    #[must_use]
    pub fn manual_rollback(&self) -> &str {
        &self.manual_rollback
    }

    /// Creates the run: copies the journal to `backup`, lets `keep` put the manual rollback where people find it, and only
    /// then creates the run (K12); the copy is then made anew, so that it holds the run. Nothing is changed until somebody
    /// drives it.
    ///
    /// # Errors
    /// When the copy can't be written, when `keep` fails, and those of the journal: there is then no run, unless it was the
    /// second copy that failed.
    pub async fn create<E: From<JournalError>>(
        self,
        journal: &impl RunStore,
        backup: &Utf8Path,
        keep: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<RunRecord, E> {
        journal.back_up(backup)?;
        keep(&self)?;
        journal.create_run(&self.record).await?;
        // Once more: the copy holds the run that it is made for.
        journal.back_up(backup)?;
        Ok(self.record)
    }
}

/// `<wave>-<date>-<time>-<four digits>`.
fn name(wave: &str, now: Moment) -> String {
    let time: String = time_text(now).chars().filter(char::is_ascii_digit).collect();
    let (date, time) = time.split_at(time.len().min(8));
    let chance = RandomState::new().build_hasher().finish() & 0xffff;
    format!("{wave}-{date}-{time}-{chance:04x}")
}

/// A text of people as a part of one line: what would end a comment, or do something in a terminal, is no part of it.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A script of the shell: the last step first, each in a shell of its own, so that one that fails keeps no other from being
/// taken back.
fn script(run: &str, plan: &Sealed) -> String {
    let mut text = format!(
        "#!/bin/sh\n\
         # The manual rollback of run {run}, without Caravan, for when neither it nor its journal is at hand.\n\
         # Stop every driver first, then: sh {run}.sh. It can be run again. Plan {}.\n\
         # Not once the run was finalised: what is old may be gone by then, and users with it.\n\
         # For each AWS account it takes the profile that PROFILE_<account> names, or the credentials that are there.\n\
         # What stands is read first. Where it is nothing that this run wrote or found it is shown and left as it is; with\n\
         # FORCE=1 in front of sh the original is put there all the same.\n\
         set -eu\n\
         RUN={}\n\
         AWS_PAGER= # No page to leave by hand between two targets.\n\
         export AWS_PAGER\n\
         failed=0\n\n{NEEDS}{IN_ACCOUNT}{IN_CLUSTER}{IS_ROUTE}",
        plan.hash(),
        quoted(run)
    );
    for step in plan.plan().steps.iter().rev() {
        let targets: Vec<String> = step.targets().map(ToString::to_string).collect();
        let workload = one_line(step.workload().as_str());
        let _ = writeln!(text, "\n# {workload}: {}\nset +e\n(\nset -eu", one_line(&targets.join(", ")));
        for line in needed(step, plan.plan()).iter().chain(step.manual_rollback()) {
            let _ = writeln!(text, "{line}");
        }
        let workload = workload.replace('\'', "");
        let _ = writeln!(text, ")\nif [ $? -ne 0 ]; then failed=1; echo 'NOT taken back: {workload}' >&2; fi\nset -e");
    }
    let _ = write!(
        text,
        "\nif [ $failed -ne 0 ]; then exit 1; fi\n\
         case $0 in */*) here=${{0%/*}} ;; *) here=. ;; esac\n\
         dir=$(cd \"$here/../..\" && pwd) || dir=.\n\
         of=''; if [ -e \"$dir/journal.db\" ]; then\n\
         q=\"'\"; rest=$dir; begin=''\n\
         while case $rest in *\"$q\"*) ;; *) false ;; esac; do\n\
         begin=\"$begin${{rest%%\"$q\"*}}'\\\\''\"; rest=${{rest#*\"$q\"}}\n\
         done\n\
         of=\" --dir '$begin$rest'\"\n\
         fi\n\
         echo 'Everything is as it was. Where Caravan is at hand again, these end the run:'\n\
         echo \"  caravan$of cutover rollback {run}\"\n\
         echo \"  caravan$of cutover run {run}\"\n",
    );
    text
}
