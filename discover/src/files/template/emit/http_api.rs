//! HTTP and WebSocket APIs of API Gateway.

use super::Emitter;
use super::shape::{Fields, filled, small, typed};
use crate::files::template::document::Resource;
use crate::files::template::evaluate::Evaluator;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Map, Value, json};

/// Fields whose inside has names of its owners' choice.
const DATA: &[&str] = &[
    "RequestModels",
    "RequestParameters",
    "RequestTemplates",
    "ResponseParameters",
    "RouteSettings",
    "StageVariables",
    "Tags",
];
const NUMBERS: &[&str] =
    &["authorizerResultTtlInSeconds", "maxAge", "throttlingBurstLimit", "throttlingRateLimit", "timeoutInMillis"];
const BOOLEANS: &[&str] = &[
    "allowCredentials",
    "apiKeyRequired",
    "autoDeploy",
    "dataTraceEnabled",
    "detailedMetricsEnabled",
    "disableExecuteApiEndpoint",
    "disableSchemaValidation",
    "enableSimpleResponses",
];

/// An API. With a target it is quickly made: a route, an integration and a stage come with it.
pub(super) fn api(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["Target"]);
    let logical = id;
    let id = out.eval.name_of(id, "");
    let id = id.as_str();
    out.leave_out(&mut fields, &["BasePath", "Body", "BodyS3Location", "CredentialsArn", "FailOnWarnings"]);
    let target = fields.remove("Target");
    let key = fields.remove("RouteKey");
    filled(&mut fields, &[("Name", json!(logical)), ("ProtocolType", json!("HTTP"))]);
    let body = document(fields, &[("apiId", json!(id))]);
    out.add(Kind::HttpApi, id, body);
    if let Some(target) = target {
        let integration = format!("{id}/target");
        let is_function = target.as_str().is_some_and(|target| target.contains(":lambda:"));
        let of_type = if is_function { "AWS_PROXY" } else { "HTTP_PROXY" };
        let key = key.unwrap_or_else(|| json!("$default"));
        out.add(Kind::HttpIntegration, &integration, json!({"apiId": id, "integrationId": "target",
            "integrationType": of_type, "integrationUri": target, "payloadFormatVersion": "2.0", "apiGatewayManaged": true}));
        out.add(
            Kind::HttpRoute,
            &format!("{id}/quick"),
            json!({"apiId": id, "routeId": "quick", "routeKey": key,
            "target": "integrations/target", "authorizationType": "NONE", "apiGatewayManaged": true}),
        );
        out.add(
            Kind::HttpStage,
            &format!("{id}/$default"),
            json!({"apiId": id, "stageName": "$default", "autoDeploy": true, "apiGatewayManaged": true}),
        );
    }
}

/// An integration.
pub(super) fn integration(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["ApiId", "ConnectionId", "CredentialsArn", "IntegrationUri"];
    let fields = out.eval.properties(&resource.properties, LINKS);
    inside(out, Kind::HttpIntegration, fields, id, ("integrationId", json!(id)));
}

/// A route.
pub(super) fn route(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["ApiId", "AuthorizerId", "Target"]);
    filled(&mut fields, &[("AuthorizationType", json!("NONE"))]);
    inside(out, Kind::HttpRoute, fields, id, ("routeId", json!(id)));
}

/// A stage.
pub(super) fn stage(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["AccessLogSettings/DestinationArn", "ApiId", "DeploymentId"];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    out.leave_out(&mut fields, &["AccessPolicyId"]);
    let name = out.eval.name_of(id, "StageName");
    let said = fields.remove("StageName").unwrap_or_else(|| json!(name));
    inside(out, Kind::HttpStage, fields, &name, ("stageName", said));
}

/// An authorizer.
pub(super) fn authorizer(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["ApiId", "AuthorizerCredentialsArn", "AuthorizerUri"];
    let fields = out.eval.properties(&resource.properties, LINKS);
    inside(out, Kind::HttpAuthorizer, fields, id, ("authorizerId", json!(id)));
}

/// A custom domain.
pub(super) fn domain(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let fields = out.eval.properties(&resource.properties, &[]);
    let name = out.eval.name_of(id, "DomainName");
    let body = document(fields, &[]);
    out.add(Kind::HttpDomain, &name, body);
}

/// What leads from a domain to an API.
pub(super) fn mapping(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["ApiId", "Stage"]);
    let domain = domain_of(&out.eval, &mut fields, resource);
    let body = document(fields, &[("apiMappingId", json!(id))]);
    out.add(Kind::ApiMapping, &format!("{domain}/{id}"), body);
}

/// A link into a VPC.
pub(super) fn vpc_link(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let fields = out.eval.properties(&resource.properties, &[]);
    let body = document(fields, &[("vpcLinkId", json!(id))]);
    out.add(Kind::HttpVpcLink, id, body);
}

/// The name of a mapping's domain, which a domain of the template may give: then it is called as that is.
pub(super) fn domain_of(eval: &Evaluator<'_>, fields: &mut Fields, resource: &Resource) -> String {
    let named = resource.properties.get("DomainName").and_then(|domain| eval.name_at(domain, 0));
    match named {
        Some(name) => {
            let open =
                fields.get("DomainName").is_some_and(Value::is_object) && eval.template.resource(&name).is_some();
            // Of a domain whose name is open, the mapping's is, in the same words.
            let of_domain = eval
                .template
                .resource(&name)
                .filter(|_| open)
                .and_then(|(_, domain)| domain.properties.get("DomainName"));
            if let Some(value) = of_domain.and_then(|value| eval.value(value)) {
                fields.insert("DomainName".to_owned(), value);
            }
            name
        }
        None => "domain".to_owned(),
    }
}

/// A thing of an API: its name is `<api>/<id>`.
fn inside(out: &mut Emitter<'_>, kind: Kind, fields: Fields, name: &str, own: (&str, Value)) {
    let api = fields.get("ApiId").and_then(Value::as_str).unwrap_or("api").to_owned();
    let body = document(fields, &[own]);
    out.add(kind, &format!("{api}/{name}"), body);
}

fn document(fields: Fields, own: &[(&str, Value)]) -> Value {
    let mut body = small(Value::Object(fields), DATA);
    typed(&mut body, NUMBERS, BOOLEANS);
    if let Value::Object(fields) = &mut body {
        fields.extend(own.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect::<Map<_, _>>());
        if let Some(Value::Object(settings)) = fields.get_mut("routeSettings") {
            settings.values_mut().for_each(|one| *one = small(one.take(), &[]));
        }
    }
    body
}
