//! How much of a text could be a secret: letters that make no word, digits among letters, odd signs.
//!
//! The measure is a weight in characters. A string of 20 or more random characters weighs most of its length, whatever
//! alphabet it is drawn from; words of the trade weigh nothing. Between the two stands a budget ([`is_plain`]).
//! A passphrase of words, or a short secret such as `summer7`, cannot be told from a harmless value by its look: the
//! names of the places it stands in decide ([`super::names`]).

use super::trigrams;
use caravan_inventory::Redacted;

/// Words that are too short for trigrams to tell, and words of the trade with odd letters. Sorted.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "a", "abac", "acl", "add", "admin", "aes", "af", "ago", "ai", "aks", "alb", "all", "am", "amazon", "amazonaws",
    "ami", "amqp", "amqps", "an", "and", "any", "ap", "api", "apigateway", "apk", "apm", "app", "apt", "are", "as",
    "asg", "asgi", "async", "at", "aurora", "auth", "avi", "await", "awk", "aws", "awslogs", "awsvpc", "azure",
    "bad", "bar", "base", "bash", "baz", "be", "bg", "big", "bin", "bit", "body", "box", "but", "buy", "by", "bz",
    "ca", "can", "cap", "car", "cbc", "cdn", "celery", "cfg", "ch", "chmod", "chown", "chroot", "cidr", "cli",
    "cloudfront", "cloudwatch", "cn", "co", "cognito", "com", "conf", "conn", "cors", "cpu", "cron", "crt", "csr",
    "csrf", "css", "csv", "curl", "cut", "cz", "data", "datadog", "datadoghq", "day", "db", "dbs", "dd", "de",
    "deb", "dev", "dhcp", "did", "div", "django", "dk", "dkim", "dkr", "dll", "dmarc", "dns", "do", "docker", "dsn",
    "dto", "due", "dump", "dynamodb", "ebpf", "ebs", "ec", "ecdsa", "ecr", "ecs", "ed", "edu", "ee", "efs", "ejs",
    "eks", "elasticache", "elasticloadbalancing", "elb", "end", "eni", "env", "es", "etc", "etcd", "eu", "eur",
    "eventbridge", "exe", "exec", "false", "far", "fargate", "few", "ffmpeg", "fi", "file", "firelens", "fix",
    "fluentbit", "fluentd", "flyway", "foo", "for", "fr", "ftp", "fun", "gbp", "gc", "gce", "gcm", "gcp", "gcs",
    "gdpr", "gem", "geo", "get", "gib", "gid", "gif", "github", "gitlab", "gke", "go", "got", "gov", "gpu", "gr",
    "grafana", "graphql", "grep", "grpc", "gui", "gunicorn", "gz", "gzip", "had", "haproxy", "has", "hbs",
    "heartbeat", "helm", "hibernate", "hikari", "hit", "host", "hot", "how", "hr", "hs", "htm", "html", "htop",
    "http", "https", "hu", "i", "iam", "ice", "ico", "id", "ie", "if", "img", "in", "ini", "io", "iot", "ip", "is",
    "iso", "istio", "it", "its", "jar", "java", "jboss", "jdbc", "jdk", "jenkins", "jira", "jmx", "job", "jp",
    "jpa", "jpeg", "jpg", "jre", "js", "json", "jsonl", "jsx", "junit", "jvm", "jwks", "jwt", "k", "kafka",
    "keepalive", "key", "keycloak", "kib", "kibana", "kms", "kube", "kubectl", "kv", "lab", "lambda", "lan",
    "laravel", "lck", "ldap", "led", "let", "lib", "linux", "liquibase", "log", "loggly", "logstash", "lot", "low",
    "lt", "lua", "luks", "lv", "magento", "mailgun", "mailto", "mariadb", "max", "mdb", "me", "memcached", "mfa",
    "mib", "mid", "min", "minio", "mix", "mkdir", "mknod", "ml", "mnt", "mode", "mongo", "mongodb", "mp", "mq",
    "mqtt", "mssql", "mtu", "my", "mysql", "name", "nats", "neo", "net", "netty", "new", "newrelic", "nfs", "nginx",
    "nl", "nlb", "no", "nodejs", "nodes", "none", "not", "npm", "npx", "null", "num", "nuxt", "oauth", "odbc", "of",
    "off", "oidc", "ok", "old", "on", "one", "onnx", "openid", "opensearch", "openssl", "ops", "opsgenie", "opt",
    "or", "oracle", "org", "orm", "os", "otel", "otp", "our", "out", "own", "pagerduty", "pass", "path", "pay",
    "pdf", "pem", "per", "pgsql", "php", "pid", "pii", "pip", "pkcs", "pl", "pm", "png", "pod", "pool", "pop",
    "port", "postgres", "postgresql", "prd", "pre", "pro", "proxy", "psql", "pub", "puma", "put", "pwd", "py", "qa",
    "rabbitmq", "rack", "rails", "rake", "ram", "raw", "rbac", "rc", "rds", "red", "redis", "redisson", "ref",
    "regex", "res", "ro", "root", "route", "row", "rpc", "rpm", "rps", "rs", "rsa", "rsync", "rua", "ruf", "run",
    "rundeck", "rust", "s", "sa", "saml", "say", "sbin", "scss", "sdk", "se", "sea", "secretsmanager", "sed", "see",
    "sendgrid", "sentry", "ses", "set", "sftp", "sg", "sh", "sha", "she", "si", "sid", "sidekiq", "sinatra", "size",
    "sk", "sla", "slo", "sms", "smtp", "sns", "so", "spa", "spf", "splunk", "sql", "sqlite", "sqlserver", "sqlx",
    "sqs", "squid", "src", "ssd", "ssh", "ssl", "ssm", "sso", "statsd", "stderr", "stdin", "stdout", "stg",
    "stripe", "sts", "stunnel", "sub", "sudo", "svc", "svg", "symfony", "sys", "syslog", "tag", "tcp", "tg", "tgz",
    "the", "time", "timeout", "tls", "tmp", "tmpfs", "tmpl", "to", "tomcat", "toml", "traefik", "true", "try",
    "tsx", "ttl", "tv", "tw", "twilio", "two", "type", "tz", "ubuntu", "udp", "ui", "uid", "uk", "up", "uri", "url",
    "urn", "us", "usd", "use", "user", "usr", "utc", "utf", "uuid", "uwsgi", "v", "var", "vhost", "via", "vite",
    "vm", "vpc", "vpn", "vue", "wan", "war", "was", "way", "we", "web", "webhook", "webp", "wget", "who", "why",
    "win", "woff", "wordpress", "ws", "wsgi", "www", "xlarge", "xml", "xms", "xmx", "xray", "xss", "xx", "yaml",
    "yarn", "yes", "yet", "yml", "you", "zip", "zone", "zookeeper", "zst", "zstd",
];

