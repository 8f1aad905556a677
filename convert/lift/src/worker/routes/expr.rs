//! What expressions are, on every way.

use super::exec::Follow;
use super::members;
use super::state::{Fits, State, Ways, unfit};
use super::value::{Callable, Piece, Value, joined};
use oxc_ast::ast::{
    ArrayExpressionElement, AssignmentOperator, AssignmentTarget, BinaryOperator, ChainElement, Expression,
    LogicalOperator, ObjectPropertyKind, PropertyKind, UnaryOperator,
};
use std::rc::Rc;

/// What a script may name of the runtime's own.
const BUILTINS: [&str; 10] =
    ["URL", "Response", "Headers", "Map", "Set", "Object", "Array", "JSON", "String", "URLSearchParams"];

impl<'a> Follow<'a> {
    /// An expression's value, on every way that it may take.
    pub(super) fn expression(&mut self, state: State<'a>, expression: &'a Expression<'a>) -> Fits<Ways<'a, Value<'a>>> {
        let one = |state, value| Ok(vec![(state, value)]);
        match expression {
            Expression::StringLiteral(text) if !text.lone_surrogates => {
                one(state, Value::constant(text.value.as_str()))
            }
            Expression::NumericLiteral(number) => one(state, Value::Number(number.value)),
            Expression::BooleanLiteral(flag) => one(state, Value::Bool(flag.value)),
            Expression::NullLiteral(_) => one(state, Value::Null),
            Expression::Identifier(id) => {
                let value = self.named(&state, id.name.as_str())?;
                one(state, value)
            }
            Expression::ParenthesizedExpression(inner) => self.expression(state, &inner.expression),
            Expression::AwaitExpression(waits) => self.expression(state, &waits.argument),
            Expression::TemplateLiteral(template) => {
                let mut open: Ways<'a, Vec<Piece>> = vec![(state, Vec::new())];
                for (at, quasi) in template.quasis.iter().enumerate() {
                    let Some(text) = &quasi.value.cooked else { return unfit("a template can't be read") };
                    open.iter_mut().for_each(|(_, pieces)| pieces.push(Piece::Constant(text.to_string())));
                    if let Some(inside) = template.expressions.get(at) {
                        open = self.appended(open, inside)?;
                    }
                }
                Ok(open.into_iter().map(|(state, pieces)| (state, Value::Text(joined(pieces)))).collect())
            }
            Expression::ConditionalExpression(either) => {
                let mut out = Vec::new();
                for (state, yes) in self.test(state, &either.test)? {
                    out.extend(self.expression(state, if yes { &either.consequent } else { &either.alternate })?);
                }
                Ok(out)
            }
            Expression::LogicalExpression(both) => {
                let mut out = Vec::new();
                for (state, left) in self.expression(state, &both.left)? {
                    let decided = match both.operator {
                        LogicalOperator::Coalesce => self.is_nothing(state, &left)?,
                        _ => self.truth(state, &left)?,
                    };
                    for (state, yes) in decided {
                        let goes_on = matches!(
                            (both.operator, yes),
                            (LogicalOperator::And | LogicalOperator::Coalesce, true) | (LogicalOperator::Or, false)
                        );
                        if goes_on {
                            out.extend(self.expression(state, &both.right)?)
                        } else {
                            out.push((state, left.clone()))
                        }
                    }
                }
                Ok(out)
            }
            Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::LogicalNot => {
                let ways = self.test(state, &unary.argument)?;
                Ok(ways.into_iter().map(|(state, yes)| (state, Value::Bool(!yes))).collect())
            }
            Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::UnaryNegation => {
                let negative = |(state, value)| match value {
                    Value::Number(number) => Ok((state, Value::Number(-number))),
                    _ => unfit("it counts with something of the request"),
                };
                self.expression(state, &unary.argument)?.into_iter().map(negative).collect()
            }
            Expression::BinaryExpression(binary) => self.binary(state, binary),
            Expression::ArrowFunctionExpression(arrow) => {
                let depth = self.depth;
                one(state, Value::Function(Callable::Arrow(arrow), depth))
            }
            Expression::FunctionExpression(function) => {
                let depth = self.depth;
                one(state, Value::Function(Callable::Function(function), depth))
            }
            Expression::ArrayExpression(list) => {
                let mut open: Ways<'a, Vec<Value<'a>>> = vec![(state, Vec::new())];
                for element in &list.elements {
                    let item = match element {
                        ArrayExpressionElement::SpreadElement(spread) => (&spread.argument, true),
                        other => match other.as_expression() {
                            Some(item) => (item, false),
                            None => return unfit("a list has a hole"),
                        },
                    };
                    let mut next = Vec::new();
                    for (state, items) in open {
                        for (state, value) in self.expression(state, item.0)? {
                            let mut items = items.clone();
                            if item.1 {
                                items.extend(super::calls::items(&value)?)
                            } else {
                                items.push(value)
                            }
                            next.push((state, items));
                        }
                    }
                    open = next;
                }
                Ok(open.into_iter().map(|(state, items)| (state, Value::Array(Rc::new(items)))).collect())
            }
            Expression::ObjectExpression(_) => self.object(state, expression),
            Expression::StaticMemberExpression(member) => {
                self.member(state, &member.object, member.property.name.as_str())
            }
            Expression::ComputedMemberExpression(member) => {
                let mut out = Vec::new();
                for (state, object) in self.expression(state, &member.object)? {
                    for (state, key) in self.expression(state, &member.expression)? {
                        out.extend(self.looked_up(state, &object, &key)?);
                    }
                }
                Ok(out)
            }
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.called(state, call),
                ChainElement::StaticMemberExpression(member) => {
                    self.member(state, &member.object, member.property.name.as_str())
                }
                _ => unfit("it reads something that may not be there"),
            },
            Expression::AssignmentExpression(assignment) if assignment.operator == AssignmentOperator::Assign => {
                let ways = self.expression(state, &assignment.right)?;
                self.assigned(ways, &assignment.left)
            }
            Expression::CallExpression(call) => self.called(state, call),
            Expression::NewExpression(new) => self.made(state, new),
            _ => unfit("it has an expression that no route can say"),
        }
    }

    fn named(&self, state: &State<'a>, name: &str) -> Fits<Value<'a>> {
        let global = || self.globals.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value);
        if let Some(value) = state.get(name).or_else(global) {
            return Ok(value.clone());
        }
        if name == "undefined" {
            return Ok(Value::Undefined);
        }
        match BUILTINS.iter().find(|builtin| **builtin == name) {
            Some(builtin) => Ok(Value::Builtin(builtin)),
            None if name == "fetch" => unfit("it fetches"),
            None => unfit(format!("it uses `{name}`")),
        }
    }

    /// Adds the text of an expression to what stands before it.
    fn appended(&mut self, open: Ways<'a, Vec<Piece>>, inside: &'a Expression<'a>) -> Fits<Ways<'a, Vec<Piece>>> {
        let mut next = Vec::with_capacity(open.len());
        for (state, pieces) in open {
            for (state, value) in self.expression(state, inside)? {
                let mut pieces = pieces.clone();
                pieces.extend(members::text(&state, &value)?);
                next.push((state, pieces));
            }
        }
        Ok(next)
    }

    fn binary(
        &mut self,
        state: State<'a>,
        binary: &'a oxc_ast::ast::BinaryExpression<'a>,
    ) -> Fits<Ways<'a, Value<'a>>> {
        use BinaryOperator::{Addition, Equality, In, Inequality, StrictEquality, StrictInequality};
        let mut out = Vec::new();
        for (state, left) in self.expression(state, &binary.left)? {
            for (state, right) in self.expression(state, &binary.right)? {
                match binary.operator {
                    StrictEquality | StrictInequality => {
                        let is = binary.operator == StrictEquality;
                        let ways = self.equal(state, &left, &right)?;
                        out.extend(ways.into_iter().map(|(state, equal)| (state, Value::Bool(equal == is))));
                    }
                    Equality | Inequality => {
                        if !super::compare::is_alike(&left, &right) {
                            return unfit("it compares values of different kinds");
                        }
                        let is = binary.operator == Equality;
                        let ways = self.equal(state, &left, &right)?;
                        out.extend(ways.into_iter().map(|(state, equal)| (state, Value::Bool(equal == is))));
                    }
                    Addition => match (&left, &right) {
                        (Value::Text(_), _) | (_, Value::Text(_)) => {
                            let pieces = [members::text(&state, &left)?, members::text(&state, &right)?].concat();
                            out.push((state, Value::Text(joined(pieces))));
                        }
                        (Value::Number(one), Value::Number(other)) => out.push((state, Value::Number(one + other))),
                        _ => return unfit("it adds what are no texts"),
                    },
                    In => {
                        let found = self.looked_up(state, &right, &left)?;
                        let there = |(state, value): (State<'a>, Value<'a>)| {
                            (state, Value::Bool(!matches!(value, Value::Undefined)))
                        };
                        out.extend(found.into_iter().map(there));
                    }
                    _ => return unfit("it counts or compares in a way that no route can say"),
                }
            }
        }
        Ok(out)
    }

    fn object(&mut self, state: State<'a>, expression: &'a Expression<'a>) -> Fits<Ways<'a, Value<'a>>> {
        let Expression::ObjectExpression(object) = expression else { return unfit("no object") };
        let mut open: Ways<'a, Vec<(String, Value<'a>)>> = vec![(state, Vec::with_capacity(object.properties.len()))];
        for property in &object.properties {
            let mut next = Vec::with_capacity(open.len());
            match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    for (state, fields) in open {
                        for (state, value) in self.expression(state, &spread.argument)? {
                            let Value::Object(more) = value else { return unfit("it spreads what is no object") };
                            let mut fields = fields.clone();
                            more.iter().for_each(|(name, value)| put(&mut fields, name, value.clone()));
                            next.push((state, fields));
                        }
                    }
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    let Some(name) = property.key.static_name().filter(|_| property.kind == PropertyKind::Init) else {
                        return unfit("a field's name is computed");
                    };
                    for (state, mut fields) in open {
                        let mut ways = self.expression(state, &property.value)?;
                        // Nearly always there is one way: a table is not copied for each of its rows.
                        if ways.len() == 1 {
                            if let Some((state, value)) = ways.pop() {
                                put(&mut fields, &name, value);
                                next.push((state, fields));
                            }
                            continue;
                        }
                        for (state, value) in ways {
                            let mut fields = fields.clone();
                            put(&mut fields, &name, value);
                            next.push((state, fields));
                        }
                    }
                }
            }
            open = next;
        }
        Ok(open.into_iter().map(|(state, fields)| (state, Value::Object(Rc::new(fields)))).collect())
    }

    fn member(&mut self, state: State<'a>, object: &'a Expression<'a>, name: &str) -> Fits<Ways<'a, Value<'a>>> {
        let mut out = Vec::new();
        for (state, object) in self.expression(state, object)? {
            let value = members::get(&state, &object, name)?;
            out.push((state, value));
        }
        Ok(out)
    }

    fn assigned(&mut self, ways: Ways<'a, Value<'a>>, target: &'a AssignmentTarget<'a>) -> Fits<Ways<'a, Value<'a>>> {
        let mut out = Vec::new();
        for (mut state, value) in ways {
            match target {
                AssignmentTarget::AssignmentTargetIdentifier(id) => {
                    if !state.set(id.name.as_str(), value.clone()) {
                        return unfit("it remembers something from one request to the next");
                    }
                    out.push((state, value));
                }
                AssignmentTarget::StaticMemberExpression(member) => {
                    for (mut state, object) in self.expression(state, &member.object)? {
                        members::set(&mut state, &object, member.property.name.as_str(), &value)?;
                        out.push((state, value.clone()));
                    }
                }
                _ => return unfit("it changes something in a way that is not followed"),
            }
        }
        Ok(out)
    }
}

/// As an object's literal does: the last of one name counts, at the place of the first.
fn put<'a>(fields: &mut Vec<(String, Value<'a>)>, name: &str, value: Value<'a>) {
    // Tables have thousands of rows, each named once: who looks for a name twice finds it rarely.
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value,
        None => fields.push((name.to_owned(), value)),
    }
}
