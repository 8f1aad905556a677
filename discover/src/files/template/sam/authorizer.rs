//! Authorizers of SAM's APIs.

use super::{known_text, reference};
use crate::files::template::document::Template;
use crate::files::template::rest_paths::invocation;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Who an API asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Auth {
    /// The one that every route asks that names no other; empty where the template leaves open which.
    pub(super) default: Option<String>,
    /// Name → how a route says that it asks it.
    named: BTreeMap<String, Asked>,
    /// Whether every route wants a key.
    pub(super) key: Option<Value>,
}

/// An authorizer as a route names it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) of_type: &'static str,
    /// None for AWS's own.
    pub(super) id: Option<String>,
    scopes: Option<Value>,
}

impl Auth {
    /// Reads `Auth` of an API and makes its authorizers.
    pub(super) fn of(template: &mut Template, api: &str, auth: Option<Value>, is_rest: bool) -> Self {
        let Some(Value::Object(auth)) = auth else { return Self::default() };
        let default = auth.get("DefaultAuthorizer").map(|said| known_text(template, Some(said)).unwrap_or_default());
        let mut read = Self {
            default: default.or_else(|| is_open(&auth).then(String::new)),
            named: BTreeMap::new(),
            key: auth.get("ApiKeyRequired").cloned(),
        };
        if auth.contains_key("UsagePlan") {
            template.make(&format!("{api}UsagePlan"), "AWS::ApiGateway::UsagePlan", json!({}), None);
        }
        let authorizers = auth.get("Authorizers").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, authorizer) in authorizers {
            let Value::Object(said) = authorizer else { continue };
            let id = format!("{api}{name}Authorizer");
            let scopes = said.get("AuthorizationScopes").cloned();
            let (of_type, plain) = if is_rest { rest(api, &name, &said) } else { http(api, &name, &said) };
            let kind = if is_rest { "AWS::ApiGateway::Authorizer" } else { "AWS::ApiGatewayV2::Authorizer" };
            template.make(&id, kind, plain, None);
            if let Some(function) = said.get("FunctionArn") {
                let permission = json!({"Action": "lambda:InvokeFunction", "FunctionName": function,
                    "Principal": "apigateway.amazonaws.com",
                    "SourceArn": {"Fn::Sub": [ASKED, {"Api": reference(api)}]}});
                template.make(&format!("{id}Permission"), "AWS::Lambda::Permission", permission, None);
            }
            read.named.insert(name, Asked { of_type, id: Some(id), scopes });
        }
        read
    }

    /// What a route says of who is asked: by its own `Auth`, or the API's.
    pub(super) fn of_route(&self, own: Option<&Value>, is_rest: bool) -> Map<String, Value> {
        let own = own.and_then(Value::as_object);
        let of_own = own.and_then(|own| match own.get("Authorizer") {
            Some(said) => Some(said.as_str().unwrap_or_default()),
            None => is_open(own).then_some(""),
        });
        let plain = |of_type| Asked { of_type, id: None, scopes: None };
        let asked = match of_own.or(self.default.as_deref()) {
            Some("AWS_IAM") => Some(plain("AWS_IAM")),
            Some("NONE") | None => None,
            // Of one that is not known it is known that somebody is asked.
            Some(name) => Some(self.named.get(name).cloned().unwrap_or_else(|| plain("CUSTOM"))),
        };
        let mut said = Map::new();
        if let Some(Asked { of_type, id, scopes }) = asked {
            said.insert("AuthorizationType".to_owned(), json!(of_type));
            said.extend(id.map(|id| ("AuthorizerId".to_owned(), reference(&id))));
            let scopes = own.and_then(|own| own.get("AuthorizationScopes")).cloned().or(scopes);
            said.extend(scopes.map(|scopes| ("AuthorizationScopes".to_owned(), scopes)));
        }
        if is_rest {
            let key = own.and_then(|own| own.get("ApiKeyRequired")).or(self.key.as_ref());
            said.extend(key.map(|key| ("ApiKeyRequired".to_owned(), key.clone())));
        }
        said
    }
}

