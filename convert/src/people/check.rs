//! What the types can't hold: every mistake of a file at once.

use super::company::{Company, Group, GroupOf};
use super::file::{People, Role, Team};
use super::mistake::{Mistake, Mistakes};
use super::{check_parts as parts, shapes};
use crate::Platform;
use crate::platform::filled;
use caravan_inventory::TeamName;
use std::collections::{BTreeMap, BTreeSet};

/// The company of a file.
pub(super) fn company(file: &People, platform: &Platform) -> Result<Company, Vec<Mistake>> {
    let mut work = Work { file, wrong: Mistakes::default(), taken_over: BTreeSet::new(), groups: BTreeMap::new() };
    let tenant = parts::systems(&mut work.wrong, file, platform);
    parts::people(&mut work.wrong, file);
    let scheme = work.scheme(platform);
    for (name, team) in &file.teams {
        work.team(name, team, scheme.as_deref());
    }
    for (name, role) in &file.roles {
        work.role(name, role);
    }
    parts::applications(&mut work.wrong, file);
    let Work { wrong, groups, .. } = work;
    if !wrong.0.is_empty() {
        return Err(wrong.0);
    }
    let systems = file.systems.clone();
    Ok(Company {
        tenant,
        aws: systems.aws,
        datadog: systems.datadog,
        github: systems.github,
        people: file.people.clone(),
        groups,
        applications: file.applications.clone(),
    })
}

/// A check in the making.
pub(super) struct Work<'a> {
    pub(super) file: &'a People,
    pub(super) wrong: Mistakes,
    /// What is there already, by system and id: each once.
    pub(super) taken_over: BTreeSet<(&'static str, String)>,
    groups: BTreeMap<String, Group>,
}

