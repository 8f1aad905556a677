//! Host names of APIs, and the workload that answers for a path of one.

use super::Linker;
use super::gateway_calls::{Call, fits};
use caravan_inventory::ObservationId;
use std::collections::{BTreeMap, BTreeSet};

/// A name under which requests come to an API: the host, and what stands before the path of a route.
pub(super) struct Entry {
    pub(super) host: String,
    pub(super) prefix: String,
}

/// Everything that has a host name by API Gateway.
#[derive(Default)]
pub(super) struct ApiHosts {
    /// Name in DNS → the custom domain that it leads to.
    targets: BTreeMap<String, ObservationId>,
    /// Custom domain → the observation of it.
    domains: BTreeMap<String, ObservationId>,
    /// Host → the ways from it to what answers.
    ways: BTreeMap<String, Vec<Way>>,
}

/// A way to what answers.
struct Way {
    /// The whole path as the API writes it.
    path: String,
    /// The workload; the API itself, where something else answers.
    answers: String,
    /// The API, for when it can't be told which of the workloads behind it is meant.
    api: Option<ObservationId>,
}

impl ApiHosts {
    pub(super) fn add_domain(&mut self, name: &str, targets: Vec<String>, domain: &ObservationId) {
        self.targets.extend(targets.into_iter().map(|target| (target, domain.clone())));
        self.domains.insert(name.to_owned(), domain.clone());
    }

    /// What a call of an API leads to, under each of the API's names.
    pub(super) fn add_ways(
        &mut self,
        entries: Vec<Entry>,
        call: &Call<'_>,
        answers: &str,
        api: Option<&ObservationId>,
    ) {
        for Entry { host, prefix } in entries {
            let ways = self.ways.entry(host).or_default();
            ways.extend(call.paths.iter().map(|path| Way {
                path: format!("{prefix}{path}"),
                answers: answers.to_owned(),
                api: api.cloned(),
            }));
        }
    }

    /// The custom domain that a name in DNS leads to.
    pub(super) fn domain_behind(&self, name: &str) -> Option<&ObservationId> {
        self.targets.get(name)
    }

    /// The workload that answers for a host and path, or the API, or the domain, when it can't be told or is none; none when the host
    /// is no API's.
    pub(super) fn behind(&self, host: &str, path: Option<&str>) -> Option<BTreeSet<String>> {
        let wildcard = || host.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        let name = if self.is_known(host) { host.to_owned() } else { wildcard().filter(|name| self.is_known(name))? };
        let ways = self.ways.get(&name).map_or(&[][..], Vec::as_slice);
        let path = path.filter(|path| *path != "/");
        let fitting =
            ways.iter().filter_map(|way| Some((way, path.map_or(Some((true, 0)), |path| fits(&way.path, path))?)));
        let fitting: Vec<(&Way, (bool, usize))> = fitting.collect();
        let best = fitting.iter().map(|(_, same)| *same).max();
        let chosen: Vec<&Way> =
            fitting.into_iter().filter(|(_, same)| Some(*same) == best).map(|(way, _)| way).collect();
        let answering: BTreeSet<String> = chosen.iter().map(|way| way.answers.clone()).collect();
        if answering.len() == 1 {
            return Some(answering);
        }
        let apis = chosen.iter().filter_map(|way| way.api.as_ref()).map(ToString::to_string).collect::<BTreeSet<_>>();
        let domain = || self.domains.get(&name).map(ToString::to_string).into_iter().collect();
        Some(if apis.is_empty() { domain() } else { apis }).filter(|found| !found.is_empty())
    }

    fn is_known(&self, host: &str) -> bool {
        self.ways.contains_key(host) || self.domains.contains_key(host)
    }

    /// Every custom domain: host, what answers, the observation that says so.
    pub(super) fn served(&self) -> impl Iterator<Item = (String, String, ObservationId)> {
        self.domains.iter().map(|(name, domain)| (name.clone(), domain.to_string(), domain.clone()))
    }
}

impl Linker<'_> {
    /// Edges from functions that were called from another location: to their workloads, or to their names where they were
    /// not found.
    pub(super) fn resolve_functions(&mut self) {
        for mut edge in std::mem::take(&mut self.foreign) {
            edge.from = self.functions.get(&edge.from).cloned().unwrap_or_else(|| format!("lambda:{}", edge.from));
            self.edges.insert(edge);
        }
    }
}
