//! The modules of a script: the file that `main` names, and what it imports, as they lie there.

use super::Place;
use super::kinds::{Kind, Rules};
use super::node::{self, Part};
use super::reading::{self, Import, Read};
use super::types;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

/// The largest module that is read: Cloudflare takes scripts of 10 MB compressed (Workers, "Limits"), and 64 MB before that.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Modules of one script: more are no script that a person wrote.
const MOST: usize = 1000;
/// How a script's build is had.
const BUILD: &str = "run `npx wrangler deploy --dry-run --outdir dist` and name what it makes as `main` in a configuration with `no_bundle = true`";
/// What is tried behind a name that is no file (esbuild, "Resolve extensions"), in this order.
const ENDS: [&str; 12] =
    ["", ".tsx", ".ts", ".jsx", ".js", ".json", ".mjs", ".mts", "/index.tsx", "/index.ts", "/index.js", "/index.json"];

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
    let has_node = body
        .get("compatibility_flags")
        .and_then(Value::as_array)
        .is_some_and(|flags| flags.iter().filter_map(Value::as_str).any(|flag| flag.starts_with("nodejs_compat")));
    let mut gathering = Gathering {
        place,
        script: &mut script,
        rules: Rules::of(body),
        has_node,
        date: body.get("compatibility_date").and_then(Value::as_str).unwrap_or_default().to_owned(),
        is_built: body.get("no_bundle").and_then(Value::as_bool) == Some(true),
        names: BTreeMap::new(),
        read: BTreeMap::new(),
        taken: Vec::new(),
    };
    gathering.main(main);
    script
}

struct Gathering<'p> {
    place: &'p Place,
    script: &'p mut Script,
    rules: Rules,
    /// Whether Node's own modules are there.
    has_node: bool,
    /// The day whose behaviour of the runtime it wants.
    date: String,
    /// Whether it runs as it lies there.
    is_built: bool,
    /// File → the name under which it is a module.
    names: BTreeMap<Utf8PathBuf, String>,
    /// Module → what it exports of its own, and modules of which it exports all.
    read: BTreeMap<String, (BTreeSet<String>, Vec<String>)>,
    /// What is taken: of which module, which name, by which module, at which line.
    taken: Vec<(String, String, String, usize)>,
}

