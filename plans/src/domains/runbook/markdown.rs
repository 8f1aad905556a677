//! The document in Markdown, from the template of its language. What comes from outside is escaped before it goes in.

use super::back::{Back, Until};
use super::entry::{Entry, Purpose, kind_of};
use super::provider::{PROVIDERS, Provider, provider_of};
use super::{Material, RunbookError};
use crate::domains::Class;
use crate::pages;
use caravan_inventory::{Language, Zone};
use caravan_providers::target::quoted;
use jiff::Timestamp;
use serde::Serialize;

/// The templates, by language.
const fn template(language: Language) -> &'static str {
    match language {
        Language::En => "domain.en.md",
        Language::De => "domain.de.md",
    }
}

/// What the templates know.
#[derive(Serialize)]
struct Context<'a> {
    name: &'a str,
    /// As people write it, where DNS knows it by another spelling.
    written: Option<String>,
    customer: &'a str,
    company: &'a str,
    phone: &'a str,
    mail: &'a str,
    class: Class,
    edge: &'a str,
    window: Option<&'a str>,
    entries: Vec<Shown<'a>>,
    provider: Option<&'static Provider>,
    providers: &'static [Provider],
    zone: &'a str,
    now: Vec<String>,
    checks: Vec<Check>,
    back: Back,
    until: Option<ShownUntil>,
    looked_at: String,
}

/// Until when one can go back.
#[derive(Serialize)]
struct ShownUntil {
    /// The moment; none where the window is not agreed on.
    at: Option<String>,
    days: u16,
    /// When the old edge's own certificate ends.
    ends: Option<String>,
    is_own: bool,
}

/// An entry as the customer's provider takes it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    /// The name as the provider's field takes it.
    host: &'a str,
}

/// A command and what it prints.
#[derive(Serialize)]
struct Check {
    purpose: Purpose,
    command: String,
    prints: String,
}

/// Fills the template.
///
/// # Errors
/// When the template does not hold together.
pub(super) fn render(material: &Material<'_>, entries: &[Entry]) -> Result<String, RunbookError> {
    Ok(pages::render(template(material.language), &context(material, entries))?)
}

fn context<'a>(material: &'a Material<'a>, entries: &'a [Entry]) -> Context<'a> {
    let zone = material.inspection.zone.found();
    let provider = zone.and_then(provider_of);
    let name = material.domain.name.as_str();
    Context {
        name,
        written: written(name),
        customer: material.customer,
        company: &material.support.company,
        phone: &material.support.phone,
        mail: &material.support.mail,
        class: material.class,
        edge: material.edge,
        window: material.domain.request.as_ref().and_then(|request| request.window.as_deref()),
        entries: shown(entries, zone),
        provider,
        providers: &PROVIDERS,
        zone: zone.map_or("", |zone| zone.name.as_str()),
        now: now(material),
        checks: checks(material, entries),
        back: material.back,
        until: until(material),
        looked_at: minute(material.inspection.at),
    }
}

/// Entries as the provider takes them at which the zone is.
pub(super) fn shown<'a>(entries: &'a [Entry], zone: Option<&'a Zone>) -> Vec<Shown<'a>> {
    let zone_name = zone.map_or("", |zone| zone.name.as_str());
    let top = zone.and_then(provider_of).map_or("@", |provider| provider.top);
    entries.iter().map(|entry| Shown { entry, host: host(&entry.name, zone_name, top) }).collect()
}

/// A name as people write it, where DNS knows it by another spelling.
#[must_use]
pub fn written(name: &str) -> Option<String> {
    let (written, whole) = idna::domain_to_unicode(name);
    Some(written).filter(|written| whole.is_ok() && written != name)
}

fn until(material: &Material<'_>) -> Option<ShownUntil> {
    let days = material.policy.keep_days;
    match material.until {
        Until::Moment { at, is_own } => Some(ShownUntil { at: Some(minute(at)), days, ends: None, is_own }),
        Until::After { days, ends } => {
            Some(ShownUntil { at: None, days, ends: ends.map(minute), is_own: ends.is_some() })
        }
        Until::Unknown => None,
    }
}

fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A name as a zone's own page takes it: without the zone.
fn host<'a>(name: &'a str, zone: &str, top: &'a str) -> &'a str {
    if name == zone { top } else { name.strip_suffix(zone).and_then(|rest| rest.strip_suffix('.')).unwrap_or(name) }
}

