//! What of a name would be left dangling once the old edge is gone: whoever gets hold of where it leads has a part of the name (take-over of
//! subdomains), or a way to certificates for it.

use caravan_inventory::{Looked, Records};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is looked through.
#[derive(Clone, Copy, Debug)]
pub struct Remains<'a> {
    /// The hostname.
    pub name: &'a str,
    /// Where it leads, as the servers of its zone answer.
    pub records: &'a Looked<Records>,
    /// Where its `_acme-challenge` leads.
    pub challenge: &'a Looked<Option<String>>,
    /// The addresses of the new edge.
    pub addresses: &'a BTreeSet<IpAddr>,
    /// The names of our zones.
    pub zones: &'a [String],
}

/// What dangles, each thing in words; nothing where all is clean.
///
/// # Errors
/// Why nobody can tell: unknown is not clean.
pub fn dangling(remains: &Remains<'_>) -> Result<Vec<String>, String> {
    let Remains { name, addresses, zones, .. } = remains;
    let records = known(remains.records)?;
    let challenge = known(remains.challenge)?;
    let mut found = Vec::new();
    if records.addresses.is_empty() {
        let end = records.chain.last().map_or(*name, |alias| alias.target.as_str());
        found.push(format!("{name} leads to {end}, which has no address: whoever gets that name has this one"));
    }
    for one in records.addresses.iter().filter(|one| !addresses.contains(&one.address)) {
        found.push(format!("{name} leads to {}, which is no address of the new edge", one.address));
    }
    // One that could not be asked may answer anything.
    found.extend(records.differing.iter().map(|what| format!("not all servers of {name} answer the same: {what}")));
    if records.https {
        found.push(format!("{name} has an HTTPS record, which may hold clients to the old edge"));
    }
    if let Some(target) = challenge.as_ref().filter(|target| !zones.iter().any(|zone| holds(zone, target))) {
        let text = "which is in no zone of ours: whoever has that can get certificates for the name";
        found.push(format!("_acme-challenge.{} leads to {target}, {text}", name.strip_prefix("*.").unwrap_or(name)));
    }
    Ok(found)
}

fn known<T>(looked: &Looked<T>) -> Result<&T, String> {
    match looked {
        Looked::Found(found) => Ok(found),
        Looked::Unknown(why) => Err(why.clone()),
    }
}

/// Whether a name is in a zone.
fn holds(zone: &str, name: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::tests::leading;

    fn of(records: Records, challenge: Option<&str>) -> Vec<String> {
        let addresses = BTreeSet::from(["192.0.2.10".parse().unwrap(), "2001:db8::1".parse().unwrap()]);
        let zones = ["us.example".to_owned()];
        let (records, challenge) = (Looked::Found(records), Looked::Found(challenge.map(str::to_owned)));
        let (records, challenge) = (&records, &challenge);
        dangling(&Remains { name: "a.b.example", records, challenge, addresses: &addresses, zones: &zones }).unwrap()
    }

    #[test]
    fn only_what_leads_to_us_alone_is_clean() {
        let clean = || leading("a.b.example", &["edge.us.example"], "192.0.2.10");
        assert_eq!(of(clean(), Some("a.b.example.acme.us.example")), Vec::<String>::new());
        assert_eq!(of(clean(), None), Vec::<String>::new());

        let mut stale = clean();
        stale.addresses.extend(leading("a.b.example", &[], "2001:db8::99").addresses);
        assert!(of(stale, None)[0].contains("leads to 2001:db8::99, which is no address of the new edge"));
        let nobody = leading("a.b.example", &["shop.gone.example"], "");
        assert!(of(nobody, None)[0].contains("leads to shop.gone.example, which has no address"));
        let hinted = Records { https: true, ..clean() };
        assert!(of(hinted, None)[0].contains("HTTPS record"));
        let lagging = Records { differing: vec!["name server ns2 answers nothing".to_owned()], ..clean() };
        assert!(of(lagging, None)[0].contains("ns2"));
        for other in ["x.acm-validations.aws", "a.evilus.example", "example"] {
            assert!(of(clean(), Some(other))[0].contains(&format!("leads to {other}, which is in no zone of ours")));
        }
    }

    #[test]
    fn what_nobody_can_tell_is_not_clean() {
        let addresses = BTreeSet::new();
        let (unknown, none) = (Looked::Unknown("SERVFAIL".to_owned()), Looked::Found(None));
        let remains =
            Remains { name: "a.b.example", records: &unknown, challenge: &none, addresses: &addresses, zones: &[] };
        assert_eq!(dangling(&remains), Err("SERVFAIL".to_owned()));
        let (found, unknown) = (Looked::Found(Records::default()), Looked::Unknown("late".to_owned()));
        let remains =
            Remains { name: "a.b.example", records: &found, challenge: &unknown, addresses: &addresses, zones: &[] };
        assert_eq!(dangling(&remains), Err("late".to_owned()));
    }
}
