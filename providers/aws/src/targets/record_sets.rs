//! Record sets of Route 53, compared and swapped.
//!
//! A change batch happens whole or not at all, and a DELETE must name every value of the set as it stands. So one batch
//! of exact DELETEs and CREATEs fails when anybody changed a set meanwhile (Route 53 API, `ChangeResourceRecordSets`;
//! an UPSERT would overwrite). The run's fencing token is a TXT record in the same batch (K8).

use super::answer::{self, unreadable};
use super::error::of_sdk;
use crate::xml::ROUTE53;
use aws_sdk_route53::Client;
use aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput;
use aws_sdk_route53::operation::list_resource_record_sets::builders::ListResourceRecordSetsFluentBuilder;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ChangeStatus, ResourceRecord, ResourceRecordSet, RrType,
};
use caravan_providers::target::{FencingToken, RecordSet, RecordSetsTarget, Snapshot, dns_name};
use caravan_providers::{CallError, Reply, Write};
use serde_json::Value;
use std::collections::BTreeSet;

/// Record sets of one page, the most that Route 53 gives (`ListResourceRecordSets`, `maxitems`).
const PAGE: i32 = 300;
/// Seconds that resolvers may keep a fencing token; nobody resolves it.
const TOKEN_TTL: i64 = 60;

/// Several names of one zone, by its pages: the questions for each name would be two. Where the zone has more pages than there are
/// names, they are asked for one by one after all: three requests for each name at the most.
pub(super) async fn observe_all(
    client: &Client,
    zone: &str,
    targets: &[&RecordSetsTarget],
) -> Result<Vec<Result<Reply, CallError>>, CallError> {
    let names: BTreeSet<String> =
        targets.iter().flat_map(|target| [dns_name(&target.name), dns_name(&target.token_name())]).collect();
    let is_asked = |body: &Value| body["Name"].as_str().is_some_and(|name| names.contains(&dns_name(name)));
    let mut bodies = Vec::new();
    let mut request = client.list_resource_record_sets().hosted_zone_id(zone).max_items(PAGE);
    for _ in 0..targets.len() {
        let (page, sets) = page(request).await?;
        bodies.extend(sets.into_iter().filter(is_asked));
        let (true, Some(next)) = (page.is_truncated(), page.next_record_name()) else {
            return Ok(targets.iter().map(|target| observed(target, &bodies)).collect());
        };
        request = next_page(client, zone, next, &page).max_items(PAGE);
    }
    let mut replies = Vec::new();
    for target in targets {
        replies.push(observe(client, target).await);
    }
    Ok(replies)
}

/// A target's state in the record sets of its zone.
fn observed(target: &RecordSetsTarget, bodies: &[Value]) -> Result<Reply, CallError> {
    let snapshot = target.snapshot(bodies).map_err(unreadable)?;
    let beside = target.token_name();
    let is_token = |body: &&Value| body["Name"].as_str().is_some_and(|name| dns_name(name) == dns_name(&beside));
    let texts = texts_of(bodies.iter().filter(is_token))?;
    Ok(Reply::Observed { snapshot, token: token_of(&beside, texts)? })
}

pub(super) async fn observe(client: &Client, target: &RecordSetsTarget) -> Result<Reply, CallError> {
    let bodies = list(client, &target.zone, &target.name).await?;
    let snapshot = target.snapshot(&bodies).map_err(unreadable)?;
    Ok(Reply::Observed { snapshot, token: token(client, target).await? })
}

/// One batch of the changes of several names of one zone: it happens whole or not at all.
pub(super) async fn write(
    client: &Client,
    zone: &str,
    writes: &[(&RecordSetsTarget, &Write)],
) -> Result<Reply, CallError> {
    let changes = writes.iter().map(|(target, write)| changes(target, write)).collect::<Result<Vec<_>, _>>()?;
    let batch = ChangeBatch::builder().set_changes(Some(changes.concat())).build().map_err(unbuildable)?;
    let answer = client.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await;
    match answer {
        Ok(answer) => {
            let ticket = answer.change_info().map(|info| info.id().trim_start_matches("/change/").to_owned());
            Ok(Reply::Accepted { ticket })
        }
        Err(error) => Err(of_sdk(&error)),
    }
}

/// Whether Route 53 has spread a change to all its servers. Where the answer with the change's id was lost there is nothing
/// to ask with: the change stands there, and the time in which it could still have been on its way is over.
pub(super) async fn status(client: &Client, ticket: &str) -> Result<Reply, CallError> {
    if ticket.is_empty() {
        return Ok(Reply::Settled);
    }
    let answer = client.get_change().id(ticket).send().await.map_err(|error| of_sdk(&error))?;
    Ok(match answer.change_info().map(|info| info.status()) {
        Some(ChangeStatus::Insync) => Reply::Settled,
        _ => Reply::Pending,
    })
}

