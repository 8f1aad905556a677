//! Reading and writing `plconfig.yaml`, and what it is in one environment.

use super::check;
use super::error::PlConfigError;
use super::file::PlConfig;
use super::strict::{Path, Strict};
use super::yaml_problem::yaml_problem;
use serde::Deserialize;
use serde_json::{Map, Value};

impl PlConfig {
    /// Reads a `plconfig.yaml` and checks it.
    ///
    /// Strict: an unknown key is an error with a suggestion and its line. Keys that begin with `x-` are passed over
    /// wherever a key has a fixed meaning; names that people give (variables, volumes, components) are taken as they are.
    ///
    /// # Errors
    /// [`PlConfigError`], with the place in the document.
    pub fn read(text: &str) -> Result<Self, PlConfigError> {
        let path = Path::default();
        let options = serde_yaml::options! { with_snippet: false };
        let read = serde_yaml::with_deserializer_from_str_with_options(text, options, |inner| {
            Self::deserialize(Strict { inner, path: &path })
        });
        let config = read.map_err(|error| of_yaml(&error, &path))?;
        check::check(&config.with_profile())?;
        for environment in config.environments.keys() {
            config.for_environment(environment)?;
        }
        Ok(config)
    }

    /// Writes it as YAML: the same value gives the same bytes, keys in the order of this crate's types, no line folded.
    ///
    /// # Errors
    /// When a number in it is none.
    pub fn write(&self) -> Result<String, PlConfigError> {
        let options = serde_yaml::ser_options! { folded_wrap_chars: usize::MAX };
        let mut text = String::with_capacity(2048);
        serde_yaml::to_fmt_writer_with_options(&mut text, self, options)
            .map_err(|error| PlConfigError::Unwritable { message: error.to_string() })?;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(text)
    }

    /// What the file is in one environment: its patch merged deeply over the rest, `null` deletes (RFC 7396). The result
    /// names no environments. A file that names none at all is the same in each.
    ///
    /// # Errors
    /// When the file does not name the environment, or what comes out of the merge is no plconfig.
    pub fn for_environment(&self, environment: &str) -> Result<Self, PlConfigError> {
        let mut base = Self { environments: std::collections::BTreeMap::new(), ..self.clone() };
        let patch = match self.environments.get(environment) {
            Some(patch) => patch,
            None if self.environments.is_empty() => return Ok(base),
            None => return Err(self.unknown(environment)),
        };
        if matches!(patch, Value::Null) || patch.as_object().is_some_and(Map::is_empty) {
            return Ok(base);
        }
        let place = |path: &str| {
            let inside = if path.is_empty() { String::new() } else { format!(".{path}") };
            format!("environments.{environment}{inside}")
        };
        let mut merged =
            serde_json::to_value(&base).map_err(|error| PlConfigError::Unwritable { message: error.to_string() })?;
        if let Some(path) = empty(&merged, patch) {
            let message = "is empty, and nothing stands there that it could take away: say what it is, or leave it out";
            return Err(PlConfigError::Invalid { path: place(&path), message: message.to_owned() });
        }
        json_patch::merge(&mut merged, patch);
        let path = Path::default();
        base = Self::deserialize(Strict { inner: &merged, path: &path }).map_err(|error| {
            let message = error.to_string();
            PlConfigError::Unreadable { line: None, path: place(&path.borrow().join(".")), message }
        })?;
        if !base.environments.is_empty() {
            let message = "has no effect inside an environment".to_owned();
            return Err(PlConfigError::Invalid { path: place("environments"), message });
        }
        check::check(&base.with_profile()).map_err(|error| match error {
            PlConfigError::Invalid { path, message } => PlConfigError::Invalid { path: place(&path), message },
            other => other,
        })?;
        Ok(base)
    }

    fn unknown(&self, environment: &str) -> PlConfigError {
        let known: Vec<&str> = self.environments.keys().map(String::as_str).collect();
        PlConfigError::UnknownEnvironment { environment: environment.to_owned(), known: known.join(", ") }
    }
}

/// The first key of a patch without a value that takes nothing away. Merged it would be gone, and with it what somebody meant to say there.
fn empty(base: &Value, patch: &Value) -> Option<String> {
    let inside = |(key, patch): (&String, &Value)| {
        let base = base.get(key).unwrap_or(&Value::Null);
        match patch {
            Value::Null => base.is_null().then(|| key.clone()),
            _ => empty(base, patch).map(|path| format!("{key}.{path}")),
        }
    };
    patch.as_object()?.iter().find_map(inside)
}

fn of_yaml(error: &serde_yaml::Error, path: &Path) -> PlConfigError {
    let error = error.without_snippet();
    let line = error.location().map(|location| location.line());
    let path = path.borrow().join(".");
    match error {
        serde_yaml::Error::SerdeUnknownField { field, expected, .. } => {
            PlConfigError::UnknownKey { line, path, meant: closest(field, expected) }
        }
        other => PlConfigError::Unreadable { line, path, message: yaml_problem(other) },
    }
}

/// The name that is most like what was written, if any is like it.
fn closest(given: &str, known: &[&str]) -> Option<String> {
    let likeness = |name: &&str| strsim::damerau_levenshtein(given, name);
    let best = known.iter().copied().min_by_key(likeness)?;
    let near = likeness(&best) <= 1 + given.len() / 4 || best.starts_with(given) || given.starts_with(best);
    near.then(|| best.to_owned())
}
