//! Compose files (the Compose Specification): each service as the options of `docker run` that say the same.

use super::options::Key;
use super::{Setting, Started};
use crate::ec2::account::Place;
use crate::ec2::startup::{Node, Variables, Word, Yaml, expand, parse};

/// What a file holds.
pub(crate) struct Found<'a> {
    pub(crate) services: Vec<Started<'a>>,
    /// What is not understood: its line, and what it is.
    pub(crate) left: Vec<(u32, String)>,
}

/// Reads a file whose text begins at a line of the user data. `project` tells it from others of the machine.
///
/// # Errors
/// Why it is no Compose file: a sentence fragment.
pub(crate) fn read<'a>(at: Place<'a>, text: &str, project: usize) -> Result<Found<'a>, &'static str> {
    let root = parse(text, at.line).ok_or("the Compose file is no YAML")?;
    let services = root.get("services").ok_or("the Compose file has no services")?;
    let mut found = Found { services: Vec::new(), left: Vec::new() };
    for (key, node) in root.entries() {
        match key.as_str() {
            "version" | "name" | "services" => {}
            // A network or volume without words of its own is what Docker makes of it.
            "networks" | "volumes" => {
                for (name, of) in node.entries().iter().filter(|(_, of)| !is_plain(of)) {
                    found.left.push((of.line, format!("{key}: {name}")));
                }
            }
            _ if key.starts_with("x-") => {}
            _ => found.left.push((node.line, key.clone())),
        }
    }
    for (name, node) in services.entries() {
        if let Some(service) = service(at, name, node, project, &mut found.left) {
            found.services.push(service);
        }
    }
    if found.services.is_empty() { Err("no service of the Compose file names an image") } else { Ok(found) }
}

/// `driver: bridge` and `driver: local` are what is made without them.
fn is_plain(node: &Node) -> bool {
    let usual = |(key, value): &(String, Node)| match key.as_str() {
        "driver" => matches!(value.text(), Some("bridge" | "local")),
        "name" => true,
        _ => false,
    };
    matches!(node.what, Yaml::Null) || node.entries().iter().all(usual)
}

fn service<'a>(
    at: Place<'a>,
    name: &str,
    node: &Node,
    project: usize,
    left: &mut Vec<(u32, String)>,
) -> Option<Started<'a>> {
    let Some(image) = node.get("image").and_then(Node::text) else {
        left.push((node.line, format!("{name}: a service without an image")));
        return None;
    };
    let at = at.at(node.get("image").map_or(node.line, |image| image.line));
    let mut service = Started {
        at,
        name: Some(name.to_owned()),
        image: word(image, at.line),
        command: Vec::new(),
        settings: Vec::new(),
        detached: true,
        project: Some(project),
        built: false,
        clock: None,
    };
    for (key, value) in node.entries() {
        if !setting(&mut service, key, value) {
            left.push((value.line, format!("{name}: {key}")));
        }
    }
    Some(service)
}

/// A text, in which Compose puts variables of the shell in; none of them is known here.
fn word(text: &str, line: u32) -> Word {
    expand(text, line, &Variables::new(), true)
}

