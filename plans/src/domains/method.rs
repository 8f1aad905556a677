//! How a certificate for the new edge comes to be before the name moves: the cheapest way that holds, with its reason.

use super::answering::{Answering, answering, leads_to_us};
use super::class::is_own_zone;
use super::{CaaVerdict, Class, DomainPolicy, Ours, Wanted, caa_allows};
use caravan_inventory::{Certificate, Domain, Inspection, Looked};
use jiff::{SignedDuration, Timestamp};

/// A way to a certificate, the best first: what asks the customer for nothing and the authority for nothing comes before what
/// asks for more.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Method {
    /// Copy the certificate of the old edge with its key: no order.
    Import,
    /// Renew it by the same account with the hint of ACME's renewal information: exempt from all limits.
    Renew,
    /// A new order, proven over HTTP: the old edge redirects the challenge to the new one.
    HttpRedirect,
    /// A new order, proven by DNS where we write: in our own zone, or where the customer's `_acme-challenge` leads.
    DelegatedDns,
    /// A new order, proven by a TXT record that the customer enters, and again at each renewal.
    CustomerTxt,
    /// A custom hostname of Cloudflare for SaaS, whose certificate Cloudflare orders.
    CustomHostname,
}

/// What a way costs, or why it is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It holds.
    Possible {
        /// How many things the customer has to do.
        customer: u8,
        /// Why, and what it costs.
        why: String,
    },
    /// It does not, with the reason.
    Excluded(String),
    /// Whether it does depends on what nobody has said or seen: what to say or do.
    Open(String),
}

/// A way with its outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// The way.
    pub method: Method,
    /// What it costs, or why it is none.
    pub outcome: Outcome,
}

/// The chosen way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// It; none where none holds for sure.
    pub method: Option<Method>,
    /// How many things the customer has to do for it.
    pub customer: u8,
    /// Why this one, or why none.
    pub reason: String,
    /// All ways, in their order.
    pub candidates: Vec<Candidate>,
}

/// A copied certificate must outlive the move and the way back.
const LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The authorities that Cloudflare may ask; it wants all of them to be allowed.
const OF_CLOUDFLARE: [&str; 3] = ["pki.goog", "letsencrypt.org", "ssl.com"];

impl Method {
    /// All of them, the best first.
    pub const ALL: [Self; 6] =
        [Self::Import, Self::Renew, Self::HttpRedirect, Self::DelegatedDns, Self::CustomerTxt, Self::CustomHostname];

    /// Its name in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Renew => "renew-ari",
            Self::HttpRedirect => "http-01-redirect",
            Self::DelegatedDns => "dns-01",
            Self::CustomerTxt => "dns-01-by-customer",
            Self::CustomHostname => "custom-hostname",
        }
    }

    /// Whether it draws a new order from the limits of Let's Encrypt.
    #[must_use]
    pub const fn is_new_order(self) -> bool {
        matches!(self, Self::HttpRedirect | Self::DelegatedDns | Self::CustomerTxt)
    }
}

/// Chooses the way for a domain that has been looked up and has a class.
#[must_use]
pub fn choose_method(domain: &Domain, class: Class, ours: &Ours, policy: &DomainPolicy, now: Timestamp) -> Choice {
    let Some(inspection) = &domain.inspection else {
        return Choice::none("nobody has looked it up", Vec::new());
    };
    let case = Case { domain, class, inspection, answering: answering(domain, inspection, ours), ours, policy, now };
    let outcome = |method| Candidate { method, outcome: case.outcome(method) };
    let candidates: Vec<Candidate> = Method::ALL.into_iter().map(outcome).collect();
    let possible = candidates.iter().filter_map(|candidate| match &candidate.outcome {
        Outcome::Possible { customer, why } => Some((*customer, candidate.method, why)),
        Outcome::Excluded(_) | Outcome::Open(_) => None,
    });
    if let Some((customer, method, why)) = possible.min_by_key(|(customer, method, _)| (*customer, *method)) {
        let reason = why.clone();
        return Choice { method: Some(method), customer, reason, candidates };
    }
    let open = candidates.iter().find_map(|candidate| match &candidate.outcome {
        Outcome::Open(what) => Some(format!("{} could do: {what}", candidate.method.as_str())),
        Outcome::Possible { .. } | Outcome::Excluded(_) => None,
    });
    Choice::none(open.unwrap_or_else(|| "no way holds".to_owned()), candidates)
}

