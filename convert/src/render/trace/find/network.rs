//! The places behind ports and peers.

use super::places::{in_components, in_containers, places};
use crate::provenance::Origin;
use crate::render::app::Part;
use crate::render::network_policy::ingress_ports;
use crate::render::trace::field::Field;
use crate::render::trace::line::Line;
use serde_json::Value;

/// Every port of a component.
pub(in crate::render::trace) fn ports(line: &Line<'_>) -> Vec<Origin> {
    let patterns = [in_components(line, &["port"]), in_containers(line, "ports/*")].concat();
    places(line, &patterns, |_| true)
}

/// The ports behind a Service: of what runs on, every one.
pub(in crate::render::trace) fn service(line: &Line<'_>) -> Vec<Origin> {
    [ports(line), line.all(&[Field::Component("type")])].concat()
}

/// Whether a container can serve: as written, else by the port of a component that serves.
pub(in crate::render::trace) fn ready(line: &Line<'_>) -> Vec<Origin> {
    let written = [Field::Container("health/ready"), Field::Container("health")];
    match written.into_iter().find_map(|field| line.origin(field)) {
        Some(origin) => vec![origin],
        None => line.all(&[Field::Container("port"), Field::Container("ports"), Field::Component("type")]),
    }
}

/// The port of a component by its number.
pub(in crate::render::trace) fn port(line: &Line<'_>) -> Vec<Origin> {
    let number = ["/containerPort", "/targetPort", "/port"].into_iter().find_map(|at| line.item.pointer(at)?.as_u64());
    let is_it = |value: &Value| match value {
        Value::String(text) => text.split('/').next().and_then(|text| text.parse().ok()) == number,
        value => value.as_u64() == number,
    };
    let patterns = match &line.container {
        Some(base) => vec![format!("{base}/port"), format!("{base}/ports/*")],
        None => [in_components(line, &["port"]), in_containers(line, "ports/*")].concat(),
    };
    places(line, &patterns, is_it)
}

/// A peer that may come in: the gateway where there is an ingress, then those that are written.
pub(in crate::render::trace) fn peer_in(line: &Line<'_>) -> Vec<Origin> {
    let Some((base, at)) = line.component().zip(written_in(line)) else {
        return line.all(&[
            Field::Component("ingress"),
            Field::Component("port"),
            Field::Setting("gateway/namespace"),
            Field::Setting("internal_gateway/namespace"),
        ]);
    };
    let peer = format!("{base}/network/from/{at}");
    let names_port = line.config.pointer(&format!("{peer}/port")).is_some();
    line.at(&peer).into_iter().chain(if names_port { Vec::new() } else { ports(line) }).collect()
}

/// The app of a peer that may come in: a label of the platform's, in the namespace of a team.
pub(in crate::render::trace) fn app_in(line: &Line<'_>) -> Vec<Origin> {
    let of_app = if written_in(line).is_some() { line.all(&OF_APP) } else { Vec::new() };
    [peer_in(line), of_app].concat()
}

/// Which of the written peers it is that may come in; none for the gateway, which stands before them.
fn written_in(line: &Line<'_>) -> Option<usize> {
    let reaches = |part: &Part<'_>| {
        let (ingress, platform) = (part.component.ingress.as_ref(), part.app.platform);
        let of = |internal| {
            let ports = ingress.zip(part.component.port).map(|(ingress, port)| ingress_ports(ingress, port, internal));
            ports.filter(|ports| !ports.is_empty())
        };
        let same = platform.gateway.namespace == platform.internal_gateway.namespace;
        match (of(false), of(true)) {
            (Some(public), Some(internal)) => {
                if same && public == internal {
                    1
                } else {
                    2
                }
            }
            (None, None) => 0,
            _ => 1,
        }
    };
    line.indices.first()?.checked_sub(line.part.map_or(0, reaches))
}

/// A peer that it may speak to.
pub(in crate::render::trace) fn peer_out(line: &Line<'_>) -> Vec<Origin> {
    let (base, at) = (line.component(), line.indices.first());
    base.zip(at).and_then(|(base, at)| line.at(&format!("{base}/network/allow/{at}"))).into_iter().collect()
}

/// The app of a peer that it may speak to.
pub(in crate::render::trace) fn app_out(line: &Line<'_>) -> Vec<Origin> {
    [peer_out(line), line.all(&OF_APP)].concat()
}

const OF_APP: [Field; 2] = [Field::Setting("group"), Field::Setting("namespace_prefix")];

/// The name of a port: as it is written, or what the component's own port speaks.
pub(in crate::render::trace) fn port_name(line: &Line<'_>) -> Vec<Origin> {
    [port(line), line.all(&[Field::Component("protocol"), Field::Component("type")])].concat()
}
