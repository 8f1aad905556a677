//! Numbers and texts of a shift that would make it unsafe, or that could never pass.

use crate::spec::{AnalysisSpec, GateSpec, ProbeSpec, ShiftSpec};

/// A call may take ten seconds; a write that brought no answer must not be made again before.
const LEAST_IN_FLIGHT: u32 = 10;
/// A week: longer than anybody bakes, and short enough to be no slip of the keyboard.
const LONGEST_BAKE: u32 = 7 * 24 * 3600;

/// More would keep users for a long while on a side that may be dead.
const MOST_UNKNOWN: u32 = 100;

/// The first field that is out of bounds, and what it may be.
pub(crate) fn out_of_bounds(shift: &ShiftSpec) -> Option<(&'static str, &'static str)> {
    let probes = shift.probes.old.iter().chain(&shift.probes.new);
    if !(LEAST_IN_FLIGHT..=3600).contains(&shift.in_flight) {
        return Some(("in_flight", "between 10 and 3600 seconds"));
    }
    gate(shift.gate).or_else(|| analysis(shift.analysis)).or_else(|| probes.into_iter().find_map(probe))
}

fn gate(gate: GateSpec) -> Option<(&'static str, &'static str)> {
    if !(1..=LONGEST_BAKE).contains(&gate.bake) {
        return Some(("gate.bake", "between 1 second and a week"));
    }
    if !(1..=3600).contains(&gate.every) {
        return Some(("gate.every", "between 1 and 3600 seconds"));
    }
    if !(1..=1000).contains(&gate.rounds) {
        return Some(("gate.rounds", "between 1 and 1000"));
    }
    (!(1..=MOST_UNKNOWN).contains(&gate.unknown)).then_some(("gate.unknown", "between 1 and 100"))
}

fn analysis(analysis: AnalysisSpec) -> Option<(&'static str, &'static str)> {
    let AnalysisSpec { every, failures, unknown, successes } = analysis;
    if !(1..=300).contains(&every) {
        return Some(("analysis.every", "between 1 and 300 seconds"));
    }
    if !(1..=MOST_UNKNOWN).contains(&failures) {
        return Some(("analysis.failures", "between 1 and 100"));
    }
    if !(1..=MOST_UNKNOWN).contains(&unknown) {
        return Some(("analysis.unknown", "between 1 and 100"));
    }
    (!(1..=1000).contains(&successes)).then_some(("analysis.successes", "between 1 and 1000"))
}

fn probe(probe: &ProbeSpec) -> Option<(&'static str, &'static str)> {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let port = probe.address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    if !plain(&probe.address) || port.is_none_or(|port| port == 0) {
        return Some(("a probe's address", "a host and a port, such as 192.0.2.7:443"));
    }
    if !plain(&probe.host) || probe.host.contains('/') {
        return Some(("a probe's host", "a host name"));
    }
    if !plain(&probe.path) || !probe.path.starts_with('/') {
        return Some(("a probe's path", "a path that begins with a slash, without blanks"));
    }
    if probe.is_mixed() {
        return Some(("a probe's path and status", "left out beside `grpc`, which asks for no path"));
    }
    let service = probe.grpc.as_deref().unwrap_or_default();
    if !service.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b)) {
        return Some(("a probe's grpc", "the name of a gRPC service, or empty for the whole server"));
    }
    let (low, high) = probe.status;
    if low < 100 || high > 599 || low > high {
        return Some(("a probe's status", "a lowest and a highest status between 100 and 599"));
    }
    // A side that is down says so by these: a gate that takes them for health has no evidence.
    if high >= 500 {
        return Some(("a probe's status", "a highest status below 500: 5xx is what a side answers that is down"));
    }
    (!(100..=60_000).contains(&probe.timeout_ms))
        .then_some(("a probe's timeout_ms", "between 100 and 60000 milliseconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_could_never_pass_is_found() {
        let sound = ProbeSpec {
            address: "[2001:db8::1]:443".to_owned(),
            host: "shop.example.com".to_owned(),
            path: "/health?full=1".to_owned(),
            tls: true,
            status: (200, 299),
            timeout_ms: 5000,
            grpc: None,
        };
        assert_eq!(probe(&sound), None);
        let plain = ProbeSpec { path: "/".to_owned(), ..sound.clone() };
        for service in ["", "shop.Orders"] {
            assert_eq!(probe(&ProbeSpec { grpc: Some(service.to_owned()), ..plain.clone() }), None);
        }
        for (field, broken) in [
            ("address", ProbeSpec { address: "192.0.2.1".to_owned(), ..sound.clone() }),
            ("host", ProbeSpec { host: "shop\r\nX: y".to_owned(), ..sound.clone() }),
            ("path", ProbeSpec { path: "/a b".to_owned(), ..sound.clone() }),
            ("status", ProbeSpec { status: (500, 200), ..sound.clone() }),
            ("status", ProbeSpec { status: (100, 599), ..sound.clone() }),
            ("timeout_ms", ProbeSpec { timeout_ms: 0, ..sound.clone() }),
            ("path and status", ProbeSpec { grpc: Some(String::new()), ..sound }),
            ("path and status", ProbeSpec { grpc: Some(String::new()), status: (200, 200), ..plain.clone() }),
            ("grpc", ProbeSpec { grpc: Some("shop Orders".to_owned()), ..plain }),
        ] {
            assert!(probe(&broken).is_some_and(|(name, _)| name.ends_with(field)), "{field}");
        }
    }

    #[test]
    fn an_analysis_that_asks_nobody_or_never_ends_is_found() {
        let sound = AnalysisSpec::default();
        assert_eq!(analysis(sound), None);
        for broken in [
            AnalysisSpec { every: 0, ..sound },
            AnalysisSpec { every: 301, ..sound },
            AnalysisSpec { failures: 0, ..sound },
            AnalysisSpec { failures: 101, ..sound },
            AnalysisSpec { unknown: 0, ..sound },
            AnalysisSpec { successes: 0, ..sound },
            AnalysisSpec { successes: u32::MAX, ..sound },
        ] {
            assert!(analysis(broken).is_some(), "{broken:?}");
        }
    }

    #[test]
    fn a_gate_that_asks_nobody_is_found() {
        let sound = GateSpec::default();
        assert_eq!(gate(sound), None);
        for broken in [
            GateSpec { bake: 0, ..sound },
            GateSpec { bake: u32::MAX, ..sound },
            GateSpec { every: 0, ..sound },
            GateSpec { rounds: 0, ..sound },
            GateSpec { unknown: 0, ..sound },
            GateSpec { unknown: 101, ..sound },
        ] {
            assert!(gate(broken).is_some(), "{broken:?}");
        }
    }
}
