//! Finds who speaks for a name, from the root down, and remembers it for as long as the look takes.

use super::ask::{Answer, Data, ask};
use super::pace::Pace;
use caravan_inventory::CaaSet;
use simple_dns::TYPE;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::Mutex;

/// The root servers (IANA's list of root servers): a few are enough.
pub const ROOTS: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(193, 0, 14, 129)),
    IpAddr::V4(Ipv4Addr::new(199, 7, 83, 42)),
    IpAddr::V4(Ipv4Addr::new(192, 5, 5, 241)),
    IpAddr::V4(Ipv4Addr::new(198, 41, 0, 4)),
];

/// So many delegations lie between the root and a name at most; more is a circle.
const DEEPEST: usize = 16;
/// So many names of servers are looked up for the sake of others at most.
const NESTED: usize = 4;

/// Where to ask.
#[derive(Clone, Debug)]
pub struct LookSettings {
    /// Where to begin: the root servers, or those of a world of one's own.
    pub roots: Vec<IpAddr>,
    /// Where all name servers listen.
    pub dns_port: u16,
    /// Where sites answer over TLS.
    pub https_port: u16,
    /// Where sites answer without.
    pub http_port: u16,
}

impl Default for LookSettings {
    fn default() -> Self {
        Self { roots: ROOTS.to_vec(), dns_port: 53, https_port: 443, http_port: 80 }
    }
}

/// A zone with who speaks for it.
#[derive(Debug)]
pub(super) struct KnownZone {
    pub(super) name: String,
    pub(super) servers: Vec<Server>,
    /// The servers of the zone above.
    above: Vec<SocketAddr>,
}

/// A name server.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) addresses: Vec<SocketAddr>,
}

/// What is known of zones.
pub(super) struct Authorities {
    pub(super) pace: Pace,
    port: u16,
    zones: Mutex<HashMap<String, Arc<KnownZone>>>,
    /// CAA records of names that many domains are below.
    pub(super) caa: Mutex<HashMap<String, Result<Option<CaaSet>, String>>>,
}

impl Authorities {
    pub(super) fn new(settings: LookSettings) -> Self {
        let addresses = settings.roots.iter().map(|root| SocketAddr::new(*root, settings.dns_port)).collect();
        let root = Server { name: "the root".to_owned(), addresses };
        let root = KnownZone { name: String::new(), servers: vec![root], above: Vec::new() };
        let zones = HashMap::from([(String::new(), Arc::new(root))]);
        Self { pace: Pace::default(), port: settings.dns_port, zones: Mutex::new(zones), caa: Mutex::default() }
    }

