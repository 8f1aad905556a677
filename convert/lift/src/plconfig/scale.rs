//! `scale`: how many instances of a component run.

use super::shapes::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A fixed number, written as one, or a range.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// So many.
    Fixed(u32),
    /// Between two bounds.
    Range(ScaleRange),
}

/// Between two bounds, by what drives it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScaleRange {
    /// At least; 0 needs a queue, rate or clock to wake it.
    pub min: u32,
    /// At most.
    pub max: u32,
    /// Wanted use of the requested CPU in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// Wanted use of the requested memory in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    /// Wanted requests a second for each instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rps: Option<f64>,
    /// By the length of a queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueScale>,
    /// By the clock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cron: Vec<CronScale>,
    /// How long it must have been too many before some are taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_after: Option<Seconds>,
    /// How long between two steps up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_every: Option<Seconds>,
}

/// By the length of a queue.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueScale {
    /// The queue's URL.
    #[serde(rename = "use")]
    pub queue: String,
    /// Messages for each instance.
    pub length: u32,
    /// Whether messages in flight count; none is yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<bool>,
}

/// By the clock: from `start` to `end` at least `min`.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the words say it; times are five cron fields")]
pub struct CronScale {
    pub start: String,
    pub end: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    pub min: u32,
}

impl Serialize for Scale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(count) => serializer.serialize_u32(*count),
            Self::Range(range) => range.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Scale;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a map with `min` and `max`")
            }

            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Scale, E> {
                u32::try_from(count).map(Scale::Fixed).map_err(|_| E::custom("more than a cluster can run"))
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<Scale, E> {
                u32::try_from(count).map(Scale::Fixed).map_err(|_| E::custom("must be 0 or more"))
            }

            fn visit_map<M: de::MapAccess<'de>>(self, map: M) -> Result<Scale, M::Error> {
                ScaleRange::deserialize(de::value::MapAccessDeserializer::new(map)).map(Scale::Range)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
