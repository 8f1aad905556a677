//! One Route 53 record set.

use super::snapshot::SnapshotError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One record set, every field of it: a DELETE must name them all
/// (Route 53 API, `ResourceRecordSet` and `ChangeResourceRecordSets`).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordSet {
    /// Lower-case, with its trailing dot; `*` is written `*`, not `\052`.
    pub name: String,
    /// `A`, `AAAA`, `CNAME`, `TXT`, …
    pub kind: String,
    /// Tells record sets of one name and type apart when they are weighted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_identifier: Option<String>,
    /// 0 to 255.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u8>,
    /// Seconds; none for aliases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
    /// In the order of the API; empty for aliases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Where an alias points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Alias>,
    /// The health check that may take it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<String>,
    /// Fields of routing policies that Caravan never writes (`Region`, `Failover`, `GeoLocation`, …), as the API gives
    /// them: whoever has them is somebody else's and stays untouched.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, Value>,
}

/// Where an alias points.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Alias {
    /// The hosted zone of what it points to.
    pub zone: String,
    /// The name, lower-case, with its trailing dot.
    pub name: String,
    /// Whether an unhealthy target takes the record out, whatever its weight says.
    pub evaluate_health: bool,
}

/// The fields of the API that a [`RecordSet`] holds by themselves; the others are routing policies that are never written.
const KNOWN: [&str; 8] =
    ["Name", "Type", "SetIdentifier", "Weight", "TTL", "ResourceRecords", "AliasTarget", "HealthCheckId"];

/// A name as Route 53 stores it: lower-case, with its trailing dot, and `*` for the `\052` that it answers with. A DELETE
/// of the set finds it all the same: "Amazon Route 53 stores alphabetic characters as lowercase letters (a-z), regardless
/// of how you specify them" (Route 53 Developer Guide, "DNS domain name format"), and it takes `*` for `\052`.
#[must_use]
pub fn dns_name(name: &str) -> String {
    format!("{}.", name.replace("\\052", "*").trim_end_matches('.').to_ascii_lowercase())
}

impl RecordSet {
    /// Reads a `ResourceRecordSet` as the API gives it, whoever asked for it.
    ///
    /// # Errors
    /// When a field is missing or of another kind.
    pub fn read(body: &Value) -> Result<Self, SnapshotError> {
        let wrong = |field| SnapshotError { what: "record set", field };
        let fields = body.as_object().ok_or(wrong("fields"))?;
        let values = match fields.get("ResourceRecords") {
            None => Vec::new(),
            Some(records) => records
                .as_array()
                .and_then(|records| records.iter().map(|record| text(record, "Value")).collect())
                .ok_or(wrong("ResourceRecords"))?,
        };
        Ok(Self {
            name: text(body, "Name").map(|name| dns_name(&name)).ok_or(wrong("Name"))?,
            kind: text(body, "Type").ok_or(wrong("Type"))?,
            set_identifier: text(body, "SetIdentifier"),
            weight: number(fields, "Weight").map_err(|()| wrong("Weight"))?,
            ttl: number(fields, "TTL").map_err(|()| wrong("TTL"))?,
            values,
            alias: fields.get("AliasTarget").map(|alias| Alias::read(alias).ok_or(wrong("AliasTarget"))).transpose()?,
            health_check: text(body, "HealthCheckId"),
            other: fields
                .iter()
                .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        })
    }

    /// The set as the API takes it. Routing policies are left out: a set that has one is never written.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({"Name": self.name, "Type": self.kind});
        if let Some(identifier) = &self.set_identifier {
            body["SetIdentifier"] = identifier.as_str().into();
        }
        if let Some(weight) = self.weight {
            body["Weight"] = weight.into();
        }
        if let Some(ttl) = self.ttl {
            body["TTL"] = ttl.into();
        }
        if !self.values.is_empty() {
            body["ResourceRecords"] = self.values.iter().map(|value| json!({"Value": value})).collect();
        }
        if let Some(alias) = &self.alias {
            body["AliasTarget"] = json!({
                "HostedZoneId": alias.zone, "DNSName": alias.name, "EvaluateTargetHealth": alias.evaluate_health,
            });
        }
        if let Some(check) = &self.health_check {
            body["HealthCheckId"] = check.as_str().into();
        }
        body
    }

    /// What it answers with: where its alias points, else its first value; none when it has neither.
    #[must_use]
    pub fn answer(&self) -> Option<&str> {
        self.alias.as_ref().map(|alias| &alias.name).or_else(|| self.values.first()).map(String::as_str)
    }
}

impl Alias {
    fn read(alias: &Value) -> Option<Self> {
        Some(Self {
            zone: text(alias, "HostedZoneId")?,
            name: dns_name(&text(alias, "DNSName")?),
            evaluate_health: alias["EvaluateTargetHealth"].as_bool()?,
        })
    }
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

    #[test]
    fn a_record_set_keeps_every_field() {
        let set = RecordSet::read(&json!({
            "Name": "\\052.Shops.example.com.", "Type": "A", "SetIdentifier": "eu", "Region": "eu-central-1",
            "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "LB.elb.amazonaws.com", "EvaluateTargetHealth": true},
        }))
        .unwrap();
        assert_eq!((set.name.as_str(), set.set_identifier.as_deref()), ("*.shops.example.com.", Some("eu")));
        assert_eq!(set.alias.unwrap().name, "lb.elb.amazonaws.com.");
        assert_eq!(set.other["Region"], "eu-central-1");
    }

    #[test]
    fn a_number_that_is_none_is_an_error() {
        let error = RecordSet::read(&json!({"Name": "x.", "Type": "A", "TTL": "sixty"})).unwrap_err();
        assert_eq!(error.to_string(), "the observed record set has no readable TTL");
    }

    #[test]
    fn what_is_written_is_read_back_as_it_was() {
        let alias = Alias { zone: "Z2".to_owned(), name: "lb.example.net.".to_owned(), evaluate_health: true };
        let set = RecordSet {
            name: "*.shops.example.com.".to_owned(),
            kind: "A".to_owned(),
            set_identifier: Some("eu".to_owned()),
            weight: Some(7),
            health_check: Some("check".to_owned()),
            ..RecordSet::default()
        };
        let values = RecordSet { ttl: Some(60), values: vec!["192.0.2.1".to_owned()], ..set.clone() };
        for set in [values, RecordSet { alias: Some(alias), ..set }] {
            assert_eq!(RecordSet::read(&set.body()).unwrap(), set);
        }
    }
}
