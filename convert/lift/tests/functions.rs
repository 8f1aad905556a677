//! What a function becomes, what of it stays closed, and what stays on Lambda.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::plconfig::{ComponentType, HttpEvent, PlConfig, Scale};
use caravan_convert_lift::{FieldVerdict, LiftOutcome};
use caravan_inventory::ObservationKind::{self as Kind, *};
use common::{Case, lambda_cases};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:it";

type Document = (Kind, String, Value);

fn configuration(more: &Value) -> Value {
    let mut body = json!({"FunctionName": "it", "FunctionArn": ARN, "Runtime": "python3.12", "Handler": "app.handler",
        "Timeout": 5, "MemorySize": 1769, "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "Version": "$LATEST"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"Configuration": body})
}

fn function(more: &Value, beside: &[Document]) -> Case {
    let mut documents = vec![(LambdaFunction, ARN.to_owned(), configuration(more))];
    documents.extend(beside.iter().cloned());
    Case::function("it", &documents)
}

fn url(auth: &str) -> Document {
    (
        FunctionUrl,
        ARN.to_owned(),
        json!({"FunctionUrl": "https://x.lambda-url.eu-west-1.on.aws/", "FunctionArn": ARN,
        "AuthType": auth, "InvokeMode": "BUFFERED"}),
    )
}

/// The policy that a public URL has.
fn everybody() -> Document {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl",
        "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}});
    (FunctionPolicy, ARN.to_owned(), json!({"Policy": {"Statement": [statement]}}))
}

fn queue(more: &Value) -> Document {
    let mut body =
        json!({"EventSourceArn": "arn:aws:sqs:eu-west-1:111122223333:q", "FunctionArn": ARN, "State": "Enabled"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    (EventSourceMapping, "u".to_owned(), body)
}

fn policy(principal: Value) -> Document {
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction"});
    (FunctionPolicy, ARN.to_owned(), json!({"Policy": {"Statement": [statement]}}))
}

fn asked(case: &Case, topic: &str) -> bool {
    case.lift().questions.iter().any(|question| question.id.as_str().starts_with(&format!("{topic}/")))
}

fn case(name: &str) -> Case {
    lambda_cases().into_iter().find(|case| case.workload.name == name).unwrap()
}

/// Answered with what is assumed or comes first, until nothing is asked.
fn settled(mut case: Case) -> PlConfig {
    for _ in 0..5 {
        for question in case.lift().questions {
            let answer = question.options.first().cloned().or(question.assumed).unwrap_or_default();
            case.decisions.0.insert(question.id, caravan_inventory::Decision { answer, reason: None, asked: None });
        }
    }
    case.config()
}

#[test]
fn what_can_only_be_called_by_a_service_stays_with_the_reason() {
    for (service, word) in [
        ("cloudformation.amazonaws.com", "custom resource"),
        ("edgelambda.amazonaws.com", "Lambda@Edge"),
        ("cognito-idp.amazonaws.com", "Cognito"),
        ("config.amazonaws.com", "Config"),
        ("secretsmanager.amazonaws.com", "rotate"),
        ("lexv2.amazonaws.com", "Lex"),
    ] {
        let reasons = function(&json!({}), &[policy(json!({"Service": service})), url("NONE"), everybody()]).reasons();
        assert!(reasons[0].starts_with("it stays on Lambda: ") && reasons[0].contains(word), "{service}: {reasons:?}");
    }
    for (source, word) in [
        ("arn:aws:kinesis:eu-west-1:1:stream/s", "Kinesis"),
        ("arn:aws:dynamodb:eu-west-1:1:table/t/stream/x", "DynamoDB"),
        ("arn:aws:kafka:eu-west-1:1:cluster/c/x", "MSK"),
        ("arn:aws:mq:eu-west-1:1:broker:b:x", "Amazon MQ"),
        ("arn:aws:rds:eu-west-1:1:cluster:c", "DocumentDB"),
    ] {
        let reasons = function(&json!({}), &[queue(&json!({"EventSourceArn": source}))]).reasons();
        assert!(reasons[0].contains(word), "{source}: {reasons:?}");
    }
    let kafka = queue(
        &json!({"EventSourceArn": null, "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:9092"]}}}),
    );
    assert!(function(&json!({}), &[kafka]).reasons()[0].contains("Kafka"));
    for (setting, word) in [
        (json!({"DurableConfig": {"ExecutionTimeout": 60}}), "durable"),
        (json!({"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}}), "tenants"),
        (json!({"MasterArn": ARN}), "edge"),
    ] {
        assert!(function(&setting, &[url("NONE"), everybody()]).reasons()[0].contains(word));
    }
    for name in ["pushed", "stream"] {
        let lifted = case(name).lift();
        assert!(matches!(lifted.outcome, LiftOutcome::Refused { .. }) && lifted.questions.is_empty(), "{name}");
    }
}

#[test]
fn an_api_that_only_lambda_can_serve_stays() {
    let rest = |method: Value| {
        let mut whole = json!({"httpMethod": "GET", "authorizationType": "NONE", "methodIntegration": {"type": "AWS_PROXY",
            "uri": format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}/invocations")}});
        whole.as_object_mut().unwrap().extend(method.as_object().unwrap().clone());
        vec![
            (RestApi, "a".to_owned(), json!({"id": "a", "name": "a"})),
            (
                RestResource,
                "r".to_owned(),
                json!({"restApiId": "a", "id": "r", "path": "/x", "resourceMethods": {"GET": whole}}),
            ),
            (RestStage, "s".to_owned(), json!({"restApiId": "a", "stageName": "prod"})),
        ]
    };
    let reason = |method: Value| function(&json!({}), &rest(method)).reasons().remove(0);
    assert!(reason(json!({"apiKeyRequired": true})).contains("usage plans"));
    let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}/invocations");
    assert!(reason(json!({"methodIntegration": {"type": "AWS", "uri": uri}})).contains("VTL"));
    let authorizer =
        (RestAuthorizer, "z".to_owned(), json!({"restApiId": "a", "id": "z", "type": "TOKEN", "authorizerUri": uri}));
    assert!(function(&json!({}), &[authorizer]).reasons()[0].contains("authorizer"));
    let socket = vec![
        (HttpApi, "w".to_owned(), json!({"apiId": "w", "protocolType": "WEBSOCKET", "name": "w"})),
        (
            HttpIntegration,
            "i".to_owned(),
            json!({"apiId": "w", "integrationId": "i", "integrationType": "AWS_PROXY", "integrationUri": ARN}),
        ),
    ];
    assert!(function(&json!({}), &socket).reasons()[0].contains("WebSocket"));
}

#[test]
fn what_demands_something_of_its_callers_stays_closed() {
    // A function URL, whatever its type but NONE.
    for auth in ["AWS_IAM", "SOMETHING_NEW"] {
        let closed = function(&json!({}), &[url(auth)]).answer("host", "", "it.example.com");
        assert!(asked(&closed, "auth"), "{auth}");
        assert_eq!(closed.config().components["web"].ingress, None);
        let open = closed.answer("auth", "url", "open");
        assert_eq!(open.config().components["web"].ingress.as_ref().unwrap().hosts, ["it.example.com"]);
    }
    let public = function(&json!({}), &[url("NONE"), everybody()]);
    assert!(!asked(&public, "auth") && asked(&public, "host"));
    assert_eq!(public.config().components["web"].ingress, None, "nothing is published by a name that AWS made");
    assert!(
        public.answer("host", "", "platform").config().components["web"].ingress.as_ref().unwrap().own_host.is_none()
    );
    // Routes of an API: what is closed answers 403, in front of what is open.
    let config = case("http-api").config();
    let routes = &config.components["web"].ingress.as_ref().unwrap().routes;
    let admin = routes.iter().find(|route| route.paths == ["~/admin/.+"]).unwrap();
    assert_eq!(admin.respond.as_ref().unwrap().status, 403);
    assert!(routes.iter().filter(|route| route.respond.is_none()).all(|route| !route.methods.is_empty()));
    // A whole API behind a firewall: nothing of it.
    let rest = case("rest-api");
    assert!(asked(&rest, "firewall") && asked(&rest, "auth"));
    assert_eq!(rest.config().components["web"].ingress, None);
    let open = rest.answer("firewall", "", "open");
    let config = open.config();
    let routes = &config.components["web"].ingress.as_ref().unwrap().routes;
    assert!(routes.iter().any(|route| route.respond.is_some() && route.methods == ["POST"]), "{routes:?}");
}

#[test]
fn the_version_that_is_started_is_what_runs() {
    let config = case("rest-api").config();
    let runs = config.function.unwrap();
    assert_eq!((runs.version.as_deref(), runs.memory), (Some("7"), 512));
    assert_eq!(config.components["web"].trigger.as_ref().unwrap().http.as_ref().unwrap().event, HttpEvent::Rest);
    let alias = |weights: Value| {
        let alias = json!({"AliasArn": format!("{ARN}:live"), "Name": "live", "FunctionVersion": "3", "RoutingConfig": weights});
        function(
            &json!({}),
            &[
                (FunctionAlias, format!("{ARN}:live"), alias),
                (FunctionVersion, format!("{ARN}:3"), configuration(&json!({"Version": "3", "Timeout": 30}))),
                (FunctionVersion, format!("{ARN}:4"), configuration(&json!({"Version": "4", "Timeout": 40}))),
                queue(&json!({"FunctionArn": format!("{ARN}:live")})),
            ],
        )
    };
    assert_eq!(alias(Value::Null).config().function.unwrap().timeout.0, 30);
    let moving = alias(json!({"AdditionalVersionWeights": {"4": 0.1}}));
    assert!(asked(&moving, "weights"));
    assert!(moving.config().components["worker"].suspended.as_ref().unwrap().contains("on its way"));
    assert_eq!(moving.answer("weights", "live", "4").config().function.unwrap().timeout.0, 40);
    let two = function(&json!({}), &[url("NONE"), everybody(), queue(&json!({"FunctionArn": format!("{ARN}:2")}))]);
    assert!(asked(&two, "version"));
    let unseen = function(&json!({}), &[queue(&json!({"FunctionArn": format!("{ARN}:9")}))]);
    assert!(asked(&unseen, "version-settings"));
}

#[test]
fn each_thing_that_starts_it_is_a_component_with_questions_of_its_own() {
    let many = case("many");
    let config = many.config();
    let names: Vec<&str> = config.components.keys().map(String::as_str).collect();
    assert_eq!(names, ["cron-daily-sum", "cron-hourly", "web", "worker-first", "worker-second"]);
    assert!(config.components.values().all(|component| component.image.is_none() && component.trigger.is_some()));
    let questions = many.lift().questions;
    let start: Vec<&str> =
        questions.iter().filter(|q| q.id.as_str().starts_with("start/")).map(|q| q.id.as_str()).collect();
    assert_eq!(start.len(), 4, "{start:?}");
    // An answer for one of them starts no other.
    let one = many.answer("start", "worker-first", "with-traffic").answer("pushed", "", "on-lambda");
    let config = one.config();
    assert_eq!(config.components["worker-first"].suspended, None);
    assert!(config.components["worker-second"].suspended.is_some());
    assert!(config.components["cron-daily-sum"].suspended.as_ref().unwrap().contains("switched off"));
}

#[test]
fn sizes_and_numbers_follow_what_lambda_gave() {
    for (memory, cpu, limit) in [(1769, "1000m", "1785Mi"), (128, "73m", "144Mi"), (10_240, "5789m", "10256Mi")] {
        let config = function(&json!({"MemorySize": memory}), &[url("NONE"), everybody()]).config();
        let resources = config.components["web"].resources.clone().unwrap();
        assert_eq!((resources.cpu.as_deref(), resources.memory.as_deref()), (Some(cpu), Some(limit)));
    }
    let scale = |case: Case| match case.config().components.values().next().unwrap().scale.clone() {
        Some(Scale::Range(range)) => (range.min, range.max, range.queue.map(|queue| queue.length)),
        other => panic!("{other:?}"),
    };
    let mapping = queue(&json!({"BatchSize": 7, "ScalingConfig": {"MaximumConcurrency": 5}}));
    assert_eq!(scale(function(&json!({}), &[mapping])), (0, 5, Some(7)));
    let fallback = function(&json!({}), &[queue(&json!({}))]);
    assert!(asked(&fallback, "most"));
    assert_eq!(scale(fallback.answer("most", "", "30")), (0, 30, Some(10)));
    assert_eq!(scale(case("url")), (1, 20, None));
    assert_eq!(scale(case("rest-api").answer("most", "", "9")), (3, 9, None));
    let off = case("called-by-programs");
    assert!(asked(&off, "switched-off"));
    assert_eq!(off.config().components["web"].scale, Some(Scale::Fixed(0)));
}

#[test]
fn retired_runtimes_are_built_on_the_nearest_and_asked_about() {
    for (runtime, base) in [("nodejs14.x", "nodejs22.x"), ("python3.7", "python3.10"), ("go1.x", "provided.al2")] {
        let retired = function(&json!({"Runtime": runtime}), &[url("NONE"), everybody()]);
        assert!(asked(&retired, "retired-runtime"), "{runtime}");
        let config = retired.config();
        assert_eq!(config.function.unwrap().base.as_deref(), Some(base));
        assert!(config.components["web"].suspended.as_ref().unwrap().contains("another runtime"));
    }
    assert!(function(&json!({"Runtime": "fortran77"}), &[url("NONE"), everybody()]).reasons()[0].contains("no"));
}

#[test]
fn an_image_of_its_own_is_asked_for_its_entry_point() {
    let image = case("image-behind-a-balancer");
    assert!(asked(&image, "entry-point"));
    let words = r#"["/lambda-entrypoint.sh", "thumbs.main"]"#;
    let config = image.answer("entry-point", "", words).config();
    let function = config.function.unwrap();
    assert_eq!(function.command.unwrap(), ["/lambda-entrypoint.sh", "thumbs.main"]);
    assert!(function.code.image.unwrap().contains("@sha256:"));
    let alb = &config.components["alb"];
    let http = alb.trigger.as_ref().unwrap().http.as_ref().unwrap();
    assert_eq!((http.event, http.multi_value), (HttpEvent::Alb, Some(true)));
    assert_eq!(alb.ingress.as_ref().unwrap().hosts, ["thumbs.example.com"]);
    assert_eq!(alb.health.as_ref().unwrap().ready.as_ref().unwrap().path.as_deref(), Some("/readyz"));
}

/// An HTTP API whose routes (key, authorization, target) lead to the function by `i1` and elsewhere by any other.
fn api(routes: &[(&str, &str)], stages: &[Value], mappings: &[Value]) -> Vec<Document> {
    let mut all = vec![
        (HttpApi, "a1".to_owned(), json!({"apiId": "a1", "name": "it", "protocolType": "HTTP"})),
        (
            HttpIntegration,
            "a1/i1".to_owned(),
            json!({"apiId": "a1", "integrationId": "i1", "integrationType": "AWS_PROXY", "integrationUri": ARN,
                "payloadFormatVersion": "2.0"}),
        ),
    ];
    for (at, (key, authorization)) in routes.iter().enumerate() {
        let route = json!({"apiId": "a1", "routeId": at.to_string(), "routeKey": key, "target": "integrations/i1",
            "authorizationType": authorization});
        all.push((HttpRoute, format!("a1/{at}"), route));
    }
    all.extend(stages.iter().enumerate().map(|(at, stage)| (HttpStage, format!("a1/s{at}"), stage.clone())));
    all.extend(mappings.iter().enumerate().map(|(at, mapping)| (ApiMapping, format!("m{at}"), mapping.clone())));
    all
}

#[test]
fn a_slash_at_the_end_goes_round_no_closed_route() {
    let stage = json!({"apiId": "a1", "stageName": "$default"});
    let mapping = json!({"apiId": "a1", "domainName": "it.example.com", "stage": "$default", "apiMappingKey": ""});
    let routes = [("GET /admin", "JWT"), ("GET /orders/{id}", "AWS_IAM"), ("ANY /{proxy+}", "NONE")];
    let config = function(&json!({}), &api(&routes, &[stage], &[mapping])).config();
    let ingress = config.components["web"].ingress.as_ref().unwrap();
    let closed: Vec<&str> = ingress
        .routes
        .iter()
        .filter(|route| route.respond.is_some())
        .flat_map(|route| route.paths.iter().map(String::as_str))
        .collect();
    assert_eq!(closed, ["=/admin/", "=/admin", "~/orders/[^/]+/?"]);
    assert!(ingress.routes.iter().any(|route| route.respond.is_none() && route.paths == ["~/.+"]));
}

#[test]
fn a_host_of_another_stage_is_not_published_by_the_one_that_runs() {
    let stages = ["prod", "internal"].map(|name| json!({"apiId": "a1", "stageName": name}));
    let to = |host: &str, stage: &str| json!({"apiId": "a1", "domainName": host, "stage": stage, "apiMappingKey": ""});
    let mappings =
        [to("api.example.com", "prod"), to("int.example.com", "internal"), to("more.example.com", "internal")];
    let case = function(&json!({}), &api(&[("$default", "NONE")], &stages, &mappings));
    assert!(asked(&case, "stage"));
    for (stage, hosts) in [("prod", &["api.example.com"][..]), ("internal", &["int.example.com", "more.example.com"])] {
        let config = case.clone().answer("stage", "", stage).config();
        assert_eq!(config.components["web"].ingress.as_ref().unwrap().hosts, hosts, "{stage}");
    }
    // Two domains of one stage are no question.
    assert!(!asked(&function(&json!({}), &api(&[("$default", "NONE")], &stages, &mappings[1..])), "stage"));
}

#[test]
fn a_public_url_without_a_policy_that_lets_everybody_in_is_closed() {
    let with = |principal: Value, more: &Value| {
        let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunctionUrl"});
        statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (FunctionPolicy, ARN.to_owned(), json!({"Policy": {"Statement": [statement]}}))
    };
    let organisation = json!({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}});
    for (beside, closed) in [
        (vec![], true),
        (vec![with(json!("*"), &organisation)], true),
        (vec![with(json!({"AWS": "arn:aws:iam::111122223333:root"}), &json!({}))], true),
        (vec![with(json!({"AWS": "*"}), &json!({}))], false),
        (vec![everybody()], false),
    ] {
        let documents: Vec<Document> = [url("NONE")].into_iter().chain(beside.clone()).collect();
        assert_eq!(asked(&function(&json!({}), &documents), "auth"), closed, "{beside:?}");
    }
}

#[test]
fn programs_that_call_it_besides_are_asked_about() {
    let program = policy(json!({"AWS": "arn:aws:iam::222222222222:role/reports"}));
    let besides = function(&json!({}), &[queue(&json!({})), program.clone()]);
    assert!(asked(&besides, "programs") && besides.config().components["worker"].suspended.is_some());
    assert!(!asked(&besides.answer("programs", "", "on-lambda"), "programs"));
    // Where nothing else starts it, they are who is asked about anyway; services are told by what they do.
    assert!(!asked(&function(&json!({}), &[program]), "programs"));
    let service = policy(json!({"Service": "sqs.amazonaws.com"}));
    assert!(!asked(&function(&json!({}), &[queue(&json!({})), service]), "programs"));
}

#[test]
fn the_clock_starts_nothing_that_is_switched_off_and_no_number_is_made_another() {
    let documents = |count: u64, retries: &Value| {
        let mut case = case("rule");
        for observation in &mut case.observations {
            match observation.kind {
                LambdaFunction => observation.body["Concurrency"] = json!({"ReservedConcurrentExecutions": count}),
                EventInvokeConfig => observation.body["MaximumRetryAttempts"] = retries.clone(),
                _ => {}
            }
        }
        case
    };
    let off = documents(0, &json!(1));
    assert!(asked(&off, "switched-off"), "{:?}", off.lift().questions);
    for answer in ["stays-off", "run"] {
        let config = settled(documents(0, &json!(1)).answer("switched-off", "", answer));
        let held = |one: &caravan_convert_lift::plconfig::Component| {
            one.suspended.as_ref().is_some_and(|why| why.contains("switched off"))
        };
        assert_eq!(config.components.values().any(held), answer == "stays-off", "{answer}");
    }
    assert!(!asked(&documents(5, &json!(1)), "switched-off"));
    let open = documents(5, &json!({"$unresolved": "!Ref Retries"}));
    assert!(asked(&open, "value"), "{:?}", open.lift().questions);
    assert!(documents(5, &json!(7)).reasons()[0].contains("between 0 and 2"));
}

#[test]
fn a_secret_that_a_template_leaves_open_is_asked_for_by_its_place_and_never_by_its_value() {
    let open = |text: &str| json!({"$unresolved": text});
    let case = function(
        &json!({"Environment": {"Variables": {
            "DB_PASSWORD": open("!Ref DbPassword"), "githubToken": open("${ssm:githubToken}"),
            "CONNECTION": open("{{resolve:secretsmanager:prod/db:SecretString:url}}"),
            "STRIPE_API_KEY": {"$unresolved": "${env:STRIPE, 'x'}", "default": "x"},
            "SECRET_ARN": open("!Ref DbSecret"), "PRIMARY_KEY": open("!Ref Key"),
        }}}),
        &[url("NONE"), everybody()],
    );
    let lifted = case.lift();
    let asked = |topic: &str| -> Vec<&str> {
        let ids = lifted.questions.iter().map(|q| q.id.as_str());
        ids.filter(|id| id.starts_with(topic)).map(|id| id.rsplit('/').next().unwrap()).collect()
    };
    assert_eq!(asked("secret/"), ["CONNECTION", "DB_PASSWORD", "STRIPE_API_KEY", "githubToken"]);
    assert_eq!(asked("value/"), ["PRIMARY_KEY", "SECRET_ARN"]);
    assert_eq!(lifted.ledger.counts().unknown, 0);
    let LiftOutcome::Converted(config) = &lifted.outcome else { panic!("{:?}", lifted.outcome) };
    assert_eq!(config.secrets.len(), 4);
    let text = config.write().unwrap();
    assert!(!text.contains("redacted") && !text.contains("resolve"), "{text}");
    // What is no place is no answer.
    let told = case.answer("secret", "DB_PASSWORD", "S3cr3t Value").lift();
    assert!(told.questions.iter().any(|q| q.id.as_str().ends_with("/DB_PASSWORD")));
}

#[test]
fn a_value_that_a_template_leaves_open_is_a_question_where_it_decides_something() {
    let open = |text: &str| json!({"$unresolved": text});
    let with = |text: &str, default: Value| json!({"$unresolved": text, "default": default});
    let case = function(
        &json!({
            "MemorySize": with("!Ref Memory", json!(256)), "Timeout": open("!Ref Timeout"),
            "Description": open("!Sub ${Stage}"), "RevisionId": open("!Ref Revision"),
            "Environment": {"Variables": {"TABLE": open("!Ref Table"), "MODE": with("${self:custom.mode}", json!("x"))}},
        }),
        &[url("NONE"), everybody(), queue(&json!({"EventSourceArn": open("!GetAtt Queue.Arn")}))],
    );
    let lifted = case.lift();
    assert_eq!(lifted.ledger.counts().unknown, 0);
    let asked: Vec<&str> =
        lifted.questions.iter().map(|q| q.id.as_str()).filter(|id| id.starts_with("value/")).collect();
    assert_eq!(
        asked,
        [
            "value/lambda/test/it/lambda.event-source-mapping/EventSourceArn",
            "value/lambda/test/it/lambda.function/Configuration/Description",
            "value/lambda/test/it/lambda.function/Configuration/Environment/Variables/MODE",
            "value/lambda/test/it/lambda.function/Configuration/Environment/Variables/TABLE",
            "value/lambda/test/it/lambda.function/Configuration/MemorySize",
            "value/lambda/test/it/lambda.function/Configuration/Timeout",
        ]
    );
    let LiftOutcome::Converted(config) = &lifted.outcome else { panic!("{:?}", lifted.outcome) };
    let text = config.write().unwrap();
    assert!(!text.contains("!Ref") && !text.contains("!GetAtt") && !text.contains("${self"), "{text}");
    assert!(config.components.values().all(|component| component.suspended.is_some()));
    assert_eq!((config.function.as_ref().unwrap().memory, config.env["MODE"].as_str()), (256, "x"));
    let verdict = |case: &Case, path: &str| case.verdict(0, &format!("/Configuration/{path}"));
    assert!(matches!(verdict(&case, "MemorySize/default"), FieldVerdict::Question { .. }));
    assert!(matches!(verdict(&case, "RevisionId/$unresolved"), FieldVerdict::Dropped { .. }));
    let answered = case
        .answer("value", "lambda.function/Configuration/MemorySize", "1024")
        .answer("value", "lambda.function/Configuration/Environment/Variables/TABLE", "orders")
        .answer("value", "lambda.event-source-mapping/EventSourceArn", "arn:aws:sqs:eu-west-1:111122223333:q");
    assert_eq!(verdict(&answered, "MemorySize/$unresolved"), FieldVerdict::Approximated);
    let config = answered.config();
    assert_eq!((config.function.unwrap().memory, config.env["TABLE"].as_str()), (1024, "orders"));
    assert_eq!(
        config.components["worker"].trigger.as_ref().unwrap().sqs.as_ref().unwrap().arn,
        "arn:aws:sqs:eu-west-1:111122223333:q"
    );
}

#[test]
fn nothing_that_stood_in_the_clear_reaches_the_plconfig() {
    for case in lambda_cases() {
        if let LiftOutcome::Converted(config) = case.lift().outcome {
            assert!(!config.write().unwrap().contains("<redacted:"), "{}", case.workload.name);
        }
    }
    let config = settled(case("http-api"));
    assert_eq!(config.secrets["API_KEY"], "checkout#API_KEY");
    assert_eq!(config.components["web"].kind, ComponentType::Web);
}
