//! Looks a vanity domain up: in DNS at the servers that speak for it, from the root down, and at what answers for it.
//!
//! ```text
//!  root ─► com ─► customer.com ─► its servers, each for itself ─► alias ─► the servers of that zone ─► addresses ─► TLS, HTTP
//!                      │
//!                      └─► DS at the parent, SOA, CAA up the tree
//! ```
//!
//! No resolver is ever asked: one that hears of a name before it exists remembers that it does not (RFC 2308), for as long as
//! the zone's SOA says, and the customer's users with it.

mod ask;
mod authority;
mod caa;
pub(crate) mod certificate;
mod pace;
mod records;
mod site;
#[cfg(test)]
mod tests;

pub use authority::{LookSettings, ROOTS};

use crate::Roots;
use authority::Authorities;
use caravan_inventory::{CaaSet, Hostname, Inspection, Looked, Records, Zone};
use jiff::Timestamp;
use site::Sites;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// Looks domains up. Clones share what is known of zones, and the pace at which each server is asked.
#[derive(Clone)]
pub struct Inspector {
    authorities: Arc<Authorities>,
    sites: Sites,
    /// Whose address is a front door of ours, by address.
    doors: Arc<BTreeMap<IpAddr, String>>,
}

impl std::fmt::Debug for Inspector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspector").field("doors", &self.doors).finish_non_exhaustive()
    }
}

impl Inspector {
    /// Asks from these root servers on, trusts these roots of certificates, and knows no front doors.
    ///
    /// # Errors
    /// When the roots of certificates can't be used.
    pub fn new(settings: LookSettings, roots: Roots) -> Result<Self, String> {
        let sites = Sites::new(settings.https_port, settings.http_port, roots)?;
        Ok(Self { authorities: Arc::new(Authorities::new(settings)), sites, doors: Arc::default() })
    }

    /// Learns the addresses that front doors of ours have now: load balancers have others from day to day. One that can't be
    /// looked up is left out, and its reason given.
    pub async fn learn_doors(&mut self, doors: impl IntoIterator<Item = String>) -> Vec<String> {
        let (mut known, mut unknown) = (BTreeMap::new(), Vec::new());
        for door in doors {
            match self.authorities.records(&door).await {
                Ok(records) => known.extend(records.addresses.into_iter().map(|one| (one.address, door.clone()))),
                Err(why) => unknown.push(format!("{door} can't be looked up: {why}")),
            }
        }
        self.doors = Arc::new(known);
        unknown
    }

    /// Looks at one domain, and says so with this time. What could not be told carries its reason (P3).
    pub async fn inspect(&self, name: &Hostname, at: Timestamp) -> Inspection {
        let host = name.as_str();
        let zone = looked(self.zone(host).await);
        let records = looked(self.records(host).await);
        let caa = looked(self.authorities.caa(host).await);
        let challenge = looked(self.challenge(host).await);
        let site = self.sites.look(host, &records).await;
        Inspection {
            at,
            zone,
            records,
            caa,
            challenge,
            certificate: site.certificate,
            https: site.https,
            http: site.http,
        }
    }

    /// Where a domain leads, whether at all servers of its zone, and where its `_acme-challenge` does; nothing is asked of what answers
    /// there.
    pub async fn leads(&self, name: &Hostname) -> (Looked<Records>, Looked<Option<String>>) {
        (looked(self.records(name.as_str()).await), looked(self.challenge(name.as_str()).await))
    }

    /// What each name server of a domain's zone answers for it: the name of an alias, or addresses of IPv4; or why it tells nothing.
    ///
    /// # Errors
    /// Why nobody can tell which servers these are.
    pub async fn answers(&self, name: &Hostname) -> Result<Vec<(String, Result<BTreeSet<String>, String>)>, String> {
        self.authorities.answers(name.as_str()).await
    }

    /// Which certificate authorities may sign for a domain, as [`Inspection::caa`] has it.
    pub async fn caa(&self, name: &Hostname) -> Looked<Option<CaaSet>> {
        looked(self.authorities.caa(name.as_str()).await)
    }

    /// Where `_acme-challenge` below a name leads; none where there is no alias.
    async fn challenge(&self, host: &str) -> Result<Option<String>, String> {
        let challenge = format!("_acme-challenge.{}", host.strip_prefix("*.").unwrap_or(host));
        let records = self.authorities.records(&challenge).await?;
        Ok(records.chain.first().map(|alias| alias.target.clone()))
    }

    async fn zone(&self, host: &str) -> Result<Zone, String> {
        let zone = self.authorities.zone_of(host).await?;
        let negative_ttl = self.authorities.negative_ttl(&zone).await?;
        let signed = self.authorities.is_signed(&zone).await?;
        let mut servers: Vec<String> = zone.servers.iter().map(|server| server.name.clone()).collect();
        servers.sort();
        Ok(Zone { name: zone.name.clone(), servers, signed, negative_ttl })
    }

    async fn records(&self, host: &str) -> Result<Records, String> {
        let mut records = self.authorities.records(host).await?;
        records.differing = self.authorities.differing(host, &records).await?;
        records.https = self.authorities.has_https_record(host).await?;
        records.door = records.addresses.iter().find_map(|one| self.doors.get(&one.address).cloned());
        Ok(records)
    }
}

fn looked<T>(result: Result<T, String>) -> Looked<T> {
    match result {
        Ok(found) => Looked::Found(found),
        Err(why) => Looked::Unknown(why),
    }
}