/// Whether a function of templates stands in the place of a mapping: what it gives is not known.
fn is_open(said: &Map<String, Value>) -> bool {
    said.keys().any(|key| key == "Ref" || key.starts_with("Fn::"))
}

/// The requests of an API's authorizers.
const ASKED: &str = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/authorizers/*";

/// An authorizer of a REST API.
fn rest(api: &str, name: &str, said: &Map<String, Value>) -> (&'static str, Value) {
    let identity = said.get("Identity").and_then(Value::as_object);
    let header = identity.and_then(|one| one.get("Header")?.as_str()).unwrap_or("Authorization");
    let mut plain = json!({"RestApiId": reference(api), "Name": name,
        "IdentitySource": format!("method.request.header.{header}")});
    let is_pool = said.contains_key("UserPoolArn");
    if let Some(pools) = said.get("UserPoolArn") {
        plain["Type"] = json!("COGNITO_USER_POOLS");
        plain["ProviderARNs"] = if pools.is_array() { pools.clone() } else { json!([pools]) };
    } else {
        let is_request = said.get("FunctionPayloadType") == Some(&json!("REQUEST"));
        plain["Type"] = json!(if is_request { "REQUEST" } else { "TOKEN" });
        plain["AuthorizerUri"] = said.get("FunctionArn").map(invocation).unwrap_or_default();
        if is_request {
            let places = [("Headers", "header"), ("QueryStrings", "querystring")];
            let sources = places.iter().flat_map(|(list, place)| {
                let names = identity.and_then(|one| one.get(*list)?.as_array()).into_iter().flatten();
                names.filter_map(Value::as_str).map(move |name| format!("method.request.{place}.{name}"))
            });
            plain["IdentitySource"] = json!(sources.collect::<Vec<_>>().join(", "));
        }
    }
    for (of, to) in
        [("ReauthorizeEvery", "AuthorizerResultTtlInSeconds"), ("ValidationExpression", "IdentityValidationExpression")]
    {
        if let Some(value) = identity.and_then(|one| one.get(of)) {
            plain[to] = value.clone();
        }
    }
    (if is_pool { "COGNITO_USER_POOLS" } else { "CUSTOM" }, plain)
}

/// An authorizer of an HTTP API.
fn http(api: &str, name: &str, said: &Map<String, Value>) -> (&'static str, Value) {
    if let Some(jwt) = said.get("JwtConfiguration") {
        let of = |one: &str, other: &str| jwt.get(one).or_else(|| jwt.get(other)).cloned();
        let source = said.get("IdentitySource").cloned().unwrap_or_else(|| json!("$request.header.Authorization"));
        let mut config = Map::new();
        config.extend(of("issuer", "Issuer").map(|issuer| ("Issuer".to_owned(), issuer)));
        config.extend(of("audience", "Audience").map(|audience| ("Audience".to_owned(), audience)));
        return (
            "JWT",
            json!({"ApiId": reference(api), "Name": name, "AuthorizerType": "JWT",
            "IdentitySource": [source], "JwtConfiguration": config}),
        );
    }
    let mut plain = json!({"ApiId": reference(api), "Name": name, "AuthorizerType": "REQUEST",
        "AuthorizerUri": said.get("FunctionArn").map(invocation),
        "AuthorizerPayloadFormatVersion": said.get("AuthorizerPayloadFormatVersion").cloned().unwrap_or_else(|| json!("2.0"))});
    if let Some(simple) = said.get("EnableSimpleResponses") {
        plain["EnableSimpleResponses"] = simple.clone();
    }
    if let Some(identity) = said.get("Identity").and_then(Value::as_object) {
        let headers = identity.get("Headers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let sources: Vec<String> = headers.map(|header| format!("$request.header.{header}")).collect();
        if !sources.is_empty() {
            plain["IdentitySource"] = json!(sources);
        }
        if let Some(ttl) = identity.get("ReauthorizeEvery") {
            plain["AuthorizerResultTtlInSeconds"] = ttl.clone();
        }
    }
    ("CUSTOM", plain)
}
