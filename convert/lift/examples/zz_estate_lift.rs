//! Temporary.
use caravan_convert_lift::{Outcome, Source, lift};
use caravan_inventory::{Decisions, Observation, Workload};
use std::collections::BTreeMap;
use std::io::Write;
fn main() {
    let text = std::fs::read_to_string("/tmp/estate/mini.json").unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let workloads: Vec<Workload> = serde_json::from_value(value["workloads"].clone()).unwrap();
    let observations: BTreeMap<String, serde_json::Value> = serde_json::from_value(value["observations"].clone()).unwrap();
    let decisions = Decisions::default();
    let mut out = std::io::stdout();
    for w in &workloads {
        let obs: Vec<Observation> = w.parts.iter().map(|p| serde_json::from_value(observations[p.as_str()].clone()).unwrap()).collect();
        let refs: Vec<&Observation> = obs.iter().collect();
        let lifted = lift(&Source { workload: w, app: &w.name, observations: &refs, decisions: &decisions });
        writeln!(out, "=== {} {:?}", w.id, lifted.ledger.counts()).unwrap();
        for q in &lifted.questions { writeln!(out, "  ? {} | {} | {:?} | {:?}", q.id, q.text, q.options, q.assumed).unwrap(); }
        match lifted.outcome {
            Outcome::Converted(c) => writeln!(out, "{}", serde_json::to_string_pretty(&c).unwrap()).unwrap(),
            Outcome::Refused { reasons } => for r in reasons { writeln!(out, "  REFUSED {r}").unwrap(); },
        }
        for e in &lifted.ledger.entries {
            if std::env::args().nth(1).is_some() { writeln!(out, "   - {} {:?} -> {:?} {:?}", e.path, e.verdict, e.target, e.note).unwrap(); }
        }
    }
}
