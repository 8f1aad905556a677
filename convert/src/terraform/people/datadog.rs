//! Datadog: teams and their members. Users are looked up: they are there once they have logged in.

use super::{GROUP, IMPORT, Work, arguments, joint, known, label, of_group, of_member, reference};
use crate::people::{Company, Part, Person, System};
use crate::terraform::hcl::Value;
use crate::terraform::module::{Module, Other};
use crate::terraform::place::identifier;

pub(super) fn module(company: &Company) -> Module {
    let mut work = Work::default();
    if let Some(system) = &company.datadog {
        work.groups.others.insert(Other::Datadog { site: system.site.clone() });
    }
    for group in company.groups.values().filter(|group| company.makes(group, System::Datadog)) {
        let (own, label) = (of_group(GROUP, group), label(group));
        if let Some(id) = &group.existing.datadog {
            work.groups.import(format!("datadog_team.{label}"), Value::text(id), &of_group(IMPORT, group));
        }
        let pairs = vec![
            ("name", Value::text(&group.name)),
            // Handles are lower case (Datadog API, "Teams").
            ("handle", Value::text(group.name.to_lowercase())),
            ("description", Value::text(group.description())),
        ];
        work.groups.resource("datadog_team", &label, &own, arguments(&own, pairs));
        for (name, part, user) in known(company, group, Person::user_name) {
            let somebody = identifier(name);
            work.person(name, |made, from| {
                let pairs = vec![("filter", Value::text(user)), ("exact_match", Value::Bool(true))];
                made.data("datadog_user", &somebody, from, arguments(from, pairs));
            });
            let from = of_member(group, name);
            let existing = &group.existing;
            if let Some(id) =
                existing.datadog.as_ref().filter(|_| existing.datadog_members.iter().any(|one| one == name))
            {
                let address = format!("datadog_team_membership.{}", joint(group, name));
                let id = Value::Expression(format!("\"{id}:${{data.datadog_user.{somebody}.id}}\""));
                work.groups.import(address, id, &from);
            }
            let mut pairs = vec![
                ("team_id", reference("datadog_team", &label, "id")),
                ("user_id", reference("data.datadog_user", &somebody, "id")),
            ];
            // Who has no role is a member: there is no word for that.
            if part == Part::Owner {
                pairs.push(("role", Value::text("admin")));
            }
            work.groups.resource("datadog_team_membership", &joint(group, name), &from, arguments(&from, pairs));
        }
    }
    work.module()
}
