//! What a file is to a script: by its name's end, and by the rules of the configuration.

use serde_json::{Map, Value};

/// What a module is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Script,
    /// TypeScript, without the parts that have to be built.
    Typed,
    Json,
    Text,
    Data,
    Wasm,
}

impl Kind {
    /// As the document says it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Script | Self::Typed => "esm",
            Self::Json => "json",
            Self::Text => "text",
            Self::Data => "data",
            Self::Wasm => "wasm",
        }
    }
}

/// What holds without a rule (wrangler, "Default module rules").
const DEFAULTS: [(&str, &[&str]); 3] = [
    ("Text", &["**/*.txt", "**/*.html", "**/*.sql"]),
    ("Data", &["**/*.bin"]),
    ("CompiledWasm", &["**/*.wasm", "**/*.wasm?module"]),
];

/// The rules of a configuration.
pub(super) struct Rules(Vec<(String, Vec<String>)>);

impl Rules {
    /// Those of a configuration, and the defaults that they leave.
    pub(super) fn of(body: &Map<String, Value>) -> Self {
        let mut rules = Vec::new();
        let mut done: Vec<String> = Vec::new();
        for rule in body.get("rules").and_then(Value::as_array).into_iter().flatten() {
            let kind = rule.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
            if done.contains(&kind) {
                continue;
            }
            if rule.get("fallthrough").and_then(Value::as_bool) != Some(true) {
                done.push(kind.clone());
            }
            let globs = rule.get("globs").and_then(Value::as_array).into_iter().flatten();
            rules.push((kind, globs.filter_map(Value::as_str).map(str::to_owned).collect()));
        }
        let left = DEFAULTS.iter().filter(|(kind, _)| !done.iter().any(|one| one == kind));
        rules.extend(
            left.map(|(kind, globs)| ((*kind).to_owned(), globs.iter().map(|&glob| glob.to_owned()).collect())),
        );
        Self(rules)
    }

    /// What a file is; why it can't be read otherwise.
    pub(super) fn kind(&self, name: &str) -> Result<Kind, String> {
        let said = self.0.iter().find(|(_, globs)| globs.iter().any(|glob| fits(glob, name)));
        match said.map(|(kind, _)| kind.as_str()) {
            Some("Text") => return Ok(Kind::Text),
            Some("Data") => return Ok(Kind::Data),
            Some("CompiledWasm") => return Ok(Kind::Wasm),
            Some("ESModule") | None => {}
            Some(other) => return Err(format!("is a module of the type `{other}` by `rules`, which is not read")),
        }
        let end = name.rsplit('/').next().and_then(|last| last.rsplit_once('.')).map_or("", |(_, end)| end);
        match end {
            "js" | "mjs" => Ok(Kind::Script),
            "ts" | "mts" => Ok(Kind::Typed),
            "json" => Ok(Kind::Json),
            "tsx" | "jsx" => Err("has to be built before it runs (JSX)".to_owned()),
            "py" => Err("is Python, which Cloudflare's runtime brings an interpreter for, and workerd alone does not"
                .to_owned()),
            other => Err(format!("is of the kind `.{other}`, which is not read")),
        }
    }
}

/// Whether a name fits a pattern: `**/` is any number of folders, `*` is within one.
fn fits(glob: &str, name: &str) -> bool {
    if let Some(rest) = glob.strip_prefix("**/") {
        return fits(rest, name) || name.split_once('/').is_some_and(|(_, inner)| fits(glob, inner));
    }
    let mut letters = glob.chars();
    match letters.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = letters.as_str();
            let within = name.find('/').unwrap_or(name.len());
            name.char_indices()
                .map(|(at, _)| at)
                .chain([name.len()])
                .filter(|at| *at <= within)
                .any(|at| fits(rest, &name[at..]))
        }
        Some(letter) => name.strip_prefix(letter).is_some_and(|name| fits(letters.as_str(), name)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Rules, fits};
    use serde_json::json;

    #[test]
    fn a_pattern_is_of_folders_and_names() {
        for (glob, name, want) in [
            ("**/*.md", "a/b/c.md", true),
            ("**/*.md", "c.md", true),
            ("*.md", "a/c.md", false),
            ("docs/*.md", "docs/c.md", true),
            ("**/*.md", "c.mdx", false),
            ("**/data-*/x.*", "p/data-1/x.json", true),
        ] {
            assert_eq!(fits(glob, name), want, "{glob} {name}");
        }
    }

    #[test]
    fn a_rule_takes_the_place_of_the_default_of_its_type_unless_it_falls_through() {
        let of = |value: serde_json::Value| Rules::of(value.as_object().unwrap());
        let own = of(json!({"rules": [{"type": "Text", "globs": ["**/*.md"]}]}));
        assert_eq!(own.kind("a.md"), Ok(Kind::Text));
        assert!(own.kind("a.txt").is_err());
        let both = of(json!({"rules": [{"type": "Text", "globs": ["**/*.md", "**/*.js"], "fallthrough": true}]}));
        assert_eq!(both.kind("a.txt"), Ok(Kind::Text));
        assert_eq!(both.kind("lib/a.js"), Ok(Kind::Text));
        assert_eq!(both.kind("lib/a.wasm"), Ok(Kind::Wasm));
    }
}
