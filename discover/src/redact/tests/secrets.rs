//! Secrets of real forms never survive, wherever they stand. None of them opens anything.

use super::{arguments, redactor, variable};
use caravan_inventory::{ObservationKind, Redacted};
use serde_json::{Value, json};

/// Forms of secrets, put together here so that no scanner of this repository takes them for real ones.
fn secrets() -> Vec<String> {
    let hex = "9f3c1b7de05a4482b6cf90e1d27a3845";
    let base62 = "q7Wn2Zk9Xv4Lr8Tp1Ys6Bd3Fg5Hj0Mc";
    let text = |begin: &str, rest: &str| format!("{begin}{rest}");
    vec![
        text("AKIA", "Q3EGRJ7XKZ2MNP5T"),
        text("ASIA", "Q3EGRJ7XKZ2MNP5T"),
        "wJ4lrXUtnF3MI/K7MDENG+bPxRfiCYz9Ek2LmQ8v".into(),
        text("ghp_", "9aB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xY3z"),
        text("github_pat_", "11AB3DE5F0gH7jK9mN2pQ_r4St6Uv8Wx"),
        text("glpat-", "xY3z9aB3dE5fG7hJ9kL2"),
        text("xoxb-", "2401567890-3456789012-AbCdEfGhIjKl"),
        text("xapp-", "1-A0B1C2D3-456-abcdef"),
        text("sk_live_", "51H8xQ2eZvKYlo2C"),
        text("rk_live_", "51H8xQ2eZvKYlo2C"),
        text("whsec_", "9aB3dE5fG7hJ9kL2mN4pQ"),
        text("SG.", "aB3dE5fG7hJ9kL2.mN4pQ6rS8tU0vW1xY3z9aB3dE5f"),
        text("key-", hex),
        text("SK", hex),
        text("npm_", "9aB3dE5fG7hJ9kL2mN4pQ6rS8tU0"),
        text("pypi-", "AgEIcHlwaS5vcmcCJDdhMzY5"),
        text("dop_v1_", hex),
        text("AIza", "SyB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xY3z"),
        text("GOCSPX-", "3dE5fG7hJ9kL2mN4pQ6rS8tU"),
        text("sk-ant-", "api03-dE5fG7hJ9kL2mN4pQ6rS8tU0vW"),
        text("sk-proj-", "dE5fG7hJ9kL2mN4pQ6rS8tU0vW"),
        text("hf_", "dE5fG7hJ9kL2mN4pQ6rS8tU0vW"),
        text("NRAK-", "7XKZ2MNP5TQ3EGRJ7XKZ2MNP5TQ"),
        text("shpat_", hex),
        text("hvs.", "CAESIJ2aB3dE5fG7hJ9kL2mN4pQ6rS8tU0"),
        text("dp.pt.", "dE5fG7hJ9kL2mN4pQ6rS8tU0vW"),
        text("lin_api_", base62),
        text("xkeysib-", hex),
        text("dckr_pat_", base62),
        text("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
        text("-----BEGIN RSA PRIVATE KEY-----\n", "MIIEowIBAAKCAQEA7b3v\n-----END RSA PRIVATE KEY-----"),
        text("$2b$12$", "KIXQ4b3r8h9Jm2Zk9Xv4LeT5oP1sWqYd"),
        text("$apr1$", "q7Wn2Zk9$Xv4Lr8Tp1Ys6Bd3Fg5Hj0M"),
        hex.into(),
        format!("{hex}{}", &hex[..8]),
        base62.into(),
        "Zk9#mQ2v!Lp8$rT5wXy1".into(),
        "tr0ub4dor&3xQ!9zKp".into(),
        "c2VjcmV0LWtleS1mb3ItdGhlLXBhcmNlbHM=".into(),
        "7f3d2a91-5b8c-4e06-9d1f-2c7b8a4e6f50".into(),
        "BQWKDMXZRTJHVNPLFGCS".into(),
        "xjq7zkw9vbn2mth5rpl8".into(),
        "123456789:AAE3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xY3z".into(),
        "Pa$$w0rd-Pa$$w0rd!99".into(),
    ]
}

/// The document as it would reach the disk holds neither the secret nor its base64.
fn assert_gone(document: &Value, secret: &str, place: &str) {
    let written = document.to_string();
    let escaped = Value::String(secret.into()).to_string();
    assert!(!written.contains(escaped.trim_matches('"')), "{place}: {secret} survives in {written}");
    assert!(!written.contains(&base64(secret.as_bytes())), "{place}: {secret} survives in base64 in {written}");
    assert!(Redacted::is_in(&written), "{place}: no mark in {written}");
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            out.push(if at <= three.len() { char::from(ALPHABET[(word >> (18 - 6 * at)) as usize & 63]) } else { '=' });
        }
    }
    out
}

