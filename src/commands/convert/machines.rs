//! What is to become of machines, with the evidence.

use super::report::ConversionReport;
use caravan_convert_lift::{Evidence, HostVerdict, Verdict};
use caravan_inventory::WorkloadId;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is to become of one workload that is made of machines.
#[derive(JsonSchema, Serialize)]
pub(super) struct VerdictRow<'a> {
    source: &'a str,
    /// `retire`, `rehost`, `keep`, `replace`, `convert`, or `unknown` while a question is open.
    verdict: &'static str,
    /// What tells so, what weighs most first.
    evidence: Vec<EvidenceRow<'a>>,
}

#[derive(JsonSchema, Serialize)]
struct EvidenceRow<'a> {
    says: &'a str,
    source: String,
    path: &'a str,
    /// The line of a text, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

impl<'a> VerdictRow<'a> {
    /// Of a workload.
    pub(super) fn of((source, host): (&'a WorkloadId, &'a HostVerdict)) -> Self {
        let row = |one: &'a Evidence| {
            let Evidence { says, source, path, line } = one;
            EvidenceRow { says, source: source.to_string(), path, line: *line }
        };
        let evidence = host.evidence.iter().map(row).collect();
        Self { source: source.as_str(), verdict: host.verdict.word(), evidence }
    }
}

impl ConversionReport {
    /// How many workloads of machines have each verdict.
    pub(super) fn machine_lines(&self) -> Vec<String> {
        let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
        self.hosts.values().for_each(|host| *counts.entry(host.verdict).or_default() += 1);
        counts.into_iter().map(|(verdict, count)| format!("{}: {count}", verdict.word())).collect()
    }
}
