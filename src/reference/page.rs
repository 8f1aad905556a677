//! `docs/configuration.md`, made of the keys and the variables.

use super::{KEYS, Key, about};
use crate::env;
use std::fmt::Write as _;

/// `docs/configuration.md`.
pub(super) fn page() -> String {
    let mut page = String::from(PREFACE);
    for section in [
        "schema",
        "accounts",
        "platform",
        "ownership",
        "drivers",
        "waves",
        "domains",
        "moves",
        "lookups",
        "lease",
        "probes",
        "metrics",
        "notifications",
    ] {
        let of_section = |key: &&Key| key.path.split(['.', '[']).next() == Some(section);
        let _written = write!(
            page,
            "\n### `{section}`\n\n{}| key | takes | default | what |\n|---|---|---|---|\n",
            about(section)
        );
        for key in KEYS.iter().filter(of_section) {
            let default = key.default().map_or_else(String::new, |text| format!("`{text}`"));
            let _written = writeln!(page, "| `{}` | {} | {default} | {} |", key.path, key.takes, key.about);
        }
    }
    page.push_str(VARIABLES);
    for (name, about) in env::ALL {
        let _written = writeln!(page, "| `{name}` | {about} |");
    }
    page.push_str(OTHERS);
    for (name, about) in env::OF_LIBRARIES {
        let _written = writeln!(page, "| `{name}` | {about} |");
    }
    page
}

const PREFACE: &str = "\
# Configuration

`caravan.yaml` stands in the folder that `--dir` or `CARAVAN_DIR` names, beside `inventory.db` and `decisions.yaml`. Without the
file everything has its default; `caravan init` writes one with comments. It is read strictly: a key that is not in this list is
an error, with what was probably meant. No secret stands in it, only where one is found. `caravan doctor` checks it.

This page is made of the types that read the file, and a test holds it to them.

## `caravan.yaml`
";

const VARIABLES: &str = "
## Environment variables

| variable | what |
|---|---|
";

const OTHERS: &str = "
The libraries that Caravan stands on read these and more, by their own rules:

| variable | what |
|---|---|
";
