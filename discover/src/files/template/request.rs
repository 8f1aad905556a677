//! The request of a universal target (EventBridge Scheduler user guide, "Using universal targets"): JSON in a text that a template puts
//! together.
//!
//! Which cluster, task and service it is about are names that links are made of. Anything else that the template does not decide stays
//! open in its own place, so that what it does decide is known.

use super::evaluate::{Evaluator, is_reference, opened};
use super::intrinsic::{Intrinsic, short};
use super::parts::{Part, PartValue};
use caravan_inventory::Unresolved;
use serde_json::{Map, Value};

/// Fields that name another thing.
const NAMING: [&str; 4] = ["cluster", "resourceId", "service", "taskDefinition"];
/// Choices of choices; a circle ends here.
const DEEPEST: u8 = 8;
/// What stands around the number of a part while the text is read as JSON: letters that no template means.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

impl Evaluator<'_> {
    /// The request as a text of JSON, with what is open as [`Unresolved`] in its place; none where the template's text is no JSON, or
    /// is open as a whole.
    pub(super) fn request(&self, input: &Value) -> Option<String> {
        if input.as_str().is_some_and(|text| !is_reference(text)) {
            return None;
        }
        let made = self.requested(input, 0)?;
        made.is_object().then(|| made.to_string()).filter(|_| Unresolved::of(&made).is_none())
    }

    fn requested(&self, input: &Value, depth: u8) -> Option<Value> {
        Some(match (Intrinsic::of(input), input) {
            (Some(Intrinsic::Function("ToJsonString", Value::Array(parts))), _) if parts.len() == 1 => {
                self.filled(parts.first()?, "")
            }
            (Some(Intrinsic::Function("ToJsonString", value)), _) | (None, value @ Value::Object(_)) => {
                self.filled(value, "")
            }
            (Some(Intrinsic::Function("Sub" | "Join", _)), _) => self.composed(&self.parts(input, true, 0)?)?,
            (Some(Intrinsic::Function("If", Value::Array(parts))), _) if depth < DEEPEST => {
                let [Value::String(condition), then, other] = parts.as_slice() else { return None };
                let branch = |branch: &Value| self.requested(branch, depth + 1);
                match self.condition(condition, 0).known {
                    Some(holds) => branch(if holds { then } else { other })?,
                    None => merged(branch(then)?, branch(other)?, &format!("!Condition {condition}")),
                }
            }
            // A part of it may be filled in when it is deployed.
            (None, Value::String(text)) => self.composed(&[Part::known(text)])?,
            _ => return None,
        })
    }

    /// A value of the template with every function in its place.
    fn filled(&self, value: &Value, field: &str) -> Value {
        match (Intrinsic::of(value), value) {
            (Some(_), _) => {
                let open = || Unresolved { text: &short(value), default: None }.to_value();
                match self.value(value) {
                    Some(known) if Unresolved::find(&known).is_empty() => known,
                    None => Value::Null,
                    Some(_) => match self.parts(value, true, 0) {
                        Some(parts) => named(&parts, field).map_or_else(open, Value::String),
                        None => open(),
                    },
                }
            }
            (None, Value::Array(items)) => items.iter().map(|item| self.filled(item, field)).collect(),
            (None, Value::Object(fields)) => {
                let inside = |(name, value): (&String, &Value)| (name.clone(), self.filled(value, name));
                Value::Object(fields.iter().map(inside).collect::<Map<_, _>>())
            }
            (None, scalar) => opened(scalar.clone()),
        }
    }

    /// A text of JSON whose parts are put together, read as JSON.
    fn composed(&self, parts: &[Part]) -> Option<Value> {
        let mut text = String::new();
        let mut in_string = false;
        for (number, part) in parts.iter().enumerate() {
            match &part.value {
                PartValue::Known(known) if known.contains(MARKS) => return None,
                PartValue::Known(known) => {
                    let mut escaped = false;
                    for letter in known.chars() {
                        match letter {
                            _ if escaped => escaped = false,
                            '\\' => escaped = in_string,
                            '"' => in_string = !in_string,
                            _ => {}
                        }
                    }
                    text.push_str(known);
                }
                // A place outside of texts is one by itself.
                _ if in_string => text.push_str(&format!("{}{number}{}", MARKS[0], MARKS[1])),
                _ => text.push_str(&format!("\"{}{number}{}\"", MARKS[0], MARKS[1])),
            }
        }
        Some(unmarked(serde_json::from_str(&text).ok()?, "", parts))
    }
}

