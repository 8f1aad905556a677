//! A configuration's text as one document: TOML, or JSON with comments.

use camino::Utf8Path;
use oxc_allocator::Allocator;
use oxc_ast::ast::{ArrayExpressionElement, Expression, ObjectPropertyKind, PropertyKey, Statement, UnaryOperator};
use oxc_parser::Parser;
use oxc_span::SourceType;
use serde_json::{Map, Number, Value};

/// Parses a configuration. The error says what is wrong and where, and holds nothing of the text but fields' names.
pub(super) fn parse(file: &Utf8Path, text: &str) -> Result<Map<String, Value>, String> {
    let is_toml = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    let document = if is_toml { of_toml(text)? } else { of_jsonc(text)? };
    match document {
        Value::Object(fields) => Ok(fields),
        _ => Err("is no configuration of wrangler: it has no fields".to_owned()),
    }
}

fn of_toml(text: &str) -> Result<Value, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| line(text, span.start));
        format!("is not TOML at line {line}: {} (correct it, or leave the file out)", error.message())
    })?;
    Ok(of_table(table))
}

fn of_table(table: toml::Table) -> Value {
    Value::Object(table.into_iter().map(|(name, value)| (name, of_value(value))).collect())
}

fn of_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        // A compatibility date may stand without quotes.
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(of_value).collect()),
        toml::Value::Table(table) => of_table(table),
    }
}

/// JSON with comments and commas at the end, which is an expression of JavaScript.
fn of_jsonc(text: &str) -> Result<Value, String> {
    let allocator = Allocator::default();
    let wrapped = format!("({text}\n)");
    let parsed = Parser::new(&allocator, &wrapped, SourceType::script()).parse();
    let refused = |at: usize, what: &str| {
        format!("is not JSON at line {}: {what} (correct it, or leave the file out)", line(text, at.saturating_sub(1)))
    };
    if let Some(error) = parsed.diagnostics.errors().next() {
        let at = error.labels.first().map_or(0, |label| label.offset());
        return Err(refused(at as usize, &error.message));
    }
    match parsed.program.body.first() {
        Some(Statement::ExpressionStatement(only)) if parsed.program.body.len() == 1 => {
            of_expression(only.expression.without_parentheses(), 0).map_err(|(at, what)| refused(at as usize, what))
        }
        _ => Err(refused(0, "it is no single value")),
    }
}

/// Deeper than any configuration goes.
const DEEPEST: u32 = 64;

fn of_expression(expression: &Expression<'_>, depth: u32) -> Result<Value, (u32, &'static str)> {
    use oxc_span::GetSpan;
    let at = expression.span().start;
    if depth > DEEPEST {
        return Err((at, "nested deeper than any configuration"));
    }
    match expression {
        Expression::StringLiteral(text) => Ok(Value::from(text.value.as_str())),
        Expression::BooleanLiteral(flag) => Ok(Value::Bool(flag.value)),
        Expression::NullLiteral(_) => Ok(Value::Null),
        Expression::NumericLiteral(number) => of_number(number.value).ok_or((at, "a number out of range")),
        Expression::UnaryExpression(minus) if minus.operator == UnaryOperator::UnaryNegation => match &minus.argument {
            Expression::NumericLiteral(number) => of_number(-number.value).ok_or((at, "a number out of range")),
            _ => Err((at, "what is no JSON value")),
        },
        Expression::ArrayExpression(list) => {
            let item = |item: &ArrayExpressionElement<'_>| match item.as_expression() {
                Some(item) => of_expression(item, depth + 1),
                None => Err((at, "what is no JSON value")),
            };
            list.elements.iter().map(item).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        Expression::ObjectExpression(fields) => {
            let mut read = Map::new();
            for field in &fields.properties {
                let ObjectPropertyKind::ObjectProperty(field) = field else {
                    return Err((at, "what is no JSON value"));
                };
                let PropertyKey::StringLiteral(key) = &field.key else {
                    return Err((field.span.start, "a field's name without quotes"));
                };
                if read.contains_key(key.value.as_str()) {
                    return Err((field.span.start, "a field is called twice by one name: keep the one that counts"));
                }
                read.insert(key.value.to_string(), of_expression(&field.value, depth + 1)?);
            }
            Ok(Value::Object(read))
        }
        _ => Err((at, "what is no JSON value")),
    }
}

fn of_number(number: f64) -> Option<Value> {
    // 2^53: what a double holds exactly.
    let is_whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    if is_whole {
        format!("{number:.0}").parse::<i64>().ok().map(Value::from)
    } else {
        Number::from_f64(number).map(Value::Number)
    }
}

/// The line of a byte.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
