//! Which workloads, or parts of workloads, are one app, and what it is called.
//!
//! Nearly always one workload is one app with one component. But an instance may run several apps side by side: each is a
//! claim of its own with its `part`. And several workloads may be one app: their claims share a name and differ in their
//! `component`.

use crate::naming;
use caravan_inventory::{EnvironmentName, TeamName, Workload, WorkloadId};
use std::collections::{BTreeMap, BTreeSet};

/// Names of components that a lift gives: an app whose name ends in one of them would share its objects' names with
/// that component of the app without the ending.
const COMPONENTS: [&str; 3] = ["-worker", "-cron", "-job"];

/// Hex digits of a digest that tells two workloads apart where nothing else does.
const DIGITS: usize = 6;

/// What a workload claims: the light part of it, so that all of an estate fit in memory.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Who claims.
    pub workload: &'a WorkloadId,
    /// Whose it is.
    pub team: &'a TeamName,
    /// Where it stands.
    pub environment: &'a EnvironmentName,
    /// Which part of the workload claims, where it is several apps; none is the whole of it. Unique in the workload.
    pub part: Option<&'a str>,
    /// The name its owners use.
    pub name: &'a str,
    /// The component that it is of an app of several workloads, a DNS-1123 label of at most 30 characters; none where the
    /// app is this claim alone.
    pub component: Option<&'a str>,
}

impl Claim<'_> {
    /// Who claims, as one text.
    fn id(&self) -> String {
        member_id(self.workload, self.part)
    }
}

impl<'a> From<&'a Workload> for Claim<'a> {
    fn from(workload: &'a Workload) -> Self {
        Self {
            workload: &workload.id,
            team: &workload.team,
            environment: &workload.environment,
            part: None,
            name: &workload.name,
            component: None,
        }
    }
}

/// One app: what will be one plconfig.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct App {
    /// Whose it is.
    pub team: TeamName,
    /// Its name: DNS-1035, at most 40 characters, unique in its team.
    pub name: String,
    /// What it is in each environment, in the order of their names; at least one. In one environment several are its
    /// components, in the order of these.
    pub members: Vec<Member>,
}

/// An app's workload in one environment, or one of its workloads, or a part of one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member {
    /// The environment.
    pub environment: EnvironmentName,
    /// The workload.
    pub workload: WorkloadId,
    /// Which part of the workload; none is the whole of it.
    pub part: Option<String>,
    /// Which component of the app; none where the lift names it.
    pub component: Option<String>,
}

impl Member {
    /// A workload that is an app of its own.
    #[must_use]
    pub fn whole(environment: EnvironmentName, workload: WorkloadId) -> Self {
        Self { environment, workload, part: None, component: None }
    }

    /// What tells it from every other member of every app: the workload's id, with the part's name behind an `@`.
    #[must_use]
    pub fn id(&self) -> String {
        member_id(&self.workload, self.part.as_deref())
    }
}

fn member_id(workload: &WorkloadId, part: Option<&str>) -> String {
    part.map_or_else(|| workload.to_string(), |part| format!("{workload}@{part}"))
}

