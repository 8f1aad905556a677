//! What is shared, from the observation to the module.

use super::*;
use crate::Nothing;
use caravan_inventory::{
    AccountId, Decision, Governor, Observation, ObservationId, ObservationKind as Kind, QuestionId, Region, TeamName,
};
use jiff::Timestamp;
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const ADOPT: &str = "infrastructure/teams/shop/adopt";

fn seen(kind: Kind, name: &str, region: &str, body: Value) -> Observation {
    Observation {
        id: ObservationId::new(format!("{}/{ACCOUNT}/{region}/{name}", kind.as_str())),
        kind,
        name: name.to_owned(),
        account: Some(AccountId::new(ACCOUNT)),
        region: Some(Region::new(region)),
        api: "sqs:GetQueueAttributes".to_owned(),
        first_seen: Timestamp::UNIX_EPOCH,
        last_seen: Timestamp::UNIX_EPOCH,
        body,
    }
}

fn shared(observation: Observation, stated: Option<&str>) -> SharedResource {
    let name = observation.name.rsplit([':', '/']).next().unwrap().to_owned();
    let service = observation.name.split(':').nth(2).unwrap_or("route53");
    SharedResource {
        id: format!("{service}:{}", observation.name),
        name,
        observation,
        parts: Vec::new(),
        stated: stated.map(TeamName::new),
        users: BTreeSet::new(),
        keepers: BTreeMap::new(),
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:sqs:eu-central-1:{ACCOUNT}:{name}")
}

/// A queue with everything that SQS says of one, and this.
fn queue(name: &str, more: Value) -> SharedResource {
    let mut attributes = json!({
        "QueueArn": arn(name), "DelaySeconds": "0", "MaximumMessageSize": "262144", "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0", "VisibilityTimeout": "30", "SqsManagedSseEnabled": "true",
        "ApproximateNumberOfMessages": "7",
    });
    attributes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let url = format!("https://sqs.eu-central-1.amazonaws.com/{ACCOUNT}/{name}");
    let body = json!({"QueueUrl": url, "Attributes": attributes, "Tags": {"team": "shop"}});
    shared(seen(Kind::Queue, &arn(name), "eu-central-1", body), Some("shop"))
}

fn with(resource: SharedResource, change: impl FnOnce(&mut SharedResource)) -> SharedResource {
    let mut resource = resource;
    change(&mut resource);
    resource
}

struct Run<'a> {
    resources: &'a [SharedResource],
    apps: &'a [AppRoles],
    platform: Platform,
    decisions: Decisions,
}

impl<'a> Run<'a> {
    fn of(resources: &'a [SharedResource]) -> Self {
        Self { resources, apps: &[], platform: Platform::default(), decisions: Decisions::default() }
    }

    fn over(&self, existing: &dyn Existing) -> SharedConverted {
        let unread = BTreeSet::new();
        let (auth, accounts) = (&[][..], &BTreeMap::new());
        let estate =
            SharedEstate { resources: self.resources, apps: self.apps, unread: &unread, auth, accounts, people: None };
        convert_shared(&estate, &self.platform, &self.decisions, existing, Trace::Lines)
    }

    fn done(&self) -> SharedConverted {
        self.over(&Nothing)
    }
}

fn converted(resources: &[SharedResource]) -> SharedConverted {
    Run::of(resources).done()
}

