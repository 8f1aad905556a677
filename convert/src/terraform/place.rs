//! Where a resource stands: the folder of its owner, the provider of its account and region, and its name there.

use crate::naming;
use caravan_inventory::{AccountId, Region, TeamName};

/// Who owns what is shared.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Owner {
    Platform,
    Team(TeamName),
    /// The groups of people in one system: each has a state and credentials of its own, since whoever may change them may
    /// give anything to anybody.
    People(PeopleOf),
}

/// A system in which people are in groups.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum PeopleOf {
    Aws,
    Datadog,
    Entra,
    Github,
}

impl PeopleOf {
    pub(super) const ALL: [Self; 4] = [Self::Aws, Self::Datadog, Self::Entra, Self::Github];

    /// Its folder.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Datadog => "datadog",
            Self::Entra => "entra",
            Self::Github => "github",
        }
    }
}

impl Owner {
    /// The team's folder, or the platform's. The team that is called `platform` has the platform's.
    pub(super) fn of_team(team: &TeamName) -> Self {
        if team.as_str() == "platform" { Self::Platform } else { Self::Team(team.clone()) }
    }

    /// Its folder below `infrastructure/`.
    pub(super) fn folder(&self) -> String {
        match self {
            Self::Platform => "platform".to_owned(),
            Self::Team(team) => format!("teams/{team}"),
            Self::People(of) => format!("people/{}", of.as_str()),
        }
    }
}

/// What a root module does.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Part {
    /// Takes over what is there, and changes nothing.
    Adopt,
    /// Adds what is not there yet.
    New,
}

impl Part {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::New => "new",
        }
    }
}

/// One root module: a folder, a state, a workspace.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct ModuleName {
    pub(super) owner: Owner,
    pub(super) part: Part,
}

impl ModuleName {
    /// `teams/shop/adopt`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.owner.folder(), self.part.as_str())
    }
}

/// An account and a region of it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Location {
    pub(super) account: AccountId,
    pub(super) region: Region,
}

impl Location {
    /// The provider's alias: `eu-central-1_123456789012`.
    pub(super) fn alias(&self) -> String {
        format!("{}_{}", self.region, self.account)
    }
}

/// A resource's name in its module. It follows from what the resource is alone, never from what else is there: another
/// name would be another resource to Terraform. Names that differ give labels that differ.
pub(super) fn label(name: &str, location: &Location, is_global: bool) -> String {
    let own = identifier(name);
    let Location { account, region } = location;
    if is_global { format!("{own}_{account}") } else { format!("{own}_{region}_{account}") }
}

/// A text as an identifier; where something of it does not fit, with a digest of the whole.
pub(super) fn identifier(name: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let begins = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if begins && name.chars().all(fits) {
        return name.to_owned();
    }
    let plain: String = name.chars().map(|letter| if fits(letter) { letter } else { '-' }).collect();
    let first = if plain.starts_with(|letter: char| letter.is_ascii_alphabetic()) { "" } else { "x-" };
    format!("{first}{}-{}", plain.trim_matches('-'), naming::digest(name.as_bytes(), 8))
}

/// The region in which what has none is reached: the one where the global services of a partition are.
pub(super) fn home_region(arn: &str) -> Region {
    Region::new(match arn.split(':').nth(1) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        _ => "us-east-1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_identifiers_and_keep_names_apart() {
        let location = Location { account: AccountId::new("123456789012"), region: Region::new("eu-central-1") };
        assert_eq!(label("jobs", &location, false), "jobs_eu-central-1_123456789012");
        assert_eq!(label("task", &location, true), "task_123456789012");
        let odd = ["a.b", "a/b", "a-b", "1a", "-a", "ä", "", "a b", "a_b", "."];
        let labels: std::collections::BTreeSet<String> = odd.iter().map(|name| identifier(name)).collect();
        assert_eq!(labels.len(), odd.len(), "{labels:?}");
        for label in labels {
            let begins = label.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
            assert!(begins && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{label}");
        }
    }

    #[test]
    fn the_platform_s_team_has_the_platform_s_folder() {
        assert_eq!(Owner::of_team(&TeamName::new("platform")).folder(), "platform");
        assert_eq!(Owner::of_team(&TeamName::new("shop")).folder(), "teams/shop");
    }
}
