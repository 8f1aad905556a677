//! Where a finding stands, as whoever looks at a pull request finds it: files by their paths from where the command runs.

use super::finding::{Finding, FindingKind, SourceField};
use crate::env;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::line_of;
use caravan_inventory::WorkloadId;
use caravan_inventory_store::Store;
use caravan_providers_network::read_file;
use std::collections::BTreeMap;

/// The `api` of an observation that came from a file.
const FILE: &str = "file";

/// Finds the files.
pub(super) struct Places<'a> {
    store: &'a Store,
    /// Where the tree stands.
    out: &'a Utf8Path,
    /// The folders that `discover --files` was given.
    sources: Vec<&'a Utf8Path>,
    texts: BTreeMap<Utf8PathBuf, Option<String>>,
}

impl<'a> Places<'a> {
    /// Of a tree, and of files in these folders.
    pub(super) fn new(store: &'a Store, out: &'a Utf8Path, sources: Vec<&'a Utf8Path>) -> Self {
        Self { store, out, sources, texts: BTreeMap::new() }
    }

    /// Puts a finding where a person looks first: into the file that people keep, where the field came from one and is found there;
    /// else where the tree has it. What differs stays in the tree.
    pub(super) fn put(&mut self, finding: &mut Finding) {
        finding.file = shown(&self.out.join(&finding.file));
        if let Some(source) = &mut finding.source {
            self.find(source);
        }
        let place = match &finding.source {
            _ if finding.kind == FindingKind::Difference => None,
            Some(source) => source.file.clone().zip(source.line),
            // It is about the whole of what stands there.
            None => finding.workload.as_ref().and_then(|workload| self.file_of(workload)).map(|file| (file, 1)),
        };
        if let Some((file, line)) = place {
            (finding.file, finding.line) = (file, line);
        }
    }

    /// The file that decides that a workload is one, where it is there.
    fn file_of(&mut self, workload: &WorkloadId) -> Option<String> {
        let workload = self.store.workload(workload).ok().flatten()?;
        let observation = self.store.observation(workload.parts.first()?).ok().flatten()?;
        let path = observation.name.split('#').next().filter(|_| observation.api == FILE)?;
        let folder = self.sources.clone().into_iter().find(|folder| self.text(folder, path).is_some())?;
        Some(shown(&folder.join(path)))
    }

    fn find(&mut self, source: &mut SourceField) {
        let Ok(Some(observation)) = self.store.observation(&source.document) else { return };
        if observation.api != FILE {
            return;
        }
        let (path, part) = match observation.name.split_once('#') {
            Some((path, part)) => (path, Some(part)),
            None => (observation.name.as_str(), None),
        };
        for folder in self.sources.clone() {
            let Some(text) = self.text(folder, path) else { continue };
            if let Some(line) = line_in(text, part, &source.pointer) {
                source.file = Some(shown(&folder.join(path)));
                source.line = Some(line);
                return;
            }
        }
    }

    fn text(&mut self, folder: &Utf8Path, path: &str) -> Option<&str> {
        let full = folder.join(path);
        let read = || read_file(folder, path).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
        self.texts.entry(full).or_insert_with(read).as_deref()
    }
}

/// The line of a field in a file: a file may hold the document itself, or what an API answers around it, or a list of documents, or
/// a template, of which the resource is found.
fn line_in(text: &str, part: Option<&str>, pointer: &str) -> Option<u32> {
    let inner = pointer.get(1..).and_then(|rest| rest.find('/')).map(|at| &pointer[at + 1..]);
    let below: Vec<String> = match part {
        None => vec![String::new()],
        Some(part) => vec![format!("/{part}"), format!("/Resources/{part}"), format!("/resources/Resources/{part}")],
    };
    let exact = below.iter().flat_map(|before| {
        [Some(pointer), inner].into_iter().flatten().map(move |pointer| format!("{before}{pointer}"))
    });
    let around = below.iter().filter(|before| !before.is_empty()).cloned();
    exact.chain(around).find_map(|pointer| line_of(text, &pointer))
}

/// A path as Git names it: from the root of the repository, where the runner of a pipeline says it, else from where the command runs.
fn shown(path: &Utf8Path) -> String {
    let root = env::get(env::GITHUB_WORKSPACE).filter(|root| !root.is_empty());
    let here = std::env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok()).unwrap_or_default();
    let plain = |path: &Utf8Path| path.components().filter(|part| part.as_str() != ".").collect::<Utf8PathBuf>();
    let full = plain(&here.join(path));
    let roots = [root.map(Utf8PathBuf::from), Some(here)];
    let inside = roots.iter().flatten().find_map(|root| full.strip_prefix(root).ok());
    inside.map_or_else(|| plain(path), Utf8Path::to_owned).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_in_a_document_an_answer_a_list_and_a_template() {
        let document = "{\"family\": \"a\",\n \"cpu\": \"256\"}";
        assert_eq!(line_in(document, None, "/taskDefinition/cpu"), Some(2));
        assert_eq!(line_in(document, None, "/cpu"), Some(2));
        assert_eq!(line_in("[{},\n {\"cpu\":\n 1}]", Some("1"), "/taskDefinition/cpu"), Some(2));
        let template = "Resources:\n  Web:\n    Type: AWS::ECS::Service\n";
        assert_eq!(line_in(template, Some("Web"), "/desiredCount"), Some(2));
        assert_eq!(line_in(document, None, "/taskDefinition/memory"), None);
    }

    #[test]
    fn a_path_is_shown_from_the_root_of_the_repository() {
        let here = Utf8PathBuf::from_path_buf(std::env::current_dir().unwrap()).unwrap();
        assert_eq!(shown(&here.join("./trees/a.yaml")), "trees/a.yaml");
        assert_eq!(shown(Utf8Path::new("./trees/./a.yaml")), "trees/a.yaml");
    }
}
