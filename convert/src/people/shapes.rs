//! What names and ids of the systems look like.

/// A short name of a person, role or application: it becomes part of names in Terraform.
pub(super) fn is_short(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    (1..=40).contains(&text.len()) && text.bytes().all(inner) && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The name of a group. Every system takes it: values of app roles (Microsoft Graph, `appRole.value`: 120 characters, no blank)
/// are the narrowest.
pub(super) fn is_group(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=120).contains(&text.len()) && text.bytes().all(inner) && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// A user principal name, or an address: one `@` with something plain around it. Guests have `#EXT#` in theirs.
pub(super) fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-./=?^_`{|}~".contains(c))
    };
    text.len() <= 254 && text.split_once('@').is_some_and(|(name, domain)| plain(name) && is_domain(domain))
}

/// A DNS name of at least two labels.
pub(super) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

/// An id of Microsoft, of Datadog, of IAM Identity Center: 8-4-4-4-12 hex digits.
pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A group of IAM Identity Center: an id, perhaps with ten digits of the store before it (AWS API, `GroupId`).
pub(super) fn is_aws_group(text: &str) -> bool {
    let rest = match text.split_once('-') {
        Some((store, rest)) if store.len() == 10 && store.bytes().all(|b| b.is_ascii_hexdigit()) => rest,
        _ => text,
    };
    is_uuid(rest)
}

/// An account of AWS.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A region of AWS: `eu-central-1`.
pub(super) fn is_region(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.split('-').count() >= 3 && text.bytes().all(inner) && text.ends_with(|c: char| c.is_ascii_digit())
}

/// A permission set (AWS API, `PermissionSet.Name`).
pub(super) fn is_permission_set(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

/// A login or an organization of GitHub; a company's own users have an underscore before its short name.
pub(super) fn is_login(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=39).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-')
}

/// Where people may be sent back to: over TLS, or to a program on their own machine (Microsoft identity platform, "Redirect URI
/// restrictions").
pub(super) fn is_redirect(text: &str) -> bool {
    let tail = |rest: &str| {
        !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "*#\"\\".contains(c))
    };
    text.len() <= 256
        && (text.strip_prefix("https://").is_some_and(tail)
            || text
                .strip_prefix("http://localhost")
                .is_some_and(|rest| rest.is_empty() || (rest.starts_with([':', '/']) && tail(rest))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_takes_is_known_from_what_it_refuses() {
        for (is, good, bad) in [
            (
                is_address as fn(&str) -> bool,
                &["ada@example.com", "ada.l+x@a-b.example", "x_other.com#EXT#@a.onmicrosoft.com"][..],
                &[
                    "ada",
                    "a@b@example.com",
                    "a b@example.com",
                    "@example.com",
                    "ada@example",
                    "a\"@example.com",
                    "ada@-x.com",
                ][..],
            ),
            (is_uuid, &["0a1B2c3d-0000-1111-2222-333344445555"], &["0a1b2c3d00001111222233334444", "", "x"]),
            (is_group, &["eng-shop", "SG_Shop.1"], &["", "eng shop", "-x", "Ärzte"]),
            (is_short, &["ada", "ada.l", "1a"], &["Ada", "", ".a", "a/b"]),
            (
                is_aws_group,
                &["0a1B2c3d-0000-1111-2222-333344445555", "906712345a-0a1B2c3d-0000-1111-2222-333344445555"],
                &["906712345a", "g-1"],
            ),
            (is_account, &["123456789012"], &["12345678901", "12345678901x"]),
            (is_region, &["eu-central-1", "us-gov-west-1"], &["eu", "eu-central", "EU-central-1"]),
            (is_permission_set, &["ReadOnly", "a+b=c"], &["", "Read Only"]),
            (is_login, &["ada-l", "ada_example"], &["-ada", "a.b", ""]),
            (
                is_redirect,
                &["https://argo.example.com/auth/callback", "http://localhost:8085/auth/callback", "http://localhost"],
                &["http://argo.example.com/", "https://", "https://*.example.com/", "http://localhost.example.com/"],
            ),
        ] {
            for text in good {
                assert!(is(text), "{text}");
            }
            for text in bad {
                assert!(!is(text), "{text}");
            }
        }
    }
}
