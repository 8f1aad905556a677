//! The customer's document: for whom, why, what exactly to enter where, how to see that it is right, when, the way back and
//! until when, whom to call. In Markdown, and the same as a page that prints well.

mod back;
mod entry;
mod markdown;
mod message;
#[cfg(test)]
mod message_tests;
mod page;
mod provider;
#[cfg(test)]
mod tests;

use super::{Choice, Class, DomainPolicy, Ours, Support, answering, choose_method, classify};
use crate::pages::RenderError;
use back::{Back, Until};
use caravan_inventory::{Domain, Inspection, Language, Looked, Records};
use entry::entries;
use jiff::Timestamp;
pub use markdown::written;
pub use message::{CustomerMessage, MessageInput, MessageKind, Whereabouts, message};
use std::error::Error as _;

/// A customer's document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Runbook {
    /// In Markdown.
    pub markdown: String,
    /// The same as a whole page of HTML, without anything from elsewhere.
    pub html: String,
}

/// Why there is no document for a domain.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RunbookError {
    /// Nobody has looked it up, or what was seen tells no class.
    #[error("{name} has no class: {reason}")]
    NoClass {
        /// The domain.
        name: String,
        /// Why not.
        reason: String,
    },
    /// There is no way to its certificate yet.
    #[error("{name} has no way to its certificate yet: {reason}")]
    NoMethod {
        /// The domain.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Nobody has said whose customer it is.
    #[error("{name} has no customer: name it in a list, and `caravan domains import` that")]
    NoCustomer {
        /// The domain.
        name: String,
    },
    /// Once the name has moved there would be nothing left to go back to.
    #[error(
        "{name} could not go back: the old edge answers for it until {until}, and it has moved at {moved} at the earliest"
    )]
    NoWayBack {
        /// The domain.
        name: String,
        /// When the way back ends: with the old edge, or with the certificate that answers for the name now.
        until: Timestamp,
        /// When the name has moved: when its window ends, and not before now.
        moved: Timestamp,
    },
    /// Keys of `domains` in `caravan.yaml` that the document needs.
    #[error("caravan.yaml does not say what the document needs: {}", .keys.join(", "))]
    Missing {
        /// The keys.
        keys: Vec<&'static str>,
    },
    /// A template does not hold together: a fault of Caravan's.
    #[error("{0}")]
    Template(String),
}

impl From<RenderError> for RunbookError {
    fn from(error: RenderError) -> Self {
        let (mut text, mut source) = (error.to_string(), error.source());
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        Self::Template(text)
    }
}

/// What a document is made of.
struct Material<'a> {
    domain: &'a Domain,
    customer: &'a str,
    inspection: &'a Inspection,
    records: &'a Records,
    class: Class,
    choice: Choice,
    policy: &'a DomainPolicy,
    support: &'a Support,
    edge: &'a str,
    language: Language,
    /// How one goes back.
    back: Back,
    /// Until when one can.
    until: Until,
}

/// Makes the document of a domain, in a language, or in the one that a list names, or in English.
///
/// # Errors
/// [`RunbookError`]: what is missing, and where to say it.
pub fn runbook(
    domain: &Domain,
    ours: &Ours,
    policy: &DomainPolicy,
    language: Option<Language>,
    now: Timestamp,
) -> Result<Runbook, RunbookError> {
    let material = material(domain, ours, policy, language, now)?;
    let markdown = markdown::render(&material, &entries(&material))?;
    let html = page::render(&material, &markdown)?;
    Ok(Runbook { markdown, html })
}

/// What the document of a domain is made of.
fn material<'a>(
    domain: &'a Domain,
    ours: &Ours,
    policy: &'a DomainPolicy,
    language: Option<Language>,
    now: Timestamp,
) -> Result<Material<'a>, RunbookError> {
    let name = || domain.name.to_string();
    let (edge, support) = said(policy)?;
    let customer = domain.customer.as_deref().ok_or_else(|| RunbookError::NoCustomer { name: name() })?;
    let no_class = |reason| RunbookError::NoClass { name: name(), reason };
    let class = classify(domain, ours).class.map_err(no_class)?;
    let inspection = domain.inspection.as_ref();
    let inspection = inspection.ok_or_else(|| no_class("nobody has looked it up".to_owned()))?;
    let Looked::Found(records) = &inspection.records else {
        return Err(no_class("its records are not known".to_owned()));
    };
    let choice = choose_method(domain, class, ours, policy, now);
    if choice.method.is_none() {
        return Err(RunbookError::NoMethod { name: name(), reason: choice.reason });
    }
    let is_apex = inspection.zone.found().is_some_and(|zone| zone.name == domain.name.as_str());
    if is_apex && matches!(class, Class::C | Class::D) && policy.addresses.is_empty() {
        return Err(RunbookError::Missing { keys: vec!["domains.addresses"] });
    }
    Ok(Material {
        domain,
        customer,
        inspection,
        records,
        class,
        choice,
        policy,
        support,
        edge,
        language: language_of(domain, language),
        back: Back::of(class, records),
        until: until(domain, inspection, ours, policy, now)?,
    })
}

/// The one that is wanted, or the one that a list names, or English.
fn language_of(domain: &Domain, wanted: Option<Language>) -> Language {
    let asked = domain.request.as_ref().and_then(|request| request.language);
    wanted.or(asked).unwrap_or(Language::En)
}

/// What every document needs of the company.
fn said(policy: &DomainPolicy) -> Result<(&str, &Support), RunbookError> {
    let mut keys = Vec::new();
    if policy.edge.is_none() {
        keys.push("domains.edge");
    }
    if policy.support.is_none() {
        keys.push("domains.support");
    }
    if policy.keep_days == 0 {
        keys.push("domains.keep_days");
    }
    match (policy.edge.as_deref(), &policy.support) {
        (Some(edge), Some(support)) if keys.is_empty() => Ok((edge, support)),
        _ => Err(RunbookError::Missing { keys }),
    }
}

/// Until when one can go back, where there is a way back once the name has moved.
fn until(
    domain: &Domain,
    look: &Inspection,
    ours: &Ours,
    policy: &DomainPolicy,
    now: Timestamp,
) -> Result<Until, RunbookError> {
    let window = domain.request.as_ref().and_then(|request| super::list::moments(request.window.as_deref()?));
    let window = window.map(|window| window.end);
    let until = Until::of(&answering(domain, look, ours), look, policy.keep_days, window);
    let ends = match until {
        Until::Moment { at, .. } => Some(at),
        Until::After { ends, .. } => ends,
        Until::Unknown => None,
    };
    let moved = window.map_or(now, |window| window.max(now));
    match ends.filter(|ends| *ends <= moved) {
        Some(until) => Err(RunbookError::NoWayBack { name: domain.name.to_string(), until, moved }),
        None => Ok(until),
    }
}
