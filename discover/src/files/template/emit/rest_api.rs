//! REST APIs of API Gateway.

use super::Emitter;
use super::http_api::domain_of;
use super::shape::{Fields, filled, moved, small, tags, typed};
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::Intrinsic;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Map, Value, json};

/// Fields whose inside has names of its owners' choice.
const DATA: &[&str] = &[
    "Policy",
    "RequestModels",
    "RequestParameters",
    "RequestTemplates",
    "ResponseModels",
    "ResponseParameters",
    "ResponseTemplates",
    "StageVariableOverrides",
    "Variables",
];
const NUMBERS: &[&str] = &[
    "authorizerResultTtlInSeconds",
    "cacheTtlInSeconds",
    "minimumCompressionSize",
    "percentTraffic",
    "throttlingBurstLimit",
    "throttlingRateLimit",
    "timeoutInMillis",
];
const BOOLEANS: &[&str] = &[
    "apiKeyRequired",
    "cacheClusterEnabled",
    "cacheDataEncrypted",
    "cachingEnabled",
    "dataTraceEnabled",
    "disableExecuteApiEndpoint",
    "metricsEnabled",
    "tracingEnabled",
    "useStageCache",
];
/// Resources lie in resources; a circle ends here.
const DEEPEST: usize = 64;

/// An API.
pub(super) fn api(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &[]);
    let logical = id;
    let id = out.eval.name_of(id, "");
    let id = id.as_str();
    out.leave_out(&mut fields, &["Body", "BodyS3Location", "CloneFrom", "FailOnWarnings", "Mode", "Parameters"]);
    moved(&mut fields, "ApiKeySourceType", "ApiKeySource");
    filled(&mut fields, &[("Name", json!(logical))]);
    if let Some(Value::Object(endpoint)) = fields.get_mut("EndpointConfiguration") {
        moved(endpoint, "VpcEndpointIds", "vpcEndpointIds");
    }
    let body = document(fields, &[("id", json!(id)), ("rootResourceId", json!(format!("{id}/")))]);
    out.add(Kind::RestApi, id, body);
    // What stands at the root is a resource, too, and a template names none for it.
    let root = format!("{id}/");
    let methods = methods(out, id, &root);
    if !methods.is_empty() {
        let body = json!({"restApiId": id, "id": root, "path": "/", "resourceMethods": methods});
        out.add(Kind::RestResource, &format!("{id}/{root}"), body);
    }
}

/// A resource with its methods.
pub(super) fn resource(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["ParentId", "RestApiId"]);
    let api = fields.get("RestApiId").and_then(Value::as_str).unwrap_or("api").to_owned();
    let path = path(out, resource, 0);
    fields.insert("Path".to_owned(), path);
    let mut body = document(fields, &[("id", json!(id))]);
    let methods = methods(out, &api, id);
    if !methods.is_empty() {
        body["resourceMethods"] = Value::Object(methods);
    }
    out.add(Kind::RestResource, &format!("{api}/{id}"), body);
}

/// The path of a resource: the parts of those that it lies in, from the root. Open where one of them is.
fn path(out: &Emitter<'_>, resource: &Resource, depth: usize) -> Value {
    let part = resource.properties.get("PathPart").and_then(|part| out.eval.value(part)).unwrap_or_default();
    let above = resource.properties.get("ParentId").and_then(|parent| out.eval.name_at(parent, 0));
    let above = match above {
        Some(root) if root.ends_with('/') => Some(String::new()),
        Some(parent) if depth < DEEPEST => out
            .eval
            .template
            .resource(&parent)
            .and_then(|(_, parent)| path(out, parent, depth + 1).as_str().map(str::to_owned)),
        _ => None,
    };
    match (above, part.as_str()) {
        (Some(above), Some(part)) => json!(format!("{above}/{part}")),
        (above, _) => {
            let of = |value: &Value| Unresolved::of(value).map(|open| open.text.to_owned());
            let part = part.as_str().map(str::to_owned).or_else(|| of(&part)).unwrap_or_default();
            let text = format!("{}/{part}", above.as_deref().unwrap_or("…"));
            Unresolved { text: &text, default: None }.to_value()
        }
    }
}

