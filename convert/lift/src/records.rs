//! Record sets around a source: which names lead to which load balancer, for whom.
//!
//! A name of a private hosted zone is known in the networks of that zone alone; where a public zone has the name too, each
//! asker gets the answer of its own zone (Route 53 Developer Guide, split-view DNS).

use crate::field::Object;
use caravan_inventory::Observation;
use std::collections::{BTreeMap, BTreeSet};

/// Who asks for a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asker {
    /// Anybody on the internet.
    Outside,
    /// Somebody in a network of the private zones.
    Inside,
}

/// The record sets around a source, of Route 53 and of Cloudflare, and the private ones among their zones.
#[derive(Clone, Default)]
pub(crate) struct Records<'a> {
    sets: Vec<RecordSet<'a>>,
    private_zones: BTreeSet<&'a str>,
    documents: Vec<Object<'a>>,
}

#[derive(Clone)]
struct RecordSet<'a> {
    /// In lower case, perhaps with `*.` at the front.
    name: String,
    /// Names and addresses.
    targets: Vec<String>,
    /// What Route 53 calls its zone.
    zone: Option<&'a str>,
}

impl<'a> Records<'a> {
    /// Takes a record set of Route 53 in, which is named by its zone and its own name.
    pub(crate) fn add_set(&mut self, observation: &'a Observation, set: Object<'a>) {
        let values = set.objects("ResourceRecords").filter_map(|value| value.peek("Value"));
        let alias = set.object("AliasTarget").and_then(|alias| alias.peek("DNSName"));
        let targets = values.chain(alias).map(plain).collect();
        let zone = observation.native_name().split_once('/').map(|(zone, _)| zone);
        self.sets.extend(set.peek("Name").map(|name| RecordSet { name: plain(name), targets, zone }));
        self.documents.push(set);
    }

    /// Takes a DNS record of Cloudflare in, whose zones are all public.
    pub(crate) fn add_record(&mut self, record: Object<'a>) {
        let targets = record.peek("content").map(plain).into_iter().collect();
        self.sets.extend(record.peek("name").map(|name| RecordSet { name: plain(name), targets, zone: None }));
        self.documents.push(record);
    }

    /// Takes a hosted zone in.
    pub(crate) fn add_zone(&mut self, observation: &'a Observation, zone: Object<'a>) {
        if zone.object("Config").and_then(|config| config.peek_bool("PrivateZone")) == Some(true) {
            self.private_zones.insert(observation.native_name());
        }
        self.documents.push(zone);
    }

    /// Everything that was taken in.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Object<'a>> {
        self.documents.iter().copied()
    }

    /// The names that lead to what DNS calls `target`, through other names too.
    pub(crate) fn leading_to(&self, asker: Asker, target: &str) -> BTreeSet<String> {
        let own = plain(target);
        let mut leading = BTreeSet::from([own.clone()]);
        loop {
            let before = leading.len();
            for set in self.seen_by(asker) {
                if set.targets.iter().any(|target| leading.contains(target)) {
                    leading.insert(set.name.clone());
                }
            }
            if leading.len() == before {
                leading.remove(&own);
                return leading;
            }
        }
    }

    /// Where a host leads in the end, by its own record sets or by those of the nearest wildcard above it; nothing where
    /// none is known.
    pub(crate) fn ends_of(&self, asker: Asker, host: &str) -> BTreeSet<&str> {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for set in self.seen_by(asker) {
            by_name.entry(&set.name).or_default().extend(set.targets.iter().map(String::as_str));
        }
        let (mut ends, mut met) = (BTreeSet::new(), BTreeSet::new());
        let mut left: Vec<&str> = nearest(&by_name, host).cloned().unwrap_or_default();
        while let Some(target) = left.pop() {
            match nearest(&by_name, target) {
                Some(further) if met.insert(target) => left.extend(further),
                Some(_) => {}
                None => {
                    ends.insert(target);
                }
            }
        }
        ends
    }

    /// Whether the record sets that answer for a host, its own or else those of the nearest wildcard above it, bear one of
    /// these names.
    pub(crate) fn is_by(&self, asker: Asker, host: &str, names: &BTreeSet<String>) -> bool {
        let by_name: BTreeMap<&str, &str> =
            self.seen_by(asker).map(|set| (set.name.as_str(), set.name.as_str())).collect();
        nearest(&by_name, host).is_some_and(|name| names.contains(*name))
    }

    /// Whether an asker has any answer for a host by a zone of its own: for somebody inside by a private one.
    fn is_told(&self, asker: Asker, host: &str) -> bool {
        let own = |set: &&RecordSet<'a>| self.is_private(set) == (asker == Asker::Inside);
        self.sets.iter().filter(own).any(|set| set.name == host || is_below(&set.name, host))
    }

    /// Whether a private zone has the host.
    pub(crate) fn is_known_inside(&self, host: &str) -> bool {
        self.is_told(Asker::Inside, host)
    }

    /// Whether a private zone has the host, and no public one that was seen.
    pub(crate) fn is_private_alone(&self, host: &str) -> bool {
        self.is_known_inside(host) && !self.is_told(Asker::Outside, host)
    }

    fn seen_by(&self, asker: Asker) -> impl Iterator<Item = &RecordSet<'a>> {
        let private = self.sets.iter().filter(|set| self.is_private(set)).map(|set| set.name.as_str());
        let inside: BTreeSet<&str> = private.collect();
        self.sets.iter().filter(move |set| match asker {
            Asker::Outside => !self.is_private(set),
            Asker::Inside => self.is_private(set) || !inside.contains(set.name.as_str()),
        })
    }

    fn is_private(&self, set: &RecordSet<'_>) -> bool {
        set.zone.is_some_and(|zone| self.private_zones.contains(zone))
    }
}

/// Those of a host itself, else of the nearest wildcard above it.
fn nearest<'m, T>(by_name: &'m BTreeMap<&str, T>, host: &str) -> Option<&'m T> {
    let mut found = by_name.get(host);
    let mut above = host;
    while let (None, Some((_, parent))) = (found, above.split_once('.')) {
        found = by_name.get(format!("*.{parent}").as_str());
        above = parent;
    }
    found
}

/// Whether a host stands below a wildcard.
fn is_below(wildcard: &str, host: &str) -> bool {
    wildcard.strip_prefix('*').is_some_and(|suffix| host.ends_with(suffix) && host.len() > suffix.len())
}

/// A name as Route 53 writes it, as everybody does.
fn plain(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*");
    name.strip_prefix("dualstack.").map(str::to_owned).unwrap_or(name)
}
