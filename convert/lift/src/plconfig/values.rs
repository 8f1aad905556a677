//! Values that Kubernetes, KEDA or a node would refuse, whatever their kind.

use super::checked::{Checked, ensure};
use super::component::{Component, Container, Deploy, Resources};
use super::file::PlConfig;
use super::scale::Scale;
use super::syntax::{ANNOTATIONS, amount, is_dns_name, is_label, is_time_zone, is_variable, share};
use std::net::IpAddr;

/// The name servers that a resolver asks, and the search domains that a pod may have (Kubernetes, PodDNSConfig).
pub(crate) const DNS: (usize, usize) = (3, 32);

/// What holds for the whole app.
pub(super) fn app(config: &PlConfig) -> Checked {
    image("image", config.image.as_deref())?;
    for (name, place) in config.env.keys().chain(config.secrets.keys()).map(|name| (name, "env")) {
        variable(place, name)?;
    }
    for (alias, using) in &config.uses {
        using.env.iter().try_for_each(|name| variable(&format!("uses.{alias}.env"), name))?;
    }
    let words = [&config.description, &config.contact].into_iter().flatten().map(String::len).sum::<usize>();
    ensure(words <= ANNOTATIONS, "description", "is longer, with `contact`, than annotations may be: 240 KiB")
}

/// What holds for one component.
pub(super) fn component(at: &str, component: &Component) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    image(&place("image"), component.image.as_deref())?;
    for name in component.env.keys().chain(component.secrets.keys()) {
        variable(&place("env"), name)?;
    }
    for (key, container) in &component.sidecars {
        beside(&place(&format!("sidecars.{key}")), container)?;
    }
    for (index, init) in component.init.iter().enumerate() {
        beside(&place(&format!("init.{index}.container")), &init.container)?;
    }
    sizes(&place("resources"), component.resources.as_ref())?;
    network(at, component)?;
    for name in component.sysctls.keys() {
        ensure(is_sysctl(name), &place("sysctls"), &format!("`{name}` is no kernel parameter"))?;
    }
    if let Some(deploy) = &component.deploy {
        self::deploy(&place("deploy"), deploy)?;
    }
    let zone = component.timezone.as_deref().is_none_or(is_time_zone);
    ensure(zone, &place("timezone"), "is no zone of the IANA database such as Europe/Berlin")?;
    if let Some(scale) = &component.scale {
        clocks(&place("scale.cron"), scale)?;
    }
    let tags = component.tags.iter().map(|(name, value)| name.len() + value.len() + 64).sum::<usize>();
    ensure(tags <= ANNOTATIONS, &place("tags"), "are longer in sum than annotations may be: 240 KiB")
}

fn beside(at: &str, container: &Container) -> Checked {
    image(&format!("{at}.image"), container.image.as_deref())?;
    for name in container.env.keys().chain(container.secrets.keys()) {
        variable(&format!("{at}.env"), name)?;
    }
    sizes(&format!("{at}.resources"), container.resources.as_ref())
}

fn image(at: &str, image: Option<&str>) -> Checked {
    let plain = |image: &str| !image.is_empty() && image.bytes().all(|b| b.is_ascii_graphic());
    ensure(image.is_none_or(plain), at, "is no image reference")
}

fn variable(at: &str, name: &str) -> Checked {
    ensure(is_variable(name), &format!("{at}.{name}"), "is no name of a variable: printable ASCII without `=`")
}

/// Whether what is asked for is no more than the limit.
fn sizes(at: &str, resources: Option<&Resources>) -> Checked {
    let Some(Resources { memory: Some(memory), memory_limit: Some(limit), .. }) = resources else { return Ok(()) };
    let (Some(asked), Some(most)) = (amount(memory), amount(limit)) else { return Ok(()) };
    ensure(asked <= most, &format!("{at}.memory"), "is more than `memory_limit`")
}

/// Names and addresses that a pod sees.
fn network(at: &str, component: &Component) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    if let Some(hostname) = &component.hostname {
        let text = "is no name: small letters, digits and hyphens, at most 63";
        ensure(is_label(hostname), &place("hostname"), text)?;
    }
    for (name, address) in &component.hosts {
        let text = format!("`{name}` is no name of small letters, digits and hyphens");
        ensure(is_dns_name(name), &place("hosts"), &text)?;
        ensure(is_address(address), &place(&format!("hosts.{name}")), "is no IP address")?;
    }
    let Some(dns) = &component.dns else { return Ok(()) };
    let (servers, domains) = DNS;
    ensure(dns.servers.iter().all(|server| is_address(server)), &place("dns.servers"), "are IP addresses")?;
    ensure(dns.servers.len() <= servers, &place("dns.servers"), "are at most 3: no resolver asks more")?;
    let legal = dns.search.iter().all(|domain| is_dns_name(domain)) && dns.search.len() <= domains;
    ensure(legal, &place("dns.search"), "are at most 32 names of small letters, digits and hyphens")?;
    ensure(dns.only != Some(true) || !dns.servers.is_empty(), &place("dns.only"), "needs `servers`")
}

/// Small letters, digits, hyphens and underscores between points or slashes.
fn is_sysctl(name: &str) -> bool {
    let part = |part: &str| {
        let inner = part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
        inner && !part.is_empty() && !part.starts_with(['-', '_']) && !part.ends_with(['-', '_'])
    };
    name.len() <= 253 && name.split(['.', '/']).all(part)
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

fn deploy(at: &str, deploy: &Deploy) -> Checked {
    for (name, text) in [("surge", &deploy.surge), ("unavailable", &deploy.unavailable)] {
        let Some(text) = text else { continue };
        let place = format!("{at}.{name}");
        let share = share(text);
        ensure(share.is_some(), &place, &format!("`{text}` is neither a number nor a percentage such as 25%"))?;
        let all = name == "surge" || share.is_none_or(|(number, percent)| !percent || number <= 100);
        ensure(all, &place, "is more than all of them")?;
    }
    Ok(())
}

fn clocks(at: &str, scale: &Scale) -> Checked {
    let Scale::Range(range) = scale else { return Ok(()) };
    for cron in &range.cron {
        let zone = cron.timezone.as_deref().is_none_or(is_time_zone);
        ensure(zone, at, "`timezone` is no zone of the IANA database such as Europe/Berlin")?;
        ensure(cron.start != cron.end, at, "`start` and `end` are the same moment")?;
    }
    Ok(())
}
