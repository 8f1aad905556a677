//! What templates of one scan take from each other: exports, and names of stacks that differ.

use super::TemplateParameters;
use super::read::{cloud_formation, template_text};
use super::template::{self, Export, Exports, stack, stack_of_path};
use super::walk::{WalkedEntry, What};
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was found out of all templates before one of them is read.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) parameters: TemplateParameters,
    pub(super) exports: Arc<Exports>,
    /// File → what its stack would be called, where that is not by its folder and name alone.
    stacks: BTreeMap<String, String>,
}

impl Survey {
    /// Looks into every file that may hold a template. One that can't be read is told when it is read.
    pub(super) fn of(entries: &[WalkedEntry], parameters: &TemplateParameters) -> Self {
        let files = entries.iter().filter_map(|entry| match &entry.what {
            What::File(file) => Some((entry.name.as_str(), file.as_path())),
            What::Refused(_) => None,
        });
        let mut exporting: Vec<(&str, &Utf8Path)> = Vec::new();
        let mut named: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, file) in files {
            let Some(text) = template_text(file) else { continue };
            named.entry(stack(name)).or_default().push(name);
            if text.contains("Outputs") && text.contains("Export") {
                exporting.push((name, file));
            }
        }
        let mut survey = Self { parameters: parameters.clone(), stacks: apart(&named), ..Self::default() };
        let exports: Vec<Export> =
            exporting.into_iter().flat_map(|(name, file)| survey.exports_of(name, file)).collect();
        survey.exports = Arc::new(Exports::of(exports));
        survey
    }

    fn exports_of(&self, name: &str, file: &Utf8Path) -> Vec<Export> {
        let text = template_text(file);
        let document = text.as_deref().and_then(|text| Some((cloud_formation(text)?, text)));
        document.map(|document| template::exports(name, document, self)).unwrap_or_default()
    }

    /// What the stack of a file would be called.
    pub(super) fn stack(&self, file: &str) -> String {
        self.stacks.get(file).cloned().unwrap_or_else(|| stack(file))
    }
}

/// Of the files whose stacks would be called alike, names that differ: by their whole paths.
fn apart(named: &BTreeMap<String, Vec<&str>>) -> BTreeMap<String, String> {
    let mut stacks: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: std::collections::BTreeSet<String> = named.keys().cloned().collect();
    for file in named.values().filter(|files| files.len() > 1).flatten() {
        let plain = stack_of_path(file);
        let mut candidate = plain.clone();
        let mut number = 1;
        while !taken.insert(candidate.clone()) {
            number += 1;
            candidate = format!("{plain}-{number}");
        }
        stacks.insert((*file).to_owned(), candidate);
    }
    stacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_that_would_be_called_alike_are_called_by_their_paths() {
        let files =
            ["orders/deploy/template.yaml", "billing/deploy/template.yaml", "a/b-c.yaml", "a-b/c.yaml", "x/c.yaml"];
        let mut named: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        files.iter().for_each(|file| named.entry(stack(file)).or_default().push(file));
        let stacks = apart(&named);
        let name = |file: &str| stacks.get(file).cloned().unwrap_or_else(|| stack(file));
        let all: std::collections::BTreeSet<String> = files.iter().map(|file| name(file)).collect();
        assert_eq!(all.len(), files.len(), "{all:?}");
        assert_eq!(name("orders/deploy/template.yaml"), "orders-deploy");
        assert_eq!(name("x/c.yaml"), "x-c");
    }
}
