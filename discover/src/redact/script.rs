//! Scripts of Workers: each literal, template and comment by itself, so that what is left is still a script.
//!
//! A mark stands inside the quotes that a secret stood in. A number becomes `Number("<redacted:…>")`. What cannot be parsed
//! cannot be told apart, and goes as a whole.
//!
//! What a literal is the value of says more than its shape ([`named`]). The name itself, where it is written as a text (of a
//! header, a binding, a property), is no secret: there its shape alone decides.

mod named;

use super::Redactor;
use super::names::{Suspicion, suspicion};
use super::shapes;
use named::{
    calls, compares, holds_secrets, is_cookie, is_day, is_markup, is_of_many, is_scheme, is_value, last_name, looks_up,
    more_suspicious, name_of, names_a_header, of_pattern, pair, receiver, says_how, text_of,
};
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, ArrayExpression, AssignmentExpression, AssignmentPattern, BinaryExpression, CallExpression, Comment,
    ComputedMemberExpression, Declaration, FormalParameter, FunctionBody, ImportDeclaration, LogicalExpression,
    LogicalOperator, MethodDefinition, NumericLiteral, ObjectProperty, Program, PropertyDefinition, RegExpLiteral,
    ReturnStatement, Statement, StringLiteral, SwitchStatement, TemplateElement, VariableDeclarator,
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
                "data" | "wasm" if self.speaks_of_secrets(text) => Value::Null,
                "data" | "wasm" => continue,
                _ => Value::String(self.text_module(text)),
            };
        }
    }

    /// A text that a script imports; of a page what stands between tags is looked at by itself.
    fn text_module(&self, text: &str) -> String {
        let between = text.replace(['<', '>'], " ");
        if is_markup(text) && self.redact_text(&between) == between { text.to_owned() } else { self.redact_text(text) }
    }

    /// Whether a secret stands among bytes, given in hexadecimal digits: one of a well-known form, or a login in an address. Nothing in
    /// there can be replaced.
    fn speaks_of_secrets(&self, digits: &str) -> bool {
        let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
        let letters: String = pairs
            .map(|pair| u8::from_str_radix(pair, 16).ok().filter(u8::is_ascii_graphic).map_or(' ', char::from))
            .collect();
        let login = |word: &str| word.contains("://") && word.contains('@') && self.value(word, "").is_some();
        self.known_tokens(&letters).is_some() || letters.split(' ').any(login)
    }

    /// A script without its secrets; none when it is no JavaScript.
    pub(crate) fn script(&self, text: &str) -> Option<String> {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
        if parsed.panicked || parsed.diagnostics.has_errors() {
            return None;
        }
        let mut reading = Reading { redactor: self, text, names: Vec::new(), returned: Vec::new(), edits: Vec::new() };
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
    /// What is given back by each function around, innermost last.
    returned: Vec<String>,
    edits: Vec<(Span, String)>,
}