/// What two requests have in common, of which an open condition chooses one: where they differ it is open.
fn merged(one: Value, other: Value, said: &str) -> Value {
    match (one, other) {
        (one, other) if one == other => one,
        (Value::Object(one), Value::Object(mut other)) => {
            let open = || Unresolved { text: said, default: None }.to_value();
            let both = one.into_iter().map(|(name, value)| {
                let made = other.remove(&name).map_or_else(open, |other| merged(value, other, said));
                (name, made)
            });
            let mut fields: Map<String, Value> = both.collect();
            fields.extend(other.into_iter().map(|(name, _)| (name, open())));
            Value::Object(fields)
        }
        _ => Unresolved { text: said, default: None }.to_value(),
    }
}

/// A value that was read, with its parts in their places.
fn unmarked(value: Value, field: &str, parts: &[Part]) -> Value {
    match value {
        Value::String(text) if text.contains(MARKS[0]) => {
            let own = split(&text, parts);
            match named(&own, field) {
                Some(name) => opened(Value::String(name)),
                None => {
                    let said: String = own.iter().map(|part| part.said.as_str()).collect();
                    let said = if said.starts_with('!') { said } else { format!("!Sub {said}") };
                    Unresolved { text: &said, default: None }.to_value()
                }
            }
        }
        Value::Array(items) => items.into_iter().map(|item| unmarked(item, field, parts)).collect(),
        Value::Object(fields) => {
            let inside = |(name, value): (String, Value)| {
                let value = unmarked(value, &name, parts);
                (name, value)
            };
            Value::Object(fields.into_iter().map(inside).collect())
        }
        scalar => opened(scalar),
    }
}

/// The parts of a text with marks in it.
fn split(text: &str, parts: &[Part]) -> Vec<Part> {
    let known = |text: &str| Part { said: text.to_owned(), value: PartValue::Known(text.to_owned()) };
    let mut own = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARKS[0]) {
        own.push(known(before));
        let (number, after) = after.split_once(MARKS[1]).unwrap_or((after, ""));
        own.extend(number.parse::<usize>().ok().and_then(|number| parts.get(number)).cloned());
        rest = after;
    }
    own.push(known(rest));
    own
}

/// The name that parts make, where the field names another thing and none of them is open.
fn named(parts: &[Part], field: &str) -> Option<String> {
    let is_naming = NAMING.iter().any(|name| name.eq_ignore_ascii_case(field));
    let part = |part: &Part| match &part.value {
        PartValue::Known(text) => Some(text.clone()),
        PartValue::Link(name) => Some(name.clone()),
        PartValue::Open(_) => None,
    };
    parts.iter().map(part).collect::<Option<String>>().filter(|_| is_naming)
}

#[cfg(test)]
mod tests {
    use crate::files::template::document::Template;
    use crate::files::template::evaluate::Evaluator;
    use serde_json::{Value, json};

    fn request(input: Value) -> Option<Value> {
        let document = json!({
            "Conditions": {"IsLive": {"Fn::Equals": [{"Ref": "Count"}, 1]}},
            "Parameters": {"Level": {"Type": "String", "Default": "info"}, "Count": {"Type": "Number"}},
            "Resources": {
                "Cluster": {"Type": "AWS::ECS::Cluster"},
                "Table": {"Type": "AWS::DynamoDB::Table"},
                "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "report"}},
            },
        });
        let mut template = Template::of(document, "", &Default::default());
        template.stack = "shop".to_owned();
        let text = Evaluator::of(&template).request(&input)?;
        Some(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn names_are_put_in_and_what_is_open_stays_open_in_its_own_place() {
        let text = r#"{"Cluster": "${Cluster}", "TaskDefinition": "${Task}", "Count": ${Count}, "Overrides": {"ContainerOverrides":
            [{"Name": "app", "Command": ["say \"${!name}\""], "Environment": [{"Name": "TABLE", "Value": "${Table}-${Level}"}]}]}}"#;
        let made = request(json!({"Fn::Sub": text})).unwrap();
        assert_eq!(made["Cluster"], "shop-Cluster");
        assert_eq!(made["TaskDefinition"], "arn:aws:ecs:unknown:000000000000:task-definition/report:1");
        assert_eq!(made["Count"], json!({"$unresolved": "!Sub ${Count}"}));
        let container = &made["Overrides"]["ContainerOverrides"][0];
        assert_eq!(container["Command"][0], "say \"${name}\"");
        // What a variable says is nobody's name here: it would be written as it stands.
        assert_eq!(container["Environment"][0]["Value"], json!({"$unresolved": "!Sub ${Table}-${Level}"}));
    }