/// Gives every workload its app. Claims of one team with one name in different environments are one app, and so are those
/// in one environment that each name another component of it. Others that would meet in one environment each get the name
/// of their cluster behind theirs, and where that is not enough a few digits of their id's digest. Sorted by team and
/// name; the order of the claims does not matter (C3).
#[must_use]
pub fn assign<'a>(claims: impl IntoIterator<Item = Claim<'a>>) -> Vec<App> {
    let mut teams: BTreeMap<&TeamName, Vec<(String, Claim<'a>)>> = BTreeMap::new();
    for claim in claims {
        let name = naming::shorten(&naming::label(claim.name), naming::APP);
        teams.entry(claim.team).or_default().push((name, claim));
    }
    let mut apps = Vec::new();
    for (team, mut claims) in teams {
        claims.sort_by(|a, b| (a.1.workload, a.1.part).cmp(&(b.1.workload, b.1.part)));
        claims.dedup_by(|a, b| (a.1.workload, a.1.part) == (b.1.workload, b.1.part));
        tell_apart(&mut claims, |claim| cluster(claim.workload));
        tell_apart(&mut claims, |claim| Some(digits(claim)));
        keep_from_components(&mut claims);
        apps.extend(group(team, claims));
    }
    apps
}

/// Puts `suffix` behind the names of all that meet in one environment.
fn tell_apart<'a>(claims: &mut [(String, Claim<'a>)], suffix: impl Fn(&Claim<'a>) -> Option<String>) {
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, (name, claim)) in claims.iter().enumerate() {
        groups.entry((name, claim.environment.as_str())).or_default().push(at);
    }
    let meet = |group: &Vec<usize>| group.len() > 1 && !are_components(group.iter().map(|&at| &claims[at].1));
    let meeting: Vec<usize> = groups.into_values().filter(meet).flatten().collect();
    for at in meeting {
        let (name, claim) = &mut claims[at];
        if let Some(suffix) = suffix(claim) {
            *name = naming::joined(&[name, &suffix], naming::APP);
        }
    }
}

/// Whether claims are one app together: each names a component, and no two the same.
fn are_components<'c, 'a: 'c>(claims: impl Iterator<Item = &'c Claim<'a>>) -> bool {
    let mut seen = BTreeSet::new();
    claims.map(|claim| claim.component).all(|component| component.is_some_and(|name| seen.insert(name)))
}

