//! Rights of pods: what the role of a task was allowed, a role of the pod's is allowed too, which EKS Pod Identity gives to
//! the app's ServiceAccount. The old role stays as it is, for whoever still runs with it.
//!
//! Source: EKS user guide, "EKS Pod Identity": who may assume such a role is `pods.eks.amazonaws.com`, with
//! `sts:AssumeRole` and `sts:TagSession`.

use super::draft::Unmanaged;
use super::fields::{Fields, Held};
use super::hcl::{Body, From, Item, Value};
use super::module::set;
use super::place::{Location, identifier};
use super::resource::SharedResource;
use crate::provenance::{Origin, Rule};
use crate::{Platform, naming};
use caravan_inventory::{AccountId, EnvironmentName, Region, TeamName};
use serde_json::json;
use std::collections::BTreeSet;

const RIGHTS: Rule =
    Rule { name: "pod-rights", says: "the rights that the task had, for the pod that takes its place" };

/// The longest name of a role (IAM, CreateRole).
const ROLE_NAME: usize = 64;
/// The longest name of a policy in a role (IAM, PutRolePolicy).
const POLICY_NAME: usize = 128;

/// An app that takes over rights of roles, in one environment.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct AppRoles {
    /// Its team.
    pub team: TeamName,
    /// Its name.
    pub app: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// The namespace of its ServiceAccount.
    pub namespace: String,
    /// The name of its ServiceAccount.
    pub service_account: String,
    /// The ARNs of the roles.
    pub roles: Vec<String>,
}

impl AppRoles {
    /// `shop/checkout/production`.
    pub(super) fn id(&self) -> String {
        format!("{}/{}/{}", self.team, self.app, self.environment)
    }
}

/// What is added for one app in one environment.
pub(super) struct Added {
    pub(super) location: Location,
    pub(super) addresses: Vec<String>,
    pub(super) body: Body,
    pub(super) unmanaged: Vec<Unmanaged>,
}

/// The role and its association.
///
/// # Errors
/// Why it can't be written, for a person.
pub(super) fn add(app: &AppRoles, resources: &[SharedResource], platform: &Platform) -> Result<Added, String> {
    let cluster = platform.cluster.as_ref().ok_or(
        "`platform.cluster` in caravan.yaml does not say in which EKS cluster its pods run, and without that \
         they have no rights",
    )?;
    let cluster = cluster.replace("{environment}", app.environment.as_str());
    let find = |arn: &String| {
        let found = resources.iter().find(|one| one.observation.name == *arn);
        found.ok_or_else(|| format!("{arn} was not read, so its rights are not known: run `caravan discover`"))
    };
    let roles = app.roles.iter().map(find).collect::<Result<Vec<_>, String>>()?;
    let first = roles.first().ok_or("it names no role")?;
    let account = account(&roles, platform)?;
    let region = platform.region.said().ok_or("`platform.region` in caravan.yaml does not say where the cluster is")?;
    let location = Location { account, region: Region::new(region) };
    let label = identifier(&format!("{}/{}", app.app, app.environment));
    let origins = roles.iter().map(|role| Origin::Observed { observation: role.observation.id.clone() });
    let from = From { rule: RIGHTS, origins: origins.collect() };
    let mut work =
        Work { app, label, location, from, body: Body::new(), addresses: Vec::new(), attached: BTreeSet::new() };
    work.role(first, &roles)?;
    for role in &roles {
        work.policies(role, roles.len() == 1)?;
    }
    work.association(&cluster);
    let unmanaged = work.named_elsewhere(&roles, resources);
    let Work { location, addresses, body, .. } = work;
    Ok(Added { location, addresses, body, unmanaged })
}

/// The account of the roles, which must be the cluster's: a pod gets a role of its own account.
fn account(roles: &[&SharedResource], platform: &Platform) -> Result<AccountId, String> {
    let mut accounts = roles.iter().map(|role| role.observation.account.as_ref());
    let account = accounts.next().flatten().ok_or("the account of its role is not known")?;
    if accounts.any(|other| other != Some(account)) {
        return Err("its roles are of several accounts".to_owned());
    }
    match &platform.account {
        Some(cluster) if cluster != account => Err(format!(
            "its role is of account {account}, and the cluster is in {cluster}: a role of the cluster's account that \
             assumes it has to be made by hand"
        )),
        _ => Ok(account.clone()),
    }
}

struct Work<'a> {
    app: &'a AppRoles,
    label: String,
    location: Location,
    from: From,
    body: Body,
    addresses: Vec<String>,
    /// The ARNs of the policies that it has already.
    attached: BTreeSet<String>,
}