    /// The zone that a name is in.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub(super) async fn zone_of(&self, name: &str) -> Result<Arc<KnownZone>, String> {
        Box::pin(self.find(name, 0)).await
    }

    /// Asks the servers of a zone, one after the other, until one speaks for the name.
    ///
    /// # Errors
    /// Why none does, of the last.
    pub(super) async fn ask_zone(&self, zone: &KnownZone, name: &str, kind: TYPE) -> Result<Answer, String> {
        let mut why = format!("the zone {} has no server that can be reached", zone.name);
        for server in &zone.servers {
            match self.ask_server(server, name, kind).await {
                Ok(answer) if answer.authoritative => return Ok(answer),
                Ok(_) => why = format!("name server {} does not speak for {name}", server.name),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    /// Asks one server, at the first of its addresses that answers.
    ///
    /// # Errors
    /// Why it told nothing.
    pub(super) async fn ask_server(&self, server: &Server, name: &str, kind: TYPE) -> Result<Answer, String> {
        let mut why = "has no address".to_owned();
        for address in &server.addresses {
            match ask(&self.pace, *address, name, kind).await {
                Ok(answer) => return Ok(answer),
                Err(error) => why = error,
            }
        }
        Err(format!("name server {} {why}", server.name))
    }

    /// How long resolvers may remember that a name of a zone is not there.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub(super) async fn negative_ttl(&self, zone: &KnownZone) -> Result<Option<u32>, String> {
        let answer = self.ask_zone(zone, &zone.name, TYPE::SOA).await?;
        Ok(answer.answers.iter().find_map(|record| match record.data {
            Data::Start(negative) => Some(negative),
            _ => None,
        }))
    }

    /// Whether the zone above has a DS record for a zone.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub(super) async fn is_signed(&self, zone: &KnownZone) -> Result<bool, String> {
        let mut why = "nothing is known of the zone above".to_owned();
        for server in &zone.above {
            match ask(&self.pace, *server, &zone.name, TYPE::DS).await {
                Ok(answer) => return Ok(answer.answers.iter().any(|record| record.data == Data::Signer)),
                Err(error) => why = format!("name server {server} of the zone above {error}"),
            }
        }
        Err(why)
    }

    async fn find(&self, name: &str, nested: usize) -> Result<Arc<KnownZone>, String> {
        let mut zone = self.nearest(name).await;
        for _ in 0..DEEPEST {
            match self.step(&zone, name, nested).await? {
                Some(below) => zone = below,
                None => return Ok(zone),
            }
        }
        Err(format!("who speaks for {name} goes round in a circle"))
    }

    /// The nearest known zone at or above a name.
    async fn nearest(&self, name: &str) -> Arc<KnownZone> {
        let zones = self.zones.lock().await;
        let mut at = name;
        loop {
            if let Some(zone) = zones.get(at) {
                return Arc::clone(zone);
            }
            at = at.split_once('.').map_or("", |(_, above)| above);
        }
    }

    /// One delegation further down; none where the zone's own servers speak for the name.
    async fn step(&self, zone: &KnownZone, name: &str, nested: usize) -> Result<Option<Arc<KnownZone>>, String> {
        let mut why = format!("the zone {} has no server that can be reached", zone.name);
        for server in &zone.servers {
            let answer = match self.ask_server(server, name, TYPE::SOA).await {
                Ok(answer) => answer,
                Err(error) => {
                    why = error;
                    continue;
                }
            };
            let is_referral = |record: &super::ask::Record| {
                matches!(record.data, Data::Server(_))
                    && is_at_or_below(name, &record.name)
                    && record.name.len() > zone.name.len()
            };
            if !answer.authoritative {
                if let Some(cut) = answer.authority.iter().find(|record| is_referral(record)) {
                    return self.learn(&cut.name, &answer, zone, nested).await.map(Some);
                }
                why = format!("name server {} neither speaks for {name} nor says who does", server.name);
                continue;
            }
            return self.within(zone, name, &answer, nested).await;
        }
        Err(why)
    }

    /// The servers of a zone may speak for one below it, too: its SOA record tells.
    async fn within(
        &self,
        zone: &KnownZone,
        name: &str,
        answer: &Answer,
        nested: usize,
    ) -> Result<Option<Arc<KnownZone>>, String> {
        let start = answer
            .answers
            .iter()
            .chain(&answer.authority)
            .find(|record| matches!(record.data, Data::Start(_)) && is_at_or_below(name, &record.name));
        let Some(start) = start.filter(|start| start.name.len() > zone.name.len()) else {
            // An alias answers with the SOA of nobody or of where it leads: the name above it is no alias of that kind.
            let above = name.split_once('.').map_or("", |(_, above)| above);
            let is_alias = answer.answers.iter().any(|record| matches!(record.data, Data::Alias(_)));
            if !is_alias || above.len() <= zone.name.len() {
                return Ok(None);
            }
            return Box::pin(self.step(zone, above, nested)).await;
        };
        let servers = self.ask_zone(zone, &start.name, TYPE::NS).await?;
        let known: Vec<Server> = servers
            .answers
            .iter()
            .filter_map(|record| match &record.data {
                Data::Server(name) => Some(Server { name: name.clone(), addresses: all_addresses(zone) }),
                _ => None,
            })
            .collect();
        Ok(Some(self.remember(&start.name, known, zone).await))
    }

    /// Takes in a delegation: the servers that it names, with their addresses.
    async fn learn(
        &self,
        cut: &str,
        answer: &Answer,
        above: &KnownZone,
        nested: usize,
    ) -> Result<Arc<KnownZone>, String> {
        let mut servers = Vec::new();
        let mut why = String::new();
        for record in answer.authority.iter().filter(|record| record.name == cut) {
            let Data::Server(name) = &record.data else { continue };
            let glue = answer.additional.iter().filter(|record| record.name == *name);
            let glue = glue.filter_map(|record| match record.data {
                Data::Address(address) => Some(SocketAddr::new(address, self.port)),
                _ => None,
            });
            let mut addresses: Vec<SocketAddr> = glue.collect();
            if addresses.is_empty() && nested < NESTED {
                match self.addresses_of_server(name, nested + 1).await {
                    Ok(found) if found.is_empty() => why = format!("{name} has none"),
                    Ok(found) => addresses = found,
                    Err(error) => why = error,
                }
            }
            // Not every machine has a way to the other family of addresses.
            addresses.sort_by_key(SocketAddr::is_ipv6);
            servers.push(Server { name: name.clone(), addresses });
        }
        if servers.iter().all(|server| server.addresses.is_empty()) {
            return Err(format!("no name server of {cut} has an address: {why}"));
        }
        Ok(self.remember(cut, servers, above).await)
    }

    async fn addresses_of_server(&self, name: &str, nested: usize) -> Result<Vec<SocketAddr>, String> {
        let zone = Box::pin(self.find(name, nested)).await?;
        let mut found = Vec::new();
        for kind in [TYPE::A, TYPE::AAAA] {
            let answer = self.ask_zone(&zone, name, kind).await?;
            found.extend(answer.answers.iter().filter_map(|record| match record.data {
                Data::Address(address) => Some(SocketAddr::new(address, self.port)),
                _ => None,
            }));
        }
        Ok(found)
    }

    async fn remember(&self, name: &str, mut servers: Vec<Server>, above: &KnownZone) -> Arc<KnownZone> {
        servers.sort();
        let zone = Arc::new(KnownZone { name: name.to_owned(), servers, above: all_addresses(above) });
        self.zones.lock().await.insert(name.to_owned(), Arc::clone(&zone));
        zone
    }
}

fn all_addresses(zone: &KnownZone) -> Vec<SocketAddr> {
    zone.servers.iter().flat_map(|server| server.addresses.iter().copied()).collect()
}

/// Whether a name is another, or below it.
pub(super) fn is_at_or_below(name: &str, other: &str) -> bool {
    other.is_empty() || name == other || name.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'))
}
