//! Harmless shapes: values that cannot be secrets, whatever they look like otherwise.

use super::{names, tokens, words};

/// Domains of providers under which names of machines are made of random letters: hosts there are no secrets.
#[rustfmt::skip]
const PROVIDERS: &[&str] = &[
    "amazonaws.com", "amazonaws.com.cn", "on.aws", "api.aws", "awsapps.com", "cloudfront.net", "azure.com", "azure.net",
    "windows.net", "azurewebsites.net", "mongodb.net", "redis-cloud.com", "redislabs.com", "upstash.io", "neon.tech",
    "supabase.co", "elastic-cloud.com", "aivencloud.com", "confluent.cloud", "snowflakecomputing.com", "psdb.cloud",
    "workers.dev", "r2.dev", "pages.dev", "cloudflarestorage.com", "herokuapp.com", "googleapis.com", "run.app",
    "googleusercontent.com", "sentry.io", "auth0.com", "okta.com", "cloudamqp.com", "vercel.app", "netlify.app",
    "es.io", "awsglobalaccelerator.com", "ondigitalocean.com", "digitaloceanspaces.com",
];

/// Kinds of AWS resources whose ids are `<kind>-<8 or 17 hex digits>`.
#[rustfmt::skip]
const RESOURCES: &[&str] = &[
    "acl", "ami", "cluster", "db", "dopt", "eipalloc", "eipassoc", "eni", "fs", "fsap", "i", "igw", "lt", "mt", "nat", "pcx",
    "rtb", "sg", "sgr", "snap", "subnet", "tgw", "vgw", "vol", "vpc", "vpce",
];

/// Names of formats and algorithms that look odder than they are.
#[rustfmt::skip]
const WELL_KNOWN: &[&str] = &[
    "iso8601", "rfc3339", "rfc3164", "rfc5424", "rfc5424micro", "md5", "sha1", "sha256", "sha384", "sha512", "base64", "utf8", "x86_64",
    "amd64", "arm64", "aarch64", "rs256", "rs384", "rs512", "hs256", "hs384", "hs512", "es256", "es384", "ps256", "aes128", "aes256", "ed25519",
    "tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3",
];

/// Whether a single word is of a harmless shape. `name` is what it is the value of; it matters for UUIDs alone:
/// they serve as API keys too, so that only a name that ends in `id` or the like lets one pass.
pub(super) fn is_harmless(word: &str, name: &str) -> bool {
    is_switch(word)
        || WELL_KNOWN.contains(&word.to_ascii_lowercase().as_str())
        || is_number(word)
        || is_quantity(word)
        || is_address(word)
        || is_arn(word)
        || is_host_and_port(word)
        || is_host_and_path(word)
        || is_email(word.strip_prefix("mailto:").unwrap_or(word))
        || is_path(word)
        || is_resource_id(word)
        || is_digest(word)
        || is_schedule(word)
        || is_time(word)
        || is_colour(word)
        || is_list_of_codes(word)
        || is_locale(word)
        || is_jvm_option(word)
        || is_short_commit(word) && names::is_commit(name)
        || is_uuid(word) && names::is_identifier(name)
}

/// Whether a value may stand under a name that speaks of a secret.
pub(super) fn is_harmless_under_secret_name(text: &str) -> bool {
    text.trim().is_empty()
        || is_switch(text)
        || text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
        || is_quantity(text)
        || is_arn(text)
        || is_path(text)
        || is_placeholder(text)
        || text.len() <= 4 && text.ends_with('*')
}

/// `true`, `off`, `none` and their kin.
fn is_switch(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "enabled" | "disabled" | "none" | "null" | "nil"
    )
}

/// Numbers up to the 19 digits of a 64-bit integer, with sign, point, exponent or per cent.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    !digits.is_empty() && digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits != "."
}

/// Sizes and durations: `512m`, `10MiB`, `1h30m`, `250ms`, `PT5M`.
fn is_quantity(text: &str) -> bool {
    #[rustfmt::skip]
    const UNITS: &[&str] = &[
        "ns", "us", "ms", "s", "sec", "m", "min", "h", "d", "w", "y", "b", "k", "g", "t", "kb", "mb", "gb", "tb", "ki", "mi", "gi",
        "ti", "kib", "mib", "gib", "tib", "x", "px", "rpm", "rps", "hz", "mhz", "ghz", "vcpu", "v",
    ];
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.strip_prefix("pt").or_else(|| lower.strip_prefix('p')).unwrap_or(&lower);
    let mut pairs = 0;
    while !rest.is_empty() {
        let number = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let unit = rest[number..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit_of_time = matches!(&rest[number..number + unit], "d" | "h" | "m" | "s" | "ms");
        if number == 0 || number > 12 || pairs > 0 && !unit_of_time || !UNITS.contains(&&rest[number..number + unit]) {
            return false;
        }
        pairs += 1;
        rest = &rest[number + unit..];
    }
    pairs == 1 || (2..=4).contains(&pairs) && lower.len() <= 12
}

/// IP addresses, with a port or as a CIDR block.
fn is_address(text: &str) -> bool {
    use std::net::{IpAddr, SocketAddr};
    let block = text.split_once('/').filter(|(_, bits)| bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit()));
    let address = block.map_or(text, |(address, _)| address);
    address.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok()
}

