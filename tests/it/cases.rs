//! Real inputs, file by file: `CARAVAN_CASES=DIR cargo test --release --test it cases`.
//!
//! Discovers any folder as `discover --files` does, converts it, says on a line of its own what became of each file, and
//! offers every manifest to a real API server by server-side dry run, in namespaces that exist. Without the variable it
//! takes the project's own examples.

use crate::cli::Room;
use caravan_tests_testbed::{Cluster, Write as Mode, documents};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Held by a test while it works in the namespaces that manifests name: teams are the same in all tests.
pub(crate) static TEAM_NAMESPACES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What a conversion left on the disk and said.
pub(crate) struct Converted {
    pub(crate) room: Room,
    /// The document of `convert --format json`.
    pub(crate) document: Value,
}

/// What became of one file.
#[derive(Default)]
struct Fate {
    converted: BTreeSet<String>,
    refused: BTreeMap<String, String>,
    failed: Option<String>,
    fields: BTreeMap<String, u64>,
}

#[tokio::test]
async fn cases_convert_and_the_real_api_server_with_the_real_definitions_takes_every_manifest() {
    let given = std::env::var_os("CARAVAN_CASES").filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = given.clone().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ecs"));
    let converted = Converted::from_files(&folder);
    let fates = converted.fates();
    for (file, fate) in &fates {
        say(&format!("{file}: {}", fate.line()));
    }
    let written = fates.values().filter(|fate| !fate.converted.is_empty()).count();
    say(&format!("{written} of {} files converted; fields: {}", fates.len(), converted.document["fields"]));
    assert_eq!(converted.document["fields"]["unknown"], json!(0), "fields that no API model has");
    // Of the project's own examples only the Windows box is refused; of a stranger's files all may be.
    assert!(given.is_some() || (written + 1, fates.len()) == (12, 12), "{written} of {}", fates.len());
    let _turn = TEAM_NAMESPACES.lock().await;
    let refusals = converted.dry_run().await;
    assert!(refusals.is_empty(), "the API server refuses:\n{}", refusals.join("\n"));
}

impl Converted {
    /// Discovers a folder and converts what was found into `out/`.
    fn from_files(folder: &Path) -> Self {
        let room = Room::new();
        let found = room.run(&["discover", "--files", folder.canonicalize().unwrap().to_str().unwrap()]);
        assert!([Some(0), Some(5)].contains(&found.code), "discover: {}", found.err);
        Self::convert(room)
    }

    /// Converts the inventory of `room` into its `out/`. Refusals and open questions are for the caller to judge.
    pub(crate) fn convert(room: Room) -> Self {
        let (code, document) = room.json(&["convert", "--out", "out"]);
        assert!([Some(0), Some(11)].contains(&code), "convert ended with {code:?}: {document}");
        Self { room, document }
    }

    /// Every manifest that was written, with its file.
    pub(crate) fn manifests(&self) -> Vec<(String, Value)> {
        let mut manifests = Vec::new();
        for (file, text) in self.files("deployment", "manifests.yaml") {
            let documents = documents(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
            manifests.extend(documents.into_iter().map(|document| (file.clone(), document)));
        }
        manifests
    }

    /// The files below `out/FOLDER` whose names end so, with their text.
    pub(crate) fn files(&self, folder: &str, ending: &str) -> Vec<(String, String)> {
        fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, into) } else { into.push(path) }
            }
        }
        let out = self.room.path().join("out");
        let mut paths = Vec::new();
        walk(&out.join(folder), &mut paths);
        paths.retain(|path| path.to_string_lossy().ends_with(ending));
        paths.sort();
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.strip_prefix(&out).unwrap().display().to_string(), text)
        };
        paths.into_iter().map(read).collect()
    }

    /// Makes the namespaces and offers every manifest; gives what the API server refuses.
    async fn dry_run(&self) -> Vec<String> {
        let Some(cluster) = Cluster::shared() else {
            return Vec::new();
        };
        let (client, manifests) = (cluster.client(), self.manifests());
        let mut refusals = make_namespaces(cluster, &client, &manifests).await;
        for (file, manifest) in &manifests {
            if let Err(refusal) = cluster.apply(&client, manifest, Mode::DryRun).await {
                refusals.push(format!("{file}: {refusal}"));
            }
        }
        say(&format!("server-side dry run: {} manifests, {} refused", manifests.len(), refusals.len()));
        refusals
    }

    /// What became of each file that was looked at.
    fn fates(&self) -> BTreeMap<String, Fate> {
        let mut fates = BTreeMap::<String, Fate>::new();
        self.room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
        for line in self.room.read("export.jsonl").lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if let Some(id) = line["observation"]["id"].as_str() {
                fates.entry(file_of(id)).or_default();
            }
            let unit = &line["unit"];
            if let (Some("failed"), Some(id)) = (unit["state"].as_str(), unit["id"].as_str()) {
                fates.entry(file_of(id)).or_default().failed = unit["reason"].as_str().map(str::to_owned);
            }
        }
        let mut accounted = BTreeSet::new();
        for (path, text) in self.files("ledger", ".json") {
            let ledger: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            // Those of what workloads share, and of the platform, account for no workload.
            if ledger["schema"] != "caravan.ledger/v1" {
                continue;
            }
            account(&ledger, &mut fates);
            accounted.insert(ledger["workload"].as_str().unwrap().to_owned());
        }
        for refused in self.document["refused"].as_array().unwrap() {
            assert!(accounted.contains(refused["source"].as_str().unwrap()), "no ledger: {refused}");
        }
        fates
    }
}

