//! The company as `people.yaml` says it is, checked: what every system is made of.

use super::check;
use super::facts::System;
use super::file::{
    Application, AwsGrant, AwsGroups, AwsSystem, DatadogSystem, ExistingGroups, GithubSystem, People, Person,
};
use super::mistake::Mistake;
use crate::Platform;
use caravan_inventory::TeamName;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The company, checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Company {
    /// The tenant of Entra ID, where its groups are kept by this file.
    pub(crate) tenant: Option<String>,
    pub(crate) aws: Option<AwsSystem>,
    pub(crate) datadog: Option<DatadogSystem>,
    pub(crate) github: Option<GithubSystem>,
    pub(crate) people: BTreeMap<String, Person>,
    /// By their names.
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) applications: BTreeMap<String, Application>,
}

/// A group: of a team, or of a role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Group {
    pub(crate) of: GroupOf,
    /// Its name, the same in every system.
    pub(crate) name: String,
    pub(crate) owners: BTreeSet<String>,
    /// Without the owners.
    pub(crate) members: BTreeSet<String>,
    pub(crate) existing: ExistingGroups,
    /// The teams in whose namespaces it has the rights of the team's people.
    pub(crate) teams: BTreeSet<TeamName>,
    /// In which clusters; none: in all.
    pub(crate) environments: Option<BTreeSet<String>>,
    pub(crate) aws: Vec<AwsGrant>,
    pub(crate) in_datadog: bool,
    pub(crate) in_github: bool,
}

/// A group, as it is told.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct GroupRow {
    /// Its name, the same in every system.
    pub name: String,
    /// What it is of: `teams.shop`, `roles.on-call`.
    pub of: String,
    /// Who answers for it.
    pub owners: Vec<String>,
    /// Who else is in it.
    pub members: Vec<String>,
    /// Where it is.
    pub systems: Vec<System>,
}

impl GroupRow {
    /// How many are in it.
    #[must_use]
    pub const fn people(&self) -> usize {
        self.owners.len() + self.members.len()
    }
}

/// What a group is of.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum GroupOf {
    Team(TeamName),
    Role(String),
}

/// How somebody is in a group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    Owner,
    Member,
}

impl Company {
    /// Checks a file against itself and the platform's settings.
    ///
    /// # Errors
    /// Every mistake, in the order of the file's sections.
    pub fn of(people: &People, platform: &Platform) -> Result<Self, Vec<Mistake>> {
        check::company(people, platform)
    }

    /// The groups that have the rights of a team's people in an environment, sorted.
    pub(crate) fn groups_in(&self, team: &TeamName, environment: &str) -> Vec<&str> {
        let holds = |group: &&Group| group.teams.contains(team) && group.is_in(environment);
        self.groups.values().filter(holds).map(|group| group.name.as_str()).collect()
    }

    /// Whether a team stands in the file.
    #[must_use]
    pub fn has_team(&self, team: &TeamName) -> bool {
        self.groups.values().any(|group| matches!(&group.of, GroupOf::Team(name) if name == team))
    }

    /// The teams, sorted.
    pub fn teams(&self) -> impl Iterator<Item = &TeamName> {
        let mut teams: Vec<&TeamName> = self
            .groups
            .values()
            .filter_map(|group| match &group.of {
                GroupOf::Team(name) => Some(name),
                GroupOf::Role(_) => None,
            })
            .collect();
        teams.sort();
        teams.into_iter()
    }

    /// The group of a name, if it is kept in Entra ID by this file. Entra ID takes names that differ in case alone for one.
    pub(crate) fn entra_group(&self, name: &str) -> Option<&Group> {
        self.tenant.as_ref()?;
        self.groups.values().find(|group| group.name.eq_ignore_ascii_case(name))
    }

    /// Whether a group of this name stands in the file.
    #[must_use]
    pub fn has_group(&self, name: &str) -> bool {
        self.groups.values().any(|group| group.name.eq_ignore_ascii_case(name))
    }

    /// Every environment that the file names, with the place where it does.
    pub(crate) fn named_environments(&self) -> impl Iterator<Item = (String, &str)> {
        self.groups.values().flat_map(|group| {
            let named = group.environments.iter().flatten();
            named.map(|environment| (format!("{}.environments", group.of.field()), environment.as_str()))
        })
    }