/// Up to this weight any text passes: `t3.medium`, `v1.2.3`, `m5a.large`.
const FLOOR: f32 = 4.0;
/// Up to this weight a text of at most six characters passes: `RS256`.
const FLOOR_OF_SHORT: f32 = 5.0;
/// Above this weight nothing passes, however long the text around it is.
const CEILING: f32 = 8.0;
/// Between the two: this part of the text may be odd.
const SHARE: f32 = 0.25;

/// Whether a text looks like words, numbers and names, so that it holds no random string of 20 characters.
pub(super) fn is_plain(text: &str) -> bool {
    is_within(text, floor(text))
}

/// The same with a budget that begins lower: for values whose name is suspicious.
pub(super) fn is_very_plain(text: &str) -> bool {
    is_within(text, 1.5)
}

/// Whether a weight that was added up from pieces of a text is within the budget of the whole.
pub(super) fn is_light(weight: f32, text: &str) -> bool {
    weight <= (SHARE * text.len() as f32).clamp(floor(text), CEILING)
}

/// Whether at most half of a text is odd: for shapes of which few random strings are.
pub(super) fn is_half_plain(text: &str) -> bool {
    weight(text) <= (text.len() as f32 / 2.0).max(FLOOR)
}

fn floor(text: &str) -> f32 {
    if text.len() <= 6 { FLOOR_OF_SHORT } else { FLOOR }
}

fn is_within(text: &str, floor: f32) -> bool {
    weight(text) <= (SHARE * text.len() as f32).clamp(floor, CEILING)
}

/// How many characters of the text could belong to something random. Marks of redaction weigh nothing.
pub(super) fn weight(text: &str) -> f32 {
    let mut total = 0.0;
    let mut from = 0;
    for span in Redacted::find(text) {
        total += weight_between_marks(&text[from..span.range.start]);
        from = span.range.end;
    }
    total + weight_between_marks(&text[from..])
}

