//! The groups of `people.yaml`, and who is in them: a module for each system, so that each has a state and credentials of its own.
//!
//! ```text
//! infrastructure/people/entra/new     groups, members, applications, who may log in to them
//! infrastructure/people/aws/new       groups and members unless SCIM brings them, permission sets in accounts
//! infrastructure/people/datadog/new   teams and members
//! infrastructure/people/github/new    teams and members
//! ```
//!
//! What must never happen here: a group that is made a second time (one that is there is imported, or looked up); a membership
//! without its line in the file; a secret.

mod aws;
mod datadog;
mod entra;
mod github;
#[cfg(test)]
mod tests;

use super::LeftOut;
use super::hcl::{Body, From, Item, Value};
use super::made::Made;
use super::module::Module;
use super::place::{PeopleOf, identifier};
use crate::people::{Company, Group, Person, System};
use crate::provenance::{Origin, Rule};
use std::collections::BTreeMap;

const GROUP: Rule = Rule { name: "people-group", says: "a group for each team and role, of one name in every system" };
const MEMBER: Rule = Rule { name: "people-member", says: "who is in a group" };
const PERSON: Rule =
    Rule { name: "people-person", says: "somebody who is there already: they are looked up, not made" };
const IMPORT: Rule = Rule { name: "people-import", says: "what is there already is taken over" };

/// The kinds of resources that are somebody's access: they go when their line goes. What is not among them stays where it is,
/// and Terraform forgets it: others may use it.
const ACCESS: &[&str] = &[
    "aws_identitystore_group_membership",
    "aws_ssoadmin_account_assignment",
    "azuread_app_role_assignment",
    "azuread_group_member",
    "datadog_team_membership",
    "github_team_membership",
];

/// Whether a resource goes when its line goes, by its address.
pub(super) fn goes(address: &str) -> bool {
    address.split_once('.').is_some_and(|(kind, _)| ACCESS.contains(&kind))
}

/// A module for each system that the file keeps, and what is not in it.
pub(super) fn modules(company: &Company) -> Vec<(PeopleOf, (Module, Vec<LeftOut>))> {
    let all = PeopleOf::ALL.into_iter().filter(|of| company.keeps(system(*of)));
    all.map(|of| {
        let module = match of {
            PeopleOf::Aws => aws::module(company),
            PeopleOf::Datadog => datadog::module(company),
            PeopleOf::Entra => entra::module(company),
            PeopleOf::Github => github::module(company),
        };
        let gaps = company.gaps().into_iter().filter(|gap| gap.system == system(of));
        let left = gaps.map(|gap| LeftOut {
            id: format!("people/{}/{}/{}", of.as_str(), gap.group, gap.person),
            reason: gap.reason,
        });
        (of, (module, left.collect()))
    })
    .collect()
}

const fn system(of: PeopleOf) -> System {
    match of {
        PeopleOf::Aws => System::Aws,
        PeopleOf::Datadog => System::Datadog,
        PeopleOf::Entra => System::Entra,
        PeopleOf::Github => System::Github,
    }
}

/// What a place of the file decides.
pub(super) fn from(rule: Rule, pointer: impl Into<String>) -> From {
    From { rule, origins: vec![Origin::People { pointer: pointer.into() }] }
}

/// What decides a group.
fn of_group(rule: Rule, group: &Group) -> From {
    from(rule, pointer(&group.of.field()))
}

/// What decides that somebody is in a group.
fn of_member(group: &Group, person: &str) -> From {
    let origins = [pointer(&group.of.field()), pointer(&format!("people.{person}"))];
    From { rule: MEMBER, origins: origins.into_iter().map(|pointer| Origin::People { pointer }).collect() }
}

/// A place of the file as a JSON pointer: its section, and what stands in it by a name that may have dots.
fn pointer(field: &str) -> String {
    let (section, name) = field.split_once('.').unwrap_or((field, ""));
    format!("/{section}/{name}")
}

/// A module in the making: people that are looked up, groups with their members, what they may.
#[derive(Default)]
struct Work {
    /// By their short names: each is looked up once.
    people: BTreeMap<String, Made>,
    groups: Made,
    more: BTreeMap<&'static str, Made>,
}

impl Work {
    /// Looks somebody up, once.
    fn person(&mut self, name: &str, look: impl FnOnce(&mut Made, &From)) {
        if !self.people.contains_key(name) {
            let mut made = Made::default();
            look(&mut made, &from(PERSON, pointer(&format!("people.{name}"))));
            self.people.insert(name.to_owned(), made);
        }
    }

    /// The module.
    fn module(self) -> Module {
        let mut module = Module::default();
        let people = self.people.into_values().map(|made| ("people", made));
        let more = std::iter::once(("groups", self.groups)).chain(self.more);
        for (file, made) in people.chain(more) {
            if made.body.is_empty() {
                continue;
            }
            let body = module.files.entry(file).or_default();
            if !body.is_empty() {
                body.push(Item::Blank);
            }
            body.extend(made.body);
            module.addresses.extend(made.addresses);
            module.others.extend(made.others);
        }
        module
    }
}

/// The name of a group in a module.
fn label(group: &Group) -> String {
    identifier(&group.name)
}

/// The name of something between a group and another thing.
fn joint(group: &Group, other: &str) -> String {
    identifier(&format!("{}/{other}", group.name))
}

/// A reference.
fn reference(kind: &str, label: &str, field: &str) -> Value {
    Value::Expression(format!("{kind}.{label}.{field}"))
}

/// Somebody by the identity that a system knows; nothing where none is said, which is a gap of the file.
fn known<'a>(
    company: &'a Company,
    group: &'a Group,
    identity: impl Fn(&'a Person) -> Option<&'a str>,
) -> Vec<(&'a str, crate::people::Part, &'a str)> {
    let members = company.members(group);
    members.filter_map(|(name, part, person)| Some((name, part, identity(person)?))).collect()
}

fn arguments(from: &From, pairs: Vec<(&'static str, Value)>) -> Body {
    pairs.into_iter().map(|(name, value)| Item::argument(name, value, from)).collect()
}
