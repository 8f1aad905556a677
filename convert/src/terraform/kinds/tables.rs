//! DynamoDB tables: `aws_dynamodb_table`.
//!
//! Source: DynamoDB DescribeTable; the arguments of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::Draft;
use crate::terraform::fields::Fields;
use crate::terraform::hcl::{Body, From, Item, Value};
use serde_json::Value as Json;

/// What DynamoDB says and nobody sets.
const DESCRIBED: &[&str] = &[
    "ArchivalSummary",
    "CreationDateTime",
    "GlobalTableVersion",
    "ItemCount",
    "LatestStreamArn",
    "LatestStreamLabel",
    "RestoreSummary",
    "TableId",
    "TableSizeBytes",
    "TableStatus",
    "WarmThroughput",
];

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let Context { resource, location, .. } = context;
    let mut fields = Fields::new(&resource.observation);
    let body = &resource.observation.body;
    if !fields.list("/Replicas").is_empty() || body.get("GlobalTableWitnesses").is_some() {
        return Err("it is a global table, of which the replicas are not written yet".to_owned());
    }
    if body.get("OnDemandThroughput").is_some() || body.get("KeySchema").is_none() {
        return Err(
            "it has limits of on-demand throughput, which are not written yet, or its keys were not read".to_owned()
        );
    }
    let mut table = Draft::new("aws_dynamodb_table", &resource.name, location, false, &resource.observation.id);
    table.text(&mut fields, "/TableName", "name")?;
    let is_provisioned = billing(&mut table, &mut fields, body)?;
    keys(&mut table, &mut fields, body)?;
    stream(&mut table, &mut fields)?;
    table.optional_text(&mut fields, "/TableClassSummary/TableClass", "table_class");
    fields.dropped("/TableClassSummary/LastUpdateDateTime", "describe-only");
    table.switch(&mut fields, "/DeletionProtectionEnabled", "deletion_protection_enabled")?;
    attributes(&mut table, &mut fields);
    indexes(&mut table, &mut fields, is_provisioned)?;
    encryption(&mut table, &mut fields, body);
    table.tags(&mut fields, "/Tags");
    for argument in ["point_in_time_recovery", "ttl"] {
        table.leave_unread(argument, "it was not read");
    }
    if is_provisioned {
        for argument in ["read_capacity", "write_capacity"] {
            table.leave_unread(argument, "an autoscaler may change it at any time");
        }
    }
    for name in DESCRIBED {
        fields.dropped(&format!("/{name}"), "describe-only");
    }
    for list in ["/Replicas", "/GlobalSecondaryIndexes", "/LocalSecondaryIndexes"] {
        if fields.list(list).is_empty() {
            fields.dropped(list, "unset");
        }
    }
    fields.exact("/TableArn", &format!("{}.arn", table.address()));
    let from = fields.from("/TableName");
    let mut carried = Carried::default();
    carried.take(table.finish(resource.name.clone(), &from), fields);
    Ok(carried)
}

/// Without a word about it a table is provisioned.
fn billing(table: &mut Draft, fields: &mut Fields<'_>, body: &Json) -> Result<bool, String> {
    const MODE: &str = "/BillingModeSummary/BillingMode";
    let is_provisioned = fields.text(MODE).is_none_or(|mode| mode == "PROVISIONED");
    match fields.text(MODE) {
        Some(mode) => table.set(fields, MODE, "billing_mode", Value::text(mode)),
        None => table.fixed("billing_mode", Value::text("PROVISIONED")),
    }
    fields.dropped("/BillingModeSummary/LastUpdateToPayPerRequestDateTime", "describe-only");
    fields.dropped("/ProvisionedThroughput", "describe-only");
    if is_provisioned {
        if body.get("ProvisionedThroughput").is_none() {
            return Err("its capacity was not read: run `caravan discover`".to_owned());
        }
        table.number(fields, "/ProvisionedThroughput/ReadCapacityUnits", "read_capacity")?;
        table.number(fields, "/ProvisionedThroughput/WriteCapacityUnits", "write_capacity")?;
    }
    Ok(is_provisioned)
}

/// The keys of a schema: the one that parts it, and the one that sorts it.
fn keys_of(schema: Option<&Json>) -> impl Iterator<Item = (&'static str, &str)> {
    let list = schema.and_then(Json::as_array).into_iter().flatten();
    list.filter_map(|key| {
        let name = key.get("AttributeName")?.as_str()?;
        Some(match key.get("KeyType")?.as_str()? {
            "HASH" => ("hash_key", name),
            _ => ("range_key", name),
        })
    })
}

