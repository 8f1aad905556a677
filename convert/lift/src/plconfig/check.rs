//! What a plconfig must be beyond the kinds of its values.

use super::auth;
use super::checked::{Checked, ensure, invalid};
use super::component::{Component, ComponentType, Container, HealthProbe, Network, Resources, Volume};
use super::effect;
use super::file::PlConfig;
use super::ingress::{HostShare, Ingress, Route};
use super::machine;
use super::runs;
use super::scale::Scale;
use super::secret::SecretRef;
use super::syntax::{is_path, is_quantity, is_schedule, is_token, is_user};
use super::values;
use super::worker;
use std::collections::BTreeMap;

type Texts = BTreeMap<String, String>;

/// Checks everything; the first fault in the order of the document ends it.
pub(super) fn check(config: &PlConfig) -> Checked {
    name("app", &config.app, 40)?;
    name("team", &config.team, 40)?;
    secrets("secrets", &config.secrets)?;
    values::app(config)?;
    for (at, shares) in [("hosts", &config.hosts), ("internal_hosts", &config.internal_hosts)] {
        for (host, share) in shares {
            hosts(at, std::slice::from_ref(host))?;
            self::share(&format!("{at}.{host}"), share, config)?;
        }
    }
    ensure(!config.components.is_empty(), "components", "there must be at least one")?;
    for (key, component) in &config.components {
        let at = format!("components.{key}");
        name(&at, key, 30)?;
        self::component(&at, component, config)?;
        values::component(&at, component)?;
        runs::component(&at, component, config)?;
        effect::check_component(&at, component)?;
    }
    runs::app(config)?;
    worker::app(config)?;
    machine::app(config)?;
    effect::check_app(config)
}

fn component(at: &str, component: &Component, config: &PlConfig) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    let built = config.function.is_some() && component.trigger.is_some();
    let built = built || worker::runs_worker(config, component) || component.kind == ComponentType::Routes;
    let built = built || machine::runs_machine(config, component);
    let image = built || component.image.is_some() || config.image.is_some();
    ensure(image, &place("image"), "is missing here and at the top")?;
    kind(at, component)?;
    let given = Given { env: &component.env, secrets: &component.secrets, shared: &config.secrets };
    container(at, &component.command, &component.args, &given)?;
    user(&place("user"), component.user.as_deref())?;
    for secret in &component.pull_secrets {
        secret_ref(&place("pull_secrets"), secret)?;
    }
    ports(&place("ports"), &component.ports)?;
    probes(&place("health"), component.health.as_ref().map(|health| [&health.ready, &health.live]))?;
    resources(&place("resources"), component.resources.as_ref())?;
    if let Some(scale) = &component.scale {
        self::scale(&place("scale"), scale)?;
    }
    drain(at, component)?;
    if let Some(ingress) = &component.ingress {
        self::ingress(&place("ingress"), ingress)?;
    }
    volumes(at, component)?;
    network(&place("network"), component.network.as_ref())?;
    for (key, sidecar) in &component.sidecars {
        beside(&place(&format!("sidecars.{key}")), key, sidecar, config)?;
        for other in &sidecar.after {
            let known = other != key && component.sidecars.contains_key(other);
            ensure(known, &place(&format!("sidecars.{key}.after")), &format!("there is no other sidecar `{other}`"))?;
        }
    }
    for (index, init) in component.init.iter().enumerate() {
        beside(&place(&format!("init.{index}.container")), &init.name, &init.container, config)?;
    }
    Ok(())
}

/// What belongs to a type and what does not.
fn kind(at: &str, component: &Component) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    let is = |kind| component.kind == kind;
    ensure(!is(ComponentType::Web) || component.port.is_some(), &place("port"), "a web component needs one")?;
    ensure(component.port != Some(0), &place("port"), "0 is no port")?;
    ensure(
        is(ComponentType::Cron) == component.schedule.is_some(),
        &place("schedule"),
        "a cron component needs one, others have none",
    )?;
    let schedule = component.schedule.as_deref().is_none_or(is_schedule);
    ensure(schedule, &place("schedule"), "is not five cron fields such as `0 5 * * *`")?;
    routes(at, component)?;
    let serves = component.ingress.is_none() || is(ComponentType::Web) || is(ComponentType::Routes);
    ensure(serves, &place("ingress"), "only a web component is reached from outside")
}

