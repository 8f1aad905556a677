//! What all apps of an estate ask of their platforms, gathered app by app.

use crate::needs::Needs;
use crate::provenance::Origin;
use caravan_inventory::{EnvironmentName, TeamName};
use std::collections::{BTreeMap, BTreeSet};

/// What the apps of each environment ask for, team by team. Each environment has a cluster of its own.
#[derive(Clone, Debug, Default)]
pub struct Demand(BTreeMap<EnvironmentName, BTreeMap<TeamName, Team>>);

/// What a team asks for in one environment.
#[derive(Clone, Debug, Default)]
pub(super) struct Team {
    /// All of its apps together.
    pub(super) needs: Needs,
    /// Its apps, by name.
    pub(super) apps: BTreeSet<String>,
    /// The owner of each name that it serves: the first app that says so.
    hosts: BTreeMap<String, String>,
}

impl Demand {
    /// Takes in what an app asks for in an environment.
    pub fn add(&mut self, team: &TeamName, app: &str, environment: &EnvironmentName, needs: &Needs) {
        let team = self.0.entry(environment.clone()).or_default().entry(team.clone()).or_default();
        team.apps.insert(app.to_owned());
        team.needs.add(needs);
        for host in &needs.hosts {
            team.hosts.entry(host.clone()).or_insert_with(|| app.to_owned());
        }
    }

    /// The environments, each with its teams.
    pub(super) fn environments(&self) -> impl Iterator<Item = (&EnvironmentName, &BTreeMap<TeamName, Team>)> {
        self.0.iter()
    }
}

impl Team {
    /// Its apps, as origins.
    pub(super) fn origins<'a>(&'a self, team: &'a TeamName) -> impl Iterator<Item = Origin> + 'a {
        self.apps.iter().map(|app| Origin::App { team: team.to_string(), app: app.clone() })
    }

    /// The names that another team serves too, each with an app of either: a name belongs to one team.
    pub(super) fn shared_hosts<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        self.hosts.iter().filter_map(|(host, app)| Some((host.as_str(), app.as_str(), other.hosts.get(host)?.as_str())))
    }
}

/// What all these teams need together.
pub(super) fn together(teams: &BTreeMap<TeamName, Team>) -> Needs {
    let mut all = Needs::default();
    teams.values().for_each(|team| all.add(&team.needs));
    all
}
