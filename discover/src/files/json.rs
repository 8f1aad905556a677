//! JSON in which no field is lost: `serde_json` alone keeps the last of two fields of one name and says nothing.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Parses a whole text. The error says what is wrong and where, and holds nothing of the text but a field's name.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Strict
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| explain(&error, text))
}

fn explain(error: &serde_json::Error, text: &str) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let hint = if said.contains("recursion") {
        "nested deeper than 127 levels, which no ECS document is"
    } else if said.contains("called twice") {
        "keep the one that counts"
    } else if line.contains(['<', '{', '$']) && said.contains("expected value") {
        "a placeholder outside quotes? Put it between quotes, and Caravan asks for it"
    } else if said.contains("trailing comma") || said.contains("key must be a string") {
        "JSON has no comma before a closing bracket, and no comments"
    } else {
        "correct it, or leave the file out"
    };
    format!("is not JSON at {place}: {said} ({hint})")
}

/// Reads any value and refuses a second field of the same name.
#[derive(Clone, Copy)]
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(field) = fields.next_key::<String>()? {
            if read.contains_key(&field) {
                return Err(A::Error::custom(format_args!("a field is called twice by one name, `{field}`")));
            }
            let value = fields.next_value_seed(Self)?;
            read.insert(field, value);
        }
        Ok(Value::Object(read))
    }
}
