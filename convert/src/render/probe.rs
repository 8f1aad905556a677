//! Probes.

use super::RenderError;
use super::app::{Part, int};
use super::escape;
use caravan_convert_lift::plconfig::{Health, HealthProbe};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Seconds between two checks when nothing is said (Kubernetes' own default).
const PERIOD: u32 = 10;
/// Failures in a row that count when nothing is said (Kubernetes' own default).
const FAILURES: u32 = 3;

/// The three probes of a container.
#[derive(Default)]
pub(super) struct ContainerProbes {
    pub(super) ready: Option<core::Probe>,
    pub(super) live: Option<core::Probe>,
    pub(super) startup: Option<core::Probe>,
}

/// The probes of a container with `port`. Without a word about health, one that `serves` is ready when its port
/// answers; nothing is ever restarted because of a check that nobody asked for.
pub(super) fn probes(
    part: &Part<'_>,
    place: &str,
    health: Option<&Health>,
    port: Option<u16>,
    serves: bool,
) -> Result<ContainerProbes, RenderError> {
    let tcp = HealthProbe::default();
    let Some(health) = health else {
        let ready = port.filter(|_| serves).map(|port| probe(part, place, &tcp, Some(port))).transpose()?;
        return Ok(ContainerProbes { ready, ..ContainerProbes::default() });
    };
    let asked = |probe_: &Option<HealthProbe>| probe_.as_ref().map(|p| probe(part, place, p, port)).transpose();
    let ready = match asked(&health.ready)? {
        None if serves && port.is_some() => Some(probe(part, place, &tcp, port)?),
        ready => ready,
    };
    let mut live = asked(&health.live)?;
    if let Some(live) = &mut live {
        // Kubernetes takes nothing but 1 here.
        live.success_threshold = None;
        if health.startup.is_none() {
            // The first check comes after one interval, as Docker's does: what takes `failures` intervals to come up is
            // not killed one interval earlier.
            live.initial_delay_seconds = Some(live.period_seconds.unwrap_or(int(PERIOD)));
        }
    }
    let startup = match health.startup {
        None => None,
        Some(length) => {
            let model = health.live.as_ref().or(health.ready.as_ref()).unwrap_or(&tcp);
            let period = model.interval.map_or(PERIOD, |interval| interval.0).max(1);
            let failures = length.0.div_ceil(period).saturating_add(model.failures.unwrap_or(FAILURES));
            // Like that of `live`, the first check comes after one interval: kubelet may ask at once otherwise, and the last
            // of the failures would come one interval too early.
            Some(core::Probe {
                initial_delay_seconds: Some(int(period)),
                failure_threshold: Some(int(failures)),
                success_threshold: None,
                ..probe(part, place, model, port)?
            })
        }
    };
    Ok(ContainerProbes { ready, live, startup })
}

fn probe(part: &Part<'_>, place: &str, probe: &HealthProbe, port: Option<u16>) -> Result<core::Probe, RenderError> {
    let seconds = |length: Option<caravan_convert_lift::plconfig::Seconds>| length.map(|length| int(length.0.max(1)));
    let mut out = core::Probe {
        period_seconds: seconds(probe.interval),
        timeout_seconds: seconds(probe.timeout),
        failure_threshold: probe.failures.map(|count| int(count.max(1))),
        success_threshold: probe.successes.map(|count| int(count.max(1))),
        ..core::Probe::default()
    };
    if let Some(command) = &probe.command {
        let command = command.iter().map(|word| escape::literal(word)).collect();
        out.exec = Some(core::ExecAction { command: Some(command) });
        return Ok(out);
    }
    let port = probe.port.or(port).map(|port| IntOrString::Int(i32::from(port)));
    let port = port.ok_or_else(|| part.error(place, "a check needs a `port` or a `command`"))?;
    match &probe.path {
        Some(path) => {
            let scheme = (probe.tls == Some(true)).then(|| "HTTPS".to_owned());
            out.http_get =
                Some(core::HTTPGetAction { path: Some(path.clone()), port, scheme, ..core::HTTPGetAction::default() });
        }
        None => out.tcp_socket = Some(core::TCPSocketAction { port, host: None }),
    }
    Ok(out)
}
