//! Whether each way to a certificate holds for a domain, and what the customer does for it.

use super::answering::{Answering, leads_to_us};
use super::class::is_own_zone;
use super::{
    CaaRefusal, CaaVerdict, Class, DomainPolicy, Method, Ours, Outcome, Step, Wanted, caa_addition, caa_allows,
};
use caravan_inventory::{Certificate, Domain, Inspection, Looked};
use jiff::{SignedDuration, Timestamp};

/// A copied certificate must outlive the move and the way back.
const LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The authority that we order from.
const OURS: &str = "letsencrypt.org";
/// The authorities that Cloudflare may ask; it wants all of them to be allowed.
const OF_CLOUDFLARE: [&str; 3] = ["pki.goog", "letsencrypt.org", "ssl.com"];
const HTTP: &str = "http-01";
const DNS: &str = "dns-01";

/// A domain whose ways are judged.
pub(super) struct Case<'a> {
    pub(super) domain: &'a Domain,
    pub(super) class: Class,
    pub(super) inspection: &'a Inspection,
    pub(super) answering: Answering,
    pub(super) ours: &'a Ours,
    pub(super) policy: &'a DomainPolicy,
    /// When its name will have moved, at the earliest.
    pub(super) moved: Timestamp,
}

/// What the customer does, and why it holds.
type Judged = Result<(Vec<Step>, String), Outcome>;