/// An app named like another app's component would share that component's names.
fn keep_from_components(claims: &mut [(String, Claim<'_>)]) {
    let names: BTreeSet<String> = claims.iter().map(|(name, _)| name.clone()).collect();
    let given = |(name, claim): &(String, Claim<'_>)| Some(format!("{name}-{}", claim.component?));
    let taken: BTreeSet<String> = claims.iter().filter_map(given).collect();
    for (name, _) in claims.iter_mut() {
        let usual = COMPONENTS.iter().any(|end| name.strip_suffix(end).is_some_and(|rest| names.contains(rest)));
        let shares = usual || taken.contains(name);
        if shares {
            let digits = naming::digest(name.as_bytes(), DIGITS);
            *name = naming::joined(&[name, &digits], naming::APP);
        }
    }
}

fn group(team: &TeamName, claims: Vec<(String, Claim<'_>)>) -> impl Iterator<Item = App> {
    let mut apps: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for (name, claim) in claims {
        let member = Member {
            environment: claim.environment.clone(),
            workload: claim.workload.clone(),
            part: claim.part.map(str::to_owned),
            component: claim.component.map(str::to_owned),
        };
        apps.entry(name).or_default().push(member);
    }
    let team = team.clone();
    apps.into_iter().map(move |(name, mut members)| {
        members.sort_by(|a, b| (&a.environment, &a.component).cmp(&(&b.environment, &b.component)));
        App { team: team.clone(), name, members }
    })
}

/// The cluster in the id of a service, `ecs/<account>/<region>/<cluster>/<service>`.
fn cluster(id: &WorkloadId) -> Option<String> {
    let mut pieces = id.as_str().split('/');
    let kind = pieces.next()?;
    let cluster = pieces.nth(2).filter(|cluster| !matches!(*cluster, "rule" | "schedule" | "task"))?;
    (kind == "ecs" && !id.as_str().starts_with("ecs/files/")).then(|| cluster.to_owned())
}

fn digits(claim: &Claim<'_>) -> String {
    naming::digest(claim.id().as_bytes(), DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apps(claims: &[(&str, &str, &str)]) -> Vec<String> {
        let team = TeamName::new("shop");
        let owned: Vec<_> = claims
            .iter()
            .map(|(id, environment, name)| (WorkloadId::new(*id), EnvironmentName::new(*environment), *name))
            .collect();
        let claim = |(workload, environment, name)| Claim {
            workload,
            team: &team,
            environment,
            part: None,
            name,
            component: None,
        };
        let apps = assign(owned.iter().map(|(workload, environment, name)| claim((workload, environment, *name))));
        let members = |app: &App| app.members.iter().map(|m| m.environment.to_string()).collect::<Vec<_>>().join(",");
        apps.iter().map(|app| format!("{} {}", app.name, members(app))).collect()
    }

    #[test]
    fn one_name_in_two_environments_is_one_app() {
        let claims = [("ecs/1/r/prod/api", "prod", "API"), ("ecs/1/r/stage/api", "staging", "api")];
        assert_eq!(apps(&claims), ["api prod,staging"]);
    }

    #[test]
    fn two_in_one_environment_are_told_apart_by_cluster_and_then_by_id() {
        let claims = [("ecs/1/r/blue/api", "prod", "api"), ("ecs/1/r/green/api", "prod", "api")];
        assert_eq!(apps(&claims), ["api-blue prod", "api-green prod"]);
        let claims = [("ecs/1/r/main/api", "prod", "api"), ("ecs/2/r/main/api", "prod", "api")];
        assert!(apps(&claims).iter().all(|app| app.starts_with("api-main-")), "{:?}", apps(&claims));
        assert_eq!(apps(&claims).len(), 2);
    }

    #[test]
    fn no_app_shares_the_names_of_another_apps_component() {
        let claims = [("ecs/1/r/c/orders", "prod", "orders"), ("ecs/1/r/c/orders-worker", "prod", "orders-worker")];
        assert_eq!(apps(&claims)[0], "orders prod");
        assert!(apps(&claims)[1].starts_with("orders-worker-"));
    }

    #[test]
    fn an_instance_may_be_two_apps_and_two_workloads_one() {
        let (team, environment) = (TeamName::new("shop"), EnvironmentName::new("prod"));
        let (host, api, worker) = (
            WorkloadId::new("ec2/1/r/i-1"),
            WorkloadId::new("ecs/1/r/c/orders"),
            WorkloadId::new("ecs/1/r/c/orders-queue"),
        );
        let claim = |workload, part, name, component| Claim {
            workload,
            team: &team,
            environment: &environment,
            part,
            name,
            component,
        };
        let apps = assign([
            claim(&worker, None, "orders", Some("worker")),
            claim(&host, Some("nginx"), "front", None),
            claim(&api, None, "orders", Some("api")),
            claim(&host, Some("cron"), "reports", None),
        ]);
        let shown: Vec<String> = apps
            .iter()
            .flat_map(|app| app.members.iter().map(move |member| (app, member)))
            .map(|(app, member)| format!("{} {} {}", app.name, member.id(), member.component.as_deref().unwrap_or("-")))
            .collect();
        assert_eq!(
            shown,
            [
                "front ec2/1/r/i-1@nginx -",
                "orders ecs/1/r/c/orders api",
                "orders ecs/1/r/c/orders-queue worker",
                "reports ec2/1/r/i-1@cron -",
            ]
        );
        // No app is called like one of those components.
        let apps = assign([
            claim(&api, None, "orders", Some("api")),
            claim(&worker, None, "orders", Some("worker")),
            claim(&host, None, "orders-api", None),
        ]);
        assert!(apps[1].name.starts_with("orders-api-"), "{apps:?}");
        // One that names no component does not join: it is told apart, and so are the others.
        let apps = assign([claim(&api, None, "orders", Some("api")), claim(&worker, None, "orders", None)]);
        assert_eq!(apps.len(), 2, "{apps:?}");
    }

    proptest::proptest! {
        #[test]
        fn names_are_unique_in_a_team_and_environment(names in proptest::collection::vec("[a-c]{1,2}(-worker)?", 1..20)) {
            let ids: Vec<_> = (0..names.len()).map(|at| format!("ecs/1/r/c{}/s{at}", at % 2)).collect();
            let claims: Vec<_> = names.iter().zip(&ids).map(|(name, id)| (id.as_str(), "prod", name.as_str())).collect();
            let apps = apps(&claims);
            let unique: BTreeSet<_> = apps.iter().collect();
            proptest::prop_assert_eq!(unique.len(), names.len(), "{:?}", apps);
        }
    }
}
