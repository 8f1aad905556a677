//! Record sets of Route 53, compared and swapped.
//!
//! A change batch happens whole or not at all, and a DELETE must name every value of the set as it stands. So one batch
//! of exact DELETEs and CREATEs fails when anybody changed a set meanwhile (Route 53 API, `ChangeResourceRecordSets`;
//! an UPSERT would overwrite). The run's fencing token is a TXT record in the same batch (K8).

use super::error::of_sdk;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ChangeStatus, ResourceRecord, ResourceRecordSet, RrType,
};
use caravan_providers::target::{Alias, FencingToken, RecordSet, Snapshot, Target};
use caravan_providers::{CallError, Reply, Write};
use std::collections::BTreeMap;

/// Seconds that resolvers may keep a fencing token; nobody resolves it.
const MARKER_TTL: i64 = 60;

pub(super) async fn observe(client: &Client, zone: &str, name: &str, types: &[String]) -> Result<Reply, CallError> {
    let mut sets: Vec<RecordSet> =
        list(client, zone, name).await?.iter().map(image_of).filter(|set| types.contains(&set.kind)).collect();
    sets.sort_by(|a, b| (&a.kind, &a.set_identifier).cmp(&(&b.kind, &b.set_identifier)));
    let token = token(client, zone, name).await?;
    Ok(Reply::Observed { snapshot: Snapshot::Records(sets), token })
}

pub(super) async fn write(client: &Client, zone: &str, write: &Write) -> Result<Reply, CallError> {
    let batch = ChangeBatch::builder().set_changes(Some(changes(write)?)).build().map_err(unbuildable)?;
    let answer = client.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await;
    match answer {
        Ok(answer) => {
            let ticket = answer.change_info().map(|info| info.id().trim_start_matches("/change/").to_owned());
            Ok(Reply::Accepted { ticket })
        }
        Err(error) => Err(of_sdk(&error)),
    }
}

pub(super) async fn status(client: &Client, ticket: &str) -> Result<Reply, CallError> {
    let answer = client.get_change().id(ticket).send().await.map_err(|error| of_sdk(&error))?;
    Ok(match answer.change_info().map(|info| info.status()) {
        Some(ChangeStatus::Insync) => Reply::Settled,
        _ => Reply::Pending,
    })
}

/// Every set of exactly this name. A list begins at a name and goes on in the zone's order.
pub(super) async fn list(client: &Client, zone: &str, name: &str) -> Result<Vec<ResourceRecordSet>, CallError> {
    let mut sets = Vec::new();
    let mut request = client.list_resource_record_sets().hosted_zone_id(zone).start_record_name(name);
    loop {
        let answer = request.send().await.map_err(|error| of_sdk(&error))?;
        let page = answer.resource_record_sets();
        let here = page.iter().filter(|set| same_name(set.name(), name));
        sets.extend(here.cloned());
        let goes_on = page.last().is_none_or(|set| same_name(set.name(), name));
        let (true, true, Some(next)) = (answer.is_truncated(), goes_on, answer.next_record_name()) else {
            return Ok(sets);
        };
        request = client
            .list_resource_record_sets()
            .hosted_zone_id(zone)
            .start_record_name(next)
            .set_start_record_type(answer.next_record_type().cloned())
            .set_start_record_identifier(answer.next_record_identifier().map(str::to_owned));
    }
}

