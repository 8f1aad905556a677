//! Web ACLs of AWS WAF: an association of its own puts one before a load balancer or a stage. A stage then answers with its
//! ARN. A load balancer's document has in `WebACL` what GetWebACLForResource answers of it.

use super::Emitter;
use crate::files::recognise::Thing;
use crate::files::template::document::Template;
use crate::files::template::evaluate::Outcome;
use crate::files::template::intrinsic::Intrinsic;
use crate::files::template::places::Places;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

/// What puts a web ACL before something.
pub(super) const ASSOCIATIONS: &[&str] = &["AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation"];

/// Says of every load balancer and every stage of the template's REST APIs that may be meant that a web ACL stands before it,
/// since an association names a stage in many ways: too much is asked about then, and nothing is open by mistake. Where the
/// template has none of these, the association is something that is missed.
pub(super) fn associate(out: &mut Emitter<'_>, template: &Template) {
    let link = Places::of(&[""]);
    for (id, resource) in &template.resources {
        if !ASSOCIATIONS.contains(&resource.of_type.as_str()) || !out.is_made(id, resource) {
            continue;
        }
        let named = ["WebACLArn", "WebACLId"].into_iter().find_map(|name| resource.properties.get(name));
        let acl = named.and_then(|acl| out.eval.outcome(acl, &link, 0).into_value());
        let acl = acl.unwrap_or_else(|| Value::from(id.as_str()));
        let described = described(out, named, &acl);
        let before = resource.properties.get("ResourceArn").map(|arn| out.eval.outcome(arn, &link, 0));
        let mut found = false;
        for thing in out.emitted.things.iter_mut().filter(|thing| may_be(before.as_ref(), thing)) {
            let (field, value) = match thing.kind {
                Kind::RestStage => ("webAclArn", &acl),
                _ => ("WebACL", &described),
            };
            if let Some(fields) = thing.body.as_object_mut() {
                fields.entry(field).or_insert_with(|| value.clone());
                found = true;
            }
        }
        if !found {
            out.emitted
                .elsewhere
                .push(format!("{id} puts a web ACL of AWS WAF before something that was not read as that"));
        }
    }
}

/// A web ACL by its ARN, and by its name where the template makes it.
fn described(out: &Emitter<'_>, named: Option<&Value>, acl: &Value) -> Value {
    let id = match named.and_then(Intrinsic::of) {
        Some(Intrinsic::Ref(id) | Intrinsic::GetAtt(id, _)) => out.eval.template.resource(id).map(|(id, _)| id),
        _ => None,
    };
    match id {
        Some(id) => json!({"Name": out.eval.name_of(id, "Name"), "ARN": acl}),
        None => json!({"ARN": acl}),
    }
}

/// Whether a web ACL before what is named so may stand before this thing.
fn may_be(named: Option<&Outcome>, thing: &Thing) -> bool {
    let text = match named {
        Some(Outcome::Link(name) | Outcome::Known(Value::String(name))) => {
            if name.contains(":loadbalancer/") {
                return thing.kind == Kind::LoadBalancer && thing.place.as_deref() == Some(name.as_str());
            }
            name.as_str()
        }
        Some(Outcome::Open { text, .. }) => text.as_str(),
        _ => "",
    };
    match thing.kind {
        Kind::RestStage => !text.contains(":elasticloadbalancing:"),
        Kind::LoadBalancer => {
            // Only an application load balancer can have one (AWS WAF API, AssociateWebACL).
            thing.body.get("Type") != Some(&Value::from("network"))
                && !["apigateway", "restapis", ":loadbalancer/"].iter().any(|other| text.contains(other))
                && !matches!(named, Some(Outcome::Link(_) | Outcome::Known(_)))
        }
        _ => false,
    }
}
