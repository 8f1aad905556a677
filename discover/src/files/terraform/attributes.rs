//! The attributes of an instance by which it is known. All others are passed over while they are parsed.

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Every attribute that any type is known by.
const KEPT: &[&str] = &[
    "account_id",
    "api_id",
    "arn",
    "fqdn",
    "function_arn",
    "hostname",
    "id",
    "name",
    "resource_id",
    "rest_api_id",
    "scalable_dimension",
    "script_name",
    "set_identifier",
    "stage_name",
    "type",
    "zone_id",
];

/// The attributes that are kept, with their texts.
#[derive(Default)]
pub(super) struct Attributes(pub(super) BTreeMap<&'static str, String>);

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AttributesVisitor)
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("attributes")
    }

    fn visit_unit<E: Error>(self) -> Result<Attributes, E> {
        Ok(Attributes::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Attributes, A::Error> {
        let mut kept = BTreeMap::new();
        while let Some(field) = fields.next_key::<Cow<'de, str>>()? {
            let Some(name) = KEPT.iter().find(|name| **name == field) else {
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            if let Text(Some(text)) = fields.next_value()? {
                kept.insert(*name, text);
            }
        }
        Ok(Attributes(kept))
    }
}

/// A text, or whatever stands in its place, of which nothing is kept.
#[derive(Default)]
pub(super) struct Text(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<String>, E> {
        Ok(Some(value.to_owned()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<String>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Option<String>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the table of types asks for is kept while parsing.
    #[test]
    fn every_attribute_of_the_table_is_kept() {
        for of in ["aws_sqs_queue", "aws_route53_record", "aws_appautoscaling_target", "aws_api_gateway_stage"] {
            let of = crate::governing::attributes_of(of).unwrap();
            assert!(of.iter().all(|name| KEPT.contains(name)), "{of:?}");
        }
        for of in [
            "cloudflare_workers_script",
            "cloudflare_worker_domain",
            "aws_apigatewayv2_route",
            "aws_lambda_function_url",
        ] {
            let of = crate::governing::attributes_of(of).unwrap();
            assert!(of.iter().all(|name| KEPT.contains(name)), "{of:?}");
        }
    }

    #[test]
    fn nothing_but_texts_of_these_names_is_kept() {
        let json = r#"{"id": "i-1", "password": "hunter2", "arn": null, "name": {"id": "hunter2"}, "type": ["hunter2"],
            "zone_id": 7, "tags": {"id": "hunter2"}}"#;
        let Attributes(kept) = serde_json::from_str(json).unwrap();
        assert_eq!(kept, BTreeMap::from([("id", "i-1".to_owned())]));
        assert!(serde_json::from_str::<Attributes>("null").unwrap().0.is_empty());
    }
}