async fn token(client: &Client, zone: &str, name: &str) -> Result<Option<FencingToken>, CallError> {
    let beside = token_name(name);
    let sets = list(client, zone, &beside).await?;
    let Some(text) = sets.iter().find(|set| *set.r#type() == RrType::Txt) else { return Ok(None) };
    let value = text.resource_records().first().map(|record| record.value().trim_matches('"')).unwrap_or_default();
    let foreign = || CallError::Rejected(format!("TXT {beside} holds `{value}`, which is no fencing token of Caravan"));
    value.parse().map(Some).map_err(|_| foreign())
}

/// The name of the TXT record that stands beside a name.
fn token_name(name: &str) -> String {
    match name.strip_prefix("*.") {
        Some(parent) => format!("_caravan-wildcard.{parent}"),
        None => format!("_caravan.{name}"),
    }
}

/// The batch: what goes, then what comes. What is in both snapshots is not named.
fn changes(write: &Write) -> Result<Vec<Change>, CallError> {
    let (Snapshot::Records(before), Snapshot::Records(after), Target::Records { name, .. }) =
        (&write.before, &write.after, &write.target)
    else {
        return Err(CallError::NotSent("not a change of record sets".to_owned()));
    };
    let mut changes = Vec::new();
    for set in before.iter().filter(|set| !after.contains(set)) {
        changes.push(change(ChangeAction::Delete, set_of(set)?)?);
    }
    if let Some(token) = &write.token_before {
        changes.push(change(ChangeAction::Delete, token_set(name, token)?)?);
    }
    for set in after.iter().filter(|set| !before.contains(set)) {
        changes.push(change(ChangeAction::Create, set_of(set)?)?);
    }
    if let Some(token) = &write.token_after {
        changes.push(change(ChangeAction::Create, token_set(name, token)?)?);
    }
    Ok(changes)
}

fn change(action: ChangeAction, set: ResourceRecordSet) -> Result<Change, CallError> {
    Change::builder().action(action).resource_record_set(set).build().map_err(unbuildable)
}

fn token_set(name: &str, token: &FencingToken) -> Result<ResourceRecordSet, CallError> {
    let value = ResourceRecord::builder().value(format!("\"{token}\"")).build().map_err(unbuildable)?;
    ResourceRecordSet::builder()
        .name(token_name(name))
        .r#type(RrType::Txt)
        .ttl(MARKER_TTL)
        .resource_records(value)
        .build()
        .map_err(unbuildable)
}

fn set_of(snapshot: &RecordSet) -> Result<ResourceRecordSet, CallError> {
    if !snapshot.other.is_empty() {
        return Err(CallError::NotSent(format!("{} {} has a routing policy of its own", snapshot.kind, snapshot.name)));
    }
    let values =
        snapshot.values.iter().map(|value| ResourceRecord::builder().value(value).build().map_err(unbuildable));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    let alias = snapshot.alias.as_ref().map(|alias| {
        AliasTarget::builder()
            .hosted_zone_id(&alias.zone)
            .dns_name(&alias.name)
            .evaluate_target_health(alias.evaluate_health)
            .build()
            .map_err(unbuildable)
    });
    ResourceRecordSet::builder()
        .name(&snapshot.name)
        .r#type(RrType::from(snapshot.kind.as_str()))
        .set_set_identifier(snapshot.set_identifier.clone())
        .set_weight(snapshot.weight.map(i64::from))
        .set_ttl(snapshot.ttl.map(i64::from))
        .set_resource_records((!values.is_empty()).then_some(values))
        .set_alias_target(alias.transpose()?)
        .set_health_check_id(snapshot.health_check.clone())
        .build()
        .map_err(unbuildable)
}

fn image_of(set: &ResourceRecordSet) -> RecordSet {
    let mut other = BTreeMap::new();
    let mut note = |field: &str, present: Option<String>| {
        if let Some(text) = present {
            other.insert(field.to_owned(), serde_json::Value::String(text));
        }
    };
    note("Region", set.region().map(|region| region.as_str().to_owned()));
    note("Failover", set.failover().map(|failover| failover.as_str().to_owned()));
    note("GeoLocation", set.geo_location().map(|place| format!("{place:?}")));
    note("MultiValueAnswer", set.multi_value_answer().map(|several| several.to_string()));
    note("CidrRoutingConfig", set.cidr_routing_config().map(|config| format!("{config:?}")));
    note("GeoProximityLocation", set.geo_proximity_location().map(|place| format!("{place:?}")));
    note("TrafficPolicyInstanceId", set.traffic_policy_instance_id().map(str::to_owned));
    RecordSet {
        name: unescaped(set.name()),
        kind: set.r#type().as_str().to_owned(),
        set_identifier: set.set_identifier().map(str::to_owned),
        weight: set.weight().and_then(|weight| u8::try_from(weight).ok()),
        ttl: set.ttl().and_then(|ttl| u32::try_from(ttl).ok()),
        values: set.resource_records().iter().map(|record| record.value().to_owned()).collect(),
        alias: set.alias_target().map(|alias| Alias {
            zone: alias.hosted_zone_id().to_owned(),
            name: alias.dns_name().to_owned(),
            evaluate_health: alias.evaluate_target_health(),
        }),
        health_check: set.health_check_id().map(str::to_owned),
        other,
    }
}

fn same_name(a: &str, b: &str) -> bool {
    unescaped(a).trim_end_matches('.').eq_ignore_ascii_case(b.trim_end_matches('.'))
}

/// Route 53 writes the `*` of a wildcard as `\052`.
fn unescaped(name: &str) -> String {
    name.replace("\\052", "*")
}

fn unbuildable(error: impl std::fmt::Display) -> CallError {
    CallError::NotSent(error.to_string())
}
