//! The files in `--dir`.

use super::check::Check;
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::printer::counted;
use crate::{decisions, inventory_db, journal_db, notifications, people, probes, signals};
use camino::Utf8Path;
use caravan_cutover::WaitingNotices;
use caravan_cutover::operator::Run;
use caravan_providers_network::Roots;

/// The configuration, if it can be read, and the finding about it.
pub(crate) fn configuration(dir: &Utf8Path) -> (Option<Config>, Vec<Check>) {
    let path = Config::path(dir);
    if !dir.is_dir() {
        let text = format!("there is no folder {dir}");
        let remedy = "choose another with `--dir` or CARAVAN_DIR, or begin one with `caravan init`";
        return (None, vec![Check { exit: Exit::Configuration, ..Check::failed("folder", text, remedy) }]);
    }
    match Config::load(dir) {
        Ok(config) if path.is_file() => {
            let text = format!(
                "{path}: {}, {}",
                counted(config.accounts.len() as u64, "account"),
                counted(config.ownership.0.len() as u64, "ownership rule")
            );
            (Some(config), vec![Check::ok("config", text)])
        }
        Ok(config) => {
            let text = format!("there is no {path}; everything has its default");
            (Some(config), vec![Check::skipped("config", text, "`caravan init` writes one with comments")])
        }
        Err(failure) => (None, vec![Check::of_failure("config", &failure)]),
    }
}

/// Whether people.yaml can stand, where it is there.
pub(crate) fn people(dir: &Utf8Path, config: Option<&Config>) -> Option<Check> {
    let company = people::load(dir, &config?.platform).transpose()?;
    Some(match company {
        Ok(company) => {
            let groups = counted(company.rows().len() as u64, "group");
            Check::ok(
                "people",
                format!("{}: {groups}; `caravan people check` says what it leaves open", people::path(dir)),
            )
        }
        Err(failure) => Check::of_failure("people", &failure),
    })
}

/// One finding for each file of roots that probes trust.
pub(crate) fn roots(dir: &Utf8Path, config: Option<&Config>) -> Vec<Check> {
    let files = config.into_iter().flat_map(|config| &config.probes.ca_files).enumerate();
    files
        .map(|(at, file)| {
            let name = format!("ca file {file}");
            match probes::read(dir, at, file, &mut Roots::public()) {
                Ok(count) => Check::ok(name, format!("probes trust its certificates, {count} in number")),
                Err(failure) => Check::of_failure(name, &failure),
            }
        })
        .collect()
}

/// One finding for each receiver of notices: whether its address is there, and what waits for it.
///
/// # Errors
/// When the runtime can't be started.
pub(crate) fn receivers(dir: &Utf8Path, config: Option<&Config>) -> Result<Vec<Check>, Failure> {
    let settings = config.map(|config| config.notifications.as_slice()).unwrap_or_default();
    let mut waiting = Vec::new();
    if !settings.is_empty()
        && let Ok(journal) = journal_db::open_to_read(dir)
    {
        waiting = signals::block_on(journal.waiting_notices())?.unwrap_or_default();
    }
    let check = |(at, receiver): (usize, &notifications::ReceiverSettings)| {
        let name = format!("receiver {}", receiver.name);
        if let Err(failure) = notifications::receiver(&Config::path(dir), at, receiver) {
            return Check::of_failure(name, &failure);
        }
        match waiting.iter().find(|waiting| waiting.receiver == receiver.name) {
            Some(WaitingNotices { count, unreadable, refused, .. }) => {
                let why = refused.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                let text = format!("its address is set; waiting for it: {}{why}", counted(*count, "notice"));
                let hint = if count == unreadable {
                    "the newer version that wrote them sends them"
                } else {
                    "a driver sends them: `caravan cutover run --all --wait`"
                };
                Check::warning(name, text, hint)
            }
            None => Check::ok(name, "its address is set; no notice waits for it".to_owned()),
        }
    };
    Ok(settings.iter().enumerate().map(check).collect())
}

/// The finding about `decisions.yaml`.
pub(crate) fn decisions(dir: &Utf8Path) -> Check {
    let path = decisions::path(dir);
    match decisions::load_all(dir) {
        Ok(decided) if path.is_file() => {
            let text = format!("{path}: {} answers, {} accepted", decided.answers.0.len(), decided.accepted.0.len());
            Check::ok("decisions", text)
        }
        Ok(_) => {
            Check::skipped("decisions", format!("there is no {path}"), "`caravan decide` lists the open questions")
        }
        Err(failure) => Check::of_failure("decisions", &failure),
    }
}

/// The finding about `inventory.db`.
pub(crate) fn inventory(dir: &Utf8Path) -> Check {
    let path = inventory_db::path(dir);
    if !path.is_file() {
        return Check::skipped(
            "inventory",
            format!("there is no {path}"),
            "`caravan discover`, or `caravan inventory import FILE`",
        );
    }
    match inventory_db::open(dir).and_then(|store| Ok(store.workload_count()?)) {
        Ok(count) => Check::ok("inventory", format!("{path}: {count} workloads")),
        Err(failure) => Check::of_failure("inventory", &failure),
    }
}

/// The finding about `journal.db`: whether every run in it can be read, and how many are not over.
///
/// # Errors
/// When the runtime can't be started.
pub(crate) fn journal(dir: &Utf8Path) -> Result<Check, Failure> {
    let path = journal_db::path(dir);
    if !path.is_file() {
        return Ok(Check::skipped("journal", format!("there is no {path}"), "`caravan plan seal WAVE` makes it"));
    }
    let journal = match journal_db::open_to_read(dir) {
        Ok(journal) => journal,
        Err(failure) => return Ok(Check::of_failure("journal", &failure)),
    };
    let read = signals::block_on(async {
        let (mut runs, mut unfinished) = (0, 0);
        for record in journal.runs().await? {
            let run = Run::of(&journal, record).await?;
            runs += 1;
            unfinished += usize::from(!run.state().is_over());
        }
        Ok::<_, Failure>((runs, unfinished))
    })?;
    if let (Ok(_), Some(full)) = (&read, journal_db::fullness(dir)) {
        let text = format!("{full}: it takes no entry, and a driver ends with 21 or 23");
        return Ok(Check::failed("journal", text, "make room; then `caravan cutover run --all --wait` goes on"));
    }
    Ok(match read {
        Ok((runs, unfinished)) => Check::ok(
            "journal",
            format!("{path}: {}, every chain verified, {unfinished} not over", counted(runs, "run")),
        ),
        Err(failure) => Check::of_failure("journal", &failure),
    })
}
