//! Paths that stay below their folder.

use super::WriteError;
use camino::{Utf8Component, Utf8Path};

/// The folder of a file's path, empty for one that lies at the top.
///
/// # Errors
/// When the path is empty, absolute, or goes up.
pub(super) fn folder(path: &str) -> Result<&str, WriteError> {
    // Every piece as it is written: `a//b`, `a/./b` and a `/` at the end are refused too, so that one file has one path.
    let plain = !path.is_empty()
        && !path.contains('\0')
        && path.split('/').all(|piece| !matches!(piece, "" | "." | ".."))
        && Utf8Path::new(path)
            .components()
            .all(|piece| matches!(piece, Utf8Component::Normal(_)));
    if !plain {
        return Err(WriteError::Outside { path: path.to_owned() });
    }
    Ok(path.rsplit_once('/').map_or("", |(folder, _)| folder))
}