/// The records as they stand: what one goes back to, where it is they that change.
fn now(material: &Material<'_>) -> Vec<String> {
    if material.back != Back::Records {
        return Vec::new();
    }
    let name = material.domain.name.as_str();
    match material.records.chain.first() {
        Some(alias) => vec![format!("{name}. {} CNAME {}.", alias.ttl, alias.target)],
        None => {
            let line = |one: &caravan_inventory::Address| {
                format!("{name}. {} {} {}", one.ttl, kind_of(&one.address), one.address)
            };
            material.records.addresses.iter().map(line).collect()
        }
    }
}

/// What is run to see that everything is right, in order.
fn checks(material: &Material<'_>, entries: &[Entry]) -> Vec<Check> {
    let server = material.inspection.zone.found().and_then(|zone| zone.servers.first());
    let at = server.map(|server| format!(" {}", shell(&format!("@{server}")))).unwrap_or_default();
    let mut checks: Vec<Check> = entries.iter().filter_map(|entry| check(entry, entries, &at)).collect();
    let host = material.domain.name.as_str();
    // What answers now is what must answer then; a wildcard has no one page.
    if let Some(head) = material.inspection.https.found().filter(|_| !host.starts_with("*.")) {
        let command = format!("curl -sS -o /dev/null -w '%{{http_code}} %{{ssl_verify_result}}\\n' https://{host}/");
        checks.push(Check { purpose: Purpose::Move, command, prints: format!("{} 0", head.status) });
    }
    checks
}

fn check(entry: &Entry, all: &[Entry], at: &str) -> Option<Check> {
    let Entry { purpose, kind, name, value, ttl, .. } = entry;
    let name = shell(name);
    let (command, prints) = match purpose {
        // Some write a semicolon with a backslash before it.
        Purpose::Authority => {
            let wanted = shell(value);
            (format!("dig +short CAA {name}{at} | tr -d '\\\\' | grep -Fx -- {wanted}"), value.clone())
        }
        Purpose::Challenge => (format!("dig +short CNAME {name}{at}"), format!("{value}.")),
        Purpose::LowerTtl => {
            (format!("dig +noall +answer {kind} {name}{at} | awk '{{print $2}}' | sort -u"), ttl.to_string())
        }
        Purpose::Move if *kind == "CNAME" => (format!("dig +short CNAME {name}{at}"), format!("{value}.")),
        Purpose::Move => {
            // Of several addresses one command shows all.
            let of_kind = |other: &&Entry| other.purpose == Purpose::Move && other.kind == *kind;
            let mut values: Vec<&str> = all.iter().filter(of_kind).map(|other| other.value.as_str()).collect();
            if values.first() != Some(&value.as_str()) {
                return None;
            }
            values.sort_unstable();
            (format!("dig +short {kind} {name}{at} | LC_ALL=C sort"), values.join("\n"))
        }
        // What takes its place shows that it is gone.
        Purpose::Remove if all.iter().any(|other| other.purpose == Purpose::Move && takes_place(other.kind, kind)) => {
            return None;
        }
        // Of several one command shows that all are gone.
        Purpose::Remove
            if all.iter().find(|other| other.purpose == Purpose::Remove && other.kind == *kind) != Some(entry) =>
        {
            return None;
        }
        // Not every `dig` knows the newest kind by its name.
        Purpose::Remove => {
            let kind = if *kind == "HTTPS" { "TYPE65" } else { kind };
            (format!("dig +short {kind} {name}{at} | wc -l"), "0".to_owned())
        }
        // Its value comes by mail, and with it its command; an origin is inside the customer's network, and what is behind
        // Cloudflare no name server shows.
        Purpose::ChallengeByMail | Purpose::ChallengeOnce | Purpose::Ownership | Purpose::Origin | Purpose::Proxied => {
            return None;
        }
    };
    Some(Check { purpose: *purpose, command, prints })
}

/// Whether a record of one kind shows that those of another are gone.
fn takes_place(new: &str, old: &str) -> bool {
    new == "CNAME" || new == old
}

/// A word as a shell takes it: names of servers come from outside.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if word.chars().all(plain) { word.to_owned() } else { quoted(word) }
}
