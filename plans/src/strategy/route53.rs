//! Weighted record sets.
//!
//! A simple set and a weighted one of the same name and type can't stand side by side, so the first stage replaces the
//! simple set by two weighted ones in one batch (Route 53 Developer Guide, "Weighted routing").

use super::split::{Split, StrategyError, check_shares};
use crate::blank::is_blank;
use crate::leading::plain;
use caravan_inventory::AccountId;
use caravan_providers::target::{Alias, RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target, dns_name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The set identifier of the old side.
pub const OLD: &str = "caravan-old";
/// The set identifier of the new side.
pub const NEW: &str = "caravan-new";

/// The record types that say where to connect: a target of this strategy holds them all, so that none is left behind and
/// none is added unseen.
pub const TYPES: [&str; 4] = ["A", "AAAA", "CNAME", "HTTPS"];

/// Weighted record sets of one name.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Route53Spec {
    /// The account that owns the zone.
    pub account: AccountId,
    /// The hosted zone's id.
    pub zone: String,
    /// The name, with or without its trailing dot.
    pub name: String,
    /// What the new side answers, for each record type that stands there.
    pub new: BTreeMap<String, NewRecords>,
    /// Whose word it is that a change has reached users. A private zone has no name servers that could be asked:
    /// `provider`.
    #[serde(default = "name_servers", skip_serializing_if = "is_name_servers")]
    pub settled_by: SettledBy,
}

const fn name_servers() -> SettledBy {
    SettledBy::NameServers
}

fn is_name_servers(settled_by: &SettledBy) -> bool {
    *settled_by == name_servers()
}

/// Kinds whose meaning is not "where to connect": never split, never touched.
const NEVER: [&str; 8] = ["NS", "SOA", "MX", "TXT", "CAA", "DS", "SPF", "SRV"];

/// Where the new side answers, for one record type.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum NewRecords {
    /// An alias of a load balancer.
    Alias(Alias),
    /// Plain values, with the seconds that resolvers keep them.
    Values {
        /// Seconds that resolvers keep them.
        ttl: u32,
        /// Addresses, or one host name.
        values: Vec<String>,
    },
}

impl Split for Route53Spec {
    fn target(&self) -> Target {
        Target::Records(RecordSetsTarget {
            account: self.account.clone(),
            zone: self.zone.trim_start_matches("/hostedzone/").to_owned(),
            name: dns_name(&self.name),
            types: TYPES.map(str::to_owned).to_vec(),
            settled_by: self.settled_by,
        })
    }

    fn is_blank(&self) -> bool {
        self.new.is_empty() || self.new.values().any(NewRecords::is_blank)
    }

    fn stages(&self, original: &Snapshot, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError> {
        let Snapshot::Records(sets) = original else { return Err(StrategyError::of_another_kind()) };
        for (kind, answer) in &self.new {
            check_answer(&dns_name(&self.name), kind, answer)?;
        }
        let new = self.new.iter().map(|(kind, answer)| (kind.clone(), answer.as_stored())).collect();
        stages(sets, &new, percents)
    }
}

impl NewRecords {
    fn is_blank(&self) -> bool {
        match self {
            Self::Alias(alias) => is_blank(&alias.zone) || is_blank(&alias.name),
            Self::Values { values, .. } => values.is_empty() || values.iter().any(|value| is_blank(value)),
        }
    }

    /// Whether a set answers just so: values in any order, an alias of the same name whatever its health says. What an
    /// HTTPS record says of a side is seldom an address, so that both sides may say the same.
    fn is_given_by(&self, set: &RecordSet) -> bool {
        match (self, &set.alias) {
            _ if set.kind == "HTTPS" => false,
            (Self::Alias(new), Some(old)) => plain(&new.name) == plain(&old.name),
            (Self::Values { values, .. }, None) => {
                let sorted =
                    |values: &[String]| values.iter().map(|value| compared(&set.kind, value)).collect::<BTreeSet<_>>();
                sorted(values) == sorted(&set.values)
            }
            _ => false,
        }
    }

