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

    /// The members in words; an item without any as it stands.
    pub(super) fn lines(&self, list: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        for item in list.as_array().into_iter().flatten() {
            let Some(members) = self.of(item) else {
                lines.push(item.to_string());
                continue;
            };
            for member in members {
                let share = member[self.weight].as_u64().map(|share| format!(", weight {share}")).unwrap_or_default();
                lines.push(format!("to {}{share}", member[self.name].as_str().unwrap_or("?")));
            }
        }
        lines
    }
}
