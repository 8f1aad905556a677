//! JSON merge patches (RFC 7396), as far as `json_patch` has no function: made of two documents.

use serde_json::{Map, Value};

/// The patch that makes `to` of `from`. Neither holds a `null`, which a patch can't write.
pub(crate) fn between(from: &Value, to: &Value) -> Value {
    let (Value::Object(from), Value::Object(to)) = (from, to) else {
        return to.clone();
    };
    let mut patch = Map::new();
    for (key, old) in from {
        match to.get(key) {
            None => drop(patch.insert(key.clone(), Value::Null)),
            Some(new) if new != old => drop(patch.insert(key.clone(), between(old, new))),
            Some(_) => {}
        }
    }
    for (key, new) in to.iter().filter(|(key, _)| !from.contains_key(*key)) {
        patch.insert(key.clone(), new.clone());
    }
    Value::Object(patch)
}

/// Whether a patch changes the value at a JSON pointer, or something around it as a whole.
pub(crate) fn touches(patch: &Value, pointer: &str) -> bool {
    let mut here = patch;
    for step in pointer.split('/').skip(1) {
        match here {
            Value::Object(_) => match here.pointer(&format!("/{step}")) {
                Some(inside) => here = inside,
                None => return false,
            },
            _ => return true,
        }
    }
    !here.is_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<bool>().prop_map(Value::from), (0..5i64).prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn a_patch_touches_what_it_names_and_what_is_inside_of_it() {
        let patch = serde_json::json!({"a": {"b": 1, "c": null, "d": [2]}});
        for (pointer, touched) in [
            ("/a", false),
            ("/a/b", true),
            ("/a/c", true),
            ("/a/c/x", true),
            ("/a/d/0", true),
            ("/a/e", false),
            ("/f", false),
        ] {
            assert_eq!(touches(&patch, pointer), touched, "{pointer}");
        }
        assert!(!touches(&serde_json::json!({}), "/a"));
    }

    proptest! {
        #[test]
        fn a_patch_makes_one_of_the_other(from in values(), to in values()) {
            let mut value = from.clone();
            json_patch::merge(&mut value, &between(&from, &to));
            prop_assert_eq!(value, to);
        }
    }
}
