//! Bodies of APIs: OpenAPI documents with what API Gateway adds to them (API Gateway developer guide, "OpenAPI extensions").

use super::document::Template;
use super::rest_paths;
use serde_json::{Map, Value, json};

const INTEGRATION: &str = "x-amazon-apigateway-integration";
const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
const ANY: &str = "x-amazon-apigateway-any-method";
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", ANY];

/// Makes routes, methods, integrations and authorizers of the bodies of all APIs.
pub(super) fn expand(template: &mut Template) {
    for (of_type, is_rest) in [("AWS::ApiGateway::RestApi", true), ("AWS::ApiGatewayV2::Api", false)] {
        for id in template.ids_of(of_type) {
            let Some(resource) = template.resources.get_mut(&id) else { continue };
            let condition = resource.condition.clone();
            let elsewhere = resource.properties.remove("BodyS3Location").is_some();
            match resource.properties.remove("Body") {
                Some(Value::Object(body)) if body.get("paths").is_some_and(Value::is_object) => {
                    let api = Api { id: &id, is_rest, body: &body, condition: condition.as_ref() };
                    api.describe(template);
                    api.authorizers(template);
                    api.paths(template);
                }
                // SAM's own events make its paths.
                Some(Value::Object(body)) if !body.contains_key("paths") && body.contains_key("info") => {}
                Some(_) => template.notes.push(format!("the routes of {id} are made by a function, and are not read")),
                None if elsewhere => {
                    template.notes.push(format!("the routes of {id} stand in another file, and are not read"))
                }
                None => {}
            }
        }
    }
}

/// One API with its body.
struct Api<'b> {
    id: &'b str,
    is_rest: bool,
    body: &'b Map<String, Value>,
    condition: Option<&'b String>,
}

