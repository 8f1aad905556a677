//! The modules of a script: the file that `main` names, and what it imports, as they lie there.

use super::Place;
use super::config::line;
use camino::{Utf8Path, Utf8PathBuf};
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ImportExpression, Statement};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;

/// The largest module that is read: Cloudflare takes scripts of 10 MB compressed (Workers, "Limits"), and 64 MB before that.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Modules of one script: more are no script that a person wrote.
const MOST: usize = 1000;
/// How a script's build is had.
const BUILD: &str = "run `npx wrangler deploy --dry-run --outdir dist` and name what it makes as `main` in a configuration with `no_bundle = true`";

/// A script's files.
#[derive(Default)]
pub(super) struct Script {
    /// How the script is written.
    pub(super) format: Format,
    /// `{name, type, content}` each, the main one first.
    pub(super) modules: Vec<Value>,
    /// What could not be read, for a person: file, line, and what to do.
    pub(super) problems: Vec<String>,
}

/// How a script is written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Format {
    /// There is none: the configuration serves assets alone.
    #[default]
    Nothing,
    /// `export default { fetch }`.
    Modules,
    /// `addEventListener("fetch", …)`.
    ServiceWorker,
}

impl Format {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Modules => "modules",
            Self::ServiceWorker => "service-worker",
        }
    }
}

/// Reads the script of a configuration.
pub(super) fn gather(place: &Place, body: &Map<String, Value>) -> Script {
    let mut script = Script::default();
    let Some(main) = body.get("main").and_then(Value::as_str) else { return script };
    let mut gathering = Gathering { place, script: &mut script, names: BTreeMap::new() };
    gathering.main(main);
    script
}

struct Gathering<'p> {
    place: &'p Place,
    script: &'p mut Script,
    /// File → the name under which it is a module.
    names: BTreeMap<Utf8PathBuf, String>,
}

/// What one file imports: the text, and the line of it.
struct Import {
    specifier: String,
    line: usize,
}

impl Gathering<'_> {
    fn main(&mut self, main: &str) {
        let name = plain(Utf8Path::new(main));
        let Some(name) = name else { return self.problem(format!("`main` leads out of the folder, to {main}")) };
        let file = self.place.folder.join(&name);
        self.names.insert(file.canonicalize_utf8().unwrap_or_else(|_| file.clone()), name.clone());
        let mut waiting = vec![(file, name)];
        let mut at = 0;
        while let Some((file, name)) = waiting.get(at).cloned() {
            at += 1;
            if at > MOST {
                return self.problem(format!("{main} imports more than {MOST} files; {BUILD}"));
            }
            self.module(&file, &name, at == 1, &mut waiting);
        }
    }

    /// Reads one file, and puts what it imports on the list.
    fn module(&mut self, file: &Utf8Path, name: &str, is_main: bool, waiting: &mut Vec<(Utf8PathBuf, String)>) {
        let kind = match file.extension().unwrap_or_default() {
            "js" | "mjs" => "esm",
            "json" => "json",
            "txt" | "html" | "sql" => "text",
            "ts" | "mts" | "cts" | "tsx" | "jsx" => {
                return self.problem(format!("{name} has to be built before it runs: {BUILD}"));
            }
            other => return self.problem(format!("{name}: modules of the kind `.{other}` are not read yet; {BUILD}")),
        };
        let text = match self.text(file) {
            Ok(text) => text,
            Err(reason) => return self.problem(format!("{name} {reason}")),
        };
        if kind != "esm" {
            self.script.modules.push(json!({"name": name, "type": kind, "content": text}));
            return;
        }
        let (format, imports) = match imports(&text) {
            Ok(read) => read,
            Err((line, message)) => {
                return self.problem(format!(
                    "{name}:{line}: {message}. Correct it, or, if it has to be built first: {BUILD}"
                ));
            }
        };
        if is_main {
            self.script.format = format;
        }
        let service = self.script.format == Format::ServiceWorker;
        if service && !imports.is_empty() {
            return self.problem(format!("{name} is no module and imports others, which only its build has: {BUILD}"));
        }
        for Import { specifier, line } in imports {
            self.import(file, name, &specifier, line, waiting);
        }
        let kind = if service { "service-worker" } else { kind };
        self.script.modules.push(json!({"name": name, "type": kind, "content": text}));
    }

    fn import(
        &mut self,
        file: &Utf8Path,
        name: &str,
        specifier: &str,
        line: usize,
        waiting: &mut Vec<(Utf8PathBuf, String)>,
    ) {
        // What the runtime has of its own.
        if ["cloudflare:", "node:", "workerd:"].iter().any(|own| specifier.starts_with(own)) {
            return;
        }
        if !specifier.starts_with("./") && !specifier.starts_with("../") {
            return self
                .problem(format!("{name}:{line}: `{specifier}` is a package, which only the build has: {BUILD}"));
        }
        let folder = Utf8Path::new(name).parent().unwrap_or(Utf8Path::new(""));
        let Some(called) = plain(&folder.join(specifier)) else {
            return self.problem(format!(
                "{name}:{line}: `{specifier}` leads out of the folder of the configuration: {BUILD}"
            ));
        };
        let wanted = file.parent().unwrap_or(Utf8Path::new("")).join(specifier);
        let ends = ["", ".js", ".mjs", "/index.js"];
        let found = ends.iter().map(|end| Utf8PathBuf::from(format!("{wanted}{end}"))).find(|path| path.is_file());
        let Some(found) = found else {
            return self.problem(format!("{name}:{line}: `{specifier}` is not there: add the file, or {BUILD}"));
        };
        let real = found.canonicalize_utf8().unwrap_or(found);
        match self.names.get(&real) {
            // The build makes one module of it; two would each have a state of their own.
            Some(known) if *known != called => {
                self.problem(format!(
                    "{name}:{line}: `{specifier}` is imported as {known}, too: write both alike, or {BUILD}"
                ));
            }
            Some(_) => {}
            None => {
                self.names.insert(real.clone(), called.clone());
                waiting.push((real, called));
            }
        }
    }

    fn problem(&mut self, problem: String) {
        self.script.problems.push(problem);
    }

    #[expect(clippy::disallowed_methods, reason = "reading files is this source's work")]
    fn text(&self, file: &Utf8Path) -> Result<String, String> {
        let real = file.canonicalize_utf8().map_err(|error| format!("can't be opened: {error}; {BUILD}"))?;
        if !real.starts_with(&self.place.root) {
            return Err("lies outside of the folder that was named: name the folder above it".to_owned());
        }
        let about = fs::metadata(&real).map_err(|error| format!("can't be opened: {error}"))?;
        if !about.is_file() {
            return Err("is no regular file".to_owned());
        }
        if about.len() > LARGEST {
            return Err(format!("has {} bytes; at most {LARGEST} are read", about.len()));
        }
        fs::read_to_string(&real).map_err(|error| format!("can't be read as UTF-8: {error}"))
    }
}

