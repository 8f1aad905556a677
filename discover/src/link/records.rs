//! The record sets of a workload: they tell which of its names lead to which load balancer, and who can ask for them.

use super::balancing::{Front, may_share};
use super::hosts::{Hosts, LONGEST_CHAIN, Record};
use caravan_inventory::ObservationId;
use std::collections::{BTreeMap, BTreeSet};

impl Hosts {
    /// The record sets that tell by which names the ways in are entered, with those of their zones that are private. What
    /// takes every host of a balancer is entered by all names that lead there, and so is what a default action redirects
    /// to; every other way in by the names that its rule takes, wherever these lead, and where these are wildcards by every
    /// name that leads to the balancer and may be one of theirs: another workload of the listener may have that name, and
    /// what the wildcard takes of it would be lost, as a gateway takes the most specific host. Of the names of the rules
    /// around it, which may go along with it, those count that a private zone has: they are published by nobody.
    pub(super) fn records_of(&self, fronts: &[Front]) -> BTreeSet<ObservationId> {
        let anywhere = fronts.iter().filter(|front| front.hosts.is_empty() || front.led_to);
        let anywhere: BTreeSet<&ObservationId> = anywhere.map(|front| &front.balancer).collect();
        let mut found = self.leading_to(&anywhere);
        self.below_wildcards(fronts, &mut found);
        let own: BTreeSet<&String> = fronts.iter().flat_map(|front| &front.hosts).collect();
        own.iter().for_each(|name| self.follow(name, LONGEST_CHAIN, &mut found));
        let is_private =
            |record: &&Record| record.zone.as_ref().is_some_and(|zone| self.private_zones.contains_key(zone));
        for name in fronts.iter().flat_map(|front| &front.beside).filter(|name| !own.contains(name)) {
            let mut beside = BTreeSet::new();
            self.follow(name, LONGEST_CHAIN, &mut beside);
            if beside.iter().any(is_private) {
                found.extend(beside);
            }
        }
        found.extend(self.unnamed(fronts));
        let zones = found.iter().filter_map(|record| record.zone.as_ref());
        let private: BTreeSet<ObservationId> = zones.filter_map(|zone| self.private_zones.get(zone)).cloned().collect();
        found.into_iter().map(|record| record.id.clone()).chain(private).collect()
    }

    /// The record sets of the names that lead to the balancer of a way in and may be among the wildcards that it takes.
    fn below_wildcards<'h>(&'h self, fronts: &[Front], found: &mut BTreeSet<&'h Record>) {
        let mut wildcards: BTreeMap<&ObservationId, Vec<String>> = BTreeMap::new();
        for front in fronts {
            let taken = front.hosts.iter().filter(|host| host.contains(['*', '?']));
            wildcards.entry(&front.balancer).or_default().extend(taken.cloned());
        }
        for (balancer, wildcards) in wildcards.iter().filter(|(_, wildcards)| !wildcards.is_empty()) {
            let leading = self.leading_to(&BTreeSet::from([*balancer]));
            let leads = |records: &Vec<Record>| records.iter().any(|record| leading.contains(record));
            for (name, _) in self.records.iter().filter(|(_, records)| leads(records)) {
                if may_share(wildcards, std::slice::from_ref(name)) {
                    self.follow(name, LONGEST_CHAIN, found);
                }
            }
        }
    }

    /// The record sets that lead to one of these load balancers, through other names too.
    fn leading_to(&self, balancers: &BTreeSet<&ObservationId>) -> BTreeSet<&Record> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut found = BTreeSet::new();
        for _ in 0..LONGEST_CHAIN {
            let before = found.len();
            for (name, records) in &self.records {
                let leads = |target: &String| {
                    names.contains(target.as_str()) || self.balancer(target).is_some_and(|id| balancers.contains(id))
                };
                let leading = records.iter().filter(|record| record.targets.iter().any(|(target, _)| leads(target)));
                let count = found.len();
                found.extend(leading);
                if found.len() > count {
                    names.insert(name);
                }
            }
            if found.len() == before {
                break;
            }
        }
        found
    }

    /// The record sets with open names that lead to the balancers of ways in whose names are not all said: which name that is, is for
    /// a person to say.
    fn unnamed(&self, fronts: &[Front]) -> Vec<&Record> {
        let is_open = |front: &&Front| {
            front.hosts.is_empty() || front.led_to || front.hosts.iter().any(|host| host.contains(['*', '?']))
        };
        let balancers: BTreeSet<&ObservationId> = fronts.iter().filter(is_open).map(|front| &front.balancer).collect();
        let leading = self.leading_to(&balancers);
        let is_led = |name: &str| self.records.get(name).into_iter().flatten().any(|record| leading.contains(record));
        let leads = |target: &str| self.balancer(target).is_some_and(|id| balancers.contains(id)) || is_led(target);
        self.unnamed.iter().filter(|record| record.targets.iter().any(|(target, _)| leads(target))).collect()
    }

    /// The record sets of a name, else of the nearest wildcard above it, and those of the names they lead to.
    fn follow<'h>(&'h self, name: &str, left: usize, found: &mut BTreeSet<&'h Record>) {
        let mut records = self.records.get(name);
        let mut above = name;
        while let (None, Some((_, parent))) = (records, above.split_once('.')) {
            records = self.records.get(&format!("*.{parent}"));
            above = parent;
        }
        for record in records.into_iter().flatten() {
            if found.insert(record) && left > 0 {
                record.targets.iter().for_each(|(target, _)| self.follow(target, left - 1, found));
            }
        }
    }
}
