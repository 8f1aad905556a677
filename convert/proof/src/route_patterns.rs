//! Where requests come to a Worker, by its own configuration (Cloudflare Workers, "Routes", "Matching behavior").

use serde_json::Value;

/// One route.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RoutePattern {
    /// In small letters, perhaps with `*.` at the front.
    pub(crate) host: String,
    /// What a path begins with, and whether anything may follow it.
    path: (String, bool),
}

impl RoutePattern {
    /// Whether it takes a path.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let (begin, more) = &self.path;
        if *more { path.starts_with(begin.as_str()) } else { path == begin }
    }

    /// A path that it takes.
    pub(crate) fn begin(&self) -> &str {
        &self.path.0
    }

    /// Whether it takes a host.
    pub(crate) fn is_of(&self, host: &str) -> bool {
        takes_host(&self.host, host)
    }
}

/// Whether a host, perhaps with `*.` at the front, takes another one.
pub(crate) fn takes_host(wanted: &str, host: &str) -> bool {
    let below = |suffix: &str| host.ends_with(suffix) && host.len() > suffix.len();
    wanted == host || wanted.strip_prefix('*').is_some_and(below)
}

/// Those of a configuration.
pub(crate) fn of(body: &Value) -> Vec<RoutePattern> {
    let listed = body.get("routes").and_then(Value::as_array).into_iter().flatten();
    let mut out = Vec::new();
    for value in body.get("route").into_iter().chain(listed) {
        let pattern = value.as_str().or_else(|| value.get("pattern").and_then(Value::as_str));
        let custom = value.get("custom_domain").and_then(Value::as_bool) == Some(true);
        let Some(pattern) = pattern else { continue };
        let rest = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let path = match path.strip_suffix('*') {
            Some(begin) => (begin.to_owned(), true),
            None if custom || path.is_empty() => ("/".to_owned(), custom),
            None => (path.to_owned(), false),
        };
        let host = host.to_ascii_lowercase();
        let hosts = match host.strip_prefix('*') {
            Some(bare) if !bare.starts_with('.') => vec![bare.to_owned(), format!("*.{bare}")],
            _ => vec![host],
        };
        out.extend(hosts.into_iter().map(|host| RoutePattern { host, path: path.clone() }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn a_pattern_says_hosts_and_paths() {
        let all = of(&json!({"routes": [
            "Example.com/*", "*example.net/api*", {"pattern": "c.example.com", "custom_domain": true}, "x.example.com/a",
        ]}));
        let hosts: Vec<&str> = all.iter().map(|one| one.host.as_str()).collect();
        assert_eq!(hosts, ["example.com", "example.net", "*.example.net", "c.example.com", "x.example.com"]);
        assert!(all[0].takes("/any") && all[1].takes("/api/x") && !all[1].takes("/other"));
        assert!(all[2].is_of("a.example.net") && !all[2].is_of("example.net"));
        assert!(all[3].takes("/deep/er") && all[4].takes("/a") && !all[4].takes("/a/b"));
    }
}
