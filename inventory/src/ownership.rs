//! Who owns a workload: the rules of `ownership` in `caravan.yaml`.

use crate::{AccountId, EnvironmentName, TeamName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The rules, the first match wins, team and environment apart.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Ownership(pub Vec<OwnershipRule>);

/// One rule. All conditions that are present must hold; a rule without conditions always holds.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnershipRule {
    /// Tags that must have these values; `*` matches any value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The cluster's name, as a glob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The path of the file it came from, as a glob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The team; `${tag:NAME}` takes a tag's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The environment; `${tag:NAME}` takes a tag's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// What the rules look at.
#[derive(Clone, Debug, Default)]
pub struct Subject<'a> {
    /// Tags of the deciding observation.
    pub tags: BTreeMap<&'a str, &'a str>,
    /// The cluster's name, if it runs in one.
    pub cluster: Option<&'a str>,
    /// The account, if known.
    pub account: Option<&'a AccountId>,
    /// The file's path, if it came from one.
    pub path: Option<&'a str>,
}

/// What the rules say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Owner {
    /// The team; `unassigned` when no rule matched.
    pub team: TeamName,
    /// The environment; `default` when no rule matched.
    pub environment: EnvironmentName,
    /// Whether a rule gave the team; if not, the question `owner/<workload>` is open.
    pub assigned: bool,
}

impl Ownership {
    /// Applies the rules. A team or environment that is no DNS-1123 label after its tags are filled in counts as no match.
    #[must_use]
    pub fn owner(&self, subject: &Subject<'_>) -> Owner {
        let matching = || self.0.iter().filter(|rule| rule.matches(subject));
        let team =
            matching().find_map(|rule| fill(rule.team.as_deref()?, subject).and_then(|t| TeamName::parse(&t).ok()));
        let environment = matching()
            .find_map(|rule| fill(rule.environment.as_deref()?, subject).and_then(|e| EnvironmentName::parse(&e).ok()));
        Owner {
            assigned: team.is_some(),
            team: team.unwrap_or_else(|| TeamName::new("unassigned")),
            environment: environment.unwrap_or_else(|| EnvironmentName::new("default")),
        }
    }
}

impl OwnershipRule {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        self.tags.iter().all(|(name, wanted)| {
            subject
                .tags
                .get(name.as_str())
                .is_some_and(|value| wanted == "*" || wanted == value)
        }) && self
            .cluster
            .as_deref()
            .is_none_or(|glob| subject.cluster.is_some_and(|name| matches_glob(glob, name)))
            && self
                .account
                .as_ref()
                .is_none_or(|account| subject.account == Some(account))
            && self
                .path
                .as_deref()
                .is_none_or(|glob| subject.path.is_some_and(|path| matches_glob(glob, path)))
    }
}

fn matches_glob(glob: &str, text: &str) -> bool {
    globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(text))
}

/// Replaces a whole `${tag:NAME}` by the tag's value, lower-cased; none when the tag is missing.
fn fill(template: &str, subject: &Subject<'_>) -> Option<String> {
    match template.strip_prefix("${tag:").and_then(|rest| rest.strip_suffix('}')) {
        Some(tag) => subject.tags.get(tag).map(|value| value.to_ascii_lowercase()),
        None => Some(template.to_owned()),
    }
}
