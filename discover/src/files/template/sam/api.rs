//! REST APIs of SAM, named and implicit.

use super::authorizer::Auth;
use super::event::Event;
use super::{cors, globals, id_in, known_text, picked, reference};
use crate::files::template::document::Template;
use crate::files::template::rest_paths;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The id that SAM gives the REST API of events that name none.
const IMPLICIT: &str = "ServerlessRestApi";
/// What becomes something else than a property of the API.
const OF_SAM: &[&str] = &[
    "AccessLogSetting",
    "AlwaysDeploy",
    "Auth",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "Cors",
    "DefinitionBody",
    "DefinitionUri",
    "Domain",
    "EndpointConfiguration",
    "GatewayResponses",
    "MergeDefinitions",
    "MethodSettings",
    "Models",
    "OpenApiVersion",
    "PropagateTags",
    "StageName",
    "Tags",
    "TracingEnabled",
    "Variables",
];

/// The APIs of a template, for the events that lead to them.
#[derive(Default)]
pub(super) struct Apis {
    /// Whether an event names no API of its kind: then there is the implicit one.
    pub(super) has_implicit_rest: bool,
    pub(super) has_implicit_http: bool,
    /// The API → who it asks.
    pub(super) auth: RefCell<BTreeMap<String, Auth>>,
    /// The REST API → what it answers to other origins.
    cors: RefCell<BTreeMap<String, Value>>,
}

impl Apis {
    pub(super) fn of(template: &Template) -> Self {
        let mut apis = Self::default();
        let functions = template.resources.values().filter(|resource| resource.of_type == "AWS::Serverless::Function");
        let events = functions.filter_map(|function| function.properties.get("Events")?.as_object()).flatten();
        for (_, event) in events {
            let names = |field: &str| event.get("Properties").is_some_and(|fields| fields.get(field).is_some());
            match event.get("Type").and_then(Value::as_str) {
                Some("Api") if !names("RestApiId") => apis.has_implicit_rest = true,
                Some("HttpApi") if !names("ApiId") => apis.has_implicit_http = true,
                _ => {}
            }
        }
        apis
    }
}

/// Makes the plain resources of every REST API.
pub(super) fn expand(template: &mut Template, apis: &Apis) {
    if apis.has_implicit_rest {
        let mut properties = globals::of_section(template, "Api");
        properties.insert("StageName".to_owned(), json!("Prod"));
        template.make(IMPLICIT, "AWS::Serverless::Api", Value::Object(properties), None);
    }
    for id in template.ids_of("AWS::Serverless::Api") {
        one(template, &id, apis);
    }
}

fn one(template: &mut Template, id: &str, apis: &Apis) {
    let Some(resource) = template.resources.get_mut(id) else { return };
    resource.of_type = "AWS::ApiGateway::RestApi".to_owned();
    let properties = &mut resource.properties;
    let mut sam: Map<String, Value> =
        OF_SAM.iter().filter_map(|name| Some(((*name).to_owned(), properties.remove(*name)?))).collect();
    match sam.remove("EndpointConfiguration") {
        Some(Value::Object(mut endpoint)) => {
            if let Some(of_type) = endpoint.remove("Type") {
                endpoint.insert("Types".to_owned(), json!([of_type]));
            }
            if let Some(ids) = endpoint.remove("VPCEndpointIds") {
                endpoint.insert("VpcEndpointIds".to_owned(), ids);
            }
            properties.insert("EndpointConfiguration".to_owned(), Value::Object(endpoint));
        }
        Some(of_type) => {
            properties.insert("EndpointConfiguration".to_owned(), json!({"Types": [of_type]}));
        }
        None => {}
    }
    if let Some(body) = sam.remove("DefinitionBody") {
        properties.insert("Body".to_owned(), body);
    } else if let Some(place) = sam.remove("DefinitionUri") {
        properties.insert("BodyS3Location".to_owned(), place);
    }
    let condition = resource.condition.clone();
    let stage_name = sam.remove("StageName").unwrap_or_else(|| json!("Prod"));
    let known = known_text(template, Some(&stage_name)).unwrap_or_default();
    let stage = format!("{id}{known}Stage");
    let mut properties = picked(
        &sam,
        &[
            "AccessLogSetting",
            "CacheClusterEnabled",
            "CacheClusterSize",
            "CanarySetting",
            "MethodSettings",
            "TracingEnabled",
            "Variables",
        ],
    );
    properties.insert("RestApiId".to_owned(), reference(id));
    properties.insert("StageName".to_owned(), stage_name);
    properties.insert("DeploymentId".to_owned(), reference(&format!("{id}Deployment")));
    template.make(&stage, "AWS::ApiGateway::Stage", Value::Object(properties), condition.as_ref());
    template.aliases.insert(format!("{id}.Stage"), stage.clone());
    template.aliases.insert(format!("{id}.Deployment"), format!("{id}Deployment"));
    let mut deployment = json!({"RestApiId": reference(id)});
    if !sam.contains_key("OpenApiVersion") {
        // Without it SAM's deployment makes a stage of this name besides.
        deployment["StageName"] = json!("Stage");
    }
    template.make(&format!("{id}Deployment"), "AWS::ApiGateway::Deployment", deployment, condition.as_ref());
    if let Some(Value::Object(domain)) = sam.remove("Domain") {
        rest_domain(template, id, &stage, &domain, condition.as_ref());
    }
    lets_in(template, id, sam.get("Auth"));
    let auth = Auth::of(template, id, sam.remove("Auth"), true);
    apis.auth.borrow_mut().insert(id.to_owned(), auth);
    if let Some(origins) = sam.remove("Cors") {
        apis.cors.borrow_mut().insert(id.to_owned(), origins);
    }
}

