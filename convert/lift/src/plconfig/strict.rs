//! A deserializer around another: in every map that is a struct it passes over keys that begin with `x-`, and it knows
//! where in the document it is.

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use std::cell::RefCell;
use std::fmt;

/// The place in the document, outermost first.
pub(super) type Path = RefCell<Vec<String>>;

pub(super) struct Strict<'p, D> {
    pub(super) inner: D,
    pub(super) path: &'p Path,
}

struct Watched<'p, V> {
    inner: V,
    path: &'p Path,
    /// Whether the map that may come is a struct.
    is_struct: bool,
    /// Whether it may be left out.
    is_option: bool,
}

struct Seed<'p, S> {
    inner: S,
    path: &'p Path,
}

/// Reads a key: gives the seed back when the key is to be passed over.
struct Key<'p, K> {
    inner: K,
    path: &'p Path,
    is_struct: bool,
}

enum Taken<K, T> {
    PassOver(K),
    Field(T),
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*) $is_struct:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            let is_struct = $is_struct;
            self.inner.$method($($argument,)* Watched { inner: visitor, path: self.path, is_struct, is_option: false })
        }
    )*};
}

/// What is said of a key without a value. Passed over it would be a key that was left out, and what somebody meant to close, fence in or
/// suspend by it stood open: `auth:` with nothing but a comment below.
const EMPTY: &str = "is empty: say what it is, or leave it out";

/// What is read as whatever it is (a scale, a health check) is a struct where it is a map; patches of environments are not.
fn may_be_struct(path: &Path) -> bool {
    path.borrow().first().is_none_or(|first| first != "environments")
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let is_struct = may_be_struct(self.path);
        self.inner.deserialize_any(Watched { inner: visitor, path: self.path, is_struct, is_option: false })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(Watched { inner: visitor, path: self.path, is_struct: false, is_option: true })
    }

    forward! {
        deserialize_bool() false; deserialize_i8() false; deserialize_i16() false; deserialize_i32() false;
        deserialize_i64() false; deserialize_u8() false; deserialize_u16() false; deserialize_u32() false;
        deserialize_u64() false; deserialize_f32() false; deserialize_f64() false; deserialize_char() false;
        deserialize_str() false; deserialize_string() false; deserialize_bytes() false; deserialize_byte_buf() false;
        deserialize_unit() false; deserialize_unit_struct(name: &'static str) false;
        deserialize_newtype_struct(name: &'static str) false; deserialize_seq() false;
        deserialize_tuple(len: usize) false; deserialize_tuple_struct(name: &'static str, len: usize) false;
        deserialize_map() false;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) true;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) false;
        deserialize_identifier() false; deserialize_ignored_any() false;
    }
}

macro_rules! visit {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watched<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool: bool; visit_i64: i64; visit_i128: i128; visit_u64: u64; visit_u128: u128; visit_f64: f64;
        visit_char: char; visit_str: &str; visit_borrowed_str: &'de str; visit_string: String;
        visit_bytes: &[u8]; visit_borrowed_bytes: &'de [u8]; visit_byte_buf: Vec<u8>;
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        if self.is_option { Err(E::custom(EMPTY)) } else { self.inner.visit_none() }
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        if self.is_option { Err(E::custom(EMPTY)) } else { self.inner.visit_unit() }
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict { inner, path: self.path })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict { inner, path: self.path })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Elements { inner, path: self.path, at: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Entries { inner, path: self.path, is_struct: self.is_struct })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(inner)
    }
}

struct Elements<'p, A> {
    inner: A,
    path: &'p Path,
    at: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.path.borrow_mut().push(self.at.to_string());
        let element = self.inner.next_element_seed(Seed { inner: seed, path: self.path })?;
        self.path.borrow_mut().pop();
        self.at += 1;
        Ok(element)
    }
}

struct Entries<'p, A> {
    inner: A,
    path: &'p Path,
    is_struct: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.inner.next_key_seed(Key { inner: seed, path: self.path, is_struct: self.is_struct })? {
                None => return Ok(None),
                Some(Taken::Field(value)) => return Ok(Some(value)),
                Some(Taken::PassOver(unused)) => {
                    self.inner.next_value::<IgnoredAny>()?;
                    self.path.borrow_mut().pop();
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let value = self.inner.next_value_seed(Seed { inner: seed, path: self.path })?;
        self.path.borrow_mut().pop();
        Ok(value)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Strict { inner, path: self.path })
    }
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, K> {
    type Value = Taken<K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Key<'_, K> {
    type Value = Taken<K, K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        self.path.borrow_mut().push(key.to_owned());
        if self.is_struct && key.starts_with("x-") {
            return Ok(Taken::PassOver(self.inner));
        }
        self.inner.deserialize(key.into_deserializer()).map(Taken::Field)
    }
}