/// The methods of a resource.
fn methods(out: &mut Emitter<'_>, api: &str, id: &str) -> Map<String, Value> {
    const LINKS: &[&str] = &[
        "AuthorizerId",
        "Integration/ConnectionId",
        "Integration/Credentials",
        "Integration/IntegrationTarget",
        "Integration/Uri",
        "ResourceId",
        "RestApiId",
    ];
    let mut methods = Map::new();
    let template = out.eval.template;
    for (_, resource) in template.resources.iter().filter(|(_, one)| one.of_type == "AWS::ApiGateway::Method") {
        let named = |property: &str| resource.properties.get(property).and_then(|value| out.eval.name_at(value, 0));
        if named("ResourceId").as_deref() != Some(id) || named("RestApiId").as_deref() != Some(api) {
            continue;
        }
        let mut fields = out.eval.properties(&resource.properties, LINKS);
        fields.remove("ResourceId");
        fields.remove("RestApiId");
        keyed(&mut fields, "MethodResponses", "StatusCode");
        if let Some(Value::Object(mut integration)) = fields.remove("Integration") {
            moved(&mut integration, "IntegrationHttpMethod", "HttpMethod");
            keyed(&mut integration, "IntegrationResponses", "StatusCode");
            fields.insert("MethodIntegration".to_owned(), Value::Object(integration));
        }
        filled(&mut fields, &[("ApiKeyRequired", json!(false)), ("AuthorizationType", json!("NONE"))]);
        let method = fields.get("HttpMethod").and_then(Value::as_str).unwrap_or("ANY").to_owned();
        methods.insert(method, document(fields, &[]));
    }
    methods
}

/// A list whose elements the API answers by one of their fields.
fn keyed(fields: &mut Fields, list: &str, key: &str) {
    if let Some(Value::Array(items)) = fields.get(list) {
        let item = |item: &Value| {
            let name = crate::files::template::intrinsic::scalar(item.get(key)?)?;
            Some((name, small(item.clone(), DATA)))
        };
        let by_key: Map<String, Value> = items.iter().filter_map(item).collect();
        fields.insert(list.to_owned(), Value::Object(by_key));
    }
}

/// A stage.
pub(super) fn stage(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] =
        &["AccessLogSetting/DestinationArn", "CanarySetting/DeploymentId", "DeploymentId", "RestApiId"];
    let variables = links_in(out, resource.properties.get("Variables"), "Variables");
    let places: Vec<&str> = LINKS.iter().copied().chain(variables.iter().map(String::as_str)).collect();
    let mut fields = out.eval.properties(&resource.properties, &places);
    let name = out.eval.name_of(id, "StageName");
    add_stage(out, std::mem::take(&mut fields), &name);
}

/// The places of a stage's variables that name links of the template: integrations name them by these.
fn links_in(out: &Emitter<'_>, variables: Option<&Value>, place: &str) -> Vec<String> {
    let is_link = |value: &Value| match Intrinsic::of(value) {
        Some(Intrinsic::Ref(id) | Intrinsic::GetAtt(id, "VpcLinkId")) => {
            out.eval.template.resources.get(id).is_some_and(|one| one.of_type == "AWS::ApiGateway::VpcLink")
        }
        _ => false,
    };
    let all = variables.and_then(Value::as_object).into_iter().flatten();
    all.filter(|(_, value)| is_link(value)).map(|(name, _)| format!("{place}/{name}")).collect()
}

