//! URLs and connection strings: what is secret in them goes, the host stays, since edges are made of hosts.

use super::{Redactor, names::Suspicion, shapes, tokens, words};
use caravan_inventory::Redacted;

/// What reading a text as an address, a login or a document gave.
pub(super) enum Masking {
    /// It is not of this kind.
    Other,
    /// It is, and nothing in it is secret.
    Harmless,
    /// It is; this is the text without its secrets.
    Masked(String),
}

/// A URL cut into its parts (RFC 3986). The parts put together again are the text.
pub(crate) struct Parts<'t> {
    /// `https`, `jdbc:postgresql`.
    pub(crate) scheme: &'t str,
    /// What stands before the `@`, if there is one.
    pub(crate) user: Option<&'t str>,
    /// Host and port, or several of them.
    pub(crate) hosts: &'t str,
    /// From the first `/`, `?`, `#` or `;` on.
    pub(crate) rest: &'t str,
}

impl<'t> Parts<'t> {
    /// Cuts the text. A password with an unescaped `/` is still found: an authority with an impossible port reaches on
    /// to the last `@`, and so does every authority of a scheme whose paths hold no `@` (databases, brokers).
    pub(crate) fn of(text: &'t str) -> Option<Self> {
        let (scheme, after) = text.split_once("://")?;
        let valid = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-' | b':' | b'_');
        if scheme.is_empty() || scheme.len() > 40 || !scheme.bytes().all(valid) {
            return None;
        }
        let authority = after.find(['/', '?', '#', ';']).unwrap_or(after.len());
        let web = matches!(scheme, "http" | "https" | "ws" | "wss");
        let path_end = after.find('?').unwrap_or(after.len());
        let at = after[..authority].rfind('@');
        let far = after[..path_end].rfind('@').filter(|_| !web).or_else(|| {
            let port = after[..authority].rsplit_once(':').map_or("", |(_, port)| port);
            after.rfind('@').filter(|_| at.is_none() && !port.bytes().all(|b| b.is_ascii_digit()))
        });
        let at = far.or(at);
        let from = at.map_or(0, |at| at + 1);
        let end = after[from..].find(['/', '?', '#', ';']).map_or(after.len(), |end| from + end);
        Some(Self { scheme, user: at.map(|at| &after[..at]), hosts: &after[from..end], rest: &after[end..] })
    }
}

impl Redactor {
    /// A URL, alone or several with commas between. Under a suspicious name a web URL without a password is itself the
    /// secret (webhooks): only its host stays.
    pub(super) fn mask_url(&self, text: &str, suspicion: Suspicion) -> Masking {
        let urls = split_urls(text);
        if urls.iter().any(|url| Parts::of(url).is_none()) {
            return Masking::Other;
        }
        let masked: Vec<String> = urls.iter().filter_map(|url| Some(self.url(&Parts::of(url)?, suspicion))).collect();
        let masked = masked.join(",");
        if masked == text { Masking::Harmless } else { Masking::Masked(masked) }
    }

    fn url(&self, parts: &Parts<'_>, suspicion: Suspicion) -> String {
        let web = parts.scheme.starts_with("http");
        let strict =
            web && (suspicion == Suspicion::Strong && parts.user.is_none() || is_webhook(parts.hosts, parts.rest));
        let user = parts.user.map(|user| self.user_info(user, web) + "@").unwrap_or_default();
        let hosts: Vec<String> = parts.hosts.split(',').map(|host| self.host(host)).collect();
        format!("{}://{user}{}{}", parts.scheme, hosts.join(","), self.after_host(parts.rest, strict))
    }

    /// `user:password`; a web URL's user without password is a token.
    fn user_info(&self, text: &str, web: bool) -> String {
        match split_login(text, ':') {
            Some((user, password)) => format!("{}:{}", self.unless_plain(user), self.secret_part(password)),
            None if web => self.secret_part(text),
            None => self.unless_plain(text),
        }
    }

    fn host(&self, host: &str) -> String {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let lower = name.to_ascii_lowercase();
        let stays = name.is_empty()
            || name.starts_with('[')
            || shapes::is_placeholder(name)
            || (shapes::is_host_syntax(&lower) || words::is_plain(name)) && tokens::find(name).is_empty();
        if stays && words::is_plain(&host[name.len()..]) { host.to_owned() } else { self.mark(host).to_string() }
    }

    /// Path, matrix parameters, query and fragment.
    pub(super) fn after_host(&self, rest: &str, strict: bool) -> String {
        let path_end = rest.find(['?', '#', ';']).unwrap_or(rest.len());
        let (path, more) = rest.split_at(path_end);
        let mut out = self.url_path(path, strict);
        let mut from = 0;
        for (at, separator) in more.match_indices(['?', '&', '#', ';']).chain([(more.len(), "")]) {
            out += &self.parameter(&more[from..at], strict);
            out += separator;
            from = at + separator.len();
        }
        out
    }

