//! What one module says: how it is written, what it imports, and what it exports.

use super::config::line;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, BindingIdentifier, CallExpression, Declaration, ExportDefaultDeclaration, Expression, ImportDeclaration,
    ImportDeclarationSpecifier, ImportExpression, Statement, StaticMemberExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use std::collections::BTreeSet;

/// What was read.
#[derive(Default)]
pub(super) struct Read {
    /// Whether it exports something by default, which makes a Worker of modules of it.
    pub(super) has_default: bool,
    /// Whether it listens to events as the older form does.
    pub(super) listens: bool,
    pub(super) imports: Vec<Import>,
    /// Names that it exports of its own.
    pub(super) exports: BTreeSet<String>,
    /// Where it says what it exports of its own: a script of the older form has nobody to export to, and its build leaves these words out.
    pub(super) exporting: Vec<Span>,
    /// Where it reads `process.env.NODE_ENV`: the line.
    pub(super) mode: Option<usize>,
    /// What it does that only a build resolves: the line, and what.
    pub(super) problems: Vec<(usize, String)>,
}

/// What one module takes of another.
pub(super) struct Import {
    pub(super) specifier: String,
    /// Where its text stands, with its quotes.
    pub(super) span: Span,
    pub(super) line: usize,
    /// The names that are taken.
    pub(super) names: Vec<String>,
    /// Whether all that the other exports is exported, too.
    pub(super) gives_all: bool,
}

/// Reads a module of JavaScript; the line and what is wrong where it is none.
pub(super) fn read(text: &str) -> Result<Read, (usize, String)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
    if let Some(error) = parsed.diagnostics.errors().next() {
        let at = error.labels.first().map_or(0, |label| label.offset());
        return Err((line(text, at as usize), error.message.to_string()));
    }
    let mut reading = Reading { text, read: Read::default(), own_require: false, requires: Vec::new() };
    for statement in &parsed.program.body {
        reading.top(statement);
    }
    reading.visit_program(&parsed.program);
    let Reading { mut read, own_require, requires, .. } = reading;
    if !own_require {
        read.problems.extend(requires);
    }
    Ok(read)
}

struct Reading<'t> {
    text: &'t str,
    read: Read,
    /// Whether something is called `require` in the text itself.
    own_require: bool,
    requires: Vec<(usize, String)>,
}

impl Reading<'_> {
    fn add(&mut self, specifier: &str, span: Span, names: Vec<String>, gives_all: bool) {
        let line = line(self.text, span.start as usize);
        self.read.imports.push(Import { specifier: specifier.to_owned(), span, line, names, gives_all });
    }

    fn exports(&mut self, name: &str) {
        self.read.has_default |= name == "default";
        self.read.exports.insert(name.to_owned());
    }

    fn top(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::ExportNamedDeclaration(named) => {
                self.read.exporting.push(named.span);
                named.specifiers.iter().for_each(|one| self.exports(one.exported.name().as_str()));
            }
            Statement::ExportDeclaration(export) => {
                self.read.exporting.push(Span::new(export.span.start, export.declaration.span().start));
                self.declared(&export.declaration);
            }
            Statement::ExportFromDeclaration(from) => {
                from.specifiers.iter().for_each(|one| self.exports(one.exported.name().as_str()));
            }
            Statement::ExportAllDeclaration(all) => {
                all.exported.iter().for_each(|name| self.exports(name.name().as_str()));
            }
            _ => {}
        }
    }

    fn declared(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for id in variables.declarations.iter().flat_map(|one| one.id.get_binding_identifiers()) {
                    self.exports(id.name.as_str());
                }
            }
            Declaration::FunctionDeclaration(one) => one.id.iter().for_each(|id| self.exports(id.name.as_str())),
            Declaration::ClassDeclaration(one) => one.id.iter().for_each(|id| self.exports(id.name.as_str())),
            _ => {}
        }
    }
}

impl<'a> Visit<'a> for Reading<'_> {
    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        self.exports("default");
        walk::walk_export_default_declaration(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let name = |one: &ImportDeclarationSpecifier<'_>| match one {
            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".to_owned()),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
            ImportDeclarationSpecifier::ImportSpecifier(one) => Some(one.imported.name().to_string()),
        };
        let names = it.specifiers.iter().flatten().filter_map(name).collect();
        self.add(&it.source.value, it.source.span, names, false);
        walk::walk_import_declaration(self, it);
    }

    fn visit_export_all_declaration(&mut self, it: &oxc_ast::ast::ExportAllDeclaration<'a>) {
        self.add(&it.source.value, it.source.span, Vec::new(), it.exported.is_none());
    }

    fn visit_export_from_declaration(&mut self, it: &oxc_ast::ast::ExportFromDeclaration<'a>) {
        let names = it.specifiers.iter().map(|one| one.local.name().to_string()).collect();
        self.add(&it.source.value, it.source.span, names, false);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        match it.source.get_inner_expression() {
            Expression::StringLiteral(source) => self.add(&source.value, source.span, Vec::new(), false),
            _ => {
                let at = line(self.text, it.span.start as usize);
                let what = "imports by a name that its text does not tell, and which files that may be nobody says";
                self.read.problems.push((at, what.to_owned()));
            }
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let of_process = |of: &StaticMemberExpression<'_>| {
            of.property.name == "env" && matches!(&of.object, Expression::Identifier(id) if id.name == "process")
        };
        if it.property.name == "NODE_ENV"
            && matches!(&it.object, Expression::StaticMemberExpression(of) if of_process(of))
        {
            let at = line(self.text, it.span.start as usize);
            self.read.mode.get_or_insert(at);
        }
        walk::walk_static_member_expression(self, it);
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        self.own_require |= it.name.as_str() == "require";
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let (Expression::Identifier(called), Some(first)) = (&it.callee, it.arguments.first()) {
            match (called.name.as_str(), first) {
                ("require", Argument::StringLiteral(of)) => {
                    let at = line(self.text, it.span.start as usize);
                    self.requires.push((at, format!("`require` of `{}` is resolved by the build alone", of.value)));
                }
                ("addEventListener", Argument::StringLiteral(_)) => self.read.listens = true,
                _ => {}
            }
        }
        walk::walk_call_expression(self, it);
    }
}