impl Gathering<'_> {
    fn main(&mut self, main: &str) {
        let name = plain(Utf8Path::new(main));
        let Some(name) = name else { return self.problem(format!("`main` leads out of the folder, to {main}")) };
        let (file, name) = self.named(self.existing(&name, "").unwrap_or(name));
        self.names.insert(file.clone(), name.clone());
        let mut waiting = vec![(file, name)];
        let mut at = 0;
        while let Some((file, name)) = waiting.get(at).cloned() {
            at += 1;
            if at > MOST {
                return self.problem(format!("{main} imports more than {MOST} files; {BUILD}"));
            }
            self.module(&file, &name, at == 1, &mut waiting);
        }
        self.names_that_are_not_there();
    }

    /// Reads one file, and puts what it imports on the list.
    fn module(&mut self, file: &Utf8Path, name: &str, is_main: bool, waiting: &mut Vec<(Utf8PathBuf, String)>) {
        let kind = match self.rules.kind(name) {
            Ok(kind) => kind,
            Err(what) => return self.problem(format!("{name} {what}; {BUILD}")),
        };
        if matches!(kind, Kind::Wasm | Kind::Data) {
            match self.bytes(file) {
                Ok(bytes) => {
                    self.script.modules.push(json!({"name": name, "type": kind.as_str(), "content": hex(&bytes)}))
                }
                Err(reason) => self.problem(format!("{name} {reason}")),
            }
            return;
        }
        let text = match self.text(file) {
            Ok(text) => text,
            Err(reason) => return self.problem(format!("{name} {reason}")),
        };
        if matches!(kind, Kind::Json | Kind::Text) {
            self.script.modules.push(json!({"name": name, "type": kind.as_str(), "content": text}));
            return;
        }
        let plain = if kind == Kind::Typed { types::stripped(&text) } else { Ok(text) };
        let read = plain.and_then(|text| reading::read(&text).map(|read| (text, read)));
        let (text, read) = match read {
            Ok(read) => read,
            Err((line, message)) => {
                return self.problem(format!(
                    "{name}:{line}: {message}. Correct it, or, if it has to be built first: {BUILD}"
                ));
            }
        };
        let mode = if self.is_built { None } else { read.mode };
        let mode = mode.map(|line| (line, "`process.env.NODE_ENV` is written into the script by its build".to_owned()));
        for (line, what) in read.problems.iter().cloned().chain(mode) {
            self.problem(format!("{name}:{line}: {what}: {BUILD}"));
        }
        if is_main {
            // As wrangler tells them apart: by the default export.
            let is_in_parts = !read.exports.is_empty() || !read.imports.is_empty();
            let is_module = read.has_default || (is_in_parts && !read.listens);
            self.script.format = if is_module { Format::Modules } else { Format::ServiceWorker };
        }
        let service = self.script.format == Format::ServiceWorker;
        if service && !read.imports.is_empty() {
            return self.problem(format!("{name} is no module and imports others, which only its build has: {BUILD}"));
        }
        let text = if service { without(text, &read.exporting) } else { text };
        let text = self.imports(name, text, read, waiting);
        let kind = if service { "service-worker" } else { kind.as_str() };
        self.script.modules.push(json!({"name": name, "type": kind, "content": text}));
    }

    /// Follows what a module imports; gives its text with what it imports under the names that the modules have.
    fn imports(&mut self, name: &str, text: String, read: Read, waiting: &mut Vec<(Utf8PathBuf, String)>) -> String {
        let (mut stars, mut edits) = (Vec::new(), Vec::new());
        for import in read.imports {
            let Some(module) = self.import(name, &import, waiting) else { continue };
            let Import { specifier, span, line, names, gives_all } = import;
            let folder = Utf8Path::new(name).parent().unwrap_or(Utf8Path::new(""));
            if plain(&folder.join(&specifier)).as_deref() != Some(module.as_str()) {
                edits.push((span, from_folder(folder, &module)));
            }
            if gives_all {
                stars.push(module.clone());
            }
            self.taken.extend(names.into_iter().map(|taken| (module.clone(), taken, name.to_owned(), line)));
        }
        self.read.insert(name.to_owned(), (read.exports, stars));
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut text = text;
        for (span, new) in edits {
            text.replace_range(span.start as usize..span.end as usize, &format!("\"{new}\""));
        }
        text
    }

    /// The module that an import leads to; none where it is the runtime's own, or can't be read.
    fn import(&mut self, name: &str, import: &Import, waiting: &mut Vec<(Utf8PathBuf, String)>) -> Option<String> {
        let Import { specifier, line, .. } = import;
        // What the runtime has of its own.
        if ["cloudflare:", "workerd:"].iter().any(|own| specifier.starts_with(own)) {
            return None;
        }
        if !specifier.starts_with("./") && !specifier.starts_with("../") {
            let said = specifier.starts_with("node:");
            let problem = match node::part(specifier, &self.date) {
                Part::There if self.has_node || said => return None,
                Part::There => {
                    format!("`{specifier}` is a part of Node, which comes with the flag `nodejs_compat` alone")
                }
                Part::Built => format!(
                    "`{specifier}` is a part of Node that the runtime has not at the script's day, and its build has a stand-in for"
                ),
                Part::None => format!("`{specifier}` is a package or an alias, which only the build has"),
            };
            self.problem(format!("{name}:{line}: {problem}: {BUILD}"));
            return None;
        }
        let folder = Utf8Path::new(name).parent().unwrap_or(Utf8Path::new(""));
        let bare = specifier.split_once('?').map_or(specifier.as_str(), |(bare, _)| bare);
        let Some(called) = plain(&folder.join(bare)) else {
            self.problem(format!("{name}:{line}: `{specifier}` leads out of the folder of the configuration: {BUILD}"));
            return None;
        };
        let Some(called) = self.existing(&called, name) else {
            self.problem(format!("{name}:{line}: `{specifier}` is not there: add the file, or {BUILD}"));
            return None;
        };
        let (real, called) = self.named(called);
        if let Some(known) = self.names.get(&real) {
            return Some(known.clone());
        }
        self.names.insert(real.clone(), called.clone());
        waiting.push((real, called.clone()));
        Some(called)
    }

    /// The file in the folder of the configuration that a name stands for.
    fn existing(&self, called: &str, importer: &str) -> Option<String> {
        let added = ENDS.iter().map(|end| format!("{called}{end}"));
        // `./a.js` is `a.ts` where TypeScript says it (TypeScript, "Relative import path resolution").
        let typed = [(".js", ".ts"), (".mjs", ".mts")].into_iter().filter(|_| importer.ends_with("ts"));
        let typed = typed.filter_map(|(end, other)| Some(format!("{}{other}", called.strip_suffix(end)?)));
        added.chain(typed).find(|name| self.place.folder.join(name).is_file())
    }

    /// The file without links, and what it is called: as it lies below the folder, where it does.
    fn named(&self, called: String) -> (Utf8PathBuf, String) {
        let file = self.place.folder.join(&called);
        let real = file.canonicalize_utf8().unwrap_or(file);
        let below = real.strip_prefix(&self.place.folder).map(|below| below.as_str().to_owned());
        (real, below.unwrap_or(called))
    }

    /// A name that is taken of a module and that it does not have is an error when the script starts.
    fn names_that_are_not_there(&mut self) {
        if !self.script.problems.is_empty() {
            return;
        }
        let mut missing = Vec::new();
        for (module, taken, by, line) in &self.taken {
            let there = match self.read.contains_key(module) {
                true => self.exports(module, taken, &mut BTreeSet::new()),
                // A text, a JSON document, bytes.
                false => taken == "default",
            };
            if !there {
                missing.push(format!("{by}:{line}: `{taken}` is nothing that {module} exports: correct it, or, if it has to be built first: {BUILD}"));
            }
        }
        self.script.problems.extend(missing);
    }

    fn exports(&self, module: &str, name: &str, seen: &mut BTreeSet<String>) -> bool {
        if !seen.insert(module.to_owned()) {
            return false;
        }
        // What is exported of the runtime's own modules is not known.
        let Some((own, stars)) = self.read.get(module) else { return true };
        own.contains(name) || name != "default" && stars.iter().any(|star| self.exports(star, name, seen))
    }

    fn problem(&mut self, problem: String) {
        self.script.problems.push(problem);
    }

    #[expect(clippy::disallowed_methods, reason = "reading files is this source's work")]
    fn bytes(&self, file: &Utf8Path) -> Result<Vec<u8>, String> {
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
        fs::read(&real).map_err(|error| format!("can't be read: {error}"))
    }

    fn text(&self, file: &Utf8Path) -> Result<String, String> {
        String::from_utf8(self.bytes(file)?).map_err(|_| "can't be read as UTF-8".to_owned())
    }
}

/// A text with blanks in place of some of it: all that stays is where it was.
fn without(mut text: String, parts: &[oxc_span::Span]) -> String {
    for part in parts {
        let range = part.start as usize..part.end as usize;
        let blank: String = text[range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
        text.replace_range(range, &blank);
    }
    text
}

/// How a module in a folder is called from another: `./lib/a.ts`, `../a.ts`.
fn from_folder(folder: &Utf8Path, module: &str) -> String {
    let (mut own, mut other): (Vec<&str>, Vec<&str>) =
        (folder.as_str().split('/').filter(|one| !one.is_empty()).collect(), module.split('/').collect());
    let shared =
        own.iter().zip(&other).take_while(|(one, other)| one == other).count().min(other.len().saturating_sub(1));
    own.drain(..shared);
    other.drain(..shared);
    let up = if own.is_empty() { "./".to_owned() } else { "../".repeat(own.len()) };
    format!("{up}{}", other.join("/"))
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

/// Bytes as a document of JSON can hold them.
fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
