//! The customer's document: for whom, why, what exactly to enter where, how to see that it is right, when, the way back and
//! until when, whom to call. In Markdown, and the same as a page that prints well.

mod entry;
mod markdown;
mod page;
mod provider;
#[cfg(test)]
mod tests;

use super::{Choice, Class, DomainPolicy, Ours, Support, choose_method, classify};
use caravan_inventory::{Domain, Inspection, Language, Looked, Records};
use entry::entries;
use jiff::{SignedDuration, Timestamp};

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
    /// Keys of `domains` in `caravan.yaml` that the document needs.
    #[error("caravan.yaml does not say what the document needs: {}", .keys.join(", "))]
    Missing {
        /// The keys.
        keys: Vec<&'static str>,
    },
    /// A template does not hold together: a fault of Caravan's.
    #[error("the template can't be filled in: {0}")]
    Template(String),
}

/// What a document is made of.
pub(super) struct Material<'a> {
    pub(super) domain: &'a Domain,
    pub(super) customer: &'a str,
    pub(super) inspection: &'a Inspection,
    pub(super) records: &'a Records,
    pub(super) class: Class,
    pub(super) choice: &'a Choice,
    pub(super) policy: &'a DomainPolicy,
    pub(super) support: &'a Support,
    pub(super) edge: &'a str,
    pub(super) language: Language,
    /// Until when one can go back; none where nobody can tell.
    pub(super) back_until: Option<Timestamp>,
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
    let asked = domain.request.as_ref().and_then(|request| request.language);
    let material = Material {
        domain,
        customer,
        inspection,
        records,
        class,
        choice: &choice,
        policy,
        support,
        edge,
        language: language.or(asked).unwrap_or(Language::En),
        back_until: back_until(inspection, policy, now),
    };
    let markdown = markdown::render(&material, &entries(&material))?;
    let html = page::render(&material, &markdown)?;
    Ok(Runbook { markdown, html })
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

/// Until the old edge goes, or its certificate ends, whichever is first. Where its certificate is not known, nobody can tell.
fn back_until(inspection: &Inspection, policy: &DomainPolicy, now: Timestamp) -> Option<Timestamp> {
    let kept = now.checked_add(SignedDuration::from_hours(24 * i64::from(policy.keep_days))).ok()?;
    inspection.certificate.found().map(|certificate| certificate.not_after.min(kept))
}
