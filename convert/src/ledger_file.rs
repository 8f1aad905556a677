//! `ledger/<workload>.json`: the account of a workload's fields, and what was generated last.

use crate::File;
use crate::provenance::{Origin, Place, Provenance, Rule, Trace};
use caravan_convert_lift::{Counts, FieldVerdict, Ledger, LedgerEntry};
use caravan_inventory::{EnvironmentName, ObservationId};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The format's name and version.
const SCHEMA: &str = "caravan.ledger/v1";

/// What was generated last: what a human's edits are merged against.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Kept", into = "Kept")]
pub(crate) struct Generated {
    /// The text of `plconfig.yaml`.
    pub(crate) plconfig: Option<String>,
    /// The digest of each other file, by path.
    pub(crate) files: BTreeMap<String, String>,
}

/// As it stands in a ledger. The digests of manifests have a field of their own, as in ledgers that know no other files:
/// both read each other's.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(default)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none")]
    plconfig: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    manifests: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, String>,
}

impl From<Generated> for Kept {
    fn from(Generated { plconfig, files }: Generated) -> Self {
        let (manifests, files) = files.into_iter().partition(|(path, _)| path.ends_with("/manifests.yaml"));
        Self { plconfig, manifests, files }
    }
}

impl From<Kept> for Generated {
    fn from(Kept { plconfig, manifests, mut files }: Kept) -> Self {
        files.extend(manifests);
        Self { plconfig, files }
    }
}

/// What is read back of a ledger file; the rest is written anew.
#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    generated: Generated,
}

/// What stands before the entries.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    workload: &'a str,
    team: &'a str,
    app: &'a str,
    environment: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    refused: &'a [String],
    fields: Counts,
    generated: &'a Generated,
}

/// An entry below its source.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    verdict: &'a FieldVerdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: &'a Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: &'a Option<Cow<'static, str>>,
}

/// The file as a whole, as its schema has it; it is written piece by piece.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "the type is there for its schema, which a test holds to what is written")]
struct LedgerFile {
    /// The version of the format.
    #[schemars(extend("const" = "caravan.ledger/v1"))]
    schema: String,
    /// Whose fields these are.
    workload: String,
    /// The team that owns it.
    team: String,
    /// The app that it is.
    app: String,
    /// The environment that it is in.
    environment: String,
    /// Why it is not converted; none where it is.
    #[serde(default)]
    refused: Vec<String>,
    /// How many fields ended how.
    fields: Counts,
    /// What was generated last: what a human's edits are merged against.
    generated: Kept,
    /// The source documents.
    sources: Vec<LedgerSource>,
}

/// The fields of one source document.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "as above")]
struct LedgerSource {
    /// The document, by the id of its observation.
    source: String,
    /// One entry for each of its leaves.
    entries: Vec<LedgerEntry>,
}

/// The JSON Schema of a ledger.
#[must_use]
pub fn ledger_schema() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<LedgerFile>()
}

/// The rule of its lines.
const ACCOUNT: Rule = Rule { name: "ledger", says: "what became of each field of each source document" };

/// Whose ledger it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LedgerPlace<'a> {
    pub(crate) team: &'a str,
    pub(crate) app: &'a str,
    pub(crate) environment: &'a EnvironmentName,
}

/// The path of a workload's ledger in the tree, by [`crate::Member::id`], of which what could leave the folder or mean something
/// to a shell is replaced.
#[must_use]
pub fn path(workload: &str) -> String {
    let fitting = |c: char| {
        if c.is_ascii_alphanumeric() || "._-@+=".contains(c) { c } else { '_' }
    };
    let mut path = String::with_capacity(workload.len() + 12);
    path.push_str("ledger");
    for piece in workload.split('/').filter(|piece| !piece.is_empty()) {
        path.push('/');
        if piece.starts_with('.') {
            path.push('_');
        }
        // File systems end at 255 bytes.
        let piece: String = piece.chars().map(fitting).collect();
        path.push_str(&crate::naming::shorten(&piece, 200));
    }
    path.push_str(".json");
    path
}

/// The entries of the file that [`write`] makes of a ledger, each with its line from 1 and its source document.
pub fn ledger_lines(ledger: &Ledger) -> impl Iterator<Item = (u32, &ObservationId, &LedgerEntry)> {
    // The head and `"sources":[`; then of each document a line before its entries and one behind them.
    let mut line = 2;
    ledger.documents.iter().flat_map(move |document| {
        let first = line + 2;
        line += 2 + u32::try_from(document.entries.len()).unwrap_or(u32::MAX - line - 2);
        (first..).zip(&document.entries).map(|(line, entry)| (line, &document.source, entry))
    })
}

/// What a ledger file says was generated last; nothing where it can't be read, so that what exists is left alone.
pub(crate) fn read(text: &str) -> Generated {
    serde_json::from_str::<Read>(text).map(|read| read.generated).unwrap_or_default()
}

/// Whether a file has just what was generated last for its path, as a ledger remembers it.
#[must_use]
pub fn is_as_generated(ledger: &str, path: &str, text: &str) -> bool {
    let last = read(ledger);
    match path.ends_with("/plconfig.yaml") {
        true => last.plconfig.as_deref() == Some(text),
        false => last.files.get(path).is_some_and(|digest| *digest == crate::merge::digest(text.as_bytes())),
    }
}

