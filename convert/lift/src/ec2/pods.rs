//! Which of a machine's containers are one pod: those that find each other by the machine's networks, share its volumes, or
//! stand behind its load balancer. All others become components of their own.

use super::docker::{Key, Started};
use super::startup::Word;
use super::volume::{Source, mount};
use std::collections::{BTreeMap, BTreeSet};

/// Containers that become one component.
#[derive(Clone, Debug)]
pub(super) struct Pod<'s, 'a> {
    /// The one that traffic reaches comes first.
    pub(super) members: Vec<Member<'s, 'a>>,
    /// Whether a target group sends to it.
    pub(super) balanced: bool,
}

/// A container with its key in the plconfig.
#[derive(Clone, Debug)]
pub(super) struct Member<'s, 'a> {
    pub(super) started: &'s Started<'a>,
    pub(super) key: String,
}

/// A port of the machine and the port of the container that has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Published {
    /// None where Docker picks one.
    pub(super) host: Option<u16>,
    pub(super) container: u16,
    pub(super) udp: bool,
    /// Whether only the machine itself reaches it.
    pub(super) local: bool,
}

/// `80:8080`, `127.0.0.1:80:8080/tcp`, `8080`; none of ranges and of what is not known.
pub(super) fn published(text: &str) -> Option<Published> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
    let (address, host, container) = match ports.rsplitn(3, ':').collect::<Vec<_>>().as_slice() {
        [container] => (None, None, number(container)?),
        [container, host] => (None, Some(number(host)?), number(container)?),
        [container, "", address] => (Some(*address), None, number(container)?),
        [container, host, address] => (Some(*address), Some(number(host)?), number(container)?),
        _ => return None,
    };
    let udp = match protocol {
        "tcp" => false,
        "udp" => true,
        _ => return None,
    };
    let local = address.is_some_and(|address| address.starts_with("127.") || matches!(address, "localhost" | "[::1]"));
    Some(Published { host, container, udp, local })
}

/// The first container beside the one that traffic reaches that publishes no port: a second one of it may be a second worker.
pub(super) fn quiet<'p>(pod: &'p Pod<'_, '_>) -> Option<&'p str> {
    let beside = pod.members.iter().skip(1);
    beside.filter(|member| member.started.all(Key::Publish).next().is_none()).map(|member| member.key.as_str()).next()
}

/// The ports that a container publishes, as far as they are known.
pub(super) fn ports_of(started: &Started<'_>) -> Vec<Published> {
    started.all(Key::Publish).filter_map(|word| published(&word.text()?)).collect()
}

/// Whether it has the machine's own network.
pub(super) fn is_on_host(started: &Started<'_>) -> bool {
    started.all(Key::Network).any(|word| word.text().as_deref() == Some("host"))
}

/// The port of a container at which the machine's port arrives.
pub(super) fn behind(started: &Started<'_>, host: u16) -> Option<u16> {
    let to = |port: Published| (port.host == Some(host) && !port.udp && !port.local).then_some(port.container);
    ports_of(started).into_iter().find_map(to)
}

/// The pods, in the order in which their containers start. `served` are the machine's ports that target groups send to.
pub(super) fn group<'s, 'a>(all: &'s [Started<'a>], served: &BTreeSet<u16>) -> Vec<Pod<'s, 'a>> {
    let balanced = |started: &Started<'_>| served.iter().any(|port| behind(started, *port).is_some());
    let mut groups: Vec<(BTreeSet<String>, Vec<usize>)> = Vec::new();
    for (at, started) in all.iter().enumerate() {
        let mut keys = keys(at, started);
        if balanced(started) || is_on_host(started) && !served.is_empty() {
            keys.insert("balanced".to_owned());
        }
        let mut members = vec![at];
        groups.retain_mut(|(others, of)| {
            let apart = others.is_disjoint(&keys);
            if !apart {
                keys.append(others);
                members.append(of);
            }
            apart
        });
        groups.push((keys, members));
    }
    groups.iter_mut().for_each(|(_, members)| members.sort_unstable());
    groups.sort_by_key(|(_, members)| members.first().copied());
    groups.into_iter().map(|(_, members)| pod(all, &members, served)).collect()
}

