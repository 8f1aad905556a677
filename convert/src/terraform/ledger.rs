//! `ledger/terraform.json` and `ledger/terraform/<module>.json`: what became of the fields of what is shared, and what was
//! generated last.

use super::place::ModuleName;
use crate::File;
use crate::provenance::{Origin, Place, Provenance, Rule, Trace};
use caravan_convert_lift::{Counts, FieldVerdict, LedgerEntry};
use caravan_inventory::ObservationId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The path of the index.
pub(super) const INDEX: &str = "ledger/terraform.json";
/// Its format.
const INDEX_SCHEMA: &str = "caravan.terraform-index/v1";
/// The format of a module's ledger.
const SCHEMA: &str = "caravan.terraform-ledger/v1";

const ACCOUNT: Rule = Rule { name: "ledger", says: "what became of each field of each source document" };

/// What was generated last for a module.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Generated {
    /// The digest of each file, by path.
    pub(super) files: BTreeMap<String, String>,
    /// The addresses of what it held.
    pub(super) addresses: BTreeSet<String>,
    /// The addresses of what it held before.
    pub(super) removed: BTreeSet<String>,
}

/// The account of one document.
pub(super) struct DocumentAccount {
    /// Whose resource it is: its id.
    pub(super) resource: String,
    pub(super) source: ObservationId,
    pub(super) entries: Vec<LedgerEntry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReadModule {
    generated: Generated,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReadIndex {
    modules: BTreeSet<String>,
}

/// The path of a module's ledger.
pub(super) fn path(module: &str) -> String {
    format!("ledger/terraform/{module}.json")
}

/// What a module's ledger says was generated last; nothing where it can't be read, so that what exists is left alone.
pub(super) fn read(text: &str) -> Generated {
    serde_json::from_str::<ReadModule>(text).map(|read| read.generated).unwrap_or_default()
}

/// The modules that there were.
pub(super) fn read_index(text: &str) -> BTreeSet<String> {
    serde_json::from_str::<ReadIndex>(text).map(|read| read.modules).unwrap_or_default()
}

#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    module: &'a str,
    fields: Counts,
    generated: &'a Generated,
}

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    verdict: &'a FieldVerdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: &'a Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: &'a Option<Cow<'static, str>>,
}

/// What stands in a JSON text, line by line, with where each line comes from.
struct Lines {
    out: String,
    provenance: Provenance,
    trace: Trace,
}

impl Lines {
    fn new(trace: Trace) -> Self {
        Self { out: String::new(), provenance: Provenance::default(), trace }
    }

    fn push(&mut self, line: &str, pointer: String, origin: Origin) {
        self.out.push_str(line);
        self.out.push('\n');
        if self.trace == Trace::Lines {
            self.provenance.push(1, Place { document: None, pointer }, ACCOUNT, vec![origin]);
        }
    }

    fn file(self) -> File {
        File { bytes: self.out.into_bytes(), provenance: self.provenance }
    }
}

/// A module's ledger: a line for what stands before the entries, then one for each entry below its source.
///
/// # Errors
/// Never in practice: only when something can't be written as JSON.
pub(super) fn write(
    module: &ModuleName,
    documents: &[DocumentAccount],
    generated: &Generated,
    trace: Trace,
) -> Result<File, serde_json::Error> {
    let module = module.path();
    let fields = counts(documents);
    let head = serde_json::to_string(&Head { schema: SCHEMA, module: &module, fields, generated })?;
    let mut lines = Lines::new(trace);
    let open = head.strip_suffix('}').unwrap_or(&head);
    lines.push(&format!("{open},"), String::new(), Origin::Default);
    lines.push("\"sources\":[", "/sources".to_owned(), Origin::Default);
    for (number, one) in documents.iter().enumerate() {
        let place = format!("/sources/{number}");
        let of_all = || Origin::Observed { observation: one.source.clone() };
        let (resource, source) = (serde_json::to_string(&one.resource)?, serde_json::to_string(&one.source)?);
        let open = format!("{{\"resource\":{resource},\"source\":{source},\"entries\":[");
        lines.push(&open, place.clone(), of_all());
        for (at, LedgerEntry { path, verdict, target, note, .. }) in one.entries.iter().enumerate() {
            let comma = if at + 1 < one.entries.len() { "," } else { "" };
            let line = serde_json::to_string(&Line { path, verdict, target, note })?;
            let origin =
                Origin::Source { observation: one.source.clone(), pointer: path.clone(), verdict: verdict.clone() };
            lines.push(&format!("{line}{comma}"), format!("{place}/entries/{at}"), origin);
        }
        let comma = if number + 1 < documents.len() { "," } else { "" };
        lines.push(&format!("]}}{comma}"), place, of_all());
    }
    lines.push("]}", "/sources".to_owned(), Origin::Default);
    Ok(lines.file())
}

/// The index: the modules that there are and were, and what stands in none of them, with the reason.
///
/// # Errors
/// Never in practice: only when something can't be written as JSON.
pub(super) fn write_index<'a>(
    modules: &BTreeSet<String>,
    left_out: impl Iterator<Item = (&'a str, &'a str, Option<&'a ObservationId>)>,
    trace: Trace,
) -> Result<File, serde_json::Error> {
    let mut lines = Lines::new(trace);
    let modules = serde_json::to_string(modules)?;
    lines.push(
        &format!("{{\"schema\":\"{INDEX_SCHEMA}\",\"modules\":{modules},"),
        "/modules".to_owned(),
        Origin::Default,
    );
    lines.push("\"left_out\":[", "/left_out".to_owned(), Origin::Default);
    let mut left_out = left_out.enumerate().peekable();
    while let Some((at, (id, reason, observation))) = left_out.next() {
        let comma = if left_out.peek().is_some() { "," } else { "" };
        let (id, reason) = (serde_json::to_string(id)?, serde_json::to_string(reason)?);
        let origin =
            observation.map_or(Origin::Default, |observation| Origin::Observed { observation: observation.clone() });
        lines.push(&format!("{{\"id\":{id},\"reason\":{reason}}}{comma}"), format!("/left_out/{at}"), origin);
    }
    lines.push("]}", "/left_out".to_owned(), Origin::Default);
    Ok(lines.file())
}

/// How the fields of documents ended.
pub(super) fn counts(documents: &[DocumentAccount]) -> Counts {
    let mut counts = Counts::default();
    for entry in documents.iter().flat_map(|one| &one.entries) {
        counts.add(&entry.verdict);
    }
    counts
}
