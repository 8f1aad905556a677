//! Functions of the serverless framework.

use super::{Service, events, logical, without_nulls};
use crate::files::template::document::Template;
use caravan_inventory::Unresolved;
use serde_json::{Map, Value, json};

/// A function with everything around it.
pub(super) fn expand(template: &mut Template, service: &Service, key: &str, said: &Value) {
    let Value::Object(said) = said else {
        template.notes.push(format!("the function {key} is none that can be read"));
        return;
    };
    if let Some(open) = Unresolved::of(&Value::Object(said.clone())) {
        template.notes.push(format!("the function {key} stands in another file ({})", open.text));
        return;
    }
    let id = format!("{}LambdaFunction", logical(key));
    let provider = &service.provider;
    let own = |field: &str| said.get(field).cloned();
    let or_provider = |field: &str| own(field).or_else(|| provider.get(field).cloned());
    let image = own("image");
    let role = or_provider("role")
        .or_else(|| {
            provider
                .get("iam")?
                .get("role")
                .filter(|role| role.is_string() || role.get("statements").is_none())
                .cloned()
        })
        .filter(|role| role.is_string() || role.get("Fn::GetAtt").is_some() || role.get("Fn::Sub").is_some());
    let role = role.map(|role| named_role(template, role)).unwrap_or_else(|| {
        template.make("IamRoleLambdaExecution", "AWS::IAM::Role", json!({}), None);
        json!({"Fn::GetAtt": ["IamRoleLambdaExecution", "Arn"]})
    });
    let mut properties = json!({
        // The framework puts the stage in; until it is known the name is the service's and the function's.
        "FunctionName": own("name").unwrap_or_else(|| name(template, service, key)),
        "Code": code(image.as_ref(), said, provider),
        "PackageType": image.as_ref().map(|_| "Image"),
        "Handler": own("handler"),
        "Runtime": if image.is_some() { None } else { or_provider("runtime") },
        "Description": own("description"),
        "MemorySize": or_provider("memorySize").unwrap_or_else(|| json!(1024)),
        "Timeout": or_provider("timeout").unwrap_or_else(|| json!(6)),
        "Role": role,
        "KmsKeyArn": or_provider("kmsKeyArn"),
        "ReservedConcurrentExecutions": own("reservedConcurrency"),
    });
    if let Some(size) = own("ephemeralStorageSize") {
        properties["EphemeralStorage"] = json!({"Size": size});
    }
    if let Some(architecture) = or_provider("architecture") {
        properties["Architectures"] = json!([architecture]);
    }
    if let Some(queue) = own("onError") {
        properties["DeadLetterConfig"] = json!({"TargetArn": queue});
    }
    if own("snapStart") == Some(json!(true)) {
        properties["SnapStart"] = json!({"ApplyOn": "PublishedVersions"});
    }
    if let Some(image) = image.as_ref().and_then(Value::as_object) {
        let config = json!({"Command": image.get("command"), "EntryPoint": image.get("entryPoint"),
            "WorkingDirectory": image.get("workingDirectory")});
        let config = without_nulls(config);
        if config != json!({}) {
            properties["ImageConfig"] = config;
        }
    }
    let tracing = own("tracing").or_else(|| provider.get("tracing")?.get("lambda").cloned());
    match tracing {
        Some(Value::Bool(true)) => properties["TracingConfig"] = json!({"Mode": "Active"}),
        Some(Value::String(mode)) => properties["TracingConfig"] = json!({"Mode": mode}),
        _ => {}
    }
    if let Some(vpc) = or_provider("vpc").filter(|vpc| vpc.is_object()) {
        let of = |field: &str| vpc.get(field).cloned();
        properties["VpcConfig"] = match Unresolved::of(&vpc) {
            Some(_) => vpc,
            None => without_nulls(json!({"SecurityGroupIds": of("securityGroupIds"), "SubnetIds": of("subnetIds"),
                "Ipv6AllowedForDualStack": of("ipv6AllowedForDualStack")})),
        };
    }
    if let Some(system) = own("fileSystemConfig") {
        properties["FileSystemConfigs"] =
            json!([{"Arn": system.get("arn"), "LocalMountPath": system.get("localMountPath")}]);
    }
    if let Some(layers) = or_provider("layers") {
        properties["Layers"] = layers;
    }
    let environment = merged(provider.get("environment"), said.get("environment"));
    if environment != json!({}) {
        properties["Environment"] = json!({"Variables": environment});
    }
    let tags = merged(merged_tags(provider).as_ref(), said.get("tags"));
    if let Value::Object(tags) = &tags
        && !tags.is_empty()
    {
        properties["Tags"] = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    }
    let condition = said.get("condition").and_then(Value::as_str).map(str::to_owned);
    template.make(&id, "AWS::Lambda::Function", without_nulls(properties), condition.as_ref());
    around(template, &id, key, said, condition.as_ref());
    events::expand(
        template,
        service,
        &events::Function { id: &id, key, condition: condition.as_ref() },
        said.get("events"),
    );
}

