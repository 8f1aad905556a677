//! Messages of a queue, against two servers of other people's: each is handled as Lambda's documentation says, and none is
//! lost.

use crate::front::{Front, functions, python};
use caravan_tests_testbed::{Account, Ministack, Moto};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const REGION: &str = "eu-west-3";

/// A server of SQS with an account of the test's own.
struct Server {
    name: &'static str,
    moto: &'static Moto,
    account: Account,
    endpoint: String,
}

/// A queue, what waits behind it, and where the handler notes what it got.
struct Queue<'a> {
    server: &'a Server,
    url: String,
    arn: String,
    dead: String,
    notes: PathBuf,
    _folder: tempfile::TempDir,
}

/// Both, as far as they are there.
fn servers() -> Vec<Server> {
    let Some(moto) = Moto::shared() else { return Vec::new() };
    let mut servers = vec![Server { name: "moto", moto, account: moto.account(), endpoint: moto.endpoint() }];
    if let Some(ministack) = Ministack::shared() {
        servers.push(Server { name: "ministack", moto, account: moto.account(), endpoint: ministack.endpoint() });
    }
    servers
}

impl Server {
    fn ask(&self, arguments: &[&str]) -> Value {
        self.moto.boto3_at(&self.endpoint, &self.account, REGION, &functions("sqs.py"), arguments)
    }

    fn queue(&self, suffix: &str, visibility: u32, receives: u32) -> Queue<'_> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("orders-{}-{}{suffix}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let made = self.ask(&["make", &name, &visibility.to_string(), &receives.to_string()]);
        let text = |key: &str| made[key].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let notes = folder.path().join("notes");
        Queue { server: self, url: text("url"), arn: text("arn"), dead: text("dead"), notes, _folder: folder }
    }
}

impl Queue<'_> {
    fn send(&self, messages: &Value) {
        self.server.ask(&["send", &self.url, &messages.to_string()]);
    }

    /// Messages that wait and that are hidden.
    fn count(&self, url: &str) -> (u64, u64) {
        let count = self.server.ask(&["count", url]);
        (count[0].as_u64().unwrap(), count[1].as_u64().unwrap())
    }

    fn dead(&self) -> Value {
        self.server.ask(&["bodies", &self.dead])
    }

    /// What the handler got, batch by batch.
    fn seen(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.notes).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn bodies(&self) -> Vec<String> {
        let seen = self.seen();
        let bodies = seen.iter().flat_map(|batch| batch["bodies"].as_array().unwrap());
        bodies.map(|body| body.as_str().unwrap().to_owned()).collect()
    }

    fn front(&self, concurrency: u16, settings: Value) -> Option<Front> {
        self.front_with(concurrency, settings, &self.server.account.environment(&self.server.endpoint, REGION))
    }

    fn front_with(&self, concurrency: u16, settings: Value, variables: &[(&str, String)]) -> Option<Front> {
        let mut config = self.config(settings)?;
        config["concurrency"] = json!(concurrency);
        let mut variables = variables.to_vec();
        variables.push(("NOTES", self.notes.display().to_string()));
        Some(Front::begin(config, &variables))
    }

    fn config(&self, mut settings: Value) -> Option<Value> {
        for (key, value) in [("queue_url", &self.url), ("queue_arn", &self.arn), ("endpoint", &self.server.endpoint)] {
            settings[key] = json!(value);
        }
        settings["wait_seconds"] = json!(1);
        let mut config = python("app.messages", json!({"sqs": settings}))?;
        config["function"]["timeout_seconds"] = json!(60);
        Some(config)
    }

    fn emptied(&self, front: &Front) {
        front.wait("the queue is empty", || {
            std::thread::sleep(Duration::from_millis(200));
            self.count(&self.url) == (0, 0)
        });
    }
}

fn plain(bodies: impl IntoIterator<Item = String>) -> Value {
    bodies.into_iter().map(|body| json!({"body": body})).collect()
}

#[test]
fn records_are_as_documented_and_what_is_done_is_deleted() {
    for server in servers() {
        let queue = server.queue("", 30, 3);
        queue.send(&json!([{"body": "hello", "attributes": {
            "kind": {"DataType": "String", "StringValue": "order"},
            "raw": {"DataType": "Binary", "BinaryValue": "AAEC"},
        }}]));
        let Some(front) = queue.front(1, json!({})) else { return };
        queue.emptied(&front);
        let record = &queue.seen()[0]["record"];
        let keys: BTreeSet<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = [
            "messageId",
            "receiptHandle",
            "body",
            "attributes",
            "messageAttributes",
            "md5OfBody",
            "eventSource",
            "eventSourceARN",
            "awsRegion",
        ];
        assert!(documented.iter().all(|key| keys.contains(key)), "{}: {keys:?}", server.name);
        assert_eq!((&record["eventSource"], &record["awsRegion"]), (&json!("aws:sqs"), &json!(REGION)));
        assert_eq!(record["eventSourceARN"], json!(queue.arn));
        let kind =
            json!({"stringValue": "order", "stringListValues": [], "binaryListValues": [], "dataType": "String"});
        assert_eq!(record["messageAttributes"]["kind"], kind, "{}", server.name);
        assert_eq!(record["messageAttributes"]["raw"]["dataType"], "Binary", "{}", server.name);
        for attribute in ["ApproximateReceiveCount", "SentTimestamp", "ApproximateFirstReceiveTimestamp"] {
            assert!(record["attributes"][attribute].is_string(), "{}: {record}", server.name);
        }
    }
}

