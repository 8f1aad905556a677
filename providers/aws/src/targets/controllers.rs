//! Who else writes to record sets, and to what carries tags, by what they leave there.

use super::error::of_sdk;
use super::record_sets::texts;
use aws_sdk_elasticloadbalancingv2::Client as Balancing;
use aws_sdk_route53::Client as Route53;
use caravan_providers::target::{Controller, RecordSetsTarget};
use caravan_providers::{CallError, Reply};
use std::collections::BTreeSet;

/// Tags of what puts a resource back by itself: the AWS Load Balancer Controller ("Resource Tags"), CloudFormation at the
/// next update of its stack.
const TAGS: &[(&str, &str)] = &[
    ("elbv2.k8s.aws/cluster", "load-balancer-controller"),
    ("ingress.k8s.aws/stack", "load-balancer-controller"),
    ("aws:cloudformation:stack-name", "cloudformation"),
];

/// external-dns keeps a TXT record that begins with `heritage=external-dns` beside a name, octoDNS one with `*octodns*`.
pub(super) async fn of_records(client: &Route53, target: &RecordSetsTarget) -> Result<Reply, CallError> {
    let mut controllers = BTreeSet::new();
    for place in target.ownership_names() {
        let texts = texts(client, &target.zone, &place).await?;
        controllers.extend(texts.iter().filter_map(|text| controller(&place, text)));
    }
    Ok(Reply::Controllers(controllers.into_iter().collect()))
}

fn controller(place: &str, value: &str) -> Option<Controller> {
    if value == "*octodns*" && place.starts_with("_owner.") {
        return Some(Controller::new("octodns", format!("TXT {place}")));
    }
    let mut parts = value.strip_prefix("heritage=external-dns,")?.split(',');
    let owner = parts.find_map(|part| part.strip_prefix("external-dns/owner=")).unwrap_or("?");
    Some(Controller::new("external-dns", format!("TXT {place}, owner {owner}")))
}

/// A rule and its load balancer are tagged alike by who makes them; a rule alone may be made by somebody else.
pub(super) async fn of_rule(client: &Balancing, arn: &str) -> Result<Reply, CallError> {
    let answer = client.describe_tags().resource_arns(arn).send().await.map_err(|error| of_sdk(&error))?;
    let tags = answer.tag_descriptions().iter().flat_map(|described| described.tags());
    let controllers: BTreeSet<Controller> = tags.filter_map(|tag| of_tag(tag.key()?, tag.value())).collect();
    Ok(Reply::Controllers(controllers.into_iter().collect()))
}

/// Who puts a resource with this tag back, by the tag's key and value.
pub(super) fn of_tag(key: &str, value: Option<&str>) -> Option<Controller> {
    let (key, tool) = TAGS.iter().find(|(known, _)| *known == key)?;
    Some(Controller::new(tool, format!("tag {key}: {}", value.unwrap_or_default())))
}
