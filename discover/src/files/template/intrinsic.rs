//! The functions of templates: what they are in the long form, and how they are said in the short one.

use serde_json::Value;

/// A text of a template is kept so far: what is longer is said by its beginning.
const LONGEST: usize = 400;

/// A function of a template with its argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Intrinsic<'v> {
    /// A parameter, a resource, or what CloudFormation knows.
    Ref(&'v str),
    /// An attribute of a resource.
    GetAtt(&'v str, &'v str),
    /// Any other function, by its name without `Fn::`.
    Function(&'v str, &'v Value),
}

impl<'v> Intrinsic<'v> {
    /// Reads an object of one field that is a function's name; none for every other value.
    pub(super) fn of(value: &'v Value) -> Option<Self> {
        let mut fields = value.as_object()?.iter();
        let (name, argument) = fields.next()?;
        if fields.next().is_some() {
            return None;
        }
        match (name.as_str(), argument) {
            ("Ref", Value::String(name)) => Some(Self::Ref(name)),
            ("Fn::GetAtt", Value::String(text)) => text.split_once('.').map(|(name, of)| Self::GetAtt(name, of)),
            ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(name), Value::String(of)] => Some(Self::GetAtt(name, of)),
                _ => Some(Self::Function("GetAtt", argument)),
            },
            (name, argument) => name.strip_prefix("Fn::").map(|name| Self::Function(name, argument)),
        }
    }
}

/// A value as a template's short form says it: `!Ref Stage`, `!If [IsProd, 2, 1]`.
pub(super) fn short(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text, 0);
    if text.len() > LONGEST {
        let cut = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(cut);
        text.push('…');
    }
    text
}

fn write(value: &Value, text: &mut String, depth: u8) {
    if text.len() > LONGEST {
        return;
    }
    match (Intrinsic::of(value), value) {
        (Some(Intrinsic::Ref(name)), _) => text.push_str(&format!("!Ref {name}")),
        (Some(Intrinsic::GetAtt(name, of)), _) => text.push_str(&format!("!GetAtt {name}.{of}")),
        (Some(Intrinsic::Function(name, argument)), _) => {
            text.push_str(&format!("!{name} "));
            write(argument, text, depth + 1);
        }
        (None, Value::String(said)) => text.push_str(said),
        (None, Value::Array(_)) if depth > 4 => text.push('…'),
        (None, Value::Array(items)) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                write(item, text, depth + 1);
            }
            text.push(']');
        }
        (None, Value::Object(_)) if depth > 4 => text.push('…'),
        (None, Value::Object(fields)) => {
            text.push('{');
            for (at, (field, value)) in fields.iter().enumerate() {
                text.push_str(&format!("{}{field}: ", if at > 0 { ", " } else { "" }));
                write(value, text, depth + 1);
            }
            text.push('}');
        }
        (None, scalar) => text.push_str(&scalar.to_string()),
    }
}

/// A scalar as text: what CloudFormation makes of a number or a boolean where a text is wanted.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn functions_are_said_in_the_short_form() {
        for (value, said) in [
            (json!({"Ref": "AWS::Region"}), "!Ref AWS::Region"),
            (json!({"Fn::GetAtt": ["Jobs", "Arn"]}), "!GetAtt Jobs.Arn"),
            (json!({"Fn::GetAtt": "Jobs.Arn"}), "!GetAtt Jobs.Arn"),
            (json!({"Fn::Sub": "${Stage}-jobs"}), "!Sub ${Stage}-jobs"),
            (json!({"Fn::If": ["IsProd", 2, {"Ref": "Few"}]}), "!If [IsProd, 2, !Ref Few]"),
            (json!({"Fn::Join": ["-", ["a", {"Ref": "B"}]]}), "!Join [-, [a, !Ref B]]"),
            (json!({"Fn::Sub": ["${A}", {"A": true}]}), "!Sub [${A}, {A: true}]"),
        ] {
            assert_eq!(short(&value), said);
        }
        assert_eq!(Intrinsic::of(&json!({"Ref": "A", "Fn::Sub": "b"})), None);
        assert_eq!(Intrinsic::of(&json!({"Ref": {"a": 1}})), None);
    }

    #[test]
    fn a_long_text_is_cut() {
        let said = short(&json!({"Fn::Sub": "ä".repeat(10_000)}));
        assert!(said.len() < LONGEST + 8 && said.ends_with('…'), "{said}");
    }
}
