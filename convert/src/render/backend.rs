//! Where a component's routes lead: its Service, or for HTTP over TLS a Backend in front of it.

use super::app::Part;
use super::custom::{BackendRef, BackendSpec, BackendTls, Custom, Endpoint, Fqdn};
use caravan_convert_lift::plconfig::Protocol;

/// What routes refer to, and the Backend where they need one.
///
/// A container that speaks TLS does so with whatever certificate it has, as it did behind the load balancer, which never
/// looks at it; the gateway does not either.
pub(super) fn backend(part: &Part<'_>, port: i32) -> (BackendRef, Option<Custom<BackendSpec>>) {
    let name = part.object.clone();
    if part.component.protocol != Some(Protocol::Https) {
        return (BackendRef { group: None, kind: None, name, port: Some(port) }, None);
    }
    let hostname = format!("{name}.{}.svc.cluster.local", part.app.namespace);
    let spec = BackendSpec {
        endpoints: vec![Endpoint { fqdn: Fqdn { hostname, port } }],
        tls: BackendTls { insecure_skip_verify: true, ..BackendTls::default() },
    };
    let object = Custom::backend(part.metadata(&name), spec);
    (BackendRef { group: Some("gateway.envoyproxy.io"), kind: Some("Backend"), name, port: None }, Some(object))
}
