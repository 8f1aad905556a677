//! Web ACLs of AWS WAF: an association of its own puts one before a stage, which then answers with its ARN.

use super::Emitter;
use crate::files::template::document::Template;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

/// What puts a web ACL before something.
pub(super) const ASSOCIATIONS: &[&str] = &["AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation"];

/// Says of every stage of the template's REST APIs that a web ACL stands before it, since an association names its stage in
/// many ways: too much is asked about then, and nothing is open by mistake. Where the template has none of these stages, the
/// association is something that is missed.
pub(super) fn associate(out: &mut Emitter<'_>, template: &Template) {
    for (id, resource) in &template.resources {
        if !ASSOCIATIONS.contains(&resource.of_type.as_str()) || !out.is_made(id, resource) {
            continue;
        }
        let named = ["WebACLArn", "WebACLId"].into_iter().find_map(|name| resource.properties.get(name));
        let acl = named.and_then(|acl| out.eval.value(acl)).unwrap_or_else(|| Value::from(id.as_str()));
        let stages = out.emitted.things.iter_mut().filter(|thing| thing.kind == Kind::RestStage);
        let mut found = false;
        for fields in stages.filter_map(|stage| stage.body.as_object_mut()) {
            fields.entry("webAclArn").or_insert_with(|| acl.clone());
            found = true;
        }
        if !found {
            out.emitted
                .elsewhere
                .push(format!("{id} puts a web ACL of AWS WAF before something that was not read as that"));
        }
    }
}
