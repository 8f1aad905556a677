//! The record sets of one name in Route 53: shifted by weighted sets.

mod batch;
mod evidence;
mod rollback;

pub use evidence::{NameAnswer, NameQuestion, SettledBy};

use super::batch::BatchPart;
use super::budget::{ApiBudget, Limit};
use super::fencing_token::FencingToken;
use super::kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
use super::record_set::{Alias, RecordSet, dns_name};
use super::snapshot::{Snapshot, SnapshotError};
use caravan_inventory::{AccountId, Observation, ObservationKind, Provider, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// The record sets of one name in one Route 53 zone, of the given types.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct RecordSetsTarget {
    /// The account that owns the zone.
    pub account: AccountId,
    /// The hosted zone's id, without `/hostedzone/`.
    pub zone: String,
    /// The name, lower-case, with its trailing dot.
    pub name: String,
    /// The record types that the plan touches, sorted: `A`, `AAAA`, `CNAME`.
    pub types: Vec<String>,
    /// Whose word it is that a change has reached users.
    #[serde(default, skip_serializing_if = "SettledBy::is_provider")]
    pub settled_by: SettledBy,
}

/// "Quotas" of the Route 53 developer guide as of 2026-07-30: 10 requests a second for an account, bursts of 50.
const LIMIT: Limit = Limit { burst: 50, per_second: 10, reserve: 15 };

/// Seconds that resolvers keep an alias (Route 53 gives aliases of load balancers 60 s).
const ALIAS_TTL: u32 = 60;

impl RecordSetsTarget {
    /// The target's snapshot in the record sets of its zone, as the API gives them: those of its name and types.
    ///
    /// # Errors
    /// When one of its own can't be read; the others are not looked at.
    pub fn snapshot<'a>(&self, bodies: impl IntoIterator<Item = &'a Value>) -> Result<Snapshot, SnapshotError> {
        self.sets(bodies).map(Snapshot::Records)
    }

    fn sets<'a>(&self, bodies: impl IntoIterator<Item = &'a Value>) -> Result<Vec<RecordSet>, SnapshotError> {
        let mut sets = Vec::new();
        for body in bodies {
            let is_own_name = body["Name"].as_str().is_some_and(|name| dns_name(name) == self.name);
            let is_own_type = body["Type"].as_str().is_some_and(|kind| self.types.iter().any(|own| own == kind));
            if is_own_name && is_own_type {
                sets.push(RecordSet::read(body)?);
            }
        }
        sets.sort_by(|a, b| (&a.kind, &a.set_identifier).cmp(&(&b.kind, &b.set_identifier)));
        Ok(sets)
    }

    /// The name of the TXT record with the fencing token, beside the target's own name.
    #[must_use]
    pub fn token_name(&self) -> String {
        match self.name.strip_prefix("*.") {
            Some(parent) => format!("_caravan-wildcard.{parent}"),
            None => format!("_caravan.{}", self.name),
        }
    }

    /// Where tools that write record sets by themselves leave a TXT record: external-dns at the name or, by record type,
    /// at `a-NAME`, `aaaa-NAME` and `cname-NAME` (its TXT registry; prefixes of one's own can't be known), octoDNS at
    /// `_owner.TYPE.NAME`. Terraform leaves nothing in a zone.
    #[must_use]
    pub fn ownership_names(&self) -> Vec<String> {
        let types = self.types.iter().map(|kind| kind.to_lowercase()).chain(["cname".to_owned()]);
        let types: BTreeSet<String> = types.collect();
        let name = &self.name;
        // octoDNS writes a wildcard's label out.
        let owned = name.strip_prefix("*.").map_or_else(|| name.clone(), |parent| format!("_wildcard.{parent}"));
        let beside = types.iter().flat_map(|kind| [format!("{kind}-{name}"), format!("_owner.{kind}.{owned}")]);
        std::iter::once(name.clone()).chain(beside).collect()
    }
}

impl fmt::Display for RecordSetsTarget {
    /// Without the types: those of one name are one target.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, zone, name, .. } = self;
        write!(f, "records {name} in zone {zone}, account {account}")
    }
}

impl TargetKind for RecordSetsTarget {
    fn short_name(&self) -> String {
        self.name.trim_end_matches('.').to_owned()
    }

