//! Services.

use super::app::Part;
use super::pod::Pod;
use super::view::{Port, some};
use caravan_convert_lift::plconfig::{ComponentType, Protocol};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The port under which a web component is reached.
const HTTP: i32 = 80;

/// The Service of a component with ports; none for one without. Its ports always have names.
pub(super) fn service(part: &Part<'_>, pod: &Pod) -> Option<Service> {
    let ports = pod.ports.iter().map(|port| ServicePort {
        name: Some(port.name.clone()),
        port: outside(part, &pod.ports, port),
        target_port: Some(IntOrString::Int(i32::from(port.number))),
        protocol: Some(port.protocol.to_owned()),
        app_protocol: app_protocol(part).filter(|_| is_main(part, port)).map(str::to_owned),
        node_port: None,
    });
    let spec = ServiceSpec {
        selector: part.selector().match_labels,
        ports: Some(some(ports.collect())?),
        ..ServiceSpec::default()
    };
    Some(Service { metadata: part.metadata(&part.object), spec: Some(spec), status: None })
}

/// The port of the Service behind which a web component serves.
pub(super) fn main_port(part: &Part<'_>, pod: &Pod) -> Option<i32> {
    let main = pod.ports.iter().find(|port| is_main(part, port))?;
    Some(outside(part, &pod.ports, main))
}

/// A TCP port of the pod on the Service.
pub(super) fn port(part: &Part<'_>, pod: &Pod, number: u16) -> Option<i32> {
    let port = pod.ports.iter().find(|port| port.number == number && port.protocol == "TCP")?;
    Some(outside(part, &pod.ports, port))
}

/// The number of a port on the Service: 80 for the one that serves, unless another container listens there.
fn outside(part: &Part<'_>, ports: &[Port], port: &Port) -> i32 {
    let taken = || ports.iter().any(|other| !is_main(part, other) && i32::from(other.number) == HTTP);
    if is_main(part, port) && !taken() { HTTP } else { i32::from(port.number) }
}

/// What it speaks, for the gateway (KEP-3726).
fn app_protocol(part: &Part<'_>) -> Option<&'static str> {
    match part.component.protocol {
        None | Some(Protocol::Http) => Some("http"),
        Some(Protocol::Http2 | Protocol::Grpc) => Some("kubernetes.io/h2c"),
        Some(Protocol::Https) => Some("https"),
        Some(Protocol::Tcp) => None,
    }
}

fn is_main(part: &Part<'_>, port: &Port) -> bool {
    part.component.kind == ComponentType::Web && Some(port.number) == part.component.port && port.protocol == "TCP"
}
