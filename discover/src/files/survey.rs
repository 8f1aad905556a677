//! What templates of one scan take from each other: exports, and names of stacks that differ.

use super::TemplateParameters;
use super::read::{cloud_formation, template_text};
use super::template::{self, Export, Exports, Unread, Values, stack, stack_of_path};
use super::walk::{WalkedEntry, What};
use camino::Utf8Path;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a template with stacks of its own holds.
const STACKS: [&str; 2] = ["AWS::CloudFormation::Stack", "AWS::Serverless::Application"];

/// What was found out of all templates before one of them is read.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) parameters: TemplateParameters,
    pub(super) exports: Arc<Exports>,
    /// File → what its stack would be called, where that is not by its folder and name alone.
    stacks: BTreeMap<String, String>,
    /// File of a stack that one other template makes → that one's file and the resource, what it passes, and what comes out.
    nested: BTreeMap<String, Nested>,
    /// What templates hand to stacks that are not read.
    unread: Arc<Unread>,
}

/// A template of which exactly one other one makes a stack.
#[derive(Clone, Debug, Default)]
struct Nested {
    above: String,
    id: String,
    passed: Values,
    outputs: Values,
}

/// Outputs of one stack are passed to another one, and so on, this far.
const ROUNDS: usize = 4;

impl Survey {
    /// Looks into every file that may hold a template. One that can't be read is told when it is read.
    pub(super) fn of(entries: &[WalkedEntry], parameters: &TemplateParameters) -> Self {
        let files = entries.iter().filter_map(|entry| match &entry.what {
            What::File(file) => Some((entry.name.as_str(), file.as_path())),
            What::Refused(_) => None,
        });
        let mut exporting: Vec<(&str, &Utf8Path)> = Vec::new();
        let mut named: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let (mut above, mut all): (Vec<(&str, &Utf8Path)>, BTreeMap<&str, &Utf8Path>) = Default::default();
        for (name, file) in files {
            let Some(text) = template_text(file) else { continue };
            named.entry(stack(name)).or_default().push(name);
            all.insert(name, file);
            if STACKS.iter().any(|sign| text.contains(sign)) {
                above.push((name, file));
            }
            if text.contains("Outputs") && text.contains("Export") || text.contains("AWS::SSM::Parameter") {
                exporting.push((name, file));
            }
        }
        let mut survey = Self { parameters: parameters.clone(), stacks: apart(&named), ..Self::default() };
        let exports = |survey: &Self| {
            let exports = exporting.iter().flat_map(|(name, file)| survey.exports_of(name, file));
            Arc::new(Exports::of(exports.collect()))
        };
        survey.exports = exports(&survey);
        survey.nest(&above, &all);
        if !survey.nested.is_empty() {
            survey.exports = exports(&survey);
        }
        survey.unread = Arc::new(survey.handed_to_unread(&above, &all));
        survey
    }

    /// What templates hand to stacks that are not read. One of which no template is among the files may import whatever is exported.
    fn handed_to_unread(&self, above: &[(&str, &Utf8Path)], all: &BTreeMap<&str, &Utf8Path>) -> Unread {
        let mut unread = Unread::default();
        for (name, file) in above {
            let left = self.document(file, |document| template::unread(name, document, self, &mut unread));
            let made = self.stacks_made(name, file, all);
            let is_here = |id: &String| made.iter().any(|(own, _)| own == id);
            for (_, stack) in left.into_iter().flatten().filter(|(id, _)| !is_here(id)) {
                self.exports.links().for_each(|link| unread.hand(link, &stack));
            }
        }
        unread
    }

    /// The stacks that a template makes of files of the scan, each by its id with the file.
    fn stacks_made(&self, name: &str, file: &Utf8Path, all: &BTreeMap<&str, &Utf8Path>) -> Vec<(String, String)> {
        let stacks = self.document(file, |document| template::stacks(name, document, self)).unwrap_or_default();
        stacks.into_iter().filter(|(_, file)| all.contains_key(file.as_str())).collect()
    }

    /// What the templates of the scan hand to stacks that are not read.
    pub(super) fn unread(&self) -> Arc<Unread> {
        Arc::clone(&self.unread)
    }

    /// Finds out which templates make stacks of which others, and what each passes.
    fn nest(&mut self, above: &[(&str, &Utf8Path)], all: &BTreeMap<&str, &Utf8Path>) {
        let mut made: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (name, file) in above {
            for (id, child) in self.stacks_made(name, file, all) {
                made.entry(child).or_default().push(((*name).to_owned(), id));
            }
        }
        for (child, above) in made {
            // Of a template that is deployed twice nobody knows which one is meant.
            if let [(above, id)] = above.as_slice() {
                let nested = Nested { above: above.clone(), id: id.clone(), ..Nested::default() };
                self.nested.insert(child, nested);
            }
        }
        for _ in 0..ROUNDS {
            let next = |(child, nested): (&String, &Nested)| {
                let (file, above) = (all.get(child.as_str())?, all.get(nested.above.as_str())?);
                let outputs = self.document(file, |document| template::outputs(child, document, self))?;
                let passes = |document: (Value, &str)| template::passes(&nested.above, document, self, &nested.id);
                let passed = self.document(above, passes)?;
                Some((child.clone(), Nested { outputs, passed, ..nested.clone() }))
            };
            let next: BTreeMap<String, Nested> = self.nested.iter().filter_map(next).collect();
            let is_settled = next.iter().all(|(child, now)| {
                self.nested
                    .get(child)
                    .is_some_and(|before| before.outputs == now.outputs && before.passed == now.passed)
            });
            self.nested = next;
            if is_settled {
                return;
            }
        }
    }

    fn document<T>(&self, file: &Utf8Path, read: impl FnOnce((Value, &str)) -> T) -> Option<T> {
        let text = template_text(file)?;
        Some(read((cloud_formation(&text)?, text.as_str())))
    }

    /// What the template above passes to that of a file.
    pub(super) fn passed(&self, file: &str) -> Values {
        self.nested.get(file).map(|nested| nested.passed.clone()).unwrap_or_default()
    }

    /// The outputs of the stacks that the template of a file makes of others of the scan.
    pub(super) fn stacks_of(&self, file: &str) -> BTreeMap<String, Values> {
        let own = self.nested.values().filter(|nested| nested.above == file);
        own.map(|nested| (nested.id.clone(), nested.outputs.clone())).collect()
    }

    fn exports_of(&self, name: &str, file: &Utf8Path) -> Vec<Export> {
        self.document(file, |document| template::exports(name, document, self)).unwrap_or_default()
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