/// Adds what a workload's ledger says to the files that its entries come from.
fn account(ledger: &Value, fates: &mut BTreeMap<String, Fate>) {
    let workload = ledger["workload"].as_str().unwrap();
    let reasons: Vec<_> = ledger["refused"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let sources = ledger["sources"].as_array().unwrap().iter();
    let entries =
        sources.flat_map(|source| source["entries"].as_array().unwrap().iter().map(move |entry| (source, entry)));
    for (source, entry) in entries {
        let fate = fates.entry(file_of(source["source"].as_str().unwrap())).or_default();
        *fate.fields.entry(verdict_of(entry)).or_default() += 1;
        if reasons.is_empty() {
            fate.converted.insert(workload.to_owned());
        } else {
            fate.refused.insert(workload.to_owned(), reasons.join("; "));
        }
    }
}

/// The verdict's name: a bare word, or the one key of an object.
fn verdict_of(entry: &Value) -> String {
    let verdict = &entry["verdict"];
    let name = verdict.as_str().or_else(|| verdict.as_object()?.keys().next().map(String::as_str));
    name.unwrap_or_else(|| panic!("no verdict: {entry}")).to_owned()
}

/// The file in an id: `ecs:TaskDefinition/files/web/api.json#1` and `files/web/api.json` are about `web/api.json`.
fn file_of(id: &str) -> String {
    let path = id.rsplit_once("files/").map_or(id, |(_, path)| path);
    path.split('#').next().unwrap().to_owned()
}

impl Fate {
    fn line(&self) -> String {
        let counts: Vec<_> = self.fields.iter().map(|(verdict, count)| format!("{verdict} {count}")).collect();
        let refused: Vec<_> = self.refused.values().map(String::as_str).collect();
        match (&self.failed, self.converted.is_empty(), self.refused.is_empty()) {
            (Some(reason), ..) => format!("failed: {reason}"),
            (None, true, true) => "nothing to convert".to_owned(),
            (None, true, false) => format!("refused: {} ({})", refused.join("; "), counts.join(", ")),
            (None, false, true) => format!("converted ({})", counts.join(", ")),
            (None, false, false) => {
                format!("converted, but in part refused: {} ({})", refused.join("; "), counts.join(", "))
            }
        }
    }
}

/// The namespaces that manifests stand in, made for good; gives what went wrong.
pub(crate) async fn make_namespaces(
    cluster: &Cluster,
    client: &kube::Client,
    manifests: &[(String, Value)],
) -> Vec<String> {
    let names: BTreeSet<_> = manifests.iter().filter_map(|(_, one)| one["metadata"]["namespace"].as_str()).collect();
    let mut refusals = Vec::new();
    for name in names {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        if let Err(refusal) = cluster.apply(client, &namespace, Mode::Persist).await {
            refusals.push(refusal.to_string());
        }
    }
    refusals
}

/// Past the harness, which keeps what a passing test prints.
pub(crate) fn say(line: &str) {
    // A test that can't print has nowhere to complain.
    let _ = writeln!(std::io::stdout(), "{line}");
}
