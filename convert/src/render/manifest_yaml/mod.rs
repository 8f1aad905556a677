//! The writer of manifests: block style, two spaces, every text such that YAML 1.1 and 1.2 read it as that text.
//!
//! The general writer (`serde_yaml`) took a third of a conversion's time, most of it to decide for each of some hundred
//! texts how to write it. Manifests need little of YAML: maps with texts as keys, lists, texts, whole numbers and truth
//! values. What is not sure to be read back as it is stands in double quotes. Tests hold both writers to one meaning.

mod scalar;

use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use std::fmt;

/// What a manifest can't hold: this module's own fault, never that of an input.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unwritable(String);

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn cannot<T>(what: &str) -> Result<T, Unwritable> {
    Err(Unwritable(format!("a manifest holds no {what}")))
}

/// Appends a document.
pub(super) fn write<T: Serialize>(out: &mut String, value: &T) -> Result<(), Unwritable> {
    value.serialize(Node { out, indent: 0, position: Position::Top })
}

/// Where a value stands.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Position {
    /// At the beginning of a document.
    Top,
    /// Behind `key:`.
    Key,
    /// Behind `- `.
    Dash,
    /// Before `:`; only texts and numbers stand there.
    Name,
}

/// A position for one value. `indent` is that of the line which the value belongs to.
struct Node<'o> {
    out: &'o mut String,
    indent: usize,
    position: Position,
}

impl Node<'_> {
    fn line(self, write: impl FnOnce(&mut String)) {
        if self.position == Position::Key {
            self.out.push(' ');
        }
        write(self.out);
        if self.position != Position::Name {
            self.out.push('\n');
        }
    }

    /// The indent of what stands below.
    const fn below(&self) -> usize {
        match self.position {
            Position::Top | Position::Name => 0,
            Position::Key | Position::Dash => self.indent + 2,
        }
    }
}

fn pad(out: &mut String, indent: usize) {
    const SPACES: &str = "                                                                ";
    let mut left = indent;
    while left > 0 {
        let part = left.min(SPACES.len());
        out.push_str(&SPACES[..part]);
        left -= part;
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, number: $type) -> Result<(), Unwritable> {
            self.line(|out| out.push_str(&number.to_string()));
            Ok(())
        }
    )*};
}

macro_rules! never {
    ($($method:ident($($argument:ty),*) $what:literal;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::Ok, Self::Error> {
            cannot($what)
        }
    )*};
}

impl<'o> Serializer for Node<'o> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = List<'o>;
    type SerializeTuple = Impossible<(), Unwritable>;
    type SerializeTupleStruct = Impossible<(), Unwritable>;
    type SerializeTupleVariant = Impossible<(), Unwritable>;
    type SerializeMap = Map<'o>;
    type SerializeStruct = Map<'o>;
    type SerializeStructVariant = Impossible<(), Unwritable>;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    numbers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    never! {
        serialize_f32(f32) "fraction";
        serialize_f64(f64) "fraction";
        serialize_bytes(&[u8]) "bytes";
        serialize_none() "null";
        serialize_unit() "null";
        serialize_unit_struct(&'static str) "null";
    }

    fn serialize_bool(self, yes: bool) -> Result<(), Unwritable> {
        self.line(|out| out.push_str(if yes { "true" } else { "false" }));
        Ok(())
    }

    fn serialize_char(self, c: char) -> Result<(), Unwritable> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Unwritable> {
        let (below, position) = (self.below().max(2), self.position);
        self.line(|out| match position {
            Position::Name => scalar::key(out, text),
            _ => scalar::value(out, text, below),
        });
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Unwritable> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unwritable> {
        cannot("variant")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'o>, Unwritable> {
        // Items stand below a key at its own indent.
        let indent = if self.position == Position::Key { self.indent } else { self.below() };
        Ok(List { position: self.position, out: self.out, indent, empty: true })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map<'o>, Unwritable> {
        Ok(Map { position: self.position, indent: self.below(), out: self.out, empty: true })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Map<'o>, Unwritable> {
        self.serialize_map(Some(length))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unwritable> {
        cannot("tuple")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unwritable> {
        cannot("tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        cannot("variant")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        cannot("variant")
    }
}

/// A map on its way.
struct Map<'o> {
    out: &'o mut String,
    position: Position,
    /// The indent of its keys.
    indent: usize,
    empty: bool,
}

impl Map<'_> {
    /// Goes to where the next key stands.
    fn next(&mut self) {
        // The first key of an item stands behind the dash.
        match (self.empty, self.position) {
            (true, Position::Dash) => {}
            (true, Position::Key) => {
                self.out.push('\n');
                pad(self.out, self.indent);
            }
            _ => pad(self.out, self.indent),
        }
        self.empty = false;
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        value.serialize(Node { out: self.out, indent: self.indent, position: Position::Key })
    }

    fn finish(self) {
        if self.empty {
            self.out.push_str(if self.position == Position::Key { " {}\n" } else { "{}\n" });
        }
    }
}

impl SerializeMap for Map<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        self.next();
        key.serialize(Node { out: self.out, indent: 0, position: Position::Name })?;
        self.out.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.value(value)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.finish();
        Ok(())
    }
}

impl SerializeStruct for Map<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unwritable> {
        self.next();
        // The names of fields are words of an API: no reader takes one for anything else.
        debug_assert!(scalar::is_plain(key));
        self.out.push_str(key);
        self.out.push(':');
        self.value(value)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.finish();
        Ok(())
    }
}

/// A list on its way.
struct List<'o> {
    out: &'o mut String,
    position: Position,
    /// The indent of its dashes.
    indent: usize,
    empty: bool,
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        match (self.empty, self.position) {
            (true, Position::Dash) => {}
            (true, Position::Key) => {
                self.out.push('\n');
                pad(self.out, self.indent);
            }
            _ => pad(self.out, self.indent),
        }
        self.empty = false;
        self.out.push_str("- ");
        value.serialize(Node { out: self.out, indent: self.indent, position: Position::Dash })
    }

    fn end(self) -> Result<(), Unwritable> {
        if self.empty {
            self.out.push_str(if self.position == Position::Key { " []\n" } else { "[]\n" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