    #[test]
    fn a_request_is_put_together_in_other_ways_too() {
        let joined = json!({"Fn::Join": ["", ["{\"cluster\":\"", {"Ref": "Cluster"}, "\",\"desiredCount\":0,\"service\":\"web\"}"]]});
        assert_eq!(request(joined).unwrap(), json!({"cluster": "shop-Cluster", "desiredCount": 0, "service": "web"}));
        let said =
            json!({"Cluster": {"Ref": "Cluster"}, "Tags": [{"Key": "t", "Value": {"Ref": "Table"}}], "Count": 2});
        let made = json!({"Cluster": "shop-Cluster", "Tags": [{"Key": "t", "Value": {"$unresolved": "!Ref Table"}}], "Count": 2});
        assert_eq!(request(json!({"Fn::ToJsonString": said})).unwrap(), made);
        assert_eq!(request(said).unwrap(), made);
        let imported = json!({"Fn::Sub": ["{\"TaskDefinition\": \"${T}\"}", {"T": {"Fn::ImportValue": "report"}}]});
        assert_eq!(request(imported).unwrap()["TaskDefinition"], json!({"$unresolved": "!ImportValue report"}));
        let of_names = json!({"Fn::Sub": ["{\"Cluster\": \"${C}\"}", {"C": {"Fn::GetAtt": ["Cluster", "Arn"]}}]});
        assert_eq!(request(of_names).unwrap()["Cluster"], "arn:aws:ecs:unknown:000000000000:cluster/shop-Cluster");
    }

    #[test]
    fn what_is_filled_in_when_it_is_deployed_is_open_in_its_place() {
        let open = json!({"$unresolved": "{{resolve:ssm:/report/since}}"});
        let text = r#"{"Cluster": "main", "Overrides": {"ContainerOverrides": [{"Name": "app", "Command": ["--since", "{{resolve:ssm:/report/since}}"]}]}}"#;
        let said: Value = serde_json::from_str(text).unwrap();
        for input in [json!(text), json!({"Fn::Sub": text}), json!({"Fn::ToJsonString": said}), said.clone()] {
            let made = request(input.clone()).unwrap();
            assert_eq!(made["Overrides"]["ContainerOverrides"][0]["Command"], json!(["--since", open]), "{input}");
            assert_eq!(made["Cluster"], "main", "{input}");
        }
    }

    #[test]
    fn of_two_requests_that_a_condition_chooses_what_they_share_is_known() {
        let one =
            json!({"Fn::Sub": r#"{"Cluster": "${Cluster}", "TaskDefinition": "${Task}", "Count": 1, "Tags": []}"#});
        let other = json!(
            r#"{"Cluster": "shop-Cluster", "TaskDefinition": "arn:aws:ecs:unknown:000000000000:task-definition/report:1", "Count": 3}"#
        );
        let made = request(json!({"Fn::If": ["IsLive", one, other]})).unwrap();
        let open = json!({"$unresolved": "!Condition IsLive"});
        assert_eq!(
            made,
            json!({"Cluster": "shop-Cluster", "TaskDefinition": "arn:aws:ecs:unknown:000000000000:task-definition/report:1",
            "Count": open, "Tags": open})
        );
        assert_eq!(request(json!({"Fn::If": ["IsLive", one, {"Ref": "Level"}]})), None);
    }

    #[test]
    fn what_is_no_json_or_open_as_a_whole_is_none() {
        for input in [
            json!({"Fn::Sub": "run ${Task}"}),
            json!({"Fn::Sub": "{\"Cluster\": ${Cluster}"}),
            json!({"Fn::Sub": "[\"${Cluster}\"]"}),
            json!({"Ref": "Level"}),
            json!({"Fn::ImportValue": "request"}),
            json!("{}"),
        ] {
            assert_eq!(request(input.clone()), None, "{input}");
        }
    }
}
