//! HTTP APIs of SAM, named and implicit.

use super::api::Apis;
use super::authorizer::Auth;
use super::event::Event;
use super::{globals, id_in, known_text, picked, reference};
use crate::files::template::document::Template;
use crate::files::template::rest_paths;
use serde_json::{Map, Value, json};

/// The id that SAM gives the HTTP API of events that name none.
const IMPLICIT: &str = "ServerlessHttpApi";
/// What becomes something else than a property of the API.
const OF_SAM: &[&str] = &[
    "AccessLogSettings",
    "Auth",
    "CorsConfiguration",
    "DefaultRouteSettings",
    "DefinitionBody",
    "DefinitionUri",
    "Domain",
    "PropagateTags",
    "RouteSettings",
    "StageName",
    "StageVariables",
];

/// Makes the plain resources of every HTTP API.
pub(super) fn expand(template: &mut Template, apis: &Apis) {
    if apis.has_implicit_http {
        let properties = globals::of_section(template, "HttpApi");
        template.make(IMPLICIT, "AWS::Serverless::HttpApi", Value::Object(properties), None);
    }
    for id in template.ids_of("AWS::Serverless::HttpApi") {
        one(template, &id, apis);
    }
}

fn one(template: &mut Template, id: &str, apis: &Apis) {
    let Some(resource) = template.resources.get_mut(id) else { return };
    resource.of_type = "AWS::ApiGatewayV2::Api".to_owned();
    let properties = &mut resource.properties;
    let mut sam: Map<String, Value> =
        OF_SAM.iter().filter_map(|name| Some(((*name).to_owned(), properties.remove(*name)?))).collect();
    properties.insert("ProtocolType".to_owned(), json!("HTTP"));
    match sam.remove("CorsConfiguration") {
        Some(Value::Bool(true)) => {
            properties.insert("CorsConfiguration".to_owned(), json!({"AllowOrigins": ["*"]}));
        }
        Some(Value::Bool(false)) | None => {}
        Some(cors) => {
            properties.insert("CorsConfiguration".to_owned(), cors);
        }
    }
    if let Some(body) = sam.remove("DefinitionBody") {
        properties.insert("Body".to_owned(), body);
    } else if let Some(place) = sam.remove("DefinitionUri") {
        properties.insert("BodyS3Location".to_owned(), place);
    }
    let condition = resource.condition.clone();
    let stage_name = sam.remove("StageName").unwrap_or_else(|| json!("$default"));
    let known = known_text(template, Some(&stage_name)).unwrap_or_default();
    let stage = if known == "$default" { format!("{id}ApiGatewayDefaultStage") } else { format!("{id}{known}Stage") };
    let mut properties =
        picked(&sam, &["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"]);
    properties.insert("ApiId".to_owned(), reference(id));
    properties.insert("AutoDeploy".to_owned(), json!(true));
    properties.insert("StageName".to_owned(), stage_name);
    template.make(&stage, "AWS::ApiGatewayV2::Stage", Value::Object(properties), condition.as_ref());
    template.aliases.insert(format!("{id}.Stage"), stage.clone());
    if let Some(Value::Object(domain)) = sam.remove("Domain") {
        add_domain(template, id, &stage, &domain, condition.as_ref());
    }
    let auth = Auth::of(template, id, sam.remove("Auth"), false);
    apis.auth.borrow_mut().insert(id.to_owned(), auth);
}

/// The custom domain of an HTTP API.
fn add_domain(
    template: &mut Template,
    api: &str,
    stage: &str,
    domain: &Map<String, Value>,
    condition: Option<&String>,
) {
    let id = format!("{api}DomainName");
    let mut configuration = picked(
        domain,
        &["CertificateArn", "EndpointConfiguration", "SecurityPolicy", "OwnershipVerificationCertificateArn"],
    );
    let endpoint = configuration.remove("EndpointConfiguration").unwrap_or_else(|| json!("REGIONAL"));
    configuration.insert("EndpointType".to_owned(), endpoint);
    let mut properties = picked(domain, &["DomainName", "MutualTlsAuthentication"]);
    properties.insert("DomainNameConfigurations".to_owned(), json!([configuration]));
    template.make(&id, "AWS::ApiGatewayV2::DomainName", Value::Object(properties), condition);
    let paths = domain.get("BasePath").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![json!("/")]);
    for (at, path) in paths.into_iter().enumerate() {
        let mut mapping = json!({"DomainName": reference(&id), "ApiId": reference(api), "Stage": reference(stage)});
        if path != json!("/") {
            mapping["ApiMappingKey"] = path;
        }
        template.make(&format!("{api}ApiMapping{at}"), "AWS::ApiGatewayV2::ApiMapping", mapping, condition);
    }
    if domain.contains_key("Route53") {
        template.make(&format!("{api}RecordSet"), "AWS::Route53::RecordSetGroup", json!({}), condition);
    }
}

/// `HttpApi`: a route.
pub(super) fn event(template: &mut Template, event: Event<'_>, apis: &Apis) {
    let Event { id, function, fields } = event;
    let api = match fields.get("ApiId") {
        None => reference(IMPLICIT),
        Some(named) => match id_in(named).filter(|id| template.resources.contains_key(*id)) {
            Some(api) => reference(api),
            None => named.clone(),
        },
    };
    let text = |field: &str| known_text(template, fields.get(field));
    let key = match (text("Method"), text("Path")) {
        (None, None) => "$default".to_owned(),
        (_, Some(path)) if path == "$default" || path == "/$default" => "$default".to_owned(),
        (method, path) => {
            let method = method.unwrap_or_else(|| "ANY".to_owned()).to_ascii_uppercase();
            let method = if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" { "ANY".to_owned() } else { method };
            format!("{method} {}", path.unwrap_or_else(|| "/".to_owned()))
        }
    };
    let mut integration = json!({"ApiId": api, "IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST",
        "IntegrationUri": rest_paths::invocation(&function.arn()), "PayloadFormatVersion": "2.0"});
    for field in ["PayloadFormatVersion", "TimeoutInMillis"] {
        if let Some(value) = fields.get(field) {
            integration[field] = value.clone();
        }
    }
    let of_api = id_in(&api).and_then(|api| apis.auth.borrow().get(api).cloned()).unwrap_or_default();
    let mut route = of_api.of_route(fields.get("Auth"), false);
    route.insert("ApiId".to_owned(), api.clone());
    route.insert("RouteKey".to_owned(), json!(key));
    route.insert("Target".to_owned(), json!({"Fn::Sub": format!("integrations/${{{id}Integration}}")}));
    template.make(&format!("{id}Integration"), "AWS::ApiGatewayV2::Integration", integration, function.condition);
    template.make(&format!("{id}Route"), "AWS::ApiGatewayV2::Route", Value::Object(route), function.condition);
    let (method, path) = key.split_once(' ').unwrap_or(("any", "/$default"));
    let permission = json!({"Action": "lambda:InvokeFunction", "FunctionName": reference(function.target_id()),
        "Principal": "apigateway.amazonaws.com", "SourceArn": rest_paths::requests(&api, method, path)});
    template.make(&format!("{id}Permission"), "AWS::Lambda::Permission", permission, function.condition);
}
