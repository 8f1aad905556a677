//! ECS: clusters, services, tasks and the task definitions that something refers to.
//!
//! All revisions of all families would be hours of reading (and most are history): only those are described that a
//! service (also one at zero), one of its deployments or task sets, a running task, a rule or a schedule refers to.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Collected, Element, Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("ecs:ListClusters", Start::Root("{}"), &[], Collector::One(list_clusters)),
    row("ecs:DescribeClusters", Start::Batch("clusters", 100), &["ecs:ListClusters"], Collector::Batch(clusters)),
    row("ecs:ListServices", Start::Each, &["ecs:ListClusters"], Collector::One(list_services)),
    row("ecs:DescribeServices", Start::Batch("services", 10), &["ecs:ListServices"], Collector::Batch(services)),
    row("ecs:ListTasks", Start::Each, &["ecs:ListClusters"], Collector::One(list_tasks)),
    row("ecs:DescribeTasks", Start::Batch("tasks", 100), &["ecs:ListTasks"], Collector::Batch(tasks)),
    row(
        "ecs:DescribeTaskDefinition",
        Start::Each,
        &[
            "ecs:DescribeServices",
            "ecs:DescribeTasks",
            "events:ListTargetsByRule",
            "scheduler:GetSchedule",
            "states:DescribeStateMachine",
        ],
        Collector::One(task_definition),
    ),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::Ecs, global: false, start, fed_by, collector }
}

fn list_clusters(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for arn in list(body, "clusterArns").iter().filter_map(Value::as_str) {
        found.count += 1;
        found.follow_up.push(request.then("ecs:DescribeClusters", json!({})).asking_for(arn));
        found.follow_up.push(request.then("ecs:ListServices", json!({"cluster": arn})));
        found.follow_up.push(request.then("ecs:ListTasks", json!({"cluster": arn})));
    }
    found
}

fn list_services(request: &Request, body: &Value) -> Found {
    members(request, list(body, "serviceArns"), "ecs:DescribeServices")
}

fn list_tasks(request: &Request, body: &Value) -> Found {
    members(request, list(body, "taskArns"), "ecs:DescribeTasks")
}

fn clusters(batch: &[Request], body: &Value) -> Vec<Collected> {
    described(batch, body, "clusters", "clusterArn", |request, cluster, arn| {
        recorded(request, ObservationKind::EcsCluster, std::slice::from_ref(cluster), |_| Some(arn.to_owned()))
    })
}

fn services(batch: &[Request], body: &Value) -> Vec<Collected> {
    described(batch, body, "services", "serviceArn", |request, service, arn| Found {
        count: 1,
        elements: vec![Element::new(ObservationKind::EcsService, arn, request, service)],
        follow_up: task_definitions(request, &definitions_of(service)),
    })
}

fn tasks(batch: &[Request], body: &Value) -> Vec<Collected> {
    described(batch, body, "tasks", "taskArn", |request, task, arn| Found {
        count: 1,
        elements: vec![Element::new(ObservationKind::EcsTask, arn, request, task)],
        follow_up: task_definitions(request, &text(task, "taskDefinitionArn").into_iter().collect()),
    })
}

/// The whole answer is recorded: the tags stand beside the task definition, not in it.
fn task_definition(request: &Request, body: &Value) -> Found {
    let Some(arn) = body.get("taskDefinition").and_then(|definition| text(definition, "taskDefinitionArn")) else {
        return Found::default();
    };
    let element = Element::new(ObservationKind::EcsTaskDefinition, arn, request, body);
    Found { count: 1, elements: vec![element], follow_up: Vec::new() }
}

/// The reads of task definitions that something refers to, by ARN or by family.
pub(super) fn task_definitions(request: &Request, names: &BTreeSet<&str>) -> Vec<Request> {
    names.iter().map(|name| request.then("ecs:DescribeTaskDefinition", json!({"taskDefinition": name}))).collect()
}

/// What a service runs, has run until now, or is about to run.
fn definitions_of(service: &Value) -> BTreeSet<&str> {
    let parts = list(service, "deployments").iter().chain(list(service, "taskSets"));
    std::iter::once(service).chain(parts).filter_map(|part| text(part, "taskDefinition")).collect()
}

/// What a list names becomes members of a batch in the same cluster.
fn members(request: &Request, arns: &[Value], api: &str) -> Found {
    let arns = arns.iter().filter_map(Value::as_str);
    let follow_up: Vec<Request> =
        arns.map(|arn| request.then(api, request.read.input.clone()).asking_for(arn)).collect();
    Found { count: follow_up.len() as u64, elements: Vec::new(), follow_up }
}

