//! Whom security groups let in: what may be reached, not what is.

use crate::link::View;
use caravan_inventory::{Evidence, Observation, ObservationKind as Kind};
use serde_json::Value;
use std::collections::BTreeMap;

/// A rule of a security group that lets another group's members in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LetIn {
    /// The group whose members may come in.
    pub from: String,
    /// To the members of this one.
    pub to: String,
    /// Protocol and ports, for people: `tcp 5432`, `all`.
    pub ports: String,
    /// The field that says so.
    pub evidence: Evidence,
}

/// The security groups of a workload's own machines, tasks or functions, each with the field that names it: not those of the
/// load balancers in front of it.
#[must_use]
pub fn groups_of(parts: &[Observation]) -> BTreeMap<String, Evidence> {
    let mut groups = BTreeMap::new();
    let own = parts.iter().filter(|part| OWN.contains(&part.kind));
    for part in own {
        collect(&part.body, String::new(), part, &mut groups);
    }
    groups
}

/// Kinds that run in a network by themselves.
const OWN: &[Kind] = &[
    Kind::EcsService,
    Kind::EventsRule,
    Kind::SchedulerSchedule,
    Kind::Ec2Instance,
    Kind::LaunchTemplateVersion,
    Kind::LaunchConfiguration,
    Kind::LambdaFunction,
    Kind::FunctionVersion,
];

fn collect(value: &Value, path: String, part: &Observation, groups: &mut BTreeMap<String, Evidence>) {
    match value {
        Value::String(text) if text.starts_with("sg-") => {
            groups.entry(text.clone()).or_insert_with(|| Evidence { observation: part.id.clone(), path });
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, format!("{path}{}", crate::link::step(name)), part, groups);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(item, format!("{path}/{at}"), part, groups);
            }
        }
        _ => {}
    }
}

/// The rules of a security group that let other groups' members in, and its own.
#[must_use]
pub fn let_in(group: &Observation) -> Vec<LetIn> {
    let view = View::of(group);
    let mut rules = Vec::new();
    for (at, permission) in view.list("/ipPermissions").iter().enumerate() {
        let others = permission.get("groups").and_then(Value::as_array).into_iter().flatten().enumerate();
        for (number, other) in others {
            if let Some(from) = other.get("groupId").and_then(Value::as_str) {
                rules.push(LetIn {
                    from: from.to_owned(),
                    to: group.name.clone(),
                    ports: ports(permission),
                    evidence: view.evidence(&format!("/ipPermissions/{at}/groups/{number}/groupId")),
                });
            }
        }
    }
    rules
}

fn ports(permission: &Value) -> String {
    let protocol = permission.get("ipProtocol").and_then(Value::as_str).unwrap_or_default();
    let port = |field: &str| permission.get(field).and_then(Value::as_i64);
    match (protocol, port("fromPort"), port("toPort")) {
        ("-1", ..) => "all".to_owned(),
        (_, Some(from), Some(to)) if from == to => format!("{protocol} {from}"),
        (_, Some(from), Some(to)) => format!("{protocol} {from} to {to}"),
        _ => protocol.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::ObservationId;
    use serde_json::json;

    fn seen(kind: Kind, name: &str, body: Value) -> Observation {
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        Observation {
            id: ObservationId::new(format!("{}/{name}", kind.as_str())),
            kind,
            name: name.to_owned(),
            account: None,
            region: None,
            api: String::new(),
            first_seen: at,
            last_seen: at,
            body,
        }
    }

    #[test]
    fn the_groups_of_a_workload_are_its_own_with_the_field_that_names_them() {
        let service = json!({"networkConfiguration": {"awsvpcConfiguration": {"securityGroups": ["sg-1", "sg-2"]}}});
        let parts = [
            seen(Kind::EcsService, "api", service),
            seen(Kind::LoadBalancer, "main", json!({"SecurityGroups": ["sg-9"]})),
            seen(Kind::LambdaFunction, "f", json!({"Configuration": {"VpcConfig": {"SecurityGroupIds": ["sg-3"]}}})),
            seen(Kind::Ec2Instance, "i", json!({"groupSet": [{"groupId": "sg-4", "groupName": "sgx"}]})),
        ];
        let groups: Vec<(String, String)> = groups_of(&parts)
            .into_iter()
            .map(|(group, seen)| (group, format!("{}{}", seen.observation, seen.path)))
            .collect();
        let pairs = [
            ("sg-1", "ecs.service/api/networkConfiguration/awsvpcConfiguration/securityGroups/0"),
            ("sg-2", "ecs.service/api/networkConfiguration/awsvpcConfiguration/securityGroups/1"),
            ("sg-3", "lambda.function/f/Configuration/VpcConfig/SecurityGroupIds/0"),
            ("sg-4", "ec2.instance/i/groupSet/0/groupId"),
        ];
        assert_eq!(groups, pairs.map(|(group, place)| (group.to_owned(), place.to_owned())));
    }

    #[test]
    fn a_rule_says_whom_it_lets_in_and_where() {
        let group = seen(
            Kind::SecurityGroup,
            "sg-db",
            json!({"ipPermissions": [
                {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": [], "ipRanges": [{"cidrIp": "0.0.0.0/0"}]},
                {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5433, "groups": [{"groupId": "sg-1"}, {"groupId": "sg-2"}]},
                {"ipProtocol": "-1", "groups": [{"groupId": "sg-db"}]},
                {"ipProtocol": "udp", "fromPort": 53, "toPort": 53, "groups": [{"userId": "1"}, {"groupId": "sg-3"}]}
            ]}),
        );
        let told: Vec<String> = let_in(&group)
            .into_iter()
            .map(|rule| format!("{} {} {}", rule.from, rule.ports, rule.evidence.path))
            .collect();
        assert_eq!(
            told,
            [
                "sg-1 tcp 5432 to 5433 /ipPermissions/1/groups/0/groupId",
                "sg-2 tcp 5432 to 5433 /ipPermissions/1/groups/1/groupId",
                "sg-db all /ipPermissions/2/groups/0/groupId",
                "sg-3 udp 53 /ipPermissions/3/groups/1/groupId",
            ]
        );
    }
}