    /// As Route 53 gives it back.
    fn as_stored(&self) -> Self {
        match self.clone() {
            Self::Alias(alias) => Self::Alias(Alias { name: dns_name(&alias.name), ..alias }),
            values => values,
        }
    }
}

/// What Route 53 would refuse at the first write is refused here (Route 53 Developer Guide, "Supported DNS record types").
fn check_answer(name: &str, kind: &str, answer: &NewRecords) -> Result<(), StrategyError> {
    let refuse = |text: String| Err(StrategyError::Unsplittable(format!("the new side's {kind} records: {text}")));
    let values = match answer {
        NewRecords::Alias(alias) if dns_name(&alias.name) == name => {
            return refuse(format!("an alias of {name} leads to itself"));
        }
        NewRecords::Alias(alias) if alias.evaluate_health && alias.zone == CLOUDFRONT => {
            return refuse(
                "an alias of a CloudFront distribution can't ask for its health: say `evaluate_health: false`"
                    .to_owned(),
            );
        }
        NewRecords::Alias(_) => return Ok(()),
        NewRecords::Values { values, .. } => values,
    };
    let fits = |value: &str| match kind {
        "A" => value.parse::<Ipv4Addr>().is_ok(),
        "AAAA" => value.parse::<Ipv6Addr>().is_ok(),
        "CNAME" => value.parse::<IpAddr>().is_err() && !value.is_empty() && !value.contains(char::is_whitespace),
        _ => !value.trim().is_empty(),
    };
    if let Some(wrong) = values.iter().find(|value| !fits(value)) {
        let what = match kind {
            "A" => "an IPv4 address",
            "AAAA" => "an IPv6 address",
            "CNAME" => "a host name",
            _ => "a value",
        };
        return refuse(format!("`{wrong}` is not {what}"));
    }
    let distinct: BTreeSet<String> = values.iter().map(|value| compared(kind, value)).collect();
    match values.as_slice() {
        [only] if kind == "CNAME" && dns_name(only) == name => refuse(format!("{name} leads to itself")),
        [_, _, ..] if kind == "CNAME" => refuse("a CNAME has one value".to_owned()),
        values if distinct.len() < values.len() => refuse("a value stands there twice".to_owned()),
        values if values.len() > MOST_VALUES => refuse(format!("Route 53 takes at most {MOST_VALUES} values")),
        _ => Ok(()),
    }
}

/// The zone of every CloudFront distribution (Route 53 API, `AliasTarget`).
const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";

/// Values of one record set ("Quotas on records").
const MOST_VALUES: usize = 400;

/// A value in the one form in which both sides are compared.
fn compared(kind: &str, value: &str) -> String {
    match kind {
        "A" | "AAAA" => value.parse::<IpAddr>().map_or_else(|_| plain(value), |address| address.to_string()),
        _ => plain(value),
    }
}

/// The snapshots of a shift from the sets that stand there to `new`, one for each share.
///
/// Every type that stands there must have an answer in `new` and the other way round: a name whose IPv6 answer stays
/// behind would be split by address family (K4).
///
/// # Errors
/// When the sets are not simple, of a kind that is never split, don't match the new side's types, or answer as it does.
pub fn stages(
    original: &[RecordSet],
    new: &BTreeMap<String, NewRecords>,
    percents: &[u8],
) -> Result<Vec<Snapshot>, StrategyError> {
    check_shares(percents)?;
    check_original(original, new)?;
    Ok(percents.iter().map(|percent| Snapshot::Records(split(original, new, *percent))).collect())
}

fn check_original(original: &[RecordSet], new: &BTreeMap<String, NewRecords>) -> Result<(), StrategyError> {
    let refuse = |text: String| Err(StrategyError::Unsplittable(text));
    for set in original {
        if NEVER.contains(&set.kind.as_str()) {
            return refuse(format!("{} {} is never split", set.kind, set.name));
        }
        if set.set_identifier.is_some() || set.weight.is_some() || !set.other.is_empty() {
            return refuse(format!(
                "{} {} already has a routing policy ({}), which a shift would replace: a wave moves simple records; give the name one \
                 simple set first, or move what the sets lead to",
                set.kind,
                set.name,
                policy(set)
            ));
        }
        let Some(answer) = new.get(&set.kind) else {
            return refuse(format!("{} has {} records, and the new side has none", set.name, set.kind));
        };
        let asked_before = set.alias.as_ref().is_some_and(|alias| alias.evaluate_health);
        if matches!(answer, NewRecords::Alias(alias) if alias.evaluate_health) && !asked_before {
            return refuse(format!(
                "the new side's {} alias asks for its target's health (`evaluate_health: true`), which {} did not before: finalised it \
                 stands as it stood; say `false`",
                set.kind, set.name
            ));
        }
        if answer.is_given_by(set) {
            return Err(StrategyError::SameSide(format!("{} answers {} with that already", set.name, set.kind)));
        }
    }
    for kind in new.keys() {
        if !original.iter().any(|set| set.kind == *kind) {
            return refuse(format!("the new side answers {kind}, and nothing of that type stands there"));
        }
    }
    Ok(())
}

/// What a set has of a routing policy, as the API names it.
fn policy(set: &RecordSet) -> String {
    let weight = set.weight.map(|weight| format!("Weight {weight}"));
    let named = set.set_identifier.as_ref().map(|name| format!("SetIdentifier {name}"));
    named.into_iter().chain(weight).chain(set.other.keys().cloned()).collect::<Vec<_>>().join(", ")
}

fn split(original: &[RecordSet], new: &BTreeMap<String, NewRecords>, percent: u8) -> Vec<RecordSet> {
    let mut sets: Vec<RecordSet> = original
        .iter()
        .flat_map(|set| {
            let moved = new.get(&set.kind).map(|answer| weighted(set, answer, percent));
            std::iter::once(old(set, moved.as_ref(), percent)).chain(moved)
        })
        .collect();
    sets.sort_by(|a, b| (&a.kind, &a.set_identifier).cmp(&(&b.kind, &b.set_identifier)));
    sets
}

/// What stands there, with a weight.
///
/// All weighted sets of a name and type have one TTL, else Route 53 gives all of them the one that came last ("Values
/// specific for weighted records"): the new side's. A set that stands alone is answered in any health, but beside one of
/// weight 0 it would hand everything to that as soon as it is unhealthy ("How Route 53 chooses records when health
/// checking is configured"): so it asks for no health while the other stands beside it.
fn old(set: &RecordSet, moved: Option<&RecordSet>, percent: u8) -> RecordSet {
    let ttl = set.ttl.map(|ttl| moved.and_then(|moved| moved.ttl).unwrap_or(ttl));
    let alias = set.alias.clone().map(|alias| Alias { evaluate_health: false, ..alias });
    let (set_identifier, weight) = (Some(OLD.to_owned()), Some(100 - percent));
    RecordSet { set_identifier, weight, ttl, alias, health_check: None, ..set.clone() }
}

/// The new side, with a weight. It asks for no health either while the old one stands beside it: as soon as its target counted as
/// unhealthy, everybody would be handed to the old side, and the run would say that they are on the new one.
fn weighted(set: &RecordSet, answer: &NewRecords, percent: u8) -> RecordSet {
    let (ttl, values, alias) = match answer {
        NewRecords::Alias(alias) => (None, Vec::new(), Some(Alias { evaluate_health: false, ..alias.clone() })),
        NewRecords::Values { ttl, values } => (Some(*ttl), values.clone(), None),
    };
    RecordSet {
        name: set.name.clone(),
        kind: set.kind.clone(),
        set_identifier: Some(NEW.to_owned()),
        weight: Some(percent),
        ttl,
        values,
        alias,
        health_check: None,
        other: BTreeMap::new(),
    }
}

/// The sets of the new side as they stand alone: without identifier and weight, and asking for the health of an alias where the one
/// before did. None where the last stage is not a pair of
/// ours for each type that stood there.
pub(crate) fn finalised(original: &[RecordSet], last: &[RecordSet]) -> Option<Vec<RecordSet>> {
    let alone = |set: &RecordSet| {
        let moved = last.iter().find(|moved| moved.kind == set.kind && moved.set_identifier.as_deref() == Some(NEW))?;
        let is_ours = moved.weight == Some(100) && moved.other.is_empty();
        let asked_before = set.alias.as_ref().is_some_and(|alias| alias.evaluate_health);
        let asks = |alias: Alias| Alias { evaluate_health: asked_before && alias.zone != CLOUDFRONT, ..alias };
        let alias = moved.alias.clone().map(asks);
        is_ours.then(|| RecordSet { set_identifier: None, weight: None, alias, ..moved.clone() })
    };
    let mut sets: Vec<RecordSet> = original.iter().map(alone).collect::<Option<_>>()?;
    sets.sort_by(|a, b| a.kind.cmp(&b.kind));
    Some(sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(kind: &str, ttl: Option<u32>, alias: Option<Alias>) -> RecordSet {
        let values = if alias.is_none() { vec!["192.0.2.1".to_owned()] } else { Vec::new() };
        RecordSet {
            name: "shop.example.com.".to_owned(),
            kind: kind.to_owned(),
            set_identifier: None,
            weight: None,
            ttl,
            values,
            alias,
            health_check: None,
            other: BTreeMap::new(),
        }
    }

    fn sets(snapshot: &Snapshot) -> &[RecordSet] {
        let Snapshot::Records(sets) = snapshot else { panic!("{snapshot:?}") };
        sets
    }

    /// Otherwise it would be held at its first write.
    #[test]
    fn what_route_53_would_refuse_is_refused_before() {
        let split = |kind: &str, answer: NewRecords| {
            let new = BTreeMap::from([(kind.to_owned(), answer)]);
            let (account, zone, name) =
                (AccountId::new("123456789012"), "Z1".to_owned(), "shop.example.com".to_owned());
            let spec = Route53Spec { account, zone, name, new, settled_by: SettledBy::NameServers };
            spec.stages(&Snapshot::Records(vec![alone(kind, Some(300), None)]), &[0, 100])
        };
        let values = |values: &[&str]| NewRecords::Values {
            ttl: 60,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        for (kind, right) in
            [("A", "192.0.2.2"), ("AAAA", "2001:db8::2"), ("CNAME", "new.example.net."), ("HTTPS", "1 .")]
        {
            split(kind, values(&[right])).unwrap();
        }
        for (kind, wrong) in [
            ("A", &["host.example.net"][..]),
            ("A", &["2001:db8::1"]),
            ("A", &[" 192.0.2.2"]),
            ("A", &["192.0.2.2", "192.0.2.2"]),
            ("AAAA", &["192.0.2.2"]),
            ("AAAA", &["2001:db8::2", "2001:0db8:0::2"]),
            ("CNAME", &["a.example.net", "b.example.net"]),
            ("CNAME", &["192.0.2.2"]),
            ("CNAME", &["Shop.example.com."]),
            ("HTTPS", &[""]),
        ] {
            let error = split(kind, values(wrong)).unwrap_err().to_string();
            assert!(error.contains(&format!("the new side's {kind} records")), "{error}");
        }
        let itself = Alias { zone: "Z1".to_owned(), name: "shop.example.com".to_owned(), evaluate_health: false };
        assert!(split("A", NewRecords::Alias(itself)).unwrap_err().to_string().contains("leads to itself"));
    }

    #[test]
    fn both_sides_have_the_new_side_s_ttl() {
        let new = NewRecords::Values { ttl: 60, values: vec!["192.0.2.2".to_owned()] };
        let new = BTreeMap::from([("A".to_owned(), new)]);
        for snapshot in stages(&[alone("A", Some(300), None)], &new, &[0, 50, 100]).unwrap() {
            assert!(sets(&snapshot).iter().all(|set| set.ttl == Some(60)), "{snapshot:?}");
        }
    }

    #[test]
    fn neither_side_hands_its_users_to_the_other_by_its_health() {
        let alias = |name: &str| Alias { zone: "Z1".to_owned(), name: name.to_owned(), evaluate_health: true };
        let new = BTreeMap::from([("A".to_owned(), NewRecords::Alias(alias("new.example.com.")))]);
        for snapshot in stages(&[alone("A", None, Some(alias("old.example.com.")))], &new, &[0, 100]).unwrap() {
            let health: Vec<_> = sets(&snapshot)
                .iter()
                .map(|set| (set.set_identifier.as_deref(), set.alias.as_ref().map(|alias| alias.evaluate_health)))
                .collect();
            assert_eq!(health, [(Some(NEW), Some(false)), (Some(OLD), Some(false))]);
        }
    }

    #[test]
    fn a_new_side_that_asks_for_a_health_that_was_not_asked_for_is_refused() {
        let alias = |zone: &str, evaluate_health| Alias {
            zone: zone.to_owned(),
            name: "side.example.com.".to_owned(),
            evaluate_health,
        };
        for (before, new, is_refused) in [
            (alias("Z1", true), Alias { name: "new.example.com.".to_owned(), ..alias("Z1", true) }, false),
            (alias("Z1", false), Alias { name: "new.example.com.".to_owned(), ..alias("Z1", true) }, true),
            (alias("Z1", true), Alias { name: "d1.cloudfront.net.".to_owned(), ..alias(CLOUDFRONT, false) }, false),
        ] {
            let new = BTreeMap::from([("A".to_owned(), NewRecords::Alias(new))]);
            let original = [alone("A", None, Some(before))];
            let made = stages(&original, &new, &[0, 100]);
            assert_eq!(made.is_err(), is_refused, "{made:?}");
            let Some(Snapshot::Records(last)) = made.ok().and_then(|mut stages| stages.pop()) else { continue };
            let last = finalised(&original, &last).unwrap();
            let to = last[0].alias.clone().unwrap();
            assert_eq!(to.evaluate_health, to.zone != CLOUDFRONT);
        }
        let cloudfront = NewRecords::Alias(alias(CLOUDFRONT, true));
        assert!(check_answer("shop.example.com.", "A", &cloudfront).is_err());
    }

    #[test]
    fn a_new_side_that_answers_as_the_old_one_is_refused() {
        let alias = |name: &str| Alias { zone: "Z1".to_owned(), name: name.to_owned(), evaluate_health: true };
        let values = |kind: &str, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            RecordSet { values, ..alone(kind, Some(300), None) }
        };
        let answers = |values: &[&str]| NewRecords::Values {
            ttl: 60,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let a = || NewRecords::Alias(Alias { evaluate_health: false, ..alias("LB-1.elb.amazonaws.com") });
        for (old, new) in [
            (alone("A", None, Some(alias("dualstack.lb-1.elb.amazonaws.com."))), a()),
            (values("A", &["192.0.2.1", "192.0.2.2"]), answers(&["192.0.2.2", "192.0.2.1"])),
            (values("CNAME", &["Lb-1.example.net"]), answers(&["lb-1.example.net."])),
        ] {
            let new = BTreeMap::from([(old.kind.clone(), new)]);
            let error = stages(std::slice::from_ref(&old), &new, &[0, 100]).unwrap_err();
            assert!(matches!(error, StrategyError::SameSide(_)), "{old:?}: {error}");
        }
        let https = values("HTTPS", &["1 . alpn=h2"]);
        let (other, new) = (values("A", &["192.0.2.1"]), answers(&["192.0.2.2"]));
        let new = BTreeMap::from([("HTTPS".to_owned(), answers(&["1 . alpn=h2"])), ("A".to_owned(), new)]);
        assert!(stages(&[other, https], &new, &[0, 100]).is_ok());
    }
}
