//! The class of a domain: who has to change something so that its name leads to the new edge.

use super::Ours;
use super::answering::{Answering, answering, leads_to_us};
use caravan_inventory::{Domain, Inspection, Looked, Records, Zone};
use serde::Serialize;

/// Who changes what. The letters are those of the customers' documents.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Class {
    /// The name is in a zone of ours: we change its record.
    A,
    /// The customer's name is an alias of a stable name of ours: we change what is behind that.
    B,
    /// The customer changes a record.
    C,
    /// The customer's name has fixed addresses, as at the top of a zone: the customer changes them, or they move along.
    D,
    /// A network of the customer's stands in front: the customer changes the origin there.
    E,
    /// Cloudflare stands in front: a custom hostname of ours, or the customer's own zone there.
    F,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    /// Its letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }

    /// What it means, in a line.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::A => "in our zone: we change the record",
            Self::B => "an alias of our stable name: we change what is behind it",
            Self::C => "the customer changes a record",
            Self::D => "fixed addresses: the customer changes them, or they move along",
            Self::E => "behind the customer's network: the customer changes the origin there",
            Self::F => "behind Cloudflare: the custom hostname or the customer's own zone decides",
        }
    }

    /// Whether the customer has to change something for the name to move. Behind Cloudflare that depends on where the name leads:
    /// an alias into a zone of ours is ours to move, the customer's own zone there is not.
    #[must_use]
    pub const fn asks_customer(self, records: &Records) -> bool {
        match self {
            Self::A | Self::B => false,
            Self::C | Self::D | Self::E => true,
            Self::F => records.chain.is_empty(),
        }
    }
}

/// The class of a domain, or why nobody can tell it, and what tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Classified {
    /// The class.
    pub class: Result<Class, String>,
    /// What tells it, in words, from what was looked up.
    pub evidence: Vec<String>,
}

impl Classified {
    fn of(class: Class, evidence: impl IntoIterator<Item = String>) -> Self {
        Self { class: Ok(class), evidence: evidence.into_iter().collect() }
    }

    fn unknown(reason: impl Into<String>) -> Self {
        Self { class: Err(reason.into()), evidence: Vec::new() }
    }
}

/// Tells the class of a domain from what was looked up of it.
#[must_use]
pub fn classify(domain: &Domain, ours: &Ours) -> Classified {
    let Some(inspection) = &domain.inspection else {
        return Classified::unknown("nobody has looked it up: caravan domains inspect");
    };
    match (&inspection.zone, &inspection.records) {
        (Looked::Unknown(reason), _) => Classified::unknown(format!("its zone is not known: {reason}")),
        (_, Looked::Unknown(reason)) => Classified::unknown(format!("its records are not known: {reason}")),
        (Looked::Found(zone), Looked::Found(records)) => {
            let look = Look { domain, inspection, zone, records, ours };
            look.in_our_zone().unwrap_or_else(|| look.in_anothers_zone())
        }
    }
}

/// Whether a zone is ours, and the parent delegates to our servers; none where those are not known.
pub(super) fn is_own_zone(zone: &Zone, ours: &Ours) -> Option<bool> {
    if ours.zone_of(&zone.name) != Some(zone.name.as_str()) {
        return Some(false);
    }
    ours.is_delegated(&zone.name, &zone.servers)
}

struct Look<'a> {
    domain: &'a Domain,
    inspection: &'a Inspection,
    zone: &'a Zone,
    records: &'a Records,
    ours: &'a Ours,
}

impl Look<'_> {
    fn in_our_zone(&self) -> Option<Classified> {
        let servers = self.zone.servers.join(", ");
        match is_own_zone(self.zone, self.ours) {
            Some(false) => None,
            Some(true) => Some(Classified::of(
                Class::A,
                [format!("the zone {} is ours, and its parent delegates it to our servers: {servers}", self.zone.name)],
            )),
            None => Some(Classified::unknown(format!(
                "we have a zone {}, and whether its parent delegates to it is not known: its own servers were not read",
                self.zone.name
            ))),
        }
    }

    fn in_anothers_zone(&self) -> Classified {
        let zone = format!("the zone {} is not ours", self.zone.name);
        match answering(self.domain, self.inspection, self.ours) {
            Answering::Unknown(reason) => Classified::unknown(reason),
            Answering::Network { name, evidence } => {
                Classified::of(Class::E, [zone, format!("{name} answers: {evidence}")])
            }
            Answering::Cloudflare(evidence) => self.behind_cloudflare(zone, evidence),
            Answering::OurEdge(evidence) => self.at_our_edge(zone, evidence),
            Answering::Elsewhere(reason) => Classified::unknown(reason),
            Answering::Nobody => Classified::of(Class::C, [zone, "it has no record that leads anywhere".to_owned()]),
        }
    }

    fn behind_cloudflare(&self, zone: String, evidence: String) -> Classified {
        let at_ours = self.records.chain.iter().find_map(|alias| {
            let ours = self.ours.zone_of(&alias.target)?;
            Some((alias, ours)).filter(|(_, zone)| self.ours.is_at_cloudflare(zone))
        });
        if let Some((alias, ours)) = at_ours {
            let custom = format!("{} is an alias of {}, in our zone {ours} at Cloudflare", alias.name, alias.target);
            return Classified::of(Class::F, [zone, custom, evidence]);
        }
        let is_there = |server: &String| server.ends_with(".ns.cloudflare.com");
        if self.records.chain.is_empty() && self.zone.servers.iter().any(is_there) {
            let own = format!("the customer's zone is at Cloudflare itself: {}", self.zone.servers.join(", "));
            return Classified::of(Class::F, [zone, own, evidence]);
        }
        Classified::of(Class::E, [zone, format!("Cloudflare answers: {evidence}")])
    }

    fn at_our_edge(&self, zone: String, evidence: String) -> Classified {
        if self.records.chain.is_empty() {
            let addresses: Vec<String> = self.records.addresses.iter().map(|one| one.address.to_string()).collect();
            let fixed = format!("it has no alias but addresses: {}", addresses.join(", "));
            return Classified::of(Class::D, [zone, fixed, evidence]);
        }
        if leads_to_us(self.records, self.ours) {
            return Classified::of(Class::B, [zone, evidence]);
        }
        Classified::of(Class::C, [zone, evidence, "nobody can repoint a front door's own name".to_owned()])
    }
}
