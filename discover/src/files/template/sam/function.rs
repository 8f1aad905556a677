//! Functions of SAM.

use super::api::Apis;
use super::{attribute, event, id_in, known_text, place_of, reference};
use crate::files::template::document::Template;
use serde_json::{Map, Value, json};

/// What becomes something else than a property of the function.
const OF_SAM: &[&str] = &[
    "AssumeRolePolicyDocument",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256",
    "CodeUri",
    "DeadLetterQueue",
    "DeploymentPreference",
    "EventInvokeConfig",
    "Events",
    "FunctionUrlConfig",
    "ImageUri",
    "InlineCode",
    "PermissionsBoundary",
    "Policies",
    "PropagateTags",
    "ProvisionedConcurrencyConfig",
    "RolePath",
    "SourceKMSKeyArn",
    "Tags",
    "Tracing",
    "VersionDescription",
    "VersionDeletionPolicy",
];

/// A function with everything around it.
pub(super) fn expand(template: &mut Template, id: &str, apis: &Apis) {
    let Some(mut resource) = template.resources.remove(id) else { return };
    let mut sam: Map<String, Value> =
        OF_SAM.iter().filter_map(|name| Some(((*name).to_owned(), resource.properties.remove(*name)?))).collect();
    let condition = resource.condition.clone();
    let properties = &mut resource.properties;
    properties.insert("Code".to_owned(), code(&mut sam));
    if let Some(mode) = sam.remove("Tracing").filter(|mode| *mode != json!("Disabled")) {
        properties.insert("TracingConfig".to_owned(), json!({"Mode": mode}));
    }
    if let Some(queue) = sam.remove("DeadLetterQueue") {
        let target = queue.get("TargetArn").cloned().unwrap_or(queue);
        properties.insert("DeadLetterConfig".to_owned(), json!({"TargetArn": target}));
    }
    if let Some(tags) = sam.remove("Tags") {
        properties.insert("Tags".to_owned(), as_list(tags));
    }
    let role = format!("{id}Role");
    let has_role = properties.contains_key("Role");
    if !has_role {
        properties.insert("Role".to_owned(), attribute(&role, "Arn"));
    }
    resource.of_type = "AWS::Lambda::Function".to_owned();
    template.resources.insert(id.to_owned(), resource);
    let condition = condition.as_ref();
    if !has_role {
        template.make(&role, "AWS::IAM::Role", json!({}), condition);
    }
    let published = published(template, id, &mut sam, condition);
    let target = published.as_deref().map_or_else(|| reference(id), reference);
    if let Some(Value::Object(config)) = sam.remove("EventInvokeConfig") {
        invoke_config(template, id, config, published.as_deref(), condition);
    }
    if let Some(Value::Object(mut config)) = sam.remove("FunctionUrlConfig") {
        config.insert("TargetFunctionArn".to_owned(), target.clone());
        let is_public = config.get("AuthType") == Some(&json!("NONE"));
        template.make(&format!("{id}Url"), "AWS::Lambda::Url", Value::Object(config), condition);
        if is_public {
            let permission = json!({"Action": "lambda:InvokeFunctionUrl", "FunctionName": target, "Principal": "*",
                "FunctionUrlAuthType": "NONE"});
            template.make(&format!("{id}UrlPublicPermissions"), "AWS::Lambda::Permission", permission, condition);
        }
    }
    match sam.remove("Events") {
        Some(Value::Object(events)) => {
            let function = event::Function { id, target: &target, alias: published.as_deref(), condition };
            for (name, event) in &events {
                event::expand(template, &function, name, event, apis);
            }
        }
        Some(Value::Null) | None => {}
        Some(_) => template.notes.push(format!("the events of {id} are made by a function, and are not read")),
    }
    if sam.contains_key("DeploymentPreference") {
        template.make("ServerlessDeploymentApplication", "AWS::CodeDeploy::Application", json!({}), None);
    }
}

/// The alias that SAM publishes the newest version under.
fn published(
    template: &mut Template,
    id: &str,
    sam: &mut Map<String, Value>,
    condition: Option<&String>,
) -> Option<String> {
    let alias = sam.remove("AutoPublishAlias")?;
    let name = known_text(template, Some(&alias)).filter(|name| !name.is_empty()).unwrap_or_else(|| "alias".to_owned());
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let (version, resource) = (format!("{id}Version"), format!("{id}Alias{letters}"));
    template.make(&version, "AWS::Lambda::Version",
        json!({"FunctionName": reference(id), "Description": sam.remove("VersionDescription").unwrap_or_else(|| json!(""))}), condition);
    let mut properties =
        json!({"FunctionName": reference(id), "Name": alias, "FunctionVersion": attribute(&version, "Version")});
    if let Some(config) = sam.remove("ProvisionedConcurrencyConfig") {
        properties["ProvisionedConcurrencyConfig"] = config;
    }
    template.make(&resource, "AWS::Lambda::Alias", properties, condition);
    template.aliases.insert(format!("{id}.Alias"), resource.clone());
    template.aliases.insert(format!("{id}.Version"), version);
    Some(resource)
}

/// What becomes of asynchronous invocations. A destination without a name is a queue or topic that SAM makes.
fn invoke_config(
    template: &mut Template,
    id: &str,
    mut config: Map<String, Value>,
    alias: Option<&str>,
    condition: Option<&String>,
) {
    let name = format!("{}EventInvokeConfig", alias.unwrap_or(id));
    if let Some(Value::Object(destinations)) = config.get_mut("DestinationConfig") {
        for (outcome, destination) in destinations.iter_mut() {
            let Value::Object(destination) = destination else { continue };
            let of_type = destination.remove("Type").and_then(|of_type| of_type.as_str().map(str::to_owned));
            let made = match of_type.as_deref() {
                Some("SQS") => Some((format!("{name}{outcome}Queue"), "AWS::SQS::Queue")),
                Some("SNS") => Some((format!("{name}{outcome}Topic"), "AWS::SNS::Topic")),
                _ => None,
            };
            if let Some((made, plain)) = made.filter(|_| !destination.contains_key("Destination")) {
                let arn = if plain == "AWS::SQS::Queue" { attribute(&made, "Arn") } else { reference(&made) };
                template.make(&made, plain, json!({}), condition);
                destination.insert("Destination".to_owned(), arn);
            }
        }
    }
    config.insert("FunctionName".to_owned(), reference(id));
    config.insert("Qualifier".to_owned(), alias.map_or_else(|| json!("$LATEST"), reference));
    template.make(&name, "AWS::Lambda::EventInvokeConfig", Value::Object(config), condition);
}

/// Where the code is.
fn code(sam: &mut Map<String, Value>) -> Value {
    let mut code = match (sam.remove("ImageUri"), sam.remove("InlineCode"), sam.remove("CodeUri")) {
        (Some(image), ..) => json!({"ImageUri": image}),
        (None, Some(_), _) => json!({"ZipFile": true}),
        (None, None, Some(place)) => place_of(place),
        (None, None, None) => json!({}),
    };
    if let (Value::Object(code), Some(key)) = (&mut code, sam.remove("SourceKMSKeyArn")) {
        code.insert("SourceKMSKeyArn".to_owned(), key);
    }
    code
}

/// SAM writes tags as a map.
fn as_list(tags: Value) -> Value {
    match tags {
        Value::Object(map) if id_in(&Value::Object(map.clone())).is_none() => {
            map.into_iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
        }
        other => other,
    }
}
