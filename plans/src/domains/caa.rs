//! Whether CAA records let an authority sign (RFC 8659, with the parameters of RFC 8657).

use caravan_inventory::{CaaRecord, CaaSet, Looked};

/// The flag of a record whose tag must be understood.
const CRITICAL: u8 = 128;

/// What one wants to have signed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The authorities' names in CAA records; one of them is enough.
    pub authorities: &'a [&'a str],
    /// The URL of the account, where it is known.
    pub account: Option<&'a str>,
    /// The method of validation, as ACME names it; none where the authority chooses.
    pub method: Option<&'a str>,
    /// Whether it is for a wildcard.
    pub wildcard: bool,
}

/// What the records say to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CaaVerdict {
    /// It may be signed.
    Allowed,
    /// It may not: why, and the name at which the records stand.
    Forbidden {
        /// Why.
        why: String,
        /// Where the records stand.
        at: String,
    },
    /// Nobody can tell, with the reason. An authority that can't look them up does not sign, either.
    Unknown(String),
}

/// Why no record that is added lets an authority sign.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CaaRefusal {
    /// The records hold the authority to an account, and which one orders is not known or not ours to say.
    Pinned(String),
    /// Some record has to go first.
    Critical(String),
}

/// The record that lets an authority sign, beside those that are there: by no other account and by no other method, where the
/// records hold the authority to some. A record without that would void what the others say.
///
/// # Errors
/// [`CaaRefusal`]: there is no such record.
pub fn caa_addition(set: &CaaSet, authority: &str, wanted: &Wanted<'_>) -> Result<CaaRecord, CaaRefusal> {
    if let Some(why) = unknown_tag(set) {
        return Err(CaaRefusal::Critical(why));
    }
    let deciding = deciding(set, wanted.wildcard);
    let is_theirs = |record: &&&CaaRecord| parts(record).0.eq_ignore_ascii_case(authority);
    let pins = |record: &CaaRecord, wanted: &str| parts(record).1.any(|(name, _)| name == wanted);
    let mut value = authority.to_owned();
    match wanted.account {
        Some(account) if deciding.iter().any(|record| pins(record, "accounturi")) => {
            value.push_str("; accounturi=");
            value.push_str(account);
        }
        None if deciding.iter().filter(is_theirs).any(|record| pins(record, "accounturi")) => {
            return Err(CaaRefusal::Pinned(format!("they hold {authority} to one account")));
        }
        _ => {}
    }
    if let Some(method) = wanted.method.filter(|_| deciding.iter().any(|record| pins(record, "validationmethods"))) {
        value.push_str("; validationmethods=");
        value.push_str(method);
    }
    // Of a wildcard records of its own kind decide alone, where there is one.
    let tag = deciding.first().map_or_else(|| "issue".to_owned(), |record| tag(record));
    Ok(CaaRecord { flags: 0, tag, value })
}

/// Holds CAA records against what is wanted.
#[must_use]
pub fn caa_allows(looked: &Looked<Option<CaaSet>>, wanted: &Wanted<'_>) -> CaaVerdict {
    let set = match looked {
        Looked::Unknown(reason) => return CaaVerdict::Unknown(reason.clone()),
        Looked::Found(None) => return CaaVerdict::Allowed,
        Looked::Found(Some(set)) => set,
    };
    let forbidden = |why: String| CaaVerdict::Forbidden { why, at: set.at.clone() };
    if let Some(why) = unknown_tag(set) {
        return forbidden(why);
    }
    let deciding = deciding(set, wanted.wildcard);
    if deciding.is_empty() {
        return CaaVerdict::Allowed;
    }
    let mut why = None;
    for record in &deciding {
        match refusal(record, wanted) {
            None => return CaaVerdict::Allowed,
            Some(refused) => why = why.or(Some(refused).filter(|refused| refused.is_near)),
        }
    }
    let others = || deciding.iter().map(|record| record.value.as_str()).collect::<Vec<_>>().join(", ");
    forbidden(why.map_or_else(|| format!("they allow only: {}", others()), |near| near.text))
}

/// Why nobody may sign, whatever else the records say.
fn unknown_tag(set: &CaaSet) -> Option<String> {
    let is_known = |tag: &str| {
        ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"].contains(&tag)
    };
    let record = set.records.iter().find(|record| record.flags & CRITICAL != 0 && !is_known(&tag(record)))?;
    Some(format!("the tag `{}` is critical, and authorities don't know it", record.tag))
}

/// The authority of a record, and its parameters.
fn parts(record: &CaaRecord) -> (&str, impl Iterator<Item = (String, &str)>) {
    let mut parts = record.value.split(';').map(str::trim);
    let authority = parts.next().unwrap_or_default();
    let parameters = parts.filter_map(|part| part.split_once('='));
    (authority, parameters.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())))
}

fn tag(record: &CaaRecord) -> String {
    record.tag.to_ascii_lowercase()
}

/// The records that say who may sign; of a wildcard its own kind alone, where there is one.
fn deciding(set: &CaaSet, wildcard: bool) -> Vec<&CaaRecord> {
    let of = |wanted: &str| set.records.iter().filter(|record| tag(record) == wanted).collect::<Vec<_>>();
    let of_wildcards = of("issuewild");
    if wildcard && !of_wildcards.is_empty() { of_wildcards } else { of("issue") }
}

/// Why a record does not allow it.
struct Refusal {
    text: String,
    /// Whether it names the authority, and only its parameters are in the way.
    is_near: bool,
}

fn refusal(record: &CaaRecord, wanted: &Wanted<'_>) -> Option<Refusal> {
    let (authority, parameters) = parts(record);
    if !wanted.authorities.iter().any(|wanted| wanted.eq_ignore_ascii_case(authority)) {
        return Some(Refusal { text: format!("only {authority} may sign"), is_near: false });
    }
    let near = |text: String| Some(Refusal { text, is_near: true });
    for (name, value) in parameters {
        match (name.as_str(), value) {
            ("accounturi", account) if wanted.account != Some(account) => {
                return near(format!("only the account {account} may ask {authority}"));
            }
            ("validationmethods", methods) => {
                let allows = |wanted: &str| methods.split(',').any(|method| method.trim() == wanted);
                if !wanted.method.is_some_and(allows) {
                    return near(format!("{authority} may validate by {methods} alone"));
                }
            }
            _ => {}
        }
    }
    None
}