impl Work<'_> {
    fn role(&mut self, first: &SharedResource, roles: &[&SharedResource]) -> Result<(), String> {
        let app = self.app;
        let name = naming::shorten(&format!("{}.{}.{}", app.team, app.app, app.environment), ROLE_NAME);
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }],
        });
        let mut arguments = vec![
            self.argument("name", Value::text(name)),
            self.argument("assume_role_policy", Value::Json(Box::new(Value::of_json(&trust)))),
        ];
        let boundaries: Vec<Option<&str>> = roles.iter().map(|role| boundary(role)).collect();
        if boundaries.iter().any(|one| *one != boundaries[0]) {
            return Err("its roles have different permissions boundaries".to_owned());
        }
        if let Some(boundary) = boundary(first) {
            arguments.push(self.argument("permissions_boundary", Value::text(boundary)));
        }
        let label = self.label.clone();
        self.resource("aws_iam_role", &label, arguments);
        Ok(())
    }

    /// The rights of a role, as policies of the new one.
    fn policies(&mut self, role: &SharedResource, is_only: bool) -> Result<(), String> {
        let fields = Fields::new(&role.observation);
        let new_role = |what| Value::Expression(format!("aws_iam_role.{}.{what}", self.label));
        let (role_name, mut made) = (new_role("name"), Vec::new());
        for at in 0..fields.list("/RolePolicyList").len() {
            let document = format!("/RolePolicyList/{at}/PolicyDocument");
            let (Some(name), Held::Value(policy)) =
                (fields.text(&format!("/RolePolicyList/{at}/PolicyName")), fields.held(&document))
            else {
                return Err(format!(
                    "a part of policy {at} of {} was not recorded, since it may be a secret: write the role by hand",
                    role.name
                ));
            };
            let whole = format!("{}/{name}", role.name);
            // Policies of several roles may have one name.
            let name = if is_only { name.to_owned() } else { identifier(&whole) };
            let from = From { rule: RIGHTS, ..fields.from(&document) };
            let arguments = vec![
                Item::argument("name", Value::text(naming::shorten(&name, POLICY_NAME)), &from),
                Item::argument("role", role_name.clone(), &from),
                Item::argument("policy", Value::Json(Box::new(Value::of_json(policy))), &from),
            ];
            made.push(("aws_iam_role_policy", whole, arguments));
        }
        for at in 0..fields.list("/AttachedManagedPolicies").len() {
            let place = format!("/AttachedManagedPolicies/{at}/PolicyArn");
            let Some(arn) = fields.text(&place) else { return Err(format!("a policy of {} was not read", role.name)) };
            if !self.attached.insert(arn.to_owned()) {
                continue;
            }
            let from = From { rule: RIGHTS, ..fields.from(&place) };
            let arguments = vec![
                Item::argument("role", role_name.clone(), &from),
                Item::argument("policy_arn", Value::text(arn), &from),
            ];
            let name = arn.split_once("::").map_or(arn, |(_, name)| name);
            made.push(("aws_iam_role_policy_attachment", name.to_owned(), arguments));
        }
        for (kind, name, arguments) in made {
            let label = identifier(&format!("{}/{}/{name}", self.app.app, self.app.environment));
            self.resource(kind, &label, arguments);
        }
        Ok(())
    }

    fn association(&mut self, cluster: &str) {
        let from = set(RIGHTS, "cluster");
        let arguments = vec![
            Item::argument("cluster_name", Value::text(cluster), &from),
            self.argument("namespace", Value::text(&self.app.namespace)),
            self.argument("service_account", Value::text(&self.app.service_account)),
            self.argument("role_arn", Value::Expression(format!("aws_iam_role.{}.arn", self.label))),
        ];
        let label = self.label.clone();
        self.resource("aws_eks_pod_identity_association", &label, arguments);
    }

    /// Policies of resources that name an old role give the new one nothing.
    fn named_elsewhere(&self, roles: &[&SharedResource], resources: &[SharedResource]) -> Vec<Unmanaged> {
        let mut found = Vec::new();
        for role in roles {
            let arn = role.observation.name.as_str();
            for other in resources.iter().filter(|other| other.id != role.id) {
                let documents = std::iter::once(&other.observation).chain(&other.parts);
                if documents.into_iter().any(|one| names(&one.body, arn)) {
                    found.push(Unmanaged {
                        argument: format!("aws_iam_role.{}", self.label),
                        reason: format!("{} names {}, and has to name this role too", other.id, role.name),
                    });
                }
            }
        }
        found
    }

    fn argument(&self, name: &'static str, value: Value) -> Item {
        Item::argument(name, value, &self.from)
    }

    fn resource(&mut self, kind: &'static str, label: &str, arguments: Body) {
        let provider = Value::Expression(format!("aws.{}", self.location.alias()));
        let mut body = vec![self.argument("provider", provider), Item::Blank];
        body.extend(arguments);
        if !self.body.is_empty() {
            self.body.push(Item::Blank);
        }
        self.body.push(Item::block("resource", &[kind, label], &self.from, body));
        self.addresses.push(format!("{kind}.{label}"));
    }
}

fn boundary(role: &SharedResource) -> Option<&str> {
    role.observation.body.pointer("/PermissionsBoundary/PermissionsBoundaryArn").and_then(serde_json::Value::as_str)
}

/// Whether a text stands anywhere in a document.
fn names(document: &serde_json::Value, text: &str) -> bool {
    match document {
        serde_json::Value::String(own) => own == text,
        serde_json::Value::Array(list) => list.iter().any(|one| names(one, text)),
        serde_json::Value::Object(fields) => fields.values().any(|one| names(one, text)),
        _ => false,
    }
}