    /// The groups as they are told, by name.
    #[must_use]
    pub fn rows(&self) -> Vec<GroupRow> {
        let systems = |group: &Group| {
            let is_in = |system: &System| match system {
                System::Kubernetes | System::Argocd => !group.teams.is_empty(),
                System::Aws => self.aws.is_some() && !group.aws.is_empty(),
                _ => self.makes(group, *system),
            };
            System::ALL.into_iter().filter(is_in).collect()
        };
        let row = |group: &Group| GroupRow {
            name: group.name.clone(),
            of: group.of.field(),
            owners: group.owners.iter().cloned().collect(),
            members: group.members.iter().cloned().collect(),
            systems: systems(group),
        };
        self.groups.values().map(row).collect()
    }

    /// Who is in no group, sorted.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        let names = self.people.keys().map(String::as_str);
        names.filter(|name| !self.groups.values().any(|group| group.everybody().contains_key(name)))
    }

    /// The teams that nobody answers for, sorted: `teams.shop`.
    pub fn unowned(&self) -> impl Iterator<Item = String> {
        let mut fields: Vec<String> = self
            .groups
            .values()
            .filter(|group| matches!(group.of, GroupOf::Team(_)) && group.owners.is_empty())
            .map(|group| group.of.field())
            .collect();
        fields.sort();
        fields.into_iter()
    }

    /// By which names somebody is known, in lower case: addresses, and the login at GitHub with its `@`.
    #[must_use]
    pub fn known_as(&self, person: &str) -> Vec<String> {
        let Some(Person { upn, email, github, .. }) = self.people.get(person) else { return Vec::new() };
        let login = github.as_ref().map(|login| format!("@{login}"));
        [upn.clone(), email.clone(), login].into_iter().flatten().map(|name| name.to_lowercase()).collect()
    }

    /// Whether Entra ID fills the groups of IAM Identity Center.
    #[must_use]
    pub fn is_filled_by_scim(&self) -> bool {
        self.aws.as_ref().is_some_and(|aws| aws.groups == AwsGroups::Scim)
    }

    /// The groups that may log in to an application.
    pub(crate) fn allowed<'a>(&'a self, application: &'a Application) -> impl Iterator<Item = &'a Group> {
        let Application { teams, roles, .. } = application;
        let everyone = teams.is_none() && roles.is_none();
        self.groups.values().filter(move |group| {
            everyone
                || match &group.of {
                    GroupOf::Team(name) => teams.iter().flatten().any(|team| team == name.as_str()),
                    GroupOf::Role(name) => roles.iter().flatten().any(|role| role == name),
                }
        })
    }
}

impl Group {
    /// Everybody in it, sorted, with how.
    pub(crate) fn everybody(&self) -> BTreeMap<&str, Part> {
        let owners = self.owners.iter().map(|name| (name.as_str(), Part::Owner));
        owners.chain(self.members.iter().map(|name| (name.as_str(), Part::Member))).collect()
    }

    /// Whether it holds in a cluster.
    pub(crate) fn is_in(&self, environment: &str) -> bool {
        self.environments.as_ref().is_none_or(|named| named.contains(environment))
    }

    /// What it is, for a person who reads it elsewhere.
    pub(crate) fn description(&self) -> String {
        match &self.of {
            GroupOf::Team(name) => format!("The people of team {name}"),
            GroupOf::Role(name) => format!("The people of role {name}"),
        }
    }
}

impl GroupOf {
    /// Where it stands: `teams.shop`.
    pub(crate) fn field(&self) -> String {
        match self {
            Self::Team(name) => format!("teams.{name}"),
            Self::Role(name) => format!("roles.{name}"),
        }
    }
}

impl Person {
    /// What is looked up in Entra ID: the object id, else the user principal name.
    pub(crate) fn identity(&self) -> &str {
        self.object_id.as_deref().or(self.upn.as_deref()).unwrap_or_default()
    }

    /// The user name at AWS and the address at Datadog.
    pub(crate) fn user_name(&self) -> Option<&str> {
        self.email.as_deref().or(self.upn.as_deref())
    }
}