#[test]
fn what_matches_no_filter_is_deleted_unseen() {
    for server in servers() {
        let queue = server.queue("", 30, 3);
        let bodies = [
            r#"{"kind": "order", "total": 120}"#,
            r#"{"kind": "order", "total": 80}"#,
            r#"{"kind": "refund", "total": 500}"#,
            "no json at all",
        ];
        queue.send(&plain(bodies.map(str::to_owned)));
        let pattern = json!({"body": {"kind": ["order"], "total": [{"numeric": [">", 100]}]}}).to_string();
        let Some(front) = queue.front(1, json!({"filters": [{"Pattern": pattern}]})) else { return };
        queue.emptied(&front);
        assert_eq!(queue.bodies(), [bodies[0]], "{}", server.name);
        assert_eq!(front.metric(r#"caravan_front_sqs_messages_total{outcome="filtered"}"#), 3.0);
        assert_eq!(queue.dead(), json!([]), "{}", server.name);
    }
}

#[test]
fn of_a_batch_only_what_failed_comes_again_until_the_queue_puts_it_aside() {
    for server in servers() {
        let queue = server.queue("", 10, 2);
        queue.send(&plain(["a", "poison", "b", "c"].map(str::to_owned)));
        let settings = json!({"report_batch_item_failures": true, "batch_window_seconds": 1, "visibility_seconds": 10});
        let Some(front) = queue.front(1, settings) else { return };
        front.wait("the poison message is put aside", || {
            std::thread::sleep(Duration::from_millis(500));
            queue.count(&queue.dead).0 == 1
        });
        assert_eq!(queue.dead(), json!(["poison"]), "{}", server.name);
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for body in queue.bodies() {
            *times.entry(body).or_default() += 1;
        }
        let expected = [("a", 1), ("b", 1), ("c", 1), ("poison", 2)].map(|(body, times)| (body.to_owned(), times));
        assert_eq!(times, BTreeMap::from(expected), "{}", server.name);
    }
}

#[test]
fn a_batch_whose_invocation_fails_comes_again_as_a_whole() {
    for server in servers() {
        let queue = server.queue("", 10, 1);
        queue.send(&plain(["raise", "b"].map(str::to_owned)));
        let settings = json!({"report_batch_item_failures": true, "batch_window_seconds": 1, "visibility_seconds": 10});
        let Some(front) = queue.front(1, settings) else { return };
        front.wait("both are put aside", || {
            std::thread::sleep(Duration::from_millis(500));
            queue.count(&queue.dead).0 == 2
        });
        assert_eq!(queue.dead(), json!(["b", "raise"]), "{}", server.name);
    }
}

#[test]
fn batches_are_gathered_for_their_window_up_to_their_size() {
    for server in servers() {
        let queue = server.queue("", 30, 3);
        queue.send(&plain((0..25).map(|number| format!("m{number}"))));
        let Some(front) = queue.front(1, json!({"batch_size": 20, "batch_window_seconds": 3})) else { return };
        queue.emptied(&front);
        let sizes: Vec<_> = queue.seen().iter().map(|batch| batch["bodies"].as_array().unwrap().len()).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 25, "{}: {sizes:?}", server.name);
        assert!(sizes[0] == 20 && sizes.len() == 2, "{}: {sizes:?}", server.name);
    }
}

#[test]
fn each_group_of_a_fifo_queue_keeps_its_order() {
    for server in servers() {
        let queue = server.queue(".fifo", 20, 5);
        let messages: Vec<_> = (0..12)
            .map(|number| json!({"body": format!("{number:02}"), "group": format!("g{}", number % 3)}))
            .collect();
        queue.send(&json!(messages));
        // Of receives at the same moment moto gives each what it saw before the others: a group is then given to two.
        let processes = if server.name == "moto" { 1 } else { 3 };
        let Some(front) = queue.front(processes, json!({"visibility_seconds": 20})) else { return };
        queue.emptied(&front);
        let seen = queue.seen();
        let mut order: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for batch in &seen {
            let groups: BTreeSet<_> = batch["groups"].as_array().unwrap().iter().map(Value::to_string).collect();
            assert_eq!(groups.len(), 1, "{}: an invocation has one group: {batch}", server.name);
            for body in batch["bodies"].as_array().unwrap() {
                order
                    .entry(batch["groups"][0].as_str().unwrap().to_owned())
                    .or_default()
                    .push(body.as_str().unwrap().into());
            }
        }
        for (group, bodies) in order {
            assert!(bodies.is_sorted() && bodies.len() == 4, "{}: {group}: {bodies:?}", server.name);
        }
    }
}

#[test]
fn messages_stay_hidden_while_they_are_worked_on() {
    for server in servers() {
        let queue = server.queue("", 10, 5);
        queue.send(&plain((0..8).map(|number| format!("slow {number}"))));
        // More than 10 s in all, hidden for 10 s at a time.
        let mut settings = json!({"batch_window_seconds": 1, "visibility_seconds": 10});
        settings["report_batch_item_failures"] = json!(true);
        let Some(mut front) = queue.front(2, settings) else { return };
        queue.emptied(&front);
        assert_eq!(queue.bodies().len(), 8, "{}: {:?}", server.name, queue.bodies());
        front.signal("-TERM");
        assert!(front.end().success());
    }
}

#[test]
fn none_is_lost_when_processes_and_the_front_are_killed() {
    for server in servers() {
        let queue = server.queue("", 10, 1_000);
        let sent: BTreeSet<_> = (0..60).map(|number| format!("m{number}")).collect();
        queue.send(&plain(sent.iter().cloned()));
        for _ in 0..3 {
            let Some(front) = queue.front(2, json!({"batch_size": 3, "visibility_seconds": 10})) else { return };
            for _ in 0..4 {
                std::thread::sleep(Duration::from_millis(250));
                for pid in front.processes() {
                    let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
                }
            }
            // Its end is one by SIGKILL.
            drop(front);
        }
        let Some(front) = queue.front(2, json!({"visibility_seconds": 10})) else { return };
        queue.emptied(&front);
        let seen: BTreeSet<_> = queue.bodies().into_iter().collect();
        assert_eq!(seen, sent, "{}", server.name);
    }
}

#[test]
fn none_is_received_while_no_process_can_be_started() {
    for server in servers() {
        let queue = server.queue("", 1, 2);
        let Some(mut config) = queue.config(json!({})) else { return };
        config["command"] = json!([caravan_tests_testbed::lambda_python(), "runtime.py", "once"]);
        let mut variables = server.account.environment(&server.endpoint, REGION);
        variables.push(("NOTES", queue.notes.display().to_string()));
        queue.send(&plain(["first".to_owned()]));
        let front = Front::begin(config, &variables);
        front.wait("it can't be started again", || front.log().contains("can't be initialised"));
        front.wait("it is not ready", || front.admin_status("/readyz") == Some(503));
        // A receive that was on its way by then ends after a second.
        std::thread::sleep(Duration::from_secs(3));
        queue.send(&plain((0..3).map(|number| format!("message {number}"))));
        // For as long as each of them would be received and come again until it is put aside.
        std::thread::sleep(Duration::from_secs(6));
        assert_eq!((queue.count(&queue.url), queue.dead()), ((3, 0), json!([])), "{}: {}", server.name, front.log());
    }
}

/// The agent of EKS Pod Identity, as pods see it: credentials for who shows the token of the file. Counts its calls.
fn agent(account: &Account, token: &'static str) -> (u16, std::sync::Arc<AtomicUsize>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let body = json!({
        "AccessKeyId": account.access_key_id, "SecretAccessKey": account.secret_access_key,
        "Token": account.session_token, "AccountId": account.id, "Expiration": "2099-01-01T00:00:00Z",
    });
    let counted = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&counted);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = vec![0; 4_096];
            let read = std::io::Read::read(&mut stream, &mut head).unwrap();
            let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
            let known =
                head.starts_with("get /v1/credentials ") && head.contains(&format!("authorization: {token}\r\n"));
            let (status, body) = if known { ("200 OK", body.to_string()) } else { ("401 Unauthorized", String::new()) };
            counter.fetch_add(1, Ordering::Relaxed);
            let answer =
                format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
        }
    });
    (port, counted)
}

#[test]
fn credentials_are_those_of_pod_identity() {
    for server in servers() {
        let queue = server.queue("", 30, 3);
        queue.send(&plain(["a".to_owned()]));
        let (port, calls) = agent(&server.account, "the-token-of-the-pod");
        let token = queue.notes.with_file_name("token");
        std::fs::write(&token, "the-token-of-the-pod\n").unwrap();
        let variables = [
            ("AWS_ACCESS_KEY_ID", String::new()),
            ("AWS_SECRET_ACCESS_KEY", String::new()),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://127.0.0.1:{port}/v1/credentials")),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.display().to_string()),
        ];
        let Some(front) = queue.front_with(1, json!({}), &variables) else { return };
        queue.emptied(&front);
        assert_eq!(queue.bodies(), ["a"], "{}", server.name);
        assert_eq!(calls.load(Ordering::Relaxed), 1, "{}: they are kept while they are good", server.name);
        // Nobody's token gets nothing, and nothing of it is logged.
        std::fs::write(&token, "another").unwrap();
        let Some(front) = queue.front_with(1, json!({}), &variables) else { return };
        front.wait("it says so", || front.log().contains("gives no credentials: it answers 401"));
        assert!(!front.log().contains("another"), "{}", front.log());
    }
}
