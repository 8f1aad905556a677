//! Routes of APIs as the gateway's paths: `/orders/{id}` and `/{proxy+}`.

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

    /// A method and a path.
    pub(super) fn of(method: &str, path: &str) -> Option<Self> {
        let method = (method != "ANY").then(|| method.to_owned());
        path.starts_with('/').then(|| Self { method, path: Some(path.to_owned()) })
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
            return format!("={path}");
        }
        let mut expression = String::from("~");
        for segment in path.split('/').skip(1) {
            expression.push('/');
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) if name.ends_with('+') => expression.push_str(".+"),
                Some(_) => expression.push_str("[^/]+"),
                None => expression.push_str(&escaped(segment)),
            }
        }
        expression
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
        ] {
            let pattern = Pattern::of_key(key).unwrap();
            assert_eq!((pattern.gateway_path().as_str(), pattern.key().as_str()), (path, key));
        }
        assert_eq!(Pattern::of_key("orders"), None);
        assert_eq!(Pattern::of_key("GET orders"), None);
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