/// What stands beside a function: its URL, its destinations, an alias with provisioned concurrency.
fn around(template: &mut Template, id: &str, key: &str, said: &Map<String, Value>, condition: Option<&String>) {
    let function = json!({"Fn::GetAtt": [id, "Arn"]});
    if let Some(url) = said.get("url").filter(|url| **url != json!(false)) {
        let is_iam = url.get("authorizer") == Some(&json!("aws_iam"));
        let cors = match url.get("cors") {
            Some(Value::Bool(true)) => json!({"AllowOrigins": ["*"], "AllowHeaders": ["Content-Type", "X-Amz-Date",
                "Authorization", "X-Api-Key", "X-Amz-Security-Token", "X-Amz-User-Agent", "X-Amzn-Trace-Id"], "AllowMethods": ["*"]}),
            Some(Value::Object(cors)) => {
                json!({"AllowOrigins": cors.get("allowedOrigins"), "AllowHeaders": cors.get("allowedHeaders"),
                "AllowMethods": cors.get("allowedMethods"), "AllowCredentials": cors.get("allowCredentials"),
                "ExposeHeaders": cors.get("exposedResponseHeaders"), "MaxAge": cors.get("maxAge")})
            }
            _ => Value::Null,
        };
        let properties = json!({"AuthType": if is_iam { "AWS_IAM" } else { "NONE" }, "TargetFunctionArn": function,
            "InvokeMode": url.get("invokeMode"), "Cors": without_nulls(cors)});
        template.make(
            &format!("{}LambdaFunctionUrl", logical(key)),
            "AWS::Lambda::Url",
            without_nulls(properties),
            condition,
        );
        if !is_iam {
            let permission = json!({"Action": "lambda:InvokeFunctionUrl", "FunctionName": function, "Principal": "*",
                "FunctionUrlAuthType": "NONE"});
            template.make(
                &format!("{}LambdaPermissionFnUrl", logical(key)),
                "AWS::Lambda::Permission",
                permission,
                condition,
            );
        }
    }
    let destinations = said.get("destinations").and_then(Value::as_object);
    let destination = |field: &str| {
        let to = destinations?.get(field)?;
        let to = to.get("arn").unwrap_or(to);
        // The key of a function of the same file, or an ARN.
        let is_key = to.as_str().is_some_and(|to| !to.starts_with("arn:"));
        let arn = if is_key {
            json!({"Fn::GetAtt": [format!("{}LambdaFunction", logical(to.as_str()?)), "Arn"]})
        } else {
            to.clone()
        };
        Some(json!({"Destination": arn}))
    };
    let config = without_nulls(json!({"OnSuccess": destination("onSuccess"), "OnFailure": destination("onFailure")}));
    let limits = [("maximumRetryAttempts", "MaximumRetryAttempts"), ("maximumEventAge", "MaximumEventAgeInSeconds")];
    let limits = limits.into_iter().filter_map(|(of, to)| Some((to.to_owned(), said.get(of)?.clone())));
    let mut properties: Map<String, Value> = limits.collect();
    if config != json!({}) {
        properties.insert("DestinationConfig".to_owned(), config);
    }
    if !properties.is_empty() {
        properties.insert("FunctionName".to_owned(), json!({"Ref": id}));
        properties.insert("Qualifier".to_owned(), json!("$LATEST"));
        template.make(
            &format!("{}LambdaEvConf", logical(key)),
            "AWS::Lambda::EventInvokeConfig",
            Value::Object(properties),
            condition,
        );
    }
    if let Some(provisioned) = said.get("provisionedConcurrency") {
        let version = format!("{}LambdaVersion", logical(key));
        let count = provisioned.get("executions").unwrap_or(provisioned);
        template.make(&version, "AWS::Lambda::Version", json!({"FunctionName": {"Ref": id}}), condition);
        let alias = json!({"FunctionName": {"Ref": id}, "Name": "provisioned", "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": count}});
        template.make(&format!("{}ProvConcLambdaAlias", logical(key)), "AWS::Lambda::Alias", alias, condition);
    }
}

fn name(template: &Template, service: &Service, key: &str) -> Value {
    match template.given.get("stage") {
        Some(stage) => json!(format!("{}-{stage}-{key}", service.name)),
        None => json!(format!("{}-{key}", service.name)),
    }
}

/// An ARN, what gives one, or the logical id of a role of the file.
fn named_role(template: &Template, role: Value) -> Value {
    match role.as_str().filter(|id| template.resources.contains_key(*id)) {
        Some(id) => json!({"Fn::GetAtt": [id, "Arn"]}),
        None => role,
    }
}

/// Where the code is: an image, or what is packed.
fn code(image: Option<&Value>, said: &Map<String, Value>, provider: &Map<String, Value>) -> Value {
    let Some(image) = image else {
        let package = said.get("package").and_then(|package| package.get("artifact")?.as_str());
        return json!(package.unwrap_or("."));
    };
    let uri = image.get("uri").or_else(|| image.as_str().filter(|text| text.contains('/')).map(|_| image));
    if let Some(uri) = uri {
        return json!({"ImageUri": uri});
    }
    let name = image.get("name").unwrap_or(image).as_str().unwrap_or_default();
    let declared = provider.get("ecr").and_then(|ecr| ecr.get("images")?.get(name));
    if let Some(uri) = declared.and_then(|declared| declared.get("uri")) {
        return json!({"ImageUri": uri});
    }
    let path = declared.and_then(|declared| declared.get("path").unwrap_or(declared).as_str()).unwrap_or(".");
    let text = format!("Dockerfile: {path}/Dockerfile");
    json!({"ImageUri": Unresolved { text: &text, default: None }.to_value()})
}

/// Tags of the stack are those of its functions, too.
fn merged_tags(provider: &Map<String, Value>) -> Option<Value> {
    Some(merged(provider.get("stackTags"), provider.get("tags")))
}

/// Two maps, the second's values before the first's.
fn merged(first: Option<&Value>, second: Option<&Value>) -> Value {
    let maps = [first, second].into_iter().flatten().filter(|map| Unresolved::of(map).is_none());
    let fields = maps.filter_map(Value::as_object).flatten().map(|(key, value)| (key.clone(), value.clone()));
    Value::Object(fields.collect())
}
