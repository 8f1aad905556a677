//! The commands that put an original back without Caravan (K12).

use crate::Stage;
use caravan_providers::target::{RecordSet, Snapshot, Target};
use serde_json::{Value, json};

/// The commands of `aws`, `curl` and `kubectl` that put the original back, whatever stage stands there. Lines that begin
/// with `#` are for the reader.
#[must_use]
pub(crate) fn commands(target: &Target, original: &Snapshot, stages: &[Stage]) -> Vec<String> {
    match (target, original) {
        (Target::Records { account, zone, name, types }, Snapshot::Records(sets)) => {
            records(account.as_str(), zone, name, types, sets, stages)
        }
        (Target::ListenerRule { account, region, arn }, Snapshot::Actions(actions)) => {
            let (command, id, field) = match arn.contains(":listener/") {
                true => ("modify-listener", "--listener-arn", "--default-actions"),
                false => ("modify-rule", "--rule-arn", "--actions"),
            };
            vec![
                format!("# in account {account}"),
                format!(
                    "aws elbv2 {command} --region {region} {id} {} {field} {}",
                    quoted(arn),
                    quoted(&writable(actions).to_string())
                ),
            ]
        }
        (Target::Route { cluster, namespace, name }, Snapshot::Rules(rules)) => {
            let patch = json!([{"op": "replace", "path": "/spec/rules", "value": rules}]);
            let kubectl = format!("kubectl --context {} --namespace {}", quoted(cluster), quoted(namespace));
            vec![
                format!(
                    "{kubectl} patch httproute {} --type json --patch {}",
                    quoted(name),
                    quoted(&patch.to_string())
                ),
                format!("{kubectl} annotate httproute {} caravan.dev/epoch-", quoted(name)),
            ]
        }
        _ => Vec::new(),
    }
}

/// A DELETE must name a set as it stands, and which stage stands is not known beforehand: so there is one batch for each.
/// All but the right one are refused whole, and change nothing.
fn records(
    account: &str,
    zone: &str,
    name: &str,
    types: &[String],
    original: &[RecordSet],
    stages: &[Stage],
) -> Vec<String> {
    let shown = format!("ResourceRecordSets[?Name=='{}']", name.replace('*', "\\052"));
    let mut lines = vec![
        format!("# in account {account}; what stands there now ({}):", types.join(", ")),
        format!("aws route53 list-resource-record-sets --hosted-zone-id {zone} --query {}", quoted(&shown)),
        "# then the one of these that fits it; Route 53 refuses the others whole:".to_owned(),
    ];
    for stage in stages {
        let Snapshot::Records(standing) = &stage.snapshot else { continue };
        let gone = standing.iter().filter(|set| !original.contains(set));
        let back = original.iter().filter(|set| !standing.contains(set));
        let changes: Vec<Value> = gone
            .map(|set| json!({"Action": "DELETE", "ResourceRecordSet": sent(set)}))
            .chain(back.map(|set| json!({"Action": "CREATE", "ResourceRecordSet": sent(set)})))
            .collect();
        let batch = json!({"Changes": changes}).to_string();
        lines.push(format!("# from {} %", stage.percent));
        lines.push(format!(
            "aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {}",
            quoted(&batch)
        ));
    }
    lines.push(format!("# afterwards delete the TXT record {} of Caravan, if there is one", token_name(name)));
    lines
}

/// What ModifyRule takes back: of a forward, its `ForwardConfig` alone when there is one.
fn writable(actions: &Value) -> Value {
    let mut actions = actions.clone();
    for action in actions.as_array_mut().into_iter().flatten() {
        if action.get("ForwardConfig").is_some()
            && let Some(fields) = action.as_object_mut()
        {
            fields.remove("TargetGroupArn");
        }
    }
    actions
}

/// A record set as the API takes it.
fn sent(set: &RecordSet) -> Value {
    let mut sent = json!({"Name": set.name, "Type": set.kind});
    if let Some(identifier) = &set.set_identifier {
        sent["SetIdentifier"] = identifier.as_str().into();
    }
    if let Some(weight) = set.weight {
        sent["Weight"] = weight.into();
    }
    if let Some(ttl) = set.ttl {
        sent["TTL"] = ttl.into();
    }
    if !set.values.is_empty() {
        sent["ResourceRecords"] = set.values.iter().map(|value| json!({"Value": value})).collect();
    }
    if let Some(alias) = &set.alias {
        sent["AliasTarget"] = json!({
            "HostedZoneId": alias.zone, "DNSName": alias.name, "EvaluateTargetHealth": alias.evaluate_health,
        });
    }
    if let Some(check) = &set.health_check {
        sent["HealthCheckId"] = check.as_str().into();
    }
    sent
}

fn token_name(name: &str) -> String {
    match name.strip_prefix("*.") {
        Some(parent) => format!("_caravan-wildcard.{parent}"),
        None => format!("_caravan.{name}"),
    }
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
