//! HTTP and REST APIs of the serverless framework.

use super::events::{Function, permit};
use super::{Service, letters, logical, without_nulls};
use crate::files::template::document::Template;
use crate::files::template::rest_paths;
use serde_json::{Map, Value, json};

const HTTP_API: &str = "HttpApi";
const REST_API: &str = "ApiGatewayRestApi";

/// `httpApi`: `'*'`, `'GET /orders'`, or its parts.
pub(super) fn route(template: &mut Template, service: &Service, function: &Function<'_>, said: &Value) {
    let settings = service.provider.get("httpApi").cloned().unwrap_or_default();
    let api = match settings.get("id") {
        Some(id) => id.clone(),
        None => {
            make_http_api(template, service, &settings);
            json!({"Ref": HTTP_API})
        }
    };
    let text = |field: &str| said.get(field).and_then(Value::as_str).map(str::to_owned);
    let (method, path) = match said.as_str() {
        Some(both) => match both.split_once(' ') {
            Some((method, path)) => (method.to_owned(), Some(path.to_owned())),
            None => ("*".to_owned(), Some(both.to_owned()).filter(|path| path != "*")),
        },
        None => (text("method").unwrap_or_else(|| "*".to_owned()), text("path").filter(|path| path != "*")),
    };
    let method = if method == "*" { "ANY".to_owned() } else { method.to_ascii_uppercase() };
    let key = path.map_or_else(|| "$default".to_owned(), |path| format!("{method} {path}"));
    let integration = format!("HttpApiIntegration{}", logical(function.key));
    let payload = settings.get("payload").cloned().unwrap_or_else(|| json!("2.0"));
    let properties = json!({"ApiId": api, "IntegrationType": "AWS_PROXY", "IntegrationUri": function.arn(),
        "PayloadFormatVersion": payload, "TimeoutInMillis": 30000});
    template.make(&integration, "AWS::ApiGatewayV2::Integration", properties, function.condition);
    let mut route = json!({"ApiId": api, "RouteKey": key,
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}});
    asked(template, &settings, said.get("authorizer"), &api, &mut route);
    let id = format!("HttpApiRoute{}", if key == "$default" { "Default".to_owned() } else { key.replace(' ', ":") });
    template.make(&id, "AWS::ApiGatewayV2::Route", route, function.condition);
    let (method, path) = key.split_once(' ').unwrap_or(("any", "/$default"));
    permit(template, function, "apigateway.amazonaws.com", Some(rest_paths::requests(&api, method, path)), HTTP_API);
}

fn make_http_api(template: &mut Template, service: &Service, settings: &Value) {
    let cors = match settings.get("cors") {
        Some(Value::Bool(true)) => {
            json!({"AllowOrigins": ["*"], "AllowHeaders": ["Content-Type", "X-Amz-Date", "Authorization",
            "X-Api-Key", "X-Amz-Security-Token", "X-Amz-User-Agent", "X-Amzn-Trace-Id"], "AllowMethods": ["OPTIONS", "*"]})
        }
        Some(Value::Object(cors)) => {
            json!({"AllowOrigins": cors.get("allowedOrigins"), "AllowHeaders": cors.get("allowedHeaders"),
            "AllowMethods": cors.get("allowedMethods"), "AllowCredentials": cors.get("allowCredentials"),
            "ExposeHeaders": cors.get("exposedResponseHeaders"), "MaxAge": cors.get("maxAge")})
        }
        _ => Value::Null,
    };
    let name = settings.get("name").cloned().unwrap_or_else(|| json!(service.name));
    let properties = json!({"Name": name, "ProtocolType": "HTTP", "CorsConfiguration": without_nulls(cors),
        "DisableExecuteApiEndpoint": settings.get("disableDefaultEndpoint")});
    template.make(HTTP_API, "AWS::ApiGatewayV2::Api", without_nulls(properties), None);
    let stage = json!({"ApiId": {"Ref": HTTP_API}, "StageName": "$default", "AutoDeploy": true});
    template.make("HttpApiStage", "AWS::ApiGatewayV2::Stage", stage, None);
}

