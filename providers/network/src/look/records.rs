//! Where a name leads: its aliases and, at the end, its addresses.

use super::ask::{Answer, Data};
use super::authority::Authorities;
use caravan_inventory::{Address, Alias, Records};
use simple_dns::TYPE;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// More aliases than that are a circle, or as good as one.
const LONGEST_CHAIN: usize = 10;

impl Authorities {
    /// Follows a name to its addresses. None at all where it does not exist, or has none.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub(super) async fn records(&self, host: &str) -> Result<Records, String> {
        let mut records = Records::default();
        let mut name = host.to_owned();
        while records.chain.len() <= LONGEST_CHAIN {
            let zone = self.zone_of(&name).await?;
            let four = self.ask_zone(&zone, &name, TYPE::A).await?;
            if let Some(alias) = alias_of(&four, &name) {
                name.clone_from(&alias.target);
                records.chain.push(alias);
                continue;
            }
            let six = self.ask_zone(&zone, &name, TYPE::AAAA).await?;
            records.addresses.extend(addresses_of(&four, &name));
            records.addresses.extend(addresses_of(&six, &name));
            records.addresses.sort_by_key(|one| one.address);
            return Ok(records);
        }
        Err(format!("its aliases go on after {LONGEST_CHAIN}, to {name}"))
    }

    /// The servers of a name's zone that answer something else for it than was found, with what.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub(super) async fn differing(&self, host: &str, found: &Records) -> Result<Vec<String>, String> {
        let zone = self.zone_of(host).await?;
        let mut wanted: Vec<String> = match found.chain.first() {
            Some(alias) => vec![alias.target.clone()],
            None => {
                found.addresses.iter().map(|one| one.address).filter(IpAddr::is_ipv4).map(|a| a.to_string()).collect()
            }
        };
        wanted.sort();
        let mut differing = Vec::new();
        for server in &zone.servers {
            let said = match self.ask_server(server, host, TYPE::A).await {
                Ok(answer) => said(&answer, host),
                // One that is away for a moment is no other answer; that nobody can tell is worth knowing.
                Err(why) => {
                    differing.push(why);
                    continue;
                }
            };
            if said != wanted {
                let said = if said.is_empty() { "nothing".to_owned() } else { said.join(", ") };
                differing.push(format!("name server {} answers {said}", server.name));
            }
        }
        Ok(differing)
    }

    /// What each server of a name's zone answers for it.
    ///
    /// # Errors
    /// Why nobody can tell which servers these are.
    pub(super) async fn answers(&self, host: &str) -> Result<Vec<(String, Result<BTreeSet<String>, String>)>, String> {
        let zone = self.zone_of(host).await?;
        let mut answers = Vec::new();
        for server in &zone.servers {
            let answer = match self.ask_server(server, host, TYPE::A).await {
                Ok(answer) if !answer.authoritative => {
                    Err(format!("name server {} does not speak for {host}", server.name))
                }
                Ok(answer) => Ok(said(&answer, host).into_iter().collect()),
                Err(why) => Err(why),
            };
            answers.push((server.name.clone(), answer));
        }
        Ok(answers)
    }

    /// Whether a name has an HTTPS record.
    ///
    /// # Errors
    /// Why nobody can tell.
    pub(super) async fn has_https_record(&self, host: &str) -> Result<bool, String> {
        let zone = self.zone_of(host).await?;
        let answer = self.ask_zone(&zone, host, TYPE::HTTPS).await?;
        Ok(answer.answers.iter().any(|record| record.data == Data::Https))
    }
}

pub(super) fn alias_of(answer: &Answer, name: &str) -> Option<Alias> {
    answer.answers.iter().find_map(|record| match &record.data {
        Data::Alias(target) if record.name == name => {
            Some(Alias { name: name.to_owned(), target: target.clone(), ttl: record.ttl })
        }
        _ => None,
    })
}

fn addresses_of(answer: &Answer, name: &str) -> Vec<Address> {
    let of = |record: &super::ask::Record| match record.data {
        Data::Address(address) if record.name == name => Some(Address { address, ttl: record.ttl }),
        _ => None,
    };
    answer.answers.iter().filter_map(of).collect()
}

fn said(answer: &Answer, name: &str) -> Vec<String> {
    let mut said: Vec<String> = match alias_of(answer, name) {
        Some(alias) => vec![alias.target],
        None => addresses_of(answer, name).iter().map(|one| one.address.to_string()).collect(),
    };
    said.sort();
    said
}
