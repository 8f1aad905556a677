//! The rights of a source: the role that it has today.

use crate::field::Field;
use crate::plconfig::{PlConfig, Use, UseKind};
use crate::text::Kind;
use crate::tracker::FieldTracker;

/// The alias of the source's role in `uses`.
const ALIAS: &str = "role";

/// The app takes over an existing role as it is.
pub(crate) fn take<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, config: &mut PlConfig) {
    let Some(name) = tracker.text(field.0, Kind::Role) else {
        return;
    };
    let role = Use { kind: UseKind::Iam, name: name.into_owned(), access: Vec::new(), env: None };
    config.uses.insert(ALIAS.to_owned(), role);
    let note = "the same role with all its rights, once its trust policy lets the cluster's pods assume it";
    field.approximated(tracker, format!("/uses/{ALIAS}/name"), note);
}
