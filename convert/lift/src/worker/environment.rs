//! What a script reads of its environment: by the name of the parameter that Cloudflare hands it over in, whatever a bundler made of that
//! name, and on through functions that get it; in scripts of the older form by globals.

use crate::plconfig::WorkerModuleKind;
use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, ComputedMemberExpression, Expression, FormalParameters,
    IdentifierReference, MethodDefinition, ObjectProperty, Program, PropertyKey, StaticMemberExpression,
    VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use std::collections::{BTreeMap, BTreeSet};

/// Functions whose second parameter is the environment (Workers, "Handlers"), and constructors of classes of the runtime.
const HANDLERS: [&str; 8] = ["constructor", "email", "fetch", "queue", "scheduled", "tail", "test", "trace"];
/// The environment's own name, in every text that no bundler wrote.
const USUAL: &str = "env";
/// Globals in capital letters that the runtime has.
const GLOBALS: [&str; 2] = ["JSON", "URL"];
/// From function to function: deeper than any script hands it on.
const ROUNDS: usize = 8;

/// The names that it reads.
pub(super) fn names(program: &Program<'_>, kind: WorkerModuleKind) -> BTreeSet<String> {
    let mut reading = Reading::default();
    for _ in 0..ROUNDS {
        let known = reading.handed.values().map(BTreeSet::len).sum::<usize>();
        reading.visit_program(program);
        if reading.handed.values().map(BTreeSet::len).sum::<usize>() == known {
            break;
        }
    }
    if kind == WorkerModuleKind::ServiceWorker {
        let Reading { free, declared, names, .. } = &mut reading;
        names.extend(free.iter().filter(|name| !declared.contains(*name)).cloned());
    }
    reading.names
}

#[derive(Default)]
struct Reading {
    names: BTreeSet<String>,
    /// Function → which of its parameters the environment is.
    handed: BTreeMap<String, BTreeSet<usize>>,
    /// What the next function is called, and which of its parameters is the environment because of that.
    next: (Option<String>, Option<usize>),
    /// By which names it is known in each function around.
    known: Vec<BTreeSet<String>>,
    /// Names in capital letters that are read, and all names that are declared.
    free: BTreeSet<String>,
    declared: BTreeSet<String>,
}

impl Reading {
    fn is(&self, expression: &Expression<'_>) -> bool {
        match expression.get_inner_expression() {
            Expression::Identifier(id) => self.is_named(id.name.as_str()),
            Expression::StaticMemberExpression(member) => member.property.name.as_str() == USUAL,
            _ => false,
        }
    }

    fn is_named(&self, name: &str) -> bool {
        name == USUAL || self.known.last().is_some_and(|known| known.contains(name))
    }

    /// What is taken out of it by a pattern, or the name that it has from here on.
    fn taken(&mut self, pattern: &BindingPattern<'_>) {
        match pattern {
            BindingPattern::BindingIdentifier(id) => {
                if let Some(known) = self.known.last_mut() {
                    known.insert(id.name.to_string());
                }
            }
            BindingPattern::ObjectPattern(object) => {
                let keys = object.properties.iter().filter_map(|property| property.key.static_name());
                self.names.extend(keys.map(|key| key.to_string()));
            }
            BindingPattern::AssignmentPattern(assignment) => self.taken(&assignment.left),
            BindingPattern::ArrayPattern(_) => {}
        }
    }

    /// Enters a function: its parameters hide what was called so before.
    fn enter(&mut self, parameters: &FormalParameters<'_>) {
        let (name, by_place) = std::mem::take(&mut self.next);
        let mut known = self.known.last().cloned().unwrap_or_default();
        for id in parameters.items.iter().flat_map(|one| one.pattern.get_binding_identifiers()) {
            known.remove(id.name.as_str());
        }
        self.known.push(known);
        let mut places = name.and_then(|name| self.handed.get(&name).cloned()).unwrap_or_default();
        places.extend(by_place);
        for place in places {
            if let Some(parameter) = parameters.items.get(place) {
                self.taken(&parameter.pattern);
            }
        }
    }

