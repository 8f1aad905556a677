//! Events that Lambda polls: event source mappings.

use super::event::Event;
use crate::files::template::document::Template;
use serde_json::{Value, json};

/// A queue, a stream or a broker that a field names.
pub(super) fn polled(template: &mut Template, mut event: Event<'_>, source: &str) {
    let source = event.fields.remove(source);
    event.fields.extend(source.map(|source| ("EventSourceArn".to_owned(), source)));
    mapping(template, event);
}

/// A change stream of documents.
pub(super) fn documents(template: &mut Template, mut event: Event<'_>) {
    let mut config = json!({});
    for field in ["CollectionName", "DatabaseName", "FullDocument"] {
        if let Some(value) = event.fields.remove(field) {
            config[field] = value;
        }
    }
    event.fields.insert("DocumentDBEventSourceConfig".to_owned(), config);
    polled(template, event, "Cluster");
}

/// Brokers of one's own.
pub(super) fn self_managed(template: &mut Template, mut event: Event<'_>) {
    if let Some(servers) = event.fields.remove("KafkaBootstrapServers") {
        event
            .fields
            .insert("SelfManagedEventSource".to_owned(), json!({"Endpoints": {"KafkaBootstrapServers": servers}}));
    }
    if let Some(group) = event.fields.remove("ConsumerGroupId") {
        event.fields.insert("SelfManagedKafkaEventSourceConfig".to_owned(), json!({"ConsumerGroupId": group}));
    }
    mapping(template, event);
}

fn mapping(template: &mut Template, event: Event<'_>) {
    let Event { id, function, mut fields } = event;
    // Only SAM reads these: how the role's policy is written.
    for own in ["SecretsManagerKmsKeyId", "DynamicPolicyName"] {
        fields.remove(own);
    }
    if let Some(Value::Object(failed)) = fields.get_mut("DestinationConfig").and_then(|all| all.get_mut("OnFailure")) {
        failed.remove("Type");
    }
    fields.insert("FunctionName".to_owned(), function.target.clone());
    template.make(&id, "AWS::Lambda::EventSourceMapping", Value::Object(fields), function.condition);
}
