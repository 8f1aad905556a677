//! The printer.

use super::text::{comment, key, quoted};
use super::{Body, From, Item, Value};
use crate::File;
use crate::provenance::{Place, Provenance, Trace};

/// A file of a body. `place` says of what the lines of a block are; with [`Trace::Off`] nothing is said.
pub(in crate::terraform) fn print(body: &Body, trace: Trace) -> File {
    let mut lines = Vec::new();
    of_body(&mut lines, body, 0, "");
    align(&mut lines);
    let mut provenance = Provenance::default();
    let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        line.write(&mut text);
        if trace == Trace::Lines {
            provenance.push(1, Place { document: None, pointer: line.place }, line.from.rule, line.from.origins);
        }
    }
    File { bytes: text.into_bytes(), provenance }
}

/// One line.
struct Line {
    indent: usize,
    /// What stands before the equals sign, where it is aligned with that of its neighbours.
    name: Option<String>,
    /// The column of that sign.
    width: usize,
    rest: String,
    /// `resource/aws_sqs_queue/jobs`.
    place: String,
    from: From,
}

impl Line {
    fn len(&self) -> usize {
        self.indent + self.width + self.rest.len() + 3
    }

    fn write(&self, out: &mut String) {
        if self.name.is_some() || !self.rest.is_empty() {
            out.extend(std::iter::repeat_n(' ', self.indent));
        }
        if let Some(name) = &self.name {
            out.push_str(name);
            out.extend(std::iter::repeat_n(' ', self.width.saturating_sub(name.len())));
            out.push_str(" = ");
        }
        out.push_str(&self.rest);
        out.push('\n');
    }
}

/// Gives the equals signs of adjoining lines the same column.
fn align(lines: &mut [Line]) {
    for run in lines.chunk_by_mut(|one, other| one.name.is_some() && other.name.is_some()) {
        let widest = run.iter().filter_map(|line| line.name.as_ref()).map(String::len).max().unwrap_or_default();
        for line in run {
            line.width = widest;
        }
    }
}

/// Where the next lines go.
struct At<'a> {
    lines: &'a mut Vec<Line>,
    indent: usize,
    place: &'a str,
    from: &'a From,
}

impl At<'_> {
    fn line(&mut self, rest: String) {
        let Self { indent, place, from, .. } = self;
        let line =
            Line { indent: *indent, name: None, width: 0, rest, place: (*place).to_owned(), from: (*from).clone() };
        self.lines.push(line);
    }

    /// `name = value`, and what stands behind it. A value on one line is aligned, another begins where it is.
    fn assign(&mut self, name: String, value: &Value, end: &str) {
        match one_line(value) {
            Some(rest) => {
                self.line(rest + end);
                if let Some(last) = self.lines.last_mut() {
                    last.name = Some(name);
                }
            }
            None => self.value(&format!("{name} = "), value, end),
        }
    }

    /// A value of several lines behind what stands before it.
    fn value(&mut self, before: &str, value: &Value, end: &str) {
        match value {
            Value::Json(inner) => match one_line(inner) {
                Some(rest) => self.line(format!("{before}jsonencode({rest}){end}")),
                None => self.value(&format!("{before}jsonencode("), inner, &format!("){end}")),
            },
            Value::List(items) if !items.is_empty() => {
                self.line(format!("{before}["));
                self.indent += 2;
                for item in items {
                    match one_line(item) {
                        Some(rest) => self.line(rest + ","),
                        None => self.value("", item, ","),
                    }
                }
                self.indent -= 2;
                self.line(format!("]{end}"));
            }
            Value::Object(fields) if !fields.is_empty() => {
                self.line(format!("{before}{{"));
                self.indent += 2;
                for (name, value) in fields {
                    self.assign(key(name), value, "");
                }
                self.indent -= 2;
                self.line(format!("}}{end}"));
            }
            plain => self.line(format!("{before}{}{end}", one_line(plain).unwrap_or_default())),
        }
    }
}

/// A value that is written on one line: whatever has no parts, or one part without parts.
fn one_line(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) => quoted(text),
        Value::Number(number) => number.clone(),
        Value::Bool(said) => said.to_string(),
        Value::Null => "null".to_owned(),
        Value::Expression(expression) => expression.clone(),
        Value::List(items) => match items.as_slice() {
            [] => "[]".to_owned(),
            [Value::List(_) | Value::Object(_) | Value::Json(_)] => return None,
            [one] => format!("[{}]", one_line(one)?),
            _ => return None,
        },
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Json(inner) => format!("jsonencode({})", one_line(inner)?),
        Value::Object(_) => return None,
    })
}

fn of_body(lines: &mut Vec<Line>, body: &Body, indent: usize, place: &str) {
    for (number, item) in body.iter().enumerate() {
        match item {
            Item::Argument { name, value, from } => {
                let place = if place.is_empty() { (*name).to_owned() } else { format!("{place}/{name}") };
                At { lines, indent, place: &place, from }.assign((*name).to_owned(), value, "");
            }
            Item::Block { kind, labels, body, from } => {
                let within: String = labels.iter().flat_map(|label| ["/", label]).collect();
                let place = format!("{place}{}{kind}{within}", if place.is_empty() { "" } else { "/" });
                let labels: String = labels.iter().flat_map(|label| [" ".to_owned(), quoted(label)]).collect();
                let end = if body.is_empty() { "}" } else { "" };
                At { lines, indent, place: &place, from }.line(format!("{kind}{labels} {{{end}"));
                if !body.is_empty() {
                    of_body(lines, body, indent + 2, &place);
                    At { lines, indent, place: &place, from }.line("}".to_owned());
                }
            }
            Item::Comment { text, from } => {
                for line in text.lines() {
                    At { lines, indent, place, from }.line(format!("# {}", comment(line)).trim_end().to_owned());
                }
            }
            // An empty line belongs to what comes next.
            Item::Blank => {
                if let Some(from) =
                    body[number..].iter().find_map(from_of).or_else(|| body[..number].iter().rev().find_map(from_of))
                {
                    At { lines, indent, place, from }.line(String::new());
                }
            }
        }
    }
}

fn from_of(item: &Item) -> Option<&From> {
    match item {
        Item::Argument { from, .. } | Item::Block { from, .. } | Item::Comment { from, .. } => Some(from),
        Item::Blank => None,
    }
}
