//! SNS: topics with their attributes, policies and tags, and who subscribes to them. Never a message.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, completed, list, object_of, text, waiting, with_json};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const TOPICS: &str = "sns:ListTopics";
const ATTRIBUTES: &str = "sns:GetTopicAttributes";
const TAGS: &str = "sns:ListTagsForResource";
const SUBSCRIPTIONS: &str = "sns:ListSubscriptions";
const OF_SUBSCRIPTION: &str = "sns:GetSubscriptionAttributes";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(TOPICS, Start::Root("{}"), &[], topics),
    Source::Resources.row(ATTRIBUTES, Start::Each, &[TOPICS], attributes),
    Source::Resources.row(TAGS, Start::Each, &[ATTRIBUTES], tags),
    Source::Resources.row(SUBSCRIPTIONS, Start::Root("{}"), &[], subscriptions),
    Source::Resources.row(OF_SUBSCRIPTION, Start::Each, &[SUBSCRIPTIONS], of_subscription),
];

/// The attributes that are JSON in a text.
const DOCUMENTS: &[&str] = &[
    "ArchivePolicy",
    "DeliveryPolicy",
    "EffectiveDeliveryPolicy",
    "FilterPolicy",
    "Policy",
    "RedrivePolicy",
    "ReplayPolicy",
];

/// A topic whose attributes are refused is recorded with its ARN alone.
fn topics(request: &Request, body: &Value) -> Found {
    waiting(request, list(body, "Topics"), (Kind::Topic, "TopicArn"), (ATTRIBUTES, "TopicArn"))
}

fn attributes(request: &Request, body: &Value) -> Found {
    let Some(arn) = text(&request.read.input, "TopicArn") else { return Found::default() };
    let attributes = with_json(object_of(list(body, "Attributes")), DOCUMENTS);
    let topic = Element::new(Kind::Topic, arn, request, &json!({"TopicArn": arn})).with("Attributes", attributes);
    let tags = request.then(TAGS, json!({"ResourceArn": arn})).carrying(topic.carried());
    Found { count: 1, elements: Vec::new(), follow_up: vec![tags] }
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "Tags", Value::from(list(body, "Tags")))
}

/// A subscription that nobody has confirmed has no name yet, and gets nothing; its topic counts it in
/// `SubscriptionsPending`.
fn subscriptions(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for subscription in list(body, "Subscriptions") {
        let Some(arn) = text(subscription, "SubscriptionArn") else { continue };
        found.count += 1;
        if arn.starts_with("arn:") {
            let listed = Element::new(Kind::Subscription, arn, request, subscription);
            let ask = request.then(OF_SUBSCRIPTION, json!({"SubscriptionArn": arn}));
            found.follow_up.push(ask.carrying(listed.carried()));
        }
    }
    found
}

fn of_subscription(request: &Request, body: &Value) -> Found {
    completed(request, "Attributes", with_json(object_of(list(body, "Attributes")), DOCUMENTS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::without_answer;

    const ARN: &str = "arn:aws:sns:eu-central-1:123456789012:orders";

    fn entry(key: &str, value: &str) -> Value {
        json!({"key": key, "value": value})
    }

    #[test]
    fn a_topic_is_recorded_with_its_attributes_and_tags() {
        let listed = found(&request(TOPICS, json!({})), json!({"Topics": [{"TopicArn": ARN}]}));
        assert_eq!(without_answer(&listed.follow_up[0]).unwrap().name, ARN);
        let policy = r#"{"Statement": [{"Sid": "s", "Effect": "Allow"}]}"#;
        let body = json!({"Attributes": [entry("TopicArn", ARN), entry("Policy", policy), entry("DisplayName", "")]});
        let read = found(&listed.follow_up[0], body);
        let whole = found(&read.follow_up[0], json!({"Tags": [{"Key": "team", "Value": "shop"}]}));
        let topic = &whole.elements[0];
        assert_eq!((topic.kind, topic.name.as_str()), (Kind::Topic, ARN));
        assert_eq!(topic.body["Attributes"]["Policy"]["Statement"][0]["Effect"], "Allow");
        assert_eq!(topic.body["Tags"][0]["Value"], "shop");
    }

    #[test]
    fn a_subscription_is_recorded_with_its_filter_and_one_that_waits_is_counted() {
        let named = format!("{ARN}:6f1a");
        let body = json!({"Subscriptions": [
            {"SubscriptionArn": named, "Protocol": "sqs", "TopicArn": ARN, "Endpoint": "arn:aws:sqs:eu-central-1:1:q"},
            {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "TopicArn": ARN, "Endpoint": "a@example.com"}]});
        let listed = found(&request(SUBSCRIPTIONS, json!({})), body);
        assert_eq!((listed.count, apis(&listed)), (2, vec![OF_SUBSCRIPTION]));
        let bare = without_answer(&listed.follow_up[0]).unwrap();
        assert_eq!((bare.kind, bare.name.as_str()), (Kind::Subscription, named.as_str()));
        let body = json!({"Attributes": [entry("FilterPolicy", r#"{"kind": ["paid"]}"#), entry("RawMessageDelivery", "true")]});
        let whole = found(&listed.follow_up[0], body);
        assert_eq!(whole.elements[0].body["Attributes"]["FilterPolicy"]["kind"][0], "paid");
        assert_eq!(whole.elements[0].body["Endpoint"], "arn:aws:sqs:eu-central-1:1:q");
    }

    #[test]
    fn an_answer_without_its_list_names_nothing() {
        for call in [TOPICS, SUBSCRIPTIONS] {
            assert_eq!(found(&request(call, json!({})), json!({})), Found::default(), "{call}");
        }
        let odd = found(&request(TOPICS, json!({})), json!({"Topics": [{"Topic": ARN}]}));
        assert_eq!(odd, Found::default());
    }
}
