//! From a thing of a file to its observation, redacted.

use super::API;
use super::recognise::Thing;
use crate::Redactor;
use crate::arn::Arn;
use caravan_inventory::{AccountId, Observation, ObservationId, ObservationKind, Region, TEMPLATE_ACCOUNT};
use jiff::Timestamp;
use serde_json::Value;

/// Fields whose ARN names the thing itself or what must stand beside it.
const LOCATING: &[&str] = &[
    "taskDefinitionArn",
    "serviceArn",
    "clusterArn",
    "ScalableTargetARN",
    "PolicyARN",
    "ScheduledActionARN",
    "cluster",
    "taskDefinition",
    "targetGroupArn",
    "registryArn",
];
/// Fields whose ARN names a role, which ECS takes from the same account alone.
const ROLES: &[&str] = &["executionRoleArn", "taskRoleArn", "roleArn", "role", "RoleARN"];

/// The observations of one file.
pub(super) fn observe(file: &str, things: Vec<Thing>, redactor: &Redactor, now: Timestamp) -> Vec<Observation> {
    things.into_iter().map(|thing| observation(file, thing, redactor, now)).collect()
}

fn observation(file: &str, thing: Thing, redactor: &Redactor, now: Timestamp) -> Observation {
    let Thing { kind, place, mut body } = thing;
    let (account, region) = location(&body);
    // What follows the last `#` is the place, whatever the file and the thing are called.
    let place = place.map(|place| match kind {
        // What tells instances apart is whatever their owners chose.
        ObservationKind::TerraformResource => redactor.redact_text(&place),
        _ => place,
    });
    let name = place.map_or_else(|| file.to_owned(), |place| format!("{file}#{}", place.replace('#', "-")));
    redactor.redact(&mut body, kind);
    Observation {
        id: ObservationId::of_file(kind, &name),
        kind,
        name,
        account,
        region,
        api: API.to_owned(),
        first_seen: now,
        last_seen: now,
        body,
    }
}

/// The account and region that the document's own ARNs name; several that differ name none.
fn location(body: &Value) -> (Option<AccountId>, Option<Region>) {
    let located = arns(body, LOCATING);
    let roles = arns(body, ROLES);
    let named = |arn: &&Arn<'_>| arn.account != TEMPLATE_ACCOUNT;
    let accounts = located.iter().chain(&roles).filter(named).filter_map(|arn| AccountId::parse_aws(arn.account).ok());
    let regions = located.iter().filter(|arn| is_region(arn.region)).map(|arn| Region::new(arn.region));
    (only(accounts), only(regions))
}

fn arns<'b>(body: &'b Value, fields: &[&str]) -> Vec<Arn<'b>> {
    match body {
        Value::Object(object) => object
            .iter()
            .flat_map(|(field, value)| {
                let own = value.as_str().filter(|_| fields.contains(&field.as_str())).and_then(Arn::parse);
                own.into_iter().chain(arns(value, fields))
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| arns(item, fields)).collect(),
        _ => Vec::new(),
    }
}

/// `eu-central-1`, not `<region>`.
fn is_region(text: &str) -> bool {
    text.split('-').count() >= 3 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn only<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