impl Api<'_> {
    /// What a body says of the API itself.
    fn describe(&self, template: &mut Template) {
        let Some(resource) = template.resources.get_mut(self.id) else { return };
        let mut said = |property: &str, value: Option<&Value>| {
            if let Some(value) = value {
                resource.properties.entry(property).or_insert_with(|| value.clone());
            }
        };
        let info = self.body.get("info");
        said("Name", info.and_then(|info| info.get("title")));
        said("Description", info.and_then(|info| info.get("description")));
        if self.is_rest {
            said("BinaryMediaTypes", self.body.get("x-amazon-apigateway-binary-media-types"));
            said("Policy", self.body.get("x-amazon-apigateway-policy"));
        } else if let Some(Value::Object(cors)) = self.body.get("x-amazon-apigateway-cors") {
            said("CorsConfiguration", Some(&capital(cors)));
        }
    }

    /// Who routes ask.
    fn authorizers(&self, template: &mut Template) {
        for (name, scheme) in self.schemes().into_iter().flatten() {
            let Some(Value::Object(said)) = scheme.get(AUTHORIZER) else { continue };
            let of_type = said.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
            let mut properties = match capital(said) {
                Value::Object(properties) => properties,
                _ => continue,
            };
            properties.insert("Name".to_owned(), json!(name));
            properties.remove("Type");
            let (field, kind) = if self.is_rest {
                ("RestApiId", "AWS::ApiGateway::Authorizer")
            } else {
                ("ApiId", "AWS::ApiGatewayV2::Authorizer")
            };
            properties.insert(field.to_owned(), json!({"Ref": self.id}));
            properties.insert(if self.is_rest { "Type" } else { "AuthorizerType" }.to_owned(), json!(of_type));
            if !self.is_rest
                && let Some(source) = properties.get("IdentitySource").filter(|source| source.is_string())
            {
                let source = json!([source]);
                properties.insert("IdentitySource".to_owned(), source);
            }
            template.make(&self.authorizer(name), kind, Value::Object(properties), self.condition);
        }
    }

    fn schemes(&self) -> Option<&Map<String, Value>> {
        let newer = self.body.get("components").and_then(|all| all.get("securitySchemes"));
        newer.or_else(|| self.body.get("securityDefinitions"))?.as_object()
    }

    fn authorizer(&self, name: &str) -> String {
        format!("{}:{name}", self.id)
    }

    fn paths(&self, template: &mut Template) {
        for (path, item) in self.body.get("paths").and_then(Value::as_object).into_iter().flatten() {
            if item.as_object().is_some_and(|item| item.keys().any(|key| key.starts_with("Fn::"))) {
                template
                    .notes
                    .push(format!("the methods of {path} of {} are made by a function, and are not read", self.id));
            }
            for method in METHODS {
                let Some(operation) = item.get(*method) else { continue };
                let method = if *method == ANY { "ANY".to_owned() } else { method.to_ascii_uppercase() };
                if self.is_rest {
                    self.rest(template, path, &method, operation)
                } else {
                    self.route(template, path, &method, operation)
                }
            }
        }
    }

    /// An integration, where it stands or where it is named.
    fn integration<'b>(&'b self, operation: &'b Value) -> Option<&'b Map<String, Value>> {
        let said = operation.get(INTEGRATION)?.as_object()?;
        match said.get("$ref").and_then(Value::as_str) {
            Some(named) => self
                .body
                .get("components")?
                .get("x-amazon-apigateway-integrations")?
                .get(named.rsplit('/').next()?)?
                .as_object(),
            None => Some(said),
        }
    }

    /// Who is asked before an operation: the first that it names.
    fn asked(&self, operation: &Value) -> Map<String, Value> {
        let named = operation
            .get("security")
            .or_else(|| self.body.get("security"))
            .and_then(|all| all.get(0)?.as_object())
            .and_then(|first| first.iter().next());
        let Some((name, scopes)) = named else { return Map::new() };
        let Some(scheme) = self.schemes().and_then(|all| all.get(name)) else { return Map::new() };
        let of_type = scheme.get(AUTHORIZER).and_then(|said| said.get("type")?.as_str()).unwrap_or_default();
        let of_type = match of_type.to_ascii_lowercase().as_str() {
            "jwt" => "JWT",
            "cognito_user_pools" => "COGNITO_USER_POOLS",
            "" if scheme.get("x-amazon-apigateway-authtype") == Some(&json!("awsSigv4")) => {
                return Map::from_iter([("AuthorizationType".to_owned(), json!("AWS_IAM"))]);
            }
            "" if scheme.get("name") == Some(&json!("x-api-key")) => {
                return Map::from_iter([("ApiKeyRequired".to_owned(), json!(true))]);
            }
            _ => "CUSTOM",
        };
        let mut said = Map::from_iter([
            ("AuthorizationType".to_owned(), json!(of_type)),
            ("AuthorizerId".to_owned(), json!({"Ref": self.authorizer(name)})),
        ]);
        if scopes.as_array().is_some_and(|scopes| !scopes.is_empty()) {
            said.insert("AuthorizationScopes".to_owned(), scopes.clone());
        }
        said
    }

    /// A method of a REST API.
    fn rest(&self, template: &mut Template, path: &str, method: &str, operation: &Value) {
        let mut properties = self.asked(operation);
        if let Some(said) = self.integration(operation) {
            let mut integration = Map::new();
            for (field, value) in said {
                let (field, value) = match field.as_str() {
                    "httpMethod" => ("IntegrationHttpMethod".to_owned(), value.clone()),
                    "type" => ("Type".to_owned(), upper(value)),
                    "responses" => ("IntegrationResponses".to_owned(), responses(value)),
                    field => (capital_name(field), value.clone()),
                };
                integration.insert(field, value);
            }
            properties.insert("Integration".to_owned(), Value::Object(integration));
        }
        rest_paths::method(template, (self.id, path, method), properties, self.condition);
    }

    /// A route of an HTTP API, unless an event made it already.
    fn route(&self, template: &mut Template, path: &str, method: &str, operation: &Value) {
        let key = if path == "/$default" { "$default".to_owned() } else { format!("{method} {path}") };
        let api = json!({"Ref": self.id});
        let is_there = template.resources.values().any(|one| {
            one.of_type == "AWS::ApiGatewayV2::Route"
                && one.properties.get("ApiId") == Some(&api)
                && one.properties.get("RouteKey") == Some(&json!(key))
        });
        if is_there {
            return;
        }
        let mut route = self.asked(operation);
        route.insert("ApiId".to_owned(), api.clone());
        route.insert("RouteKey".to_owned(), json!(key));
        if let Some(said) = self.integration(operation) {
            let id = format!("{}:{key}:integration", self.id);
            let mut properties = Map::from_iter([("ApiId".to_owned(), api)]);
            for (field, value) in said {
                let (field, value) = match field.as_str() {
                    "httpMethod" => ("IntegrationMethod".to_owned(), value.clone()),
                    "type" => ("IntegrationType".to_owned(), upper(value)),
                    "subtype" => ("IntegrationSubtype".to_owned(), value.clone()),
                    "uri" => ("IntegrationUri".to_owned(), value.clone()),
                    "credentials" => ("CredentialsArn".to_owned(), value.clone()),
                    field => (capital_name(field), value.clone()),
                };
                properties.insert(field, value);
            }
            template.make(&id, "AWS::ApiGatewayV2::Integration", Value::Object(properties), self.condition);
            route.insert("Target".to_owned(), json!({"Fn::Join": ["/", ["integrations", {"Ref": id}]]}));
        }
        template.make(&format!("{}:{key}", self.id), "AWS::ApiGatewayV2::Route", Value::Object(route), self.condition);
    }
}

fn upper(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| json!(text.to_ascii_uppercase()))
}

/// Responses by their status, as a list.
fn responses(said: &Value) -> Value {
    let one = |(pattern, said): (&String, &Value)| {
        let mut said = said.as_object().map(capital).unwrap_or_default();
        if pattern != "default" {
            said["SelectionPattern"] = json!(pattern);
        }
        said
    };
    said.as_object().map_or_else(|| said.clone(), |said| said.iter().map(one).collect())
}

/// The same fields with great first letters; what stands in them stays.
fn capital(fields: &Map<String, Value>) -> Value {
    Value::Object(fields.iter().map(|(field, value)| (capital_name(field), value.clone())).collect())
}

fn capital_name(field: &str) -> String {
    let mut letters = field.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
