//! Shared resources: who needs them, what they need of each other, and which field says so.

use super::{arn, edges, linked, seen};
use caravan_inventory::{Direction, EdgeKind, ObservationKind as Kind};
use serde_json::{Value, json};

fn definition(environment: Value) -> caravan_inventory::Observation {
    let name = arn("ecs", "task-definition/shop:1");
    let body = json!({"taskDefinitionArn": name, "family": "shop",
        "containerDefinitions": [{"name": "app", "image": "shop:1", "environment": environment}]});
    seen(Kind::EcsTaskDefinition, &name, body)
}

const SHOP: &str = "/task/shop";

/// The directions of the edges from one thing to another.
fn directions(linked: &super::Linked, from: &str, to: &str) -> Vec<Option<Direction>> {
    let between = linked.edges.iter().filter(|edge| edge.from.ends_with(from) && edge.to.ends_with(to));
    between.map(|edge| edge.direction).collect()
}

#[test]
fn a_name_means_a_resource_only_where_the_variable_says_of_what_it_is_the_name() {
    let (table, queue, topic) = (arn("dynamodb", "table/orders"), arn("sqs", "orders"), arn("sns", "orders"));
    let found = linked(vec![
        definition(json!([
            {"name": "ORDERS_TABLE", "value": "orders"}, {"name": "QUEUE_NAME", "value": "orders"},
            {"name": "sns.topic", "value": "orders"}, {"name": "SERVICE", "value": "orders"},
            {"name": "OTHER_TABLE", "value": "order"}, {"name": "STABLE", "value": "orders"}])),
        seen(Kind::Table, &table, json!({"TableArn": table, "TableName": "orders"})),
        seen(Kind::Queue, &queue, json!({"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"})),
        seen(Kind::Topic, &topic, json!({"TopicArn": topic})),
    ]);
    let at = |number: u8| format!("/containerDefinitions/0/environment/{number}/value");
    assert_eq!(edges(&found, SHOP, EdgeKind::Data), [format!("dynamodb:{table} @ {}", at(0))]);
    assert_eq!(
        edges(&found, SHOP, EdgeKind::Queue),
        [format!("sns:{topic} @ {}", at(2)), format!("sqs:{queue} @ {}", at(1))]
    );
}

#[test]
fn the_host_of_a_connection_string_means_the_database_or_the_cache_that_answers_there() {
    let (instance, cluster) = (arn("rds", "db:ledger"), arn("rds", "cluster:store"));
    let (group, memcached) = (arn("elasticache", "replicationgroup:quotes"), arn("elasticache", "cluster:rates"));
    let found = linked(vec![
        definition(json!([
            {"name": "DATABASE_URL", "value": "postgres://<redacted:0123456789abcdef>@ledger.abc.eu-central-1.rds.amazonaws.com:5432/l"},
            {"name": "MONGO_URL", "value": "mongodb://store.cluster-ro-abc.eu-central-1.docdb.amazonaws.com:27017/p"},
            {"name": "REDIS_URL", "value": "rediss://replica.quotes.abc.euc1.cache.amazonaws.com:6379"},
            {"name": "CACHE_HOST", "value": "rates.abc.0001.euc1.cache.amazonaws.com"}])),
        seen(
            Kind::DatabaseInstance,
            &instance,
            json!({"DBInstanceIdentifier": "ledger",
            "Endpoint": {"Address": "ledger.abc.eu-central-1.rds.amazonaws.com", "Port": 5432}}),
        ),
        seen(
            Kind::DatabaseCluster,
            &cluster,
            json!({"DBClusterIdentifier": "store",
            "Endpoint": "store.cluster-abc.eu-central-1.docdb.amazonaws.com",
            "ReaderEndpoint": "store.cluster-ro-abc.eu-central-1.docdb.amazonaws.com"}),
        ),
        seen(
            Kind::ReplicationGroup,
            &group,
            json!({"ReplicationGroupId": "quotes", "NodeGroups": [
            {"PrimaryEndpoint": {"Address": "master.quotes.abc.euc1.cache.amazonaws.com"},
             "ReaderEndpoint": {"Address": "replica.quotes.abc.euc1.cache.amazonaws.com"}}]}),
        ),
        seen(
            Kind::CacheCluster,
            &memcached,
            json!({"CacheClusterId": "rates",
            "CacheNodes": [{"Endpoint": {"Address": "rates.abc.0001.euc1.cache.amazonaws.com"}}]}),
        ),
    ]);
    let at = |number: u8| format!("/containerDefinitions/0/environment/{number}/value");
    let expected = [
        format!("elasticache:{memcached} @ {}", at(3)),
        format!("elasticache:{group} @ {}", at(2)),
        format!("rds:{cluster} @ {}", at(1)),
        format!("rds:{instance} @ {}", at(0)),
    ];
    assert_eq!(edges(&found, SHOP, EdgeKind::Data), expected);
}

