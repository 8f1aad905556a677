//! S3: buckets with their tags, whom they tell of what happens in them, and their policies. Never an object.

use crate::arn::partition_of;
use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, completed, list, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const BUCKETS: &str = "s3:ListBuckets";
const TAGS: &str = "s3:GetBucketTagging";
const NOTIFICATIONS: &str = "s3:GetBucketNotificationConfiguration";
const POLICY: &str = "s3:GetBucketPolicy";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(BUCKETS, Start::Root("{}"), &[], buckets).once_for_each_account(),
    Source::Resources.row(TAGS, Start::Each, &[BUCKETS], tags).once_for_each_account(),
    Source::Resources.row(NOTIFICATIONS, Start::Each, &[BUCKETS], notifications).once_for_each_account(),
    Source::Resources.row(POLICY, Start::Each, &[BUCKETS], policy).once_for_each_account(),
];

/// A bucket is recorded as it was listed, since one without tags answers as if it were not there, and once more with its tags.
fn buckets(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for bucket in list(body, "Buckets") {
        let Some(name) = text(bucket, "Name") else { continue };
        let mut input = json!({"Bucket": name});
        // The reader asks for it there.
        if let Some(region) = text(bucket, "BucketRegion") {
            input["BucketRegion"] = json!(region);
        }
        let listed = Element::new(Kind::Bucket, &arn(&input, name), request, bucket);
        found.count += 1;
        found.elements.push(listed.clone());
        found.follow_up.push(request.then(TAGS, input.clone()).carrying(listed.carried()));
        found.follow_up.extend([NOTIFICATIONS, POLICY].map(|call| request.then(call, input.clone())));
    }
    found
}

/// Its ARN; the region that the reader asks it in tells the partition.
fn arn(input: &Value, bucket: &str) -> String {
    format!("arn:{}:s3:::{bucket}", partition_of(text(input, "BucketRegion").unwrap_or_default()))
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "TagSet", Value::from(list(body, "TagSet")))
}

/// One of a kind comes by itself, several as a list: they are recorded as lists.
fn notifications(request: &Request, body: &Value) -> Found {
    let mut body = body.clone();
    let Some(fields) = body.as_object_mut().filter(|fields| !fields.is_empty()) else { return Found::default() };
    for field in ["TopicConfiguration", "QueueConfiguration", "CloudFunctionConfiguration"] {
        if let Some(one) = fields.get_mut(field).filter(|one| one.is_object()) {
            *one = Value::from(vec![one.take()]);
        }
    }
    of_bucket(request, Kind::BucketNotifications, &body)
}

fn policy(request: &Request, body: &Value) -> Found {
    of_bucket(request, Kind::BucketPolicy, &json!({"Policy": body}))
}

/// What is said of a bucket, under its ARN.
fn of_bucket(request: &Request, kind: Kind, body: &Value) -> Found {
    let Some(bucket) = text(&request.read.input, "Bucket") else { return Found::default() };
    let element =
        Element::new(kind, &arn(&request.read.input, bucket), request, body).with("Bucket", Value::from(bucket));
    Found { count: 1, elements: vec![element], follow_up: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::without_answer;

    #[test]
    fn a_bucket_is_asked_for_in_its_own_region_and_recorded_with_or_without_tags() {
        let body = json!({"Buckets": [{"Name": "labels", "BucketRegion": "eu-west-1"}, {"Name": "old"}]});
        let listed = found(&request(BUCKETS, json!({})), body);
        assert_eq!((listed.count, listed.elements.len()), (2, 2));
        assert_eq!(apis(&listed)[..3], [TAGS, NOTIFICATIONS, POLICY]);
        assert_eq!(listed.follow_up[1].read.input, json!({"Bucket": "labels", "BucketRegion": "eu-west-1"}));
        assert_eq!(listed.follow_up[4].read.input, json!({"Bucket": "old"}));
        let tagged = found(&listed.follow_up[0], json!({"TagSet": [{"Key": "team", "Value": "parcels"}]}));
        assert_eq!((tagged.elements[0].kind, tagged.elements[0].name.as_str()), (Kind::Bucket, "arn:aws:s3:::labels"));
        assert_eq!(tagged.elements[0].body["TagSet"][0]["Value"], "parcels");
        assert_eq!(without_answer(&listed.follow_up[3]).unwrap().name, "arn:aws:s3:::old");
    }

    #[test]
    fn notifications_are_lists_however_many_there_are() {
        let ask = request(NOTIFICATIONS, json!({"Bucket": "labels"}));
        let one = json!({"QueueConfiguration": {"Queue": "arn:q", "Event": "s3:ObjectCreated:*"}});
        let got = found(&ask, one);
        assert_eq!(got.elements[0].body["QueueConfiguration"][0]["Queue"], "arn:q");
        let two = json!({"TopicConfiguration": [{"Topic": "arn:a"}, {"Topic": "arn:b"}]});
        assert_eq!(found(&ask, two).elements[0].body["TopicConfiguration"][1]["Topic"], "arn:b");
        assert_eq!(found(&ask, json!({})), Found::default(), "it tells nobody");
    }

    #[test]
    fn a_policy_is_recorded_whole_and_names_its_bucket() {
        let said = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]});
        let got = found(&request(POLICY, json!({"Bucket": "labels"})), said.clone());
        assert_eq!(got.elements[0].body, json!({"Policy": said, "Bucket": "labels"}));
        assert_eq!(found(&request(BUCKETS, json!({})), json!({"Buckets": []})), Found::default());
    }
}