/// A path without `.` and `..`; none when it leads out of where it begins.
fn plain(path: &Utf8Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.as_str().split('/') {
        match part {
            "" if parts.is_empty() && path.as_str().starts_with('/') => return None,
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// How a script is written, and what it imports; the line and what is wrong where it is no JavaScript.
fn imports(text: &str) -> Result<(Format, Vec<Import>), (usize, String)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
    if let Some(error) = parsed.diagnostics.errors().next() {
        let at = error.labels.first().map_or(0, |label| label.offset());
        return Err((line(text, at as usize), error.message.to_string()));
    }
    let mut found = Imports { text, imports: Vec::new() };
    found.visit_program(&parsed.program);
    let exports = parsed.program.body.iter().any(|statement| match statement {
        Statement::ExportDefaultDeclaration(_) => true,
        Statement::ExportNamedDeclaration(named) => {
            named.specifiers.iter().any(|one| one.exported.name().as_str() == "default")
        }
        _ => false,
    });
    // As wrangler tells them apart: by the default export.
    let is_module = exports || parsed.program.source_type.is_module();
    Ok((if is_module { Format::Modules } else { Format::ServiceWorker }, found.imports))
}

struct Imports<'t> {
    text: &'t str,
    imports: Vec<Import>,
}

impl Imports<'_> {
    fn add(&mut self, specifier: &str, at: u32) {
        self.imports.push(Import { specifier: specifier.to_owned(), line: line(self.text, at as usize) });
    }
}

impl<'a> Visit<'a> for Imports<'_> {
    fn visit_import_declaration(&mut self, it: &oxc_ast::ast::ImportDeclaration<'a>) {
        self.add(&it.source.value, it.source.span.start);
    }

    fn visit_export_all_declaration(&mut self, it: &oxc_ast::ast::ExportAllDeclaration<'a>) {
        self.add(&it.source.value, it.source.span.start);
    }

    fn visit_export_from_declaration(&mut self, it: &oxc_ast::ast::ExportFromDeclaration<'a>) {
        self.add(&it.source.value, it.source.span.start);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if let Expression::StringLiteral(source) = &it.source {
            self.add(&source.value, source.span.start);
        }
        walk::walk_import_expression(self, it);
    }
}