/// `arn:<partition>:<service>:<region>:<account>:<resource>` (IAM user guide). The resource may hold random ids.
pub(super) fn is_arn(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let word =
        |part: Option<&str>| part.is_some_and(|part| part.len() <= 40 && (part.is_empty() || words::is_plain(part)));
    parts.next() == Some("arn")
        && parts
            .next()
            .is_some_and(|partition| partition.starts_with("aws") && partition.len() <= 12 || is_placeholder(partition))
        && word(parts.next())
        && word(parts.next())
        && word(parts.next())
        && parts.next().is_some_and(|resource| !resource.is_empty() && !resource.contains(char::is_whitespace))
}

/// A hostname with a dot, or `localhost`, with or without a port.
pub(super) fn is_host_and_port(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "0"));
    port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() && is_host(host)
}

/// An image in a registry, a URL without its scheme.
fn is_host_and_path(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(host, path)| is_host_and_port(host) && words::is_plain(path) && !path.contains(['=', '@']))
}

/// A hostname that is no secret: words, or a random name under a provider's domain.
pub(super) fn is_host(host: &str) -> bool {
    is_host_syntax(host) && (words::is_half_plain(host) || is_provider_host(host))
}

fn is_provider_host(host: &str) -> bool {
    PROVIDERS.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

/// RFC 1123 labels in lower case, at least two of them, the last made of letters; a first `*` is a wildcard's.
pub(crate) fn is_host_syntax(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    let named = host.strip_prefix("*.").unwrap_or(host);
    let last = named.rsplit('.').next().unwrap_or_default();
    host == "localhost"
        || named.contains('.')
            && named.len() <= 253
            && named.split('.').all(label)
            && last.len() >= 2
            && last.bytes().all(|b| b.is_ascii_lowercase())
}

/// A host with wildcards anywhere, as a load balancer compares it, or with the host of the request in it (`www.#{host}`).
pub(super) fn is_host_pattern(text: &str) -> bool {
    let host = text.replace("#{host}", "host.example").replace('*', "xx").replace('?', "x").to_ascii_lowercase();
    is_host_syntax(&host)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && !local.contains([':', '/', '=', '%']) && words::is_plain(local) && is_host(host)
    })
}