/// What the gateway answers by itself has an ingress, each route of it with its answer, and nothing that would run.
fn routes(at: &str, component: &Component) -> Checked {
    if component.kind != ComponentType::Routes {
        return Ok(());
    }
    let (ingress, suspended) = (component.ingress.clone(), component.suspended.clone());
    let alone = Component { kind: ComponentType::Routes, ingress, suspended, ..Component::default() };
    ensure(alone == *component, at, "has no effect but by its `ingress`: nothing of it runs")?;
    let Some(ingress) = &component.ingress else {
        let place = format!("{at}.ingress");
        return ensure(component.suspended.is_some(), &place, "is missing: nothing of the component would be there");
    };
    let answers = |route: &Route| route.respond.is_some() || route.redirect.is_some();
    let all = !ingress.routes.is_empty() && ingress.routes.iter().all(answers);
    ensure(
        all,
        &format!("{at}.ingress.routes"),
        "each have a `respond` or a `redirect`: nothing runs that could answer",
    )
}

struct Given<'c> {
    env: &'c Texts,
    secrets: &'c Texts,
    shared: &'c Texts,
}

fn container(at: &str, command: &Option<Vec<String>>, args: &Option<Vec<String>>, given: &Given<'_>) -> Checked {
    secrets(&format!("{at}.secrets"), given.secrets)?;
    for variable in given.env.keys() {
        let place = format!("{at}.env.{variable}");
        ensure(!given.secrets.contains_key(variable), &place, "stands among the secrets as well")?;
    }
    for (part, texts) in [("command", command), ("args", args)] {
        for text in texts.iter().flatten() {
            for reference in text.split("${secret:").skip(1) {
                let name = reference.split('}').next().unwrap_or("");
                let known = given.secrets.contains_key(name) || given.shared.contains_key(name);
                ensure(known, &format!("{at}.{part}"), &format!("there is no secret `{name}`"))?;
            }
        }
    }
    Ok(())
}

fn beside(at: &str, key: &str, container: &Container, config: &PlConfig) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    name(at, key, 40)?;
    let image = container.image.is_some() || config.image.is_some() || config.machine.is_some();
    ensure(image, &place("image"), "is missing here and at the top")?;
    let given = Given { env: &container.env, secrets: &container.secrets, shared: &config.secrets };
    self::container(at, &container.command, &container.args, &given)?;
    user(&place("user"), container.user.as_deref())?;
    ports(&place("ports"), &container.ports)?;
    probes(&place("health"), container.health.as_ref().map(|health| [&health.ready, &health.live]))?;
    resources(&place("resources"), container.resources.as_ref())
}

fn user(at: &str, user: Option<&str>) -> Checked {
    let legal = user.is_none_or(|user| user == "image" || is_user(user));
    ensure(legal, at, "is neither `image` nor a number such as 1000 or 1000:1000")
}

fn secrets(at: &str, secrets: &Texts) -> Checked {
    secrets.iter().try_for_each(|(name, secret)| secret_ref(&format!("{at}.{name}"), secret))
}

fn secret_ref(at: &str, secret: &str) -> Checked {
    secret.parse::<SecretRef>().map(drop).map_err(|message| invalid(at, &message))
}

fn ports(at: &str, ports: &Texts) -> Checked {
    for (key, port) in ports {
        let place = format!("{at}.{key}");
        name(&place, key, 15)?;
        let number = port.strip_suffix("/udp").or(port.strip_suffix("/tcp")).unwrap_or(port);
        ensure(number.parse::<u16>().is_ok_and(|port| port > 0), &place, "is no port such as 9090 or 2000/udp")?;
    }
    Ok(())
}

fn probes(at: &str, probes: Option<[&Option<HealthProbe>; 2]>) -> Checked {
    for probe in probes.into_iter().flatten().flatten() {
        let command = probe.command.as_ref().is_none_or(|command| !command.is_empty());
        ensure(command, at, "a check needs a command of at least one word")?;
        ensure(probe.path.is_none() || probe.command.is_none(), at, "a check is a path or a command, not both")?;
        ensure(probe.port != Some(0), at, "0 is no port")?;
    }
    Ok(())
}

fn resources(at: &str, resources: Option<&Resources>) -> Checked {
    let Some(resources) = resources else { return Ok(()) };
    for (part, value) in [
        ("cpu", &resources.cpu),
        ("memory", &resources.memory),
        ("memory_limit", &resources.memory_limit),
        ("disk", &resources.disk),
    ] {
        let legal = |value: &String| is_quantity(value) || (part == "memory_limit" && value == "none");
        ensure(value.as_ref().is_none_or(legal), &format!("{at}.{part}"), "is no quantity such as 250m or 384Mi")?;
    }
    Ok(())
}

fn scale(at: &str, scale: &Scale) -> Checked {
    let Scale::Range(range) = scale else { return Ok(()) };
    ensure(range.max >= 1 && range.min <= range.max, at, "`max` is at least 1 and at least `min`")?;
    let woken = range.queue.is_some() || range.rps.is_some() || !range.cron.is_empty();
    ensure(range.min > 0 || woken, at, "with `min: 0` nothing wakes it: add `queue`, `rps` or `cron`")?;
    for cron in &range.cron {
        let legal = is_schedule(&cron.start) && is_schedule(&cron.end);
        ensure(legal, &format!("{at}.cron"), "`start` and `end` are five cron fields such as `0 5 * * *`")?;
    }
    Ok(())
}

