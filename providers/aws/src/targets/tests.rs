//! Calls to a server on loopback that answers in AWS's words, one request on each connection.

mod batches;
mod snapshots;

use super::AwsTargets;
use crate::account::AwsAccount;
use aws_credential_types::Credentials;
use caravan_inventory::{AccountId, Region};
use caravan_providers::target::{
    FencingToken, ListenerRuleTarget, RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target,
};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const OURS: &str = "123456789012";
const IDENTITY: &str = "GetCallerIdentity";

/// What the server says from now on, and what it was asked.
struct Said {
    /// Whose the credentials are; or a status and a body.
    identity: Result<&'static str, (u16, String)>,
    /// The region whose STS says nothing at all.
    sts_is_out_in: Option<&'static str>,
    /// To everything else: a status and a body; none closes the connection.
    other: Option<(u16, String)>,
    asked: Vec<String>,
}

struct Aws {
    endpoint: String,
    said: Arc<Mutex<Said>>,
}

impl Aws {
    /// Credentials are `controller`'s; a list of records is empty.
    async fn start(controller: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let other = Some((200, "<ListResourceRecordSetsResponse><ResourceRecordSets/><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>".to_owned()));
        let said =
            Arc::new(Mutex::new(Said { identity: Ok(controller), sts_is_out_in: None, other, asked: Vec::new() }));
        let shared = Arc::clone(&said);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { endpoint, said }
    }

    fn targets(&self) -> AwsTargets {
        let keys = Credentials::new("AKIDEXAMPLE", "a-key-of-the-test", None, None, "a test");
        AwsTargets::new(vec![self.account()]).signing_with(keys)
    }

    fn account(&self) -> AwsAccount {
        AwsAccount {
            id: AccountId::new(OURS),
            regions: vec![Region::new("eu-central-1")],
            profile: None,
            role_arn: None,
            external_id: None,
            endpoint_url: Some(self.endpoint.clone()),
        }
    }

    fn answers(&self, status: u16, body: impl Into<String>) {
        self.said.lock().unwrap().other = Some((status, body.into()));
    }

    fn identity(&self, identity: Result<&'static str, (u16, String)>) {
        self.said.lock().unwrap().identity = identity;
    }

    /// How often it was asked whose the credentials are, and how often something else.
    fn asked(&self) -> (usize, usize) {
        let said = self.said.lock().unwrap();
        let identity = said.asked.iter().filter(|request| request.contains(IDENTITY)).count();
        (identity, said.asked.len() - identity)
    }
}

async fn serve(mut stream: TcpStream, said: Arc<Mutex<Said>>) {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).map_or("0", |rest| rest.lines().next().unwrap());
            if body.len() >= length.parse().unwrap() {
                break;
            }
        }
        if !matches!(stream.read_buf(&mut request).await, Ok(1..)) {
            return;
        }
    }
    let request = String::from_utf8(request).unwrap();
    let answer = {
        let mut said = said.lock().unwrap();
        let is_out = said.sts_is_out_in.is_some_and(|region| request.contains(&format!("/{region}/sts/")));
        let answer = match (&said.identity, request.contains(IDENTITY)) {
            _ if is_out => None,
            (Ok(controller), true) => Some((
                200,
                format!(
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{controller}:user/test</Arn><UserId>AIDA</UserId><Account>{controller}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
                ),
            )),
            (Err(answer), true) => Some(answer.clone()),
            (_, false) => said.other.clone(),
        };
        said.asked.push(request);
        answer
    };
    let Some((status, body)) = answer else { return };
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let _ = stream.write_all(text.as_bytes()).await;
}

fn error(code: &str, text: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
}

fn records() -> Target {
    Target::Records(RecordSetsTarget {
        account: AccountId::new(OURS),
        zone: "Z1".to_owned(),
        name: "track.example.com.".to_owned(),
        types: vec!["A".to_owned()],
        settled_by: SettledBy::Provider,
    })
}

fn rule() -> Target {
    let arn = format!("arn:aws:elasticloadbalancing:eu-central-1:{OURS}:listener-rule/app/a/b/c/d");
    Target::ListenerRule(ListenerRuleTarget { account: AccountId::new(OURS), region: Region::new("eu-central-1"), arn })
}

fn change(target: Target) -> Write {
    let snapshot = |value: &str| match target {
        Target::Records(_) => Snapshot::Records(vec![RecordSet {
            name: "track.example.com.".to_owned(),
            kind: "A".to_owned(),
            ttl: Some(60),
            values: vec![value.to_owned()],
            ..RecordSet::default()
        }]),
        _ => Snapshot::Actions(serde_json::json!([{"Type": "forward", "TargetGroupArn": value}])),
    };
    let (before, after) = (snapshot("192.0.2.1"), snapshot("192.0.2.2"));
    let token_after = Some(FencingToken { run: "run".to_owned(), epoch: 1, sequence: 1 });
    Write { target, before, after, token_before: None, token_after, in_flight: 30 }
}