fn weight_between_marks(text: &str) -> f32 {
    let bytes = text.as_bytes();
    let letter_at = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    let mut total: f32 = bytes.split(|byte| !byte.is_ascii_alphanumeric()).map(mixture).sum();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + run(&bytes[at..]);
        total += match bytes[at] {
            _ if is_letter_and_number(bytes, at) => 0.5,
            b'0'..=b'9' if at > 0 && is_letter_and_number(bytes, at - 1) => 0.5,
            b'0'..=b'9' => number(end - at, letter_at(at.checked_sub(1)) || letter_at(Some(end))),
            byte if byte.is_ascii_alphabetic() => word(&bytes[at..end]),
            b'-' | b'_' | b'.' | b'/' | b':' | b',' | b' ' | b'\\' | b'\t' | b'\r' | b'\n' => 0.0,
            byte if byte.is_ascii() => 0.5,
            // A letter beyond ASCII has two bytes or more; each counts a little.
            _ => 0.2,
        };
        at = end;
    }
    total
}

/// What letters and digits weigh for being mixed: nothing in a short run, half of a long one.
fn mixture(run: &[u8]) -> f32 {
    let changes = run.windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count();
    if run.len() >= 20 && changes >= 2 { run.len() as f32 / 2.0 } else { 0.0 }
}

/// `v1`, `s3`, `h2`, standing alone.
fn is_letter_and_number(bytes: &[u8], at: usize) -> bool {
    let digits = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let free = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    bytes[at].is_ascii_alphabetic()
        && (1..=3).contains(&digits)
        && free(at.checked_sub(1))
        && free(Some(at + 1 + digits))
}

/// The length of the run that begins here: digits, a word (`Word`, `word`, the `HTTP` of `HTTPServer`), or one byte.
fn run(bytes: &[u8]) -> usize {
    let count = |from: usize, of: fn(&u8) -> bool| bytes[from..].iter().take_while(|byte| of(byte)).count();
    match bytes[0] {
        b'0'..=b'9' => count(0, u8::is_ascii_digit),
        b'a'..=b'z' => count(0, u8::is_ascii_lowercase),
        b'A'..=b'Z' => match (count(1, u8::is_ascii_lowercase), count(0, u8::is_ascii_uppercase)) {
            (0, upper) if bytes.get(upper).is_some_and(u8::is_ascii_lowercase) => upper - 1,
            (0, upper) => upper,
            (lower, _) => 1 + lower,
        },
        _ => 1,
    }
}

/// The weight of digits: little where they stand alone (a year, a port, an account), all of them inside a word.
fn number(digits: usize, touches_letters: bool) -> f32 {
    match digits {
        _ if touches_letters => digits as f32,
        1..=4 => 0.5,
        5..=6 => 1.0,
        7..=12 => 2.0,
        _ => digits as f32,
    }
}

/// The weight of a word: its length times the share of its trigrams that are uncommon, and a quarter more.
fn word(letters: &[u8]) -> f32 {
    let length = letters.len() as f32;
    match letters.len() {
        1..=2 if is_known(letters) => return 0.75,
        3 if is_known(letters) => return 0.5,
        _ if is_known(letters) => return 0.0,
        1..=3 => return length,
        5..=24 if is_compound(letters) => return 0.5,
        _ => {}
    }
    let share = trigrams::uncommon(letters) as f32 / (length - 2.0);
    // Few words are this long, and of those few have odd letters.
    let factor = if letters.len() >= 18 { 2.5 } else { 1.25 };
    length * (factor * share).min(1.0)
}

/// `dbname`, `sslmode`, `foobarbaz`: known words in one, one of the first two of three letters or more.
fn is_compound(letters: &[u8]) -> bool {
    (2..letters.len().saturating_sub(1)).any(|at| {
        let (first, second) = letters.split_at(at);
        (first.len() > 2 || second.len() > 2) && is_known(first) && (is_known(second) || is_compound(second))
    })
}

fn is_known(letters: &[u8]) -> bool {
    let lower = letters.to_ascii_lowercase();
    KNOWN.binary_search_by(|known| known.as_bytes().cmp(&lower)).is_ok()
}