/// A deployment makes a stage where it names one.
pub(super) fn deployment(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let said = resource.properties.get("StageDescription").and_then(|said| said.get("Variables"));
    let variables = links_in(out, said, "StageDescription/Variables");
    let places: Vec<&str> = std::iter::once("RestApiId").chain(variables.iter().map(String::as_str)).collect();
    let mut fields = out.eval.properties(&resource.properties, &places);
    let Some(api) = fields.remove("RestApiId").filter(|_| fields.contains_key("StageName")) else { return };
    let name = out.eval.name_of(id, "StageName");
    let mut stage = match fields.remove("StageDescription") {
        Some(Value::Object(said)) => said,
        _ => Fields::new(),
    };
    stage.insert("RestApiId".to_owned(), api);
    stage.insert("DeploymentId".to_owned(), id.into());
    stage.extend(fields.remove("StageName").map(|said| ("StageName".to_owned(), said)));
    add_stage(out, stage, &name);
}

fn add_stage(out: &mut Emitter<'_>, mut fields: Fields, name: &str) {
    moved(&mut fields, "AccessLogSetting", "AccessLogSettings");
    moved(&mut fields, "CanarySetting", "CanarySettings");
    if let Some(Value::Array(settings)) = fields.get("MethodSettings") {
        let key = |one: &Value| {
            let path = one.get("ResourcePath").and_then(Value::as_str).unwrap_or("/*").trim_start_matches('/');
            let path = path.replace('~', "~0").replace('/', "~1");
            let method = one.get("HttpMethod").and_then(Value::as_str).unwrap_or("*");
            let mut one = one.clone();
            if let Value::Object(fields) = &mut one {
                fields.retain(|field, _| field != "ResourcePath" && field != "HttpMethod");
            }
            (format!("{path}/{method}"), small(one, &[]))
        };
        let by_key: Map<String, Value> = settings.iter().map(key).collect();
        fields.insert("MethodSettings".to_owned(), Value::Object(by_key));
    }
    let said = fields.remove("StageName").unwrap_or_else(|| json!(name));
    inside(out, Kind::RestStage, fields, name, ("stageName", said));
}

/// An authorizer.
pub(super) fn authorizer(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["AuthorizerCredentials", "AuthorizerUri", "ProviderARNs/*", "RestApiId"];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    let providers = fields.remove("ProviderARNs");
    let own = ("id", json!(id));
    let mut body_fields = fields;
    if let Some(providers) = providers {
        body_fields.insert("providerARNs".to_owned(), providers);
    }
    inside(out, Kind::RestAuthorizer, body_fields, id, own);
}

/// A custom domain.
pub(super) fn domain(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let fields = out.eval.properties(&resource.properties, &[]);
    let name = out.eval.name_of(id, "DomainName");
    let body = document(fields, &[]);
    out.add(Kind::RestDomain, &name, body);
}

/// What leads from a domain to an API.
pub(super) fn mapping(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["RestApiId", "Stage"]);
    let domain = domain_of(&out.eval, &mut fields, resource);
    filled(&mut fields, &[("BasePath", json!("(none)"))]);
    out.leave_out(&mut fields, &["Id"]);
    let body = document(fields, &[]);
    out.add(Kind::BasePathMapping, &format!("{domain}/{id}"), body);
}

/// A link to load balancers.
pub(super) fn vpc_link(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let fields = out.eval.properties(&resource.properties, &["TargetArns/*"]);
    let id = out.eval.name_of(id, "");
    let body = document(fields, &[("id", json!(id))]);
    out.add(Kind::RestVpcLink, &id, body);
}

/// A thing of an API: its name is `<api>/<id>`.
fn inside(out: &mut Emitter<'_>, kind: Kind, fields: Fields, name: &str, own: (&str, Value)) {
    let api = fields.get("RestApiId").and_then(Value::as_str).unwrap_or("api").to_owned();
    let body = document(fields, &[own]);
    out.add(kind, &format!("{api}/{name}"), body);
}

fn document(mut fields: Fields, own: &[(&str, Value)]) -> Value {
    let owners = fields.remove("Tags").map(tags);
    let mut body = small(Value::Object(fields), DATA);
    typed(&mut body, NUMBERS, BOOLEANS);
    if let Value::Object(fields) = &mut body {
        fields.extend(own.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
        fields.extend(owners.map(|owners| ("tags".to_owned(), owners)));
    }
    body
}