fn pod<'s, 'a>(all: &'s [Started<'a>], members: &[usize], served: &BTreeSet<u16>) -> Pod<'s, 'a> {
    let balanced = |at: usize| served.iter().any(|port| behind(&all[at], *port).is_some());
    let open = |at: usize| ports_of(&all[at]).iter().any(|port| !port.udp && !port.local);
    let first = |test: &dyn Fn(usize) -> bool| members.iter().position(|at| test(*at));
    let host = |at: usize| !served.is_empty() && is_on_host(&all[at]);
    let main = first(&balanced).or_else(|| first(&open)).or_else(|| first(&host)).unwrap_or(0);
    let mut order = members.to_vec();
    let main = order.remove(main);
    order.insert(0, main);
    let mut taken = BTreeMap::new();
    let key = |started: &Started<'_>, taken: &mut BTreeMap<String, usize>| {
        let label = label(&name_of(started));
        let count = taken.entry(label.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { label } else { format!("{label}-{count}") }
    };
    let members = order.iter().map(|at| Member { started: &all[*at], key: key(&all[*at], &mut taken) }).collect();
    Pod { members, balanced: order.iter().any(|at| balanced(*at) || host(*at)) }
}

/// What ties a container to others.
fn keys(at: usize, started: &Started<'_>) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([format!("container/{at}")]);
    let project = started.project.map(|project| format!("project/{project}"));
    keys.extend(project.clone());
    if project.is_none() {
        keys.extend(started.name.as_ref().map(|name| format!("name/{name}")));
    }
    for network in started.all(Key::Network).map(Word::shown) {
        match (network.as_str(), network.strip_prefix("container:")) {
            ("bridge" | "default" | "none", _) => {}
            (_, Some(other)) => drop(keys.insert(format!("name/{other}"))),
            _ if project.is_some() => {}
            _ => drop(keys.insert(format!("network/{network}"))),
        }
    }
    for link in started.all(Key::Link).map(Word::shown).filter(|_| project.is_none()) {
        keys.insert(format!("name/{}", link.split(':').next().unwrap_or_default()));
    }
    for word in started.all(Key::Volume) {
        if let Some(Source::Named(name)) = word.text().and_then(|text| Some(mount(&text)?.source)) {
            keys.insert(format!("volume/{name}"));
        }
    }
    keys
}

/// The name of a container: its own, or that of its image.
pub(super) fn name_of(started: &Started<'_>) -> String {
    started.name.clone().unwrap_or_else(|| {
        let image = started.image.shown();
        let last = image.rsplit('/').next().unwrap_or_default();
        last.split([':', '@']).next().unwrap_or_default().to_owned()
    })
}

/// A DNS-1123 label of at most 30 characters.
pub(super) fn label(name: &str) -> String {
    let small = crate::marks::without_marks(name).to_ascii_lowercase();
    let mut label: String = small.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(30).collect();
    label = label.trim_matches('-').to_owned();
    if label.starts_with(|c: char| c.is_ascii_lowercase()) {
        label
    } else {
        format!("c-{label}").trim_end_matches('-').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_in_the_forms_that_docker_takes() {
        let port = |host, container, udp, local| Some(Published { host, container, udp, local });
        assert_eq!(published("80:8080"), port(Some(80), 8080, false, false));
        assert_eq!(published("8080"), port(None, 8080, false, false));
        assert_eq!(published("127.0.0.1:80:8080/tcp"), port(Some(80), 8080, false, true));
        assert_eq!(published("[::1]:80:8080"), port(Some(80), 8080, false, true));
        assert_eq!(published("53:53/udp"), port(Some(53), 53, true, false));
        for odd in ["", "8000-8010:8000-8010", "a:b", "80:8080/sctp", "0:80"] {
            assert_eq!(published(odd), None, "{odd}");
        }
    }
}