impl Choice {
    fn none(reason: impl Into<String>, candidates: Vec<Candidate>) -> Self {
        Self { method: None, customer: 0, reason: reason.into(), candidates }
    }
}

struct Case<'a> {
    domain: &'a Domain,
    class: Class,
    inspection: &'a Inspection,
    answering: Answering,
    ours: &'a Ours,
    policy: &'a DomainPolicy,
    now: Timestamp,
}

impl Case<'_> {
    fn outcome(&self, method: Method) -> Outcome {
        let judged = match method {
            Method::Import => self.import(),
            Method::Renew => self.renew(),
            Method::HttpRedirect => self.http(),
            Method::DelegatedDns => self.delegated(),
            Method::CustomerTxt => self.by_customer(),
            Method::CustomHostname => self.custom_hostname(),
        };
        judged.map_or_else(|outcome| outcome, |(customer, why)| Outcome::Possible { customer, why })
    }

    fn import(&self) -> Judged {
        let certificate = self.of_old_edge()?;
        if self.policy.old_keys == Some(false) {
            return excluded("`domains.old_keys` says that the old edge's keys can't be copied");
        }
        if certificate.issuer.to_ascii_lowercase().contains("amazon") {
            return excluded("Amazon signed its certificate, and ACM gives its key to nobody");
        }
        if certificate.not_after.duration_since(self.now) < LASTS {
            return excluded("its certificate ends within 30 days: there would be no time to go back");
        }
        if self.policy.old_keys.is_none() {
            return open(
                "say `domains.old_keys: true` in caravan.yaml if the old edge's keys can be copied, else false",
            );
        }
        Ok((0, format!("its certificate holds until {} and is copied with its key: no order", certificate.not_after)))
    }

    fn renew(&self) -> Judged {
        let certificate = self.of_old_edge()?;
        if !certificate.issuer.contains("Let's Encrypt") {
            return excluded(format!("{} signed its certificate, not Let's Encrypt", certificate.issuer));
        }
        if self.policy.account.is_none() {
            return open("say `domains.account`, the URL of the account that ordered it, if its key moves along");
        }
        let customer = self.caa(None, &["letsencrypt.org"])?;
        Ok((customer, with_caa("the same account renews it: exempt from all limits", customer)))
    }

    fn http(&self) -> Judged {
        if self.is_wildcard() {
            return excluded("a wildcard can't be proven over HTTP");
        }
        match &self.answering {
            Answering::OurEdge(_) => {}
            // A zone of ours at Cloudflare is an edge of ours: a rule or a Worker redirects there.
            Answering::Cloudflare(_) if self.leads_to_us() => {}
            Answering::Unknown(reason) => return open(format!("who answers is not known: {reason}")),
            _ => {
                return excluded(
                    "our old edge does not answer for it by itself, so that it can't redirect the challenge",
                );
            }
        }
        match self.policy.redirect_challenges {
            Some(true) => {}
            Some(false) => return excluded("`domains.redirect_challenges` says that the old edge can't redirect"),
            None => {
                return open(
                    "say `domains.redirect_challenges: true` in caravan.yaml if the old edge can redirect \
                     /.well-known/acme-challenge/ to the new one, else false",
                );
            }
        }
        let customer = self.caa(Some("http-01"), &["letsencrypt.org"])?;
        Ok((customer, with_caa("the old edge redirects the challenge to the new one: one order", customer)))
    }

    fn delegated(&self) -> Judged {
        let customer = self.caa(Some("dns-01"), &["letsencrypt.org"])?;
        let own = self.inspection.zone.found().and_then(|zone| is_own_zone(zone, self.ours));
        if own == Some(true) {
            return Ok((customer, with_caa("the challenge is written into our own zone: one order", customer)));
        }
        let challenge = match &self.inspection.challenge {
            Looked::Found(challenge) => challenge.as_deref(),
            Looked::Unknown(reason) => return open(format!("where its _acme-challenge leads is not known: {reason}")),
        };
        let leads_to_us = |target: &str| self.ours.zone_of(target).is_some();
        match (challenge, &self.policy.challenge_zone) {
            (Some(target), _) if leads_to_us(target) => Ok((
                customer,
                with_caa(&format!("its _acme-challenge leads to {target}, which is ours: one order"), customer),
            )),
            (Some(target), _) => excluded(format!("its _acme-challenge leads to {target}, which is somebody else's")),
            (None, None) => open("say `domains.challenge_zone`, our zone to which _acme-challenge names may lead"),
            (None, Some(zone)) => {
                let once = format!("the customer enters one alias once, which leads to {zone}: one order");
                Ok((customer + 1, with_caa(&once, customer)))
            }
        }
    }

    fn by_customer(&self) -> Judged {
        if self.class == Class::A {
            return excluded("the zone is ours: nobody needs to be asked");
        }
        let customer = self.caa(Some("dns-01"), &["letsencrypt.org"])?;
        let each = "the customer enters a TXT record, now and at each renewal: one order";
        // Twice: it comes again and again, and each time the name is without a certificate if they are late.
        Ok((customer + 2, with_caa(each, customer)))
    }

    fn custom_hostname(&self) -> Judged {
        if !self.policy.custom_hostnames {
            return excluded("`domains.custom_hostnames` is not set: the new edge is not Cloudflare for SaaS");
        }
        if self.is_wildcard() {
            return excluded("a custom hostname for a wildcard loses against the customer's own zone");
        }
        let mut customer = 0;
        for authority in OF_CLOUDFLARE {
            customer = customer.max(self.caa(None, &[authority])?);
        }
        let why = "Cloudflare orders the certificate of a custom hostname: no order of ours";
        Ok((customer, with_caa(why, customer)))
    }

    fn leads_to_us(&self) -> bool {
        self.inspection.records.found().is_some_and(|records| leads_to_us(records, self.ours))
    }

    /// The certificate that is on the old edge itself.
    fn of_old_edge(&self) -> Result<&Certificate, Outcome> {
        match (&self.answering, &self.inspection.certificate) {
            (Answering::OurEdge(_), Looked::Found(certificate)) => Ok(certificate),
            (Answering::OurEdge(_), Looked::Unknown(reason)) => {
                Err(Outcome::Open(format!("its certificate could not be looked at: {reason}")))
            }
            (Answering::Unknown(reason), _) => Err(Outcome::Open(format!("who answers is not known: {reason}"))),
            _ => Err(Outcome::Excluded("the certificate that is shown is not on an edge of ours".to_owned())),
        }
    }

    /// How many things the customer has to do so that CAA allows it.
    fn caa(&self, method: Option<&str>, authorities: &[&str]) -> Result<u8, Outcome> {
        let account = self.policy.account.as_deref().filter(|_| authorities.contains(&"letsencrypt.org"));
        let wanted = Wanted { authorities, account, method, wildcard: self.is_wildcard() };
        match caa_allows(&self.inspection.caa, &wanted) {
            CaaVerdict::Allowed => Ok(0),
            // We change it ourselves.
            CaaVerdict::Forbidden { at, .. } if self.is_ours(&at) => Ok(0),
            CaaVerdict::Forbidden { .. } => Ok(1),
            CaaVerdict::Unknown(why) => Err(Outcome::Open(format!("CAA records could not be looked up: {why}"))),
        }
    }

    /// Whether a name is in a zone that we can change.
    fn is_ours(&self, name: &str) -> bool {
        let of_inspection = self.inspection.zone.found().filter(|zone| name == zone.name || is_below(name, &zone.name));
        match of_inspection {
            Some(zone) => is_own_zone(zone, self.ours) == Some(true),
            None => self.ours.zone_of(name).is_some(),
        }
    }

    fn is_wildcard(&self) -> bool {
        self.domain.name.as_str().starts_with("*.")
    }
}

/// How many things the customer has to do, and why it holds.
type Judged = Result<(u8, String), Outcome>;

fn excluded(reason: impl Into<String>) -> Judged {
    Err(Outcome::Excluded(reason.into()))
}

fn open(what: impl Into<String>) -> Judged {
    Err(Outcome::Open(what.into()))
}

fn is_below(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}

fn with_caa(why: &str, customer: u8) -> String {
    if customer == 0 { why.to_owned() } else { format!("{why}; the customer allows it by a CAA record first") }
}
