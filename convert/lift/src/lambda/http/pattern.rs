//! Routes of APIs as the gateway's paths: `/orders/{id}` and `/{proxy+}`.

use crate::plconfig::is_path;

/// A route of an API: the method and the path, as it writes them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    /// `GET`; none is any.
    pub(super) method: Option<String>,
    /// `/orders/{id}`; none is `$default`, which takes what no other route takes.
    pub(super) path: Option<String>,
}

impl Pattern {
    /// Reads the key of an HTTP API's route: `GET /orders/{id}`, `ANY /x`, `$default`.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        if key == "$default" {
            return Some(Self { method: None, path: None });
        }
        let (method, path) = key.split_once(' ')?;
        Self::of(method, path)
    }

    /// A method and a path; none where the gateway takes no such path.
    pub(super) fn of(method: &str, path: &str) -> Option<Self> {
        let method = (method != "ANY").then(|| method.to_owned());
        let words =
            path.split('/').map(|segment| if segment.starts_with('{') { "x".to_owned() } else { written(segment) });
        let words: Vec<String> = words.collect();
        is_path(&words.join("/")).then(|| Self { method, path: Some(path.to_owned()) })
    }

    /// As the handler's events name it.
    pub(super) fn key(&self) -> String {
        match &self.path {
            None => "$default".to_owned(),
            Some(path) => format!("{} {path}", self.method.as_deref().unwrap_or("ANY")),
        }
    }

    /// The gateway's path: exact, a regular expression over the whole path, or everything.
    pub(super) fn gateway_path(&self) -> String {
        let Some(path) = &self.path else { return "/".to_owned() };
        if !path.contains('{') {
            return format!("={}", written(path));
        }
        let mut expression = String::from("~");
        for segment in path.split('/').skip(1) {
            expression.push('/');
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) if name.ends_with('+') => expression.push_str(".+"),
                Some(_) => expression.push_str("[^/]+"),
                None => expression.push_str(&escaped(&written(segment))),
            }
        }
        expression
    }

    /// What a closed route answers: the front reads a path with a slash behind it as the same path.
    pub(super) fn closed_paths(&self) -> Vec<String> {
        let path = self.gateway_path();
        match path.as_bytes() {
            [b'=', .., b'/'] => vec![path],
            [b'=', ..] => vec![format!("{path}/"), path],
            [b'~', ..] if !path.ends_with(".+") => vec![format!("{path}/?")],
            _ => vec![path],
        }
    }

    /// Where it stands among the others: API Gateway takes whole words before variables, these before what takes the rest,
    /// and a method of its own before any (API Gateway developer guide, "Routing API requests").
    pub(super) fn order(&self) -> (Vec<u8>, bool) {
        let rank = |segment: &str| match segment.strip_prefix('{') {
            Some(rest) if rest.ends_with("+}") => 2,
            Some(_) => 1,
            None => 0,
        };
        let ranks = match &self.path {
            None => vec![3],
            Some(path) => path.split('/').skip(1).map(rank).collect(),
        };
        (ranks, self.method.is_none())
    }
}

/// As callers send it: what has no place in a path is percent-encoded (RFC 3986, section 3.3), what is already stays.
fn written(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (at, byte) in path.bytes().enumerate() {
        let code = || path.as_bytes().get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        let plain = byte.is_ascii_alphanumeric() || b"-/._~!$&'()*+,;=:@".contains(&byte) || byte == b'%' && code();
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn escaped(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for c in segment.chars() {
        if r".+*?()|[]{}^$\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_become_paths_of_the_gateway() {
        for (key, path) in [
            ("GET /orders", "=/orders"),
            ("ANY /", "=/"),
            ("GET /orders/{id}", "~/orders/[^/]+"),
            ("ANY /{proxy+}", "~/.+"),
            ("POST /a.b/{x}/c/{rest+}", r"~/a\.b/[^/]+/c/.+"),
            ("$default", "/"),
            ("GET /ä*(", "=/%C3%A4*("),
            ("GET /a b/{id}", "~/a%20b/[^/]+"),
            ("GET /a%20b", "=/a%20b"),
            ("GET /100%", "=/100%25"),
        ] {
            let pattern = Pattern::of_key(key).unwrap();
            assert_eq!((pattern.gateway_path().as_str(), pattern.key().as_str()), (path, key));
        }
        assert_eq!(Pattern::of_key("orders"), None);
        for never_asked_for in ["GET orders", "GET /a//b", "GET /a/../b/{id}", "GET /a%2Fb"] {
            assert_eq!(Pattern::of_key(never_asked_for), None, "{never_asked_for}");
        }
    }

    #[test]
    fn what_is_nearer_comes_first() {
        let mut keys =
            ["$default", "ANY /{proxy+}", "GET /{id}", "ANY /a/{id}", "GET /a/{id}", "ANY /a/b", "ANY /a/{r+}"];
        keys.sort_by_key(|key| Pattern::of_key(key).unwrap().order());
        assert_eq!(
            keys,
            ["ANY /a/b", "GET /a/{id}", "ANY /a/{id}", "ANY /a/{r+}", "GET /{id}", "ANY /{proxy+}", "$default"]
        );
    }
}
