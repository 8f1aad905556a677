//! TypeScript as JavaScript: what only says types is blanked, and every other letter keeps its line.
//!
//! An enumeration and a parameter that is a property, which do something, become what a build makes of them. What else does something
//! (decorators, namespaces with values, `import x = require()`) is left to the build. No type is ever looked at: `import`s that nothing
//! uses as a value go, as a build's do (esbuild, "TypeScript caveats").

mod classes;
mod enums;
mod statements;

use super::config::line;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    ArrowFunctionExpression, Decorator, FormalParameter, IdentifierReference, TSAsExpression,
    TSInstantiationExpression, TSNonNullExpression, TSSatisfiesExpression, TSThisParameter, TSTypeAnnotation,
    TSTypeAssertion, TSTypeParameterDeclaration, TSTypeParameterInstantiation, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use statements::{Export, Import};
use std::collections::BTreeSet;

/// The text without its types.
///
/// # Errors
/// The line and what stands there, where it is no TypeScript or does more than JavaScript can say.
pub(super) fn stripped(text: &str) -> Result<String, (usize, String)> {
    let allocator = Allocator::default();
    let source = SourceType::ts().with_module(true);
    let parsed = Parser::new(&allocator, text, source).parse();
    if let Some(error) = parsed.diagnostics.errors().next() {
        let at = error.labels.first().map_or(0, |label| label.offset());
        return Err((line(text, at as usize), error.message.to_string()));
    }
    let mut blanking = Blanking { text, ..Blanking::default() };
    blanking.visit_program(&parsed.program);
    blanking.imports_and_exports(&parsed.program);
    if let Some((at, what)) = blanking.problem {
        return Err((line(text, at as usize), format!("{what} has to be built before it runs")));
    }
    let plain = blanking.edited();
    let again = Parser::new(&allocator, &plain, SourceType::mjs()).parse();
    match again.diagnostics.errors().next() {
        None => Ok(plain),
        Some(error) => {
            let at = error.labels.first().map_or(0, |label| label.offset());
            Err((line(&plain, at as usize), "its types can't be taken out of the text".to_owned()))
        }
    }
}

#[derive(Default)]
struct Blanking<'t> {
    text: &'t str,
    edits: Vec<(Span, String)>,
    /// Names that are used as values.
    values: BTreeSet<String>,
    /// Where statements end that no `;` ends: what follows must not become a part of them.
    bare_ends: BTreeSet<u32>,
    imports: Vec<Import>,
    exports: Vec<Export>,
    problem: Option<(u32, &'static str)>,
}

