//! The commands that put record sets back without Caravan.

use super::super::record_set::RecordSet;
use super::super::shell::quoted;
use serde_json::{Value, json};

/// One command, which tries what fits each stage and, at last, what fits the originals themselves: a DELETE must name a set
/// as it stands, and what stands is not known beforehand. Route 53 refuses all but the right one whole, and changes nothing.
pub(super) fn batches(zone: &str, original: &[RecordSet], stages: &[(u8, &[RecordSet])]) -> Vec<String> {
    let change = |action: &str, set: &RecordSet| json!({"Action": action, "ResourceRecordSet": set.body()});
    let try_batch = |changes: Vec<Value>| {
        let batch = quoted(&json!({"Changes": changes}).to_string());
        format!("aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {batch}")
    };
    let from_stage = |standing: &[RecordSet]| {
        let gone = standing.iter().filter(|set| !original.contains(set)).map(|set| change("DELETE", set));
        let back = original.iter().filter(|set| !standing.contains(set)).map(|set| change("CREATE", set));
        try_batch(gone.chain(back).collect())
    };
    // Taken away and made again in one batch: accepted only where exactly the originals stand.
    let same = |action| original.iter().map(move |set| change(action, set));
    let unchanged = try_batch(same("DELETE").chain(same("CREATE")).collect());
    let tries: Vec<String> = stages.iter().rev().map(|(_, standing)| from_stage(standing)).chain([unchanged]).collect();
    tries.join(" ||\n").lines().map(str::to_owned).collect()
}

/// The commands that delete a TXT record, if it is there.
pub(super) fn without_txt(zone: &str, name: &str) -> Vec<String> {
    let wanted = format!("ResourceRecordSets[?Name=='{name}' && Type=='TXT'] | [0]");
    let changes = r#""{\"Changes\":[{\"Action\":\"DELETE\",\"ResourceRecordSet\":$token}]}""#;
    vec![
        format!(
            "token=$(aws route53 list-resource-record-sets --hosted-zone-id {zone} --output json --query {})",
            quoted(&wanted)
        ),
        format!(
            "[ \"$token\" = null ] || aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {changes}"
        ),
    ]
}
