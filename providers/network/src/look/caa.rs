//! The CAA records that decide for a name: the first set from the name upwards (RFC 8659, section 3).

use super::ask::{Data, Record};
use super::authority::Authorities;
use super::records::alias_of;
use caravan_inventory::{CaaRecord, CaaSet};
use simple_dns::TYPE;

/// As many aliases are followed as resolvers follow.
const LONGEST_CHAIN: usize = 10;

impl Authorities {
    /// The set that decides, none where there is none up to the top.
    ///
    /// # Errors
    /// Why nobody can tell: an authority does not sign then, either.
    pub(super) async fn caa(&self, host: &str) -> Result<Option<CaaSet>, String> {
        let mut name = host.strip_prefix("*.").unwrap_or(host);
        while !name.is_empty() {
            if let Some(set) = self.caa_at(name, name == host).await? {
                return Ok(Some(set));
            }
            name = name.split_once('.').map_or("", |(_, above)| above);
        }
        Ok(None)
    }

    /// The set at a name, or at what its aliases lead to. Of names that many are below it is remembered.
    async fn caa_at(&self, name: &str, own: bool) -> Result<Option<CaaSet>, String> {
        if let Some(known) = self.caa.lock().await.get(name) {
            return known.clone();
        }
        let found = self.ask_caa(name).await;
        if !own {
            self.caa.lock().await.insert(name.to_owned(), found.clone());
        }
        found
    }

    async fn ask_caa(&self, name: &str) -> Result<Option<CaaSet>, String> {
        let mut at = name.to_owned();
        for _ in 0..LONGEST_CHAIN {
            let zone = self.zone_of(&at).await?;
            let answer = self.ask_zone(&zone, &at, TYPE::CAA).await?;
            let of = |record: &Record| match &record.data {
                Data::Caa(caa) if record.name == at => Some(caa.clone()),
                _ => None,
            };
            let mut records: Vec<CaaRecord> = answer.answers.iter().filter_map(of).collect();
            if !records.is_empty() {
                records.sort_by(|a, b| (&a.tag, &a.value).cmp(&(&b.tag, &b.value)));
                return Ok(Some(CaaSet { by_alias: at != name, at, records }));
            }
            match alias_of(&answer, &at) {
                Some(alias) => at = alias.target,
                None => return Ok(None),
            }
        }
        Err(format!("the aliases of {name} go on after {LONGEST_CHAIN}"))
    }
}