impl Reading<'_> {
    fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// A text without its secrets; none where it has none. What stands between tags is looked at by itself.
    fn masked(&self, text: &str) -> Option<String> {
        // Separators are none, whatever they are looked for in.
        if !text.contains(char::is_alphanumeric) {
            return None;
        }
        if is_cookie(self.name()) {
            return self.cookie(text);
        }
        if let Some(masked) = self.credentials(text) {
            return masked;
        }
        let masked = self.redactor.value(text, self.name())?;
        let plain = suspicion(self.name()) == Suspicion::None
            && is_markup(text)
            && self.redactor.value(&text.replace(['<', '>'], " "), "").is_none();
        (!plain && !is_scheme(text)).then_some(masked)
    }

    /// A scheme with what is shown by it, whatever it is called: `Bearer SECRET`. Words alone explain something.
    /// None where it is no such text; nothing in it where what is shown is marked.
    fn credentials(&self, text: &str) -> Option<Option<String>> {
        let (scheme, shown) = text.trim().split_once(' ')?;
        if !["basic", "bearer"].iter().any(|one| scheme.eq_ignore_ascii_case(one)) {
            return None;
        }
        if self.redactor.is_mark(shown) {
            return Some(None);
        }
        let is_word = !shown.contains(char::is_whitespace) && !shown.contains(['=', '"', '{']) && shown.len() >= 8;
        let is_secret = is_word && shown.bytes().any(|b| b.is_ascii_digit());
        is_secret.then(|| Some(format!("{scheme} {}", self.redactor.mark(shown))))
    }

    /// A cookie, or a piece of one around what is filled in: its value may be a secret, its name and its attributes are none.
    fn cookie(&self, text: &str) -> Option<String> {
        let piece = |piece: &str| {
            let trimmed = piece.trim();
            let (key, value) = trimmed.split_once('=').unwrap_or(("", trimmed));
            if is_day(key, value) {
                return None;
            }
            let name = match says_how(key, value) {
                true => "",
                false => self.name(),
            };
            let masked = self.redactor.value(value, name)?;
            let before = &piece[..piece.len() - piece.trim_start().len()];
            Some(if key.is_empty() { format!("{before}{masked}") } else { format!("{before}{key}={masked}") })
        };
        let pieces: Vec<(&str, Option<String>)> = text.split(';').map(|one| (one, piece(one))).collect();
        let any = pieces.iter().any(|(_, masked)| masked.is_some());
        let whole: Vec<String> =
            pieces.into_iter().map(|(one, masked)| masked.unwrap_or_else(|| one.to_owned())).collect();
        any.then(|| whole.join(";"))
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
        self.names.push(name.filter(|name| !names_a_header(name)).unwrap_or_default().to_owned());
        visit(self);
        self.names.pop();
    }

    /// A name that is written as a text, in what is called so; there it may be a secret all the same: `TOKENS["…"]`.
    fn key(&mut self, holder: Option<&str>, visit: impl FnOnce(&mut Self)) {
        self.named(holder.filter(|holder| holds_secrets(holder)), visit);
    }
}