impl Case<'_> {
    pub(super) fn outcome(&self, method: Method) -> Outcome {
        let judged = match method {
            Method::Import => self.import(),
            Method::Renew => self.renew(),
            Method::HttpRedirect => self.http(),
            Method::DelegatedDns => self.delegated(),
            Method::CustomHostname => self.custom_hostname(),
            Method::CustomerTxt => self.by_customer(),
        };
        judged.map_or_else(|outcome| outcome, |(steps, why)| Outcome::Possible { steps, why })
    }

    fn import(&self) -> Judged {
        let certificate = self.of_old_edge()?;
        if self.policy.old_keys == Some(false) {
            return excluded("`domains.old_keys` says that the old edge's keys can't be copied");
        }
        if certificate.issuer.to_ascii_lowercase().contains("amazon") {
            return excluded("Amazon signed its certificate, and ACM gives its key to nobody");
        }
        if certificate.not_after.duration_since(self.moved) < LASTS {
            return excluded("its certificate ends within 30 days of the move: there would be no time to go back");
        }
        if self.policy.old_keys.is_none() {
            return open(
                "say `domains.old_keys: true` in caravan.yaml if the old edge's keys can be copied, else false",
            );
        }
        let why = format!("its certificate holds until {} and is copied with its key: no order", certificate.not_after);
        Ok((Vec::new(), why))
    }

    /// Exempt from limits is one order for each certificate that it replaces, and it is validated as any other.
    fn renew(&self) -> Judged {
        let certificate = self.of_old_edge()?;
        if !certificate.issuer.contains("Let's Encrypt") {
            return excluded(format!("{} signed its certificate, not Let's Encrypt", certificate.issuer));
        }
        let others = certificate.names.iter().filter(|name| *name != self.domain.name.as_str()).count();
        if others > 0 {
            return excluded(format!(
                "its certificate is for {others} other names, too: one order replaces a shared certificate, once"
            ));
        }
        if self.policy.account.is_none() {
            return open("say `domains.account`, the URL of the account that ordered it, if its key moves along");
        }
        let (proof, by) = self.proof()?;
        self.ordered(proof, by, "the same account renews it: exempt from all limits")
    }

    fn http(&self) -> Judged {
        self.over_http()?;
        self.ordered(Vec::new(), HTTP, "the old edge redirects the challenge to the new one: one order")
    }

    fn delegated(&self) -> Judged {
        let (proof, why) = self.over_dns()?;
        self.ordered(proof, DNS, &format!("{why}: one order"))
    }

    fn by_customer(&self) -> Judged {
        if self.class == Class::A {
            return excluded("the zone is ours: nobody needs to be asked");
        }
        let why = "the customer enters a TXT record, now and at each renewal: one order";
        self.ordered(vec![Step::ChallengeEachTime], DNS, why)
    }

    /// Cloudflare wants both to be shown before the name leads to it: that the hostname may be ours, and to the authority that
    /// its certificate may be signed.
    fn custom_hostname(&self) -> Judged {
        if !self.policy.custom_hostnames {
            return excluded("`domains.custom_hostnames` is not set: the new edge is not Cloudflare for SaaS");
        }
        if self.is_wildcard() {
            return excluded("a custom hostname for a wildcard loses against the customer's own zone");
        }
        if self.class == Class::E {
            return excluded(
                "a network of the customer's stands in front and stays there: no name of theirs leads to Cloudflare",
            );
        }
        let (proof, by) = match (self.over_http(), self.over_dns()) {
            (Ok(()), _) => (Vec::new(), HTTP),
            (Err(_), Ok((proof, _))) if self.is_in_our_zone() => (proof, DNS),
            (Err(_), Ok((proof, _))) => ([proof, vec![Step::Ownership]].concat(), DNS),
            (Err(_), Err(_)) => (vec![Step::Ownership, Step::ChallengeOnce], DNS),
        };
        // It orders by accounts of its own.
        let mut steps = Vec::new();
        for authority in OF_CLOUDFLARE {
            steps.extend(self.caa(authority, by, None)?);
        }
        let is_held = !steps.is_empty();
        let asked = if proof.is_empty() { "" } else { "; the customer shows by DNS that it may" };
        let why = format!("Cloudflare orders the certificate of a custom hostname: no order of ours{asked}");
        steps.extend(proof);
        Ok((steps, with_caa(&why, is_held)))
    }

    /// An order of ours with a proof, as far as CAA allows it.
    fn ordered(&self, proof: Vec<Step>, by: &str, why: &str) -> Judged {
        let held = self.caa(OURS, by, self.policy.account.as_deref())?;
        let why = with_caa(why, held.is_some());
        Ok((held.into_iter().chain(proof).collect(), why))
    }

    /// How the new edge can prove the name before it moves: what the customer does for it, and by which method.
    fn proof(&self) -> Result<(Vec<Step>, &'static str), Outcome> {
        let Err(http) = self.over_http() else { return Ok((Vec::new(), HTTP)) };
        match (self.over_dns(), http) {
            (Ok((steps, _)), _) => Ok((steps, DNS)),
            // What could be said of either is worth more than why the other is none.
            (Err(Outcome::Excluded(_)), http @ Outcome::Open(_)) => Err(http),
            (Err(dns), _) => Err(dns),
        }
    }

    /// Whether the old edge leads a challenge over HTTP to the new one.
    fn over_http(&self) -> Result<(), Outcome> {
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
            Some(true) => Ok(()),
            Some(false) => excluded("`domains.redirect_challenges` says that the old edge can't redirect"),
            None => open(
                "say `domains.redirect_challenges: true` in caravan.yaml if the old edge can redirect \
                 /.well-known/acme-challenge/ to the new one, else false",
            ),
        }
    }

    /// Whether we can write the answer to a challenge into DNS: what the customer does for it, and how.
    fn over_dns(&self) -> Judged {
        if self.is_in_our_zone() {
            return Ok((Vec::new(), "the challenge is written into our own zone".to_owned()));
        }
        let challenge = match &self.inspection.challenge {
            Looked::Found(challenge) => challenge.as_deref(),
            Looked::Unknown(reason) => return open(format!("where its _acme-challenge leads is not known: {reason}")),
        };
        match (challenge, &self.policy.challenge_zone) {
            (Some(target), _) if self.ours.zone_of(target).is_some() => {
                Ok((Vec::new(), format!("its _acme-challenge leads to {target}, which is ours")))
            }
            (Some(target), _) => excluded(format!("its _acme-challenge leads to {target}, which is somebody else's")),
            (None, None) => open("say `domains.challenge_zone`, our zone to which _acme-challenge names may lead"),
            (None, Some(zone)) => Ok((
                vec![Step::Challenge { zone: zone.clone() }],
                format!("the customer enters one alias once, which leads to {zone}"),
            )),
        }
    }

    /// What the customer enters so that CAA lets an authority sign; none where it does.
    fn caa(&self, authority: &str, by: &str, account: Option<&str>) -> Result<Option<Step>, Outcome> {
        let wanted = Wanted { authorities: &[authority], account, method: Some(by), wildcard: self.is_wildcard() };
        let at = match caa_allows(&self.inspection.caa, &wanted) {
            CaaVerdict::Allowed => return Ok(None),
            // We change it ourselves.
            CaaVerdict::Forbidden { at, .. } if self.is_ours(&at) => return Ok(None),
            CaaVerdict::Forbidden { at, .. } => at,
            CaaVerdict::Unknown(why) => return open(format!("CAA records could not be looked up: {why}")),
        };
        let Some(set) = self.inspection.caa.found().and_then(Option::as_ref) else { return Ok(None) };
        if set.by_alias && !self.is_of_customer(&at) {
            return excluded(format!(
                "the CAA records of {at} keep {authority} out, and those are not the customer's to change"
            ));
        }
        match caa_addition(set, authority, &wanted) {
            Ok(record) => Ok(Some(Step::Authority { at, record })),
            Err(CaaRefusal::Pinned(why)) if authority == OURS && self.policy.account.is_none() => {
                open(format!("say `domains.account`, the URL of the account that orders: {why}"))
            }
            Err(CaaRefusal::Pinned(why) | CaaRefusal::Critical(why)) => excluded(format!("CAA records at {at}: {why}")),
        }
    }

    fn leads_to_us(&self) -> bool {
        self.inspection.records.found().is_some_and(|records| leads_to_us(records, self.ours))
    }

    /// The certificate that is on the old edge itself.
    fn of_old_edge(&self) -> Result<&Certificate, Outcome> {
        match (&self.answering, &self.inspection.certificate) {
            (Answering::OurEdge(_), Looked::Found(certificate)) => Ok(certificate),
            (Answering::OurEdge(_), Looked::Unknown(reason)) => {
                open(format!("its certificate could not be looked at: {reason}"))
            }
            (Answering::Unknown(reason), _) => open(format!("who answers is not known: {reason}")),
            _ => excluded("the certificate that is shown is not on an edge of ours"),
        }
    }

    /// Whether the name itself is in a zone that we can change.
    fn is_in_our_zone(&self) -> bool {
        self.inspection.zone.found().is_some_and(|zone| is_own_zone(zone, self.ours) == Some(true))
    }

    /// Whether a name is in the zone that the domain is in.
    fn is_of_customer(&self, name: &str) -> bool {
        self.inspection.zone.found().is_some_and(|zone| name == zone.name || is_below(name, &zone.name))
    }

    /// Whether a name is in a zone that we can change.
    fn is_ours(&self, name: &str) -> bool {
        if self.is_of_customer(name) { self.is_in_our_zone() } else { self.ours.zone_of(name).is_some() }
    }

    fn is_wildcard(&self) -> bool {
        self.domain.name.as_str().starts_with("*.")
    }
}

fn excluded<T>(reason: impl Into<String>) -> Result<T, Outcome> {
    Err(Outcome::Excluded(reason.into()))
}

fn open<T>(what: impl Into<String>) -> Result<T, Outcome> {
    Err(Outcome::Open(what.into()))
}

fn is_below(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}

fn with_caa(why: &str, is_held: bool) -> String {
    if is_held { format!("{why}; the customer allows it by a CAA record first") } else { why.to_owned() }
}
