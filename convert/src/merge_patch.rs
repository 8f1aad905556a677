//! JSON merge patches (RFC 7396).

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apply(target: &mut Value, patch: &Value) {
        let Value::Object(patch) = patch else {
            target.clone_from(patch);
            return;
        };
        if !target.is_object() {
            *target = Value::Object(Map::new());
        }
        for (key, value) in patch {
            let target = target.as_object_mut().unwrap();
            if value.is_null() {
                target.remove(key);
            } else {
                apply(target.entry(key).or_insert(Value::Null), value);
            }
        }
    }

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

    proptest! {
        #[test]
        fn a_patch_makes_one_of_the_other(from in values(), to in values()) {
            let mut value = from.clone();
            apply(&mut value, &between(&from, &to));
            prop_assert_eq!(value, to);
        }
    }
}