fn drain(at: &str, component: &Component) -> Checked {
    let stop = component.stop.map_or(30, |stop| stop.0);
    let drain = component.drain.map_or(0, |drain| drain.0);
    ensure(drain <= stop, &format!("{at}.drain"), "is longer than `stop`, in which it counts")
}

fn ingress(at: &str, ingress: &Ingress) -> Checked {
    hosts(&format!("{at}.hosts"), &ingress.hosts)?;
    paths(&format!("{at}.paths"), &ingress.paths)?;
    answer_headers(&format!("{at}.response_headers"), &ingress.response_headers)?;
    for (field, length) in [("timeout", ingress.timeout), ("idle_timeout", ingress.idle_timeout)] {
        let short = length.is_none_or(|length| length.0 / 3600 <= 99_999);
        ensure(short, &format!("{at}.{field}"), "is longer than 99999h, which the gateway does not take")?;
    }
    for (index, route) in ingress.routes.iter().enumerate() {
        hosts(&format!("{at}.routes.{index}.hosts"), &route.hosts)?;
        paths(&format!("{at}.routes.{index}.paths"), &route.paths)?;
        compared(&format!("{at}.routes.{index}"), route)?;
        answer_headers(&format!("{at}.routes.{index}.response_headers"), &route.response_headers)?;
        answers(&format!("{at}.routes.{index}"), route)?;
    }
    ingress.auth.iter().try_for_each(|auth| auth::check(&format!("{at}.auth"), auth))
}

/// Headers and query parameters by names that the definition of HTTPRoute takes.
fn compared(at: &str, route: &Route) -> Checked {
    for (field, values) in [("headers", &route.headers), ("query", &route.query)] {
        ensure(values.len() <= 16, &format!("{at}.{field}"), "the gateway compares at most 16 of them")?;
        for (name, value) in values {
            let place = format!("{at}.{field}");
            ensure(is_token(name), &place, &format!("the gateway compares nothing of the name `{name}`"))?;
            let length = value.strip_prefix('~').unwrap_or(value).chars().count();
            let longest = if field == "headers" { 4096 } else { 1024 };
            ensure((1..=longest).contains(&length), &place, &format!("`{name}` has 1 to {longest} characters"))?;
        }
    }
    Ok(())
}

/// Headers of answers as the definition of HTTPRoute takes them.
fn answer_headers(at: &str, headers: &Texts) -> Checked {
    ensure(headers.len() <= 16, at, "the gateway sets at most 16 of them")?;
    for (name, value) in headers {
        ensure(is_token(name), at, &format!("`{name}` is no name of a header"))?;
        let plain = value.len() <= 4096 && !value.chars().any(char::is_control);
        ensure(plain, at, &format!("`{name}` has at most 4096 characters on one line"))?;
    }
    Ok(())
}

/// What the gateway answers by itself, and the methods that it knows.
fn answers(at: &str, route: &Route) -> Checked {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    for method in &route.methods {
        let known = METHODS.contains(&method.to_ascii_uppercase().as_str());
        ensure(known, &format!("{at}.methods"), &format!("the gateway knows no method `{method}`"))?;
    }
    let alone = [route.port.is_some(), route.respond.is_some(), route.redirect.is_some()];
    let alone = alone.into_iter().filter(|there| *there).count() <= 1;
    ensure(alone, at, "has at most one of `port`, `respond` and `redirect`")?;
    ensure(route.port != Some(0), &format!("{at}.port"), "0 is no port")?;
    if let Some(respond) = &route.respond {
        let status = (200..600).contains(&respond.status);
        ensure(status, &format!("{at}.respond.status"), "is no status from 200 to 599")?;
        let short = respond.body.as_ref().is_none_or(|body| body.len() <= 4096);
        ensure(short, &format!("{at}.respond.body"), "is longer than 4096 bytes")?;
    }
    let Some(redirect) = &route.redirect else { return Ok(()) };
    ensure([301, 302].contains(&redirect.status), &format!("{at}.redirect.status"), "is neither 301 nor 302")?;
    let scheme = redirect.scheme.as_deref().is_none_or(|scheme| ["http", "https"].contains(&scheme));
    ensure(scheme, &format!("{at}.redirect.scheme"), "is neither `http` nor `https`")?;
    hosts(&format!("{at}.redirect.host"), redirect.host.as_slice())?;
    let path = redirect.path.as_deref().is_none_or(|path| path.starts_with('/'));
    ensure(path, &format!("{at}.redirect.path"), "does not begin with `/`")?;
    // All requests come by TLS on port 443, to which plain HTTP is sent as well.
    let usual = redirect.port.is_none_or(|port| [80, 443].contains(&port));
    let stays = redirect.host.is_none() && redirect.path.is_none() && usual;
    let why = "leads back to the address that was asked for, an endless loop: name another `host`, `port` or `path`";
    ensure(!stays, &format!("{at}.redirect"), why)
}

