//! What a value refers to: hosts, queues, topics, buckets, tables, secrets, roles.

use crate::arn::Arn;
use crate::redact::{Parts, is_host_syntax, percent_decode, split_urls};
use caravan_inventory::{Confidence, EdgeKind};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};

/// What one value refers to.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Reference {
    /// Something with an identity of its own: `sqs:arn:aws:sqs:…`.
    Named(String, EdgeKind, Confidence),
    /// A host, with the path that is called on it, if one is.
    Host(String, Option<String>, EdgeKind),
}

/// Documents in texts and pairs in pairs are followed this far: an import may hold anything.
const DEEPEST: u8 = 6;

/// Everything that the value of a variable, option or argument refers to. `name` is what it is the value of, or empty.
pub(super) fn references(name: &str, text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    read(name, text.trim(), DEEPEST, &mut found);
    found.sort();
    found.dedup();
    found
}

fn read(name: &str, text: &str, left: u8, found: &mut Vec<Reference>) {
    if text.is_empty() || left == 0 {
        return;
    }
    if let Some(Ok(document)) = text.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(text)) {
        return read_document(name, &document, left - 1, found);
    }
    // Go's MySQL driver writes `user:password@tcp(host:port)/name`.
    let text = text.replace("@tcp(", "@");
    let between = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | '(' | ')');
    for word in text.split(between).filter(|word| !word.is_empty()) {
        read_word(name, word, left, found);
    }
    if is_bucket_name(name) && is_bucket(&text) {
        found.push(Reference::Named(format!("s3:arn:aws:s3:::{text}"), EdgeKind::Data, Confidence::Inferred));
    }
}

fn read_document(name: &str, document: &Value, left: u8, found: &mut Vec<Reference>) {
    match document {
        Value::String(text) => read(name, text, left, found),
        Value::Array(items) => items.iter().for_each(|item| read_document(name, item, left, found)),
        Value::Object(fields) => {
            let own = fields.get("name").and_then(Value::as_str).filter(|_| fields.contains_key("value"));
            for (field, value) in fields {
                read_document(own.filter(|_| field == "value").unwrap_or(field), value, left, found);
            }
        }
        _ => {}
    }
}

fn read_word(name: &str, word: &str, left: u8, found: &mut Vec<Reference>) {
    if left == 0 {
        return;
    }
    if let Some(reference) = Arn::parse(word.trim_end_matches([',', ';'])).and_then(|arn| of_arn(&arn)) {
        found.push(reference);
        return;
    }
    if word.contains("://") {
        let from = word.find("://").map_or(0, |at| word[..at].rfind(['=', ',', '@']).map_or(0, |begin| begin + 1));
        split_urls(&word[from..]).into_iter().filter_map(Parts::of).for_each(|url| of_url(name, &url, found));
        return;
    }
    if word.contains('=') {
        // `Server=db;Database=orders`, `--host=db`, `cache:6379,ssl=True`.
        for piece in word.split([';', ',']) {
            match piece.split_once('=') {
                Some((key, value)) => read_word(key.trim_start_matches('-'), value, left - 1, found),
                None => read_word(name, piece, left - 1, found),
            }
        }
        return;
    }
    // Without a scheme: `user:password@host`, or hosts with commas between.
    let hosts = word.rsplit('@').next().unwrap_or(word);
    for host in hosts.split(',') {
        let address = host.split('/').next().unwrap_or(host);
        let (host, port) = split_port(address);
        if is_meant_as_host(name, host, port) && is_elsewhere(host) {
            found.push(Reference::Host(host.to_ascii_lowercase(), None, kind_of(name, "", host, port)));
        }
    }
}

/// A URL's host or hosts, or the AWS resource that it stands for.
fn of_url(name: &str, url: &Parts<'_>, found: &mut Vec<Reference>) {
    let path = url.rest.split(['?', '#', ';']).next().unwrap_or_default();
    let scheme = url.scheme.rsplit(':').next().unwrap_or(url.scheme).to_ascii_lowercase();
    if scheme == "s3" || scheme == "s3a" {
        let bucket = url.hosts;
        found.push(Reference::Named(format!("s3:arn:aws:s3:::{bucket}"), EdgeKind::Data, Confidence::Stated));
        return;
    }
    for address in url.hosts.split(',') {
        let (host, port) = split_port(address);
        let host = host.to_ascii_lowercase();
        if let Some(reference) = of_aws_host(&host, path) {
            found.push(reference);
        } else if is_elsewhere(&host) && !host.is_empty() && scheme != "file" && scheme != "unix" {
            let called = (!path.is_empty()).then(|| percent_decode(path));
            found.push(Reference::Host(host.clone(), called, kind_of(name, &scheme, &host, port)));
        }
    }
    if matches!(scheme.as_str(), "sqlserver" | "jdbc") && url.hosts.is_empty() {
        url.rest
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .for_each(|(key, value)| read_word(key, value, 1, found));
    }
}

