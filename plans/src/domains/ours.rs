//! What is ours: zones, front doors and addresses, as the inventory tells of them.

use caravan_inventory::{Observation, ObservationKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The zones, front doors and addresses of our own accounts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ours {
    /// Zones that the public can see, with the name servers that they have, as far as those are known.
    zones: BTreeMap<String, BTreeSet<String>>,
    /// Those of them that are at Cloudflare.
    at_cloudflare: BTreeSet<String>,
    /// The own names of load balancers, distributions and API domains: nobody can repoint them.
    doors: BTreeSet<String>,
    /// Addresses that stay: of Elastic IPs and network load balancers.
    addresses: BTreeSet<IpAddr>,
}

impl Ours {
    /// The kinds of observations that [`Ours::add`] takes something from.
    pub const KINDS: [ObservationKind; 9] = [
        ObservationKind::HostedZone,
        ObservationKind::RecordSet,
        ObservationKind::CloudflareZone,
        ObservationKind::LoadBalancer,
        ObservationKind::ClassicLoadBalancer,
        ObservationKind::Ec2Address,
        ObservationKind::Distribution,
        ObservationKind::RestDomain,
        ObservationKind::HttpDomain,
    ];

    /// Takes from an observation what it says of this.
    pub fn add(&mut self, seen: &Observation) {
        let body = &seen.body;
        let text = |path: &str| body.pointer(path).and_then(Value::as_str);
        match seen.kind {
            ObservationKind::HostedZone if body.pointer("/Config/PrivateZone") != Some(&Value::Bool(true)) => {
                self.add_zone(text("/Name"), []);
            }
            ObservationKind::CloudflareZone => {
                let servers = body["name_servers"].as_array().into_iter().flatten().filter_map(Value::as_str);
                self.add_zone(text("/name"), servers);
                self.at_cloudflare.extend(text("/name").map(plain));
            }
            // The servers of a zone stand at its top, in the zone itself.
            ObservationKind::RecordSet if text("/Type") == Some("NS") => {
                let values = body["ResourceRecords"].as_array().into_iter().flatten();
                let servers: BTreeSet<String> = values.filter_map(|value| value["Value"].as_str()).map(plain).collect();
                if let Some(known) = text("/Name").map(plain).and_then(|name| self.zones.get_mut(&name)) {
                    known.extend(servers);
                }
            }
            ObservationKind::LoadBalancer | ObservationKind::ClassicLoadBalancer => {
                self.doors.extend(text("/DNSName").map(plain));
                let zones = body["AvailabilityZones"].as_array().into_iter().flatten();
                let addresses = zones.flat_map(|zone| zone["LoadBalancerAddresses"].as_array().into_iter().flatten());
                let addresses = addresses.filter_map(|address| address["IpAddress"].as_str()?.parse::<IpAddr>().ok());
                self.addresses.extend(addresses);
            }
            ObservationKind::Ec2Address => {
                self.addresses.extend(text("/publicIp").and_then(|address| address.parse::<IpAddr>().ok()));
            }
            ObservationKind::Distribution => self.doors.extend(text("/DomainName").map(plain)),
            ObservationKind::RestDomain => {
                self.doors.extend(text("/regionalDomainName").map(plain));
                self.doors.extend(text("/distributionDomainName").map(plain));
            }
            ObservationKind::HttpDomain => {
                let all = body["domainNameConfigurations"].as_array().into_iter().flatten();
                self.doors.extend(all.filter_map(|one| one["apiGatewayDomainName"].as_str()).map(plain));
            }
            _ => {}
        }
    }

    fn add_zone<'a>(&mut self, name: Option<&str>, servers: impl IntoIterator<Item = &'a str>) {
        if let Some(name) = name {
            self.zones.entry(plain(name)).or_default().extend(servers.into_iter().map(plain));
        }
    }

    /// Our zone of a name: the nearest at or above it.
    #[must_use]
    pub fn zone_of(&self, name: &str) -> Option<&str> {
        let above = std::iter::once(name).chain(name.match_indices('.').map(|(at, _)| &name[at + 1..]));
        above.filter_map(|name| self.zones.get_key_value(name)).map(|(zone, _)| zone.as_str()).next()
    }

    /// Whether a zone of ours is the one that its parent delegates to: some server is known to be both's. None where its
    /// servers are not known.
    #[must_use]
    pub fn is_delegated(&self, zone: &str, servers: &[String]) -> Option<bool> {
        let known = self.zones.get(zone).filter(|known| !known.is_empty())?;
        Some(servers.iter().any(|server| known.contains(&plain(server))))
    }

    /// Whether a zone of ours is at Cloudflare.
    #[must_use]
    pub fn is_at_cloudflare(&self, zone: &str) -> bool {
        self.at_cloudflare.contains(zone)
    }

    /// Whether a name is the own name of a front door of ours.
    #[must_use]
    pub fn is_door(&self, name: &str) -> bool {
        let name = plain(name);
        self.doors.contains(name.strip_prefix("dualstack.").unwrap_or(&name))
    }

    /// The own names of our front doors, sorted.
    pub fn doors(&self) -> impl Iterator<Item = &str> {
        self.doors.iter().map(String::as_str)
    }

    /// Whether an address is ours for good.
    #[must_use]
    pub fn has_address(&self, address: &IpAddr) -> bool {
        self.addresses.contains(address)
    }
}

/// A name in lower case without a trailing dot.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
