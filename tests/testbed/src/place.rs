//! Where the servers' programs are.

use crate::server_failure::ServerFailure;
use std::path::{Path, PathBuf};

/// The file of a part that `prepare` made, by its path below `current`.
pub(crate) fn part(server: &'static str, path: &str) -> Result<PathBuf, ServerFailure> {
    let file = current().join(path);
    if file.exists() {
        Ok(file)
    } else {
        Err(ServerFailure::Missing { server, why: format!("{} is not there; `./check` makes it", file.display()) })
    }
}

/// A file of the test bench's own sources.
pub(crate) fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder that `prepare` filled: `CARAVAN_TESTBED`, or where `prepare` puts it when nothing is said.
#[expect(clippy::disallowed_methods, reason = "the test bench is told by the environment where its servers are")]
fn current() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = || {
        let home = || variable("HOME").unwrap_or_default().join(".cache");
        variable("CARAVAN_CACHE").unwrap_or_else(|| variable("XDG_CACHE_HOME").unwrap_or_else(home).join("caravan"))
    };
    variable("CARAVAN_TESTBED").unwrap_or_else(|| cache().join("testbed/current"))
}
