//! Classes: what their members say of types, and parameters of a constructor that are properties.

use super::{Blanking, blanked};
use oxc_ast::ast::{
    BindingPattern, Class, ClassElement, Expression, FormalParameter, MethodDefinition, MethodDefinitionKind,
    PropertyDefinition, PropertyDefinitionType, Statement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;

impl Blanking<'_> {
    pub(super) fn class<'a>(&mut self, it: &Class<'a>) {
        self.visit_decorators(&it.decorators);
        if it.r#abstract {
            self.modifiers(it.span.start, it.body.span.start);
        }
        let mut end = it.id.as_ref().map(|id| id.span.end);
        if let Some(parameters) = &it.type_parameters {
            self.visit_ts_type_parameter_declaration(parameters);
            end = Some(parameters.span.end);
        }
        if let Some(heritage) = &it.heritage {
            self.visit_expression(&heritage.expression);
            end = Some(heritage.expression.span().end);
            if let Some(arguments) = &heritage.type_arguments {
                self.blank(arguments.span.start, arguments.span.end);
                end = Some(arguments.span.end);
            }
        }
        if let Some(first) = it.implements.first() {
            let from = end.unwrap_or(it.span.start);
            // The word itself stands in front of the first.
            match self.says(from, first.span.start).find("implements").and_then(|at| u32::try_from(at).ok()) {
                Some(at) => self.blank(from + at, it.body.span.start),
                None => self.stuck(first.span.start, "a class's interface"),
            }
        }
        for element in &it.body.body {
            match element {
                ClassElement::StaticBlock(block) => walk::walk_static_block(self, block),
                ClassElement::MethodDefinition(method) => self.method(method, it),
                ClassElement::PropertyDefinition(property) => self.property(property, it),
                ClassElement::AccessorProperty(accessor) => self.stuck(accessor.span.start, "an `accessor`"),
                ClassElement::TSIndexSignature(index) => self.ended(index.span.start, index.span.end),
            }
        }
    }

    fn method<'a>(&mut self, it: &MethodDefinition<'a>, class: &Class<'a>) {
        if it.value.body.is_none() {
            return self.ended(it.span.start, it.span.end);
        }
        self.modifiers(it.span.start, it.key.span().start);
        if it.optional {
            self.tail(it.key.span().end, None, true);
        }
        if it.kind == MethodDefinitionKind::Constructor {
            self.constructor(it, class);
        }
        walk::walk_method_definition(self, it);
    }

    fn property<'a>(&mut self, it: &PropertyDefinition<'a>, class: &Class<'a>) {
        if it.declare || it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
            return self.ended(it.span.start, it.span.end);
        }
        // Whether a build keeps it hangs on its configuration (`useDefineForClassFields`), and what a parent gave it with it.
        if it.value.is_none() && !it.r#static && may_be_given(it, class) {
            self.stuck(it.span.start, "a field without a value in a class that extends another");
        }
        self.visit_decorators(&it.decorators);
        self.modifiers(it.span.start, it.key.span().start);
        if it.computed {
            self.visit_property_key(&it.key);
        }
        if it.span.end > 0 && self.says(it.span.end - 1, it.span.end) != ";" {
            self.bare_ends.insert(it.span.end);
        }
        let name_ends = if it.computed { None } else { Some(it.key.span().end) };
        match (name_ends, &it.type_annotation) {
            (Some(from), Some(annotation)) if it.value.is_none() => self.behind(from, annotation.span.end),
            (Some(from), annotation) => self.tail(from, annotation.as_deref(), it.optional || it.definite),
            (None, Some(annotation)) => self.behind(annotation.span.start, annotation.span.end),
            (None, None) => {}
        }
        if let Some(value) = &it.value {
            self.visit_expression(value);
        }
    }

    /// `constructor(private name)` gives `this.name` what it gets, at the beginning or behind `super()`.
    fn constructor<'a>(&mut self, it: &MethodDefinition<'a>, class: &Class<'a>) {
        let is_property = |one: &&FormalParameter<'_>| one.accessibility.is_some() || one.readonly || one.r#override;
        let name = |one: &FormalParameter<'_>| match &one.pattern {
            BindingPattern::BindingIdentifier(id) => id.name.to_string(),
            _ => String::new(),
        };
        let names: Vec<String> = it.value.params.items.iter().filter(is_property).map(name).collect();
        let Some(body) = it.value.body.as_ref().filter(|_| !names.is_empty()) else { return };
        let reads = |value: &Expression<'_>| {
            let text = self.says(value.span().start, value.span().end);
            names.iter().any(|name| text.contains(&format!("this.{name}")))
        };
        let early = class.body.body.iter().any(|element| match element {
            ClassElement::PropertyDefinition(property) => {
                !property.r#static && property.value.as_ref().is_some_and(reads)
            }
            _ => false,
        });
        if early || names.iter().any(String::is_empty) {
            return self.stuck(it.span.start, "a parameter that is a property, and is read by a field,");
        }
        let given: Vec<String> = names.iter().map(|name| format!("this.{name} = {name};")).collect();
        let given = given.join(" ");
        let after_super = match body.statements.first() {
            Some(Statement::ExpressionStatement(first)) => match &first.expression {
                Expression::CallExpression(call) if matches!(call.callee, Expression::Super(_)) => Some(first.span.end),
                _ => None,
            },
            _ => None,
        };
        match (after_super, &class.heritage) {
            (None, None) => {
                let at = body.directives.last().map_or(body.span.start + 1, |directive| directive.span.end);
                self.replace(at, at, format!(" {given}"));
            }
            (Some(at), Some(_)) => self.replace(at, at, format!("; {given}")),
            _ => self.stuck(it.span.start, "a parameter that is a property beside a `super()` that is not the first"),
        }
    }

    /// Spaces in place of a text, and a text at its front.
    pub(super) fn instead(&mut self, start: u32, end: u32, new: &str) {
        let lines: String = blanked(self.says(start, end)).chars().filter(|c| *c == '\n').collect();
        self.replace(start, end, format!("{new}{lines}"));
    }
}

/// Parents whose fields are known: all of the runtime's classes, and errors.
const PARENTS: [&str; 7] =
    ["DurableObject", "Error", "Object", "RpcTarget", "TypeError", "WorkerEntrypoint", "WorkflowEntrypoint"];
/// The fields that they have.
const GIVEN: [&str; 6] = ["cause", "ctx", "env", "message", "name", "stack"];

/// Whether a field may have a value from the class's parent.
fn may_be_given(field: &PropertyDefinition<'_>, class: &Class<'_>) -> bool {
    let Some(heritage) = &class.heritage else { return false };
    let is_known = matches!(&heritage.expression, Expression::Identifier(id) if PARENTS.contains(&id.name.as_str()));
    let name = field.key.static_name();
    !is_known || name.is_none_or(|name| GIVEN.contains(&name.as_ref()))
}
