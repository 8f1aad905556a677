//! What a script exports by default: the object or class whose functions Cloudflare calls.

use oxc_ast::ast::{
    Argument, BindingPattern, Class, ClassElement, Declaration, ExportDefaultDeclarationKind, Expression,
    ObjectExpression, ObjectPropertyKind, Program, Statement, VariableDeclaration,
};

/// What stands behind the default export, as far as the text tells.
enum Default<'p, 'a> {
    Value(&'p Expression<'a>),
    Class(&'p Class<'a>),
}

/// The names that the default export gives functions, with those of objects that are handed to what makes it; none where another
/// module has it.
pub(super) fn names(program: &Program<'_>) -> Option<Vec<String>> {
    match default(program)? {
        Default::Class(class) => Some(methods(class)),
        Default::Value(value) => of_value(program, value),
    }
}

/// The object that is exported by default, where one is written there.
pub(super) fn object<'p, 'a>(program: &'p Program<'a>) -> Option<&'p ObjectExpression<'a>> {
    match default(program)? {
        Default::Value(value) => match value.get_inner_expression() {
            Expression::ObjectExpression(object) => Some(object),
            _ => None,
        },
        Default::Class(_) => None,
    }
}

/// The names in an object.
pub(super) fn keys<'p>(object: &'p ObjectExpression<'_>) -> impl Iterator<Item = String> + use<'p> {
    object.properties.iter().filter_map(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => property.key.static_name().map(|name| name.to_string()),
        ObjectPropertyKind::SpreadProperty(_) => None,
    })
}

fn of_value(program: &Program<'_>, value: &Expression<'_>) -> Option<Vec<String>> {
    let handed = |arguments: &[Argument<'_>]| {
        let values = arguments.iter().filter_map(|argument| argument.as_expression());
        values.filter_map(|value| of_value(program, value)).flatten().collect()
    };
    match value.get_inner_expression() {
        Expression::ObjectExpression(object) => Some(keys(object).collect()),
        Expression::ClassExpression(class) => Some(methods(class)),
        Expression::CallExpression(call) => Some(handed(&call.arguments)),
        Expression::NewExpression(new) => Some(handed(&new.arguments)),
        Expression::Identifier(id) => match declared(program, id.name.as_str())? {
            // What a name stands for that is declared by itself ends nowhere.
            Default::Value(value) if matches!(value.get_inner_expression(), Expression::Identifier(_)) => None,
            Default::Value(value) => of_value(program, value),
            Default::Class(class) => Some(methods(class)),
        },
        _ => None,
    }
}

fn methods(class: &Class<'_>) -> Vec<String> {
    let name = |element: &ClassElement<'_>| match element {
        ClassElement::MethodDefinition(method) => method.key.static_name().map(|name| name.to_string()),
        ClassElement::PropertyDefinition(property) => property.key.static_name().map(|name| name.to_string()),
        _ => None,
    };
    class.body.body.iter().filter_map(name).collect()
}

fn default<'p, 'a>(program: &'p Program<'a>) -> Option<Default<'p, 'a>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(class) => Some(Default::Class(class)),
            other => match other.as_expression()?.get_inner_expression() {
                Expression::Identifier(id) => declared(program, id.name.as_str()),
                value => Some(Default::Value(value)),
            },
        },
        Statement::ExportNamedDeclaration(named) => {
            let default = named.specifiers.iter().find(|one| one.exported.name().as_str() == "default")?;
            declared(program, default.local.name().as_str())
        }
        _ => None,
    })
}

/// What a name at the top of the script stands for.
fn declared<'p, 'a>(program: &'p Program<'a>, name: &str) -> Option<Default<'p, 'a>> {
    let value = |declaration: &'p VariableDeclaration<'a>| {
        declaration.declarations.iter().find_map(|one| match (&one.id, &one.init) {
            (BindingPattern::BindingIdentifier(id), Some(init)) if id.name.as_str() == name => {
                Some(Default::Value(init))
            }
            _ => None,
        })
    };
    program.body.iter().find_map(|statement| {
        let declaration = match statement {
            Statement::ExportDeclaration(export) => Some(&export.declaration),
            other => other.as_declaration(),
        };
        match declaration? {
            Declaration::VariableDeclaration(declaration) => value(declaration),
            Declaration::ClassDeclaration(class) => {
                class.id.as_ref().filter(|id| id.name.as_str() == name).map(|_| Default::Class(class))
            }
            _ => None,
        }
    })
}
