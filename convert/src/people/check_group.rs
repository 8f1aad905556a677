//! What holds of teams and roles alike.

use super::check::Work;
use super::file::{AwsGrant, AwsGroups, ExistingGroups};
use super::{check_parts as parts, shapes};
use caravan_inventory::EnvironmentName;
use std::collections::BTreeSet;

impl Work<'_> {
    /// Who is in it, and in which clusters it holds.
    pub(super) fn lists(
        &mut self,
        field: &str,
        owners: &[String],
        members: &[String],
        environments: Option<&Vec<String>>,
    ) {
        for (key, list) in [("owners", owners), ("members", members)] {
            let field = format!("{field}.{key}");
            parts::unique(&mut self.wrong, &field, list);
            for (at, name) in list.iter().enumerate() {
                let known = self.file.people.contains_key(name);
                let field = format!("{field}[{at}]");
                self.wrong.want(
                    known,
                    &field,
                    format!("there is no person `{name}`"),
                    "add them to `people`, or take them out",
                );
                let twice = key == "members" && owners.contains(name);
                self.wrong.want(
                    !twice,
                    &field,
                    format!("`{name}` is an owner, too"),
                    "an owner is a member: leave it out here",
                );
            }
        }
        let Some(environments) = environments else { return };
        let field = format!("{field}.environments");
        parts::unique(&mut self.wrong, &field, environments);
        let nowhere = "names none: nobody would see anything";
        self.wrong.want(!environments.is_empty(), &field, nowhere, "name one, or leave the key out for all");
        for (at, name) in environments.iter().enumerate() {
            if let Err(error) = EnvironmentName::parse(name) {
                self.wrong.add(format!("{field}[{at}]"), error.to_string(), "write the name that plconfig files have");
            }
        }
    }

    /// Datadog and GitHub, where somebody says something of them.
    pub(super) fn switches(&mut self, field: &str, datadog: Option<bool>, github: Option<bool>) {
        let systems = &self.file.systems;
        for (key, wanted, there) in
            [("datadog", datadog, systems.datadog.is_some()), ("github", github, systems.github.is_some())]
        {
            let fits = wanted.is_none() || there;
            let field = format!("{field}.{key}");
            self.wrong.want(fits, &field, format!("there is no `systems.{key}`"), "add it, or take this out");
        }
    }

    /// What it may do in AWS.
    pub(super) fn aws(&mut self, field: &str, grants: &[AwsGrant]) {
        let there = grants.is_empty() || self.file.systems.aws.is_some();
        self.wrong.want(there, &format!("{field}.aws"), "there is no `systems.aws`", "add it, or take this out");
        let mut seen = BTreeSet::new();
        for (at, grant) in grants.iter().enumerate() {
            let field = format!("{field}.aws[{at}]");
            let set = &grant.permission_set;
            let name = format!("{field}.permission_set");
            let problem = format!("`{set}` is no name of a permission set");
            self.wrong.want(shapes::is_permission_set(set), &name, problem, "write the name that it has in AWS");
            let none = "names none";
            self.wrong.want(!grant.accounts.is_empty(), &format!("{field}.accounts"), none, "name an account");
            for (at, account) in grant.accounts.iter().enumerate() {
                let field = format!("{field}.accounts[{at}]");
                let problem = format!("`{account}` is no account");
                self.wrong.want(shapes::is_account(account), &field, problem, "write its 12 digits, in quotes");
                let first = seen.insert((set, account));
                self.wrong.want(first, &field, format!("`{set}` in `{account}` stands there twice"), "take one out");
            }
        }
    }

    /// What is there already has to be of a system that is written.
    pub(super) fn existing(
        &mut self,
        field: &str,
        existing: &ExistingGroups,
        people: &[&String],
        used: (bool, bool, bool, bool),
    ) {
        let ExistingGroups { entra_members, datadog_members, .. } = existing;
        for (key, named, id) in
            [("entra", entra_members, &existing.entra), ("datadog", datadog_members, &existing.datadog)]
        {
            let field = format!("{field}.existing.{key}_members");
            parts::unique(&mut self.wrong, &field, named);
            let there = named.is_empty() || id.is_some();
            self.wrong.want(
                there,
                &field,
                "of a group that is made nobody is a member yet",
                format!("write `{key}`, too"),
            );
            for (at, name) in named.iter().enumerate() {
                let problem = format!("`{name}` is no owner and no member here");
                self.wrong.want(
                    people.contains(&name),
                    &format!("{field}[{at}]"),
                    problem,
                    "add them there, or take them out",
                );
            }
        }
        let systems = &self.file.systems;
        let here = systems.aws.as_ref().is_some_and(|aws| aws.groups == AwsGroups::Here);
        for (key, id, written, shape) in [
            ("entra", &existing.entra, systems.entra.is_some() && used.0, shapes::is_uuid as fn(&str) -> bool),
            ("aws", &existing.aws, here && used.1, shapes::is_aws_group),
            ("datadog", &existing.datadog, systems.datadog.is_some() && used.2, shapes::is_uuid),
            ("github", &existing.github, systems.github.is_some() && used.3, is_slug),
        ] {
            let Some(id) = id else { continue };
            let field = format!("{field}.existing.{key}");
            self.wrong.want(
                shape(id),
                &field,
                format!("`{id}` is no id of a group there"),
                "write the id that it has there",
            );
            self.wrong.want(written, &field, "nothing of it is written there", "take this out");
            let first = self.taken_over.insert((key, id.to_lowercase()));
            self.wrong.want(
                first,
                &field,
                format!("`{id}` stands at another one, too"),
                "one group is one team or role",
            );
        }
    }
}

/// A team of GitHub: its slug, or its number.
fn is_slug(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
