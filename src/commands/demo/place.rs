//! The folder of the demo.

use crate::commands::init::ignored;
use crate::error::{Failure, FailureKind};
use crate::permit::WritePermit;
use crate::{config, files, paths};
use camino::Utf8Path;
use std::{fs, io};

/// Says that a folder is a demo's.
const MARK: &str = ".caravan-demo";

/// What the demo brings along; a file that is there already stays.
const FILES: &[(&str, &[u8])] = &[
    (MARK, b"This folder was made by `caravan demo`, which may write into it again.\n"),
    (config::FILE, include_bytes!("../../../examples/estate/caravan.yaml")),
    (paths::DECISIONS, include_bytes!("../../../examples/estate/decisions.yaml")),
];

/// Makes the folder, or takes an earlier demo's, and puts the configuration in.
///
/// # Errors
/// A usage failure when the folder is somebody else's.
#[expect(clippy::disallowed_methods, reason = "the demo's work is its folder")]
pub(super) fn furnish(dir: &Utf8Path, _permit: &WritePermit) -> Result<(), Failure> {
    if !is_ours(dir).map_err(|error| files::failure(dir, error))? {
        return Err(Failure::new(FailureKind::Usage, format!("{dir} exists and is not of a demo"))
            .hint("choose another folder: `caravan demo --out DIR`"));
    }
    fs::create_dir_all(dir).map_err(|error| files::failure(dir, error))?;
    for (name, content) in FILES {
        let path = dir.join(name);
        if !path.exists() {
            files::replace(&path, content)?;
        }
    }
    ignored::complete(&dir.join(ignored::FILE))?;
    Ok(())
}

/// Whether a folder was made by `caravan demo`.
pub(crate) fn is_demo(dir: &Utf8Path) -> bool {
    dir.join(MARK).is_file()
}

/// Whether there is nothing, an empty folder, or an earlier demo's.
fn is_ours(dir: &Utf8Path) -> io::Result<bool> {
    if is_demo(dir) {
        return Ok(true);
    }
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(error),
    }
}