#[cfg(test)]
mod tests {
    use crate::plconfig::PlConfig;

    const OPEN: &str =
        "plconfig: v1\napp: desk\nteam: shop\ncomponents:\n  web:\n    type: web\n    image: nginx:1\n    port: 80\n";

    /// Whoever writes a key means something by it: without a value it is not the key left out, which is open, unfenced and running.
    #[test]
    fn a_key_without_a_value_is_an_error_and_no_door_left_open() {
        for (more, wanted) in [
            ("    ingress:\n      auth:\n      # mode: login\n", "components.web.ingress.auth: is empty"),
            ("    ingress: {auth: ~}\n", "components.web.ingress.auth: is empty"),
            ("    ingress: {internal: ~}\n", "components.web.ingress.internal: is empty"),
            ("    ingress: {suspended: }\n", "components.web.ingress.suspended: is empty"),
            ("    ingress: {routes: [{paths: [/a], internal: null}]}\n", "internal: is empty"),
            ("    ingress: {auth: {mode: bearer, audience: ~}}\n", "components.web.ingress.auth.audience: is empty"),
            ("    network:\n", "components.web.network: is empty"),
            ("    network: {allow: [{host: a.example.com, port: }]}\n", "port: is empty"),
            ("    suspended:\n", "components.web.suspended: is empty"),
            ("    writable: ~\n", "components.web.writable: is empty"),
            // What is a list or a map says by itself that nothing is none.
            ("    ingress: {auth: {groups: }}\n", "components.web.ingress.auth.groups: "),
            ("    ingress: {auth: {scopes: ~}}\n", "components.web.ingress.auth.scopes: "),
            ("    ingress: {auth: {mode: ~}}\n", "components.web.ingress.auth.mode: "),
            ("    ingress: {paths: }\n", "components.web.ingress.paths: "),
            ("    ingress: {routes: [{headers: , paths: [/a]}]}\n", "headers: "),
            ("    ingress: {routes: [{methods: ~, paths: [/a]}]}\n", "methods: "),
            ("    network: {allow: ~}\n", "components.web.network.allow: "),
        ] {
            let text = format!("{OPEN}{more}");
            let said = PlConfig::read(&text).map(|_| "read".to_owned()).unwrap_or_else(|error| error.to_string());
            assert!(said.contains(wanted), "{more}: {said}");
        }
        let login = PlConfig::read(&format!("{OPEN}    ingress: {{auth: {{}}}}\n")).unwrap();
        assert!(login.components["web"].ingress.as_ref().unwrap().auth.is_some());
    }

    #[test]
    fn in_an_environment_an_empty_key_takes_away_and_is_an_error_where_nothing_is() {
        let with = |base: &str, patch: &str| {
            PlConfig::read(&format!("{OPEN}{base}environments:\n  prod: {patch}\n")).map_err(|error| error.to_string())
        };
        let patch = "{components: {web: {ingress: {auth: }}}}";
        let said = with("", patch).unwrap_err();
        assert!(said.starts_with("environments.prod.components.web.ingress.auth: is empty"), "{said}");
        let open = with("    ingress: {auth: {groups: [a]}}\n", patch).unwrap();
        let web = open.for_environment("prod").unwrap().components["web"].clone();
        assert!(web.ingress.unwrap().auth.is_none());
        let said = with("", "{components: {web: {ingress: {routes: [{paths: [/a], internal: ~}]}}}}").unwrap_err();
        assert!(said.starts_with("environments.prod.components.web.ingress.routes"), "{said}");
        assert!(with("", "").is_ok(), "an environment in which nothing differs");
    }

    #[test]
    fn the_schema_takes_no_empty_key_either() {
        let schema = crate::plconfig::schema().to_value();
        let text = serde_json::to_string(&schema).unwrap();
        assert!(!text.contains("\"null\""), "{text}");
        assert_eq!(schema.pointer("/$defs/Ingress/properties/auth/$ref"), Some(&"#/$defs/Auth".into()));
        assert_eq!(schema.pointer("/$defs/Ingress/properties/internal/type"), Some(&"boolean".into()));
    }
}
