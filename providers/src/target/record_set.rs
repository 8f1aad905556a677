//! One Route 53 record set.

use serde::{Deserialize, Serialize};
use serde_json::Value;
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
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Alias {
    /// The hosted zone of what it points to.
    pub zone: String,
    /// The name, lower-case, with its trailing dot.
    pub name: String,
    /// Whether an unhealthy target takes the record out, whatever its weight says.
    pub evaluate_health: bool,
}
