//! YAML with the line of everything in it. Scalars are texts, as they are written.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// From 1 on, in the text that it stands in.
    pub(crate) line: u32,
    /// Whether its text begins on the line behind.
    block: bool,
    pub(crate) what: Yaml,
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Yaml {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Reads one document whose first line is `first`; none where it is no YAML, or several documents.
pub(crate) fn parse(text: &str, first: u32) -> Option<Node> {
    let options = serde_yaml::options! {
        with_snippet: false,
        ignore_binary_tag_for_string: true,
    };
    let read: Raw = serde_yaml::from_str_with_options(text, options).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    Some(read.placed(first, &lines))
}

impl Node {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.what {
            Yaml::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list, or the value itself where it is none; nothing of null.
    pub(crate) fn elements(&self) -> &[Self] {
        match &self.what {
            Yaml::List(list) => list,
            Yaml::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Its text, where it is a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.what {
            Yaml::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Where the first line of its text stands.
    pub(crate) fn content_line(&self) -> u32 {
        self.line + u32::from(self.block)
    }
}

/// A value with the library's location.
struct Raw(Spanned<Bare>);

enum Bare {
    Null,
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(String, Raw)>),
}

impl Raw {
    fn placed(self, first: u32, lines: &[&str]) -> Node {
        let Spanned { value, referenced, .. } = self.0;
        let row = u32::try_from(referenced.line()).unwrap_or(1).max(1);
        let column = usize::try_from(referenced.column()).unwrap_or(1).max(1);
        let written = lines.get(row as usize - 1).copied().unwrap_or_default();
        let block = written.chars().nth(column - 1).is_some_and(|c| matches!(c, '|' | '>'));
        let what = match value {
            Bare::Null => Yaml::Null,
            Bare::Text(text) => Yaml::Text(text),
            Bare::List(list) => Yaml::List(list.into_iter().map(|raw| raw.placed(first, lines)).collect()),
            Bare::Map(map) => Yaml::Map(map.into_iter().map(|(key, raw)| (key, raw.placed(first, lines))).collect()),
        };
        let block = block && matches!(what, Yaml::Text(_));
        Node { line: first + row - 1, block, what }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::<Bare>::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BareVisitor)
    }
}

struct BareVisitor;

impl<'de> Visitor<'de> for BareVisitor {
    type Value = Bare;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Bare, E> {
        Ok(Bare::Null)
    }

    fn visit_none<E>(self) -> Result<Bare, E> {
        Ok(Bare::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Bare, E> {
        Ok(Bare::Text(flag.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Bare, E> {
        Ok(Bare::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Bare, E> {
        Ok(Bare::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Bare, E> {
        Ok(Bare::Text(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Bare, E> {
        Ok(Bare::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Bare, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = access.next_element()? {
            list.push(element);
        }
        Ok(Bare::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Bare, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            map.push((key, access.next_value()?));
        }
        Ok(Bare::Map(map))
    }
}
