//! What the file says of every system, fact by fact: what Terraform and manifests are made of, and what a change is told in.

use super::company::{Company, Group, Part};
use super::file::{AwsGroups, Person};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A system in which people have rights.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Entra ID.
    Entra,
    /// The clusters.
    Kubernetes,
    /// Argo CD.
    Argocd,
    /// AWS IAM Identity Center.
    Aws,
    /// Datadog.
    Datadog,
    /// GitHub.
    Github,
}

/// What kind of thing is said of a system.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FactKind {
    /// There is a group, or a team that is one.
    Group,
    /// A person is in it.
    Member,
    /// There is an application.
    Application,
    /// A group may log in to an application.
    Login,
    /// A group has a permission set in an account.
    Permission,
    /// A group may in a namespace, or a project, what the people of its team may.
    Rights,
}

/// One thing that is so in a system: where it is.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Fact {
    /// In which system.
    pub system: System,
    /// What kind of thing.
    pub kind: FactKind,
    /// The group, by its name there; empty of an application.
    pub group: String,
    /// The person, by their short name.
    pub person: Option<String>,
    /// The application, the permission set and account, or the team whose namespace it is.
    pub of: Option<String>,
}

/// What is not written for a person, though their group is.
#[derive(Clone, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Gap {
    /// In which system.
    pub system: System,
    /// The group.
    pub group: String,
    /// The person.
    pub person: String,
    /// Why, with what to write.
    pub reason: String,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Entra, Self::Kubernetes, Self::Argocd, Self::Aws, Self::Datadog, Self::Github];

    /// Its name, for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entra => "Entra ID",
            Self::Kubernetes => "Kubernetes",
            Self::Argocd => "Argo CD",
            Self::Aws => "AWS",
            Self::Datadog => "Datadog",
            Self::Github => "GitHub",
        }
    }
}

impl FactKind {
    /// Whether it is taken away as soon as no line says it any more. Groups and applications stay, empty: others may use them.
    #[must_use]
    pub const fn goes_with_its_line(self) -> bool {
        !matches!(self, Self::Group | Self::Application)
    }
}

impl Company {
    /// Whether a system is kept by the file. Clusters and Argo CD always are.
    #[must_use]
    pub const fn keeps(&self, system: System) -> bool {
        match system {
            System::Kubernetes | System::Argocd => true,
            System::Entra => self.tenant.is_some(),
            System::Aws => self.aws.is_some(),
            System::Datadog => self.datadog.is_some(),
            System::Github => self.github.is_some(),
        }
    }

    /// Every fact, with how it is: by which identity and as what somebody is a member, in which environments rights hold.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<Fact, String> {
        let mut all = BTreeMap::new();
        for group in self.groups.values() {
            for system in System::ALL.into_iter().filter(|system| self.keeps(*system)) {
                self.of_group(group, system, &mut all);
            }
        }
        if self.tenant.is_some() {
            for (name, application) in &self.applications {
                let of = Some(name.clone());
                let fact = |kind, group: &str| Fact {
                    system: System::Entra,
                    kind,
                    group: group.to_owned(),
                    person: None,
                    of: of.clone(),
                };
                if application.client_id.is_none() {
                    all.insert(fact(FactKind::Application, ""), application.redirects.join(" "));
                }
                for group in self.allowed(application) {
                    let role = application.app_role.clone().unwrap_or_default();
                    all.insert(fact(FactKind::Login, &group.name), role);
                }
            }
        }
        all
    }

    fn of_group(&self, group: &Group, system: System, all: &mut BTreeMap<Fact, String>) {
        let fact = |kind, person: Option<&str>, of: Option<String>| Fact {
            system,
            kind,
            group: group.name.clone(),
            person: person.map(str::to_owned),
            of,
        };
        if let System::Kubernetes | System::Argocd = system {
            let place = group.environments.as_ref().map_or_else(
                || "every environment".to_owned(),
                |named| named.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            );
            for team in &group.teams {
                all.insert(fact(FactKind::Rights, None, Some(format!("team {team}"))), place.clone());
            }
            return;
        }
        for grant in group.aws.iter().filter(|_| system == System::Aws) {
            for account in &grant.accounts {
                let of = format!("{} in {account}", grant.permission_set);
                all.insert(fact(FactKind::Permission, None, Some(of)), String::new());
            }
        }
        if !self.makes(group, system) {
            return;
        }
        all.insert(fact(FactKind::Group, None, None), String::new());
        for (name, part, person) in self.members(group) {
            if let Ok(how) = how(system, part, person) {
                all.insert(fact(FactKind::Member, Some(name), None), how);
            }
        }
    }

    /// Whether a group is made and filled in a system.
    pub(crate) fn makes(&self, group: &Group, system: System) -> bool {
        self.keeps(system)
            && match system {
                System::Entra => true,
                System::Kubernetes | System::Argocd => false,
                System::Aws => {
                    !group.aws.is_empty() && self.aws.as_ref().is_some_and(|aws| aws.groups == AwsGroups::Here)
                }
                System::Datadog => group.in_datadog,
                System::Github => group.in_github,
            }
    }

    /// Everybody in a group, sorted.
    pub(crate) fn members<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = (&'a str, Part, &'a Person)> {
        group.everybody().into_iter().filter_map(|(name, part)| Some((name, part, self.people.get(name)?)))
    }

    /// Who is in a group, and not in a system: nobody says who they are there.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for system in System::ALL {
            for group in self.groups.values().filter(|group| self.makes(group, system)) {
                for (name, part, person) in self.members(group) {
                    if let Err(key) = how(system, part, person) {
                        let reason = format!(
                            "{name} is not in {} at {}: write `{key}` of `people.{name}`",
                            group.name,
                            system.name()
                        );
                        gaps.push(Gap { system, group: group.name.clone(), person: name.to_owned(), reason });
                    }
                }
            }
        }
        gaps
    }
}

/// By which identity and as what somebody is in a group.
///
/// # Errors
/// The key that would say who they are there.
fn how(system: System, part: Part, person: &Person) -> Result<String, &'static str> {
    let owner = |word: &str, member: &str| if part == Part::Owner { word.to_owned() } else { member.to_owned() };
    match system {
        System::Entra => Ok(person.identity().to_owned()),
        System::Kubernetes | System::Argocd => Ok(String::new()),
        System::Aws => person.user_name().map(str::to_owned).ok_or("email"),
        System::Datadog => {
            person.user_name().map(|name| format!("{name}, {}", owner("admin", "member"))).ok_or("email")
        }
        System::Github => {
            person.github.as_ref().map(|login| format!("{login}, {}", owner("maintainer", "member"))).ok_or("github")
        }
    }
}
