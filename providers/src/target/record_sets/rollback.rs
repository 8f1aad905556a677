//! The commands that put record sets back without Caravan.

use super::super::record_set::RecordSet;
use super::super::shell::quoted;
use serde_json::{Value, json};

/// One command for each stage: a DELETE must name a set as it stands, and which stage stands is not known beforehand. All
/// but the right one are refused whole, and change nothing.
pub(super) fn batches(zone: &str, original: &[RecordSet], stages: &[(u8, &[RecordSet])]) -> Vec<String> {
    let mut lines = Vec::new();
    for (percent, standing) in stages {
        let gone = standing.iter().filter(|set| !original.contains(set));
        let back = original.iter().filter(|set| !standing.contains(set));
        let changes: Vec<Value> = gone
            .map(|set| json!({"Action": "DELETE", "ResourceRecordSet": set.body()}))
            .chain(back.map(|set| json!({"Action": "CREATE", "ResourceRecordSet": set.body()})))
            .collect();
        let batch = json!({"Changes": changes}).to_string();
        lines.push(format!("# from {percent} %"));
        lines.push(format!(
            "aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {}",
            quoted(&batch)
        ));
    }
    lines
}