/// Splits the answer to a batch by what was asked for. ECS lists what it has no description of under `failures`; what is
/// `MISSING` was deleted since it was listed.
fn described(
    batch: &[Request],
    body: &Value,
    field: &str,
    name: &str,
    found: impl Fn(&Request, &Value, &str) -> Found,
) -> Vec<Collected> {
    let answer = |request: &Request| {
        let asked = request.member.as_deref().unwrap_or_default();
        if let Some(element) = list(body, field).iter().find(|element| text(element, name) == Some(asked)) {
            return Collected::Found(found(request, element, asked));
        }
        match list(body, "failures").iter().find(|failure| text(failure, "arn") == Some(asked)) {
            Some(failure) if text(failure, "reason") == Some("MISSING") => Collected::Found(Found::default()),
            Some(failure) => Collected::Unanswered(format!(
                "no description of {asked}: {}",
                text(failure, "reason").unwrap_or("ECS gives no reason")
            )),
            None => Collected::Unanswered(format!("the answer doesn't mention {asked}")),
        }
    };
    batch.iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::{collect, without_answer};

    const CLUSTER: &str = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";

    #[test]
    fn a_cluster_is_described_and_its_services_and_tasks_listed() {
        let list = request("ecs:ListClusters", json!({}));
        let found = found(&list, json!({"clusterArns": [CLUSTER]}));
        assert_eq!(found.count, 1);
        assert_eq!(apis(&found), ["ecs:DescribeClusters", "ecs:ListServices", "ecs:ListTasks"]);
        assert_eq!(found.follow_up[1].read.input, json!({"cluster": CLUSTER}));
    }

    #[test]
    fn services_are_asked_for_one_by_one_within_their_cluster() {
        let list = request("ecs:ListServices", json!({"cluster": CLUSTER}));
        let found = found(&list, json!({"serviceArns": ["arn:a", "arn:b"]}));
        assert_eq!(found.follow_up[1].member.as_deref(), Some("arn:b"));
        assert_eq!(found.follow_up[1].read.input, json!({"cluster": CLUSTER}));
    }

    #[test]
    fn a_service_at_zero_and_all_its_deployments_refer_to_task_definitions_each_once() {
        let ask = request("ecs:DescribeServices", json!({"cluster": CLUSTER})).asking_for("arn:a");
        let body = json!({"services": [{
            "serviceArn": "arn:a", "desiredCount": 0, "taskDefinition": "td:2", "fieldOfTomorrow": true,
            "deployments": [{"taskDefinition": "td:2"}, {"taskDefinition": "td:1"}],
            "taskSets": [{"taskDefinition": "td:3"}]}], "failures": []});
        let found = found(&ask, body.clone());
        assert_eq!(found.elements[0].body, body["services"][0]);
        let asked: Vec<_> = found.follow_up.iter().map(|r| r.read.input["taskDefinition"].clone()).collect();
        assert_eq!(asked, [json!("td:1"), json!("td:2"), json!("td:3")]);
    }

    #[test]
    fn what_is_missing_is_no_failure_and_what_is_not_mentioned_is() {
        let ask = |arn| request("ecs:DescribeServices", json!({"cluster": CLUSTER})).asking_for(arn);
        let body = json!({"services": [], "failures": [
            {"arn": "arn:gone", "reason": "MISSING"}, {"arn": "arn:odd", "reason": "UNKNOWN"}]});
        let answers = collect(&[ask("arn:gone"), ask("arn:odd"), ask("arn:silent")], &body);
        assert_eq!(answers[0], Collected::Found(Found::default()));
        assert!(matches!(&answers[1], Collected::Unanswered(why) if why.contains("UNKNOWN")));
        assert!(matches!(&answers[2], Collected::Unanswered(why) if why.contains("arn:silent")));
        assert_eq!(without_answer(&ask("arn:silent")), None);
    }

    #[test]
    fn a_running_task_refers_to_its_task_definition() {
        let ask = request("ecs:DescribeTasks", json!({"cluster": CLUSTER})).asking_for("arn:t");
        let found = found(&ask, json!({"tasks": [{"taskArn": "arn:t", "taskDefinitionArn": "td:9"}]}));
        assert_eq!(apis(&found), ["ecs:DescribeTaskDefinition"]);
        assert_eq!(found.elements[0].kind, ObservationKind::EcsTask);
    }

    #[test]
    fn a_task_definition_is_recorded_with_its_tags() {
        let ask = request("ecs:DescribeTaskDefinition", json!({"taskDefinition": "web"}));
        let body = json!({"taskDefinition": {"taskDefinitionArn": "td:7"}, "tags": [{"key": "team", "value": "a"}]});
        let found = found(&ask, body.clone());
        assert_eq!((found.elements[0].name.as_str(), &found.elements[0].body), ("td:7", &body));
    }
}
