//! What of a domain wants a person's eye before it moves.

use super::class::is_own_zone;
use super::list::{Moments, moments};
use super::{CaaVerdict, DomainPolicy, Ours, Wanted, caa_allows};
use caravan_inventory::{Certificate, Domain, Inspection, Looked, Records};
use jiff::{SignedDuration, Timestamp};

/// What there is to be seen.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum FlagKind {
    /// CAA records keep the new authority from signing, or nobody can tell whether they do.
    Caa,
    /// The CAA records that decide stand at the name that an alias leads to.
    CaaByAlias,
    /// The zone is signed.
    Dnssec,
    /// Browsers refuse every error of TLS.
    Hsts,
    /// It has IPv6 addresses, which must move with the others.
    Ipv6,
    /// An HTTPS record may hold clients to an address.
    HttpsRecord,
    /// It stands for all names below another.
    Wildcard,
    /// It is the top of its zone, which can't be an alias.
    Apex,
    /// Its certificate is for other names, too.
    SharedCertificate,
    /// Its certificate ends soon.
    CertificateEnds,
    /// Browsers do not take its certificate now.
    CertificateUntrusted,
    /// What answers on port 443 could not be looked at.
    NoHttps,
    /// Resolvers remember it for long.
    LongTtl,
    /// The zone's name servers do not all answer the same.
    ServersDiffer,
    /// We have a zone of its name that its parent does not delegate to.
    NotDelegated,
    /// Its certificate can't be there when its window begins, or its window is over.
    AfterWindow,
    /// It was looked up too long ago.
    Stale,
}

/// One of them, in words.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Flag {
    /// What.
    pub kind: FlagKind,
    /// In words, with what was seen.
    pub text: String,
}

/// A certificate that ends sooner leaves no time to go back.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What was seen before that is no ground to move anything on.
const STALE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Seconds. Longer, and a change takes more than an hour to be seen.
const LONG_TTL: u32 = 3_600;

impl FlagKind {
    /// Its name in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Caa => "caa",
            Self::CaaByAlias => "caa-by-alias",
            Self::Dnssec => "dnssec",
            Self::Hsts => "hsts",
            Self::Ipv6 => "ipv6",
            Self::HttpsRecord => "https-record",
            Self::Wildcard => "wildcard",
            Self::Apex => "apex",
            Self::SharedCertificate => "shared-certificate",
            Self::CertificateEnds => "certificate-ends",
            Self::CertificateUntrusted => "certificate-untrusted",
            Self::NoHttps => "no-https",
            Self::LongTtl => "long-ttl",
            Self::ServersDiffer => "servers-differ",
            Self::NotDelegated => "not-delegated",
            Self::AfterWindow => "after-window",
            Self::Stale => "stale",
        }
    }
}

/// The window that a list names, as it stands there and as moments.
fn window(domain: &Domain) -> Option<(&str, Moments)> {
    let text = domain.request.as_ref()?.window.as_deref()?;
    Some((text, moments(text)?))
}

/// What is to be said where a name may move at a moment that is not before its window.
pub(super) fn after_window(domain: &Domain, ready: Timestamp) -> Option<Flag> {
    let (text, Moments { begin, end }) = window(domain)?;
    let said = if ready > end {
        format!("its window {text} is over before it can be ready at {ready}")
    } else if ready >= begin {
        format!("its window {text} has begun before it can be ready at {ready}")
    } else {
        return None;
    };
    Some(Flag { kind: FlagKind::AfterWindow, text: said })
}

