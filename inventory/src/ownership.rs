//! Who owns a workload: the rules of `ownership` in `caravan.yaml`.

use crate::{AccountId, EnvironmentName, TeamName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The rules, the first match decides, team and environment apart.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Ownership(pub Vec<OwnershipRule>);

/// One rule. All conditions that are present must hold; a rule without conditions always holds.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
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
    /// The path of the file it came from, as a glob whose `*` also matches `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The team; `${tag:NAME}` takes a tag's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The environment; `${tag:NAME}` takes a tag's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// What the rules read.
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
    /// What deciding rules gave that can be no name; the question `owner/<workload>` names it.
    pub refused: Vec<Refused>,
}

/// What the deciding rule gave, and what can be no team or environment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// `team` or `environment`.
    pub key: &'static str,
    /// What stands in the rule: `${tag:NAME}`.
    pub rule: String,
    /// What it gave, as the tag has it.
    pub value: String,
}

impl Ownership {
    /// Applies the rules. A rule whose tag is missing says nothing, and the next one decides. A team or environment that is
    /// no DNS-1123 label after its tags are filled in decides too, and is refused: no other rule's value takes its place.
    #[must_use]
    pub fn owner(&self, subject: &Subject<'_>) -> Owner {
        let matching = || self.0.iter().filter(|rule| rule.matches(subject));
        let mut refused = Vec::new();
        let team = matching().find_map(|rule| fill("team", rule.team.as_deref()?, subject));
        let team = team.and_then(|team| team.parsed(TeamName::parse, &mut refused));
        let environment = matching().find_map(|rule| fill("environment", rule.environment.as_deref()?, subject));
        let environment = environment.and_then(|name| name.parsed(EnvironmentName::parse, &mut refused));
        Owner {
            assigned: team.is_some(),
            team: team.unwrap_or_else(|| TeamName::new(TeamName::UNASSIGNED)),
            environment: environment.unwrap_or_else(|| EnvironmentName::new("default")),
            refused,
        }
    }
}

/// A rule that can never do what it says.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("ownership rule {rule}: `{key}: {value}` is not {wanted}")]
pub struct InvalidRule {
    /// Which rule, counted from 1.
    pub rule: usize,
    /// The key inside it.
    pub key: &'static str,
    /// The value that stands there.
    pub value: String,
    /// What should stand there, with its article.
    pub wanted: &'static str,
}

const GLOB: &str = "a glob: `prod-*`, `{web,api}-?`, `teams/**`";
const NAME: &str = "a DNS-1123 label of at most 40 characters, or `${tag:NAME}`";

impl Ownership {
    /// Checks what [`Ownership::owner`] would pass over in silence: globs that are none, and names that no team or
    /// environment may have. To be called once, when the rules are read.
    ///
    /// # Errors
    /// The first such place.
    pub fn check(&self) -> Result<(), InvalidRule> {
        for (rule, content) in (1..).zip(&self.0) {
            let places = [
                ("cluster", &content.cluster, is_glob as fn(&str) -> bool, GLOB),
                ("path", &content.path, is_glob, GLOB),
                ("team", &content.team, is_name, NAME),
                ("environment", &content.environment, is_name, NAME),
            ];
            for (key, value, is_valid, wanted) in places {
                if let Some(value) = value.as_ref().filter(|value| !is_valid(value)) {
                    let value = value.clone();
                    return Err(InvalidRule { rule, key, value, wanted });
                }
            }
        }
        Ok(())
    }
}

fn is_glob(text: &str) -> bool {
    globset::Glob::new(text).is_ok()
}

fn is_name(text: &str) -> bool {
    tag(text).is_some() || TeamName::parse(text).is_ok()
}