fn text(done: &SharedConverted, path: &str) -> String {
    let paths: Vec<_> = done.files.iter().map(|(path, _)| path.to_owned()).collect();
    let bytes = done.files.get(path).unwrap_or_else(|| panic!("no {path} in {paths:?}; {:?}", done.left_out));
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// As a disk would hold it.
fn on_disk(done: &SharedConverted) -> impl Fn(&str) -> Result<Option<String>, String> + use<> {
    let files: BTreeMap<String, String> = done
        .files
        .iter()
        .map(|(path, file)| (path.to_owned(), String::from_utf8(file.bytes.clone()).unwrap()))
        .collect();
    move |path: &str| Ok(files.get(path).cloned())
}

fn reasons(done: &SharedConverted) -> String {
    done.left_out.iter().map(|one| format!("{}: {}\n", one.id, one.reason)).collect()
}

#[test]
fn a_queue_comes_in_with_an_import_block_and_what_it_gives_its_dead_letters_to() {
    let redrive = json!({"RedrivePolicy": {"deadLetterTargetArn": arn("jobs-dead"), "maxReceiveCount": 5}});
    let done = converted(&[queue("jobs", redrive), queue("jobs-dead", json!({}))]);
    assert_eq!((done.adopted, done.fields.unknown, reasons(&done).as_str()), (2, 0, ""));
    insta::assert_snapshot!("queues", text(&done, &format!("{ADOPT}/sqs.tf")));
    insta::assert_snapshot!("versions", text(&done, &format!("{ADOPT}/versions.tf")));
    insta::assert_snapshot!("providers", text(&done, &format!("{ADOPT}/providers.tf")));
}

#[test]
fn what_was_not_read_is_not_guessed() {
    for missing in [
        "DelaySeconds",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "VisibilityTimeout",
    ] {
        let bare = with(queue("jobs", json!({})), |queue| {
            queue.observation.body["Attributes"].as_object_mut().unwrap().remove(missing);
        });
        let done = converted(&[bare]);
        assert_eq!(done.adopted, 0);
        assert!(reasons(&done).contains(&format!("/Attributes/{missing} was not read")), "{}", reasons(&done));
        let quarantine = text(&done, &format!("{ADOPT}/quarantine.tf"));
        assert!(quarantine.contains(&format!("# sqs:{}: /Attributes/{missing}", arn("jobs"))), "{quarantine}");
        assert!(done.files.get(&format!("{ADOPT}/sqs.tf")).is_none());
        assert!(done.fields.blocker > 5);
    }
}

#[test]
fn what_may_be_a_secret_is_left_as_it_is_and_never_written() {
    let policy =
        json!({"Statement": [{"Condition": {"StringEquals": {"aws:Referer": "<redacted:0123456789abcdef>"}}}]});
    let odd = with(queue("jobs", json!({"Policy": policy})), |queue| {
        queue.observation.body["Tags"] =
            json!({"team": "shop", "api\"token": "<redacted:0123456789abcdef>", "aws:x": "y"});
    });
    let done = converted(&[odd]);
    let written = text(&done, &format!("{ADOPT}/sqs.tf"));
    assert!(written.contains("ignore_changes = [\n      policy,\n      tags[\"api\\\"token\"],\n    ]"), "{written}");
    assert!(!written.contains("redacted:") && !written.contains("aws:x"), "{written}");
    assert_eq!((done.adopted, done.unmanaged.len(), done.fields.unknown), (1, 2, 0));
    let versions = with(queue("jobs", json!({})), |queue| {
        queue.observation.body["Tags"] = json!({"<redacted:0123456789abcdef>": "x"});
    });
    let done = converted(&[versions]);
    assert!(done.files.iter().all(|(_, file)| !String::from_utf8_lossy(&file.bytes).contains("redacted:")));
    assert_eq!((done.conflicts.len(), done.fields.unknown), (0, 0), "{:?}", done.conflicts);
    let untagged = with(queue("jobs", json!({})), |queue| {
        queue.observation.body.as_object_mut().unwrap().remove("Tags");
    });
    let written = text(&converted(&[untagged]), &format!("{ADOPT}/sqs.tf"));
    assert!(written.contains("ignore_changes = [tags]"), "{written}");
}

#[test]
fn a_field_that_nothing_is_said_about_is_unknown() {
    let done = converted(&[queue("jobs", json!({"Gravity": "9.81"}))]);
    assert_eq!((done.adopted, done.fields.unknown), (1, 1));
}

#[test]
fn dead_letters_that_go_in_circles_are_written_without_a_circle() {
    let to = |name: &str| json!({"RedrivePolicy": {"deadLetterTargetArn": arn(name), "maxReceiveCount": 5}});
    let written =
        text(&converted(&[queue("a", to("b")), queue("b", to("a")), queue("c", to("a"))]), &format!("{ADOPT}/sqs.tf"));
    assert_eq!(written.matches(".arn\n").count(), 1, "{written}");
    assert!(written.contains("deadLetterTargetArn = aws_sqs_queue.a_eu-central-1_123456789012.arn"), "{written}");
    assert!(written.contains(&format!("deadLetterTargetArn = \"{}\"", arn("b"))), "{written}");
}

#[test]
fn nobody_refers_to_what_is_not_there() {
    let to = json!({"RedrivePolicy": {"deadLetterTargetArn": arn("dead"), "maxReceiveCount": 5}});
    let dead = with(queue("dead", json!({})), |queue| {
        queue.observation.body.as_object_mut().unwrap().remove("Attributes");
    });
    let elsewhere = with(queue("dead", json!({})), |queue| queue.stated = Some(TeamName::new("other")));
    for dead in [dead, elsewhere] {
        let written = text(&converted(&[dead, queue("jobs", to.clone())]), &format!("{ADOPT}/sqs.tf"));
        assert!(written.contains(&format!("deadLetterTargetArn = \"{}\"", arn("dead"))), "{written}");
    }
}

#[test]
fn it_belongs_to_whoever_says_so_to_its_one_user_or_to_the_platform() {
    let used = |users: &[&str]| {
        with(queue("jobs", json!({})), |queue| {
            queue.stated = None;
            queue.users = users.iter().map(|user| TeamName::new(*user)).collect();
        })
    };
    let folder = |resource: SharedResource| {
        let done = converted(&[resource]);
        let (path, _) = done.files.iter().find(|(path, _)| path.ends_with("sqs.tf")).unwrap();
        path.to_owned()
    };
    assert_eq!(folder(used(&["mail"])), "infrastructure/teams/mail/adopt/sqs.tf");
    assert_eq!(folder(used(&["mail", "shop"])), "infrastructure/platform/adopt/sqs.tf");
    let stated = with(used(&["mail"]), |queue| queue.stated = Some(TeamName::new("shop")));
    assert_eq!(folder(stated), "infrastructure/teams/shop/adopt/sqs.tf");
    let unknown = [used(&[])];
    let mut run = Run::of(&unknown);
    let question = run.done().questions.remove(0);
    assert_eq!(question.id.as_str(), format!("owner/sqs:{}", arn("jobs")));
    assert!(run.done().files.iter().all(|(path, _)| path == "ledger/terraform.json"));
    for (answer, folder) in [("mail", "teams/mail"), ("mail/production", "teams/mail"), ("platform", "platform")] {
        run.decisions.0.insert(question.id.clone(), Decision { answer: answer.to_owned(), reason: None, asked: None });
        let done = run.done();
        assert!(
            done.files.get(&format!("infrastructure/{folder}/adopt/sqs.tf")).is_some() && done.questions.is_empty()
        );
    }
}

#[test]
fn what_another_state_owns_is_left_alone_or_asked_about() {
    let stack = with(queue("jobs", json!({})), |queue| {
        queue.observation.body["Tags"] = json!({"aws:cloudformation:stack-name": "shop-prod"});
    });
    let done = converted(&[stack]);
    assert!(reasons(&done).contains("the CloudFormation stack shop-prod owns it") && done.questions.is_empty());
    let tagged = |tags: Value| with(queue("jobs", json!({})), |queue| queue.observation.body["Tags"] = tags);
    let likely = [tagged(json!({"ManagedBy": "Terraform"}))];
    let mut run = Run::of(&likely);
    let done = run.done();
    let id = format!("terraform/sqs:{}", arn("jobs"));
    assert_eq!((done.adopted, done.questions[0].id.as_str()), (0, id.as_str()));
    for (answer, adopted) in [("adopt", 1), ("leave", 0)] {
        run.decisions.0.insert(QuestionId::new(&id), Decision { answer: answer.to_owned(), reason: None, asked: None });
        assert_eq!((run.done().adopted, run.done().questions.len()), (adopted, 0));
    }
    assert_eq!(converted(&[tagged(json!({"terraform": "false"}))]).adopted, 1);
}

/// What a state or stack that was read has is told by it, with its address, and never imported unasked.
#[test]
fn what_a_state_or_a_stack_has_is_not_imported_a_second_time() {
    let governor = |tool: &str, owner: &str, address: &str| Governor {
        tool: tool.to_owned(),
        owner: owner.to_owned(),
        address: Some(address.to_owned()),
    };
    let kept = |keepers: &[Governor]| {
        with(queue("jobs", json!({})), |queue| {
            queue.keepers.insert(queue.observation.id.clone(), keepers.to_vec());
        })
    };
    let prod = governor("terraform", "live/prod.tfstate", "aws_sqs_queue.jobs");
    let one = [kept(std::slice::from_ref(&prod))];
    let mut run = Run::of(&one);
    let done = run.done();
    let asked = &done.questions[0];
    assert_eq!((done.adopted, asked.id.as_str()), (0, format!("terraform/sqs:{}", arn("jobs")).as_str()));
    assert!(
        asked.text.contains("the Terraform state live/prod.tfstate, as aws_sqs_queue.jobs has it"),
        "{}",
        asked.text
    );
    run.decisions.0.insert(asked.id.clone(), Decision { answer: "adopt".to_owned(), reason: None, asked: None });
    assert_eq!(run.done().adopted, 1);
    let both = converted(&[kept(&[prod.clone(), governor("terraform", "old.tfstate", "aws_sqs_queue.q")])]);
    assert!(both.questions[0].text.contains("as aws_sqs_queue.q has it, and each undoes what the other does"));
    let stack = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop-prod/5f1d";
    let made = converted(&[kept(&[governor("cloudformation", stack, "Jobs")])]);
    assert!(
        reasons(&made).contains("the CloudFormation stack shop-prod, as Jobs, owns it") && made.questions.is_empty()
    );
    // Once it is taken over, the state of its own module has it.
    let own = governor("terraform", "s3/infrastructure/teams/shop/adopt.tfstate", "aws_sqs_queue.jobs");
    assert_eq!(converted(&[kept(&[own])]).adopted, 1);
    assert_eq!(converted(&[kept(&[governor("terraform", "infrastructure/web.tfstate", "x.y")])]).adopted, 0);
}

/// A topic of ours may have a subscription that somebody else has.
#[test]
fn a_part_that_another_state_has_stays_out_alone() {
    let arn = "arn:aws:sns:eu-central-1:123456789012:orders";
    let subscription = format!("{arn}:1");
    let attributes =
        json!({"SubscriptionArn": subscription, "RawMessageDelivery": "true", "PendingConfirmation": "false"});
    let part = seen(
        Kind::Subscription,
        &subscription,
        "eu-central-1",
        json!({"TopicArn": arn, "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:eu-central-1:123456789012:jobs", "Owner": ACCOUNT, "SubscriptionArn": subscription,
        "Attributes": attributes}),
    );
    let body = json!({"TopicArn": arn, "Attributes": {"TopicArn": arn, "DisplayName": ""}, "Tags": []});
    let topic = |keepers: &[Governor]| {
        let topic = shared(seen(Kind::Topic, arn, "eu-central-1", body.clone()), Some("shop"));
        with(topic, |topic| {
            topic.parts.push(part.clone());
            topic.keepers.insert(part.id.clone(), keepers.to_vec());
        })
    };
    let alone = converted(&[topic(&[])]).adopted;
    let elsewhere = Governor {
        tool: "terraform".to_owned(),
        owner: "b.tfstate".to_owned(),
        address: Some("aws_sns_topic_subscription.s".to_owned()),
    };
    let done = converted(&[topic(&[elsewhere])]);
    assert_eq!((alone, done.adopted), (2, 1));
    assert!(reasons(&done).contains("the Terraform state b.tfstate, as aws_sns_topic_subscription.s has it already"));
}

#[test]
fn what_goes_away_from_the_files_is_forgotten_and_never_destroyed() {
    let both = [queue("a", json!({})), queue("b", json!({}))];
    let first = converted(&both);
    let only = [queue("a", json!({}))];
    let second = Run::of(&only).over(&on_disk(&first));
    let removed = text(&second, &format!("{ADOPT}/removed.tf"));
    assert!(
        removed.contains("from = aws_sqs_queue.b_eu-central-1_123456789012\n") && removed.contains("destroy = false")
    );
    assert!(!removed.contains("aws_sqs_queue.a_"));
    // Nothing of the team's is left: its files say so, since those that stand there would still hold it.
    let moved = [with(queue("a", json!({})), |queue| queue.stated = Some(TeamName::new("mail")))];
    let third = Run::of(&moved).over(&on_disk(&second));
    let left = text(&third, &format!("{ADOPT}/sqs.tf"));
    assert!(!left.contains("resource") && left.starts_with("# "), "{left}");
    assert_eq!(text(&third, &format!("{ADOPT}/removed.tf")).matches("removed {").count(), 2);
    assert!(text(&third, "infrastructure/teams/mail/adopt/sqs.tf").contains("import {"));
    // Once it is back, it is taken over anew.
    let fourth = Run::of(&both).over(&on_disk(&third));
    assert!(!text(&fourth, &format!("{ADOPT}/removed.tf")).contains("removed {"));
}

#[test]
fn a_human_s_edit_is_never_overwritten_and_a_module_is_written_whole_or_not() {
    let one = [queue("a", json!({}))];
    let first = converted(&one);
    let disk = on_disk(&first);
    let edited = move |path: &str| {
        let text = disk(path)?;
        Ok(text.map(|text| if path.ends_with("sqs.tf") { text + "# mine\n" } else { text }))
    };
    let same = Run::of(&one).over(&edited);
    assert!(same.conflicts.is_empty() && same.files.get(&format!("{ADOPT}/sqs.tf")).is_none());
    let two = [queue("a", json!({})), queue("b", json!({}))];
    let other = Run::of(&two).over(&edited);
    assert_eq!(other.conflicts.len(), 1);
    assert!(other.files.iter().all(|(path, _)| path == "ledger/terraform.json"), "{:?}", other.files);
    let foreign = |path: &str| Ok(path.ends_with("versions.tf").then(|| "terraform {}\n".to_owned()));
    assert_eq!(Run::of(&one).over(&foreign).conflicts.len(), 1);
}

#[test]
fn the_same_comes_twice_and_every_line_has_an_origin() {
    let two = [queue("a", json!({})), queue("b", json!({}))];
    let (one, again) = (converted(&two), converted(&two));
    for (path, file) in one.files.iter() {
        assert_eq!(Some(file), again.files.file(path), "{path}");
        let lines = String::from_utf8(file.bytes.clone()).unwrap().lines().count();
        assert_eq!(file.provenance.spans().last().map(|span| span.last as usize), Some(lines), "{path}");
        assert!(file.provenance.spans().iter().all(|span| !span.origins.is_empty()));
        if path.ends_with(".tf") {
            hcl_reads(std::str::from_utf8(&file.bytes).unwrap());
        }
    }
}

fn hcl_reads(text: &str) {
    let read: Result<::hcl::Body, _> = ::hcl::from_str(text);
    assert!(read.is_ok(), "{}: {text}", read.unwrap_err());
}

/// One resource of each other kind, with what hangs on it.
fn others() -> Vec<SharedResource> {
    let topic_arn = format!("arn:aws:sns:eu-central-1:{ACCOUNT}:orders");
    let topic = json!({"TopicArn": topic_arn, "Tags": [{"Key": "team", "Value": "shop"}],
        "Attributes": {"TopicArn": topic_arn, "DisplayName": "", "SubscriptionsConfirmed": "1", "Policy": {"Statement": []},
            "SQSSuccessFeedbackSampleRate": "100", "DeliveryPolicy": ""}});
    let subscription = json!({"TopicArn": topic_arn, "Protocol": "sqs", "Endpoint": arn("jobs"), "Owner": ACCOUNT,
        "SubscriptionArn": format!("{topic_arn}:0f6b"),
        "Attributes": {"RawMessageDelivery": "true", "FilterPolicy": {"status": ["paid"]}, "PendingConfirmation": "false"}});
    let subscription = seen(Kind::Subscription, &format!("{topic_arn}:0f6b"), "eu-central-1", subscription);
    let unread = seen(Kind::Subscription, &format!("{topic_arn}:1111"), "eu-central-1", json!({"TopicArn": topic_arn}));
    let bucket = json!({"Name": "labels", "BucketRegion": "eu-west-1", "CreationDate": "2019", "TagSet": []});
    let policy = json!({"Bucket": "labels", "Policy": {"Statement": [{"Sid": "${x}"}]}});
    let secret_arn = format!("arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:shop/db-aBcDeF");
    let secret =
        json!({"ARN": secret_arn, "Name": "shop/db", "CreatedDate": 1.5, "RotationEnabled": false, "Tags": []});
    let role_arn = format!("arn:aws:iam::{ACCOUNT}:role/tasks/checkout");
    let role = json!({"Arn": role_arn, "RoleName": "checkout", "Path": "/tasks/", "RoleId": "AROA", "CreateDate": "2019",
        "AssumeRolePolicyDocument": {"Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]},
        "RolePolicyList": [{"PolicyName": "queues", "PolicyDocument": {"Statement": [{"Action": "sqs:SendMessage"}]}}],
        "AttachedManagedPolicies": [{"PolicyName": "AmazonS3ReadOnlyAccess",
            "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]});
    let table = json!({"TableName": "carts", "TableArn": format!("arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/carts"),
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"}],
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}, "TableStatus": "ACTIVE", "ItemCount": 3,
        "GlobalSecondaryIndexes": [{"IndexName": "by-at", "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["z", "a"]}, "IndexStatus": "ACTIVE",
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}}],
        "DeletionProtectionEnabled": true, "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": "arn:k"},
        "Tags": [{"Key": "team", "Value": "shop"}]});
    let zone = json!({"Id": "/hostedzone/Z123", "Name": "shop.example.", "CallerReference": "a", "ResourceRecordSetCount": 3,
        "Config": {"PrivateZone": false}});
    vec![
        with(shared(seen(Kind::Topic, &topic_arn, "eu-central-1", topic), Some("shop")), |topic| {
            topic.parts = vec![subscription, unread]
        }),
        with(shared(seen(Kind::Bucket, "arn:aws:s3:::labels", "global", bucket), Some("shop")), |bucket| {
            bucket.parts = vec![
                seen(Kind::BucketPolicy, "arn:aws:s3:::labels", "global", policy),
                seen(Kind::BucketNotifications, "arn:aws:s3:::labels", "global", json!({"QueueConfiguration": []})),
            ];
        }),
        with(shared(seen(Kind::Secret, &secret_arn, "eu-central-1", secret), Some("shop")), |secret| {
            secret.name = "shop/db".to_owned()
        }),
        shared(seen(Kind::Role, &role_arn, "global", role), Some("shop")),
        shared(
            seen(Kind::Table, &format!("arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/carts"), "eu-central-1", table),
            Some("shop"),
        ),
        with(shared(seen(Kind::HostedZone, "Z123", "global", zone), None), |zone| {
            zone.id = zone.observation.id.as_str().to_owned()
        }),
    ]
}

#[test]
fn every_other_kind_comes_in_with_what_hangs_on_it() {
    let mut all = others();
    all.push(queue("jobs", json!({})));
    let done = converted(&all);
    assert_eq!(done.fields.unknown, 0);
    assert_eq!((done.left_out.len(), done.adopted), (2, 11), "{}", reasons(&done));
    for file in ["sns", "s3", "secretsmanager", "iam", "dynamodb"] {
        insta::assert_snapshot!(file, text(&done, &format!("{ADOPT}/{file}.tf")));
    }
    insta::assert_snapshot!("route53", text(&done, "infrastructure/platform/adopt/route53.tf"));
    for (path, file) in done.files.iter().filter(|(path, _)| path.ends_with(".tf")) {
        hcl_reads(std::str::from_utf8(&file.bytes).unwrap());
        assert!(path.starts_with("infrastructure/"));
    }
}

#[test]
fn a_pod_gets_the_rights_that_its_task_had() {
    let mut all = others();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/tasks/checkout");
    all[1].parts[0].body["Policy"]["Statement"][0]["Principal"] = json!({"AWS": role});
    let app = AppRoles {
        team: TeamName::new("shop"),
        app: "checkout".to_owned(),
        environment: caravan_inventory::EnvironmentName::new("production"),
        namespace: "team-shop".to_owned(),
        service_account: "checkout".to_owned(),
        roles: vec![role],
    };
    let apps = [app];
    let mut run = Run { apps: &apps, ..Run::of(&all) };
    assert!(reasons(&run.done()).contains("shop/checkout/production: `platform.cluster`"));
    run.platform.cluster = Some("{environment}-eu".to_owned());
    assert!(reasons(&run.done()).contains("`platform.region` in caravan.yaml does not say"));
    run.platform.region = "eu-central-1".to_owned().into();
    let done = run.done();
    assert_eq!(done.added, 4, "{}", reasons(&done));
    let written = text(&done, "infrastructure/teams/shop/new/app-checkout.tf");
    insta::assert_snapshot!("pod", written);
    hcl_reads(&written);
    let said: Vec<_> =
        done.unmanaged.iter().filter(|one| one.argument.starts_with("aws_iam_role.checkout-production-")).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    run.platform.account = Some(AccountId::new("999999999999"));
    assert!(reasons(&run.done()).contains("and the cluster is in 999999999999"));
}

#[test]
fn a_state_is_kept_where_the_settings_say() {
    let one = [queue("a", json!({}))];
    let mut run = Run::of(&one);
    let versions = |run: &Run<'_>| text(&run.done(), &format!("{ADOPT}/versions.tf"));
    assert!(versions(&run).contains("No place for its state is set"));
    run.platform.terraform.organization = Some("example".to_owned());
    assert!(versions(&run).contains("name = \"infrastructure-teams-shop-adopt\""), "{}", versions(&run));
    run.platform.terraform.bucket = Some("states".to_owned());
    assert!(run.platform.terraform.check().is_err());
    run.platform.terraform.organization = None;
    assert!(run.platform.terraform.check().is_ok());
    assert!(versions(&run).contains("backend \"s3\" {\n    bucket       = \"states\"\n"), "{}", versions(&run));
    run.platform.terraform.role = Some("arn:aws:iam::{account}:role/terraform".to_owned());
    let providers = text(&run.done(), &format!("{ADOPT}/providers.tf"));
    assert!(providers.contains("role_arn = \"arn:aws:iam::123456789012:role/terraform\""), "{providers}");
    run.platform.terraform.role = Some("terraform".to_owned());
    assert!(run.platform.terraform.check().is_err());
}
