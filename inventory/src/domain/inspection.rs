//! What was looked up of a domain: in DNS at the servers that speak for it, and at what answers for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What was looked up, or why nobody can tell (P3).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Looked<T> {
    /// What was found; also that there is nothing, where the type can say so.
    Found(T),
    /// Why it could not be told.
    Unknown(String),
}

impl<T> Looked<T> {
    /// What was found, if it could be told.
    pub const fn found(&self) -> Option<&T> {
        match self {
            Self::Found(found) => Some(found),
            Self::Unknown(_) => None,
        }
    }
}

/// One look at a domain. Everything of DNS is what the authoritative servers answer, never a resolver.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// When, UTC.
    pub at: Timestamp,
    /// The zone that the name is in.
    pub zone: Looked<Zone>,
    /// Where the name leads.
    pub records: Looked<Records>,
    /// Which authorities may sign for it: the nearest set of CAA records, none where there is none up to the top.
    pub caa: Looked<Option<CaaSet>>,
    /// Where `_acme-challenge` below it leads, none where there is no alias.
    pub challenge: Looked<Option<String>>,
    /// The certificate that is shown for it.
    pub certificate: Looked<Certificate>,
    /// What is answered on port 443 to `GET /`, without following redirects.
    pub https: Looked<Http>,
    /// The same on port 80.
    pub http: Looked<Http>,
}

/// A zone as its parent and its own servers tell of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// Its name servers, as the parent delegates to them, sorted.
    pub servers: Vec<String>,
    /// Whether the parent has a DS record: answers are signed, and a broken signature makes it vanish.
    pub signed: bool,
    /// How many seconds resolvers may remember that a name is not there: the lesser of SOA's minimum and its TTL.
    pub negative_ttl: Option<u32>,
}

/// Where a name leads.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// The aliases on the way, in order.
    pub chain: Vec<Alias>,
    /// The addresses at the end, sorted; none where the name does not exist or has no address.
    pub addresses: Vec<Address>,
    /// Whether there is an HTTPS record, whose hints may hold clients to an address.
    pub https: bool,
    /// The front door of ours that had one of these addresses at that moment; none where none had, or there is none.
    pub door: Option<String>,
    /// Name servers that answer something else than the first, with what.
    pub differing: Vec<String>,
}

/// A CNAME record.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// Where it leads.
    pub target: String,
    /// Seconds that it may be remembered.
    pub ttl: u32,
}

/// An A or AAAA record.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// IPv4 or IPv6.
    pub address: std::net::IpAddr,
    /// Seconds that it may be remembered.
    pub ttl: u32,
}

/// The CAA records that decide (RFC 8659).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CaaSet {
    /// The name at which they stand: the host, a name above it, or what an alias leads to.
    pub at: String,
    /// Whether they are found by an alias: then they are not the customer's to change.
    pub by_alias: bool,
    /// The records.
    pub records: Vec<CaaRecord>,
}

/// A CAA record.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CaaRecord {
    /// 128 where an authority that does not know the tag may not sign.
    pub flags: u8,
    /// `issue`, `issuewild`, `iodef`.
    pub tag: String,
    /// `letsencrypt.org; accounturi=…`.
    pub value: String,
}

/// A certificate as a server shows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The organisation that signed it, else the name of its issuer.
    pub issuer: String,
    /// The issuers on the way up, as far as the server shows them.
    pub chain: Vec<String>,
    /// The names that it is for, sorted.
    pub names: Vec<String>,
    /// When it ends, UTC.
    pub not_after: Timestamp,
    /// SHA-256 of it, in hex.
    pub fingerprint: String,
    /// Why browsers do not take it for this name; none where they do.
    pub untrusted: Option<String>,
}

/// The head of an answer over HTTP.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The status.
    pub status: u16,
    /// Where it redirects to.
    pub location: Option<String>,
    /// `Strict-Transport-Security`.
    pub hsts: Option<String>,
    /// The headers that tell who answers: name and value, as `server`, `via`, `cf-ray`.
    pub marks: Vec<(String, String)>,
}
