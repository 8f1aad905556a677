//! The files in `--dir`.

use super::check::Check;
use crate::config::Config;
use crate::exit::Exit;
use crate::{decisions, inventory_db, probes};
use camino::Utf8Path;
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
            let text =
                format!("{path}: {} accounts, {} ownership rules", config.accounts.len(), config.ownership.0.len());
            (Some(config), vec![Check::ok("config", text)])
        }
        Ok(config) => {
            let text = format!("there is no {path}; everything has its default");
            (Some(config), vec![Check::skipped("config", text, "`caravan init` writes one with comments")])
        }
        Err(failure) => (None, vec![Check::of_failure("config", &failure)]),
    }
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

/// The finding about `decisions.yaml`.
pub(crate) fn decisions(dir: &Utf8Path) -> Check {
    let path = decisions::path(dir);
    match decisions::load(dir) {
        Ok(decisions) if path.is_file() => Check::ok("decisions", format!("{path}: {} answers", decisions.0.len())),
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