    fn named(&mut self, key: &PropertyKey<'_>, value: Option<&Expression<'_>>) {
        let is_function = value.is_none_or(|value| {
            matches!(
                value.get_inner_expression(),
                Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
            )
        });
        let name = key.static_name().filter(|_| is_function).map(|name| name.to_string());
        let place = name.as_deref().filter(|name| HANDLERS.contains(name)).map(|_| 1);
        self.next = (None, place);
    }
}

impl<'a> Visit<'a> for Reading {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::Function(function) => {
                if let Some(id) = &function.id {
                    self.next.0.get_or_insert_with(|| id.name.to_string());
                }
                self.enter(&function.params);
            }
            AstKind::ArrowFunctionExpression(arrow) => self.enter(&arrow.params),
            _ => {}
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        if matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)) {
            self.known.pop();
        }
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        self.named(&it.key, Some(&it.value));
        walk::walk_object_property(self, it);
        self.next = (None, None);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.named(&it.key, None);
        walk::walk_method_definition(self, it);
        self.next = (None, None);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let Some(init) = &it.init {
            if self.is(init) {
                self.taken(&it.id);
            }
            if let BindingPattern::BindingIdentifier(id) = &it.id {
                let is_function = matches!(
                    init.get_inner_expression(),
                    Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
                );
                self.next = (is_function.then(|| id.name.to_string()), None);
            }
        }
        walk::walk_variable_declarator(self, it);
        self.next = (None, None);
    }

    fn visit_binding_identifier(&mut self, it: &oxc_ast::ast::BindingIdentifier<'a>) {
        self.declared.insert(it.name.to_string());
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        let name = it.name.as_str();
        let capitals = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_uppercase());
        if capitals
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
            && !GLOBALS.contains(&name)
        {
            self.free.insert(name.to_owned());
        }
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        if self.is(&it.object) {
            self.names.insert(it.property.name.to_string());
        }
        walk::walk_static_member_expression(self, it);
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        if let (true, Expression::StringLiteral(name)) = (self.is(&it.object), &it.expression) {
            self.names.insert(name.value.to_string());
        }
        walk::walk_computed_member_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Expression::Identifier(called) = &it.callee {
            for (place, argument) in it.arguments.iter().enumerate() {
                if matches!(argument, Argument::Identifier(id) if self.is_named(id.name.as_str())) {
                    self.handed.entry(called.name.to_string()).or_default().insert(place);
                }
            }
        }
        walk::walk_call_expression(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::plconfig::WorkerModuleKind;
    use oxc_allocator::Allocator;
    use oxc_parser::Parser;
    use oxc_span::SourceType;

    fn read(text: &str, kind: WorkerModuleKind) -> Vec<String> {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
        assert!(!parsed.diagnostics.has_errors(), "{text}");
        names(&parsed.program, kind).into_iter().collect()
    }

    #[test]
    fn the_environment_is_followed_by_whatever_name() {
        for (text, want) in [
            ("export default { fetch(r, env) { return go(env.A, env['B']); } };", &["A", "B"] as &[&str]),
            ("export default { async fetch(t, e, n) { return x(e.A, n.waitUntil, t.url); } };", &["A"]),
            ("export default { fetch: async (t, { A, B: b }) => new Response(A + b) };", &["A", "B"]),
            (
                "const h = { fetch(t, e) { const { A } = e, o = e; return o.B + e.C; } }; export { h as default };",
                &["A", "B", "C"],
            ),
            (
                "function a(e, t) { return t.A + b(t); } const b = (x) => x.B; export default { fetch: (r, e) => a(r, e) };",
                &["A", "B"],
            ),
            ("app.get('/', (c) => c.env.A + this.env.B);", &["A", "B"]),
            // Another thing of the same name.
            ("export default { fetch(t, e) { return [1].map((e) => e.length) + e.A; } };", &["A"]),
            ("export default { fetch(t, e) { return t.e.x; } };", &[]),
        ] {
            assert_eq!(read(text, WorkerModuleKind::Esm), want, "{text}");
        }
    }

    #[test]
    fn globals_of_the_older_form_are_its_environment() {
        let script = "const TABLE = { A: 1 };\naddEventListener('fetch', (e) => e.respondWith(go(e.request)));\n\
                      async function go(r) { return new Response(API_KEY + JSON.stringify(TABLE) + new URL(r.url) + Math.PI); }";
        assert_eq!(read(script, WorkerModuleKind::ServiceWorker), ["API_KEY"]);
    }
}
