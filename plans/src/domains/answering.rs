//! Who answers for a name: our old edge, Cloudflare, another network, somebody else, nobody. Told by evidence alone.

use super::Ours;
use super::cloudflare_ranges::is_cloudflare;
use caravan_inventory::{Domain, Http, Inspection, Records};

/// Who answers, with what tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answering {
    /// An edge of ours, not behind anybody else's.
    OurEdge(String),
    /// Cloudflare's network.
    Cloudflare(String),
    /// Another content delivery network.
    Network {
        /// Its name.
        name: &'static str,
        /// What tells it.
        evidence: String,
    },
    /// Something that is nothing that was read of our accounts.
    Elsewhere(String),
    /// The name has no address.
    Nobody,
    /// Nobody can tell, with the reason.
    Unknown(String),
}

/// Networks by the names that their customers' names lead to.
const BY_NAME: &[(&str, &str)] = &[
    ("cloudfront.net", "CloudFront"),
    ("fastly.net", "Fastly"),
    ("fastlylb.net", "Fastly"),
    ("edgekey.net", "Akamai"),
    ("edgesuite.net", "Akamai"),
    ("akamaiedge.net", "Akamai"),
    ("akamai.net", "Akamai"),
    ("azureedge.net", "Azure CDN"),
    ("azurefd.net", "Azure Front Door"),
    ("b-cdn.net", "bunny.net"),
    ("cdn77.org", "CDN77"),
    ("incapdns.net", "Imperva"),
    ("sucuri.net", "Sucuri"),
    ("netlify.app", "Netlify"),
    ("vercel-dns.com", "Vercel"),
];

/// Networks by a header of their answers: the name, what its value holds, whose it is.
const BY_MARK: &[(&str, &str, &str)] = &[
    ("x-amz-cf-id", "", "CloudFront"),
    ("x-served-by", "cache-", "Fastly"),
    ("server", "akamai", "Akamai"),
    ("x-azure-ref", "", "Azure Front Door"),
    ("server", "bunnycdn", "bunny.net"),
    ("x-iinfo", "", "Imperva"),
    ("x-nf-request-id", "", "Netlify"),
    ("x-vercel-id", "", "Vercel"),
];

/// Tells who answers for a domain.
#[must_use]
pub fn answering(domain: &Domain, inspection: &Inspection, ours: &Ours) -> Answering {
    let records = match &inspection.records {
        caravan_inventory::Looked::Found(records) => records,
        caravan_inventory::Looked::Unknown(reason) => return Answering::Unknown(reason.clone()),
    };
    let head = inspection.https.found().or(inspection.http.found());
    by_alias_to_a_door(records, ours)
        .or_else(|| by_network(records, head, ours))
        .or_else(|| by_cloudflare(records, head))
        .or_else(|| by_address(records, ours))
        .or_else(|| by_own_name(domain, inspection, records, ours))
        .unwrap_or_else(|| said_elsewhere(records))
}

fn by_alias_to_a_door(records: &Records, ours: &Ours) -> Option<Answering> {
    let alias = records.chain.iter().find(|alias| ours.is_door(&alias.target))?;
    Some(Answering::OurEdge(format!("{} is an alias of {}, a front door of ours", alias.name, alias.target)))
}

fn by_network(records: &Records, head: Option<&Http>, ours: &Ours) -> Option<Answering> {
    let by_name = records.chain.iter().find_map(|alias| {
        let of = |suffix: &str| alias.target.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'));
        let (_, name) = BY_NAME.iter().find(|(suffix, _)| of(suffix))?;
        Some((*name, format!("{} is an alias of {}", alias.name, alias.target)))
    });
    // What leads to our own zone may pass a network of ours.
    let by_mark = head.filter(|_| !leads_to_us(records, ours)).and_then(|head| {
        head.marks.iter().find_map(|(header, value)| {
            let value = value.to_ascii_lowercase();
            let (.., name) = BY_MARK.iter().find(|(mark, part, _)| header == mark && value.contains(part))?;
            Some((*name, format!("its answers have the header {header}: {value}")))
        })
    });
    let (name, evidence) = by_name.or(by_mark)?;
    Some(Answering::Network { name, evidence })
}

fn by_cloudflare(records: &Records, head: Option<&Http>) -> Option<Answering> {
    if let Some(address) = records.addresses.iter().find(|address| is_cloudflare(&address.address)) {
        return Some(Answering::Cloudflare(format!("{} is an address of Cloudflare", address.address)));
    }
    let (_, ray) = head?.marks.iter().find(|(header, _)| header == "cf-ray")?;
    Some(Answering::Cloudflare(format!("its answers have the header cf-ray: {ray}")))
}

fn by_address(records: &Records, ours: &Ours) -> Option<Answering> {
    if let Some(door) = &records.door {
        return Some(Answering::OurEdge(format!("it has an address that {door} had when it was looked up")));
    }
    let address = records.addresses.iter().find(|address| ours.has_address(&address.address))?;
    Some(Answering::OurEdge(format!("{} is an address of ours", address.address)))
}

fn by_own_name(domain: &Domain, inspection: &Inspection, records: &Records, ours: &Ours) -> Option<Answering> {
    if records.addresses.is_empty() {
        return None;
    }
    if let Some(alias) = records.chain.iter().find(|alias| ours.zone_of(&alias.target).is_some()) {
        return Some(Answering::OurEdge(format!("{} is an alias of {}, a name of ours", alias.name, alias.target)));
    }
    let zone = inspection.zone.found()?;
    let observation = domain.observation.as_ref()?;
    let is_own = ours.zone_of(domain.name.as_str()) == Some(zone.name.as_str());
    is_own.then(|| Answering::OurEdge(format!("the zone {} is ours, and {observation} is in it", zone.name)))
}

/// Whether some alias leads to a name in a zone of ours.
pub(super) fn leads_to_us(records: &Records, ours: &Ours) -> bool {
    records.chain.iter().any(|alias| ours.zone_of(&alias.target).is_some())
}

fn said_elsewhere(records: &Records) -> Answering {
    match (records.chain.last(), records.addresses.first()) {
        (_, None) => Answering::Nobody,
        (Some(alias), _) => Answering::Elsewhere(format!("it leads to {}, which is nothing of ours", alias.target)),
        (None, Some(address)) => Answering::Elsewhere(format!(
            "it has the address {}, which is none that is known to be ours",
            address.address
        )),
    }
}
