//! What belongs to functions: event source mappings, URLs, aliases, versions, configurations of invocations, layers.

use super::Emitter;
use super::shape::{Fields, filled, moved, typed};
use crate::files::template::document::Resource;
use crate::files::template::links::{FIRST, arn};
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Value, json};

const NUMBERS: &[&str] = &[
    "BatchSize",
    "MaxAge",
    "MaximumBatchingWindowInSeconds",
    "MaximumConcurrency",
    "MaximumEventAgeInSeconds",
    "MaximumPollers",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MinimumPollers",
    "ParallelizationFactor",
    "ProvisionedConcurrentExecutions",
    "StartingPositionTimestamp",
    "TumblingWindowInSeconds",
];
const BOOLEANS: &[&str] = &["AllowCredentials", "BisectBatchOnFunctionError", "Enabled"];

impl Emitter<'_> {
    /// Evaluates properties, and puts the ARN of the function in the place of its name. None where it can't be told which
    /// function is meant: then nothing belongs to any, and it is said so.
    fn of_function(
        &mut self,
        id: &str,
        resource: &Resource,
        property: &str,
        links: &[&str],
    ) -> Option<(String, Fields)> {
        let mut fields = self.eval.properties(&resource.properties, links);
        let named = resource.properties.get(property).and_then(|function| self.eval.function_arn(function, 0));
        let named = named.or_else(|| {
            // A parameter, or a function of another template: what stands there tells it from others.
            let text = Unresolved::of(fields.get(property)?).map(|open| open.text.to_owned())?;
            self.emitted.elsewhere.push(format!("{id} belongs to a function that is not in it ({text})"));
            None
        })?;
        fields.remove(property);
        Some((named, fields))
    }
}

/// An event source mapping.
pub(super) fn mapping(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] =
        &["EventSourceArn", "DestinationConfig/*/Destination", "KmsKeyArn", "SourceAccessConfigurations/*/URI"];
    let Some((function, mut fields)) = out.of_function(id, resource, "FunctionName", LINKS) else { return };
    out.leave_out(&mut fields, &["Tags"]);
    let enabled = fields.remove("Enabled");
    fields.insert("UUID".to_owned(), id.into());
    fields.insert("FunctionArn".to_owned(), function.into());
    fields.insert("State".to_owned(), out.state(enabled, "Enabled", "Disabled"));
    moved(&mut fields, "KmsKeyArn", "KMSKeyArn");
    if let Some(Value::Object(brokers)) =
        fields.get_mut("SelfManagedEventSource").and_then(|all| all.get_mut("Endpoints"))
    {
        moved(brokers, "KafkaBootstrapServers", "KAFKA_BOOTSTRAP_SERVERS");
    }
    let source = fields.get("EventSourceArn").and_then(Value::as_str).unwrap_or_default();
    let of_queue = source.split(':').nth(2) == Some("sqs");
    // What is polled says how much is taken at once (Lambda API reference, CreateEventSourceMapping).
    if of_queue {
        filled(&mut fields, &[("BatchSize", json!(10)), ("MaximumBatchingWindowInSeconds", json!(0))]);
    } else if !source.is_empty() {
        filled(&mut fields, &[("BatchSize", json!(100))]);
    }
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, BOOLEANS);
    out.add(Kind::EventSourceMapping, id, body);
}

/// A function URL.
pub(super) fn url(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let Some((function, mut fields)) = out.of_function(id, resource, "TargetFunctionArn", &[]) else { return };
    let qualifier = fields.remove("Qualifier").as_ref().and_then(Value::as_str).map(str::to_owned);
    let function = qualified(&function, qualifier.as_deref());
    let text = format!("!GetAtt {id}.FunctionUrl");
    fields.insert("FunctionUrl".to_owned(), Unresolved { text: &text, default: None }.to_value());
    fields.insert("FunctionArn".to_owned(), function.clone().into());
    filled(&mut fields, &[("InvokeMode", json!("BUFFERED"))]);
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, BOOLEANS);
    out.add(Kind::FunctionUrl, &function, body);
}