/// Who a route asks: an authorizer of the provider's, or AWS.
fn asked(template: &mut Template, settings: &Value, said: Option<&Value>, api: &Value, route: &mut Value) {
    let Some(said) = said else { return };
    let named = said.get("name").or_else(|| said.get("id")).unwrap_or(said);
    let Some(name) = named.as_str() else {
        // Somebody is asked, and the file does not say who.
        (route["AuthorizationType"], route["AuthorizerId"]) = (json!("CUSTOM"), named.clone());
        return;
    };
    if name == "aws_iam" || said.get("type") == Some(&json!("aws_iam")) {
        route["AuthorizationType"] = json!("AWS_IAM");
        return;
    }
    let id = format!("HttpApiAuthorizer{}", letters(&logical(name)));
    let about = settings.get("authorizers").and_then(|all| all.get(name)).cloned().unwrap_or_default();
    let is_request = about.get("type") == Some(&json!("request"));
    route["AuthorizationType"] = json!(if is_request { "CUSTOM" } else { "JWT" });
    route["AuthorizerId"] = if said.get("id").is_some() { said["id"].clone() } else { json!({"Ref": id}) };
    if let Some(scopes) = said.get("scopes") {
        route["AuthorizationScopes"] = scopes.clone();
    }
    if about.is_null() {
        return;
    }
    let source = about.get("identitySource").cloned();
    let source = source.map(|source| if source.is_array() { source } else { json!([source]) });
    let properties = if is_request {
        let function = about.get("functionName").and_then(Value::as_str);
        let function = function.map(|key| json!({"Fn::GetAtt": [format!("{}LambdaFunction", logical(key)), "Arn"]}));
        let function = function.or_else(|| about.get("functionArn").cloned());
        json!({"ApiId": api, "Name": name, "AuthorizerType": "REQUEST", "IdentitySource": source,
            "AuthorizerUri": function.as_ref().map(rest_paths::invocation),
            "AuthorizerPayloadFormatVersion": about.get("payloadVersion").cloned().unwrap_or_else(|| json!("2.0")),
            "EnableSimpleResponses": about.get("enableSimpleResponses"),
            "AuthorizerResultTtlInSeconds": about.get("resultTtlInSeconds")})
    } else {
        let audience = about.get("audience").cloned();
        let audience = audience.map(|one| if one.is_array() { one } else { json!([one]) });
        json!({"ApiId": api, "Name": name, "AuthorizerType": "JWT", "IdentitySource": source,
            "JwtConfiguration": without_nulls(json!({"Issuer": about.get("issuerUrl"), "Audience": audience}))})
    };
    template.make(&id, "AWS::ApiGatewayV2::Authorizer", without_nulls(properties), None);
}

/// `http`: `'GET orders'`, or its parts.
pub(super) fn method(template: &mut Template, service: &Service, function: &Function<'_>, said: &Value) {
    if service.provider.get("apiGateway").is_some_and(|gateway| gateway.get("restApiId").is_some()) {
        template.notes.push(format!("{} is a method of a REST API that is not in it", function.key));
        return;
    }
    let stage = service.provider.get("stage").cloned().unwrap_or_else(|| json!("dev"));
    let stage = template.given.get("stage").map_or(stage, |stage| json!(stage));
    template.make(REST_API, "AWS::ApiGateway::RestApi", rest_api(service), None);
    template.make(
        "ApiGatewayDeployment",
        "AWS::ApiGateway::Deployment",
        json!({"RestApiId": {"Ref": REST_API}, "StageName": stage}),
        None,
    );
    let text = |field: &str| said.get(field).and_then(Value::as_str).map(str::to_owned);
    let (method, path) = match said.as_str() {
        Some(both) => both
            .split_once(' ')
            .map_or(("ANY".to_owned(), both.to_owned()), |(of, path)| (of.to_owned(), path.to_owned())),
        None => (text("method").unwrap_or_else(|| "ANY".to_owned()), text("path").unwrap_or_default()),
    };
    let path = format!("/{}", path.trim_start_matches('/'));
    let proxies = matches!(
        text("integration").as_deref(),
        None | Some("lambda-proxy" | "lambda_proxy" | "AWS_PROXY" | "aws_proxy")
    );
    let mut integration = json!({"Type": if proxies { "AWS_PROXY" } else { "AWS" }, "IntegrationHttpMethod": "POST",
        "Uri": rest_paths::invocation(&function.arn())});
    if let Some(request) = said.get("request").and_then(|request| request.get("template")).filter(|_| !proxies) {
        integration["RequestTemplates"] = request.clone();
    }
    let mut properties = Map::from_iter([("Integration".to_owned(), integration)]);
    if let Some(private) = said.get("private").filter(|private| **private != json!(false)) {
        properties.insert("ApiKeyRequired".to_owned(), private.clone());
    }
    authorized(template, said.get("authorizer"), &mut properties);
    let method = if method == "*" { "ANY".to_owned() } else { method };
    rest_paths::method(template, (REST_API, &path, &method), properties, function.condition);
    if said.get("cors").is_some_and(|cors| *cors != json!(false)) {
        let integration = json!({"Type": "MOCK", "RequestTemplates": {"application/json": "{statusCode:200}"}});
        let properties = Map::from_iter([("Integration".to_owned(), integration)]);
        rest_paths::method(template, (REST_API, &path, "OPTIONS"), properties, function.condition);
    }
    permit(
        template,
        function,
        "apigateway.amazonaws.com",
        Some(rest_paths::requests(&json!({"Ref": REST_API}), &method, &path)),
        "ApiGateway",
    );
}

