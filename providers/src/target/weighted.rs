//! Lists whose items hold weighted members, as load balancers and the Gateway API have them.

use super::kind::Share;
use serde_json::Value;

/// Where the weighted members of such a list's items stand.
pub(super) struct WeightedMembers {
    /// The JSON pointer from an item to its members.
    pub(super) at: &'static str,
    /// The field with a member's name.
    pub(super) name: &'static str,
    /// The field with its weight.
    pub(super) weight: &'static str,
}

impl WeightedMembers {
    fn of<'a>(&self, item: &'a Value) -> Option<&'a Vec<Value>> {
        item.pointer(self.at).and_then(Value::as_array)
    }

    /// Where the members send traffic; a weight that is not written is 1.
    pub(super) fn shares<'a>(&self, list: &'a Value) -> Vec<Share<'a>> {
        let members = list.as_array().into_iter().flatten().filter_map(|item| self.of(item)).flatten();
        let share = |member: &'a Value| Share {
            name: member[self.name].as_str().unwrap_or_default(),
            weight: member[self.weight].as_u64().unwrap_or(1),
        };
        members.map(share).collect()
    }

    /// The members in words, and what else an item says: lists that differ never read alike.
    pub(super) fn lines(&self, list: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        for item in list.as_array().into_iter().flatten() {
            let Some(members) = self.of(item) else {
                lines.push(item.to_string());
                continue;
            };
            for member in members {
                let share = member[self.weight].as_u64().map(|share| format!(", weight {share}")).unwrap_or_default();
                let more = without(member, &[self.name, self.weight]);
                let more = more.map(|more| format!(" {more}")).unwrap_or_default();
                lines.push(format!("to {}{more}{share}", member[self.name].as_str().unwrap_or("?")));
            }
            let mut rest = item.clone();
            if let Some(members) = rest.pointer_mut(self.at) {
                *members = Value::Null;
            }
            lines.extend(without(&rest, &[]).map(|rest| format!("with {rest}")));
        }
        lines
    }
}

/// What an object says besides some fields, and without those that say nothing; none when that is nothing.
fn without(value: &Value, fields: &[&str]) -> Option<Value> {
    let Value::Object(all) = value else { return Some(value.clone()) };
    let kept = all.iter().filter(|(name, value)| !fields.contains(&name.as_str()) && !value.is_null());
    let kept = kept.filter_map(|(name, value)| match value {
        Value::Object(_) => Some((name.clone(), without(value, &[])?)),
        value => Some((name.clone(), value.clone())),
    });
    let kept: serde_json::Map<String, Value> = kept.collect();
    (!kept.is_empty()).then_some(Value::Object(kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_that_differ_in_any_field_read_differently() {
        const MEMBERS: WeightedMembers = WeightedMembers { at: "/a/members", name: "name", weight: "weight" };
        let item = json!({"a": {"members": [{"name": "x", "weight": 1}]}});
        let changed = |at: &str, value: Value| {
            let mut item = item.clone();
            let (parent, field) = at.rsplit_once('/').unwrap();
            item.pointer_mut(parent).unwrap()[field] = value;
            item
        };
        let lists = [
            item.clone(),
            changed("/order", 1.into()),
            changed("/a/sticky", json!({"enabled": true})),
            changed("/a/sticky", json!({"enabled": false})),
            changed("/a/members/0/port", 80.into()),
            changed("/a/members/0/weight", 2.into()),
        ];
        let lines: std::collections::BTreeSet<Vec<String>> =
            lists.iter().map(|item| MEMBERS.lines(&json!([item]))).collect();
        assert_eq!(lines.len(), lists.len(), "{lines:#?}");
        assert_eq!(MEMBERS.lines(&json!([item])), ["to x, weight 1"]);
    }
}