#[test]
fn whoever_receives_from_a_topic_or_a_bucket_needs_it() {
    let (topic, queue, dead) = (arn("sns", "scans"), arn("sqs", "labels"), arn("sqs", "labels-dead"));
    let function = arn("lambda", "function:label-maker");
    let subscription = |number: u8, protocol: &str, endpoint: &str| {
        let name = format!("{topic}:{number}");
        seen(Kind::Subscription, &name, json!({"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}))
    };
    let found = linked(vec![
        seen(
            Kind::LambdaFunction,
            &function,
            json!({"Configuration": {"FunctionName": "label-maker", "FunctionArn": function}}),
        ),
        seen(Kind::Topic, &topic, json!({"TopicArn": topic})),
        seen(Kind::Queue, &queue, json!({"Attributes": {"RedrivePolicy": {"deadLetterTargetArn": dead}}})),
        subscription(1, "sqs", &queue),
        subscription(2, "lambda", &format!("{function}:live")),
        subscription(3, "https", "https://hooks.partner.example/in"),
        subscription(4, "email", "ops@parcels.example"),
        seen(
            Kind::BucketNotifications,
            "arn:aws:s3:::proof",
            json!({"Bucket": "proof",
            "QueueConfiguration": [{"Queue": queue}], "CloudFunctionConfiguration": [{"CloudFunction": function}]}),
        ),
    ]);
    let of_queue = edges(&found, &format!("sqs:{queue}"), EdgeKind::Queue);
    assert_eq!(
        of_queue,
        [
            "s3:arn:aws:s3:::proof @ /QueueConfiguration/0/Queue".to_owned(),
            format!("sns:{topic} @ /Endpoint"),
            format!("sqs:{dead} @ /Attributes/RedrivePolicy/deadLetterTargetArn"),
        ]
    );
    assert_eq!(directions(&found, &queue, &topic), [Some(Direction::Reads)]);
    assert_eq!(directions(&found, &queue, &dead), [Some(Direction::Writes)]);
    let started = edges(&found, "/label-maker", EdgeKind::TriggeredBy);
    assert_eq!(
        started,
        [
            "s3:arn:aws:s3:::proof @ /CloudFunctionConfiguration/0/CloudFunction".to_owned(),
            format!("sns:{topic} @ /Endpoint")
        ]
    );
    let called = edges(&found, &format!("sns:{topic}"), EdgeKind::Calls);
    assert_eq!(called, ["host:hooks.partner.example @ /Endpoint"], "an address of mail is no host");
}

#[test]
fn a_secret_that_is_named_without_the_end_of_its_arn_is_the_same_secret() {
    let whole = arn("secretsmanager", "secret:shop/db-aBcDeF");
    let name = arn("ecs", "task-definition/shop:1");
    let secrets = json!([
        {"name": "A", "valueFrom": arn("secretsmanager", "secret:shop/db")},
        {"name": "B", "valueFrom": format!("{whole}:password::")},
        {"name": "C", "valueFrom": arn("secretsmanager", "secret:shop/other")}]);
    let found = linked(vec![
        seen(
            Kind::EcsTaskDefinition,
            &name,
            json!({"taskDefinitionArn": name, "family": "shop",
            "containerDefinitions": [{"name": "app", "image": "i", "secrets": secrets}]}),
        ),
        seen(Kind::Secret, &whole, json!({"ARN": whole, "Name": "shop/db"})),
    ]);
    let to: Vec<String> = edges(&found, SHOP, EdgeKind::Secret);
    let at = |number: u8| format!("/containerDefinitions/0/secrets/{number}/valueFrom");
    assert_eq!(
        to,
        [
            format!("secretsmanager:{whole} @ {}", at(0)),
            format!("secretsmanager:{whole} @ {}", at(1)),
            format!("secretsmanager:{} @ {}", arn("secretsmanager", "secret:shop/other"), at(2)),
        ]
    );
}

#[test]
fn of_roles_the_rights_of_those_that_a_workload_acts_as_are_told() {
    let role = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
    let (jobs, dead) = (arn("sqs", "jobs"), arn("sqs", "jobs-dead"));
    let statement = |action: Value, resource: Value| json!({"Effect": "Allow", "Action": action, "Resource": resource});
    let inline = json!([{"PolicyName": "p", "PolicyDocument": {"Statement": [
        statement(json!(["sqs:ReceiveMessage", "sqs:DeleteMessage"]), json!(arn("sqs", "job*"))),
        statement(json!("s3:GetObject"), json!("arn:aws:s3:::labels/*")),
        statement(json!("s3:*"), json!("*")), statement(json!("sqs:SendMessage"), json!(arn("sqs", "*")))]}}]);
    let shared = "arn:aws:iam::123456789012:policy/tables";
    let document =
        json!({"Statement": [statement(json!("dynamodb:PutItem"), json!([arn("dynamodb", "table/orders")]))]});
    let name = arn("ecs", "task-definition/shop:1");
    let found = linked(vec![
        seen(
            Kind::EcsTaskDefinition,
            &name,
            json!({"taskDefinitionArn": name, "family": "shop", "taskRoleArn": role("shop"),
            "containerDefinitions": [{"name": "app", "image": "i"}]}),
        ),
        seen(
            Kind::Role,
            &role("shop"),
            json!({"RoleName": "shop", "RolePolicyList": inline,
            "AttachedManagedPolicies": [{"PolicyArn": shared}, {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}),
        ),
        seen(Kind::Role, &role("idle"), json!({"RoleName": "idle", "RolePolicyList": inline})),
        seen(Kind::ManagedPolicy, shared, json!({"PolicyVersionList": [{"Document": document}]})),
        seen(Kind::Queue, &jobs, json!({})),
        seen(Kind::Queue, &dead, json!({})),
        seen(Kind::Queue, &arn("sqs", "other"), json!({})),
    ]);
    let of_shop = format!("iam:{}", role("shop"));
    assert_eq!(edges(&found, SHOP, EdgeKind::Role), [format!("{of_shop} @ /taskRoleArn")]);
    let first = "/RolePolicyList/0/PolicyDocument/Statement/0/Resource";
    assert_eq!(
        edges(&found, &of_shop, EdgeKind::Queue),
        [format!("sqs:{jobs} @ {first}"), format!("sqs:{dead} @ {first}")]
    );
    assert_eq!(
        edges(&found, &of_shop, EdgeKind::Data),
        [
            format!(
                "dynamodb:{} @ /PolicyVersionList/0/Document/Statement/0/Resource/0",
                arn("dynamodb", "table/orders")
            ),
            "s3:arn:aws:s3:::labels @ /RolePolicyList/0/PolicyDocument/Statement/1/Resource".to_owned(),
        ]
    );
    assert_eq!(directions(&found, &of_shop, "table/orders"), [Some(Direction::Writes)]);
    assert_eq!(directions(&found, &of_shop, &jobs), [Some(Direction::Reads)]);
    assert!(found.edges.iter().all(|edge| !edge.from.ends_with("role/idle")), "nothing acts as it");
}

#[test]
fn a_replica_needs_its_source_whether_it_is_named_by_name_or_by_arn() {
    let (source, near, far) = (arn("rds", "db:ledger"), arn("rds", "db:ledger-read"), arn("rds", "db:ledger-far"));
    let abroad = "arn:aws:rds:eu-west-1:123456789012:db:ledger";
    let instance = |arn: &str, name: &str, of: &str| {
        seen(
            Kind::DatabaseInstance,
            arn,
            json!({"DBInstanceIdentifier": name, "ReadReplicaSourceDBInstanceIdentifier": of}),
        )
    };
    let found = linked(vec![
        instance(&source, "ledger", ""),
        instance(&near, "ledger-read", "ledger"),
        instance(&far, "ledger-far", abroad),
    ]);
    let at = "/ReadReplicaSourceDBInstanceIdentifier";
    assert_eq!(edges(&found, &near, EdgeKind::Data), [format!("rds:{source} @ {at}")]);
    assert_eq!(edges(&found, &far, EdgeKind::Data), [format!("rds:{abroad} @ {at}")]);
    assert!(edges(&found, &source, EdgeKind::Data).is_empty());
}
