//! Services and task definitions from files.

use super::{edges, filed, ids, linked, linked_with, workload};
use caravan_inventory::{EdgeKind, ObservationKind as Kind};
use serde_json::{Value, json};

fn task(family: &str) -> Value {
    json!({"family": family, "containerDefinitions": [{"name": "a", "image": "a:1"}]})
}

#[test]
fn a_service_takes_the_task_definition_of_its_family() {
    let linked = linked(vec![
        filed(
            Kind::EcsService,
            "prod/service.json",
            json!({"serviceName": "api", "taskDefinition": "api:3", "cluster": "prod"}),
        ),
        filed(Kind::EcsTaskDefinition, "prod/task.json", task("api")),
        filed(Kind::EcsTaskDefinition, "staging/task.json", task("api")),
        filed(Kind::ScalableTarget, "prod/scaling.json", json!({"ResourceId": "service/prod/api"})),
        filed(Kind::EcsTaskDefinition, "tools/migrate.json", json!({"taskDefinition": task("migrate")})),
    ]);
    // Of one family in two files, the service runs the nearer one; the other is a workload of its own.
    assert_eq!(ids(&linked), ["ecs/files/prod/service", "ecs/files/staging/task", "ecs/files/tools/migrate"]);
    let parts: Vec<&str> = workload(&linked, "service").parts.iter().map(|part| part.as_str()).collect();
    assert_eq!(
        parts,
        [
            "ecs.service/files/prod/service.json",
            "application-autoscaling.scalable-target/files/prod/scaling.json",
            "ecs.task-definition/files/prod/task.json",
        ]
    );
    assert_eq!(
        edges(&linked, "service", EdgeKind::Runs),
        ["ecs.task-definition/files/prod/task.json @ /taskDefinition"]
    );
}

#[test]
fn names_come_from_families_services_and_files() {
    let bare = json!([{"name": "a", "image": "a:1", "environment": [{"name": "U", "value": "https://x.example.com"}]}]);
    let linked = linked(vec![
        filed(Kind::EcsTaskDefinition, "bare.json", bare),
        filed(Kind::EcsTaskDefinition, "many.json#0", task("one")),
        filed(Kind::EcsTaskDefinition, "many.json#1", task("two")),
        filed(Kind::EcsService, "svc.json", json!({"services": [{"serviceName": "s", "taskDefinition": "gone:1"}]})),
        filed(Kind::EcsTaskDefinition, "api.json", task("api")),
        filed(Kind::EcsTaskDefinition, "api.txt", task("other")),
    ]);
    assert_eq!(
        ids(&linked),
        [
            "ecs/files/api",
            "ecs/files/api.txt",
            "ecs/files/bare",
            "ecs/files/many/one",
            "ecs/files/many/two",
            "ecs/files/svc"
        ]
    );
    assert_eq!(workload(&linked, "bare").name, "bare");
    assert_eq!(workload(&linked, "svc").name, "s");
    assert_eq!(edges(&linked, "bare", EdgeKind::Calls), ["host:x.example.com @ /0/environment/0/value"]);
    assert_eq!(edges(&linked, "svc", EdgeKind::Runs), ["task-definition:gone:1 @ /services/0/taskDefinition"]);
}

#[test]
fn two_files_of_one_family_are_two_workloads() {
    let linked = linked(vec![
        filed(Kind::EcsTaskDefinition, "a/task.json", task("api")),
        filed(Kind::EcsTaskDefinition, "b/task.json", task("api")),
    ]);
    assert_eq!(ids(&linked), ["ecs/files/a/task", "ecs/files/b/task"]);
}

#[test]
fn paths_and_tags_say_who_owns_a_file() {
    let tagged = json!({"taskDefinition": task("api"), "tags": [{"key": "team", "value": "billing"}]});
    let rules = r#"[{"tags": {"team": "*"}, "team": "${tag:team}"}, {"path": "teams/mail/*", "team": "mail", "environment": "prod"}]"#;
    let linked = linked_with(
        vec![
            filed(Kind::EcsTaskDefinition, "api.json", tagged),
            filed(Kind::EcsTaskDefinition, "teams/mail/task.json", task("mail")),
        ],
        rules,
    );
    assert_eq!(workload(&linked, "api").team.as_str(), "billing");
    assert_eq!(workload(&linked, "task").team.as_str(), "mail");
    assert!(linked.questions.is_empty());
}

#[test]
fn a_file_of_a_family_that_a_service_runs_from_another_file_is_not_lost() {
    let service = |name: &str, family: &str| json!({"serviceName": name, "taskDefinition": family, "cluster": "c"});
    for (services, wanted) in [
        (vec![("dev/svc.json", "api")], vec!["ecs/files/dev/svc", "ecs/files/prod/task"]),
        (vec![("dev/svc.json", "api"), ("prod/svc.json", "api")], vec!["ecs/files/dev/svc", "ecs/files/prod/svc"]),
        (vec![], vec!["ecs/files/dev/task", "ecs/files/prod/task"]),
    ] {
        let files = ["dev/task.json", "prod/task.json"].map(|path| filed(Kind::EcsTaskDefinition, path, task("api")));
        let services = services.iter().map(|(path, family)| filed(Kind::EcsService, path, service(path, family)));
        assert_eq!(ids(&linked(services.chain(files).collect())), wanted);
    }
}
