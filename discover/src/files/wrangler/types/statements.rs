//! Statements that say nothing but types, and what is imported and exported.

use super::Blanking;
use oxc_ast::ast::{
    BindingPattern, Declaration, ExportDefaultDeclarationKind, ExportSpecifier, ImportDeclarationSpecifier,
    ImportOrExportKind, Program, Statement,
};
use oxc_ast_visit::walk;
use oxc_span::{GetSpan, Span};
use std::collections::BTreeSet;

/// An import with a list of what it takes.
pub(super) struct Import {
    span: Span,
    source: u32,
    /// What is taken: how it is written, by which name it is used, and whether it is a type.
    takes: Vec<(Takes, String, String, bool)>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Takes {
    Default,
    All,
    Named,
}

/// A list of names that are exported.
pub(super) struct Export {
    span: Span,
    /// Where what it is taken from begins, with `from` in front of it.
    source: Option<u32>,
    /// How each is written, its name here, and whether it is a type.
    gives: Vec<(String, String, bool)>,
}

const TYPE: ImportOrExportKind = ImportOrExportKind::Type;

impl Blanking<'_> {
    fn gone(&mut self, span: Span) {
        self.ended(span.start, span.end);
    }

    pub(super) fn statement<'a>(&mut self, it: &Statement<'a>) {
        let span = it.span();
        if span.end > 0 && self.says(span.end - 1, span.end) != ";" {
            self.bare_ends.insert(span.end);
        }
        match it {
            Statement::ImportDeclaration(import) if import.import_kind == TYPE => self.gone(span),
            Statement::ImportDeclaration(import) => {
                let mut takes = Vec::new();
                for one in import.specifiers.iter().flatten() {
                    let (kind, local, is_type) = match one {
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => (Takes::Default, &one.local, false),
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (Takes::All, &one.local, false),
                        ImportDeclarationSpecifier::ImportSpecifier(one) => {
                            (Takes::Named, &one.local, one.import_kind == TYPE)
                        }
                    };
                    let written = self.says(one.span().start, one.span().end).to_owned();
                    takes.push((kind, written, local.name.to_string(), is_type));
                }
                if !takes.is_empty() {
                    self.imports.push(Import { span, source: import.source.span.start, takes });
                }
            }
            Statement::ExportAllDeclaration(all) if all.export_kind == TYPE => self.gone(span),
            Statement::ExportFromDeclaration(from) if from.export_kind == TYPE => self.gone(span),
            Statement::ExportFromDeclaration(from) => {
                self.exports(span, Some(from.source.span.start), &from.specifiers);
            }
            Statement::ExportNamedDeclaration(named) if named.export_kind == TYPE => self.gone(span),
            Statement::ExportNamedDeclaration(named) => self.exports(span, None, &named.specifiers),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::TSEnumDeclaration(one) if !one.declare => self.enumeration(one, span.start, "export "),
                other if is_type(other) => self.gone(span),
                other => {
                    self.stays(other);
                    walk::walk_statement(self, it);
                }
            },
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => self.gone(span),
                ExportDefaultDeclarationKind::FunctionDeclaration(one) if one.body.is_none() => self.gone(span),
                _ => walk::walk_statement(self, it),
            },
            Statement::TSNamespaceExportDeclaration(_) => self.gone(span),
            Statement::TSExportAssignment(one) => self.stuck(one.span.start, "`export =`"),
            other => match other.as_declaration() {
                Some(Declaration::TSEnumDeclaration(one)) if !one.declare => self.enumeration(one, span.start, ""),
                Some(one) if is_type(one) => self.gone(span),
                Some(one) => {
                    self.stays(one);
                    walk::walk_statement(self, it);
                }
                None => walk::walk_statement(self, it),
            },
        }
    }

    /// What is a declaration of values, and may be none of JavaScript's.
    fn stays(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::TSNamespaceDeclaration(one) => self.stuck(one.span.start, "a `namespace`"),
            Declaration::TSImportEqualsDeclaration(one) => self.stuck(one.span.start, "`import =`"),
            _ => {}
        }
    }

    fn exports(&mut self, span: Span, source: Option<u32>, specifiers: &[ExportSpecifier<'_>]) {
        let one = |one: &ExportSpecifier<'_>| {
            let written = self.says(one.span.start, one.span.end).to_owned();
            (written, one.local.name().to_string(), one.export_kind == TYPE)
        };
        let gives: Vec<_> = specifiers.iter().map(one).collect();
        if source.is_none() {
            self.values.extend(gives.iter().filter(|one| !one.2).map(|one| one.1.clone()));
        }
        if !gives.is_empty() {
            self.exports.push(Export { span, source, gives });
        }
    }

    /// Once all names that are used are known.
    pub(super) fn imports_and_exports(&mut self, program: &Program<'_>) {
        let mut there = declared(program);
        for Import { span, source, takes } in std::mem::take(&mut self.imports) {
            there.extend(takes.iter().filter(|one| !one.3).map(|one| one.2.clone()));
            let kept: Vec<_> = takes.iter().filter(|one| !one.3 && self.values.contains(&one.2)).collect();
            if kept.len() == takes.len() {
                continue;
            }
            if kept.is_empty() {
                self.gone(span);
                continue;
            }
            let of = |kind: Takes| kept.iter().filter(move |one| one.0 == kind).map(|one| one.1.clone());
            let named: Vec<String> = of(Takes::Named).collect();
            let named = (!named.is_empty()).then(|| format!("{{ {} }}", named.join(", ")));
            let clause: Vec<String> = of(Takes::Default).chain(of(Takes::All)).chain(named).collect();
            self.instead(span.start, source, &format!("import {} from ", clause.join(", ")));
        }
        for Export { span, source, gives } in std::mem::take(&mut self.exports) {
            let is_value = |one: &&(String, String, bool)| !one.2 && (source.is_some() || there.contains(&one.1));
            let kept: Vec<String> = gives.iter().filter(is_value).map(|one| one.0.clone()).collect();
            if kept.len() == gives.len() {
                continue;
            }
            match source {
                _ if kept.is_empty() => self.gone(span),
                Some(source) => self.instead(span.start, source, &format!("export {{ {} }} from ", kept.join(", "))),
                None => self.instead(span.start, span.end, &format!("export {{ {} }};", kept.join(", "))),
            }
        }
    }
}

