//! Secrets that are known by their look, wherever they stand: keys and tokens of well-known issuers, JWTs, private keys,
//! password hashes.

use std::ops::Range;

/// One issuer's tokens: a fixed beginning and at least so many characters of an alphabet after it.
struct Issued {
    begins: &'static str,
    least: usize,
    of: fn(u8) -> bool,
}

const fn issued(begins: &'static str, least: usize, of: fn(u8) -> bool) -> Issued {
    Issued { begins, least, of }
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn dotted(byte: u8) -> bool {
    word(byte) || byte == b'.'
}

fn crypt(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'$' | b'=' | b',')
}

/// The issuers document these forms; lengths are lower than theirs, so that a token cut short is still one.
#[rustfmt::skip]
const ISSUED: &[Issued] = &[
    // AWS: long-term, temporary, bearer and context-specific credentials (IAM user guide, unique identifiers).
    issued("AKIA", 16, upper), issued("ASIA", 16, upper), issued("ABIA", 16, upper), issued("ACCA", 16, upper),
    issued("ghp_", 20, word), issued("gho_", 20, word), issued("ghu_", 20, word), issued("ghs_", 20, word),
    issued("ghr_", 20, word), issued("github_pat_", 20, word),
    issued("glpat-", 15, dotted), issued("gldt-", 15, word), issued("glrt-", 15, dotted), issued("glcbt-", 15, word),
    issued("xoxb-", 8, word), issued("xoxp-", 8, word), issued("xoxa-", 8, word), issued("xoxr-", 8, word),
    issued("xoxs-", 8, word), issued("xoxe-", 8, word), issued("xoxe.", 8, dotted), issued("xapp-", 8, word),
    issued("sk_live_", 10, word), issued("sk_test_", 10, word), issued("rk_live_", 10, word), issued("rk_test_", 10, word),
    issued("whsec_", 16, word), issued("SG.", 20, dotted), issued("key-", 32, hex), issued("SK", 32, hex), issued("AC", 32, hex),
    issued("npm_", 20, word), issued("pypi-", 20, word), issued("rubygems_", 20, word), issued("dckr_pat_", 20, word),
    issued("dop_v1_", 20, word), issued("doo_v1_", 20, word), issued("AIza", 30, word), issued("ya29.", 20, dotted),
    issued("GOCSPX-", 20, word), issued("sk-ant-", 20, word), issued("sk-proj-", 20, word), issued("sk-", 32, word),
    issued("hf_", 20, word), issued("NRAK-", 20, word), issued("NRJS-", 15, word), issued("ATATT", 30, word),
    issued("ATCTT", 30, word), issued("shpat_", 20, word), issued("shpss_", 20, word), issued("shpca_", 20, word),
    issued("hvs.", 20, dotted), issued("hvb.", 20, dotted), issued("dp.pt.", 20, dotted), issued("dp.st.", 20, dotted),
    issued("lin_api_", 20, word), issued("sq0atp-", 15, word), issued("sq0csp-", 15, word), issued("xkeysib-", 20, word),
    issued("glc_", 20, word), issued("dapi", 32, hex), issued("PMAK-", 20, word), issued("sbp_", 20, word),
    issued("AGE-SECRET-KEY-1", 20, upper), issued("v1.0-", 40, word), issued("EAACEdEose0cBA", 0, word),
    // Hashes of passwords: crypt(3), Apache, Argon2.
    issued("$2a$", 20, crypt), issued("$2b$", 20, crypt), issued("$2y$", 20, crypt), issued("$apr1$", 10, crypt),
    issued("$1$", 10, crypt), issued("$5$", 10, crypt), issued("$6$", 10, crypt), issued("$argon2", 10, crypt),
    issued("{SHA}", 20, crypt), issued("{SSHA}", 20, crypt),
];

/// The bytes that such secrets begin with, so that most places need no closer look.
const BEGINNINGS: [bool; 256] = {
    let mut beginnings = [false; 256];
    let mut at = 0;
    while at < ISSUED.len() {
        beginnings[ISSUED[at].begins.as_bytes()[0] as usize] = true;
        at += 1;
    }
    beginnings[b'-' as usize] = true;
    beginnings[b'e' as usize] = true;
    beginnings
};

/// RFC 7468 textual encodings.
const PEM: (&str, &str, &str) = ("-----BEGIN ", "-----END ", "-----");

/// The places of such secrets in the text, from left to right, not overlapping.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let boundary = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let length =
            if BEGINNINGS[usize::from(bytes[at])] && text.is_char_boundary(at) && (boundary || bytes[at] == b'-') {
                pem(&text[at..]).or_else(|| jwt(&bytes[at..])).or_else(|| token(&bytes[at..]))
            } else {
                None
            };
        if let Some(length) = length {
            found.push(at..at + length);
        }
        at += length.unwrap_or(1).max(1);
    }
    found
}

fn token(bytes: &[u8]) -> Option<usize> {
    ISSUED.iter().find_map(|issued| {
        let rest = bytes.strip_prefix(issued.begins.as_bytes())?;
        let tail = rest.iter().take_while(|byte| (issued.of)(**byte)).count();
        (tail >= issued.least).then_some(issued.begins.len() + tail)
    })
}

/// RFC 7519: three base64url parts, of which the first is a JSON object.
fn jwt(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"eyJ") {
        return None;
    }
    let length = bytes.iter().take_while(|byte| dotted(**byte)).count();
    let mut parts = bytes[..length].split(|byte| *byte == b'.');
    let long = |part: Option<&[u8]>| part.is_some_and(|part| part.len() >= 8);
    (long(parts.next()) && long(parts.next())).then_some(length)
}

/// From `-----BEGIN` to the end of `-----END …-----`, or to the end of the text when it was cut short.
fn pem(text: &str) -> Option<usize> {
    if !text.starts_with(PEM.0) {
        return None;
    }
    let end = text.find(PEM.1).and_then(|at| {
        let label = at + PEM.1.len();
        text[label..].find(PEM.2).map(|close| label + close + PEM.2.len())
    });
    Some(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_inside_text() {
        let text = "use ghp_abcdefghijklmnopqrstuvwxyz0123456789, not this";
        let found: Vec<&str> = find(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["ghp_abcdefghijklmnopqrstuvwxyz0123456789"]);
        assert!(find("TASKIA and SKILLS and SG.short").is_empty());
    }

    #[test]
    fn a_key_in_pem_is_found_on_one_line_and_cut_short() {
        let ends = |text: &str| find(text).first().map(|range| (range.start, range.end));
        let whole = r"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";
        assert_eq!(ends(whole), Some((0, whole.len() - 2)));
        assert_eq!(ends("-----BEGIN PRIVATE KEY-----\nMIIE"), Some((0, 32)));
    }
}