impl Work<'_> {
    /// The scheme of teams' names: one, wherever it is said.
    fn scheme(&mut self, platform: &Platform) -> Option<String> {
        match (&self.file.names.team, &platform.groups.team) {
            (Some(own), Some(other)) if own != other => {
                let problem = format!("is `{own}`, and `platform.groups.team` in caravan.yaml is `{other}`");
                self.wrong.add("names.team", problem, "there is one scheme: take one of them out");
                None
            }
            (own, other) => own.clone().or_else(|| other.clone()),
        }
    }

    /// The name of a group: its own, or that of the scheme.
    fn name(&mut self, field: &str, own: Option<&String>, scheme: Option<&str>, key: &str, of: &str) -> Option<String> {
        let name = match (own, scheme) {
            (Some(own), _) => own.clone(),
            (None, None) => {
                let problem = format!("nobody says how the groups of {key}s are called");
                self.wrong.add(field, problem, format!("write `names: {{{key}: \"eng-{{{key}}}\"}}`"));
                return None;
            }
            (None, Some(scheme)) if !scheme.contains(&format!("{{{key}}}")) => {
                let problem = format!("`{scheme}` names no `{{{key}}}`: all would be one group");
                self.wrong.add(format!("names.{key}"), problem, format!("write it as in `eng-{{{key}}}`"));
                return None;
            }
            (None, Some(scheme)) => match filled(scheme, &[(key, Some(of))]) {
                Ok(name) => name,
                Err(why) => {
                    let remedy = format!(
                        "a group is the same in every cluster: `{{{key}}}` alone stands in its name, and `environments` says in which clusters it holds"
                    );
                    self.wrong.add(format!("names.{key}"), why, remedy);
                    return None;
                }
            },
        };
        let says = "letters, digits, `.`, `_` and `-`, at most 120: every system has to take it";
        self.wrong.want(shapes::is_group(&name), field, format!("`{name}` is no name of a group"), says);
        Some(name)
    }

    fn team(&mut self, name: &str, team: &Team, scheme: Option<&str>) {
        let field = format!("teams.{name}");
        let parsed = match TeamName::parse(name) {
            Ok(parsed) => parsed,
            Err(error) => return self.wrong.add(field, error.to_string(), "write the name that its folder has"),
        };
        let group = self.name(&field, team.group.as_ref(), scheme, "team", name);
        let Some(group) = group else { return };
        self.group(Group {
            of: GroupOf::Team(parsed.clone()),
            name: group,
            owners: team.owners.iter().cloned().collect(),
            members: team.members.iter().cloned().collect(),
            existing: team.existing.clone(),
            teams: BTreeSet::from([parsed]),
            environments: team.environments.as_ref().map(|named| named.iter().cloned().collect()),
            aws: team.aws.clone(),
            in_datadog: self.file.systems.datadog.is_some() && team.datadog != Some(false),
            in_github: self.file.systems.github.is_some() && team.github != Some(false),
        });
        self.lists(&field, &team.owners, &team.members, team.environments.as_ref());
        self.switches(&field, team.datadog, team.github);
        self.aws(&field, &team.aws);
        let people: Vec<&String> = team.owners.iter().chain(&team.members).collect();
        self.existing(
            &field,
            &team.existing,
            &people,
            (true, !team.aws.is_empty(), team.datadog != Some(false), team.github != Some(false)),
        );
    }

    fn role(&mut self, name: &str, role: &Role) {
        let field = format!("roles.{name}");
        self.wrong.want(
            shapes::is_short(name),
            &field,
            "is no short name",
            "write lower-case letters, digits, `.`, `_` and `-`, at most 40",
        );
        let scheme = self.file.names.role.clone();
        let Some(group) = self.name(&field, role.group.as_ref(), scheme.as_deref(), "role", name) else { return };
        let teams = self.teams_of(&field, role);
        self.group(Group {
            of: GroupOf::Role(name.to_owned()),
            name: group,
            owners: role.owners.iter().cloned().collect(),
            members: role.members.iter().cloned().collect(),
            existing: role.existing.clone(),
            teams,
            environments: role.environments.as_ref().map(|named| named.iter().cloned().collect()),
            aws: role.aws.clone(),
            in_datadog: role.datadog == Some(true),
            in_github: role.github == Some(true),
        });
        self.lists(&field, &role.owners, &role.members, role.environments.as_ref());
        self.switches(&field, role.datadog, role.github);
        self.aws(&field, &role.aws);
        let people: Vec<&String> = role.owners.iter().chain(&role.members).collect();
        self.existing(
            &field,
            &role.existing,
            &people,
            (true, !role.aws.is_empty(), role.datadog == Some(true), role.github == Some(true)),
        );
        if role.environments.is_some() && role.teams.is_empty() {
            self.wrong.add(
                format!("{field}.environments"),
                "says in which clusters, and of no team",
                "name `teams`, or take it out",
            );
        }
    }

    /// The teams of a role: those that it names, or all.
    fn teams_of(&mut self, field: &str, role: &Role) -> BTreeSet<TeamName> {
        let every = role.teams.iter().any(|team| team == "*");
        if every && role.teams.len() > 1 {
            self.wrong.add(format!("{field}.teams"), "`*` is every team already", "write `[\"*\"]`, or the teams");
        }
        parts::unique(&mut self.wrong, &format!("{field}.teams"), &role.teams);
        for (at, team) in role.teams.iter().enumerate().filter(|(_, team)| *team != "*") {
            let known = self.file.teams.contains_key(team);
            let at = format!("{field}.teams[{at}]");
            self.wrong.want(known, &at, format!("there is no team `{team}`"), "add it to `teams`, or take it out");
        }
        let named = self.file.teams.keys().filter(|team| every || role.teams.contains(team));
        named.filter_map(|team| TeamName::parse(team).ok()).collect()
    }

    /// Takes a group in; no two have one name.
    fn group(&mut self, group: Group) {
        let same = self.groups.values().find(|other| other.name.eq_ignore_ascii_case(&group.name));
        if let Some(other) = same {
            let problem = format!("its group `{}` is that of {}, too", group.name, other.of.field());
            return self.wrong.add(group.of.field(), problem, "give one of them another name by `group`");
        }
        self.groups.insert(group.name.clone(), group);
    }
}