impl<'a> Visit<'a> for Reading<'_> {
    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        if let Some(masked) = self.masked(&it.value) {
            self.edits.push((it.span, Value::from(masked).to_string()));
        }
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        let text = it.value.cooked.as_ref().unwrap_or(&it.value.raw);
        if let Some(masked) = self.masked(text) {
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
        self.named(of_pattern(&it.id), |reading| walk::walk_variable_declarator(reading, it));
    }

    fn visit_assignment_pattern(&mut self, it: &AssignmentPattern<'a>) {
        self.named(of_pattern(&it.left), |reading| walk::walk_assignment_pattern(reading, it));
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        self.named(of_pattern(&it.pattern), |reading| walk::walk_formal_parameter(reading, it));
    }

    fn visit_statement(&mut self, it: &Statement<'a>) {
        match it {
            Statement::FunctionDeclaration(function) => {
                let name = function.id.as_ref().map(|id| id.name.as_str());
                self.named(name, |reading| walk::walk_statement(reading, it));
            }
            _ => walk::walk_statement(self, it),
        }
    }

    fn visit_declaration(&mut self, it: &Declaration<'a>) {
        match it {
            Declaration::FunctionDeclaration(function) => {
                let name = function.id.as_ref().map(|id| id.name.as_str());
                self.named(name, |reading| walk::walk_declaration(reading, it));
            }
            _ => walk::walk_declaration(self, it),
        }
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        let name = it.key.static_name().map(|name| name.to_string());
        self.named(name.as_deref(), |reading| walk::walk_method_definition(reading, it));
    }

    /// What a function is called is what it gives back, not what else stands in it.
    fn visit_function_body(&mut self, it: &FunctionBody<'a>) {
        self.returned.push(self.name().to_owned());
        self.named(None, |reading| walk::walk_function_body(reading, it));
        self.returned.pop();
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        let name = self.returned.last().cloned().filter(|_| it.argument.as_ref().is_some_and(is_value));
        self.named(name.as_deref(), |reading| walk::walk_return_statement(reading, it));
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
        // `const TOKENS = { alice: "…" }`: what is called after many is the name of each.
        let table = Some(self.name().to_owned()).filter(|around| is_of_many(around));
        let name = more_suspicious(name, table);
        self.named(name.as_deref(), |reading| reading.visit_expression(&it.value));
    }

    /// `["Authorization", "…"]`, as headers are given in pairs.
    fn visit_array_expression(&mut self, it: &ArrayExpression<'a>) {
        match pair(it).filter(|(name, _)| suspicion(name) > suspicion(self.name())) {
            Some((name, [first, second])) => {
                self.named(None, |reading| reading.visit_expression(first));
                self.named(Some(name), |reading| reading.visit_expression(second));
            }
            None => walk::walk_array_expression(self, it),
        }
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        self.visit_expression(&it.object);
        match text_of(&it.expression) {
            Some(_) => self.key(name_of(&it.object).as_deref(), |reading| reading.visit_expression(&it.expression)),
            None => self.visit_expression(&it.expression),
        }
    }

    /// What is compared with a literal is what the literal is a value of.
    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        let name = more_suspicious(name_of(&it.left), name_of(&it.right));
        let name = name.unwrap_or_else(|| self.name().to_owned());
        self.named(Some(&name), |reading| walk::walk_binary_expression(reading, it));
    }

    /// `env.TOKEN ?? "…"`: a value of the same.
    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.visit_expression(&it.left);
        let instead = it.operator != LogicalOperator::And && is_value(&it.right);
        let name = name_of(&it.left).filter(|_| instead);
        let name = more_suspicious(name, Some(self.name().to_owned()));
        self.named(name.as_deref(), |reading| reading.visit_expression(&it.right));
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        let name = name_of(&it.discriminant).unwrap_or_else(|| self.name().to_owned());
        for case in &it.cases {
            self.named(Some(&name), |reading| case.test.iter().for_each(|test| reading.visit_expression(test)));
            self.visit_statements(&case.consequent);
        }
    }

    /// `headers.set("Authorization", "…")`: the first argument names the others. `headers.get("Authorization")`: it is none
    /// of what the call gives. `token.startsWith("…")`, `["…"].includes(token)`: what is compared names the other.
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let (called, receiver) = (calls(it).unwrap_or_default(), receiver(it));
        // `btoa("user:SECRET")`, `Buffer.from("user:SECRET")`: what is encoded so is a login where it looks like one.
        let encodes = called == "btoa" || called == "from" && receiver.as_deref() == Some("Buffer");
        let around =
            if encodes && suspicion(self.name()) == Suspicion::None { "login" } else { self.name() }.to_owned();
        let first = it.arguments.first().and_then(Argument::as_expression);
        let given = first.and_then(text_of).filter(|_| it.arguments.len() > 1);
        let compared = compares(called) && (given.is_none() || it.arguments.len() == 2)
            || looks_up(called) && first.is_some_and(|first| text_of(first).is_none());
        let beside = if compared { named::beside(it) } else { None };
        self.named(beside.as_deref(), |reading| reading.visit_expression(&it.callee));
        for (at, argument) in it.arguments.iter().enumerate() {
            let is_text = argument.as_expression().and_then(text_of).is_some();
            // The first, or behind the context: `getCookie(c, "session")`.
            if is_text && looks_up(called) && (at == 0 || at == 1 && given.is_none()) {
                self.key(receiver.as_deref(), |reading| reading.visit_argument(argument));
                continue;
            }
            let name = match (at, given, &beside) {
                (_, _, Some(beside)) => Some(beside.as_str()),
                (0, Some(_), None) => None,
                (_, Some(given), None) => Some(given),
                (_, None, None) => Some(around.as_str()),
            };
            self.named(name, |reading| reading.visit_argument(argument));
        }
    }
}