/// All flags of a domain, sorted. At `now` it is planned.
#[must_use]
pub fn flags(domain: &Domain, ours: &Ours, policy: &DomainPolicy, now: Timestamp) -> Vec<Flag> {
    let Some(inspection) = &domain.inspection else { return Vec::new() };
    let mut found = Found(Vec::new());
    let name = domain.name.as_str();
    found.when(name.starts_with("*."), FlagKind::Wildcard, || format!("{name} stands for all names below it"));
    found.when(now.duration_since(inspection.at) > STALE, FlagKind::Stale, || {
        format!("it was looked up at {}: caravan domains inspect {name}", inspection.at)
    });
    of_caa(&mut found, inspection, name, policy);
    if let Looked::Found(zone) = &inspection.zone {
        found.when(zone.signed, FlagKind::Dnssec, || format!("the zone {} is signed", zone.name));
        found.when(zone.name == name, FlagKind::Apex, || format!("it is the top of the zone {}", zone.name));
        let undelegated = ours.zone_of(name) == Some(zone.name.as_str()) && is_own_zone(zone, ours) != Some(true);
        found.when(undelegated, FlagKind::NotDelegated, || {
            format!("we have a zone {}, and its parent delegates to {}", zone.name, zone.servers.join(", "))
        });
    }
    if let Looked::Found(records) = &inspection.records {
        of_records(&mut found, records);
    }
    let window = window(domain);
    if let Some((text, _)) = window.filter(|(_, window)| window.end < now) {
        found.when(true, FlagKind::AfterWindow, || format!("its window {text} is over"));
    }
    let moved = window.map_or(now, |(_, window)| window.end.max(now));
    of_answers(&mut found, inspection, name, moved);
    found.0.sort();
    found.0
}

struct Found(Vec<Flag>);

impl Found {
    fn when(&mut self, holds: bool, kind: FlagKind, text: impl FnOnce() -> String) {
        if holds {
            self.0.push(Flag { kind, text: text() });
        }
    }
}

fn of_caa(found: &mut Found, inspection: &Inspection, name: &str, policy: &DomainPolicy) {
    let wanted = Wanted {
        authorities: &["letsencrypt.org"],
        account: policy.account.as_deref(),
        method: None,
        wildcard: name.starts_with("*."),
    };
    match caa_allows(&inspection.caa, &wanted) {
        CaaVerdict::Allowed => {}
        CaaVerdict::Forbidden { why, at } => found.when(true, FlagKind::Caa, || format!("CAA records at {at}: {why}")),
        CaaVerdict::Unknown(why) => found.when(true, FlagKind::Caa, || format!("CAA records are not known: {why}")),
    }
    if let Looked::Found(Some(set)) = &inspection.caa {
        found.when(set.by_alias, FlagKind::CaaByAlias, || format!("the CAA records of {} decide", set.at));
    }
}

fn of_records(found: &mut Found, records: &Records) {
    let six = records.addresses.iter().find(|one| one.address.is_ipv6());
    found.when(six.is_some(), FlagKind::Ipv6, || {
        format!("it has IPv6 addresses, as {}", six.map(|one| one.address.to_string()).unwrap_or_default())
    });
    found.when(records.https, FlagKind::HttpsRecord, || "an HTTPS record stands beside its addresses".to_owned());
    let first = records.chain.first().map(|alias| alias.ttl).or(records.addresses.first().map(|one| one.ttl));
    let ttl = first.unwrap_or_default();
    found.when(ttl > LONG_TTL, FlagKind::LongTtl, || format!("resolvers remember it for {ttl} s"));
    found.when(!records.differing.is_empty(), FlagKind::ServersDiffer, || records.differing.join("; "));
}

/// At `moved` the name has moved, at the earliest.
fn of_answers(found: &mut Found, inspection: &Inspection, name: &str, moved: Timestamp) {
    match &inspection.https {
        Looked::Unknown(why) => found.when(true, FlagKind::NoHttps, || why.clone()),
        Looked::Found(head) => {
            let hsts = head.hsts.as_deref().filter(|value| !value.replace(' ', "").starts_with("max-age=0"));
            found.when(hsts.is_some(), FlagKind::Hsts, || {
                format!("Strict-Transport-Security: {}", hsts.unwrap_or_default())
            });
        }
    }
    if let Looked::Found(certificate) = &inspection.certificate {
        of_certificate(found, certificate, name, moved);
    }
}

fn of_certificate(found: &mut Found, certificate: &Certificate, name: &str, moved: Timestamp) {
    let others = certificate.names.iter().filter(|other| *other != name).count();
    found.when(others > 0, FlagKind::SharedCertificate, || format!("its certificate is for {others} other names"));
    found.when(certificate.not_after.duration_since(moved) < ENDS_SOON, FlagKind::CertificateEnds, || {
        format!("its certificate ends at {}", certificate.not_after)
    });
    if let Some(why) = &certificate.untrusted {
        found.when(true, FlagKind::CertificateUntrusted, || why.clone());
    }
}
