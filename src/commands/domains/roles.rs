//! Who may do what with hostnames: the names in `domains.movers` and `domains.colleagues`.
//!
//! A name is what whoever types says: this keeps people from what is not theirs by mistake, and files' rights keep everybody else.

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::global::Global;

/// Lets only those through who may move hostnames.
///
/// # Errors
/// A failure of access that names the setting; those of the configuration.
pub(super) fn may_move(global: &Global, who: &str) -> Result<(), Failure> {
    if Config::load(&global.dir)?.domains.may_move(who) {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Access, format!("{who} may not move hostnames: `domains.movers` names others"))
        .hint("whoever is named there does, or names you there"))
}

/// Lets only those through who may record what customers were told.
///
/// # Errors
/// A failure of access that names the setting; those of the configuration.
pub(super) fn may_record(global: &Global, who: &str) -> Result<(), Failure> {
    if Config::load(&global.dir)?.domains.may_record(who) {
        return Ok(());
    }
    let text = format!("{who} may not record what customers were told: `domains.colleagues` names others");
    Err(Failure::new(FailureKind::Access, text).hint("whoever is named there does, or names you there"))
}
