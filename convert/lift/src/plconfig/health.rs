//! `health: /healthz`, the short form.

use super::component::{Health, HealthProbe};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

impl Serialize for Health {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Health {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Health;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, or a map with `ready`, `live` and `startup`")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<Health, E> {
                if !path.starts_with('/') {
                    return Err(E::custom("a health check written as one text is a path such as /healthz"));
                }
                let probe = HealthProbe { path: Some(path.to_owned()), ..HealthProbe::default() };
                Ok(Health { ready: Some(probe.clone()), live: Some(probe), startup: None })
            }

            fn visit_map<M: de::MapAccess<'de>>(self, map: M) -> Result<Health, M::Error> {
                Health::deserialize(de::value::MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
