//! The document in Markdown, from the template of its language. What comes from outside is escaped before it goes in.

use super::entry::{Entry, Purpose, kind_of};
use super::provider::{PROVIDERS, Provider, provider_of};
use super::{Material, RunbookError};
use crate::domains::Class;
use caravan_inventory::Language;
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;

/// The templates, by language.
const fn template(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("runbook.en.md", include_str!("../../../templates/runbook.en.md")),
        Language::De => ("runbook.de.md", include_str!("../../../templates/runbook.de.md")),
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
    back_until: Option<String>,
    looked_at: String,
}

#[derive(Serialize)]
struct Shown<'a> {
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
    let (name, source) = template(material.language);
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|error| RunbookError::Template(error.to_string()))?);
    environment.add_filter("md", |text: String| escaped(&text));
    environment.add_filter("code", |text: String| code(&text));
    let filled = environment
        .add_template(name, source)
        .and_then(|()| environment.get_template(name)?.render(Serde(context(material, entries))));
    filled.map_err(|error| RunbookError::Template(format!("{error:#}")))
}

fn context<'a>(material: &'a Material<'a>, entries: &'a [Entry]) -> Context<'a> {
    let zone = material.inspection.zone.found();
    let zone_name = zone.map_or("", |zone| zone.name.as_str());
    let provider = zone.and_then(provider_of);
    let top = provider.map_or("@", |provider| provider.top);
    let shown = |entry: &'a Entry| Shown { entry, host: host(&entry.name, zone_name, top) };
    let name = material.domain.name.as_str();
    let (written, whole) = idna::domain_to_unicode(name);
    Context {
        name,
        written: Some(written).filter(|written| whole.is_ok() && written != name),
        customer: material.customer,
        company: &material.support.company,
        phone: &material.support.phone,
        mail: &material.support.mail,
        class: material.class,
        edge: material.edge,
        window: material.domain.request.as_ref().and_then(|request| request.window.as_deref()),
        entries: entries.iter().map(shown).collect(),
        provider,
        providers: &PROVIDERS,
        zone: zone_name,
        now: now(material),
        checks: checks(material, entries),
        back_until: material.back_until.map(|until| until.strftime("%Y-%m-%d %H:%M UTC").to_string()),
        looked_at: material.inspection.at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

/// A name as a zone's own page takes it: without the zone.
fn host<'a>(name: &'a str, zone: &str, top: &'a str) -> &'a str {
    if name == zone { top } else { name.strip_suffix(zone).and_then(|rest| rest.strip_suffix('.')).unwrap_or(name) }
}

/// The records as they stand: what one goes back to.
fn now(material: &Material<'_>) -> Vec<String> {
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
    let Entry { purpose, kind, name, value, ttl } = entry;
    let name = shell(name);
    let (command, prints) = match purpose {
        Purpose::Authority => (format!("dig +short CAA {name}{at} | grep -F letsencrypt.org"), value.clone()),
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
        Purpose::Remove if all.iter().any(|other| other.purpose == Purpose::Move && other.kind == "CNAME") => {
            return None;
        }
        Purpose::Remove => (format!("dig +short {kind} {name}{at} | wc -l"), "0".to_owned()),
        // Its value comes by mail, and with it its command; an origin is inside the customer's network.
        Purpose::ChallengeByMail | Purpose::Origin => return None,
    };
    Some(Check { purpose: *purpose, command, prints })
}

/// A word as a shell takes it: names of servers come from outside.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A text as Markdown shows it, whatever is in it, in one line.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_special = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '~' | '|' => true,
            // What begins a heading, a list or a quotation does so at the start of a line alone.
            '#' | '+' | '-' | '=' | '>' => at == 0,
            '.' | ')' => at > 0 && text[..at].bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if is_special {
            shown.push('\\');
        }
        shown.push(if c.is_control() { ' ' } else { c });
    }
    shown
}

/// A text inside of a code span or block: without what would end it.
fn code(text: &str) -> String {
    text.chars().map(|c| if c == '`' || (c.is_control() && c != '\n') { ' ' } else { c }).collect()
}
