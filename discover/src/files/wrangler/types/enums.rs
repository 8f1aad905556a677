//! Enumerations, as a build writes them: an object with both ways for numbers.

use super::Blanking;
use oxc_ast::ast::{BinaryOperator, Expression, TSEnumDeclaration, TSEnumMember, TSEnumMemberName, UnaryOperator};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a member stands for.
#[derive(Clone)]
enum Constant {
    Number(f64),
    Text(String),
}

impl Blanking<'_> {
    /// Writes it in place of what stands there; `front` is what stands in front of it (`export`).
    pub(super) fn enumeration(&mut self, it: &TSEnumDeclaration<'_>, start: u32, front: &str) {
        let name = it.id.name.as_str();
        let mut body = String::new();
        let mut known: BTreeMap<String, Constant> = BTreeMap::new();
        let mut next = Some(0.0);
        for member in &it.body.members {
            let called = match &member.id {
                TSEnumMemberName::Identifier(id) => id.name.to_string(),
                TSEnumMemberName::String(text) | TSEnumMemberName::ComputedString(text) => text.value.to_string(),
                TSEnumMemberName::ComputedTemplateString(_) => String::new(),
            };
            let Some(value) = constant(member, next, name, &known).filter(|_| !called.is_empty()) else {
                return self.stuck(member.span.start, "an `enum` with a value that is no constant");
            };
            let key = serde_json::Value::from(called.as_str());
            let _ = match &value {
                Constant::Number(number) => {
                    next = Some(number + 1.0);
                    write!(body, " {name}[{name}[{key}] = {number}] = {key};")
                }
                Constant::Text(text) => {
                    next = None;
                    write!(body, " {name}[{key}] = {};", serde_json::Value::from(text.as_str()))
                }
            };
            known.insert(called, value);
        }
        let new = format!("{front}var {name} = (({name}) => {{{body} return {name}; }})({name} || {{}});");
        self.instead(start, it.span.end, &new);
        self.values.insert(name.to_owned());
    }
}

fn constant(
    member: &TSEnumMember<'_>,
    next: Option<f64>,
    name: &str,
    known: &BTreeMap<String, Constant>,
) -> Option<Constant> {
    match &member.initializer {
        None => next.map(Constant::Number),
        Some(value) => of(value, name, known),
    }
}

fn of(value: &Expression<'_>, name: &str, known: &BTreeMap<String, Constant>) -> Option<Constant> {
    let number = |value: &Expression<'_>| match of(value, name, known) {
        Some(Constant::Number(number)) => Some(number),
        _ => None,
    };
    let found = match value.get_inner_expression() {
        Expression::StringLiteral(text) => return Some(Constant::Text(text.value.to_string())),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            let cooked = template.quasis.first()?.value.cooked.as_ref()?;
            return Some(Constant::Text(cooked.to_string()));
        }
        Expression::NumericLiteral(number) => number.value,
        Expression::Identifier(id) => return known.get(id.name.as_str()).cloned(),
        Expression::StaticMemberExpression(member) => match &member.object {
            Expression::Identifier(of) if of.name.as_str() == name => {
                return known.get(member.property.name.as_str()).cloned();
            }
            _ => return None,
        },
        Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::UnaryNegation => {
            -number(&unary.argument)?
        }
        Expression::BinaryExpression(binary) => {
            let (left, right) = (number(&binary.left)?, number(&binary.right)?);
            match binary.operator {
                BinaryOperator::Addition => left + right,
                BinaryOperator::Subtraction => left - right,
                BinaryOperator::Multiplication => left * right,
                BinaryOperator::ShiftLeft => f64::from(small(left)?.checked_shl(u32::try_from(small(right)?).ok()?)?),
                BinaryOperator::BitwiseOR => f64::from(small(left)? | small(right)?),
                _ => return None,
            }
        }
        _ => return None,
    };
    // What both languages write alike.
    (found.fract() == 0.0 && found.abs() < 2_147_483_648.0).then_some(Constant::Number(found))
}

fn small(number: f64) -> Option<i32> {
    let text = format!("{number:.0}");
    if number.fract() == 0.0 { text.parse().ok() } else { None }
}
