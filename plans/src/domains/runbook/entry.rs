//! What the customer enters: each record with its kind, name, value and time to live, in the order in which it is needed.

use super::{Back, Material};
use crate::domains::Step;
use caravan_inventory::{CaaRecord, Records};
use serde::Serialize;

/// Seconds that new records are remembered while things move.
pub(super) const TTL: u32 = 300;

/// Why something is entered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Purpose {
    /// The new certificate's authority may sign.
    Authority,
    /// The challenge of the certificate leads to us, once.
    Challenge,
    /// The challenge of the certificate itself, at each renewal: its value comes by mail.
    ChallengeByMail,
    /// The same, once.
    ChallengeOnce,
    /// The hostname may be ours at Cloudflare: its value comes by mail.
    Ownership,
    /// The record is remembered for less long.
    LowerTtl,
    /// The name moves.
    Move,
    /// The name moves behind the customer's own zone at Cloudflare, which goes on answering for it.
    Proxied,
    /// What leads elsewhere goes.
    Remove,
    /// The origin behind the customer's network changes.
    Origin,
}

/// One thing to enter.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Entry {
    /// Why.
    pub(super) purpose: Purpose,
    /// `CNAME`, `A`, `AAAA`, `HTTPS`, `TXT`, `CAA`; `origin` of a network.
    pub(super) kind: &'static str,
    /// The whole name.
    pub(super) name: String,
    /// The value; empty where it comes later or nothing is entered.
    pub(super) value: String,
    /// Of a CAA record its flags, tag and authority, which some providers ask for apart.
    pub(super) caa: Option<(u8, String, String)>,
    /// Seconds.
    pub(super) ttl: u32,
}

/// What the customer of a domain enters; nothing where we do it all.
pub(super) fn entries(material: &Material<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = material.choice.steps.iter().map(|step| of_step(material, step)).collect();
    of_move(material, &mut entries);
    entries
}

pub(super) fn entry(purpose: Purpose, kind: &'static str, name: &str, value: String) -> Entry {
    Entry { purpose, kind, name: name.to_owned(), value, caa: None, ttl: TTL }
}

/// What is entered before anything moves.
fn of_step(material: &Material<'_>, step: &Step) -> Entry {
    let name = material.domain.name.as_str();
    let base = name.strip_prefix("*.").unwrap_or(name);
    let challenge = format!("_acme-challenge.{base}");
    match step {
        Step::Authority { at, record } => {
            let CaaRecord { flags, tag, value } = record;
            let whole = entry(Purpose::Authority, "CAA", at, format!("{flags} {tag} \"{value}\""));
            Entry { caa: Some((*flags, tag.clone(), value.clone())), ..whole }
        }
        Step::Challenge { zone } => entry(Purpose::Challenge, "CNAME", &challenge, format!("{base}.{zone}")),
        Step::ChallengeOnce => entry(Purpose::ChallengeOnce, "TXT", &challenge, String::new()),
        Step::ChallengeEachTime => entry(Purpose::ChallengeByMail, "TXT", &challenge, String::new()),
        Step::Ownership => entry(Purpose::Ownership, "TXT", &format!("_cf-custom-hostname.{base}"), String::new()),
    }
}

fn of_move(material: &Material<'_>, entries: &mut Vec<Entry>) {
    let name = material.domain.name.as_str();
    let entry = |purpose, kind, value: String| entry(purpose, kind, name, value);
    match material.back {
        Back::Ours => return,
        Back::Origin => {
            entries.push(entry(Purpose::Origin, "origin", material.edge.to_owned()));
            return;
        }
        // What the world sees are Cloudflare's own addresses; where the name leads behind them, the customer's zone alone knows.
        Back::Proxied => {
            entries.push(entry(Purpose::Proxied, "CNAME", material.edge.to_owned()));
            return;
        }
        Back::Records => {}
    }
    if let Some((kind, value)) = slow(material) {
        entries.push(entry(Purpose::LowerTtl, kind, value));
    }
    let is_apex = material.inspection.zone.found().is_some_and(|zone| zone.name == name);
    let moved: Vec<Entry> = if is_apex {
        let addresses = &material.policy.addresses;
        addresses.iter().map(|one| entry(Purpose::Move, kind_of(one), one.to_string())).collect()
    } else {
        vec![entry(Purpose::Move, "CNAME", material.edge.to_owned())]
    };
    let gone = gone(material.records, &moved).into_iter().map(|(kind, value)| entry(Purpose::Remove, kind, value));
    let gone: Vec<Entry> = gone.collect();
    // An alias stands beside nothing else: what is there goes first. An address takes the place of another.
    let (first, then) = if is_apex { (moved, gone) } else { (gone, moved) };
    entries.extend(first.into_iter().chain(then));
}

/// What stands there now and may not stay beside the new records: it would split the users between the two sides, or hold them to
/// the old one. Of addresses that are changed one by one these are the ones that nothing takes the place of.
pub(super) fn gone(records: &Records, moved: &[Entry]) -> Vec<(&'static str, String)> {
    let mut gone = Vec::new();
    // Nothing stands beside an alias: an HTTPS record is then another name's.
    if !records.chain.is_empty() {
        return gone;
    }
    if records.https {
        gone.push(("HTTPS", String::new()));
    }
    for kind in ["A", "AAAA"] {
        let old = records.addresses.iter().filter(|one| kind_of(&one.address) == kind);
        let changed = moved.iter().filter(|new| new.kind == kind).count();
        gone.extend(old.skip(changed).map(|one| (kind, one.address.to_string())));
    }
    gone
}

/// The kind of record of an address.
pub(super) const fn kind_of(address: &std::net::IpAddr) -> &'static str {
    if address.is_ipv4() { "A" } else { "AAAA" }
}

/// The record that is remembered for long now, as it stands.
fn slow(material: &Material<'_>) -> Option<(&'static str, String)> {
    let records = material.records;
    match (records.chain.first(), records.addresses.first()) {
        (Some(alias), _) if alias.ttl > TTL => Some(("CNAME", alias.target.clone())),
        (None, Some(one)) if one.ttl > TTL => Some((kind_of(&one.address), one.address.to_string())),
        _ => None,
    }
}
