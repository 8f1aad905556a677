//! SQS: queues with their attributes, policies and tags. Never a message.

use crate::arn::partition_of;
use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, completed, list, text, with_json};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const QUEUES: &str = "sqs:ListQueues";
const ATTRIBUTES: &str = "sqs:GetQueueAttributes";
const TAGS: &str = "sqs:ListQueueTags";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(QUEUES, Start::Root("{}"), &[], queues),
    Source::Resources.row(ATTRIBUTES, Start::Each, &[QUEUES], attributes),
    Source::Resources.row(TAGS, Start::Each, &[ATTRIBUTES], tags),
];

/// A queue whose attributes are refused is recorded with its URL alone.
fn queues(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for url in list(body, "QueueUrls").iter().filter_map(Value::as_str) {
        let Some(arn) = arn_of(request, url) else { continue };
        let listed = Element::new(Kind::Queue, &arn, request, &json!({"QueueUrl": url}));
        let input = json!({"QueueUrl": url, "AttributeNames": ["All"]});
        found.count += 1;
        found.follow_up.push(request.then(ATTRIBUTES, input).carrying(listed.carried()));
    }
    found
}

/// The ARN of the queue at a URL: `https://sqs.eu-central-1.amazonaws.com/123456789012/jobs`.
fn arn_of(request: &Request, url: &str) -> Option<String> {
    let mut parts = url.rsplit('/');
    let (name, account) = (parts.next()?, parts.next()?);
    let region = request.read.scope.region.as_str();
    Some(format!("arn:{}:sqs:{region}:{account}:{name}", partition_of(region)))
}

fn attributes(request: &Request, body: &Value) -> Found {
    let (Some(listed), Some(url)) = (&request.carried, text(&request.read.input, "QueueUrl")) else {
        return Found::default();
    };
    let attributes = body.get("Attributes").cloned().unwrap_or_else(|| json!({}));
    let attributes = with_json(attributes, &["Policy", "RedrivePolicy", "RedriveAllowPolicy"]);
    let name = text(&attributes, "QueueArn").unwrap_or(&listed.name);
    let element = Element::new(Kind::Queue, name, request, &json!({"QueueUrl": url})).with("Attributes", attributes);
    let tags = request.then(TAGS, json!({"QueueUrl": url})).carrying(element.carried());
    Found { count: 1, elements: Vec::new(), follow_up: vec![tags] }
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "Tags", body.get("Tags").cloned().unwrap_or_else(|| json!({})))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use crate::collect::without_answer;

    const URL: &str = "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs";
    const ARN: &str = "arn:aws:sqs:eu-central-1:123456789012:jobs";

    #[test]
    fn a_queue_is_recorded_with_its_attributes_policies_and_tags() {
        let listed = found(&request(QUEUES, json!({})), json!({"QueueUrls": [URL]}));
        assert_eq!((listed.count, listed.elements.len()), (1, 0));
        let said = json!({"QueueArn": ARN, "VisibilityTimeout": "30",
            "RedrivePolicy": r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:jobs-dead","maxReceiveCount":5}"#});
        let read = found(&listed.follow_up[0], json!({"Attributes": said}));
        let whole = found(&read.follow_up[0], json!({"Tags": {"team": "parcels"}}));
        let queue = &whole.elements[0];
        assert_eq!((queue.kind, queue.name.as_str(), queue.api.as_str()), (Kind::Queue, ARN, ATTRIBUTES));
        assert_eq!(queue.body["Attributes"]["RedrivePolicy"]["maxReceiveCount"], 5);
        assert_eq!((&queue.body["QueueUrl"], &queue.body["Tags"]["team"]), (&json!(URL), &json!("parcels")));
    }

    #[test]
    fn a_queue_whose_attributes_or_tags_are_refused_is_recorded_as_far_as_it_is_known() {
        let listed = found(&request(QUEUES, json!({})), json!({"QueueUrls": [URL]}));
        let bare = without_answer(&listed.follow_up[0]).unwrap();
        assert_eq!((bare.name.as_str(), bare.body), (ARN, json!({"QueueUrl": URL})));
        let read = found(&listed.follow_up[0], json!({"Attributes": {"QueueArn": ARN}}));
        let untagged = without_answer(&read.follow_up[0]).unwrap();
        assert_eq!((untagged.name.as_str(), untagged.body.get("Tags")), (ARN, None));
    }

    #[test]
    fn an_account_without_queues_answers_without_a_list() {
        assert_eq!(found(&request(QUEUES, json!({})), json!({})), Found::default());
        let odd = found(&request(QUEUES, json!({})), json!({"QueueUrls": ["jobs", 7]}));
        assert_eq!(odd, Found::default());
    }
}
