//! Files of every kind, good and hostile, in folders made for the test.

mod across;
mod deployments;
mod functions;
mod functions_behind_balancers;
mod hostile;
mod loops;
mod machines;
mod nested_stacks;
mod private_apis;
mod record_sets;
mod recording;
mod security_groups;
mod shapes;
mod state_machines;
mod template_secrets;
mod templates;
mod who_may_call;
mod wrangler;

use super::{FileSink, TemplateParameters, scan_files};
use crate::Redactor;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{Observation, Unit};
use jiff::Timestamp;
use std::convert::Infallible;

/// What a scan of one folder gave, file by file.
#[derive(Default)]
struct Heap(Vec<(Unit, Vec<Observation>)>);

impl FileSink for Heap {
    type Error = Infallible;

    fn file(&mut self, unit: Unit, observations: Vec<Observation>) -> Result<(), Infallible> {
        self.0.push((unit, observations));
        Ok(())
    }
}

impl Heap {
    /// `<unit> <state> <kinds>`, a line a file.
    fn lines(&self) -> Vec<String> {
        let line = |(unit, observations): &(Unit, Vec<Observation>)| {
            let kinds: Vec<_> = observations.iter().map(|observation| observation.kind.as_str()).collect();
            format!("{} {} {}", unit.id, unit.state.as_str(), kinds.join(",")).trim_end().to_owned()
        };
        self.0.iter().map(line).collect()
    }

    fn reason(&self, name: &str) -> &str {
        let unit = self.0.iter().map(|(unit, _)| unit).find(|unit| unit.id.as_str() == format!("files/{name}"));
        unit.and_then(|unit| unit.reason.as_deref()).unwrap_or_default()
    }
}

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    (folder, path)
}

#[expect(clippy::disallowed_methods, reason = "the files are made for the test")]
fn put(folder: &Utf8Path, name: &str, text: impl AsRef<[u8]>) {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn redactor() -> Redactor {
    Redactor::new(b"the key of these tests")
}

fn scanned(paths: &[Utf8PathBuf]) -> Heap {
    let mut heap = Heap::default();
    scan_files(paths, &TemplateParameters::default(), &redactor(), Timestamp::UNIX_EPOCH, &mut heap).unwrap();
    heap
}