/// Whether it says nothing at run time.
fn is_type(declaration: &Declaration<'_>) -> bool {
    match declaration {
        Declaration::TSTypeAliasDeclaration(_)
        | Declaration::TSInterfaceDeclaration(_)
        | Declaration::TSExternalModuleDeclaration(_)
        | Declaration::TSGlobalDeclaration(_) => true,
        Declaration::TSEnumDeclaration(one) => one.declare,
        Declaration::TSNamespaceDeclaration(one) => one.declare,
        Declaration::TSImportEqualsDeclaration(one) => one.import_kind == TYPE,
        Declaration::VariableDeclaration(one) => one.declare,
        Declaration::ClassDeclaration(one) => one.declare,
        Declaration::FunctionDeclaration(one) => one.declare || one.body.is_none(),
    }
}

/// Names of values at the top of a module.
fn declared(program: &Program<'_>) -> BTreeSet<String> {
    let mut names = Names(BTreeSet::new());
    for statement in &program.body {
        let declaration = match statement {
            Statement::ExportDeclaration(export) => Some(&export.declaration),
            other => other.as_declaration(),
        };
        match declaration.filter(|one| !is_type(one)) {
            Some(Declaration::VariableDeclaration(one)) => {
                one.declarations.iter().for_each(|one| names.pattern(&one.id));
            }
            Some(Declaration::FunctionDeclaration(one)) => names.0.extend(one.id.iter().map(|id| id.name.to_string())),
            Some(Declaration::ClassDeclaration(one)) => names.0.extend(one.id.iter().map(|id| id.name.to_string())),
            Some(Declaration::TSEnumDeclaration(one)) => drop(names.0.insert(one.id.name.to_string())),
            _ => {}
        }
    }
    names.0
}

struct Names(BTreeSet<String>);

impl Names {
    fn pattern(&mut self, pattern: &BindingPattern<'_>) {
        let bound = pattern.get_binding_identifiers();
        self.0.extend(bound.iter().map(|id| id.name.to_string()));
    }
}