/// Queues and buckets have URLs besides their ARNs; both must give one identity.
fn of_aws_host(host: &str, path: &str) -> Option<Reference> {
    let (labels, partition) = match host.strip_suffix(".amazonaws.com") {
        Some(labels) => (labels, "aws"),
        None => (host.strip_suffix(".amazonaws.com.cn")?, "aws-cn"),
    };
    let path = path.trim_matches('/');
    let labels: Vec<&str> = labels.split('.').collect();
    match labels.as_slice() {
        ["sqs", region] | [region, "queue"] => {
            let (account, queue) = path.split_once('/')?;
            Some(Reference::Named(
                format!("sqs:arn:{partition}:sqs:{region}:{account}:{queue}"),
                EdgeKind::Queue,
                Confidence::Stated,
            ))
        }
        ["s3"] | ["s3", _] => bucket(partition, path.split('/').next()?),
        [before @ .., "s3"] | [before @ .., "s3", _] => bucket(partition, &before.join(".")),
        _ => None,
    }
}

fn bucket(partition: &str, name: &str) -> Option<Reference> {
    (!name.is_empty())
        .then(|| Reference::Named(format!("s3:arn:{partition}:s3:::{name}"), EdgeKind::Data, Confidence::Stated))
}

/// What an ARN names, cut to what is shared: the bucket of an object, the secret of a JSON key, the function of an alias.
pub(super) fn of_arn(arn: &Arn<'_>) -> Option<Reference> {
    let first = |count: usize| arn.resource.splitn(count + 1, ':').take(count).collect::<Vec<_>>().join(":");
    let (resource, kind) = match arn.service {
        "sqs" | "sns" | "kinesis" | "firehose" | "events" | "mq" | "kafka" | "ses" => {
            (arn.resource.to_owned(), EdgeKind::Queue)
        }
        "s3" => (arn.resource.split('/').next().unwrap_or_default().to_owned(), EdgeKind::Data),
        "dynamodb" => (arn.resource.split('/').take(2).collect::<Vec<_>>().join("/"), EdgeKind::Data),
        "rds" | "elasticache" | "elasticfilesystem" | "es" | "aoss" | "redshift" | "athena" | "glue" | "docdb"
        | "memorydb" => (arn.resource.to_owned(), EdgeKind::Data),
        "secretsmanager" => (first(2), EdgeKind::Secret),
        "ssm" | "kms" => (arn.resource.to_owned(), EdgeKind::Secret),
        "iam" | "sts" => (arn.resource.to_owned(), EdgeKind::Role),
        "lambda" => (first(2), EdgeKind::Calls),
        "logs" | "ecr" | "ecs" | "cloudwatch" => return None,
        _ => (arn.resource.to_owned(), EdgeKind::Calls),
    };
    let Arn { partition, service, region, account, .. } = arn;
    Some(Reference::Named(
        format!("{service}:arn:{partition}:{service}:{region}:{account}:{resource}"),
        kind,
        Confidence::Stated,
    ))
}

/// `host:port`, `host`, `[::1]:port`.
fn split_port(address: &str) -> (&str, Option<u16>) {
    if let Some((host, port)) = address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, port.trim_start_matches(':').parse().ok());
    }
    match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (address, None),
        },
        _ => (address, None),
    }
}

/// Whether a bare word is a host: its port, its provider or the name of its variable must say so, since
/// `org.example.driver` has dots as well.
fn is_meant_as_host(name: &str, host: &str, port: Option<u16>) -> bool {
    let dotted = is_host_syntax(&host.to_ascii_lowercase()) && host.contains('.');
    let single = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && host.bytes().any(|b| b.is_ascii_lowercase());
    let is_address = host.parse::<IpAddr>().is_ok();
    let named = names_a_host(name);
    (dotted && (named || port.is_some() || is_provider(host)))
        || (single && named)
        || (is_address && (named || port.is_some()))
}

