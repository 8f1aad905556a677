//! How a certificate for the new edge comes to be before the name moves: the cheapest way that holds, with its reason.

use super::answering::answering;
use super::list::moments;
use super::ways::Case;
use super::{Class, DomainPolicy, Ours};
use caravan_inventory::{CaaRecord, Domain};
use jiff::Timestamp;

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
    /// A custom hostname of Cloudflare for SaaS, whose certificate Cloudflare orders.
    CustomHostname,
    /// A new order, proven by a TXT record that the customer enters, and again at each renewal.
    CustomerTxt,
}

/// One thing that the customer does before their name moves, so that its certificate can come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// They let an authority sign, by one CAA record more.
    Authority {
        /// The name at which the record is entered.
        at: String,
        /// The record.
        record: CaaRecord,
    },
    /// They let `_acme-challenge` lead to our zone, once and for all renewals.
    Challenge {
        /// Our zone.
        zone: String,
    },
    /// They enter the answer to a challenge, whose value they get by mail, once.
    ChallengeOnce,
    /// They enter the answer to a challenge, whose value they get by mail, now and at each renewal.
    ChallengeEachTime,
    /// They enter what tells Cloudflare that the hostname may be ours, whose value they get by mail, once.
    Ownership,
}

/// What a way costs, or why it is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It holds.
    Possible {
        /// What the customer has to do for it.
        steps: Vec<Step>,
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
    /// How much the customer has to do for it: what comes again counts twice.
    pub customer: u8,
    /// What they have to do, in the order in which it is needed.
    pub steps: Vec<Step>,
    /// Why this one, or why none.
    pub reason: String,
    /// All ways, in their order.
    pub candidates: Vec<Candidate>,
}

impl Method {
    /// All of them, the best first.
    pub const ALL: [Self; 6] =
        [Self::Import, Self::Renew, Self::HttpRedirect, Self::DelegatedDns, Self::CustomHostname, Self::CustomerTxt];

    /// Its name in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Renew => "renew-ari",
            Self::HttpRedirect => "http-01-redirect",
            Self::DelegatedDns => "dns-01",
            Self::CustomHostname => "custom-hostname",
            Self::CustomerTxt => "dns-01-by-customer",
        }
    }

    /// Whether it draws a new order from the limits of Let's Encrypt.
    #[must_use]
    pub const fn is_new_order(self) -> bool {
        matches!(self, Self::HttpRedirect | Self::DelegatedDns | Self::CustomerTxt)
    }
}

impl Step {
    /// How much it asks: twice as much where it comes again, and the name is without a certificate if they are late.
    const fn weight(&self) -> u8 {
        if matches!(self, Self::ChallengeEachTime) { 2 } else { 1 }
    }
}

/// How much some steps ask.
fn weight(steps: &[Step]) -> u8 {
    steps.iter().map(Step::weight).fold(0, u8::saturating_add)
}

/// Chooses the way for a domain that has been looked up and has a class.
#[must_use]
pub fn choose_method(domain: &Domain, class: Class, ours: &Ours, policy: &DomainPolicy, now: Timestamp) -> Choice {
    let Some(inspection) = &domain.inspection else {
        return Choice::none("nobody has looked it up", Vec::new());
    };
    let window = domain.request.as_ref().and_then(|request| moments(request.window.as_deref()?));
    // A way has to hold until the name has moved, not only now.
    let moved = window.map_or(now, |window| window.end.max(now));
    let case = Case { domain, class, inspection, answering: answering(domain, inspection, ours), ours, policy, moved };
    let outcome = |method| Candidate { method, outcome: case.outcome(method) };
    let candidates: Vec<Candidate> = Method::ALL.into_iter().map(outcome).collect();
    let possible = candidates.iter().filter_map(|candidate| match &candidate.outcome {
        Outcome::Possible { steps, why } => Some((candidate.method, steps, why)),
        Outcome::Excluded(_) | Outcome::Open(_) => None,
    });
    if let Some((method, steps, why)) = possible.min_by_key(|(method, steps, _)| (weight(steps), *method)) {
        let (steps, reason) = (steps.clone(), why.clone());
        return Choice { method: Some(method), customer: weight(&steps), steps, reason, candidates };
    }
    let open = candidates.iter().find_map(|candidate| match &candidate.outcome {
        Outcome::Open(what) => Some(format!("{} could do: {what}", candidate.method.as_str())),
        Outcome::Possible { .. } | Outcome::Excluded(_) => None,
    });
    Choice::none(open.unwrap_or_else(|| "no way holds".to_owned()), candidates)
}

impl Choice {
    fn none(reason: impl Into<String>, candidates: Vec<Candidate>) -> Self {
        Self { method: None, customer: 0, steps: Vec::new(), reason: reason.into(), candidates }
    }
}
