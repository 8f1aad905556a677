//! What a text must be to be legal in its place.

use super::kind::Kind;
use crate::plconfig::{is_time_zone, is_variable};
use crate::quantity::{cpu_units, mebibytes};

pub(super) fn is_legal(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Free | Kind::Command | Kind::Folder => true,
        Kind::Image => is_image(text),
        Kind::Variable => is_variable(text),
        Kind::Zone => is_time_zone(text),
        Kind::Cpu => cpu_units(text).is_some(),
        Kind::Memory => mebibytes(text).is_some(),
        Kind::FileSystem => {
            text.strip_prefix("fs-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        Kind::Role => !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_/:-".contains(&b)),
        Kind::Secret => !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"?#$<>{}%\"'`".contains(&b)),
        Kind::Path => text.starts_with('/') && !text.contains(['\0', '\n', ':']) && !text.split('/').any(|s| s == ".."),
        Kind::Address => text.parse::<std::net::IpAddr>().is_ok(),
        Kind::Host => {
            !text.is_empty()
                && text.len() <= 253
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        }
        Kind::User => !text.is_empty() && !text.contains(char::is_whitespace),
    }
}

/// The grammar of image references (distribution/reference): `[host[:port]/]path[:tag][@algorithm:digest]`.
pub(super) fn is_image(text: &str) -> bool {
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    let tag_at = name.rfind(':').filter(|&at| !name[at..].contains('/'));
    let (name, tag) = tag_at.map_or((name, None), |at| (&name[..at], Some(&name[at + 1..])));
    let (host, path) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    let component = |part: &str| {
        let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = part.as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(b))
    };
    let host_is_legal = |host: &str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let tag_is_legal = |tag: &str| {
        (1..=128).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let digest_is_legal = |digest: &str| {
        digest.split_once(':').is_some_and(|(algorithm, hex)| {
            !algorithm.is_empty() && hex.len() >= 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
        })
    };
    host.is_none_or(host_is_legal)
        && path.split('/').all(component)
        && tag.is_none_or(tag_is_legal)
        && digest.is_none_or(digest_is_legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_legal_or_not() {
        for image in [
            "nginx",
            "nginx:1.25",
            "docker.elastic.co/kibana/kibana:6.0.0",
            "127.0.0.1:51670/busybox:latest",
            "1.dkr.ecr.eu-west-1.amazonaws.com/a/b_c@sha256:0123456789abcdef0123456789abcdef",
            "a/b__c-d:X.y",
        ] {
            assert!(is_image(image), "{image}");
        }
        for image in ["", "Nginx", "a//b", "a:", "a/b:t:t", "REPLACED_BY_CI", "a b", "-a", "a@sha256:xyz"] {
            assert!(!is_image(image), "{image}");
        }
    }
}