/// The file: a line for what stands before the entries, then one for each entry below its source, so that Git shows
/// what changed.
///
/// # Errors
/// Never in practice: only when memory can't be written to.
pub(crate) fn write(
    owner: LedgerPlace<'_>,
    ledger: &Ledger,
    refused: &[String],
    generated: &Generated,
    trace: Trace,
) -> Result<File, serde_json::Error> {
    let texts = generated.plconfig.as_ref().map_or(0, String::len);
    let mut out = Vec::with_capacity(2048 + 128 * ledger.entries().count() + texts);
    let head = Head {
        schema: SCHEMA,
        workload: ledger.workload.as_str(),
        team: owner.team,
        app: owner.app,
        environment: owner.environment.as_str(),
        refused,
        fields: ledger.counts(),
        generated,
    };
    serde_json::to_writer(&mut out, &head)?;
    // The head is an object: the sources go in before its end.
    out.pop();
    out.extend_from_slice(b",\n\"sources\":[");
    for (at, document) in ledger.documents.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"\n{\"source\":" } else { b",\n{\"source\":" });
        serde_json::to_writer(&mut out, &document.source)?;
        out.extend_from_slice(b",\"entries\":[");
        for (at, entry) in document.entries.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
            let LedgerEntry { path, line, verdict, target, note } = entry;
            serde_json::to_writer(&mut out, &Line { path, line: *line, verdict, target, note })?;
        }
        out.extend_from_slice(b"\n]}");
    }
    out.extend_from_slice(b"\n]}\n");
    let provenance = match trace {
        Trace::Off => Provenance::default(),
        Trace::Lines => provenance(owner, ledger),
    };
    Ok(File { bytes: out, provenance })
}

/// The origins of the lines that [`write`] makes: of an entry its field, of every other the workload.
fn provenance(owner: LedgerPlace<'_>, ledger: &Ledger) -> Provenance {
    let mut lines = Provenance::default();
    let workload = || vec![Origin::Workload { id: ledger.workload.clone(), environment: owner.environment.clone() }];
    let at = |pointer: String| Place { document: None, pointer };
    lines.push(1, at(String::new()), ACCOUNT, workload());
    lines.push(1, at("/sources".to_owned()), ACCOUNT, workload());
    for (number, document) in ledger.documents.iter().enumerate() {
        lines.push(1, at(format!("/sources/{number}")), ACCOUNT, workload());
        for (entry_number, entry) in document.entries.iter().enumerate() {
            let origin = Origin::Source {
                observation: document.source.clone(),
                pointer: entry.path.clone(),
                verdict: entry.verdict.clone(),
            };
            lines.push(1, at(format!("/sources/{number}/entries/{entry_number}")), ACCOUNT, vec![origin]);
        }
        lines.push(1, at(format!("/sources/{number}")), ACCOUNT, workload());
    }
    lines.push(1, at("/sources".to_owned()), ACCOUNT, workload());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::WorkloadId;

    #[test]
    fn what_was_generated_comes_back() {
        let generated = Generated {
            plconfig: Some("plconfig: v1\n".to_owned()),
            files: [
                ("a/prod/manifests.yaml", "blake3:00"),
                ("terraform/a.tf", "blake3:01"),
                ("a/Dockerfile", "blake3:02"),
            ]
            .map(|(path, digest)| (path.to_owned(), digest.to_owned()))
            .into(),
        };
        let ledger = Ledger { workload: WorkloadId::new("ecs/files/a"), documents: Vec::new() };
        let environment = EnvironmentName::new("prod");
        let owner = LedgerPlace { team: "shop", app: "a", environment: &environment };
        let file = write(owner, &ledger, &[], &generated, Trace::Lines).unwrap();
        let text = String::from_utf8(file.bytes).unwrap();
        assert_eq!(file.provenance.spans().last().unwrap().last as usize, text.lines().count());
        assert_eq!(read(&text), generated);
        assert_eq!(read("not json"), Generated::default());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["schema"], SCHEMA);
    }

    /// The bytes of ledgers from before there were other files than manifests.
    #[test]
    fn a_ledger_of_manifests_alone_is_read_and_written_as_ever() {
        for generated in [
            r#"{"plconfig":"plconfig: v1\n","manifests":{"a/prod/manifests.yaml":"blake3:00"}}"#,
            r#"{"manifests":{"a/prod/manifests.yaml":"blake3:00","a/test/manifests.yaml":"blake3:01"}}"#,
            r#"{"plconfig":"plconfig: v1\n"}"#,
            "{}",
        ] {
            let last = read(&format!(r#"{{"schema":"caravan.ledger/v1","generated":{generated},"sources":[]}}"#));
            assert_eq!(serde_json::to_string(&last).unwrap(), generated);
            assert_eq!(last.files.contains_key("a/prod/manifests.yaml"), generated.contains("blake3:00"));
        }
    }

    #[test]
    fn no_id_leaves_the_folder() {
        assert_eq!(path("ecs/1/eu/main/api"), "ledger/ecs/1/eu/main/api.json");
        assert_eq!(path("ecs/files/../../etc/x y"), "ledger/ecs/files/_../_../etc/x_y.json");
    }
}