fn share(at: &str, share: &HostShare, config: &PlConfig) -> Checked {
    ensure(share.owner.is_some() == share.guests.is_empty(), at, "says who the `owner` is, or who the `guests` are")?;
    ensure(share.set != Some(0), &format!("{at}.set"), "is counted from 1")?;
    for other in share.owner.iter().chain(&share.guests) {
        let (team, app) = other.split_once('/').unwrap_or_default();
        name(at, team, 40).and_then(|()| name(at, app, 40)).map_err(|_| {
            invalid(at, &format!("`{other}` is no app of a team, such as `{}/{}`", config.team, config.app))
        })?;
        ensure(team != config.team || app != config.app, at, "is this app itself")?;
    }
    Ok(())
}

fn hosts(at: &str, hosts: &[String]) -> Checked {
    for host in hosts {
        let plain = host.strip_prefix("*.").unwrap_or(host);
        let label = |label: &str| {
            !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        ensure(plain.len() <= 253 && plain.split('.').all(label), at, &format!("`{host}` is no host name"))?;
    }
    Ok(())
}

fn paths(at: &str, paths: &[String]) -> Checked {
    for path in paths {
        let legal = path.starts_with('/') || path.starts_with("=/") || (path.starts_with('~') && path.len() > 1);
        ensure(legal, at, &format!("`{path}` is neither `/prefix`, `=/exact` nor `~regular expression`"))?;
        let plain = path.starts_with('~') || is_path(path.strip_prefix('=').unwrap_or(path));
        ensure(plain, at, &format!("`{path}` is no path as HTTPRoute takes them; write `~` and a regular expression"))?;
    }
    Ok(())
}

/// One source for each mount, and one definition for each name.
fn volumes(at: &str, component: &Component) -> Checked {
    let own = component.volumes.iter().map(|(path, volume)| (format!("{at}.volumes.{path}"), path, volume));
    let sidecars = component.sidecars.iter().flat_map(|(key, sidecar)| {
        sidecar.volumes.iter().map(move |(path, volume)| (format!("{at}.sidecars.{key}.volumes.{path}"), path, volume))
    });
    let init = component.init.iter().enumerate().flat_map(|(index, init)| {
        init.container
            .volumes
            .iter()
            .map(move |(path, volume)| (format!("{at}.init.{index}.container.volumes.{path}"), path, volume))
    });
    let all: Vec<(String, &String, &Volume)> = own.chain(sidecars).chain(init).collect();
    let mut defined: BTreeMap<&str, &Volume> = BTreeMap::new();
    for (place, path, volume) in &all {
        ensure(path.starts_with('/'), place, "is no absolute path")?;
        let sources = sources(volume);
        ensure(sources <= 1, place, "has more than one of `efs`, `size`, `secret` and `temporary`")?;
        ensure(sources == 1 || volume.name.is_some(), place, "says neither what it is nor the name of another")?;
        let temporary = volume.temporary.as_deref().is_none_or(|kind| matches!(kind, "disk" | "memory"));
        ensure(temporary, place, "`temporary` is `disk` or `memory`")?;
        if let (1, Some(name)) = (sources, volume.name.as_deref()) {
            ensure(defined.insert(name, volume).is_none(), place, &format!("`{name}` is defined twice"))?;
        }
    }
    for (place, _, volume) in &all {
        if let (0, Some(name)) = (sources(volume), volume.name.as_deref()) {
            ensure(defined.contains_key(name), place, &format!("no mount says what `{name}` is"))?;
        }
    }
    Ok(())
}

fn sources(volume: &Volume) -> usize {
    [volume.efs.is_some(), volume.size.is_some(), volume.secret.is_some(), volume.temporary.is_some()]
        .into_iter()
        .filter(|there| *there)
        .count()
}

fn network(at: &str, network: Option<&Network>) -> Checked {
    for peer in network.into_iter().flat_map(|network| network.allow.iter().chain(&network.from)) {
        let named = [&peer.app, &peer.host, &peer.cidr].into_iter().flatten().count();
        ensure(named == 1, at, "a peer is exactly one of `app`, `host` and `cidr`")?;
        ensure(peer.port != Some(0), at, "0 is no port")?;
    }
    Ok(())
}

fn name(at: &str, name: &str, longest: usize) -> Checked {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let legal = (1..=longest).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-');
    ensure(legal, at, &format!("`{name}` is no name: small letters, digits and hyphens, at most {longest}"))
}
