//! Secrets that stood in a script: each becomes a variable, and the script reads it where the literal stood.
//!
//! No text is filled in when the container starts: what runs is the text that lies in Git, and a secret is in the environment of
//! the process alone (`docs/decisions/0096`).

use super::module::Module;
use crate::plconfig::WorkerModuleKind;
use caravan_inventory::Redacted;
use oxc_allocator::Allocator;
use oxc_ast::ast::{Program, PropertyKey, StringLiteral, TemplateElement};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{SourceType, Span};
use std::collections::BTreeMap;
use std::fmt::Write;

/// By what a module reads its environment (Workers, "Bindings", "Importing `env` as a global").
const ENVIRONMENT: &str = "__caravan_env";

/// Mark → the variable that stands for it, with where it stood first: module and line.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, (String, String)>);

impl Names {
    /// Those of all modules, in the order in which they stand.
    pub(super) fn of<'m>(modules: impl IntoIterator<Item = &'m Module<'m>>) -> Self {
        let mut names = Self::default();
        for module in modules {
            for span in Redacted::find(module.text) {
                let count = names.0.len() + 1;
                let line = module.text[..span.range.start].matches('\n').count() + 1;
                let place = format!("{}:{line}", module.name);
                names.0.entry(span.mark.to_string()).or_insert_with(|| (format!("CARAVAN_SECRET_{count}"), place));
            }
        }
        names
    }

    /// Each variable for what stands in some modules, with where the secret stood.
    pub(super) fn within(&self, modules: &[Module<'_>]) -> Vec<(&str, &str)> {
        let there = |mark: &str| modules.iter().any(|module| module.text.contains(mark));
        let mut all: Vec<(&str, &str)> = self
            .0
            .iter()
            .filter(|(mark, _)| there(mark))
            .map(|(_, (name, place))| (name.as_str(), place.as_str()))
            .collect();
        all.sort_by_key(|(name, _)| (name.len(), *name));
        all
    }

    fn get(&self, mark: Redacted) -> Option<&str> {
        self.0.get(&mark.to_string()).map(|(name, _)| name.as_str())
    }
}

/// A module's text with variables in place of its secrets; why that can't be done otherwise.
pub(super) fn filled(module: &Module<'_>, names: &Names) -> Result<String, String> {
    if !Redacted::is_in(module.text) {
        return Ok(module.text.to_owned());
    }
    let stuck = || {
        format!(
            "a secret stands in `{}` where no variable can stand in for it: take it out of the script, and read it again",
            module.name
        )
    };
    let is_module = match module.kind {
        WorkerModuleKind::Esm => true,
        WorkerModuleKind::ServiceWorker => false,
        WorkerModuleKind::Text | WorkerModuleKind::Json | WorkerModuleKind::Data | WorkerModuleKind::Wasm => {
            return Err(stuck());
        }
    };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, module.text, SourceType::unambiguous()).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return Err(stuck());
    }
    let filled = Filling { names, is_module, edits: Vec::new() }.all(&parsed.program, module.text);
    // On its first line, so that all others keep their numbers.
    let import = format!("import {{ env as {ENVIRONMENT} }} from \"cloudflare:workers\"; ");
    let filled = if is_module { format!("{import}{filled}") } else { filled };
    if Redacted::is_in(&filled) { Err(stuck()) } else { Ok(filled) }
}

struct Filling<'n> {
    names: &'n Names,
    is_module: bool,
    edits: Vec<(Span, String)>,
}

impl Filling<'_> {
    fn all(mut self, program: &Program<'_>, text: &str) -> String {
        self.visit_program(program);
        self.edits.sort_by_key(|(span, _)| span.start);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (span, new) in self.edits {
            out += &text[from..span.start as usize];
            out += &new;
            from = span.end as usize;
        }
        out + &text[from..]
    }

    /// What reads a secret.
    fn read(&self, mark: Redacted) -> Option<String> {
        let name = self.names.get(mark)?;
        Some(if self.is_module { format!("{ENVIRONMENT}.{name}") } else { name.to_owned() })
    }

    /// A literal's value as an expression; none where no secret is in it.
    fn expression(&self, value: &str) -> Option<String> {
        let spans = Redacted::find(value);
        if spans.is_empty() {
            return None;
        }
        let mut parts = Vec::new();
        let mut from = 0;
        let constant = |text: &str| serde_json::Value::from(text).to_string();
        for span in spans {
            if from < span.range.start {
                parts.push(constant(&value[from..span.range.start]));
            }
            parts.push(self.read(span.mark)?);
            from = span.range.end;
        }
        if from < value.len() {
            parts.push(constant(&value[from..]));
        }
        Some(format!("({})", parts.join(" + ")))
    }
}

impl<'a> Visit<'a> for Filling<'_> {
    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        if let Some(expression) = self.expression(&it.value) {
            self.edits.push((it.span, expression));
        }
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        let raw = it.value.raw.as_str();
        let spans = Redacted::find(raw);
        if spans.is_empty() {
            return;
        }
        let mut text = String::with_capacity(raw.len());
        let mut from = 0;
        for span in spans {
            text += &raw[from..span.range.start];
            if let Some(read) = self.read(span.mark) {
                let _ = write!(text, "${{{read}}}");
            }
            from = span.range.end;
        }
        self.edits.push((it.span, text + &raw[from..]));
    }

    /// A key is computed where it is an expression.
    fn visit_property_key(&mut self, it: &PropertyKey<'a>) {
        if let PropertyKey::StringLiteral(key) = it {
            if let Some(expression) = self.expression(&key.value) {
                self.edits.push((key.span, format!("[{expression}]")));
            }
            return;
        }
        walk::walk_property_key(self, it);
    }

    /// Neither is an expression.
    fn visit_directive(&mut self, _: &oxc_ast::ast::Directive<'a>) {}

    fn visit_import_declaration(&mut self, _: &oxc_ast::ast::ImportDeclaration<'a>) {}
}
