//! IAM roles with their rights: `aws_iam_role`, `aws_iam_role_policy`, `aws_iam_role_policy_attachment`.
//!
//! Source: IAM GetAccountAuthorizationDetails, RoleDetail; the arguments of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::{Adopted, Draft};
use crate::terraform::fields::{Fields, Held};
use crate::terraform::hcl::Value;

/// What IAM says and nobody sets.
const DESCRIBED: &[&str] = &["Arn", "CreateDate", "RoleId", "RoleLastUsed"];

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let Context { resource, location, .. } = context;
    let mut fields = Fields::new(&resource.observation);
    let mut role = Draft::new("aws_iam_role", &resource.name, location, true, &resource.observation.id);
    role.text(&mut fields, "/RoleName", "name")?;
    role.optional_text(&mut fields, "/Path", "path");
    match fields.held("/AssumeRolePolicyDocument") {
        Held::Value(document) => {
            let document = Value::Json(Box::new(Value::of_json(document)));
            role.set(&mut fields, "/AssumeRolePolicyDocument", "assume_role_policy", document);
        }
        Held::Redacted => {
            return Err("a part of what says who may assume it was not recorded, since it may be a secret".to_owned());
        }
        Held::Missing => return Err("who may assume it was not read: run `caravan discover`".to_owned()),
    }
    role.optional_text(&mut fields, "/PermissionsBoundary/PermissionsBoundaryArn", "permissions_boundary");
    fields.dropped("/PermissionsBoundary/PermissionsBoundaryType", "describe-only");
    if fields.observation.body.get("Tags").is_some() {
        role.tags(&mut fields, "/Tags");
    }
    for argument in ["description", "max_session_duration"] {
        role.leave_unread(argument, "the list of an account's roles does not tell it");
    }
    for name in DESCRIBED {
        fields.dropped(&format!("/{name}"), "describe-only");
    }
    fields.dropped("/InstanceProfileList", "of-instances");
    let address = role.address();
    let mut rights = Rights { context, address: &address, refused: Vec::new(), adopted: Vec::new() };
    rights.inline(&mut fields);
    rights.attached(&mut fields);
    let Rights { refused, adopted, .. } = rights;
    let from = fields.from("/RoleName");
    let mut carried = Carried::default();
    carried.take(role.finish(resource.name.clone(), &from), fields);
    carried.adopted.extend(adopted);
    carried.refused.extend(refused.into_iter().map(|reason| (resource.observation.id.clone(), reason)));
    Ok(carried)
}

/// The policies of one role.
struct Rights<'a> {
    context: &'a Context<'a>,
    /// The role's.
    address: &'a str,
    refused: Vec<String>,
    adopted: Vec<Adopted>,
}

impl Rights<'_> {
    /// The policies that are in the role itself.
    fn inline(&mut self, fields: &mut Fields<'_>) {
        let role = &self.context.resource.name;
        let role_name = || Value::Expression(format!("{}.name", self.address));
        for at in 0..fields.list("/RolePolicyList").len() {
            let place = format!("/RolePolicyList/{at}");
            let document = format!("{place}/PolicyDocument");
            let (Some(name), Held::Value(policy)) =
                (fields.text(&format!("{place}/PolicyName")), fields.held(&document))
            else {
                let why = "a part of it was not recorded, since it may be a secret; it stays as it is";
                fields.unmanaged(&place, "", "a part of it was not recorded, since it may be a secret");
                self.refused.push(format!("policy {at} of the role: {why}"));
                continue;
            };
            let mut one = self.draft("aws_iam_role_policy", &format!("{role}/{name}"));
            one.set(fields, &format!("{place}/PolicyName"), "name", Value::text(name));
            one.fixed("role", role_name());
            one.set(fields, &document, "policy", Value::Json(Box::new(Value::of_json(policy))));
            self.adopted.push(one.finish(format!("{role}:{name}"), &fields.from(&place)));
        }
        if fields.list("/RolePolicyList").is_empty() {
            fields.dropped("/RolePolicyList", "unset");
        }
    }

    /// The policies that are attached to it.
    fn attached(&mut self, fields: &mut Fields<'_>) {
        let role = &self.context.resource.name;
        for at in 0..fields.list("/AttachedManagedPolicies").len() {
            let place = format!("/AttachedManagedPolicies/{at}");
            let Some(arn) = fields.text(&format!("{place}/PolicyArn")) else { continue };
            // What is before the account or `aws` is the same for all.
            let name = arn.split_once("::").map_or(arn, |(_, name)| name);
            let mut one = self.draft("aws_iam_role_policy_attachment", &format!("{role}/{name}"));
            one.fixed("role", Value::Expression(format!("{}.name", self.address)));
            one.set(fields, &format!("{place}/PolicyArn"), "policy_arn", Value::text(arn));
            fields.dropped(&format!("{place}/PolicyName"), "describe-only");
            self.adopted.push(one.finish(format!("{role}/{arn}"), &fields.from(&format!("{place}/PolicyArn"))));
        }
        if fields.list("/AttachedManagedPolicies").is_empty() {
            fields.dropped("/AttachedManagedPolicies", "unset");
        }
    }

    /// Roles and policies may have any sign in their names that stands between the two: the whole gives the label its
    /// digest.
    fn draft(&self, kind: &'static str, name: &str) -> Draft {
        Draft::new(kind, name, self.context.location, true, &self.context.resource.observation.id)
    }
}
