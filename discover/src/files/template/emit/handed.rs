//! Load balancers, listeners and target groups that are handed to stacks whose templates were not read: rules for them may stand there.

use super::Emitter;
use super::shape::Fields;
use crate::files::template::unread;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

/// Names the stacks that have what is called so, and are not read.
pub(super) fn say(out: &Emitter<'_>, id: &str, fields: &mut Fields) {
    let arn = out.eval.name_at(&json!({"Ref": id}), 0);
    let stacks = arn.map(|arn| out.eval.template.unread.of(&arn)).unwrap_or_default();
    if !stacks.is_empty() {
        fields.insert(unread::FIELD.to_owned(), stacks.into());
    }
}

/// Says of load balancers that stacks have which are not read, that nobody knows whether a web ACL stands before them: it is put there
/// by a resource of its own. Only an application load balancer can have one (AWS WAF API, AssociateWebACL).
pub(super) fn with_unread_firewalls(out: &mut Emitter<'_>) {
    let template = out.eval.template;
    let unread = &template.unread;
    let balancers = out.emitted.things.iter_mut().filter(|thing| thing.kind == Kind::LoadBalancer);
    for thing in balancers.filter(|thing| thing.place.as_ref().is_some_and(|arn| !unread.of(arn).is_empty())) {
        if let Some(fields) = thing.body.as_object_mut()
            && fields.get("Type") == Some(&json!("application"))
        {
            fields.entry("WebACL").or_insert(Value::Null);
        }
    }
}