/// Every kind of place where a secret may stand.
fn places(secret: &str) -> Vec<(&'static str, ObservationKind, Value)> {
    use ObservationKind as Kind;
    let task = |container: Value| json!({"family": "parcels", "containerDefinitions": [container]});
    let url: String = secret
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    vec![
        ("variable", Kind::EcsTaskDefinition, task(json!({"environment": [{"name": "SETTING", "value": secret}]}))),
        (
            "named variable",
            Kind::EcsTaskDefinition,
            task(json!({"environment": [{"value": secret, "name": "DB_PASSWORD"}]})),
        ),
        (
            "wrapper",
            Kind::EcsTaskDefinition,
            json!({"taskDefinition": task(json!({"environment": [{"name": "SETTING", "value": secret}]})), "tags": []}),
        ),
        (
            "bare containers",
            Kind::EcsTaskDefinition,
            json!([{"name": "app", "environment": [{"name": "SETTING", "value": secret}]}]),
        ),
        (
            "misplaced environment",
            Kind::EcsTaskDefinition,
            json!({"family": "x", "environment": [{"name": "SETTING", "value": secret}]}),
        ),
        ("unknown field", Kind::EcsTaskDefinition, task(json!({"somethingNew": {"inner": [secret]}}))),
        ("name of a field", Kind::EcsTaskDefinition, task(json!({"dockerLabels": {secret: "x"}}))),
        (
            "base64 in a variable",
            Kind::EcsTaskDefinition,
            task(json!({"environment": [{"name": "SETTING", "value": base64(secret.as_bytes())}]})),
        ),
        (
            "url password",
            Kind::EcsTaskDefinition,
            task(
                json!({"environment": [{"name": "DATABASE_URL", "value": format!("postgres://app:{url}@db.example.com:5432/app")}]}),
            ),
        ),
        (
            "url query",
            Kind::EcsTaskDefinition,
            task(
                json!({"environment": [{"name": "CALLBACK", "value": format!("https://api.example.com/x?limit=1&token={url}&page=2")}]}),
            ),
        ),
        (
            "url path",
            Kind::EcsTaskDefinition,
            task(
                json!({"environment": [{"name": "HOOK", "value": format!("https://hooks.slack.com/services/{url}")}]}),
            ),
        ),
        (
            "connection string",
            Kind::EcsTaskDefinition,
            task(
                json!({"environment": [{"name": "DB", "value": format!("Server=db.example.com;Database=app;User Id=app;Password={secret};Encrypt=true")}]}),
            ),
        ),
        (
            "json in a variable",
            Kind::EcsTaskDefinition,
            task(
                json!({"environment": [{"name": "CONFIG", "value": json!({"db": {"host": "db.example.com", "password": secret}}).to_string()}]}),
            ),
        ),
        (
            "flag and value",
            Kind::EcsTaskDefinition,
            task(json!({"command": ["app", "--password", secret, "--verbose"]})),
        ),
        ("flag with value", Kind::EcsTaskDefinition, task(json!({"command": ["app", format!("--token={secret}")]}))),
        (
            "entry point",
            Kind::EcsTaskDefinition,
            task(json!({"entryPoint": ["sh", "-c", format!("DB_PASSWORD='{secret}' exec app")]})),
        ),
        (
            "health check",
            Kind::EcsTaskDefinition,
            task(
                json!({"healthCheck": {"command": ["CMD-SHELL", format!("curl -H \"Authorization: Bearer {secret}\" http://localhost/")]}}),
            ),
        ),
        ("label", Kind::EcsTaskDefinition, task(json!({"dockerLabels": {"com.example.setting": secret}}))),
        (
            "log option",
            Kind::EcsTaskDefinition,
            task(json!({"logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": secret}}})),
        ),
        (
            "plain valueFrom",
            Kind::EcsTaskDefinition,
            task(json!({"secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}]})),
        ),
        ("tag", Kind::EcsTaskDefinition, json!({"family": "x", "tags": [{"key": "note", "value": secret}]})),
        (
            "volume option",
            Kind::EcsTaskDefinition,
            json!({"family": "x", "volumes": [{"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"o": format!("addr=nas,password={secret}")}}}]}),
        ),
        (
            "service event",
            Kind::EcsService,
            json!({"serviceName": "x", "events": [{"message": format!("failed with {secret}")}]}),
        ),
        (
            "override",
            Kind::EcsTask,
            json!({"overrides": {"containerOverrides": [{"name": "app", "environment": [{"name": "SETTING", "value": secret}]}]}}),
        ),
        (
            "input",
            Kind::EventsRule,
            json!({"Name": "r", "Targets": [{"Id": "1", "Input": json!({"containerOverrides": [{"name": "app", "command": ["run", "--key", secret]}]}).to_string()}]}),
        ),
        (
            "schedule input",
            Kind::SchedulerSchedule,
            json!({"Name": "s", "Target": {"Input": json!({"containerOverrides": [{"environment": [{"name": "A", "value": secret}]}]}).to_string()}}),
        ),
        ("description", Kind::SchedulerSchedule, json!({"Name": "s", "Description": format!("runs with {secret}")})),
        (
            "header condition",
            Kind::ListenerRule,
            json!({"Conditions": [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin-Verify", "Values": [secret]}}]}),
        ),
        (
            "oidc",
            Kind::Listener,
            json!({"DefaultActions": [{"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientSecret": secret}}]}),
        ),
        (
            "text record",
            Kind::RecordSet,
            json!({"Name": "x.example.com.", "Type": "TXT", "ResourceRecords": [{"Value": format!("\"{secret}\"")}]}),
        ),
        (
            "function variable",
            Kind::LambdaFunction,
            json!({"FunctionName": "f", "Environment": {"Variables": {"SETTING": secret}}}),
        ),
        (
            "code location",
            Kind::LambdaFunction,
            json!({"Configuration": {"FunctionName": "f"}, "Code": {"Location": format!("https://x.s3.amazonaws.com/f?X-Amz-Signature={url}")}}),
        ),
        (
            "user data",
            Kind::Ec2Instance,
            json!({"instanceId": "i-1", "userData": {"value": base64(format!("#!/bin/sh\nexport TOKEN={secret}\n").as_bytes())}}),
        ),
        (
            "decoded user data",
            Kind::Ec2Instance,
            json!({"instanceId": "i-1", "userDataParts": [{"contentType": "text/x-shellscript", "text": format!("#!/bin/sh\nexport TOKEN={secret}\n")}]}),
        ),
        (
            "cloud-config of a launch template",
            Kind::LaunchTemplateVersion,
            json!({"launchTemplateId": "lt-1", "launchTemplateData": {"userDataParts": [
                {"contentType": "text/cloud-config", "text": format!("#cloud-config\nwrite_files:\n  - path: /etc/app\n    content: {secret}\n")}]}}),
        ),
        (
            "user data of a launch configuration",
            Kind::LaunchConfiguration,
            json!({"LaunchConfigurationName": "l", "UserData": base64(format!("#!/bin/sh\nexport TOKEN={secret}\n").as_bytes())}),
        ),
        (
            "tag of a group",
            Kind::AutoScalingGroup,
            json!({"AutoScalingGroupName": "g", "Tags": [{"Key": "token", "Value": secret, "PropagateAtLaunch": true}]}),
        ),
        (
            "description of a security group's rule",
            Kind::SecurityGroup,
            json!({"groupId": "sg-1", "ipPermissions": [{"ipRanges": [{"cidrIp": "10.0.0.0/8", "description": format!("key {secret}")}]}]}),
        ),
        (
            "variable of a version",
            Kind::FunctionVersion,
            json!({"Configuration": {"FunctionName": "f", "Environment": {"Variables": {"SETTING": secret}}}}),
        ),
        (
            "description of an alias",
            Kind::FunctionAlias,
            json!({"Name": "live", "Description": format!("calls with {secret}")}),
        ),
        (
            "filter of a mapping",
            Kind::EventSourceMapping,
            json!({"UUID": "u", "FilterCriteria": {"Filters": [{"Pattern": json!({"body": {"key": [secret]}}).to_string()}]}}),
        ),
        (
            "location of a layer",
            Kind::LayerVersion,
            json!({"LayerVersionArn": "l", "Content": {"Location": format!("https://x.s3.amazonaws.com/f?X-Amz-Signature={url}")}}),
        ),
        (
            "condition of a policy",
            Kind::FunctionPolicy,
            json!({"Policy": {"Statement": [{"Condition": {"StringEquals": {"lambda:EventSourceToken": secret}}}]}}),
        ),
        (
            "static header of an integration",
            Kind::RestResource,
            json!({"path": "/a", "resourceMethods": {"GET": {"methodIntegration": {"uri": format!("https://api.example.com/v1?key={url}"),
                "requestParameters": {"integration.request.header.X-Api-Key": format!("'{secret}'")},
                "requestTemplates": {"application/json": format!(r#"{{"token": "{secret}"}}"#)}}}}}),
        ),
        (
            "variable of a stage",
            Kind::RestStage,
            json!({"stageName": "prod", "variables": {"SETTING": secret}, "canarySettings": {"stageVariableOverrides": {"SETTING": secret}}}),
        ),
        (
            "policy of an API",
            Kind::RestApi,
            json!({"id": "a", "policy": json!({"Statement": [{"Condition": {"StringEquals": {"aws:Referer": secret}}}]}).to_string()}),
        ),
        (
            "parameter of an integration",
            Kind::HttpIntegration,
            json!({"integrationUri": format!("https://api.example.com/v1?key={url}"), "requestParameters": {"append:header.x-api-key": secret}}),
        ),
        (
            "variable of a stage of an HTTP API",
            Kind::HttpStage,
            json!({"stageName": "prod", "stageVariables": {"SETTING": secret}}),
        ),
        (
            "state of a machine",
            Kind::StateMachine,
            json!({"name": "m", "definition": {"States": {"a": {"Parameters": {"Overrides": {"ContainerOverrides": [
                {"Environment": [{"Name": "SETTING", "Value": secret}]}]}}}}}}),
        ),
        (
            "definition that is no JSON",
            Kind::StateMachine,
            json!({"name": "m", "definition": format!("{{cut {secret}")}),
        ),
        (
            "text record of Cloudflare",
            Kind::DnsRecord,
            json!({"name": "x.example.com", "type": "TXT", "content": format!("\"{secret}\"")}),
        ),
        (
            "document of a worker",
            Kind::CloudflareWorker,
            json!({"id": "w", "bindings": [{"type": "json", "name": "SETTINGS", "json": {"token": secret}}]}),
        ),
        (
            "worker variable",
            Kind::CloudflareWorker,
            json!({"id": "w", "bindings": [{"type": "plain_text", "name": "API_TOKEN", "text": secret}]}),
        ),
    ]
}

#[test]
fn secrets_of_44_forms_survive_at_none_of_53_places() {
    let secrets = secrets();
    assert!(secrets.len() >= 40 && places("x").len() >= 30);
    for secret in &secrets {
        for (place, kind, mut document) in places(secret) {
            redactor().redact(&mut document, kind);
            assert_gone(&document, secret, place);
        }
    }
}

#[test]
fn redacting_twice_changes_nothing_more() {
    for secret in secrets() {
        for (place, kind, mut document) in places(&secret) {
            redactor().redact(&mut document, kind);
            let once = document.clone();
            redactor().redact(&mut document, kind);
            assert_eq!(document, once, "{place}");
        }
    }
}

#[test]
fn equal_secrets_give_equal_marks_and_other_keys_give_others() {
    let secret = "Zk9#mQ2v!Lp8$rT5";
    let mark = redactor().mark(secret).to_string();
    assert_eq!(variable("DB_PASSWORD", secret), mark);
    assert_eq!(
        variable("DATABASE_URL", "postgres://app:Zk9%23mQ2v%21Lp8%24rT5@db.example.com/app"),
        format!("postgres://app:{mark}@db.example.com/app")
    );
    assert_eq!(variable("DB", &format!("Server=db;Password={secret}")), format!("Server=db;Password={mark}"));
    assert_eq!(arguments(&["app", "--password", secret])[2], mark);
    assert_ne!(super::Redactor::new(b"another").mark(secret).to_string(), mark);
    assert_ne!(redactor().mark("Zk9#mQ2v!Lp8$rT6").to_string(), mark);
}

#[test]
fn weak_secrets_go_by_their_names() {
    for (name, value) in [
        ("DB_PASSWORD", "summer"),
        ("MYSQL_ROOT_PASSWORD", "12345"),
        ("PGPASSWORD", "postgres"),
        ("REDIS_AUTH", "letmein"),
        ("API_KEY", "changeme"),
        ("JWT_SECRET", "a b c"),
        ("BASIC_AUTH", "admin:admin"),
        ("dbPassword", "orders"),
        ("SLACK_WEBHOOK_URL", "https://example.com/hook"),
        ("LICENSE", "abc"),
        ("Pass", "word"),
        ("cookieSecret", "keyboard cat"),
        ("TOKEN", "1234"),
    ] {
        let after = variable(name, value);
        assert!(Redacted::is_in(&after) && !after.ends_with(value), "{name}={value} gave {after}");
    }
}

#[test]
fn hosts_and_names_of_databases_stay() {
    for (before, stays) in [
        (
            "mongodb+srv://app:s3cr3t@cluster0.ab1cd.mongodb.net/parcels?retryWrites=true",
            "@cluster0.ab1cd.mongodb.net/parcels?retryWrites=true",
        ),
        (
            "mongodb://app:p@ss/word@mongo-1.internal:27017,mongo-2.internal:27017/parcels",
            "@mongo-1.internal:27017,mongo-2.internal:27017/parcels",
        ),
        ("redis://:s3cr3t@cache.internal:6379/0", "@cache.internal:6379/0"),
        ("https://0123456789abcdef0123456789abcdef@o12345.ingest.sentry.io/4711", "@o12345.ingest.sentry.io/4711"),
        ("app:s3cr3t@tcp(db.internal:3306)/orders?parseTime=true", "@tcp(db.internal:3306)/orders?parseTime=true"),
        ("jdbc:oracle:thin:app/s3cr3t@db.internal:1521:orders", "@db.internal:1521:orders"),
        ("cache.internal:6379,password=s3cr3t,ssl=True", "ssl=True"),
        (
            "jdbc:sqlserver://db.internal:1433;databaseName=orders;user=app;password=s3cr3t",
            "jdbc:sqlserver://db.internal:1433;databaseName=orders;user=app;password=<redacted:",
        ),
        ("host=db.internal port=5432 user=app password=s3cr3t dbname=orders", "dbname=orders"),
        ("postgres://app:${DB_PASSWORD}@db.internal/orders", "postgres://app:${DB_PASSWORD}@db.internal/orders"),
    ] {
        let after = variable("SETTING", before);
        assert!(
            after.contains(stays) && !after.contains("s3cr3t") && !after.contains("word@"),
            "{before} gave {after}"
        );
    }
}

#[test]
fn commands_lose_their_secrets_alone() {
    let mark = redactor().mark("hunter2").to_string();
    for (before, after) in [
        (vec!["mysql", "-h", "db", "-phunter2", "orders"], vec!["mysql", "-h", "db", "-pMARK", "orders"]),
        (vec!["sshpass", "-p", "hunter2", "ssh", "host"], vec!["sshpass", "-p", "MARK", "ssh", "host"]),
        (
            vec!["sh", "-c", "curl -u admin:hunter2 https://api.example.com/v1"],
            vec!["sh", "-c", "curl -u admin:MARK https://api.example.com/v1"],
        ),
        (vec!["sh", "-c", "redis-cli -a hunter2 ping"], vec!["sh", "-c", "redis-cli -a MARK ping"]),
        (vec!["sh", "-c", "PASSWORD=hunter2 exec app --port 80"], vec!["sh", "-c", "PASSWORD=MARK exec app --port 80"]),
        (
            vec!["sh", "-c", "curl -H 'X-Api-Key: hunter2' http://localhost"],
            vec!["sh", "-c", "curl -H 'X-Api-Key: MARK' http://localhost"],
        ),
        (
            vec!["sh", "-c", "echo '{\"user\": \"app\", \"password\": \"hunter2\"}' > /tmp/x"],
            vec!["sh", "-c", "echo '{\"user\": \"app\", \"password\": \"MARK\"}' > /tmp/x"],
        ),
        (
            vec!["java", "-Djavax.net.ssl.trustStorePassword=hunter2", "-jar", "app.jar"],
            vec!["java", "-Djavax.net.ssl.trustStorePassword=MARK", "-jar", "app.jar"],
        ),
        (vec!["-tokensFile=/x", "--client-secret", "hunter2"], vec!["-tokensFile=/x", "--client-secret", "MARK"]),
    ] {
        let wanted: Vec<String> = after.iter().map(|word| word.replace("MARK", &mark)).collect();
        assert_eq!(arguments(&before), wanted);
    }
}

#[test]
fn structures_that_only_look_like_json_or_urls_lose_theirs() {
    for value in [
        "{'password': 'summer'}",
        "{password: summer}",
        r#"{"password":"summer"}{"next":1}"#,
        "api.example.com/x?limit=3&token=summer",
        "password: summer",
        "user=app password=summer",
        "{\"a\": {\"secret\": \"summer\"}, }",
        "--password summer",
        "Authorization: Bearer summer",
        "https://example.com/?a=1#access_token=summer",
        "$ummer-summer:summer@host.example.com",
    ] {
        let after = variable("SETTING", value);
        assert!(!after.contains("summer") || after.starts_with("$ummer"), "{value} gave {after}");
        assert!(Redacted::is_in(&after), "{value} gave {after}");
    }
}

#[test]
fn passwords_of_clients_go_behind_wrappers_and_in_health_checks() {
    let mark = redactor().mark("summer").to_string();
    for (before, after) in [
        (
            vec!["CMD-SHELL", "mysqladmin ping -h localhost -uroot -psummer || exit 1"],
            vec!["CMD-SHELL", "mysqladmin ping -h localhost -uroot -pMARK || exit 1"],
        ),
        (vec!["/entrypoint.sh", "mysql", "-psummer"], vec!["/entrypoint.sh", "mysql", "-pMARK"]),
        (vec!["CMD", "redis-cli", "-a", "summer", "ping"], vec!["CMD", "redis-cli", "-a", "MARK", "ping"]),
        (vec!["curl", "-uadmin:summer", "http://localhost"], vec!["curl", "-uadmin:MARK", "http://localhost"]),
        (
            vec!["sh", "-c", "docker login -u ci -p summer registry.example.com"],
            vec!["sh", "-c", "docker login -u ci -p MARK registry.example.com"],
        ),
        (vec!["app", "--password", "$ummer-2024"], vec!["app", "--password", "OTHER"]),
    ] {
        let other = redactor().mark("$ummer-2024").to_string();
        let wanted: Vec<String> = after
            .iter()
            .map(|word| {
                word.replace("MARK", &mark)
                    .replace("OTHER", &other)
                    .replace("DEFAULT", &format!("{}}}", redactor().mark("${PASSWORD:-summer")))
            })
            .collect();
        assert_eq!(arguments(&before), wanted);
    }
}

#[test]
fn records_of_resolvers_stay_and_texts_go() {
    let random = "x7f3k2m9q1z8v4n6.acm-validations.aws.";
    for (kind, stays) in [("CNAME", true), ("TXT", false)] {
        let mut document = json!({"Name": "_x.example.com.", "Type": kind, "ResourceRecords": [{"Value": random}]});
        redactor().redact(&mut document, ObservationKind::RecordSet);
        assert_eq!(document["ResourceRecords"][0]["Value"] == random, stays, "{kind}");
    }
}

/// Secrets that are words like any other, where no name says what they are.
#[test]
fn plain_words_go_where_a_program_takes_its_secret() {
    const WORD: &str = "orchard";
    let list: &[&[&str]] = &[
        &["smbclient", "//files/share", "-U", "ops%orchard"],
        &["smbclient", "//files/share", "-Uops%orchard", "-c", "ls"],
        &["rpcclient", "--user=ops%orchard", "files"],
        &["vault", "login", "orchard"],
        &["vault", "login", "-no-print", "orchard"],
        &["vault", "operator", "unseal", "orchard"],
        &["snmpget", "-v2c", "-c", "orchard", "switch-1", "sysName.0"],
        &["snmpwalk", "-v3", "-u", "ops", "-A", "orchard", "switch-1"],
        &["snmpwalk", "-v2c", "-corchard", "switch-1"],
        &["htpasswd", "-b", "/etc/users", "ops", "orchard"],
        &["htpasswd", "-nbB", "ops", "orchard"],
        &["mosquitto_passwd", "-b", "/etc/users", "ops", "orchard"],
        &["mosquitto_pub", "-h", "mq.internal", "-u", "ops", "-P", "orchard", "-t", "a"],
        &["rabbitmqctl", "add_user", "ops", "orchard"],
        &["mc", "alias", "set", "store", "http://minio:9000", "ops", "orchard"],
        &["redis-cli", "-h", "cache.internal", "AUTH", "orchard"],
        &["redis-server", "--requirepass", "orchard"],
        &["keytool", "-list", "-storepass", "orchard"],
        &["sshpass", "-porchard", "ssh", "ops@files.internal"],
        &["7z", "x", "-porchard", "dump.7z"],
        &["unzip", "-P", "orchard", "dump.zip"],
        &["sqlplus", "-s", "ops/orchard@db.internal"],
        &["lftp", "-u", "ops,orchard", "files.internal"],
        &["ipmitool", "-H", "host-1", "-U", "ops", "-P", "orchard", "power"],
        &["aws", "configure", "set", "aws_secret_access_key", "orchard"],
        &["doppler", "configure", "set", "token", "orchard"],
        &["ngrok", "config", "add-authtoken", "orchard"],
        &["curl", "--user=ops:orchard", "http://localhost/"],
        &["sh", "-c", "htpasswd -b /etc/users ops orchard"],
        &["sh", "-c", "cd /app && /usr/bin/vault login orchard; exec server"],
        &["sh", "-c", "echo orchard | docker login -u ops --password-stdin"],
        &["sh", "-c", "echo 'ops:orchard' | chpasswd && exec server"],
        &["sh -c \"smbclient //files/share -U 'ops%orchard'\""],
    ];
    for words in list {
        let masked = arguments(words);
        assert!(!masked.join(" ").contains(WORD), "{masked:?}");
        assert!(masked.iter().any(|word| Redacted::is_in(word)), "{masked:?}");
        // What is around it stays, and a second look changes nothing.
        assert!(masked.join(" ").contains(words[0].split(' ').next().unwrap()), "{masked:?}");
        assert_eq!(arguments(&masked.iter().map(String::as_str).collect::<Vec<_>>()), masked);
    }
    for (name, value) in [
        ("OAUTH_CLIENT", "parcels:orchard"),
        ("ADMIN_USER", "ops:orchard"),
        ("SMTP_LOGIN", "ops:orchard"),
        ("LIC", "orchard"),
        ("VAULT_CMD", "vault login orchard --no-print"),
    ] {
        let masked = variable(name, value);
        assert!(!masked.contains(WORD) && Redacted::is_in(&masked), "{name}: {masked}");
    }
}

/// Words alone are as secret as any, where the form of a line says what they are.
#[test]
fn plain_words_go_where_the_form_of_a_line_says_that_they_are_secret() {
    const WORD: &str = "marigold-orchard";
    for script in [
        "mount -t cifs //files/share /mnt -o username=ops,password=marigold-orchard,vers=3",
        "curl -d 'user=ops&password=marigold-orchard' https://login.example.com/",
        "sed -i 's|^password=.*|password=marigold-orchard|' /etc/app.conf",
        "sed -i 's/^api_token=.*/api_token=marigold-orchard/' /etc/app.conf",
        "CREDENTIALS=(ops marigold-orchard)\necho done",
        "CREDENTIALS=(\n  ops\n  marigold-orchard\n)\necho done",
        "cat > ~/.netrc <<EOF\nmachine files.example.com login ops password marigold-orchard\nEOF",
        "printf 'token=%s\\n' marigold-orchard > /etc/token",
        "mysql -e \"CREATE USER shop IDENTIFIED BY 'marigold-orchard'\"",
        "mysql -e \"CREATE USER shop IDENTIFIED WITH caching_sha2_password BY 'marigold-orchard'\"",
        "psql -c \"CREATE ROLE shop WITH PASSWORD 'marigold-orchard'\"",
        "<?php\ndefine('DB_PASSWORD', 'marigold-orchard');\ndefine('DB_HOST', 'db.example.com');",
        "node -e \"connect({password: 'marigold-orchard'})\"",
        "$Word = ConvertTo-SecureString -String 'marigold-orchard' -AsPlainText -Force",
        "New-Thing (ConvertTo-SecureString 'marigold-orchard' -AsPlainText)",
        "chpasswd <<EOF\nops:marigold-orchard\nroot:R\nEOF\necho done",
        "#cloud-config\nchpasswd:\n  list: |\n    ops:marigold-orchard\n  expire: false\nhostname: web-1\n",
        "#cloud-config\nrh_subscription:\n  activation-key: marigold-orchard\n",
        "tailscale up --authkey=marigold-orchard",
    ] {
        let masked = redactor().redact_text(script);
        assert!(!masked.contains(WORD) && Redacted::is_in(&masked), "{masked}");
        assert_eq!(redactor().redact_text(&masked), masked, "a second look changes nothing");
    }
}

#[test]
fn what_only_looks_like_such_forms_stays() {
    for script in [
        "mount -t nfs4 -o nfsvers=4.1,rsize=1048576,hard fs-1.example.com:/ /mnt",
        "HOSTS=(web-1 web-2)\necho ${HOSTS[1]}",
        "TOKENS=($(list-tokens))\necho done",
        "printf 'name=%s\\n' marigold > /etc/name",
        "psql -c \"CREATE DATABASE shop WITH OWNER shop\"",
        "#cloud-config\nchpasswd:\n  expire: false\n  users:\n    - {name: ops, type: RANDOM}\nhostname: web-1\n",
        "docker run -d -e LEVEL=${__template_LogLevelOfTheWebTier} -p 80:8080 shop/web:${__template_ImageTagQ7x}",
        "sort -t, -k1,2 names.csv",
        "<link rel=\"stylesheet\" href=\"/styles/main.css\">",
    ] {
        assert_eq!(redactor().redact_text(script), script);
    }
}

#[test]
fn words_beside_such_secrets_stay() {
    let list: &[&[&str]] = &[
        &["smbclient", "//files/share", "-U", "ops", "-c", "ls"],
        &["vault", "login", "$VAULT_TOKEN"],
        &["vault", "server", "-config", "/etc/vault/config.json"],
        &["vault", "kv", "get", "app/settings"],
        &["snmpd", "-f", "-c", "/etc/snmpd.conf"],
        &["snmpget", "-v2c", "-c", "$COMMUNITY", "switch-1", "sysName.0"],
        &["htpasswd", "-c", "/etc/users", "ops"],
        &["htpasswd", "-b", "/etc/users", "ops", "$PASSWORD"],
        &["rabbitmqctl", "list_users"],
        &["rabbitmqctl", "add_vhost", "parcels"],
        &["mc", "ls", "store/labels"],
        &["redis-cli", "-h", "cache.internal", "set", "greeting", "hello"],
        &["aws", "configure", "set", "region", "eu-west-1"],
        &["sqlplus", "/", "as", "sysdba"],
        &["sh", "-c", "echo ready && exec server"],
        &["sh", "-c", "echo $TOKEN | docker login -u ops --password-stdin && echo ready"],
        &["sh", "-c", "echo started | tee log"],
        &["unzip", "-o", "dump.zip"],
        &["docker", "run", "--user=1000:1000", "nginx:1.27"],
        &["openssl", "x509", "-in", "/etc/tls.crt", "-noout"],
    ];
    for words in list {
        assert_eq!(arguments(words), *words);
    }
    for (name, value) in [
        ("OAUTH_CLIENT", "parcels-web"),
        ("OAUTH_CLIENT", "auth.internal:8080"),
        ("OAUTH_CLIENT_ID", "parcels"),
        ("DB_USER", "orders_app"),
        ("RUN_AS_USER", "1000:1000"),
        ("HTTP_CLIENT", "https://api.example.com/v1"),
        ("PUBLIC_NAME", "parcels"),
        ("POLICY", "strict"),
    ] {
        assert_eq!(variable(name, value), value, "{name}");
    }
}
