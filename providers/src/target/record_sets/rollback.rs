//! The commands that put record sets back without Caravan.

use super::super::record_set::RecordSet;
use super::super::shell::{if_owned, quoted};
use super::RecordSetsTarget;
use serde_json::{Value, json};

/// The lines that put the originals back. A token of another run is left alone with what it stands beside. Then one command tries what
/// fits each stage and, at last, what fits the originals themselves: a DELETE must name a set as it stands, so that Route 53 refuses
/// all but the right one whole, and changes nothing. Where none fits, somebody else's sets stand there: they are shown and left, and
/// taken away only with `FORCE=1`. At last the run's own token goes.
pub(super) fn lines(target: &RecordSetsTarget, original: &[RecordSet], stages: &[(u8, &[RecordSet])]) -> Vec<String> {
    let RecordSetsTarget { zone, name, .. } = target;
    let token = format!("ResourceRecordSets[?{} && Type=='TXT']", is_named(&target.token_name()));
    let list = format!("aws route53 list-resource-record-sets --hosted-zone-id {zone}");
    let owner = quoted(&format!("{token}.ResourceRecords[0].Value | [0]"));
    let mut lines = vec![
        "# a fencing token of another run: it is that one's".to_owned(),
        format!("owner=$({list} --output text --query {owner})"),
    ];
    let what = format!("{name} in zone {zone}");
    lines.extend(if_owned("None", "\\\"", &what));
    lines.push("# what fits the stage that stands there; Route 53 refuses the others whole".to_owned());
    let mut tries = batches(zone, original, stages);
    tries.push(format!("{{ [ \"${{FORCE:-}}\" = 1 ] && {}; }}", forced(target, &list, original)));
    let refused =
        quoted(&format!("left as it is, {what}: this run wrote nothing of the kind (FORCE=1 writes it all the same):"));
    let own = quoted(&format!("ResourceRecordSets[?{}]", is_own(target)));
    tries.push(format!("{{ echo {refused} >&2; {list} --output json --query {own} >&2; false; }}"));
    lines.extend(tries.join(" ||\n").lines().map(str::to_owned));
    lines.push("# the fencing token of Caravan, if it is there".to_owned());
    lines.extend(without_txt(zone, &list, &token));
    lines
}

/// The condition of a query for a name. Route 53 answers with `\052` for `*`.
fn is_named(name: &str) -> String {
    match name.strip_prefix('*') {
        Some(parent) => format!("(Name=='{name}' || Name=='\\052{parent}')"),
        None => format!("Name=='{name}'"),
    }
}

/// The condition of a query for the target's own record sets.
fn is_own(target: &RecordSetsTarget) -> String {
    let types: Vec<String> = target.types.iter().map(|kind| format!("Type=='{kind}'")).collect();
    format!("{} && ({})", is_named(&target.name), types.join(" || "))
}

/// The command that makes some sets of others in one batch, which Route 53 takes where just those stand; none where they are the same.
pub(super) fn by_hand(zone: &str, wanted: &[RecordSet], stands: &[RecordSet]) -> Option<String> {
    let gone = stands.iter().filter(|set| !wanted.contains(set)).map(|set| change("DELETE", set));
    let made = wanted.iter().filter(|set| !stands.contains(set)).map(|set| change("CREATE", set));
    let changes: Vec<Value> = gone.chain(made).collect();
    (!changes.is_empty()).then(|| batch(zone, &changes))
}

fn change(action: &str, set: &RecordSet) -> Value {
    json!({"Action": action, "ResourceRecordSet": set.body()})
}

fn batch(zone: &str, changes: &[Value]) -> String {
    let batch = quoted(&json!({"Changes": changes}).to_string());
    format!("aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {batch}")
}

fn batches(zone: &str, original: &[RecordSet], stages: &[(u8, &[RecordSet])]) -> Vec<String> {
    // Taken away and made again in one batch: accepted only where exactly the originals stand.
    let same = |action| original.iter().map(move |set| change(action, set));
    let unchanged = batch(zone, &same("DELETE").chain(same("CREATE")).collect::<Vec<_>>());
    stages.iter().rev().filter_map(|(_, standing)| by_hand(zone, original, standing)).chain([unchanged]).collect()
}

/// The command that takes away whatever stands there, and makes the originals: nothing that comes in between is overwritten.
fn forced(target: &RecordSetsTarget, list: &str, original: &[RecordSet]) -> String {
    let query = quoted(&format!("ResourceRecordSets[?{}].{{Action: 'DELETE', ResourceRecordSet: @}}", is_own(target)));
    let creates: Vec<String> = original.iter().map(|set| change("CREATE", set).to_string()).collect();
    let creates = quoted(&creates.join(","));
    format!(
        "gone=$({list} --output json --query {query}) && gone=${{gone#?}} && gone=${{gone%?}} && \
         aws route53 change-resource-record-sets --hosted-zone-id {} --change-batch \
         '{{\"Changes\":['\"${{gone:+$gone,}}\"{creates}']}}'",
        target.zone
    )
}

/// The commands that delete the TXT record that a query finds, if it is there.
fn without_txt(zone: &str, list: &str, token: &str) -> Vec<String> {
    let changes = r#""{\"Changes\":[{\"Action\":\"DELETE\",\"ResourceRecordSet\":$token}]}""#;
    vec![
        format!("token=$({list} --output json --query {})", quoted(&format!("{token} | [0]"))),
        format!(
            "[ \"$token\" = null ] || aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {changes}"
        ),
    ]
}