/// A version: the function as it was when it was published, which in a template is the function as it stands there.
pub(super) fn version(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let Some((function, mut fields)) = out.of_function(id, resource, "FunctionName", &[]) else { return };
    out.leave_out(&mut fields, &["RuntimePolicy", "FunctionScalingConfig"]);
    let version = qualified(&function, Some(FIRST));
    out.provisioned(&version, &mut fields);
    let Some(mut body) = out.functions.get(&function).cloned() else {
        out.emitted.elsewhere.push(format!("{id} is a version of a function that is not in it"));
        return;
    };
    if let Some(Value::Object(configuration)) = body.get_mut("Configuration") {
        configuration.insert("FunctionArn".to_owned(), version.clone().into());
        configuration.insert("Version".to_owned(), FIRST.into());
        configuration.extend(fields.remove("Description").map(|said| ("Description".to_owned(), said)));
        configuration.extend(fields.remove("CodeSha256").map(|hash| ("CodeSha256".to_owned(), hash)));
    }
    out.add(Kind::FunctionVersion, &version, body);
}

/// An alias.
pub(super) fn alias(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["FunctionVersion", "RoutingConfig/AdditionalVersionWeights/*/FunctionVersion"];
    let Some((function, mut fields)) = out.of_function(id, resource, "FunctionName", LINKS) else { return };
    let name = out.eval.name_of(id, "Name");
    let alias = qualified(&function, Some(&name));
    out.provisioned(&alias, &mut fields);
    if let Some(Value::Object(routing)) = fields.get_mut("RoutingConfig")
        && let Some(Value::Array(weights)) = routing.remove("AdditionalVersionWeights")
    {
        let weight =
            |one: &Value| Some((one.get("FunctionVersion")?.as_str()?.to_owned(), one.get("FunctionWeight")?.clone()));
        let weights: Fields = weights.iter().filter_map(weight).collect();
        routing.insert("AdditionalVersionWeights".to_owned(), Value::Object(weights));
    }
    fields.insert("Name".to_owned(), name.into());
    fields.insert("AliasArn".to_owned(), alias.clone().into());
    filled(&mut fields, &[("Description", json!(""))]);
    out.add(Kind::FunctionAlias, &alias, fields);
}

impl Emitter<'_> {
    /// The provisioned concurrency of a version or an alias.
    fn provisioned(&mut self, of: &str, fields: &mut Fields) {
        if let Some(Value::Object(mut config)) = fields.remove("ProvisionedConcurrencyConfig") {
            let mut body = json!({"FunctionArn": of,
                "RequestedProvisionedConcurrentExecutions": config.remove("ProvisionedConcurrentExecutions")});
            typed(&mut body, &["RequestedProvisionedConcurrentExecutions"], &[]);
            self.add(Kind::ProvisionedConcurrency, of, body);
        }
    }
}

/// What becomes of asynchronous invocations.
pub(super) fn invoke_config(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["DestinationConfig/*/Destination"];
    let Some((function, mut fields)) = out.of_function(id, resource, "FunctionName", LINKS) else { return };
    let qualifier = resource.properties.get("Qualifier").and_then(|qualifier| out.eval.name_at(qualifier, 0));
    // An alias is named by its ARN where it is made by the same template.
    let qualifier = qualifier.as_deref().map(|named| named.rsplit(':').next().unwrap_or(named));
    fields.remove("Qualifier");
    let function = qualified(&function, qualifier.or(Some("$LATEST")));
    fields.insert("FunctionArn".to_owned(), function.clone().into());
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, BOOLEANS);
    out.add(Kind::EventInvokeConfig, &function, body);
}

/// A version of a layer.
pub(super) fn layer(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &[]);
    out.leave_out(&mut fields, &["PublishLambdaVersion"]);
    let name = out.eval.name_of(id, "LayerName");
    let layer = arn("lambda", &format!("layer:{name}"));
    let version = format!("{layer}:{FIRST}");
    let content = match fields.remove("Content") {
        Some(Value::Object(place)) if place.contains_key("S3Bucket") => json!({"ResolvedS3Object": place}),
        Some(Value::String(folder)) => {
            let text = format!("ContentUri: {folder}");
            json!({"Location": Unresolved { text: &text, default: None }.to_value()})
        }
        other => json!({"Location": other}),
    };
    fields.remove("LayerName");
    fields.insert("LayerArn".to_owned(), layer.into());
    fields.insert("LayerVersionArn".to_owned(), version.clone().into());
    fields.insert("Content".to_owned(), content);
    out.add(Kind::LayerVersion, &version, fields);
}

/// An ARN of a function with its version or alias, in the place of one that it has.
pub(super) fn qualified(function: &str, qualifier: Option<&str>) -> String {
    match qualifier {
        None => function.to_owned(),
        Some(qualifier) => {
            let plain = function.match_indices(':').nth(6).map_or(function, |(at, _)| &function[..at]);
            format!("{plain}:{qualifier}")
        }
    }
}
