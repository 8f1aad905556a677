//! The cluster of one environment, as the files of its platform see it.

use super::demand::{Team, together};
use super::document::Document;
use super::open::{Open, filled};
use crate::needs::Needs;
use crate::provenance::Origin;
use crate::{Company, Platform};
use caravan_inventory::{AccountId, EnvironmentName, TeamName};
use std::collections::{BTreeMap, BTreeSet};

/// Where Argo CD runs and reads Applications, projects and sets of them.
pub(super) const ARGO: &str = "argocd";

/// What is only applied where the one before it is there.
pub(super) mod wave {
    /// Namespaces and storage classes.
    pub(in super::super) const FIRST: i32 = -4;
    /// Fences: quotas, rights, networks, admission.
    pub(in super::super) const FENCES: i32 = -3;
    /// Nodes, issuers, stores of secrets.
    pub(in super::super) const MEANS: i32 = -2;
    /// Gateways.
    pub(in super::super) const GATEWAYS: i32 = -1;
    /// Projects of Argo CD.
    pub(in super::super) const PROJECTS: i32 = 1;
    /// What makes Applications.
    pub(in super::super) const APPLICATIONS: i32 = 2;
}

/// The cluster of one environment.
pub(super) struct Cluster<'a> {
    pub(super) settings: &'a Platform,
    /// Who is in which team, where `people.yaml` says it.
    pub(super) people: Option<&'a Company>,
    pub(super) environment: &'a EnvironmentName,
    /// The account of the environment's secrets, where it is known.
    pub(super) account: Option<&'a AccountId>,
    pub(super) teams: &'a BTreeMap<TeamName, Team>,
    /// What all teams need together.
    pub(super) needs: Needs,
    /// What is left out.
    pub(super) open: BTreeSet<Open>,
}

impl<'a> Cluster<'a> {
    pub(super) fn new(
        settings: &'a Platform,
        people: Option<&'a Company>,
        environment: &'a EnvironmentName,
        account: Option<&'a AccountId>,
        teams: &'a BTreeMap<TeamName, Team>,
    ) -> Self {
        Self { settings, people, environment, account, teams, needs: together(teams), open: BTreeSet::new() }
    }

    /// A key of the platform's own: `<group>/team`.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.settings.group)
    }

    /// What selects the namespaces of teams, and no other.
    pub(super) fn team_namespaces(&self) -> serde_json::Value {
        serde_json::json!({"matchExpressions": [{"key": self.key("team"), "operator": "Exists"}]})
    }

    /// Every app of the environment.
    pub(super) fn origins(&self) -> Vec<Origin> {
        self.teams.iter().flat_map(|(name, team)| team.origins(name)).collect()
    }

    /// The cluster's name; where nobody told it, `what` is noted as left out.
    pub(super) fn name(&mut self, what: &str) -> Option<String> {
        let cluster = self.settings.cluster.as_deref();
        self.told(cluster, None, what, "cluster: NAME")
    }

    /// A setting with its names filled in; where nobody told it, or one of the names is not known, `what` is noted as left
    /// out, with what to write.
    pub(super) fn told(
        &mut self,
        setting: Option<&str>,
        team: Option<&TeamName>,
        what: &str,
        paste: &str,
    ) -> Option<String> {
        let environment = self.environment.as_str();
        let base = [("environment", Some(environment)), ("account", self.account.map(AccountId::as_str))];
        let cluster = self.settings.cluster.as_deref().and_then(|cluster| filled(cluster, &base).ok());
        let team = team.map(TeamName::as_str);
        let values = [&base[..], &[("cluster", cluster.as_deref()), ("team", team)]].concat();
        let told = match setting {
            Some(setting) => filled(setting, &values),
            None => Err("nobody has told it".to_owned()),
        };
        match told {
            Ok(text) => Some(text),
            Err(why) => {
                let account = if why.contains("`{account}`") { ", and `account: \"ID\"` for the account" } else { "" };
                self.open.insert(Open {
                    what: format!("{environment}: {what} ({why})"),
                    remedy: format!("below `platform:` in caravan.yaml: `{paste}`{account}"),
                });
                None
            }
        }
    }
}

/// Objects by the file that they stand in.
pub(super) type Files = Vec<(&'static str, Vec<Document>)>;

impl Cluster<'_> {
    /// The names that belong to a team: those that it serves, without those that one before it in the alphabet has.
    pub(super) fn own_hosts(&self, name: &TeamName, team: &Team) -> BTreeSet<String> {
        let mut own = team.needs.hosts.clone();
        for (_, other) in self.teams.range(..name.clone()) {
            for (host, ..) in team.shared_hosts(other) {
                own.remove(host);
            }
        }
        own
    }

    /// Notes each name that two teams would have.
    pub(super) fn note_shared_hosts(&mut self) {
        let teams = self.teams;
        for (name, team) in teams {
            for (other_name, other) in teams.range(..name.clone()) {
                for (host, app, other_app) in team.shared_hosts(other) {
                    self.open.insert(Open {
                        what: format!(
                            "{}: {host} for {name}/{app}: the name is {other_name}/{other_app}'s, and belongs to one team",
                            self.environment
                        ),
                        remedy: format!(
                            "in deployment/teams/{name}/apps/{app}/plconfig.yaml: another name, or `own_host: false` in its \
                             `ingress` where the name is below the platform's domain"
                        ),
                    });
                }
            }
        }
    }
}