/// Takes one key of a service; false where it is not understood.
fn setting(service: &mut Started<'_>, key: &str, node: &Node) -> bool {
    let mut add = |key: Key, text: &str, line: u32| service.settings.push(Setting { key, value: word(text, line) });
    let each = |key: Key, add: &mut dyn FnMut(Key, &str, u32)| {
        let texts: Option<Vec<&str>> = node.elements().iter().map(Node::text).collect();
        let Some(texts) = texts else { return false };
        texts.iter().zip(node.elements()).for_each(|(text, node)| add(key, text, node.line));
        true
    };
    let one = |key: Key, add: &mut dyn FnMut(Key, &str, u32)| match node.text() {
        Some(text) => {
            add(key, text, node.line);
            true
        }
        None => false,
    };
    match key {
        "image" => true,
        "environment" => pairs(node, "=", Key::Env, &mut add),
        "env_file" => each(Key::EnvFile, &mut add),
        "ports" => each(Key::Publish, &mut add),
        "expose" => each(Key::Expose, &mut add),
        "volumes" => each(Key::Volume, &mut add),
        "tmpfs" => each(Key::Tmpfs, &mut add),
        "user" => one(Key::User, &mut add),
        "working_dir" => one(Key::Workdir, &mut add),
        "hostname" => one(Key::Hostname, &mut add),
        "extra_hosts" => pairs(node, ":", Key::AddHost, &mut add),
        "mem_limit" => one(Key::Memory, &mut add),
        "mem_reservation" => one(Key::MemoryReservation, &mut add),
        "memswap_limit" => one(Key::MemorySwap, &mut add),
        "cpus" => one(Key::Cpus, &mut add),
        "cpu_shares" => one(Key::CpuShares, &mut add),
        "shm_size" => one(Key::ShmSize, &mut add),
        "read_only" => one(Key::ReadOnly, &mut add),
        "cap_add" => each(Key::CapAdd, &mut add),
        "cap_drop" => each(Key::CapDrop, &mut add),
        "privileged" => one(Key::Privileged, &mut add),
        "init" => one(Key::Init, &mut add),
        "tty" => one(Key::Tty, &mut add),
        "stdin_open" => one(Key::Stdin, &mut add),
        "stop_grace_period" => one(Key::StopTimeout, &mut add),
        "restart" => one(Key::Restart, &mut add),
        "network_mode" => one(Key::Network, &mut add),
        "networks" => networks(node, &mut add),
        "links" => each(Key::Link, &mut add),
        "ulimits" => ulimits(node, &mut add),
        "sysctls" => pairs(node, "=", Key::Sysctl, &mut add),
        "labels" => pairs(node, "=", Key::Label, &mut add),
        "logging" => {
            add(Key::Logging, "logging", node.line);
            true
        }
        "dns" => each(Key::Dns, &mut add),
        "dns_search" => each(Key::DnsSearch, &mut add),
        "container_name" => {
            add(Key::NetworkAlias, node.text().unwrap_or_default(), node.line);
            true
        }
        "pull_policy" => {
            add(Key::OfTheHost, "pull_policy", node.line);
            true
        }
        "depends_on" => {
            let names = node.elements().iter().filter_map(|name| Some((name.text()?, name.line)));
            let keyed = node.entries().iter().map(|(name, of)| (name.as_str(), of.line));
            names.chain(keyed).for_each(|(name, line)| add(Key::DependsOn, name, line));
            true
        }
        "healthcheck" => healthcheck(node, &mut add),
        "deploy" => deploy(node, &mut add),
        "entrypoint" => words(node, Key::EntrypointWord, &mut add),
        "command" => {
            let words = said_words(node);
            service.command = words.into_iter().map(|(text, line)| word(&text, line)).collect();
            true
        }
        _ => false,
    }
}

/// `[A=1]` or `{A: 1}`.
fn pairs(node: &Node, between: &str, key: Key, add: &mut dyn FnMut(Key, &str, u32)) -> bool {
    for (name, value) in node.entries() {
        match &value.what {
            Yaml::Text(text) => add(key, &format!("{name}{between}{text}"), value.line),
            Yaml::Null => add(key, name, value.line),
            _ => return false,
        }
    }
    if node.entries().is_empty() {
        for element in node.elements() {
            let Some(text) = element.text() else { return false };
            add(key, text, element.line);
        }
    }
    true
}

