//! The rights of a source: the role that it has today.

use crate::field::Field;
use crate::plconfig::{PlConfig, Use, UseKind};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::is_of_template;

/// The alias of the source's role in `uses`.
const ALIAS: &str = "role";

/// The app takes over an existing role as it is; false when nobody knows yet which one that is. A role that a template makes
/// has a name only once it is deployed.
pub(crate) fn take<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, config: &mut PlConfig) -> bool {
    let name = if field.0.as_str().is_some_and(is_of_template) {
        match asked_for(tracker, field) {
            Some(name) => name,
            None => return false,
        }
    } else {
        match tracker.text(field.0, Kind::Role) {
            Some(name) => name.into_owned(),
            None => return false,
        }
    };
    let role = Use { kind: UseKind::Iam, name, access: Vec::new(), env: None };
    config.uses.insert(ALIAS.to_owned(), role);
    let note = "the same role with all its rights, once its trust policy lets the cluster's pods assume it";
    field.approximated(tracker, format!("/uses/{ALIAS}/name"), note);
    true
}

fn asked_for<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>) -> Option<String> {
    let id = tracker.question_id("role", "");
    let text = "Its template makes its role, and does not say how it is called. What is the role's name?";
    // IAM API reference, `RoleName`.
    let is_name = |answer: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
        (1..=64).contains(&answer.len()) && answer.bytes().all(legal)
    };
    match tracker.ask_for(id, text, &[], None, is_name) {
        Asked::Given(name) => Some(name.to_owned()),
        Asked::Open(id) => {
            tracker.hold("nobody said which role it has");
            field.asked(tracker, &id);
            None
        }
    }
}