impl Blanking<'_> {
    fn edited(mut self) -> String {
        self.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for (span, new) in self.edits {
            let start = span.start as usize;
            // What stands inside of something that went is gone with it.
            if start < from {
                continue;
            }
            out += &self.text[from..start];
            out += &new;
            from = span.end as usize;
        }
        out + &self.text[from..]
    }

    fn says(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn stuck(&mut self, at: u32, what: &'static str) {
        self.problem.get_or_insert((at, what));
    }

    fn replace(&mut self, start: u32, end: u32, new: String) {
        self.edits.push((Span::new(start, end), new));
    }

    /// Spaces, and the lines' ends, in place of a text.
    fn blank(&mut self, start: u32, end: u32) {
        if start < end {
            let blank = blanked(self.says(start, end));
            self.replace(start, end, blank);
        }
    }

    /// The same, with a `;` at its front.
    fn ended(&mut self, start: u32, end: u32) {
        let blank = blanked(self.says(start, end));
        let new = format!(";{}", blank.strip_prefix(' ').unwrap_or(&blank));
        self.replace(start, end, new);
    }

    /// What stands at the end of an expression, or of a statement.
    fn behind(&mut self, start: u32, end: u32) {
        if self.bare_ends.contains(&end) { self.ended(start, end) } else { self.blank(start, end) }
    }

    /// A mark (`?`, `!`) and a type behind a name.
    fn tail(&mut self, from: u32, annotation: Option<&TSTypeAnnotation<'_>>, marked: bool) {
        match annotation {
            Some(annotation) => self.blank(from, annotation.span.end),
            None if marked => {
                let at = self.text[from as usize..].find(['?', '!']).and_then(|at| u32::try_from(at).ok());
                if let Some(at) = at {
                    self.blank(from + at, from + at + 1);
                }
            }
            None => {}
        }
    }

    /// Words of TypeScript alone in front of a name.
    fn modifiers(&mut self, from: u32, to: u32) {
        const WORDS: [&str; 7] = ["abstract", "declare", "override", "private", "protected", "public", "readonly"];
        let mut at = from;
        let words: Vec<(u32, u32)> = self
            .says(from, to)
            .split_inclusive(|c: char| c.is_ascii_whitespace())
            .filter_map(|word| {
                let start = at;
                at += u32::try_from(word.len()).ok()?;
                let bare = word.trim_end();
                let end = start + u32::try_from(bare.len()).ok()?;
                WORDS.contains(&bare).then_some((start, end))
            })
            .collect();
        words.into_iter().for_each(|(start, end)| self.blank(start, end));
    }

    /// The type of what an arrow gives: no line may end in front of `=>`.
    fn arrow_return(&mut self, it: &ArrowFunctionExpression<'_>) {
        let Some(annotation) = &it.return_type else { return };
        let (close, end) = (it.params.span.end.saturating_sub(1), annotation.span.end);
        if !self.says(close, end).contains('\n') {
            return self.blank(annotation.span.start, end);
        }
        if self.says(close, close + 1) != ")" {
            return self.stuck(close, "a type that its arrow stands apart from");
        }
        let mut blank = blanked(self.says(close, end));
        blank.pop();
        blank.push(')');
        self.replace(close, end, blank);
    }
}

fn blanked(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' }).collect()
}

impl<'a> Visit<'a> for Blanking<'_> {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.values.insert(it.name.to_string());
    }

    fn visit_statement(&mut self, it: &oxc_ast::ast::Statement<'a>) {
        self.statement(it);
    }

    fn visit_class(&mut self, it: &oxc_ast::ast::Class<'a>) {
        self.class(it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.tail(it.id.span().end, it.type_annotation.as_deref(), it.definite);
        self.visit_binding_pattern(&it.id);
        if let Some(init) = &it.init {
            self.visit_expression(init);
        }
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        self.tail(it.pattern.span().end, it.type_annotation.as_deref(), it.optional);
        if it.accessibility.is_some() || it.readonly || it.r#override {
            self.modifiers(it.span.start, it.pattern.span().start);
        }
        self.visit_decorators(&it.decorators);
        self.visit_binding_pattern(&it.pattern);
        if let Some(initializer) = &it.initializer {
            self.visit_expression(initializer);
        }
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        let rest = &self.text[it.span.end as usize..];
        let comma = rest.find(|c: char| !c.is_whitespace()).filter(|at| rest[*at..].starts_with(','));
        let comma = comma.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0);
        self.blank(it.span.start, it.span.end + comma);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        if let Some(parameters) = &it.type_parameters
            && self.says(parameters.span.start, parameters.span.end).contains('\n')
        {
            self.stuck(parameters.span.start, "a function's types in several lines");
        }
        self.arrow_return(it);
        if let Some(parameters) = &it.type_parameters {
            self.visit_ts_type_parameter_declaration(parameters);
        }
        self.visit_formal_parameters(&it.params);
        walk::walk_arrow_function_body(self, &it.body);
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.stuck(it.span.start, "a decorator");
    }

    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        self.blank(it.span.start, it.span.end);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.blank(it.span.start, it.span.end);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.behind(it.span.start, it.span.end);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.behind(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.behind(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.behind(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_instantiation_expression(&mut self, it: &TSInstantiationExpression<'a>) {
        self.behind(it.expression.span().end, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        let (start, end) = (it.span.start, it.expression.span().start);
        if self.says(start, end).contains('\n') {
            self.stuck(start, "a type in several lines");
        }
        self.blank(start, end);
        self.visit_expression(&it.expression);
    }
}

#[cfg(test)]
mod tests;