/// `sg-0123456789abcdef0`, and Cognito's `eu-west-1_AbCdEfGhI`.
fn is_resource_id(text: &str) -> bool {
    let ec2 = text.split_once('-').is_some_and(|(kind, id)| {
        RESOURCES.contains(&kind)
            && matches!(id.len(), 8 | 17)
            && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    });
    let cognito = text.split_once('_').is_some_and(|(region, pool)| {
        region.split('-').count() == 3
            && words::is_very_plain(region)
            && pool.len() == 9
            && pool.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    ec2 || cognito
}

/// `sha256:<64 hex digits>`, alone or behind the name of an image (OCI image specification).
fn is_digest(text: &str) -> bool {
    text.rsplit_once("sha256:").is_some_and(|(before, hex)| {
        let image = before.strip_suffix('@').map_or(before.is_empty(), words::is_plain);
        image && hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

/// `rate(5 minutes)`, `cron(0 12 * * ? *)`, `at(2026-01-01T00:00:00)` (EventBridge Scheduler user guide).
pub(super) fn is_schedule(text: &str) -> bool {
    let inner = ["rate(", "cron(", "at("].iter().find_map(|open| text.strip_prefix(open)?.strip_suffix(')'));
    inner.is_some_and(|inner| inner.len() <= 80 && words::is_plain(&inner.replace(['*', '?', '#'], " ")))
        || is_cron(text)
}

/// Five to seven fields of cron(5), or a nickname such as `@daily`.
fn is_cron(text: &str) -> bool {
    let field = |field: &str| {
        field.len() <= 24 && field.bytes().all(|b| b.is_ascii_alphanumeric() || b"*?,-/#LW".contains(&b)) && {
            let letters = field.bytes().filter(u8::is_ascii_alphabetic).count();
            letters <= 12 && (letters == 0 || words::weight(field) <= 12.0)
        }
    };
    let fields: Vec<&str> = text.split_whitespace().collect();
    (5..=7).contains(&fields.len())
        && fields.iter().filter(|f| f.contains('*')).count() >= 1
        && fields.iter().all(|f| field(f))
        || matches!(
            text,
            "@yearly" | "@annually" | "@monthly" | "@weekly" | "@daily" | "@midnight" | "@hourly" | "@reboot"
        )
}

/// RFC 3339 dates and times.
fn is_time(text: &str) -> bool {
    let year = text.split('-').next().unwrap_or_default();
    year.len() == 4
        && text.len() <= 35
        && text.matches('-').count() >= 2
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'T' | b'Z' | b'+'))
}

/// `#ff8800`.
fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| matches!(hex.len(), 3 | 6 | 8) && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Countries, languages, carriers: `de,at,ch`, `dhl,dpd`.
fn is_list_of_codes(text: &str) -> bool {
    text.contains(',')
        && text.split(',').all(|code| (2..=4).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// `en-US`, `de_DE.UTF-8`.
fn is_locale(text: &str) -> bool {
    let plain = text.strip_suffix(".UTF-8").unwrap_or(text);
    let halves = plain.split_once(['-', '_']);
    halves.is_some_and(|(language, country)| {
        matches!(language.len(), 2 | 3)
            && language.bytes().all(|b| b.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|b| b.is_ascii_uppercase())
    })
}

/// The JVM's `-Xmx512m` and `-XX:+UseG1GC`.
fn is_jvm_option(text: &str) -> bool {
    let switch = text.strip_prefix("-XX:+").or_else(|| text.strip_prefix("-XX:-"));
    if let Some(switch) = switch {
        return switch.bytes().all(|b| b.is_ascii_alphanumeric()) && words::is_half_plain(switch);
    }
    ["-Xms", "-Xmx", "-Xmn", "-Xss"].iter().any(|option| text.strip_prefix(option).is_some_and(is_quantity))
}

/// A commit's first digits, too few to be a key.
fn is_short_commit(text: &str) -> bool {
    matches!(text.len(), 7..=12) && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// An absolute, relative or Windows path of words.
pub(super) fn is_path(text: &str) -> bool {
    let begins = ["/", "./", "../", "~/", "C:\\", "\\\\.\\pipe\\"].iter().any(|begin| text.starts_with(begin));
    begins
        && text.chars().all(|c| c.is_alphanumeric() || "._-/\\~@+%:${}*".contains(c))
        && words::is_half_plain(text)
        && text.split(['/', '\\']).all(|segment| words::is_plain(segment) && tokens::find(segment).is_empty())
}

/// A place that something else fills in: `${NAME}`, `$NAME`, `<NAME>`, `{{ name }}`, `$$$NAME$$$`, `%NAME%`, `#{name}`,
/// `{{resolve:secretsmanager:name}}`. A default inside (`${NAME:-value}`) makes it none: the default may be a secret.
pub(super) fn is_placeholder(text: &str) -> bool {
    let dollars = text.bytes().take_while(|b| *b == b'$').count();
    let inner = if dollars >= 2 && text.len() > 2 * dollars && text.ends_with(&"$".repeat(dollars)) {
        Some(&text[dollars..text.len() - dollars])
    } else {
        [
            ("${{", "}}"),
            ("${", "}"),
            ("$(", ")"),
            ("{{", "}}"),
            ("#{", "}"),
            ("<", ">"),
            ("%", "%"),
            ("@@", "@@"),
            ("__", "__"),
        ]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
        .or_else(|| text.strip_prefix('$').filter(|name| is_variable(name)))
    };
    inner.is_some_and(|inner| {
        let resolves =
            inner.starts_with("resolve:") || inner.starts_with("ssm:") || inner.starts_with("secretsmanager:");
        !inner.is_empty()
            && inner.len() <= 120
            && (resolves || !inner.contains(":-") && !inner.contains(":="))
            && inner.chars().all(|c| c.is_alphanumeric() || "_-. :/`\"'|,()#\\".contains(c))
            && (resolves || !has_default(inner))
            && words::is_plain(inner)
    })
}

/// `DB_PASSWORD`: in capitals, since a password may begin with a dollar.
pub(super) fn is_variable(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// Spring's `${NAME:default}`; a template's `{{ env "NAME" "default" }}` is written with quotes and stays.
fn has_default(inner: &str) -> bool {
    inner.split_once(':').is_some_and(|(name, default)| {
        !default.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
    })
}
