//! The result of a check of a plconfig: the config, or every error in it.

use super::error::PlConfigError;

pub(super) type Checked = Result<(), PlConfigError>;

/// The fault of a place, unless it is as it must be.
pub(super) fn ensure(holds: bool, at: &str, message: &str) -> Checked {
    if holds { Ok(()) } else { Err(invalid(at, message)) }
}

/// A value that can't be, whatever its kind.
pub(super) fn invalid(at: &str, message: &str) -> PlConfigError {
    PlConfigError::Invalid { path: at.to_owned(), message: message.to_owned() }
}
