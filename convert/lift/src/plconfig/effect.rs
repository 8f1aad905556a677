//! Fields that would be without effect: each is an error until something comes of it, so that nothing that is accepted
//! is silently without effect.

use super::checked::{Checked, ensure};
use super::component::{Component, ComponentType, Container, Health, Volume};
use super::file::{PlConfig, UseKind};
use super::scale::Scale;
use std::collections::BTreeMap;

const NOT_YET: &str = "has no effect yet and must be left out";

/// What holds for the whole app.
pub(super) fn check_app(config: &PlConfig) -> Checked {
    for (alias, using) in &config.uses {
        let at = format!("uses.{alias}");
        ensure(
            using.kind == UseKind::Iam,
            &at,
            &format!("{NOT_YET}: only a role (`type: iam`) can be taken over so far"),
        )?;
        ensure(
            using.access.is_empty(),
            &format!("{at}.access"),
            "has no effect: a role is taken over with all its rights",
        )?;
    }
    // The listener of a host with guests stays, whether the app itself serves it or not.
    for (at, shares, internal) in [("hosts", &config.hosts, false), ("internal_hosts", &config.internal_hosts, true)] {
        for (host, _) in shares.iter().filter(|(_, share)| share.owner.is_some()) {
            let ingresses = config.components.values().filter_map(|component| component.ingress.as_ref());
            let served = ingresses.flat_map(|ingress| ingress.vanity_hosts(internal)).any(|served| served == host);
            ensure(served, &format!("{at}.{host}"), "has no effect: no component has this host")?;
        }
    }
    if let Some(monitoring) = &config.monitoring {
        ensure(monitoring.notify.is_none(), "monitoring.notify", NOT_YET)?;
        ensure(monitoring.alerts.is_empty(), "monitoring.alerts", NOT_YET)?;
    }
    Ok(())
}

/// What holds for one component: what its type makes nothing of, and fields that take each other's effect.
pub(super) fn check_component(at: &str, component: &Component) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    let is = |kinds: &[ComponentType]| kinds.contains(&component.kind);
    let of = |kinds: &[ComponentType], there: bool, field: &str, whose: &str| {
        ensure(is(kinds) || !there, &place(field), &format!("has no effect: only {whose} can have it"))
    };
    let (web, cron) = (&[ComponentType::Web], &[ComponentType::Cron]);
    let runs_on = &[ComponentType::Web, ComponentType::Worker];
    let ends = &[ComponentType::Cron, ComponentType::Job];
    of(web, component.protocol.is_some(), "protocol", "a web component")?;
    of(runs_on, component.deploy.is_some(), "deploy", "a web or worker component")?;
    let none = is(ends) && component.scale == Some(Scale::Fixed(0));
    ensure(
        !none,
        &place("scale"),
        "has no effect with 0: `suspended` is what keeps a cron or job component from running",
    )?;
    of(cron, component.timezone.is_some(), "timezone", "a cron component")?;
    of(cron, component.overlap.is_some(), "overlap", "a cron component")?;
    of(ends, component.timeout.is_some(), "timeout", "a cron or job component")?;
    of(ends, component.retries.is_some(), "retries", "a cron or job component")?;
    if let Some(ingress) = component.ingress.as_ref().filter(|ingress| !ingress.routes.is_empty()) {
        for (field, there) in [("hosts", !ingress.hosts.is_empty()), ("paths", !ingress.paths.is_empty())] {
            ensure(!there, &place(&format!("ingress.{field}")), "has no effect beside `routes`: say it in each route")?;
        }
    }
    container(at, component.health.as_ref(), &component.volumes)?;
    for (key, Container { health, volumes, .. }) in &component.sidecars {
        container(&place(&format!("sidecars.{key}")), health.as_ref(), volumes)?;
    }
    for (index, init) in component.init.iter().enumerate() {
        let at = place(&format!("init.{index}.container"));
        container(&at, init.container.health.as_ref(), &init.container.volumes)?;
        let alone = init.container.after.is_empty();
        ensure(
            alone,
            &format!("{at}.after"),
            "has no effect: these run one after the other, in the order of the list",
        )?;
    }
    Ok(())
}

fn container(at: &str, health: Option<&Health>, volumes: &BTreeMap<String, Volume>) -> Checked {
    if let Some(health) = health {
        let live = health.live.as_ref();
        let once = live.is_none_or(|live| live.successes.is_none());
        ensure(once, &format!("{at}.health.live.successes"), "has no effect: one success is always enough here")?;
        for (name, probe) in [("ready", health.ready.as_ref()), ("live", live)] {
            let Some(probe) = probe.filter(|probe| probe.command.is_some()) else { continue };
            for (field, there) in [("port", probe.port.is_some()), ("tls", probe.tls.is_some())] {
                let place = format!("{at}.health.{name}.{field}");
                ensure(!there, &place, "has no effect beside `command`")?;
            }
        }
    }
    for (path, volume) in volumes {
        let place = |field: &str| format!("{at}.volumes.{path}.{field}");
        ensure(volume.class.is_none() || volume.size.is_some(), &place("class"), "has no effect without `size`")?;
        let bounded = volume.limit.is_none() || volume.temporary.is_some();
        ensure(bounded, &place("limit"), "has no effect without `temporary`")?;
    }
    Ok(())
}
