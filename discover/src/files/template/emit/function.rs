//! Functions, as GetFunction answers them.

use super::Emitter;
use super::shape::{Fields, filled, moved, tags, typed};
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::scalar;
use crate::files::template::links::arn;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Map, Value, json};

/// Properties that name other things.
const LINKS: &[&str] = &[
    "CapacityProviderConfig/LambdaManagedInstancesCapacityProviderConfig/CapacityProviderArn",
    "DeadLetterConfig/TargetArn",
    "FileSystemConfigs/*/Arn",
    "KmsKeyArn",
    "Layers/*",
    "Role",
    "VpcConfig/SecurityGroupIds/*",
];
/// What GetFunction does not answer.
const NOT_ANSWERED: &[&str] =
    &["CodeSigningConfigArn", "FunctionScalingConfig", "PublishToLatestPublished", "RecursiveLoop"];
const NUMBERS: &[&str] = &["MemorySize", "Timeout", "Size", "ReservedConcurrentExecutions"];

/// A function.
pub(super) fn function(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    out.leave_out(&mut fields, NOT_ANSWERED);
    let name = out.eval.name_of(id, "FunctionName");
    let function_arn = arn("lambda", &format!("function:{name}"));
    let (kind, code) = code(fields.remove("Code"), fields.remove("PackageType"), resource);
    fields.insert("FunctionName".to_owned(), name.into());
    fields.insert("FunctionArn".to_owned(), function_arn.clone().into());
    fields.insert("PackageType".to_owned(), kind);
    fields.insert("State".to_owned(), out.state(None, "Active", "Inactive"));
    fields.insert("Version".to_owned(), "$LATEST".into());
    moved(&mut fields, "KmsKeyArn", "KMSKeyArn");
    if let Some(layers) = fields.remove("Layers") {
        fields.insert("Layers".to_owned(), each(layers, |layer| json!({"Arn": layer})));
    }
    if let Some(image) = fields.remove("ImageConfig") {
        fields.insert("ImageConfigResponse".to_owned(), json!({"ImageConfig": image}));
    }
    if let Some(Value::Object(mut runtime)) = fields.remove("RuntimeManagementConfig")
        && let Some(version) = runtime.remove("RuntimeVersionArn")
    {
        fields.insert("RuntimeVersionConfig".to_owned(), json!({"RuntimeVersionArn": version}));
    }
    if let Some(Value::Object(variables)) = fields.get_mut("Environment").and_then(|all| all.get_mut("Variables")) {
        texts(variables);
    }
    let mut body = Map::from_iter([("Code".to_owned(), code)]);
    if let Some(owners) = fields.remove("Tags") {
        body.insert("Tags".to_owned(), tags(owners));
    }
    if let Some(reserved) = fields.remove("ReservedConcurrentExecutions") {
        body.insert("Concurrency".to_owned(), json!({"ReservedConcurrentExecutions": reserved}));
    }
    filled(
        &mut fields,
        &[
            ("Architectures", json!(["x86_64"])),
            ("EphemeralStorage", json!({"Size": 512})),
            ("MemorySize", json!(128)),
            ("Timeout", json!(3)),
            ("TracingConfig", json!({"Mode": "PassThrough"})),
        ],
    );
    body.insert("Configuration".to_owned(), Value::Object(fields));
    let mut body = Value::Object(body);
    typed(&mut body, NUMBERS, &["Ipv6AllowedForDualStack"]);
    out.functions.insert(function_arn.clone(), body.clone());
    out.add(Kind::LambdaFunction, &function_arn, body);
}

/// Where the code is, and what kind of package. What stands in the template, or is built from a folder beside it, has no
/// place in AWS before it is deployed: its place is open, with what the template says.
fn code(code: Option<Value>, package: Option<Value>, resource: &Resource) -> (Value, Value) {
    let open = |text: String| Unresolved { text: &text, default: None }.to_value();
    let mut fields = match code {
        Some(Value::Object(fields)) => fields,
        Some(other) => Fields::from_iter([("Location".to_owned(), other)]),
        None => Fields::new(),
    };
    let is_image = fields.contains_key("ImageUri") || package.as_ref().and_then(Value::as_str) == Some("Image");
    let package = package.unwrap_or_else(|| Value::from(if is_image { "Image" } else { "Zip" }));
    let mut code = Fields::from_iter([("RepositoryType".to_owned(), Value::from(if is_image { "ECR" } else { "S3" }))]);
    code.extend(fields.remove("SourceKMSKeyArn").map(|key| ("SourceKMSKeyArn".to_owned(), key)));
    if is_image {
        let built = || {
            let said = |field: &str| resource.metadata.get(field).and_then(scalar);
            let context = said("DockerContext").unwrap_or_else(|| ".".to_owned());
            let file = said("Dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
            open(format!("Dockerfile: {}/{file}", context.trim_end_matches('/')))
        };
        code.insert("ImageUri".to_owned(), fields.remove("ImageUri").unwrap_or_else(built));
    } else if fields.contains_key("S3Bucket") || fields.contains_key("S3Key") {
        let place = ["S3Bucket", "S3Key", "S3ObjectVersion"];
        let place = place.into_iter().filter_map(|field| Some((field.to_owned(), fields.remove(field)?)));
        code.insert("ResolvedS3Object".to_owned(), Value::Object(place.collect()));
    } else {
        let location = match (fields.remove("Location"), fields.contains_key("ZipFile")) {
            (Some(Value::String(folder)), _) => open(format!("CodeUri: {folder}")),
            (Some(other), _) => other,
            (None, true) => open("InlineCode".to_owned()),
            (None, false) => open("CodeUri".to_owned()),
        };
        code.insert("Location".to_owned(), location);
    }
    (package, Value::Object(code))
}

/// Values of variables are texts.
fn texts(variables: &mut Fields) {
    for value in variables.values_mut() {
        let at = if Unresolved::of(value).is_some() { value.get_mut("default") } else { Some(value) };
        if let Some(at) = at
            && let Some(text) = scalar(at)
        {
            *at = Value::String(text);
        }
    }
}

/// Each item of a list; what is open as a whole stays.
fn each(list: Value, of: impl Fn(Value) -> Value) -> Value {
    match list {
        Value::Array(items) => items.into_iter().map(of).collect(),
        other => other,
    }
}
