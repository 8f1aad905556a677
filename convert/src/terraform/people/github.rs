//! GitHub: teams of the organization and their members. Who is not in the organization yet is invited.

use super::{GROUP, IMPORT, Work, arguments, joint, known, label, of_group, of_member, reference};
use crate::people::{Company, Part, System};
use crate::terraform::hcl::Value;
use crate::terraform::module::{Module, Other};

pub(super) fn module(company: &Company) -> Module {
    let mut work = Work::default();
    if let Some(system) = &company.github {
        work.groups.others.insert(Other::Github { organization: system.organization.clone() });
    }
    for group in company.groups.values().filter(|group| company.makes(group, System::Github)) {
        let (own, label) = (of_group(GROUP, group), label(group));
        if let Some(id) = &group.existing.github {
            work.groups.import(format!("github_team.{label}"), Value::text(id), &of_group(IMPORT, group));
        }
        let pairs = vec![
            ("name", Value::text(&group.name)),
            ("description", Value::text(group.description())),
            // Seen by the organization, so that its members can be asked for reviews.
            ("privacy", Value::text("closed")),
        ];
        work.groups.resource("github_team", &label, &own, arguments(&own, pairs));
        for (name, part, login) in known(company, group, |person| person.github.as_deref()) {
            let from = of_member(group, name);
            let role = if part == Part::Owner { "maintainer" } else { "member" };
            let pairs = vec![
                ("team_id", reference("github_team", &label, "id")),
                ("username", Value::text(login)),
                ("role", Value::text(role)),
            ];
            work.groups.resource("github_team_membership", &joint(group, name), &from, arguments(&from, pairs));
        }
    }
    work.module()
}
