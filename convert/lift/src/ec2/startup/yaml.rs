//! YAML with the line of everything in it. Scalars are texts, as they are written: `1.10` stays that.

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// More values than any user data has; what its anchors would grow to is refused.
const MOST: usize = 50_000;
/// Deeper than any is nested.
const DEEPEST: usize = 64;

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
    let mut events = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            Event::Scalar(..)
            | Event::Alias(_)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..)
            | Event::MappingEnd => events.push((event, span.start.line(), span.start.col())),
            // Comments and what else tells how it is written.
            _ => {}
        }
        if events.len() > MOST {
            return None;
        }
    }
    let lines = text.lines().collect();
    let mut reader = Reader { events: events.into_iter(), first, lines, anchors: BTreeMap::new(), made: 0 };
    let (event, line, column) = reader.events.next()?;
    let root = reader.node(event, (line, column), 0)?;
    reader.events.next().is_none().then_some(root)
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

/// The events of a document on their way.
struct Reader<'t> {
    events: std::vec::IntoIter<(Event<'t>, usize, usize)>,
    first: u32,
    lines: Vec<&'t str>,
    anchors: BTreeMap<usize, Node>,
    /// How many values there are, those of aliases counted each time.
    made: usize,
}

impl Reader<'_> {
    fn node(&mut self, event: Event<'_>, (line, column): (usize, usize), depth: usize) -> Option<Node> {
        self.made += 1;
        if self.made > MOST || depth > DEEPEST {
            return None;
        }
        let row = u32::try_from(line).ok()?.max(1);
        let mut node = Node { line: self.first + row - 1, block: false, what: Yaml::Null };
        let anchor = match event {
            Event::Scalar(text, style, anchor, _) => {
                let written = self.lines.get(row as usize - 1).copied().unwrap_or_default();
                let mark = written.chars().nth(column);
                node.block =
                    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) && matches!(mark, Some('|' | '>'));
                let empty = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                if !empty {
                    node.what = Yaml::Text(text.into_owned());
                }
                anchor
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut list = Vec::new();
                loop {
                    match self.events.next()? {
                        (Event::SequenceEnd, ..) => break,
                        (event, line, column) => list.push(self.node(event, (line, column), depth + 1)?),
                    }
                }
                node.what = Yaml::List(list);
                anchor
            }
            Event::MappingStart(_, anchor, _) => {
                node.what = Yaml::Map(self.map(depth)?);
                anchor
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor)?.clone();
                self.made += size(&known);
                return (self.made <= MOST).then_some(known);
            }
            _ => return None,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Some(node)
    }

    /// The entries of a map; what `<<` brings along stands behind its own, where they say nothing by that name.
    fn map(&mut self, depth: usize) -> Option<Vec<(String, Node)>> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut merged: Vec<(String, Node)> = Vec::new();
        loop {
            let (event, line, column) = self.events.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, (line, column), depth + 1)?;
            let (event, line, column) = self.events.next()?;
            let value = self.node(event, (line, column), depth + 1)?;
            match key.what {
                Yaml::Text(key) if key == "<<" => match value.what {
                    Yaml::List(list) => merged.extend(list.iter().flat_map(|one| one.entries().iter().cloned())),
                    _ => merged.extend(value.entries().iter().cloned()),
                },
                Yaml::Text(key) if entries.iter().any(|(known, _)| *known == key) => return None,
                Yaml::Text(key) => entries.push((key, value)),
                _ => return None,
            }
        }
        for (key, value) in merged {
            if !entries.iter().any(|(known, _)| *known == key) {
                entries.push((key, value));
            }
        }
        Some(entries)
    }
}

fn size(node: &Node) -> usize {
    match &node.what {
        Yaml::List(list) => 1 + list.iter().map(size).sum::<usize>(),
        Yaml::Map(map) => 1 + map.iter().map(|(_, value)| size(value)).sum::<usize>(),
        Yaml::Null | Yaml::Text(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_as_they_are_written_and_know_their_lines() {
        let root = parse("a: 1.10\nb: &x\n  c: '0600'\n  d: |\n    t\ne:\n  <<: *x\n  c: on\nf: ~\n", 11).unwrap();
        let of = |path: [&str; 2]| root.get(path[0]).and_then(|node| node.get(path[1])).unwrap();
        assert_eq!((root.get("a").unwrap().text(), root.get("a").unwrap().line), (Some("1.10"), 11));
        assert_eq!((of(["b", "c"]).text(), of(["b", "c"]).line), (Some("0600"), 13));
        assert_eq!((of(["b", "d"]).text(), of(["b", "d"]).content_line()), (Some("t\n"), 15));
        assert_eq!((of(["e", "c"]).text(), of(["e", "d"]).text()), (Some("on"), Some("t\n")));
        assert!(matches!(root.get("f").unwrap().what, Yaml::Null));
    }

    #[test]
    fn what_is_no_yaml_or_would_grow_is_none() {
        for text in ["a: [", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "*x", ""] {
            assert!(parse(text, 1).is_none(), "{text}");
        }
        let bomb = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned(), |text, at| {
            let before = format!("*a{}", at - 1);
            format!("{text}a{at}: &a{at} [{}]\n", [before.as_str(); 8].join(", "))
        });
        assert!(parse(&bomb, 1).is_none());
    }
}
