//! The hosts, paths, values and bodies that a script's literals suggest.

use crate::gateway::Gateway;
use crate::literals::{Literals, Part};
use crate::original::Original;
use std::collections::BTreeSet;

/// Stands for whatever a script takes a part of a request out as.
const SAMPLE: &str = "sample";
/// Hosts below a wildcard that are tried.
const MOST_HOSTS: usize = 8;
/// Values that are tried where nothing says which.
const MOST_VALUES: usize = 10;

/// Hosts, those of wildcards with a name below each.
pub(crate) fn hosts(original: &Original, gateway: Option<&Gateway>, literals: &Literals) -> Vec<String> {
    let mut wanted: Vec<String> = original.patterns.iter().map(|pattern| pattern.host.clone()).collect();
    wanted.extend(gateway.map(Gateway::hosts).unwrap_or_default());
    let mut out: Vec<String> = Vec::new();
    for host in &wanted {
        match host.strip_prefix("*.") {
            None => out.push(host.clone()),
            Some(zone) => {
                let label = |text: &&String| {
                    text.len() <= 30 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                };
                let below = format!(".{zone}");
                let named = literals.texts.iter().filter(|text| text.ends_with(&below)).cloned();
                let labels = literals.texts.iter().chain(&literals.names).filter(label);
                let all = named.chain(labels.map(|label| format!("{label}.{zone}")));
                out.push(format!("{SAMPLE}.{zone}"));
                out.extend(all.take(MOST_HOSTS));
            }
        }
    }
    if out.is_empty() {
        // It is reached by no host; it answers all the same.
        out.push("worker.invalid".to_owned());
    }
    let mut seen = BTreeSet::new();
    out.retain(|host| seen.insert(host.clone()));
    out
}

/// Paths, those that the script is most likely to tell apart first.
pub(crate) fn paths(literals: &Literals) -> Vec<String> {
    let compared = literals.values.get(&Part::Path).cloned().unwrap_or_default();
    let texts = literals.texts.iter().chain(&literals.samples);
    let mut whole: Vec<String> = Vec::new();
    for text in compared.iter().chain(texts) {
        let path = match text.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
            None => text.as_str(),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        if path.starts_with('/') {
            whole.push(path.to_owned());
        } else if compared.contains(text) {
            // The end of a path, or a part of it.
            whole.extend([format!("/{SAMPLE}{path}"), format!("/{path}"), format!("/a{path}b")]);
        }
    }
    let mut out = vec!["/".to_owned()];
    for path in whole {
        let filled: Vec<String> = path
            .split('/')
            .map(|step| {
                if step.starts_with(':') || step == "*" || step.starts_with('{') {
                    SAMPLE.to_owned()
                } else {
                    step.to_owned()
                }
            })
            .collect();
        let path = plain(&filled.join("/"));
        let longer = if path.ends_with('/') { format!("{path}{SAMPLE}") } else { format!("{path}/{SAMPLE}") };
        // It may be anything's number, and a status.
        let number = if path.ends_with('/') { format!("{path}404") } else { format!("{path}/404") };
        out.extend([path, longer, number]);
    }
    out.extend(["/nowhere", "/Deep/er/page.html", "/image.png", "/api/data.json"].map(str::to_owned));
    let mut seen = BTreeSet::new();
    out.retain(|path| path.len() < 1000 && seen.insert(path.clone()));
    out
}