fn keys(table: &mut Draft, fields: &mut Fields<'_>, body: &Json) -> Result<(), String> {
    let keys: Vec<_> = keys_of(body.get("KeySchema")).collect();
    if !matches!(keys.as_slice(), [("hash_key", _)] | [("hash_key", _), ("range_key", _)]) {
        return Err("its keys were not understood".to_owned());
    }
    for (argument, name) in keys {
        table.set(fields, "/KeySchema", argument, Value::text(name));
    }
    Ok(())
}

fn stream(table: &mut Draft, fields: &mut Fields<'_>) -> Result<(), String> {
    table.switch(fields, "/StreamSpecification/StreamEnabled", "stream_enabled")?;
    table.optional_text(fields, "/StreamSpecification/StreamViewType", "stream_view_type");
    Ok(())
}

fn attributes(table: &mut Draft, fields: &mut Fields<'_>) {
    let mut all: Vec<(&str, &str, usize)> = Vec::new();
    for (at, one) in fields.list("/AttributeDefinitions").iter().enumerate() {
        let text = |name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default();
        all.push((text("AttributeName"), text("AttributeType"), at));
    }
    // Terraform takes them as a set.
    all.sort_unstable();
    for (name, kind, at) in all {
        let place = format!("/AttributeDefinitions/{at}");
        let from = fields.from(&place);
        let body =
            vec![Item::argument("name", Value::text(name), &from), Item::argument("type", Value::text(kind), &from)];
        table.block(fields, &place, "attribute", body);
    }
}

fn indexes(table: &mut Draft, fields: &mut Fields<'_>, is_provisioned: bool) -> Result<(), String> {
    let lists =
        [("/GlobalSecondaryIndexes", "global_secondary_index"), ("/LocalSecondaryIndexes", "local_secondary_index")];
    for (list, kind) in lists {
        for (at, index) in fields.list(list).iter().enumerate() {
            let place = format!("{list}/{at}");
            let body = index_body(index, kind, is_provisioned, &fields.from(&place))?;
            table.block(fields, &place, kind, body);
        }
    }
    Ok(())
}

fn index_body(index: &Json, kind: &str, is_provisioned: bool, from: &From) -> Result<Body, String> {
    let is_global = kind == "global_secondary_index";
    let text = |pointer: &str| index.pointer(pointer).and_then(Json::as_str);
    let name = text("/IndexName").ok_or("the name of an index was not read")?;
    if index.get("OnDemandThroughput").is_some() {
        return Err(format!("index {name} has limits of on-demand throughput, which are not written yet"));
    }
    let projection =
        text("/Projection/ProjectionType").ok_or_else(|| format!("the projection of {name} was not read"))?;
    let mut body = vec![Item::argument("name", Value::text(name), from)];
    for (argument, key) in keys_of(index.get("KeySchema")) {
        if is_global || argument == "range_key" {
            body.push(Item::argument(argument, Value::text(key), from));
        }
    }
    body.push(Item::argument("projection_type", Value::text(projection), from));
    if let Some(Json::Array(others)) = index.pointer("/Projection/NonKeyAttributes") {
        let mut names: Vec<&str> = others.iter().filter_map(Json::as_str).collect();
        names.sort_unstable();
        let names = names.into_iter().map(Value::text).collect();
        body.push(Item::argument("non_key_attributes", Value::List(names), from));
    }
    if is_global && is_provisioned {
        for (pointer, argument) in [
            ("/ProvisionedThroughput/ReadCapacityUnits", "read_capacity"),
            ("/ProvisionedThroughput/WriteCapacityUnits", "write_capacity"),
        ] {
            let units = index.pointer(pointer).and_then(Json::as_u64);
            let units = units.ok_or_else(|| format!("the capacity of index {name} was not read"))?;
            body.push(Item::argument(argument, Value::Number(units.to_string()), from));
        }
    }
    Ok(body)
}

/// Without a word about it a table is encrypted by DynamoDB's own key.
fn encryption(table: &mut Draft, fields: &mut Fields<'_>, body: &Json) {
    let Some(said) = body.get("SSEDescription") else { return };
    let from = fields.from("/SSEDescription");
    let is_on = said.get("Status").and_then(Json::as_str) == Some("ENABLED");
    let mut arguments = vec![Item::argument("enabled", Value::Bool(is_on), &from)];
    if let Some(key) = said.get("KMSMasterKeyArn").and_then(Json::as_str) {
        arguments.push(Item::argument("kms_key_arn", Value::text(key), &from));
    }
    table.block(fields, "/SSEDescription", "server_side_encryption", arguments);
}
