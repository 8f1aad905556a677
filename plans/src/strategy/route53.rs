//! Weighted record sets.
//!
//! A simple set and a weighted one of the same name and type can't stand side by side, so the first stage replaces the
//! simple set by two weighted ones in one batch (Route 53 Developer Guide, "Weighted routing"; cutover reference B4).

use super::{StrategyError, check_shares};
use caravan_inventory::target::{Alias, Image, RecordSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The set identifier of the old side.
pub const OLD: &str = "caravan-old";
/// The set identifier of the new side.
pub const NEW: &str = "caravan-new";

/// The record types that say where to connect: a target of this strategy holds them all, so that none is left behind and
/// none is added unseen.
pub const TYPES: [&str; 4] = ["A", "AAAA", "CNAME", "HTTPS"];

/// Kinds whose meaning is not "where to connect": never split, never touched.
const NEVER: [&str; 8] = ["NS", "SOA", "MX", "TXT", "CAA", "DS", "SPF", "SRV"];

/// Where the new side answers, for one record type.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// An alias of a load balancer.
    Alias(Alias),
    /// Plain values, with the seconds that resolvers keep them.
    Values {
        /// Seconds.
        ttl: u32,
        /// Addresses, or one host name.
        values: Vec<String>,
    },
}

/// The images of a shift from the sets that stand there to `new`, one for each share.
///
/// Every type that stands there must have an answer in `new` and the other way round: a name whose IPv6 answer stays
/// behind would be split by address family (K4).
///
/// # Errors
/// When the sets are not simple, of a kind that is never split, or don't match the new side's types.
pub fn stages(
    original: &[RecordSet],
    new: &BTreeMap<String, Answer>,
    percents: &[u8],
) -> Result<Vec<Image>, StrategyError> {
    check_shares(percents)?;
    check_original(original, new)?;
    Ok(percents.iter().map(|percent| Image::Records(split(original, new, *percent))).collect())
}

fn check_original(original: &[RecordSet], new: &BTreeMap<String, Answer>) -> Result<(), StrategyError> {
    let refuse = |text: String| Err(StrategyError::Unsplittable(text));
    for set in original {
        if NEVER.contains(&set.kind.as_str()) {
            return refuse(format!("{} {} is never split", set.kind, set.name));
        }
        if set.set_identifier.is_some() || set.weight.is_some() || !set.other.is_empty() {
            return refuse(format!("{} {} already has a routing policy", set.kind, set.name));
        }
        if !new.contains_key(&set.kind) {
            return refuse(format!("{} has {} records, and the new side has none", set.name, set.kind));
        }
    }
    for kind in new.keys() {
        if !original.iter().any(|set| set.kind == *kind) {
            return refuse(format!("the new side answers {kind}, and nothing of that type stands there"));
        }
    }
    Ok(())
}

fn split(original: &[RecordSet], new: &BTreeMap<String, Answer>, percent: u8) -> Vec<RecordSet> {
    let mut sets: Vec<RecordSet> = original
        .iter()
        .flat_map(|set| {
            let old = RecordSet { set_identifier: Some(OLD.to_owned()), weight: Some(100 - percent), ..set.clone() };
            let moved = new.get(&set.kind).map(|answer| weighted(set, answer, percent));
            std::iter::once(old).chain(moved)
        })
        .collect();
    sets.sort_by(|a, b| (&a.kind, &a.set_identifier).cmp(&(&b.kind, &b.set_identifier)));
    sets
}

fn weighted(set: &RecordSet, answer: &Answer, percent: u8) -> RecordSet {
    let (ttl, values, alias) = match answer {
        Answer::Alias(alias) => (None, Vec::new(), Some(alias.clone())),
        Answer::Values { ttl, values } => (Some(*ttl), values.clone(), None),
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
