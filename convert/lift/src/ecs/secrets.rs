//! Secrets: by reference only (C5).

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use super::secret_place::{self, Kept};
use crate::field::Field;
use crate::moved_secret::{self, Beside, MovedSecret};
use crate::plconfig::Container;
use crate::text::Kind;
use crate::tracker::FieldTracker;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    container: &mut Container,
) {
    for secret in member.definition.objects("secrets") {
        let (Some(name_field), Some(from)) = (secret.field("name"), secret.field("valueFrom")) else {
            continue;
        };
        let Some(name) = tracker.text(name_field.0, Kind::Variable) else {
            continue;
        };
        let target = plan.variable(member, "secrets", &name);
        name_field.exact(tracker, target.clone());
        let own = moved_secret::team(tracker, beside(member), &name);
        let reference = match tracker.text(from.0, Kind::Secret) {
            Some(text) => match secret_place::keep(tracker, plan, &text, own) {
                Kept::Read(reference) => {
                    from.exact(tracker, target);
                    reference
                }
                Kept::Noted(reference, note) => {
                    from.approximated(tracker, target, note);
                    reference
                }
                Kept::Asked(reference, id) => {
                    from.asked(tracker, &id);
                    reference
                }
            },
            None => {
                from.exact(tracker, target);
                own
            }
        };
        // A secret that shadows a variable of the same name is refused by ECS; the secret is what was meant last.
        container.env.remove(name.as_ref());
        container.secrets.insert(name.into_owned(), reference.to_string());
    }
}

/// The container that a secret belongs to, where it is not the main one.
fn beside<'m>(member: &'m Member<'_>) -> Option<Beside<'m>> {
    (member.role != ContainerRole::Main).then_some(Beside { key: &member.key, name: member.name })
}

/// Asks for the place of a secret that stood in the clear in a container.
pub(super) fn ask_for_place(tracker: &mut FieldTracker<'_>, member: &Member<'_>, name: &str) -> MovedSecret {
    moved_secret::ask_for_place(tracker, beside(member), name)
}

/// A secret that stood in the clear in a field.
pub(super) fn bring_in<'a>(
    tracker: &mut FieldTracker<'a>,
    member: &Member<'a>,
    name: &str,
    field: Field<'a>,
    container: &mut Container,
) {
    let place = ask_for_place(tracker, member, name);
    match &place.open {
        Some(id) => field.asked(tracker, id),
        None => field.approximated(tracker, "/components", "it lies in a secret store, by a person's answer"),
    }
    container.secrets.insert(name.to_owned(), place.reference);
}