pub(super) async fn name_servers(client: &Client, zone: &str) -> Result<Vec<String>, CallError> {
    let answer = client.get_hosted_zone().id(zone).send().await.map_err(|error| of_sdk(&error))?;
    Ok(answer.delegation_set().map(|set| set.name_servers().to_vec()).unwrap_or_default())
}

/// Every set of exactly this name, as the API gives it. A list begins at a name and goes on in the zone's order.
pub(super) async fn list(client: &Client, zone: &str, name: &str) -> Result<Vec<Value>, CallError> {
    let is_here = |set: &str| dns_name(set) == dns_name(name);
    let mut sets = Vec::new();
    let mut request = client.list_resource_record_sets().hosted_zone_id(zone).start_record_name(name);
    loop {
        let (page, bodies) = page(request).await?;
        sets.extend(bodies.into_iter().filter(|body| body["Name"].as_str().is_some_and(is_here)));
        let goes_on = page.resource_record_sets().last().is_none_or(|set| is_here(set.name()));
        let (true, true, Some(next)) = (page.is_truncated(), goes_on, page.next_record_name()) else {
            return Ok(sets);
        };
        request = next_page(client, zone, next, &page);
    }
}

/// One page, and its record sets as the API gives them.
async fn page(
    request: ListResourceRecordSetsFluentBuilder,
) -> Result<(ListResourceRecordSetsOutput, Vec<Value>), CallError> {
    let capture = answer::capture();
    let sent = request.customize().interceptor(capture.clone()).send().await;
    let page = sent.map_err(|error| of_sdk(&error))?;
    Ok((page, answer::list(&capture, &ROUTE53, "ResourceRecordSets")?))
}

/// The question for the page after one, which begins at a name.
fn next_page(
    client: &Client,
    zone: &str,
    name: &str,
    page: &ListResourceRecordSetsOutput,
) -> ListResourceRecordSetsFluentBuilder {
    let request = client.list_resource_record_sets().hosted_zone_id(zone).start_record_name(name);
    request
        .set_start_record_type(page.next_record_type().cloned())
        .set_start_record_identifier(page.next_record_identifier().map(str::to_owned))
}

/// The values of a name's TXT record, without their quotes; empty when it has none.
pub(super) async fn texts(client: &Client, zone: &str, name: &str) -> Result<Vec<String>, CallError> {
    texts_of(list(client, zone, name).await?.iter())
}

fn texts_of<'a>(bodies: impl Iterator<Item = &'a Value>) -> Result<Vec<String>, CallError> {
    let mut texts = Vec::new();
    for body in bodies {
        let set = RecordSet::read(body).map_err(unreadable)?;
        if set.kind == "TXT" {
            texts.extend(set.values.iter().map(|value| value.trim_matches('"').to_owned()));
        }
    }
    Ok(texts)
}

async fn token(client: &Client, target: &RecordSetsTarget) -> Result<Option<FencingToken>, CallError> {
    let beside = target.token_name();
    token_of(&beside, texts(client, &target.zone, &beside).await?)
}

fn token_of(beside: &str, texts: Vec<String>) -> Result<Option<FencingToken>, CallError> {
    let Some(value) = texts.into_iter().next() else { return Ok(None) };
    let foreign = || CallError::Rejected(format!("TXT {beside} holds `{value}`, which is no fencing token of Caravan"));
    value.parse().map(Some).map_err(|_| foreign())
}

/// The batch: what goes, then what comes. What is in both snapshots is not named.
fn changes(target: &RecordSetsTarget, write: &Write) -> Result<Vec<Change>, CallError> {
    let (Snapshot::Records(before), Snapshot::Records(after)) = (&write.before, &write.after) else {
        return Err(CallError::NotSent("not a change of record sets".to_owned()));
    };
    let mut changes = Vec::new();
    for set in before.iter().filter(|set| !after.contains(set)) {
        changes.push(change(ChangeAction::Delete, set_of(set)?)?);
    }
    if let Some(token) = &write.token_before {
        changes.push(change(ChangeAction::Delete, token_set(target, token)?)?);
    }
    for set in after.iter().filter(|set| !before.contains(set)) {
        changes.push(change(ChangeAction::Create, set_of(set)?)?);
    }
    if let Some(token) = &write.token_after {
        changes.push(change(ChangeAction::Create, token_set(target, token)?)?);
    }
    Ok(changes)
}

fn change(action: ChangeAction, set: ResourceRecordSet) -> Result<Change, CallError> {
    Change::builder().action(action).resource_record_set(set).build().map_err(unbuildable)
}

fn token_set(target: &RecordSetsTarget, token: &FencingToken) -> Result<ResourceRecordSet, CallError> {
    let value = ResourceRecord::builder().value(format!("\"{token}\"")).build().map_err(unbuildable)?;
    ResourceRecordSet::builder()
        .name(target.token_name())
        .r#type(RrType::Txt)
        .ttl(TOKEN_TTL)
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

fn unbuildable(error: impl std::fmt::Display) -> CallError {
    CallError::NotSent(error.to_string())
}
