//! A whole script: what stands at its top, its handler, and what the handler answers.

use super::calls::callable;
use super::exec::Follow;
use super::state::{Fits, State, Ways, unfit};
use super::value::{Answer, Callable, Thing, Value};
use oxc_ast::ast::{
    Argument, Declaration, ExportDefaultDeclarationKind, Expression, ObjectPropertyKind, Program, Statement,
};

/// Every way that a request may take, with its answer.
pub(super) fn follow<'a>(program: &'a Program<'a>, hosts: &[String], state: State<'a>) -> Fits<Ways<'a, Answer>> {
    let mut follow = Follow { globals: Vec::new(), hosts: hosts.to_vec(), depth: 0 };
    hoist(program, &mut follow);
    let handler = top(program, &mut follow)?;
    let (handler, arguments) = match handler {
        Some(Handler::Module(callable)) => {
            (callable, vec![Value::Request, Value::Builtin("env"), Value::Builtin("ctx")])
        }
        Some(Handler::Listener(callable)) => (callable, vec![Value::Event]),
        None => return unfit("it has no handler of requests"),
    };
    let listens = matches!(arguments.first(), Some(Value::Event));
    let mut out = Vec::new();
    for (state, value) in follow.call(state, handler, arguments, false)? {
        // Of a listener what counts is what it responded with.
        let value = if listens { state.answered.clone().unwrap_or(Value::Undefined) } else { value };
        let answer = match &value {
            Value::Thing(at) => match state.things.get(*at) {
                Some(Thing::Response(answer)) => answer.clone(),
                _ => return unfit("it answers with what is no response"),
            },
            _ => return unfit("on some way it answers nothing"),
        };
        out.push((state, answer));
    }
    Ok(out)
}

enum Handler<'a> {
    Module(Callable<'a>),
    Listener(Callable<'a>),
}

/// Functions are there before anything runs.
fn hoist<'a>(program: &'a Program<'a>, follow: &mut Follow<'a>) {
    for statement in &program.body {
        let function = match statement {
            Statement::FunctionDeclaration(function) => function,
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => function,
                _ => continue,
            },
            _ => continue,
        };
        if let Some(id) = &function.id {
            follow.globals.push((id.name.to_string(), Value::Function(Callable::Function(function), 0)));
        }
    }
}

fn top<'a>(program: &'a Program<'a>, follow: &mut Follow<'a>) -> Fits<Option<Handler<'a>>> {
    let mut handler = None;
    for statement in &program.body {
        match statement {
            Statement::FunctionDeclaration(_) | Statement::EmptyStatement(_) => {}
            Statement::VariableDeclaration(declaration) => globals(follow, declaration)?,
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(_) => {}
                Declaration::VariableDeclaration(declaration) => globals(follow, declaration)?,
                _ => return unfit("it exports more than functions and constants"),
            },
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(_)
                | ExportDefaultDeclarationKind::ClassDeclaration(_) => {
                    return unfit("its default export is no object with handlers");
                }
                other => {
                    let Some(expression) = other.as_expression() else {
                        return unfit("its default export can't be followed");
                    };
                    handler = Some(of_export(follow, expression)?);
                }
            },
            Statement::ExportNamedDeclaration(named) => {
                for one in &named.specifiers {
                    if one.exported.name().as_str() == "default" {
                        let local = one.local.name();
                        let value = follow.globals.iter().rev().find(|(name, _)| name.as_str() == local.as_str());
                        handler = Some(of_value(value.map(|(_, value)| value))?);
                    }
                }
            }
            Statement::ExpressionStatement(only) => handler = Some(of_listener(follow, &only.expression)?),
            Statement::ImportDeclaration(_) => return unfit("it imports other modules"),
            _ => return unfit("it does something when it is loaded that is not followed"),
        }
    }
    Ok(handler)
}

/// Constants at the top: none depends on a request.
fn globals<'a>(follow: &mut Follow<'a>, declaration: &'a oxc_ast::ast::VariableDeclaration<'a>) -> Fits<()> {
    let mut ways = follow.declaration(State::new(Vec::new()), declaration)?;
    match (ways.pop(), ways.is_empty()) {
        (Some((state, _)), true) if state.things.is_empty() => {
            follow.globals.extend(state.variables);
            Ok(())
        }
        _ => unfit("it keeps something that is made when it is loaded"),
    }
}

/// `export default { fetch(request) { … } }`.
fn of_export<'a>(follow: &mut Follow<'a>, expression: &'a Expression<'a>) -> Fits<Handler<'a>> {
    if let Expression::ObjectExpression(object) = expression {
        let others = object.properties.iter().any(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                property.key.static_name().is_none_or(|name| name != "fetch")
            }
            ObjectPropertyKind::SpreadProperty(_) => true,
        });
        if others {
            return unfit("it handles more than requests");
        }
    }
    let ways = follow.expression(State::new(Vec::new()), expression)?;
    of_value(ways.first().map(|(_, value)| value))
}

fn of_value<'a>(value: Option<&Value<'a>>) -> Fits<Handler<'a>> {
    let Some(Value::Object(fields)) = value else { return unfit("its default export is no object with handlers") };
    match fields.as_slice() {
        [(name, value)] if name == "fetch" => callable(value)
            .map_or_else(|| unfit("its `fetch` is no function"), |callable| Ok(Handler::Module(callable))),
        _ => unfit("it handles more than requests"),
    }
}

/// `addEventListener("fetch", event => { … })`.
fn of_listener<'a>(follow: &mut Follow<'a>, expression: &'a Expression<'a>) -> Fits<Handler<'a>> {
    let Expression::CallExpression(call) = expression else {
        return unfit("it does something when it is loaded that is not followed");
    };
    let named = matches!(&call.callee, Expression::Identifier(id) if id.name.as_str() == "addEventListener");
    match call.arguments.as_slice() {
        [Argument::StringLiteral(event), listener] if named && event.value.as_str() == "fetch" => {
            let Some(listener) = listener.as_expression() else { return unfit("its listener is no function") };
            let ways = follow.expression(State::new(Vec::new()), listener)?;
            let value = ways.into_iter().next().map(|(_, value)| value);
            value
                .as_ref()
                .and_then(callable)
                .map_or_else(|| unfit("its listener is no function"), |one| Ok(Handler::Listener(one)))
        }
        _ => unfit("it listens to more than requests"),
    }
}
