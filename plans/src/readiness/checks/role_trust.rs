//! `role-trust`: its role must trust pods.

use crate::readiness::note::Finding;
use crate::readiness::places::list;
use crate::readiness::subject::Subject;
use caravan_inventory::{EdgeKind, Evidence, ObservationId};
use serde_json::Value;

/// The role that the workload's own code acts with: of tasks `taskRoleArn`, of functions their role. With Pod Identity it
/// is assumed by `pods.eks.amazonaws.com`, and conditions about its present service do not hold there.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let own = ["/taskDefinition/taskRoleArn", "/taskRoleArn", "/Configuration/Role"];
    let roles =
        subject.needs.iter().filter(|edge| edge.kind == EdgeKind::Role && own.contains(&edge.evidence.path.as_str()));
    let mut findings: Vec<Finding> = Vec::new();
    for edge in roles {
        let finding = match subject.estate.body_of(&edge.to) {
            None => Finding::new(
                format!("its role {} was not read, so whether it can be assumed by a pod is not known", name(&edge.to)),
                vec![edge.evidence.clone()],
                "let Caravan read IAM (iam:GetAccountAuthorizationDetails), or look at the role's trust policy",
            ),
            Some(body) if trusts_pods(body) => continue,
            Some(body) => untrusting(&edge.to, body, edge.evidence.clone()),
        };
        if !findings.iter().any(|other| other.text == finding.text) {
            findings.push(finding);
        }
    }
    findings
}

fn untrusting(id: &str, body: &Value, by: Evidence) -> Finding {
    let conditions =
        list(&body["AssumeRolePolicyDocument"]["Statement"]).iter().any(|one| one["Condition"].is_object());
    let more = if conditions { ", and its trust has conditions that may not hold for a pod" } else { "" };
    let place =
        Evidence { observation: ObservationId::new(id), path: "/AssumeRolePolicyDocument/Statement".to_owned() };
    Finding::new(
        format!("its role {} does not trust pods.eks.amazonaws.com{more}", name(id)),
        vec![by, place],
        "let its trust policy allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession, beside what it allows now",
    )
}

fn trusts_pods(role: &Value) -> bool {
    let trusts = |service: &Value| service == "pods.eks.amazonaws.com";
    list(&role["AssumeRolePolicyDocument"]["Statement"]).iter().any(|statement| {
        let service = &statement["Principal"]["Service"];
        trusts(service) || list(service).iter().any(trusts)
    })
}

fn name(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use caravan_inventory::{EdgeKind, ObservationKind};
    use serde_json::json;

    #[test]
    fn a_role_that_trusts_pods_is_fine_and_one_that_was_not_read_is_unknown() {
        let role = "iam.role/111122223333/global/web";
        let acting = |to: &str| {
            let mut fixture = service(json!({}), json!({}), json!({})).needing(to, EdgeKind::Role);
            fixture.needs[0].evidence.path = "/taskDefinition/taskRoleArn".to_owned();
            fixture
        };
        let trusting = |service: &str, condition: bool| {
            let mut statement = json!({"Effect": "Allow", "Principal": {"Service": [service]}});
            if condition {
                statement["Condition"] = json!({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*"}});
            }
            let body = json!({"AssumeRolePolicyDocument": {"Statement": [statement]}});
            acting(role).beside(ObservationKind::Role, "web", body)
        };
        assert!(acting("iam:arn:aws:iam::111122223333:role/web").note(NoteKind::RoleTrust).0.contains("was not read"));
        assert!(trusting("pods.eks.amazonaws.com", false).notes(NoteKind::RoleTrust).is_empty());
        let (text, places) = trusting("ecs-tasks.amazonaws.com", true).note(NoteKind::RoleTrust);
        assert!(text.ends_with("conditions that may not hold for a pod"), "{text}");
        assert_eq!(places, ["/taskDefinition/taskRoleArn", "/AssumeRolePolicyDocument/Statement"]);
        let other = service(json!({}), json!({}), json!({})).needing("iam:arn:x", EdgeKind::Role);
        assert!(other.notes(NoteKind::RoleTrust).is_empty(), "the execution role is the agent's");
    }
}