/// The resource policy that SAM makes of whom an API or one of its methods lets in.
fn lets_in(template: &mut Template, api: &str, auth: Option<&Value>) {
    let policy = auth.and_then(|auth| auth.get("ResourcePolicy"));
    if let (Some(policy), Some(resource)) = (policy, template.resources.get_mut(api)) {
        resource.properties.entry("Policy").or_insert_with(|| policy.clone());
    }
}

/// The custom domain of a REST API.
fn rest_domain(
    template: &mut Template,
    api: &str,
    stage: &str,
    domain: &Map<String, Value>,
    condition: Option<&String>,
) {
    let id = format!("{api}DomainName");
    let is_edge = domain.get("EndpointConfiguration") == Some(&json!("EDGE"));
    let of_type = if is_edge { "EDGE" } else { "REGIONAL" };
    let mut properties = picked(
        domain,
        &["DomainName", "MutualTlsAuthentication", "OwnershipVerificationCertificateArn", "SecurityPolicy"],
    );
    let certificate = if is_edge { "CertificateArn" } else { "RegionalCertificateArn" };
    properties.extend(domain.get("CertificateArn").map(|arn| (certificate.to_owned(), arn.clone())));
    properties.insert("EndpointConfiguration".to_owned(), json!({"Types": [of_type]}));
    template.make(&id, "AWS::ApiGateway::DomainName", Value::Object(properties), condition);
    let paths = domain.get("BasePath").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![json!("(none)")]);
    for (at, path) in paths.into_iter().enumerate() {
        let path = if path == json!("/") { json!("(none)") } else { path };
        let mapping = json!({"DomainName": reference(&id), "RestApiId": reference(api), "Stage": reference(stage), "BasePath": path});
        template.make(&format!("{api}BasePathMapping{at}"), "AWS::ApiGateway::BasePathMapping", mapping, condition);
    }
    if domain.contains_key("Route53") {
        template.make(&format!("{api}RecordSet"), "AWS::Route53::RecordSetGroup", json!({}), condition);
    }
}

/// `Api`: a method of a path.
pub(super) fn event(template: &mut Template, event: Event<'_>, apis: &Apis) {
    let Event { id, function, fields } = event;
    let api = match fields.get("RestApiId") {
        None => IMPLICIT.to_owned(),
        Some(named) => match id_in(named).filter(|id| template.resources.contains_key(*id)) {
            Some(api) => api.to_owned(),
            None => {
                template.notes.push(format!("{id} is a method of a REST API that is not in it"));
                return;
            }
        },
    };
    let text = |field: &str| known_text(template, fields.get(field));
    let (path, method) =
        (text("Path").unwrap_or_else(|| "/".to_owned()), text("Method").unwrap_or_else(|| "ANY".to_owned()));
    let mut integration = json!({"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST",
        "Uri": rest_paths::invocation(&function.arn())});
    for (of, to) in [("TimeoutInMillis", "TimeoutInMillis"), ("ResponseTransferMode", "ResponseTransferMode")] {
        if let Some(value) = fields.get(of) {
            integration[to] = value.clone();
        }
    }
    lets_in(template, &api, fields.get("Auth"));
    let mut properties = apis.auth.borrow().get(&api).cloned().unwrap_or_default().of_route(fields.get("Auth"), true);
    properties.insert("Integration".to_owned(), integration);
    if let Some(parameters) = parameters(fields.get("RequestParameters")) {
        properties.insert("RequestParameters".to_owned(), parameters);
    }
    rest_paths::method(template, (&api, &path, &method), properties, function.condition);
    if let Some(origins) = apis.cors.borrow().get(&api) {
        let methods = BTreeSet::from([method.to_ascii_uppercase()]);
        rest_paths::method(template, (&api, &path, "OPTIONS"), cors::preflight(origins, &methods), function.condition);
    }
    let permission = json!({"Action": "lambda:InvokeFunction", "FunctionName": reference(function.target_id()),
        "Principal": "apigateway.amazonaws.com", "SourceArn": rest_paths::requests(&reference(&api), &method, &path)});
    template.make(&format!("{id}Permission"), "AWS::Lambda::Permission", permission, function.condition);
}

/// Names of parameters, alone or each with whether it must be there.
fn parameters(said: Option<&Value>) -> Option<Value> {
    let one = |one: &Value| match one {
        Value::String(name) => vec![(name.clone(), json!(false))],
        Value::Object(fields) => fields
            .iter()
            .map(|(name, how)| (name.clone(), how.get("Required").cloned().unwrap_or(json!(false))))
            .collect(),
        _ => Vec::new(),
    };
    Some(Value::Object(said?.as_array()?.iter().flat_map(one).collect()))
}
