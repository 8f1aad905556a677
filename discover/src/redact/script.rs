//! Scripts of Workers: each literal, template and comment by itself, so that what is left is still a script.
//!
//! A mark stands inside the quotes that a secret stood in. A number becomes `Number("<redacted:…>")`. What cannot be parsed
//! cannot be told apart, and goes as a whole.

use super::Redactor;
use super::names::{Suspicion, suspicion};
use super::shapes;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, AssignmentExpression, BinaryExpression, BindingPattern, CallExpression, Comment, Expression,
    ImportDeclaration, NumericLiteral, ObjectProperty, Program, PropertyDefinition, RegExpLiteral, StringLiteral,
    TemplateElement, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{SourceType, Span};
use serde_json::Value;

impl Redactor {
    /// The modules of a configuration of wrangler, in place.
    pub(super) fn modules(&self, document: &mut Value) {
        let Some(modules) = document.get_mut("modules").and_then(Value::as_array_mut) else { return };
        for module in modules {
            let kind = module.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
            let Some(content) = module.get_mut("content") else { continue };
            let Some(text) = content.as_str() else { continue };
            *content = match kind.as_str() {
                "esm" | "service-worker" => self.script(text).map_or(Value::Null, Value::String),
                "json" => serde_json::from_str::<Value>(text).map_or(Value::Null, |mut data| {
                    let before = data.clone();
                    self.free_document(&mut data);
                    Value::String(if data == before { text.to_owned() } else { data.to_string() })
                }),
                _ => Value::String(self.redact_text(text)),
            };
        }
    }

    /// A script without its secrets; none when it is no JavaScript.
    pub(crate) fn script(&self, text: &str) -> Option<String> {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
        if parsed.panicked || parsed.diagnostics.has_errors() {
            return None;
        }
        let mut reading = Reading { redactor: self, text, names: vec![String::new()], edits: Vec::new() };
        reading.visit_program(&parsed.program);
        reading.comments(&parsed.program);
        Some(reading.edited())
    }
}

struct Reading<'r> {
    redactor: &'r Redactor,
    text: &'r str,
    /// What the next literal is the value of, innermost last.
    names: Vec<String>,
    edits: Vec<(Span, String)>,
}

impl Reading<'_> {
    fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    fn edited(mut self) -> String {
        self.edits.sort_by_key(|(span, _)| span.start);
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for (span, new) in self.edits {
            out += &self.text[from..span.start as usize];
            out += &new;
            from = span.end as usize;
        }
        out + &self.text[from..]
    }

    /// A comment decides nothing: where something in it could be a secret it is emptied, and so is one that carries the whole
    /// source. A line feed in it may end a statement, and stays.
    fn comments(&mut self, program: &Program<'_>) {
        for Comment { span, .. } in &program.comments {
            let text = &self.text[span.start as usize..span.end as usize];
            let carries = text.contains("sourceMappingURL=data:");
            if carries || self.redactor.redact_text(text) != text {
                let new = match text.starts_with("//") {
                    true => "//",
                    false if text.contains('\n') => "/*\n*/",
                    false => "/**/",
                };
                self.edits.push((*span, new.to_owned()));
            }
        }
    }

    fn named(&mut self, name: Option<&str>, visit: impl FnOnce(&mut Self)) {
        self.names.push(name.unwrap_or_default().to_owned());
        visit(self);
        self.names.pop();
    }
}

impl<'a> Visit<'a> for Reading<'_> {
    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        if let Some(masked) = self.redactor.value(&it.value, self.name()) {
            self.edits.push((it.span, Value::from(masked).to_string()));
        }
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        let text = it.value.cooked.as_ref().unwrap_or(&it.value.raw);
        if let Some(masked) = self.redactor.value(text, self.name()) {
            let escaped = masked.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${");
            // The span of an element is its text alone.
            self.edits.push((it.span, escaped));
        }
    }

    fn visit_numeric_literal(&mut self, it: &NumericLiteral<'a>) {
        let digits = &self.text[it.span.start as usize..it.span.end as usize];
        if suspicion(self.name()) == Suspicion::Strong && !shapes::is_harmless_under_secret_name(digits) {
            self.edits.push((it.span, format!("Number(\"{}\")", self.redactor.mark(digits))));
        }
    }

    fn visit_reg_exp_literal(&mut self, it: &RegExpLiteral<'a>) {
        let text = &self.text[it.span.start as usize..it.span.end as usize];
        if let Some(masked) = self.redactor.known_tokens(text) {
            self.edits.push((it.span, masked));
        }
    }

    /// What names another module is none of the script's values.
    fn visit_import_declaration(&mut self, _: &ImportDeclaration<'a>) {}

    fn visit_export_from_declaration(&mut self, _: &oxc_ast::ast::ExportFromDeclaration<'a>) {}

    fn visit_export_all_declaration(&mut self, _: &oxc_ast::ast::ExportAllDeclaration<'a>) {}

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        let name = match &it.id {
            BindingPattern::BindingIdentifier(id) => Some(id.name.as_str()),
            _ => None,
        };
        self.named(name, |reading| walk::walk_variable_declarator(reading, it));
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        use oxc_span::GetSpan;
        let left = it.left.span();
        let written = &self.text[left.start as usize..left.end as usize];
        let last = last_name(written).to_owned();
        self.named(Some(&last), |reading| walk::walk_assignment_expression(reading, it));
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        let name = it.key.static_name().map(|name| name.to_string());
        self.named(name.as_deref(), |reading| walk::walk_property_definition(reading, it));
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        let name = it.key.static_name().map(|name| name.to_string());
        // A key is no value of what the object is.
        self.named(None, |reading| reading.visit_property_key(&it.key));
        self.named(name.as_deref(), |reading| reading.visit_expression(&it.value));
    }

    /// What is compared with a literal is what the literal is a value of.
    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        let name = of_expression(&it.left).or_else(|| of_expression(&it.right));
        let name = name.unwrap_or_else(|| self.name().to_owned());
        self.named(Some(&name), |reading| walk::walk_binary_expression(reading, it));
    }

    /// `headers.set("Authorization", "…")`: the first argument names the others.
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let first = match it.arguments.first() {
            Some(Argument::StringLiteral(first)) if it.arguments.len() > 1 => Some(first.value.to_string()),
            _ => None,
        };
        let around = self.name().to_owned();
        self.named(None, |reading| reading.visit_expression(&it.callee));
        for (at, argument) in it.arguments.iter().enumerate() {
            let name = if at == 0 {
                Some(around.as_str()).filter(|_| first.is_none())
            } else {
                first.as_deref().or(Some(&around))
            };
            self.named(name, |reading| reading.visit_argument(argument));
        }
    }
}

/// The last name of a reference: `token` of `env.auth.token`.
fn last_name(text: &str) -> &str {
    text.trim_end_matches([']', '"', '\'']).rsplit(['.', '[', '"', '\'']).next().unwrap_or(text)
}

fn of_expression(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::Identifier(id) => Some(id.name.to_string()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.to_string()),
        Expression::CallExpression(call) => match call.arguments.first() {
            // `headers.get("x-api-key")`.
            Some(Argument::StringLiteral(first)) => Some(first.value.to_string()),
            _ => None,
        },
        _ => None,
    }
}