impl OwnershipRule {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        self.tags
            .iter()
            .all(|(name, wanted)| subject.tags.get(name.as_str()).is_some_and(|value| wanted == "*" || wanted == value))
            && self.cluster.as_deref().is_none_or(|glob| subject.cluster.is_some_and(|name| matches_glob(glob, name)))
            && self.account.as_ref().is_none_or(|account| subject.account == Some(account))
            && self.path.as_deref().is_none_or(|glob| subject.path.is_some_and(|path| matches_glob(glob, path)))
    }
}

fn matches_glob(glob: &str, text: &str) -> bool {
    globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(text))
}

/// Replaces a whole `${tag:NAME}` by the tag's value; none when the tag is missing.
fn fill<'a>(key: &'static str, rule: &'a str, subject: &Subject<'a>) -> Option<Given<'a>> {
    let value = match tag(rule) {
        Some(tag) => subject.tags.get(tag).copied()?,
        None => rule,
    };
    Some(Given { key, rule, value })
}

/// What the deciding rule gives for a key.
struct Given<'a> {
    key: &'static str,
    rule: &'a str,
    value: &'a str,
}

impl Given<'_> {
    /// The name, a tag's value lower-cased; what can be none is `refused`.
    fn parsed<T, E>(self, parse: impl Fn(&str) -> Result<T, E>, refused: &mut Vec<Refused>) -> Option<T> {
        let lower = self.value.to_ascii_lowercase();
        let name = parse(if tag(self.rule).is_some() { &lower } else { self.value }).ok();
        if name.is_none() {
            refused.push(Refused { key: self.key, rule: self.rule.to_owned(), value: self.value.to_owned() });
        }
        name
    }
}