#[tokio::test]
async fn credentials_of_another_account_make_no_call_at_all() {
    let aws = Aws::start("999999999999").await;
    let targets = aws.targets();
    for target in [records(), rule()] {
        let denied = targets.write(&change(target.clone())).await.unwrap_err();
        let CallError::Denied(text) = &denied else { panic!("{denied:?}") };
        assert!(text.contains(OURS) && text.contains("999999999999"), "{text}");
        assert_eq!(targets.observe(&Call::Observe(target)).await.unwrap_err(), denied);
    }
    // Asked anew each time: a person may have put the profile right meanwhile.
    assert_eq!(aws.asked(), (4, 0));
    aws.identity(Ok(OURS));
    assert!(matches!(targets.observe(&Call::Observe(records())).await, Ok(Reply::Observed { .. })));
}

#[tokio::test]
async fn an_account_is_proven_once_for_all_its_calls_and_regions() {
    let aws = Aws::start(OURS).await;
    let targets = Arc::new(aws.targets());
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let targets = Arc::clone(&targets);
        calls.spawn(async move { targets.observe(&Call::Observe(records())).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let _ = targets.observe(&Call::Observe(rule())).await;
    targets.prove(&AccountId::new(OURS)).await.unwrap();
    assert_eq!(aws.asked().0, 1);
}

#[tokio::test]
async fn many_calls_that_come_at_once_share_one_failed_proof() {
    let aws = Aws::start("999999999999").await;
    let targets = aws.targets();
    let call = Call::Observe(records());
    let (a, b, c) = tokio::join!(targets.observe(&call), targets.observe(&call), targets.observe(&call));
    assert!([a, b, c].iter().all(|reply| matches!(reply, Err(CallError::Denied(_)))));
    assert_eq!(aws.asked(), (1, 0));
}

#[tokio::test]
async fn a_proof_that_nobody_can_give_leaves_nothing_in_doubt() {
    let aws = Aws::start(OURS).await;
    let targets = aws.targets();
    for (answer, kind) in [
        ((403, error("InvalidClientTokenId", "no such key")), "denied"),
        ((403, error("ExpiredToken", "it has ended")), "denied"),
        ((403, error("AccessDenied", "no")), "denied"),
        ((400, error("Throttling", "Rate exceeded")), "throttled"),
        ((503, error("ServiceUnavailable", "later")), "not sent"),
        ((200, "<html>".to_owned()), "not sent"),
    ] {
        aws.identity(Err(answer.clone()));
        let failed = targets.write(&change(records())).await.unwrap_err().to_string();
        assert!(failed.starts_with(kind) && failed.contains(OURS), "{answer:?}: {failed}");
    }
    assert_eq!(aws.asked().1, 0);
    let nowhere = AwsAccount { endpoint_url: Some("http://127.0.0.1:1".to_owned()), ..aws.account() };
    let keys = Credentials::new("AKIDEXAMPLE", "a-key-of-the-test", None, None, "a test");
    let targets = AwsTargets::new(vec![nowhere]).signing_with(keys);
    assert!(matches!(targets.write(&change(records())).await, Err(CallError::NotSent(_))));
}

#[tokio::test]
async fn credentials_that_cant_be_loaded_are_denied_and_an_account_that_is_not_configured_too() {
    let aws = Aws::start(OURS).await;
    let profile = Some("no-such-profile-of-caravan".to_owned());
    let targets = AwsTargets::new(vec![AwsAccount { profile, ..aws.account() }]);
    for error in [
        targets.write(&change(records())).await.unwrap_err(),
        AwsTargets::new(Vec::new()).write(&change(records())).await.unwrap_err(),
    ] {
        assert!(matches!(&error, CallError::Denied(text) if text.contains(OURS)), "{error:?}");
    }
    assert_eq!(aws.asked(), (0, 0));
}

#[tokio::test]
async fn credentials_that_have_ended_are_loaded_and_proven_anew() {
    let aws = Aws::start(OURS).await;
    let targets = aws.targets();
    targets.observe(&Call::Observe(records())).await.unwrap();
    aws.answers(403, error("ExpiredToken", "it has ended"));
    assert!(matches!(targets.write(&change(records())).await, Err(CallError::Denied(_))));
    // What was loaded next is somebody else's.
    aws.identity(Ok("999999999999"));
    let (_, before) = aws.asked();
    assert!(matches!(targets.write(&change(records())).await, Err(CallError::Denied(_))));
    assert_eq!(aws.asked(), (2, before));
}

/// A night on which STS is out where the balancer is not: the driver that begins then gets to its account all the same.
#[tokio::test]
async fn an_account_is_proven_by_another_region_while_its_own_sts_is_out() {
    let aws = Aws::start(OURS).await;
    aws.said.lock().unwrap().sts_is_out_in = Some("eu-central-1");
    let targets = aws.targets();
    assert!(matches!(targets.observe(&Call::Observe(records())).await, Ok(Reply::Observed { .. })));
    // Wherever it is asked: credentials of another account make no call.
    let aws = Aws::start("999999999999").await;
    aws.said.lock().unwrap().sts_is_out_in = Some("eu-central-1");
    assert!(matches!(aws.targets().write(&change(records())).await, Err(CallError::Denied(_))));
    assert_eq!(aws.asked().1, 0);
}

/// Nobody has refused a role that STS could not be asked for: the run waits, and is not given up.
#[tokio::test]
async fn a_role_that_cant_be_assumed_for_now_is_no_refusal() {
    let aws = Aws::start(OURS).await;
    let keys = || Credentials::new("AKIDEXAMPLE", "a-key-of-the-test", None, None, "a test");
    let role_arn = Some(format!("arn:aws:iam::{OURS}:role/caravan"));
    let account = AwsAccount { role_arn, ..aws.account() };
    let nowhere = AwsAccount { endpoint_url: Some("http://127.0.0.1:1".to_owned()), ..account.clone() };
    let failed = AwsTargets::new(vec![nowhere]).signing_with(keys()).write(&change(records())).await.unwrap_err();
    assert!(matches!(failed, CallError::NotSent(_)), "{failed:?}");
    for (status, code, is_refused) in
        [(503, "ServiceUnavailable", false), (400, "Throttling", false), (403, "AccessDenied", true)]
    {
        aws.answers(status, error(code, "not now"));
        let targets = AwsTargets::new(vec![account.clone()]).signing_with(keys());
        let failed = targets.write(&change(records())).await.unwrap_err();
        assert_eq!(matches!(failed, CallError::Denied(_)), is_refused, "{code}: {failed:?}");
    }
}

/// What AWS answers to a write, and whether it may have taken effect.
#[tokio::test]
async fn an_answer_that_refuses_leaves_nothing_in_doubt_and_no_answer_does() {
    let aws = Aws::start(OURS).await;
    let targets = aws.targets();
    for (status, body, kind) in [
        (400, error("Throttling", "Rate exceeded"), "throttled: Throttling: Rate exceeded"),
        (400, error("PriorRequestNotComplete", "still on its way"), "throttled: PriorRequestNotComplete"),
        (400, error("InvalidChangeBatch", "[Tried to create …]"), "conflict: InvalidChangeBatch"),
        (400, INVALID_CHANGE_BATCH.to_owned(), "conflict: InvalidChangeBatch: Tried to delete"),
        (400, error("InvalidInput", "wrong"), "rejected: InvalidInput: wrong"),
        (404, error("NoSuchHostedZone", "none"), "missing: NoSuchHostedZone"),
        (403, error("AccessDenied", "may not"), "denied: AccessDenied: may not"),
        (403, error("SignatureDoesNotMatch", "x-amz-security-token:SECRET"), "denied: SignatureDoesNotMatch"),
        (500, error("InternalFailure", "oh"), "in doubt: InternalFailure"),
        (502, "<html>bad gateway</html>".to_owned(), "in doubt: "),
        (200, "<html>".to_owned(), "in doubt: "),
    ] {
        aws.answers(status, body.clone());
        let failed = targets.write(&change(records())).await.unwrap_err().to_string();
        assert!(failed.starts_with(kind) && !failed.contains("SECRET"), "{status} {body}: {failed}");
    }
    aws.said.lock().unwrap().other = None;
    assert!(matches!(targets.write(&change(records())).await, Err(CallError::InDoubt(_))));
    // A rule is read first: when that brings nothing, the write is not made.
    assert!(matches!(targets.write(&change(rule())).await, Err(CallError::NotSent(_))));
    assert!(!aws.said.lock().unwrap().asked.iter().any(|request| request.contains("ModifyRule")));
}

/// The older form of the answer (Route 53 API reference, `ChangeResourceRecordSets`, "Errors").
const INVALID_CHANGE_BATCH: &str = "<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages><Message>Tried to delete resource record set, but it was not found</Message></Messages><RequestId>r</RequestId></InvalidChangeBatch>";
