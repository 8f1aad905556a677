//! The gateways that a route names, and who speaks for them.

use crate::Routes;
use crate::route::within;
use caravan_providers::CallError;
use caravan_providers::target::{Speaker, route_parents};
use kube::Api;
use kube::api::{ApiResource, DynamicObject};
use serde_json::Value;

const GROUP: &str = "gateway.networking.k8s.io";

/// A gateway that a route names.
pub(crate) struct NamedGateway {
    /// Who speaks for it.
    pub(crate) speaker: Speaker,
    /// As the API server has it; none where it is no Gateway, or may not be read.
    pub(crate) object: Option<Value>,
    /// Whether the API server says that there is none.
    pub(crate) is_missing: bool,
}

impl Routes {
    /// The gateways of a route, in the order of its parents. What can't be read is unknown, and hinders nothing.
    pub(crate) async fn gateways(&self, route: &Value) -> Vec<NamedGateway> {
        let mut found = Vec::new();
        for parent in route_parents(route) {
            found.push(self.gateway(route, parent).await);
        }
        found
    }

    async fn gateway(&self, route: &Value, parent: &Value) -> NamedGateway {
        let unknown = |object| NamedGateway { speaker: Speaker::Unknown, object, is_missing: false };
        let text = |at: &Value, otherwise: &str| at.as_str().unwrap_or(otherwise).to_owned();
        if text(&parent["group"], GROUP) != GROUP || text(&parent["kind"], "Gateway") != "Gateway" {
            return unknown(None);
        }
        let namespace = text(&parent["namespace"], route["metadata"]["namespace"].as_str().unwrap_or_default());
        let gateways = Api::namespaced_with(self.client.clone(), &namespace, &resource("Gateway", "gateways"));
        let gateway = match read(&gateways, &text(&parent["name"], "")).await {
            Ok(gateway) => gateway,
            Err(CallError::Missing(_)) => return NamedGateway { is_missing: true, ..unknown(None) },
            Err(_) => return unknown(None),
        };
        let classes = Api::all_with(self.client.clone(), &resource("GatewayClass", "gatewayclasses"));
        let class = read(&classes, &text(&gateway["spec"]["gatewayClassName"], "")).await;
        let controller = class.ok().and_then(|class| class["spec"]["controllerName"].as_str().map(str::to_owned));
        let speaker = controller.map_or(Speaker::Unknown, Speaker::Controller);
        NamedGateway { speaker, object: Some(gateway), is_missing: false }
    }
}

async fn read(api: &Api<DynamicObject>, name: &str) -> Result<Value, CallError> {
    let object = within(api.get(name)).await?;
    serde_json::to_value(&object).map_err(|error| CallError::Rejected(error.to_string()))
}

fn resource(kind: &str, plural: &str) -> ApiResource {
    ApiResource {
        group: GROUP.to_owned(),
        version: "v1".to_owned(),
        api_version: format!("{GROUP}/v1"),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
    }
}