/// Their names; what else is said of the place in a network is not understood.
fn networks(node: &Node, add: &mut dyn FnMut(Key, &str, u32)) -> bool {
    let texts: Option<Vec<(&str, u32)>> =
        node.elements().iter().filter(|_| node.entries().is_empty()).map(|one| Some((one.text()?, one.line))).collect();
    let Some(names) = texts else { return false };
    names.iter().for_each(|(name, line)| add(Key::Network, name, *line));
    for (name, of) in node.entries() {
        add(Key::Network, name, of.line);
        for (key, value) in of.entries() {
            if key != "aliases" {
                return false;
            }
            value.elements().iter().filter_map(Node::text).for_each(|alias| add(Key::NetworkAlias, alias, value.line));
        }
    }
    true
}

/// `{nofile: {soft: 1, hard: 2}}` as `nofile=1:2`.
fn ulimits(node: &Node, add: &mut dyn FnMut(Key, &str, u32)) -> bool {
    for (name, limit) in node.entries() {
        let of = |key: &str| limit.get(key).and_then(Node::text);
        let text = match (limit.text(), of("soft"), of("hard")) {
            (Some(both), ..) => format!("{name}={both}"),
            (None, Some(soft), Some(hard)) => format!("{name}={soft}:{hard}"),
            _ => return false,
        };
        add(Key::Ulimit, &text, limit.line);
    }
    true
}

fn healthcheck(node: &Node, add: &mut dyn FnMut(Key, &str, u32)) -> bool {
    for (key, value) in node.entries() {
        let text = value.text();
        match (key.as_str(), text) {
            ("disable", Some("true")) => add(Key::NoHealthcheck, "true", value.line),
            ("disable", _) => {}
            ("interval", Some(text)) => add(Key::HealthInterval, text, value.line),
            ("timeout", Some(text)) => add(Key::HealthTimeout, text, value.line),
            ("retries", Some(text)) => add(Key::HealthRetries, text, value.line),
            ("start_period", Some(text)) => add(Key::HealthStart, text, value.line),
            ("test", Some(text)) => add(Key::HealthCmd, text, value.line),
            ("test", None) => {
                let words: Vec<&str> = value.elements().iter().filter_map(Node::text).collect();
                match words.as_slice() {
                    ["NONE"] => add(Key::NoHealthcheck, "true", value.line),
                    ["CMD-SHELL", script] => add(Key::HealthCmd, script, value.line),
                    // A shell runs the same words, where none of them means anything to it.
                    ["CMD", words @ ..] if words.iter().all(|word| is_plain_word(word)) => {
                        add(Key::HealthCmd, &words.join(" "), value.line);
                    }
                    _ => return false,
                }
            }
            _ => return false,
        }
    }
    true
}

fn is_plain_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&b))
}

/// `deploy.resources`, as the options that say the same; the rest is of Swarm.
fn deploy(node: &Node, add: &mut dyn FnMut(Key, &str, u32)) -> bool {
    for (key, value) in node.entries() {
        match key.as_str() {
            "resources" => {
                for (kind, of) in value.entries() {
                    for (name, amount) in of.entries() {
                        let key = match (kind.as_str(), name.as_str()) {
                            ("limits", "memory") => Key::Memory,
                            ("reservations", "memory") => Key::MemoryReservation,
                            ("limits", "cpus") | ("reservations", "cpus") => Key::Cpus,
                            _ => return false,
                        };
                        let Some(text) = amount.text() else { return false };
                        add(key, text, amount.line);
                    }
                }
            }
            "restart_policy" => add(Key::OfTheHost, "restart_policy", value.line),
            _ => return false,
        }
    }
    true
}

/// A list of words, or a line that is split into some.
fn words(node: &Node, key: Key, add: &mut dyn FnMut(Key, &str, u32)) -> bool {
    let words = said_words(node);
    words.iter().for_each(|(text, line)| add(key, text, *line));
    !words.is_empty()
}

fn said_words(node: &Node) -> Vec<(String, u32)> {
    match node.text() {
        Some(text) => split(text).into_iter().map(|word| (word, node.line)).collect(),
        None => node.elements().iter().filter_map(|word| Some((word.text()?.to_owned(), word.line))).collect(),
    }
}

/// As a shell splits words, with its quotes and nothing else.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(characters.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
