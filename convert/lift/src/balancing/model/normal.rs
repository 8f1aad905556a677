//! Paths as the gateway makes them before it looks at its routes. The balancer compares them as they come.
//!
//! Envoy Gateway merges slashes, takes dot segments out, turns `\\` into `/`, decodes what need not be encoded, and sends callers
//! of `%2F` and `%5C` to the decoded path (Envoy, `normalize_path`, `merge_slashes`, `UNESCAPE_AND_REDIRECT`).

/// Whether a pattern of the balancer may take a path that the gateway lets through as it is. What stands between the
/// wildcards decides.
pub(in crate::balancing) fn comes_through(pattern: &str) -> bool {
    let pieces = ["//", "/./", "/../", "\\"];
    let ends = pattern.ends_with("/.") || pattern.ends_with("/..");
    !pieces.iter().any(|piece| pattern.contains(piece)) && !ends && decoded(pattern) == pattern
}

/// The pattern of what becomes of its paths on the gateway; everything where that can't be told.
pub(in crate::balancing) fn normalised(pattern: &str) -> String {
    let mut path = decoded(pattern).replace('\\', "/");
    for (piece, short) in [("//", "/"), ("/./", "/")] {
        while path.contains(piece) {
            path = path.replace(piece, short);
        }
    }
    if path.contains("/../") || path.ends_with("/..") {
        return "*".to_owned();
    }
    path.strip_suffix("/.").map(|path| format!("{path}/")).unwrap_or(path)
}

/// Without the percent-encoding of slashes, and of what needs none (RFC 3986, section 2.3).
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        let plain = code.filter(|code| code.is_ascii_alphanumeric() || b"-._~/\\".contains(code));
        match plain {
            Some(code) => out.push(char::from(code)),
            None => out.push_str(rest.get(at..at + 3).unwrap_or(&rest[at..])),
        }
        rest = rest.get(at + 3..).unwrap_or("");
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_the_gateway_rewrites_never_comes_through() {
        for (pattern, becomes) in [
            ("*//*", "*/*"),
            ("/a%2Fb", "/a/b"),
            ("/a%2fb/*", "/a/b/*"),
            ("/a%5cb", "/a/b"),
            ("/a\\b", "/a/b"),
            ("/x/./y", "/x/y"),
            ("/x/.", "/x/"),
            ("*/../*", "*"),
            ("/x/..", "*"),
            ("/%41bc", "/Abc"),
            ("*%2e%2E*", "*..*"),
        ] {
            assert!(!comes_through(pattern), "{pattern}");
            assert_eq!(normalised(pattern), becomes, "{pattern}");
        }
        for pattern in
            ["/a/*", "*.png", "/.well-known/*", "/a..b", "/caf%C3%A9", "/a%20b/*", "/100%", "/a%3Fb", "/v?.*"]
        {
            assert!(comes_through(pattern), "{pattern}");
            assert_eq!(normalised(pattern), pattern);
        }
    }
}
