//! On which line of a YAML document something stands.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// The JSON pointer (RFC 6901) of what stands on each line of a document in block style: the innermost that begins
/// there, and on lines where nothing begins what goes on. Lines before the first key have the empty pointer.
///
/// # Errors
/// When the text is no YAML.
pub(crate) fn pointers(document: &str) -> Result<Vec<String>, serde_yaml::Error> {
    let node: Node = serde_yaml::from_str(document)?;
    let mut begins: Vec<(usize, String)> = Vec::new();
    node.visit(&mut String::new(), &mut begins);
    let mut lines = Vec::new();
    let mut next = begins.into_iter().peekable();
    let mut here = String::new();
    for line in 1..=document.lines().count() {
        while let Some((_, pointer)) = next.next_if(|(begin, _)| *begin <= line) {
            here = pointer;
        }
        lines.push(here.clone());
    }
    Ok(lines)
}

/// The line, from 1, on which what a JSON pointer names begins in a document of YAML or JSON: that of its key, or of the item. None
/// when it is not there, or the text is no YAML.
#[must_use]
pub fn line_of(document: &str, pointer: &str) -> Option<u32> {
    let node: Node = serde_yaml::from_str(document).ok()?;
    let mut begins = Vec::new();
    node.visit(&mut String::new(), &mut begins);
    let (line, _) = begins.into_iter().find(|(_, begun)| begun == pointer)?;
    u32::try_from(line).ok()
}

/// Adds one step to a JSON pointer.
pub(crate) fn push_step(pointer: &mut String, step: &str) {
    pointer.push('/');
    for character in step.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The structure of a document with the lines of its keys and items.
enum Node {
    Leaf,
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Node)>),
}

impl Node {
    fn visit(&self, pointer: &mut String, begins: &mut Vec<(usize, String)>) {
        let length = pointer.len();
        let mut child = |step: &str, line: u64, node: &Self, pointer: &mut String| {
            push_step(pointer, step);
            begins.push((usize::try_from(line).unwrap_or(usize::MAX), pointer.clone()));
            node.visit(pointer, begins);
            pointer.truncate(length);
        };
        match self {
            Self::Leaf => {}
            Self::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    child(&at.to_string(), item.referenced.line(), &item.value, pointer);
                }
            }
            Self::Map(entries) => {
                for (key, node) in entries {
                    child(&key.value, key.referenced.line(), node, pointer);
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

macro_rules! leaves {
    ($($method:ident($type:ty)),*) => {$(
        fn $method<E>(self, _: $type) -> Result<Node, E> {
            Ok(Node::Leaf)
        }
    )*};
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    leaves!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        Node::deserialize(inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        IgnoredAny::deserialize(inner).map(|_| Node::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_the_innermost_that_begins_there() {
        let text = "\
# a word before
a:
  b:
  - c: 1
    d/e: x y
  - \"1.0\"
  - - true
    - []
  \"8080\": {}
f: |
  one

  two
";
        let lines = ["", "/a", "/a/b", "/a/b/0/c", "/a/b/0/d~1e", "/a/b/1", "/a/b/2/0", "/a/b/2/1", "/a/8080"];
        let rest = ["/f", "/f", "/f", "/f"];
        assert_eq!(pointers(text).unwrap(), [&lines[..], &rest[..]].concat());
        assert!(pointers("a: [").is_err());
    }

    #[test]
    fn a_field_of_a_json_document_is_found_on_its_line() {
        let text =
            "{\n  \"family\": \"a\",\n  \"containers\": [\n    {\"name\": \"b\",\n     \"image\": \"c:1\"}\n  ]\n}\n";
        assert_eq!(line_of(text, "/family"), Some(2));
        assert_eq!(line_of(text, "/containers/0"), Some(4));
        assert_eq!(line_of(text, "/containers/0/image"), Some(5));
        assert_eq!((line_of(text, "/containers/1"), line_of("[", "/a")), (None, None));
    }
}