    fn url_path(&self, path: &str, strict: bool) -> String {
        let bare = path.trim_matches('/');
        if bare.is_empty() {
            return path.to_owned();
        }
        if strict {
            return path.replacen(bare, &self.secret_part(bare), 1);
        }
        let harmless = |segment: &str| {
            let decoded = percent_decode(segment);
            tokens::find(&decoded).is_empty()
                && (shapes::is_placeholder(&decoded) || shapes::is_harmless(&decoded, "") || words::is_plain(&decoded))
        };
        let segments: Vec<String> = path
            .split('/')
            .map(|segment| if harmless(segment) { segment.to_owned() } else { self.secret_part(segment) })
            .collect();
        let masked = segments.join("/");
        // Many short pieces that make no words together: a random string with slashes in it.
        if masked == path && !words::is_plain(path) && !path.split('/').any(|segment| shapes::is_harmless(segment, ""))
        {
            return path.replacen(bare, &self.secret_part(bare), 1);
        }
        masked
    }

    /// One `name=value` of a query, or a bare word.
    fn parameter(&self, text: &str, strict: bool) -> String {
        match text.split_once('=') {
            Some((name, value)) if words::is_plain(name) => {
                let decoded = percent_decode(value);
                let masked = if strict && !value.is_empty() {
                    Some(self.secret_part(&decoded))
                } else {
                    self.value(&decoded, name)
                };
                masked.map_or_else(|| text.to_owned(), |masked| format!("{name}={masked}"))
            }
            None if words::is_plain(text) && !strict || text.is_empty() => text.to_owned(),
            _ => self.secret_part(text),
        }
    }

    /// `user:password@host`, `user:password@tcp(host:3306)/name`, Oracle's `thin:user/password@host`: without a scheme.
    pub(super) fn mask_login(&self, text: &str) -> Masking {
        let Some((login, address)) = text.rsplit_once('@').filter(|(login, _)| !login.starts_with("mailto:")) else {
            return Masking::Other;
        };
        // Go's MySQL driver writes `tcp(host:port)`.
        let open = address.find('(').filter(|open| address[..*open].bytes().all(|b| b.is_ascii_lowercase()));
        let inner = open.map_or(address, |open| address[open + 1..].split(')').next().unwrap_or_default());
        let host = inner.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        let name = |text: &str, more: &[u8]| text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b));
        let oracle = login.rfind("thin:").map(|at| at + "thin:".len());
        let (before, login) = login.split_at(oracle.unwrap_or(0));
        let separator = if oracle.is_some() { '/' } else { ':' };
        let Some((user, password)) = split_login(login, separator) else {
            return Masking::Other;
        };
        let is_user = name(user, b"_.-$+~") || self.is_mark(user);
        if host.is_empty()
            || password.is_empty()
            || !name(host, b".-_:")
            || !is_user
            || password.contains(char::is_whitespace)
        {
            return Masking::Other;
        }
        let end = address.find(host).map_or(address.len(), |at| at + host.len());
        let after = self.after_host(&address[end..], false);
        let masked = format!(
            "{before}{}{separator}{}@{}{after}",
            self.unless_plain(user),
            self.secret_part(password),
            &address[..end]
        );
        if masked == text { Masking::Harmless } else { Masking::Masked(masked) }
    }

    /// The mark of a part of a URL, over its decoded form, so that it equals the same secret elsewhere; placeholders,
    /// variables and earlier marks stay.
    fn secret_part(&self, text: &str) -> String {
        if text.is_empty() || shapes::is_placeholder(text) || self.is_mark(text) {
            return text.to_owned();
        }
        self.mark(&percent_decode(text)).to_string()
    }

    fn unless_plain(&self, text: &str) -> String {
        let plain = words::is_plain(text) && tokens::find(text).is_empty();
        if plain { text.to_owned() } else { self.secret_part(text) }
    }
}

/// Cuts at the first separator that does not stand in a mark.
pub(super) fn split_login(text: &str, separator: char) -> Option<(&str, &str)> {
    let marks = Redacted::find(text);
    let outside = |at: &usize| !marks.iter().any(|span| span.range.contains(at));
    let at = text.match_indices(separator).map(|(at, _)| at).find(outside)?;
    Some((&text[..at], &text[at + separator.len_utf8()..]))
}

/// Cuts at commas that are followed by another scheme.
pub(crate) fn split_urls(text: &str) -> Vec<&str> {
    let mut urls = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(',') {
        let next = text.as_bytes().get(at + 1..).unwrap_or_default();
        let length = next.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'+').count();
        let scheme = length > 0 && next[length..].starts_with(b"://");
        if scheme {
            urls.push(&text[from..at]);
            from = at + 1;
        }
    }
    urls.push(&text[from..]);
    urls
}

/// Hosts whose paths are passwords.
fn is_webhook(host: &str, path: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host.starts_with("hooks.")
        || host.ends_with(".webhook.office.com")
        || host == "outlook.office.com"
        || host.ends_with(".logic.azure.com")
        || (host.ends_with("discord.com") || host.ends_with("discordapp.com")) && path.contains("/webhooks/")
        || host == "api.telegram.org"
}

/// RFC 3986, 2.1. What is no escape stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
