//! AWS IAM Identity Center: groups and members, unless Entra ID brings them by SCIM, and what groups may do in accounts.

use super::{GROUP, IMPORT, Work, joint, known, label, of_group, of_member, reference};
use crate::people::{AwsGroups, AwsSystem, Company, Group, Person, System};
use crate::provenance::Rule;
use crate::terraform::hcl::{Body, From, Item, Value};
use crate::terraform::made::Made;
use crate::terraform::module::Module;
use crate::terraform::place::{Location, identifier};
use caravan_inventory::{AccountId, Region};
use std::collections::BTreeSet;

const INSTANCE: Rule = Rule { name: "people-instance", says: "the one Identity Center of the account" };
const PERMISSION: Rule = Rule { name: "people-permission", says: "what a group may do in an account" };

/// The store of groups and users.
const STORE: &str = "one(data.aws_ssoadmin_instances.this.identity_store_ids)";
/// The instance.
const ARN: &str = "one(data.aws_ssoadmin_instances.this.arns)";

/// The file of permissions.
const PERMISSIONS: &str = "permissions";

pub(super) fn module(company: &Company) -> Module {
    let Some(system) = &company.aws else { return Module::default() };
    let location = Location { account: AccountId::new(&system.account), region: Region::new(&system.region) };
    let mut work = Writer { work: Work::default(), alias: location.alias() };
    let from = super::from(INSTANCE, "/systems/aws");
    let body = work.with(&from, Vec::new());
    let mut instance = Made::default();
    instance.data("aws_ssoadmin_instances", "this", &from, body);
    work.work.more.insert("instance", instance);
    for group in company.groups.values().filter(|group| !group.aws.is_empty()) {
        work.group(company, group, system);
        work.permissions(group, system);
    }
    work.sets(company);
    let mut module = work.work.module();
    module.locations.insert(location);
    module
}

struct Writer {
    work: Work,
    alias: String,
}

impl Writer {
    /// Arguments behind the provider of account and region.
    fn with(&self, from: &From, pairs: Vec<(&'static str, Value)>) -> Body {
        let mut body = vec![Item::argument("provider", Value::Expression(format!("aws.{}", self.alias)), from)];
        if !pairs.is_empty() {
            body.push(Item::Blank);
        }
        body.extend(super::arguments(from, pairs));
        body
    }

    /// A body that finds something of the store by a name.
    fn found_by(&self, from: &From, path: &str, value: &str) -> Body {
        let pairs = vec![("attribute_path", Value::text(path)), ("attribute_value", Value::text(value))];
        let unique = Item::block("unique_attribute", &[], from, super::arguments(from, pairs));
        let mut body = self.with(from, vec![("identity_store_id", Value::Expression(STORE.to_owned()))]);
        body.extend([Item::Blank, Item::block("alternate_identifier", &[], from, vec![unique])]);
        body
    }

    fn group(&mut self, company: &Company, group: &Group, system: &AwsSystem) {
        let (own, label) = (of_group(GROUP, group), label(group));
        if system.groups == AwsGroups::Scim {
            let body = self.found_by(&own, "DisplayName", &group.name);
            return self.work.groups.data("aws_identitystore_group", &label, &own, body);
        }
        if !company.makes(group, System::Aws) {
            return;
        }
        if let Some(id) = &group.existing.aws {
            let id = Value::Expression(format!("\"${{{STORE}}}/{id}\""));
            self.work.groups.import(format!("aws_identitystore_group.{label}"), id, &of_group(IMPORT, group));
        }
        let pairs = vec![
            ("identity_store_id", Value::Expression(STORE.to_owned())),
            ("display_name", Value::text(&group.name)),
            ("description", Value::text(group.description())),
        ];
        let body = self.with(&own, pairs);
        self.work.groups.resource("aws_identitystore_group", &label, &own, body);
        for (name, _, user) in known(company, group, Person::user_name) {
            self.member(group, &label, name, user);
        }
    }

    fn member(&mut self, group: &Group, label: &str, name: &str, user: &str) {
        let somebody = identifier(name);
        let look = |body: Body| {
            move |made: &mut Made, from: &From| {
                made.data("aws_identitystore_user", &identifier(name), from, body);
            }
        };
        let place = super::from(super::PERSON, super::pointer(&format!("people.{name}")));
        let body = self.found_by(&place, "UserName", user);
        self.work.person(name, look(body));
        let from = of_member(group, name);
        let pairs = vec![
            ("identity_store_id", Value::Expression(STORE.to_owned())),
            ("group_id", reference("aws_identitystore_group", label, "group_id")),
            ("member_id", reference("data.aws_identitystore_user", &somebody, "user_id")),
        ];
        let body = self.with(&from, pairs);
        self.work.groups.resource("aws_identitystore_group_membership", &joint(group, name), &from, body);
    }

    fn permissions(&mut self, group: &Group, system: &AwsSystem) {
        let from = of_group(PERMISSION, group);
        let kind = match system.groups {
            AwsGroups::Scim => "data.aws_identitystore_group",
            AwsGroups::Here => "aws_identitystore_group",
        };
        for grant in &group.aws {
            let set = identifier(&grant.permission_set);
            for account in &grant.accounts {
                let pairs = vec![
                    ("instance_arn", Value::Expression(ARN.to_owned())),
                    ("permission_set_arn", reference("data.aws_ssoadmin_permission_set", &set, "arn")),
                    ("principal_id", reference(kind, &label(group), "group_id")),
                    ("principal_type", Value::text("GROUP")),
                    ("target_id", Value::text(account)),
                    ("target_type", Value::text("AWS_ACCOUNT")),
                ];
                let body = self.with(&from, pairs);
                let joint = joint(group, &format!("{}/{account}", grant.permission_set));
                let made = self.work.more.entry(PERMISSIONS).or_default();
                made.resource("aws_ssoadmin_account_assignment", &joint, &from, body);
            }
        }
    }

    /// The permission sets that are named: somebody made them, and they are found by their names.
    fn sets(&mut self, company: &Company) {
        let grants = company.groups.values().flat_map(|group| &group.aws);
        let names: BTreeSet<&str> = grants.map(|grant| grant.permission_set.as_str()).collect();
        let from = super::from(PERMISSION, "/systems/aws");
        let mut sets = Made::default();
        for name in names {
            let pairs = vec![("instance_arn", Value::Expression(ARN.to_owned())), ("name", Value::text(name))];
            let body = self.with(&from, pairs);
            sets.data("aws_ssoadmin_permission_set", &identifier(name), &from, body);
        }
        self.work.more.insert("permission_sets", sets);
    }
}
