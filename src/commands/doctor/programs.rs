//! The programs that Caravan or its users' next steps call.

use super::check::Check;
use crate::env;

/// The programs, and what they are for.
const PROGRAMS: &[(&str, &str)] =
    &[("git", "keeps the trees that Caravan writes"), ("terraform", "checks and applies the infrastructure tree")];

/// One finding for each program.
pub(crate) fn all() -> Vec<Check> {
    PROGRAMS.iter().map(|(program, purpose)| look(program, purpose)).collect()
}

fn look(program: &str, purpose: &str) -> Check {
    let path = env::get(env::PATH).unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    match found {
        Some(file) => Check::ok(program, file.display().to_string()),
        None => Check::warning(
            program,
            format!("not on the PATH; it {purpose}"),
            format!("install `{program}`, or add its folder to PATH"),
        ),
    }
}