/// The REST API, with whom it lets in and where it is entered.
fn rest_api(service: &Service) -> Value {
    let said = |name: &str| {
        let gateway = service.provider.get("apiGateway").and_then(|gateway| gateway.get(name));
        gateway.or_else(|| service.provider.get(name)).cloned()
    };
    let policy = said("resourcePolicy").map(|statements| json!({"Version": "2012-10-17", "Statement": statements}));
    let of_type = said("endpointType").map(|of_type| match of_type.as_str() {
        Some(word) => json!(word.to_ascii_uppercase()),
        None => of_type,
    });
    let endpoint =
        of_type.map(|of_type| without_nulls(json!({"Types": [of_type], "VpcEndpointIds": said("vpcEndpointIds")})));
    without_nulls(json!({"Name": service.name, "Policy": policy, "EndpointConfiguration": endpoint}))
}

/// Who a method asks: a function of the file, a pool, or AWS.
fn authorized(template: &mut Template, said: Option<&Value>, properties: &mut Map<String, Value>) {
    let Some(said) = said else { return };
    let name = said.get("name").unwrap_or(said).as_str().unwrap_or("authorizer").to_owned();
    let of_type = said.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    if name == "aws_iam" || of_type == "aws_iam" {
        properties.insert("AuthorizationType".to_owned(), json!("AWS_IAM"));
        return;
    }
    let arn = said
        .get("arn")
        .cloned()
        .or_else(|| said.as_str().filter(|text| text.starts_with("arn:")).map(|text| json!(text)));
    let is_pool =
        of_type == "cognito_user_pools" || arn.as_ref().is_some_and(|arn| arn.to_string().contains("cognito-idp"));
    let id = format!("{}ApiGatewayAuthorizer", letters(&logical(&name)));
    let source = said.get("identitySource").cloned().unwrap_or_else(|| json!("method.request.header.Authorization"));
    let mut authorizer = json!({"RestApiId": {"Ref": REST_API}, "Name": name, "IdentitySource": source});
    if let Some(ttl) = said.get("resultTtlInSeconds") {
        authorizer["AuthorizerResultTtlInSeconds"] = ttl.clone();
    }
    if is_pool {
        authorizer["Type"] = json!("COGNITO_USER_POOLS");
        authorizer["ProviderARNs"] = json!([arn]);
    } else {
        let function =
            arn.unwrap_or_else(|| json!({"Fn::GetAtt": [format!("{}LambdaFunction", logical(&name)), "Arn"]}));
        authorizer["Type"] = json!(if of_type == "request" { "REQUEST" } else { "TOKEN" });
        authorizer["AuthorizerUri"] = rest_paths::invocation(&function);
    }
    template.make(&id, "AWS::ApiGateway::Authorizer", authorizer, None);
    properties.insert("AuthorizationType".to_owned(), json!(if is_pool { "COGNITO_USER_POOLS" } else { "CUSTOM" }));
    properties.insert("AuthorizerId".to_owned(), json!({"Ref": id}));
}

/// `websocket`: a route of a WebSocket API, by its key.
pub(super) fn message(template: &mut Template, service: &Service, function: &Function<'_>, said: &Value) {
    const API: &str = "WebsocketsApi";
    let Some(key) = said.get("route").unwrap_or(said).as_str() else { return };
    let selected = service.provider.get("websocketsApiRouteSelectionExpression").cloned();
    let properties = json!({"Name": service.name, "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": selected.unwrap_or_else(|| json!("$request.body.action"))});
    template.make(API, "AWS::ApiGatewayV2::Api", properties, None);
    let stage = service.provider.get("stage").cloned().unwrap_or_else(|| json!("dev"));
    let stage = json!({"ApiId": {"Ref": API}, "StageName": stage});
    template.make("WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", stage, None);
    let integration = format!("{}WebsocketsIntegration", logical(function.key));
    let properties = json!({"ApiId": {"Ref": API}, "IntegrationType": "AWS_PROXY",
        "IntegrationUri": rest_paths::invocation(&function.arn())});
    template.make(&integration, "AWS::ApiGatewayV2::Integration", properties, function.condition);
    let route = json!({"ApiId": {"Ref": API}, "RouteKey": key, "AuthorizationType": "NONE",
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}});
    template.make(&format!("S{}WebsocketsRoute", letters(key)), "AWS::ApiGatewayV2::Route", route, function.condition);
    let source = json!({"Fn::Sub": ["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*", {"Api": {"Ref": API}}]});
    permit(template, function, "apigateway.amazonaws.com", Some(source), API);
}