    /// A batch of exact DELETEs and CREATEs happens whole or not at all.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Atomic
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Account(Scope::global(Provider::Aws, self.account.clone()))
    }

    fn budget(&self) -> ApiBudget {
        ApiBudget { api: "route53", owner: self.account.to_string(), region: String::new(), limit: LIMIT }
    }

    fn requests(&self, ask: Ask) -> u64 {
        match ask {
            // The name, and the fencing token's name beside it.
            Ask::Observe => 2,
            Ask::Controllers => self.ownership_names().len() as u64,
            // The change, and the zone with its name servers.
            Ask::Status if self.settled_by == SettledBy::NameServers => 2,
            Ask::Write | Ask::Status | Ask::Activity => 1,
        }
    }

    fn requests_together(&self, ask: Ask, targets: u64) -> u64 {
        match ask {
            // As many pages of the zone as there are names, and where it has more, each name by itself after all.
            Ask::Observe if targets > 1 => 3 * targets,
            _ => self.requests(ask) * targets,
        }
    }

    fn batch(&self, change: (&Snapshot, &Snapshot), tokens: [Option<&FencingToken>; 2]) -> Option<BatchPart> {
        Some(batch::part(self, change, tokens))
    }

    fn observed_in(&self, observed: &mut dyn Iterator<Item = &Observation>) -> Result<Option<Snapshot>, SnapshotError> {
        let here = format!("{}/", self.zone);
        let in_zone = |seen: &&Observation| seen.kind == ObservationKind::RecordSet && seen.name.starts_with(&here);
        let sets = self.sets(observed.filter(in_zone).map(|seen| &seen.body))?;
        Ok((!sets.is_empty()).then_some(Snapshot::Records(sets)))
    }

    fn shares<'a>(&self, snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        let share = |set: &'a RecordSet| Share {
            name: set.answer().unwrap_or_default(),
            weight: set.weight.map_or(1, u64::from),
        };
        sets_of(snapshot).iter().map(share).collect()
    }

    fn kept_seconds(&self, snapshot: &Snapshot) -> Option<u32> {
        Some(sets_of(snapshot).iter().map(|set| set.ttl.unwrap_or(ALIAS_TTL)).max().unwrap_or(ALIAS_TTL))
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        sets_of(snapshot).iter().map(line).collect()
    }

    fn settled_when(&self) -> &'static str {
        match self.settled_by {
            SettledBy::NameServers => "Route 53 says so and every name server of the zone answers it",
            SettledBy::Provider => "Route 53 says so: nobody asks the name servers of the zone",
        }
    }

    fn leaves(&self) -> &'static [&'static str] {
        &["answers that resolvers keep for their time to live"]
    }

    fn by_hand(&self, snapshot: &Snapshot, stands: &Snapshot) -> Option<String> {
        rollback::by_hand(&self.zone, sets_of(snapshot), sets_of(stands))
    }

    fn manual_rollback(&self, original: &Snapshot, stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let stages: Vec<(u8, &[RecordSet])> =
            stages.iter().map(|(percent, snapshot)| (*percent, sets_of(snapshot))).collect();
        rollback::lines(self, sets_of(original), &stages)
    }
}

/// A set in words: every field of it, so that sets that differ never read alike.
fn line(set: &RecordSet) -> String {
    let mut line = format!("{} {}", set.name, set.kind);
    match &set.alias {
        Some(Alias { zone, name, evaluate_health }) => {
            let health = if *evaluate_health { "yes" } else { "no" };
            line += &format!(" alias {name} in zone {zone}, EvaluateTargetHealth {health}");
        }
        None => line += &format!(" {} (TTL {})", set.values.join(", "), set.ttl.unwrap_or_default()),
    }
    let more = [
        set.set_identifier.as_ref().map(|identifier| format!(", set {identifier}")),
        set.weight.map(|weight| format!(", weight {weight}")),
        set.health_check.as_ref().map(|check| format!(", health check {check}")),
    ];
    line.extend(more.into_iter().flatten());
    line.extend(set.other.iter().map(|(field, value)| format!(", {field} {value}")));
    line
}

/// The sets of a snapshot of this kind; of another kind, none.
fn sets_of(snapshot: &Snapshot) -> &[RecordSet] {
    if let Snapshot::Records(sets) = snapshot { sets } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target(name: &str) -> RecordSetsTarget {
        RecordSetsTarget {
            account: AccountId::new("123456789012"),
            zone: "Z1".to_owned(),
            name: name.to_owned(),
            types: vec!["A".to_owned()],
            settled_by: SettledBy::Provider,
        }
    }

    #[test]
    fn another_name_or_type_is_not_part_of_the_snapshot() {
        let a = json!({"Name": "x.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]});
        let mx = json!({"Name": "x.example.com.", "Type": "MX", "TTL": 60, "ResourceRecords": [{"Value": "10 m."}]});
        let y = json!({"Name": "y.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]});
        let Snapshot::Records(sets) = target("x.example.com.").snapshot([&mx, &a, &y]).unwrap() else { panic!() };
        assert_eq!((sets.len(), sets[0].ttl, sets[0].values.as_slice()), (1, Some(60), &["192.0.2.1".to_owned()][..]));
    }

    #[test]
    fn types_of_one_name_are_one_target() {
        let (one, other) = (target("x.example.com."), target("x.example.com."));
        let other = RecordSetsTarget { types: vec!["AAAA".to_owned()], ..other };
        assert_eq!(one.identity(), other.identity());
        assert_ne!(one.identity(), target("y.example.com.").identity());
    }

    /// Whatever somebody else changes of a set is seen in a conflict's three images.
    #[test]
    fn sets_that_differ_in_any_field_read_differently() {
        let alias = Alias { zone: "Z2".to_owned(), name: "lb.example.net.".to_owned(), evaluate_health: true };
        let name = "x.example.com.".to_owned();
        let set = RecordSet { name, kind: "A".to_owned(), alias: Some(alias.clone()), ..RecordSet::default() };
        let with = |alias: Alias| RecordSet { alias: Some(alias), ..set.clone() };
        let other = std::collections::BTreeMap::from([("Failover".to_owned(), json!("PRIMARY"))]);
        let sets = [
            set.clone(),
            with(Alias { evaluate_health: false, ..alias.clone() }),
            with(Alias { zone: "Z3".to_owned(), ..alias }),
            RecordSet { health_check: Some("check-1".to_owned()), ..set.clone() },
            RecordSet { health_check: Some("check-2".to_owned()), ..set.clone() },
            RecordSet { set_identifier: Some("blue".to_owned()), ..set.clone() },
            RecordSet { weight: Some(0), ..set.clone() },
            RecordSet { other, ..set.clone() },
            RecordSet { alias: None, ttl: Some(60), values: vec!["192.0.2.1".to_owned()], ..set.clone() },
            RecordSet { alias: None, ttl: Some(61), values: vec!["192.0.2.1".to_owned()], ..set },
        ];
        let lines: BTreeSet<Vec<String>> =
            sets.iter().map(|set| target("x.example.com.").lines(&Snapshot::Records(vec![set.clone()]))).collect();
        assert_eq!(lines.len(), sets.len(), "{lines:#?}");
    }
}