/// Whether the name of a variable says that its value is a host: `DB_HOST`, `REDIS_ENDPOINT`, `KAFKA_BROKERS`, `Server`.
fn names_a_host(name: &str) -> bool {
    const WORDS: &[&str] = &["hosts", "hostname", "addr", "address", "server", "servers", "broker", "brokers", "dsn"];
    const NOT: &[&str] = &["allowed", "bind", "listen", "trusted"];
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    (lower == "data source"
        || words.any(|word| WORDS.contains(&word) || word.ends_with("host") || word.ends_with("endpoint")))
        && !NOT.iter().any(|word| lower.contains(word))
}

fn is_provider(host: &str) -> bool {
    [
        ".amazonaws.com",
        ".mongodb.net",
        ".azure.com",
        ".windows.net",
        ".redis-cloud.com",
        ".cloudamqp.com",
        ".neon.tech",
        ".upstash.io",
    ]
    .iter()
    .any(|domain| host.ends_with(domain))
}

/// Whether a host is another machine than the task itself.
fn is_elsewhere(host: &str) -> bool {
    let itself = match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_link_local()
                || address == Ipv4Addr::BROADCAST
        }
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unspecified(),
        Err(_) => matches!(host, "localhost" | "host.docker.internal") || !is_name(host),
    };
    !itself
}

/// Letters, digits, dots and dashes: no placeholder, no `+` or `*` that listens on every address.
fn is_name(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && host.bytes().any(|b| b.is_ascii_alphabetic())
}

fn is_bucket_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    upper == "BUCKET" || upper.ends_with("_BUCKET") || upper.ends_with("BUCKET_NAME") || upper.ends_with("BUCKETNAME")
}

/// The names that S3 takes (S3 user guide, "General purpose bucket naming rules").
fn is_bucket(text: &str) -> bool {
    (3..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && !matches!(text, "true" | "false")
}

/// How a host is needed: by the URL's scheme, the port, the provider, the name of the variable.
fn kind_of(name: &str, scheme: &str, host: &str, port: Option<u16>) -> EdgeKind {
    let scheme = scheme.split('+').next().unwrap_or(scheme);
    match scheme {
        "postgres" | "postgresql" | "mysql" | "mariadb" | "mongodb" | "redis" | "rediss" | "sqlserver" | "mssql"
        | "oracle" | "memcached" | "elasticsearch" | "opensearch" | "clickhouse" | "cassandra" | "neo4j" | "ldap"
        | "ldaps" | "nfs" | "sftp" | "ftp" => return EdgeKind::Data,
        "amqp" | "amqps" | "kafka" | "nats" | "mqtt" | "mqtts" | "stomp" | "pulsar" => return EdgeKind::Queue,
        _ => {}
    }
    match port {
        Some(5432 | 3306 | 1433 | 1521 | 27017 | 6379 | 6380 | 11211 | 9200 | 5439 | 9042 | 2049) => {
            return EdgeKind::Data;
        }
        Some(5671 | 5672 | 9092 | 9094 | 9096 | 9098 | 4222 | 1883 | 8883 | 61616 | 61617) => return EdgeKind::Queue,
        _ => {}
    }
    if host.contains(".rds.")
        || host.contains(".cache.")
        || host.contains(".docdb.")
        || host.contains(".es.")
        || host.ends_with(".mongodb.net")
    {
        return EdgeKind::Data;
    }
    if host.contains(".kafka.") || host.contains(".mq.") {
        return EdgeKind::Queue;
    }
    if !scheme.is_empty() {
        return EdgeKind::Calls;
    }
    let upper = name.to_ascii_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    if says(&["RABBIT", "AMQP", "KAFKA", "BROKER", "NATS", "MQTT"]) {
        EdgeKind::Queue
    } else if says(&[
        "DB_", "DATABASE", "POSTGRES", "PGHOST", "MYSQL", "MARIADB", "MONGO", "REDIS", "CACHE", "MEMCACHE", "ELASTIC",
        "SEARCH",
    ]) || upper == "SERVER"
    {
        EdgeKind::Data
    } else {
        EdgeKind::Calls
    }
}
