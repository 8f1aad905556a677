//! From what was observed to the snapshot of a target.
//!
//! Sources: Route 53 API, `ResourceRecordSet`; Elastic Load Balancing API, `Action`; Gateway API, `HTTPRoute`. The
//! adapters that observe live give the same snapshots.

use caravan_providers::target::{Alias, RecordSet, Snapshot};
use serde_json::{Map, Value};

/// An observed body that is no snapshot.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the observed {what} has no readable {field}")]
pub struct SnapshotError {
    /// What was observed.
    what: &'static str,
    /// The field that is missing or of another kind.
    field: &'static str,
}

/// The fields of a record set that a snapshot holds by themselves; the others are routing policies that are never written.
const KNOWN: [&str; 8] =
    ["Name", "Type", "SetIdentifier", "Weight", "TTL", "ResourceRecords", "AliasTarget", "HealthCheckId"];

/// One observed record set.
///
/// # Errors
/// When a field is missing or of another kind.
pub fn record_set(body: &Value) -> Result<RecordSet, SnapshotError> {
    let wrong = |field| SnapshotError { what: "record set", field };
    let fields = body.as_object().ok_or(wrong("fields"))?;
    let values = match fields.get("ResourceRecords") {
        None => Vec::new(),
        Some(records) => records
            .as_array()
            .and_then(|records| records.iter().map(|record| text(record, "Value")).collect())
            .ok_or(wrong("ResourceRecords"))?,
    };
    Ok(RecordSet {
        name: text(body, "Name").map(|name| plain_name(&name)).ok_or(wrong("Name"))?,
        kind: text(body, "Type").ok_or(wrong("Type"))?,
        set_identifier: text(body, "SetIdentifier"),
        weight: number(fields, "Weight").map_err(|()| wrong("Weight"))?,
        ttl: number(fields, "TTL").map_err(|()| wrong("TTL"))?,
        values,
        alias: fields.get("AliasTarget").map(|alias| alias_of(alias).ok_or(wrong("AliasTarget"))).transpose()?,
        health_check: text(body, "HealthCheckId"),
        other: fields
            .iter()
            .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    })
}

/// All record sets of one name and some types, out of the observed ones.
///
/// # Errors
/// When one of them can't be read.
pub fn records<'a>(
    bodies: impl IntoIterator<Item = &'a Value>,
    name: &str,
    types: &[String],
) -> Result<Snapshot, SnapshotError> {
    let mut sets = Vec::new();
    for body in bodies {
        let set = record_set(body)?;
        if set.name == name && types.contains(&set.kind) {
            sets.push(set);
        }
    }
    sets.sort_by(|a, b| (&a.kind, &a.set_identifier).cmp(&(&b.kind, &b.set_identifier)));
    Ok(Snapshot::Records(sets))
}

/// The actions of an observed rule (`Actions`), or the default actions of an observed listener (`DefaultActions`).
///
/// # Errors
/// When it has neither.
pub fn actions(body: &Value) -> Result<Snapshot, SnapshotError> {
    let list = body.get("Actions").or_else(|| body.get("DefaultActions")).and_then(Value::as_array);
    let list = list.ok_or(SnapshotError { what: "rule", field: "Actions" })?;
    Ok(Snapshot::Actions(list.iter().map(without_empty).collect()))
}

/// An action without its empty fields, which the API leaves out or not as it likes.
fn without_empty(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !is_empty(value));
            Value::Object(kept.map(|(name, value)| (name.clone(), without_empty(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_empty).collect(),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Lower-case, with its trailing dot, and `*` for the `\052` that Route 53 writes.
fn plain_name(name: &str) -> String {
    crate::spec::with_dot(&name.replace("\\052", "*"))
}

fn alias_of(alias: &Value) -> Option<Alias> {
    Some(Alias {
        zone: text(alias, "HostedZoneId")?,
        name: plain_name(&text(alias, "DNSName")?),
        evaluate_health: alias["EvaluateTargetHealth"].as_bool()?,
    })
}

fn text(value: &Value, field: &str) -> Option<String> {
    value.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn number<N: TryFrom<u64>>(fields: &Map<String, Value>, field: &str) -> Result<Option<N>, ()> {
    let Some(value) = fields.get(field) else { return Ok(None) };
    value.as_u64().and_then(|number| N::try_from(number).ok()).map(Some).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_set_keeps_every_field() {
        let set = record_set(&json!({
            "Name": "\\052.Shops.example.com.", "Type": "A", "SetIdentifier": "eu", "Region": "eu-central-1",
            "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "LB.elb.amazonaws.com", "EvaluateTargetHealth": true},
        }))
        .unwrap();
        assert_eq!((set.name.as_str(), set.set_identifier.as_deref()), ("*.shops.example.com.", Some("eu")));
        assert_eq!(set.alias.unwrap().name, "lb.elb.amazonaws.com.");
        assert_eq!(set.other["Region"], "eu-central-1");
    }

    #[test]
    fn another_name_or_type_is_not_part_of_the_image() {
        let a = json!({"Name": "x.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]});
        let mx = json!({"Name": "x.example.com.", "Type": "MX", "TTL": 60, "ResourceRecords": [{"Value": "10 m."}]});
        let Snapshot::Records(sets) = records([&mx, &a], "x.example.com.", &["A".to_owned()]).unwrap() else {
            panic!()
        };
        assert_eq!((sets.len(), sets[0].ttl, sets[0].values.as_slice()), (1, Some(60), &["192.0.2.1".to_owned()][..]));
    }

    #[test]
    fn a_number_that_is_none_is_an_error() {
        let error = record_set(&json!({"Name": "x.", "Type": "A", "TTL": "sixty"})).unwrap_err();
        assert_eq!(error.to_string(), "the observed record set has no readable TTL");
    }

    #[test]
    fn empty_fields_of_actions_are_left_out() {
        let rule =
            json!({"Actions": [{"Type": "forward", "TargetGroupArn": "arn:a", "AuthenticateCognitoConfig": {}}]});
        assert_eq!(actions(&rule).unwrap(), Snapshot::Actions(json!([{"Type": "forward", "TargetGroupArn": "arn:a"}])));
    }
}