/// Values of a part: those that it is compared with, and otherwise some that stand in the script.
pub(crate) fn values(part: &Part, literals: &Literals, original: &Original, secrets: &[String]) -> Vec<String> {
    let compared: Vec<String> = literals.values.get(part).into_iter().flatten().cloned().collect();
    let mut out: Vec<String> = Vec::new();
    for text in &compared {
        // What a value begins with, or a part of it.
        out.extend([text.clone(), format!("{text}{SAMPLE}"), format!("{SAMPLE}{text}")]);
    }
    match part {
        Part::Header(name) if name == "authorization" => {
            for secret in secrets.iter().chain(&original.variables) {
                out.extend([
                    format!("Bearer {secret}"),
                    secret.clone(),
                    format!("Basic {}", crate::bodies::carried(format!("admin:{secret}").as_bytes())),
                ]);
            }
            out.push(format!("Bearer {SAMPLE}"));
        }
        Part::Header(name) if name == "cookie" => {
            for text in literals.texts.iter().filter(|text| text.ends_with('=')) {
                out.extend([format!("{text}{SAMPLE}"), format!("a=b; {text}1")]);
            }
            for text in literals.texts.iter().filter(|text| is_token(text)).take(MOST_VALUES) {
                out.extend(secrets.first().map(|secret| format!("{text}={secret}")));
                out.push(format!("{text}={SAMPLE}"));
            }
        }
        Part::Header(name) if name == "origin" || name == "referer" => {
            let urls = literals.texts.iter().chain(&original.variables).filter(|text| text.contains("://"));
            out.extend(urls.take(MOST_VALUES).cloned());
            out.push("https://other.example.org".to_owned());
        }
        Part::Header(name) if name.starts_with("if-none") || name.starts_with("if-match") => {
            out.extend(["\"1\"", "W/\"1\"", "*"].map(str::to_owned));
        }
        Part::Header(name) if name.starts_with("if-") => {
            out.push("Mon, 05 Jan 2026 10:00:00 GMT".to_owned());
        }
        _ => {}
    }
    let common: &[&str] = match part {
        Part::Header(name) if name == "user-agent" => &["Mozilla/5.0 (iPhone) Mobile", "Googlebot/2.1", "curl/8"],
        Part::Header(name) if name == "accept" => &["application/json", "text/html", "image/webp,*/*"],
        Part::Header(name) if name == "accept-language" => {
            &["de-DE,de;q=0.9", "en", "fr;q=0.5,es", "en;q=0.2,fr;q=0.4,de;q=0.8"]
        }
        Part::Header(name) if name == "content-type" => &["application/json", "text/plain"],
        Part::Header(name) if name == "range" => &["bytes=0-4", "bytes=-3"],
        _ => &[],
    };
    out.extend(common.iter().map(|text| (*text).to_owned()));
    out.extend([SAMPLE, "1", "42", "true"].map(str::to_owned));
    if compared.is_empty() {
        let short = literals.texts.iter().chain(&literals.samples).chain(&original.variables);
        out.extend(short.filter(|text| text.len() <= 40 && !text.contains(['/', '<'])).take(MOST_VALUES).cloned());
        out.extend(secrets.iter().cloned());
    }
    let mut seen = BTreeSet::new();
    out.retain(|text| !text.is_empty() && text.bytes().all(|b| (0x20..0x7f).contains(&b)) && seen.insert(text.clone()));
    out.iter_mut().for_each(|text| *text = text.trim().to_owned());
    out
}

/// Bodies with their types: JSON and a form with all the names that the script knows, and a text.
pub(crate) fn bodies(literals: &Literals) -> Vec<(&'static str, String)> {
    let fields = literals.values.keys().filter_map(|part| match part {
        Part::Field(name) => Some(name),
        _ => None,
    });
    let names: BTreeSet<&String> = fields.chain(&literals.names).filter(|name| is_token(name)).collect();
    let value = |name: &str| match literals.values.get(&Part::Field(name.to_owned())).and_then(|all| all.first()) {
        Some(text) => text.clone(),
        None => SAMPLE.to_owned(),
    };
    let names: Vec<&String> = names.into_iter().take(60).collect();
    let json: serde_json::Map<String, serde_json::Value> =
        names.iter().map(|name| ((*name).clone(), serde_json::Value::from(value(name)))).collect();
    let form: Vec<String> = names.iter().map(|name| format!("{name}={}", encoded(&value(name)))).collect();
    vec![
        ("application/json", serde_json::Value::Object(json).to_string()),
        ("application/x-www-form-urlencoded", form.join("&")),
        ("text/plain", "Some text, and more of it.\n".to_owned()),
        ("application/json", "[1, 2, {\"a\": \"b\"}]".to_owned()),
    ]
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= 30 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// A text as a query holds it.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path with whatever needs it encoded.
fn plain(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
