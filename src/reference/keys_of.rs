//! The keys that a type takes, told by the type itself: it is read from a source that gives it whatever it asks for, and that
//! writes down what it was asked.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use std::cell::RefCell;

/// Every key of a type, in the order in which it asks for them: `accounts[].id`.
pub(super) fn keys_of<T: for<'de> Deserialize<'de>>() -> Result<Vec<String>, Error> {
    let keys = RefCell::new(Vec::new());
    T::deserialize(Source { path: String::new(), keys: &keys })?;
    Ok(keys.into_inner())
}

/// Gives a value at a place.
struct Source<'k> {
    path: String,
    keys: &'k RefCell<Vec<String>>,
}

impl Source<'_> {
    fn at(&self, path: String) -> Self {
        Self { path, keys: self.keys }
    }

    /// Nothing stands below this place.
    fn end(&self) {
        self.keys.borrow_mut().push(self.path.clone());
    }
}

impl<'de> Deserializer<'de> for Source<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_str("a")
    }

    /// What is read from a text by its form asks for it so: an address.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_str("::1")
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_bool(true)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_u16(1)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_u32(1)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_u64(1)
    }

    /// Several plain values in their order are one key.
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.end();
        let keys = RefCell::new(Vec::new());
        visitor.visit_seq(Several { left: len, keys: &keys })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let before = self.keys.borrow().len();
        let item = self.at(format!("{}[]", self.path));
        let value = visitor.visit_seq(Once(Some(item)))?;
        // A list of plain values is one key.
        let mut keys = self.keys.borrow_mut();
        if keys.get(before..) == Some(&[format!("{}[]", self.path)][..]) {
            keys.truncate(before);
            keys.push(self.path);
        }
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_map(Fields { names: [].iter(), next: None, of: self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { names: names.iter(), next: None, of: self })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.end();
        visitor.visit_enum(Variant(variants.first().copied().unwrap_or_default()))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 f32 f64 char string bytes byte_buf unit unit_struct tuple_struct
        identifier ignored_any
    }
}

/// A list of one item.
struct Once<'k>(Option<Source<'k>>);

impl<'de> SeqAccess<'de> for Once<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.take().map(|item| seed.deserialize(item)).transpose()
    }
}

/// So many plain values, whose keys are nobody's.
struct Several<'k> {
    left: usize,
    keys: &'k RefCell<Vec<String>>,
}

impl<'de> SeqAccess<'de> for Several<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(Source { path: String::new(), keys: self.keys }).map(Some)
    }
}

/// Every field of a struct.
struct Fields<'k> {
    names: std::slice::Iter<'static, &'static str>,
    next: Option<&'static str>,
    of: Source<'k>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next = self.names.next().copied();
        self.next.map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let name = self.next.unwrap_or_default();
        let path = if self.of.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.of.path) };
        seed.deserialize(self.of.at(path))
    }
}

/// A variant of an enum, without content.
struct Variant(&'static str);

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        Ok((seed.deserialize(StrDeserializer::<Error>::new(self.0))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(Error::custom("a variant with content is not told yet"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a variant with content is not told yet"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a variant with content is not told yet"))
    }
}
