//! Names that are legal wherever they are used.
//!
//! Kubernetes has four shapes: DNS-1123 labels (objects, containers, volumes), DNS-1035 labels (Services, which must
//! begin with a letter), label values and service names of IANA (ports). Every object gets a name that is all of the
//! first two, so that one name serves for all objects of a component.

/// The most a DNS label may hold (RFC 1123).
pub const LABEL: usize = 63;

/// The most the name of an app may hold.
pub const APP: usize = 40;

/// The most the name of a component's objects may hold: a CronJob adds 11 characters to the names of its Jobs, a
/// StatefulSet a hash of 10 to a label.
pub const OBJECT: usize = 52;

/// The most the name of a port may hold (RFC 6335).
const PORT: usize = 15;

/// Hex digits that keep shortened names apart.
const DIGEST: usize = 8;

/// The name of a component's objects: the app's for the component `web`, else `<app>-<component>`.
#[must_use]
pub fn object(app: &str, component: &str) -> String {
    if component == "web" { shorten(&label(app), OBJECT) } else { joined(&[app, component], OBJECT) }
}

/// Several parts as one label of at most `longest` characters.
#[must_use]
pub fn joined(parts: &[&str], longest: usize) -> String {
    shorten(&label(&parts.join("-")), longest)
}

/// The name of a further object behind an object's own: `shop--2`. No app and no component has it, since [`label`] leaves
/// no two `-` behind each other. It has no `.`: Envoy's statistics end a cluster's name at the first.
#[must_use]
pub fn further(object: &str, what: &str) -> String {
    format!("{object}--{what}")
}

/// Any text as a DNS-1035 label, as long as the text: lower case, what does not fit becomes `-`, `x-` goes before a
/// digit. An empty text becomes `x`. Distinct texts may give one label; where that matters, the caller keeps them apart.
#[must_use]
pub fn label(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => name.push(c),
            _ if name.is_empty() || name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    name.truncate(name.trim_end_matches('-').len());
    match name.bytes().next() {
        None => name.push('x'),
        Some(first) if first.is_ascii_digit() => name.insert_str(0, "x-"),
        Some(_) => {}
    }
    name
}

/// A label cut to `longest` characters; what is cut off is replaced by a digest of the whole, so that names stay apart.
#[must_use]
pub fn shorten(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let digest = digest(name.as_bytes(), DIGEST);
    let kept: String = name.chars().take(longest.saturating_sub(DIGEST + 1)).collect();
    format!("{}-{digest}", kept.trim_end_matches(['-', '.']))
}

/// Any text as a label value: at most 63 of letters, digits, `-`, `_` and `.`, beginning and ending with a letter or
/// digit. Empty when nothing fits.
#[must_use]
pub fn label_value(text: &str) -> String {
    let fitting = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }
    };
    let value: String = text.chars().map(fitting).collect();
    let value = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    shorten(value, LABEL)
}

/// Any text as the name of a port: at most 15 of lower-case letters, digits and single `-`, with a letter in it.
#[must_use]
pub fn port(text: &str) -> String {
    let name = label(text);
    if name.len() <= PORT {
        return name;
    }
    // Fewer digits than elsewhere: of fifteen characters some should still be read.
    let kept = name[..10].trim_end_matches('-');
    format!("{kept}-{}", digest(name.as_bytes(), 4))
}

/// A lower-case hexadecimal digest of at most 64 digits.
#[must_use]
pub fn digest(bytes: &[u8], digits: usize) -> String {
    let mut hex = blake3::hash(bytes).to_hex().to_string();
    hex.truncate(digits);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_label(name: &str) -> bool {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        name.len() <= LABEL
            && name.bytes().all(inner)
            && name.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && !name.ends_with('-')
    }

    proptest::proptest! {
        #[test]
        fn objects_have_names_that_services_may_have(app in "\\PC{0,80}", component in "\\PC{0,80}") {
            let name = object(&app, &component);
            proptest::prop_assert!(is_label(&name) && name.len() <= OBJECT, "{name}");
        }

        #[test]
        fn ports_have_iana_names(text in "\\PC{0,40}") {
            let name = port(&text);
            proptest::prop_assert!(is_label(&name) && name.len() <= PORT && !name.contains("--"), "{name}");
        }

        #[test]
        fn label_values_are_legal(text in "\\PC{0,100}") {
            let value = label_value(&text);
            let end = |b: Option<u8>| b.is_none_or(|b| b.is_ascii_alphanumeric());
            proptest::prop_assert!(value.len() <= LABEL && end(value.bytes().next()) && end(value.bytes().last()));
            proptest::prop_assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
        }
    }

    #[test]
    fn cut_names_stay_apart() {
        let long = "a".repeat(80);
        assert_ne!(shorten(&format!("{long}1"), OBJECT), shorten(&format!("{long}2"), OBJECT));
        assert_ne!(port("metrics-internal-one"), port("metrics-internal-two"));
    }

    #[test]
    fn known_names_stay_as_they_are() {
        assert_eq!(object("checkout", "web"), "checkout");
        assert_eq!(object("checkout", "mailer"), "checkout-mailer");
        assert_eq!(object("3scale", "web"), "x-3scale");
        assert_eq!(label("Orders_API.v2"), "orders-api-v2");
        assert_eq!(label_value("1.42.0"), "1.42.0");
    }
}
