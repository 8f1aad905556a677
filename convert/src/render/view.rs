//! What a main container and one beside it have in common, and their ports.

use super::RenderError;
use super::app::Part;
use crate::naming;
use caravan_convert_lift::plconfig::{Capabilities, ComponentType, Container, Health, Protocol, Resources};
use std::collections::{BTreeMap, BTreeSet};

type Map = BTreeMap<String, String>;

/// What a main container and one beside it have in common.
pub(super) struct View<'a> {
    /// Its name in the pod.
    pub(super) name: String,
    /// Its place below the component, for errors.
    pub(super) place: String,
    pub(super) image: &'a str,
    pub(super) command: Option<&'a Vec<String>>,
    pub(super) args: Option<&'a Vec<String>>,
    pub(super) workdir: Option<&'a String>,
    pub(super) user: Option<&'a str>,
    pub(super) env: &'a Map,
    pub(super) secrets: &'a Map,
    pub(super) ports: &'a Map,
    pub(super) health: Option<&'a Health>,
    pub(super) resources: Option<&'a Resources>,
    pub(super) volumes: &'a BTreeMap<String, caravan_convert_lift::plconfig::Volume>,
    pub(super) writable: Option<bool>,
    pub(super) capabilities: Option<&'a Capabilities>,
    pub(super) stdin: Option<bool>,
    pub(super) tty: Option<bool>,
    /// The port that serves, of a main container.
    pub(super) port: Option<u16>,
}

/// One port of a pod.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Port {
    pub(super) name: String,
    pub(super) number: u16,
    pub(super) protocol: &'static str,
}

impl<'a> View<'a> {
    /// The main container of a component.
    pub(super) fn main(part: &Part<'a>) -> Self {
        let component = part.component;
        Self {
            name: naming::joined(&[part.key], naming::LABEL),
            place: String::new(),
            image: part.image,
            command: component.command.as_ref(),
            args: component.args.as_ref(),
            workdir: component.workdir.as_ref(),
            user: component.user.as_deref(),
            env: &component.env,
            secrets: &component.secrets,
            ports: &component.ports,
            health: component.health.as_ref(),
            resources: component.resources.as_ref(),
            volumes: &component.volumes,
            writable: component.writable,
            capabilities: component.capabilities.as_ref(),
            stdin: component.stdin,
            tty: component.tty,
            port: component.port,
        }
    }

    /// A container beside the main one.
    pub(super) fn beside(part: &Part<'a>, place: String, name: &str, container: &'a Container) -> Self {
        Self {
            name: naming::joined(&[name], naming::LABEL),
            place,
            image: container.image.as_deref().unwrap_or(part.image),
            command: container.command.as_ref(),
            args: container.args.as_ref(),
            workdir: container.workdir.as_ref(),
            user: container.user.as_deref(),
            env: &container.env,
            secrets: &container.secrets,
            ports: &container.ports,
            health: container.health.as_ref(),
            resources: container.resources.as_ref(),
            volumes: &container.volumes,
            writable: container.writable,
            capabilities: container.capabilities.as_ref(),
            stdin: container.stdin,
            tty: container.tty,
            port: None,
        }
    }

    pub(super) fn at(&self, field: &str) -> String {
        if self.place.is_empty() { field.to_owned() } else { format!("{}.{field}", self.place) }
    }

    /// Its ports, the serving one first.
    pub(super) fn ports(&self, part: &Part<'_>) -> Result<Vec<Port>, RenderError> {
        let serves = part.component.kind == ComponentType::Web;
        let main = self.port.map(|number| Port {
            name: if serves { protocol_name(part) } else { "main" }.to_owned(),
            number,
            protocol: "TCP",
        });
        let mut ports = Vec::from_iter(main);
        for (name, text) in self.ports {
            let (number, protocol) = match text.split_once('/') {
                None => (text.as_str(), "TCP"),
                Some((number, "tcp")) => (number, "TCP"),
                Some((number, "udp")) => (number, "UDP"),
                Some(_) => ("", ""),
            };
            let number = number.parse().ok().filter(|number| *number > 0);
            let number = number.ok_or_else(|| {
                part.error(&self.at(&format!("ports.{name}")), format!("`{text}` is no port such as 9090 or 53/udp"))
            })?;
            ports.push(Port { name: naming::port(name), number, protocol });
        }
        ports.dedup_by(|later, first| (later.number, later.protocol) == (first.number, first.protocol));
        Ok(ports)
    }
}

/// The ports of all containers of a pod, each number once and each name once.
pub(super) fn distinct(ports: impl IntoIterator<Item = Port>) -> Vec<Port> {
    let (mut numbers, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut out = Vec::new();
    for mut port in ports {
        if !numbers.insert((port.number, port.protocol)) {
            continue;
        }
        if !names.insert(port.name.clone()) {
            port.name = naming::port(&format!("p{}-{}", port.number, port.protocol));
            names.insert(port.name.clone());
        }
        out.push(port);
    }
    out
}

/// What a web component's port speaks, as the name of the port.
fn protocol_name(part: &Part<'_>) -> &'static str {
    match part.component.protocol {
        None | Some(Protocol::Http | Protocol::Http2) => "http",
        Some(Protocol::Grpc) => "grpc",
        Some(Protocol::Https) => "https",
        Some(Protocol::Tcp) => "tcp",
    }
}

/// Nothing instead of an empty list.
pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    if list.is_empty() { None } else { Some(list) }
}