/// The name in `${tag:NAME}`.
fn tag(template: &str) -> Option<&str> {
    template.strip_prefix("${tag:")?.strip_suffix('}').filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: serde_json::Value) -> Ownership {
        serde_json::from_value(json).unwrap()
    }

    /// Team, environment, and whether the team came from a rule.
    fn owner(rules: &Ownership, subject: &Subject<'_>) -> (String, String, bool) {
        let owner = rules.owner(subject);
        (owner.team.to_string(), owner.environment.to_string(), owner.assigned)
    }

    fn said(team: &str, environment: &str, assigned: bool) -> (String, String, bool) {
        (team.to_owned(), environment.to_owned(), assigned)
    }

    #[test]
    fn without_a_match_nobody_owns_it() {
        let subject = Subject { cluster: Some("prod"), ..Subject::default() };
        assert_eq!(owner(&Ownership::default(), &subject), said("unassigned", "default", false));
        let other = rules(serde_json::json!([{"cluster": "test", "team": "parcels", "environment": "test"}]));
        assert_eq!(owner(&other, &subject), said("unassigned", "default", false));
    }

    #[test]
    fn the_first_match_wins_team_and_environment_apart() {
        let rules = rules(serde_json::json!([
            {"cluster": "prod-*", "environment": "prod"},
            {"cluster": "*", "team": "platform", "environment": "other"},
            {"team": "late", "environment": "late"},
        ]));
        let prod = Subject { cluster: Some("prod-eu"), ..Subject::default() };
        assert_eq!(owner(&rules, &prod), said("platform", "prod", true));
        let none = Subject::default();
        assert_eq!(owner(&rules, &none), said("late", "late", true), "a rule without conditions always holds");
    }

    #[test]
    fn all_conditions_of_a_rule_must_hold() {
        let rules = rules(serde_json::json!([{
            "tags": {"cost": "*", "tier": "web"}, "cluster": "main", "account": "111122223333", "path": "teams/**",
            "team": "parcels",
        }]));
        let account = AccountId::new("111122223333");
        let full = Subject {
            tags: BTreeMap::from([("cost", "7"), ("tier", "web"), ("more", "x")]),
            cluster: Some("main"),
            account: Some(&account),
            path: Some("teams/parcels/web.json"),
        };
        assert!(rules.owner(&full).assigned);
        let elsewhere = AccountId::new("444455556666");
        for lacking in [
            Subject { tags: BTreeMap::from([("tier", "web")]), ..full.clone() },
            Subject { tags: BTreeMap::from([("cost", "7"), ("tier", "Web")]), ..full.clone() },
            Subject { cluster: None, ..full.clone() },
            Subject { cluster: Some("main2"), ..full.clone() },
            Subject { account: Some(&elsewhere), ..full.clone() },
            Subject { account: None, ..full.clone() },
            Subject { path: Some("other/web.json"), ..full.clone() },
            Subject { path: None, ..full.clone() },
        ] {
            assert!(!rules.owner(&lacking).assigned, "{lacking:?}");
        }
    }

    #[test]
    fn a_tag_gives_the_name_if_it_can_be_one() {
        let rules = rules(serde_json::json!([
            {"team": "${tag:team}", "environment": "${tag:env}"},
            {"team": "fallback"},
        ]));
        let of = |team, env| {
            owner(&rules, &Subject { tags: BTreeMap::from([("team", team), ("env", env)]), ..Subject::default() })
        };
        assert_eq!(of("Parcels", "PROD"), said("parcels", "prod", true));
        assert_eq!(owner(&rules, &Subject::default()), said("fallback", "default", true));
    }

    #[test]
    fn what_can_be_no_name_gives_way_to_no_other_rule() {
        let rules = rules(serde_json::json!([
            {"team": "${tag:group}", "environment": "${tag:stage}"},
            {"team": "couriers", "environment": "live"},
        ]));
        let of = |group, stage| {
            let tags = BTreeMap::from([("group", group), ("stage", stage)]);
            rules.owner(&Subject { tags, ..Subject::default() })
        };
        let told = of("Couriers-2", "QA");
        assert_eq!((told.team.as_str(), told.environment.as_str(), told.refused), ("couriers-2", "qa", Vec::new()));
        let refused = |key, rule: &str, value: &str| Refused { key, rule: rule.to_owned(), value: value.to_owned() };
        let long = "q".repeat(41);
        for stage in ["QA_South", "qa/south", "QA South", "", &long] {
            let owner = of("parcels", stage);
            assert_eq!((owner.team.as_str(), owner.environment.as_str(), owner.assigned), ("parcels", "default", true));
            assert_eq!(owner.refused, [refused("environment", "${tag:stage}", stage)]);
        }
        for group in ["Parcels Team", "parcels@example.net", "-parcels"] {
            let owner = of(group, "qa");
            assert_eq!((owner.team.as_str(), owner.environment.as_str(), owner.assigned), ("unassigned", "qa", false));
            assert_eq!(owner.refused, [refused("team", "${tag:group}", group)]);
        }
        assert_eq!(of("a b", "c d").refused.len(), 2);
        let missing = rules.owner(&Subject::default());
        assert_eq!((missing.team.as_str(), missing.environment.as_str()), ("couriers", "live"), "no tag, no match");
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let wrong = serde_json::from_value::<Ownership>(serde_json::json!([{"clusters": "x"}]));
        assert!(wrong.unwrap_err().to_string().contains("clusters"));
    }

    #[test]
    fn what_can_never_match_is_named() {
        let check = |json| rules(json).check().map_err(|error| error.to_string());
        let fine = serde_json::json!([{"cluster": "{a,b}-*", "path": "teams/**", "team": "${tag:team}"}, {}]);
        assert_eq!(check(fine), Ok(()));
        for (key, value) in [
            ("cluster", "[a"),
            ("path", "{a"),
            ("team", "Parcels"),
            ("team", "x-${tag:team}"),
            ("team", "${tag:}"),
            ("environment", ""),
        ] {
            let error = check(serde_json::json!([{"team": "a"}, {key: value}])).unwrap_err();
            assert!(error.starts_with(&format!("ownership rule 2: `{key}: {value}` is not a ")), "{error}");
        }
    }
}
