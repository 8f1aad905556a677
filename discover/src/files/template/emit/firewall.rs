//! Web ACLs of AWS WAF: an association of its own puts one before a stage or a load balancer, which then answers with its ARN.

use super::Emitter;
use crate::files::template::document::{Resource, Template};
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

/// What puts a web ACL before something.
pub(super) const ASSOCIATIONS: &[&str] = &["AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation"];

/// Says of what an association of the template names that a web ACL stands before it. A stage is named in many ways, and a
/// template may leave open what it means: where it isn't told, the web ACL is before every stage of the template's REST APIs
/// and every Application Load Balancer, so that too much is asked about and nothing is open by mistake. Where the template has
/// none of these, the association is something that is missed.
pub(super) fn associate(out: &mut Emitter<'_>, template: &Template) {
    for (id, resource) in &template.resources {
        if !ASSOCIATIONS.contains(&resource.of_type.as_str()) || !out.is_made(id, resource) {
            continue;
        }
        let named = ["WebACLArn", "WebACLId"].into_iter().find_map(|name| resource.properties.get(name));
        let acl = named.and_then(|acl| out.eval.value(acl)).unwrap_or_else(|| Value::from(id.as_str()));
        let before = Before::of(out, resource);
        let mut found = false;
        for thing in &mut out.emitted.things {
            let takes = before.takes(thing.kind, &thing.body);
            let Some(fields) = thing.body.as_object_mut().filter(|_| takes) else { continue };
            let name = acl.as_str().unwrap_or(id);
            match thing.kind {
                Kind::RestStage => fields.entry("webAclArn").or_insert_with(|| acl.clone()),
                _ => fields.entry("WebACL").or_insert_with(|| json!({"ARN": name})),
            };
            found = true;
        }
        if !found {
            out.emitted
                .elsewhere
                .push(format!("{id} puts a web ACL of AWS WAF before something that was not read as that"));
        }
    }
}

/// What a web ACL is before.
enum Before {
    /// The load balancer of this ARN.
    Balancer(String),
    /// A stage of an API, whichever.
    Stage,
    /// That isn't told.
    Unknown,
}

impl Before {
    fn of(out: &Emitter<'_>, association: &Resource) -> Self {
        let Some(named) = association.properties.get("ResourceArn") else { return Self::Unknown };
        match out.eval.name_at(named, 0) {
            Some(arn) if arn.contains(":loadbalancer/") => Self::Balancer(arn),
            _ if named.to_string().contains(":apigateway:") => Self::Stage,
            _ => Self::Unknown,
        }
    }

    fn takes(&self, kind: Kind, body: &Value) -> bool {
        let text = |field: &str| body.get(field).and_then(Value::as_str);
        match (kind, self) {
            (Kind::RestStage, Self::Stage | Self::Unknown) => true,
            (Kind::LoadBalancer, Self::Balancer(arn)) => text("LoadBalancerArn") == Some(arn),
            (Kind::LoadBalancer, Self::Unknown) => text("Type") == Some("application"),
            _ => false,
        }
    }
}
