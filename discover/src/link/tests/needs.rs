//! What values refer to.

use super::super::references::{Reference, references};
use super::{edges, filed, linked};
use caravan_inventory::{EdgeKind, ObservationKind as Kind};
use serde_json::json;

/// `<kind> <to>` of each reference.
fn of(name: &str, text: &str) -> Vec<String> {
    let kind = |kind: EdgeKind| serde_json::to_string(&kind).unwrap().trim_matches('"').to_owned();
    let line = |reference| match reference {
        Reference::Named(to, of, _) => format!("{} {to}", kind(of)),
        Reference::Host(host, path, of) => format!("{} host:{host}{}", kind(of), path.unwrap_or_default()),
    };
    references(name, text).into_iter().map(line).collect()
}

#[test]
fn urls_hosts_and_arns_are_read_out_of_values() {
    let mark = "<redacted:0123456789abcdef>";
    for (name, text, wanted) in [
        ("DATABASE_URL", &*format!("postgres://app:{mark}@db.internal:5432/app"), &["data host:db.internal/app"][..]),
        (
            "MONGO",
            &format!("mongodb+srv://{mark}:{mark}@c0.ab1cd.mongodb.net/app?w=majority"),
            &["data host:c0.ab1cd.mongodb.net/app"],
        ),
        (
            "MONGO",
            "mongodb://m1.internal:27017,m2.internal:27017/app",
            &["data host:m1.internal/app", "data host:m2.internal/app"],
        ),
        ("JDBC", "jdbc:postgresql://db.internal/app", &["data host:db.internal/app"]),
        ("REDIS", "redis://cache.internal:6379", &["data host:cache.internal"]),
        ("AMQP", "amqps://mq.internal", &["queue host:mq.internal"]),
        ("API", "https://api.example.com/v1", &["calls host:api.example.com/v1"]),
        (
            "ORIGINS",
            "https://a.example.com,https://b.example.com",
            &["calls host:a.example.com", "calls host:b.example.com"],
        ),
        (
            "QUEUE",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
            &["queue sqs:arn:aws:sqs:eu-west-1:123456789012:jobs"],
        ),
        ("QUEUE", "arn:aws:sqs:eu-west-1:123456789012:jobs", &["queue sqs:arn:aws:sqs:eu-west-1:123456789012:jobs"]),
        ("TOPIC", "arn:aws:sns:eu-west-1:123456789012:t", &["queue sns:arn:aws:sns:eu-west-1:123456789012:t"]),
        (
            "TABLE",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/i",
            &["data dynamodb:arn:aws:dynamodb:eu-west-1:123456789012:table/t"],
        ),
        ("FILE", "arn:aws:s3:::bucket/key.env", &["data s3:arn:aws:s3:::bucket"]),
        ("FILE", "s3://bucket/key", &["data s3:arn:aws:s3:::bucket"]),
        ("FILE", "https://bucket.s3.eu-west-1.amazonaws.com/key", &["data s3:arn:aws:s3:::bucket"]),
        ("UPLOAD_BUCKET", "uploads", &["data s3:arn:aws:s3:::uploads"]),
        (
            "SECRET",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf:password::",
            &["secret secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf"],
        ),
        ("DB_HOST", "db.internal", &["data host:db.internal"]),
        ("REDIS_HOST", "redis", &["data host:redis"]),
        ("KAFKA_BROKERS", "b1.internal:9092,b2.internal:9092", &["queue host:b1.internal", "queue host:b2.internal"]),
        ("DB", "Server=db.internal;Database=app", &["data host:db.internal"]),
        ("DSN", "app:x@tcp(db.internal:3306)/app", &["data host:db.internal"]),
        ("CONFIG", r#"{"orders": {"url": "https://orders.example.com"}}"#, &["calls host:orders.example.com"]),
        ("DRIVER", "org.postgresql.driver", &[]),
        ("ME", "http://localhost:8080", &[]),
        ("BIND_ADDRESS", "0.0.0.0:80", &[]),
        ("LISTEN", "http://+:8090", &[]),
        ("MODE", "production", &[]),
        ("URL", "https://${HOST}/x", &[]),
    ] {
        assert_eq!(of(name, text), wanted, "{name}={text}");
    }
}

#[test]
fn a_task_definitions_references_are_edges_with_their_places() {
    let linked = linked(vec![filed(
        Kind::EcsTaskDefinition,
        "t.json",
        json!({"family": "t",
        "taskRoleArn": "arn:aws:iam::123456789012:role/t",
        "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}],
        "containerDefinitions": [
            {"name": "app", "image": "a", "links": ["db:database"], "command": ["--upstream=https://up.example.com"],
             "environment": [{"name": "DB_HOST", "value": "database"}, {"name": "SIDE_HOST", "value": "side"}, {"name": "OTHER_HOST", "value": "other"}],
             "secrets": [{"name": "S", "valueFrom": "/app/db"}],
             "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::config/app.env"}],
             "logConfiguration": {"logDriver": "splunk", "options": {"splunk-url": "https://logs.example.com"}}},
            {"name": "side", "image": "b"}]}),
    )]);
    assert_eq!(edges(&linked, "t", EdgeKind::Role), ["iam:arn:aws:iam::123456789012:role/t @ /taskRoleArn"]);
    assert_eq!(edges(&linked, "t", EdgeKind::Secret), ["ssm:app/db @ /containerDefinitions/0/secrets/0/valueFrom"]);
    assert_eq!(
        edges(&linked, "t", EdgeKind::Data),
        [
            "elasticfilesystem:fs-1 @ /volumes/0/efsVolumeConfiguration/fileSystemId",
            "s3:arn:aws:s3:::config @ /containerDefinitions/0/environmentFiles/0/value"
        ]
    );
    assert_eq!(
        edges(&linked, "t", EdgeKind::Calls),
        [
            "host:logs.example.com @ /containerDefinitions/0/logConfiguration/options/splunk-url",
            "host:other @ /containerDefinitions/0/environment/2/value",
            "host:up.example.com @ /containerDefinitions/0/command/0",
        ]
    );
}

#[test]
fn shared_things_have_one_id() {
    let with = |name: &str, value: &str| json!({"family": name, "containerDefinitions": [{"name": "a", "image": "a", "environment": [{"name": "X", "value": value}]}]});
    let linked = linked(vec![
        filed(Kind::EcsTaskDefinition, "a.json", with("a", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs")),
        filed(Kind::EcsTaskDefinition, "b.json", with("b", "arn:aws:sqs:eu-west-1:123456789012:jobs")),
    ]);
    assert_eq!(linked.edges.len(), 2);
    assert_eq!(linked.edges[0].to, linked.edges[1].to);
}

#[test]
fn texts_made_to_be_deep_end_somewhere() {
    for text in ["a=".repeat(100_000), "[".repeat(100_000), "{\"a\":".repeat(100), "a=;,".repeat(50_000)] {
        assert!(of("HOST", &text).len() <= 1);
    }
}
