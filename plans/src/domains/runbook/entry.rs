//! What the customer enters: each record with its kind, name, value and time to live, in the order in which it is needed.

use super::Material;
use crate::domains::{Class, Method};
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
    /// The challenge of the certificate itself: its value comes by mail.
    ChallengeByMail,
    /// The record is remembered for less long.
    LowerTtl,
    /// The name moves.
    Move,
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
    /// `CNAME`, `A`, `AAAA`, `TXT`, `CAA`; `origin` of a network.
    pub(super) kind: &'static str,
    /// The whole name.
    pub(super) name: String,
    /// The value; empty where it comes later or nothing is entered.
    pub(super) value: String,
    /// Seconds.
    pub(super) ttl: u32,
}

/// What the customer of a domain enters; nothing where we do it all.
pub(super) fn entries(material: &Material<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let name = material.domain.name.as_str();
    let base = name.strip_prefix("*.").unwrap_or(name);
    let entry =
        |purpose, kind, name: &str, value: String| Entry { purpose, kind, name: name.to_owned(), value, ttl: TTL };
    if let Some(at) = authority_to_allow(material) {
        entries.push(entry(Purpose::Authority, "CAA", at, "0 issue \"letsencrypt.org\"".to_owned()));
    }
    match (material.choice.method, &material.policy.challenge_zone) {
        (Some(Method::DelegatedDns), Some(zone)) if material.choice.customer > 0 && !is_delegated(material) => {
            let challenge = format!("_acme-challenge.{base}");
            entries.push(entry(Purpose::Challenge, "CNAME", &challenge, format!("{base}.{zone}")));
        }
        (Some(Method::CustomerTxt), _) => {
            let challenge = format!("_acme-challenge.{base}");
            entries.push(entry(Purpose::ChallengeByMail, "TXT", &challenge, String::new()));
        }
        _ => {}
    }
    of_move(material, name, &mut entries);
    entries
}

/// The name at which the customer has CAA records that keep Let's Encrypt out, if their own way depends on it.
fn authority_to_allow<'a>(material: &Material<'a>) -> Option<&'a str> {
    let caa = material.inspection.caa.found()?.as_ref()?;
    let needs = match material.choice.method? {
        // Of these the customer does more than to allow it.
        Method::DelegatedDns => material.choice.customer > u8::from(!is_delegated(material)),
        Method::CustomerTxt => material.choice.customer > 2,
        Method::Import => false,
        Method::Renew | Method::HttpRedirect | Method::CustomHostname => material.choice.customer > 0,
    };
    needs.then_some(caa.at.as_str())
}

/// Whether the customer's challenge leads somewhere already.
fn is_delegated(material: &Material<'_>) -> bool {
    material.class == Class::A || material.inspection.challenge.found().is_some_and(Option::is_some)
}

fn of_move(material: &Material<'_>, name: &str, entries: &mut Vec<Entry>) {
    let records = material.records;
    let entry = |purpose, kind, value: String| Entry { purpose, kind, name: name.to_owned(), value, ttl: TTL };
    let is_apex = material.inspection.zone.found().is_some_and(|zone| zone.name == name);
    let own_zone_at_cloudflare = material.class == Class::F && records.chain.is_empty();
    match material.class {
        Class::A | Class::B => return,
        Class::F if !own_zone_at_cloudflare => return,
        Class::E => {
            entries.push(entry(Purpose::Origin, "origin", material.edge.to_owned()));
            return;
        }
        Class::C | Class::D | Class::F => {}
    }
    if let Some((kind, value)) = slow(material) {
        entries.push(entry(Purpose::LowerTtl, kind, value));
    }
    if !is_apex {
        // An alias stands beside nothing else.
        for one in &records.addresses {
            if records.chain.is_empty() {
                entries.push(entry(Purpose::Remove, kind_of(&one.address), one.address.to_string()));
            }
        }
        entries.push(entry(Purpose::Move, "CNAME", material.edge.to_owned()));
        return;
    }
    for address in &material.policy.addresses {
        entries.push(entry(Purpose::Move, kind_of(address), address.to_string()));
    }
    // What stays would split the users between the two sides.
    let has_six = material.policy.addresses.iter().any(std::net::IpAddr::is_ipv6);
    for one in records.addresses.iter().filter(|one| one.address.is_ipv6() && !has_six) {
        entries.push(entry(Purpose::Remove, "AAAA", one.address.to_string()));
    }
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
