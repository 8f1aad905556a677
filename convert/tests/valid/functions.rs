//! Functions as they might be written, with values that neither Lambda nor a cluster takes among them.

use super::draw::Draw;
use super::sources::expression;
use caravan_inventory::ObservationKind::{
    self, ApiMapping, EventInvokeConfig, EventSourceMapping, EventsRule, FunctionAlias, FunctionPolicy, FunctionUrl,
    HttpApi, HttpDomain, HttpIntegration, HttpRoute, HttpStage, LambdaFunction, ProvisionedConcurrency, RestApi,
    RestResource, RestStage, SchedulerSchedule,
};
use serde_json::{Map, Value, json};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:it";
const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

type Document = (ObservationKind, Value);

/// The documents of a function and of what starts it.
pub(super) fn documents(draw: &mut Draw) -> Vec<Document> {
    let mut all = vec![(LambdaFunction, function(draw))];
    for _ in 0..1 + draw.below(3) {
        match draw.below(6) {
            0 => all.extend(http_api(draw)),
            1 => all.extend(rest_api(draw)),
            2 => all.push((FunctionUrl, url(draw))),
            3 => all.push((EventSourceMapping, mapping(draw))),
            4 => all.push((EventsRule, rule(draw))),
            _ => all.push((SchedulerSchedule, schedule(draw))),
        }
    }
    if draw.below(3) == 0 {
        let weights = if draw.below(2) == 0 { json!({"2": 0.5}) } else { json!({}) };
        let routing = json!({"AdditionalVersionWeights": weights});
        all.push((
            FunctionAlias,
            json!({"Name": "live", "FunctionVersion": draw.of(&["1", "$LATEST"]), "RoutingConfig": routing}),
        ));
        all.push((
            ProvisionedConcurrency,
            json!({"FunctionArn": format!("{ARN}:live"),
            "RequestedProvisionedConcurrentExecutions": draw.number()}),
        ));
    }
    if draw.below(3) == 0 {
        let service =
            draw.of(&["s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com", "apigateway.amazonaws.com"]);
        let statement = json!({"Effect": "Allow", "Principal": {"Service": service}, "Resource": ARN});
        all.push((FunctionPolicy, json!({"Policy": {"Statement": [statement]}})));
    }
    if draw.below(3) == 0 {
        all.push((EventInvokeConfig, json!({"FunctionArn": format!("{ARN}:$LATEST"), "MaximumRetryAttempts": draw.number(),
            "MaximumEventAgeInSeconds": draw.number(), "DestinationConfig": {"OnFailure": {"Destination": draw.word()}}})));
    }
    all
}

fn called(draw: &mut Draw) -> String {
    let behind = draw.of(&["", ":live", ":1", ":$LATEST", ":gone"]);
    format!("{ARN}{behind}")
}

fn open(draw: &mut Draw, value: Value) -> Value {
    match draw.below(8) {
        0 => json!({"$unresolved": "!Ref Something"}),
        1 => json!({"$unresolved": "!Ref Something", "default": value}),
        _ => value,
    }
}

fn function(draw: &mut Draw) -> Value {
    let runtime = draw.of(&["python3.12", "nodejs22.x", "java21", "provided.al2023", "ruby3.3", "go1.x", "nodejs12.x"]);
    let mut own = json!({"FunctionName": "it", "FunctionArn": ARN, "Runtime": runtime,
        "Handler": open(draw, "app.handler".into()), "Version": "$LATEST"});
    let fields = own.as_object_mut().unwrap();
    draw.maybe(fields, "CodeSha256", |draw| draw.of(&[HASH, HASH, "x"]).into());
    draw.maybe(fields, "Timeout", |draw| {
        let of = draw.number();
        open(draw, of)
    });
    draw.maybe(fields, "MemorySize", |draw| {
        let of = draw.of(&["128", "10240", "0", "x"]).into();
        open(draw, of)
    });
    draw.maybe(fields, "Description", |draw| draw.long().into());
    draw.maybe(fields, "Architectures", |draw| json!([draw.of(&["arm64", "x86_64"])]));
    draw.maybe(fields, "EphemeralStorage", |draw| json!({"Size": draw.number()}));
    draw.maybe(fields, "LoggingConfig", |draw| json!({"LogGroup": draw.word(), "LogFormat": "JSON"}));
    draw.maybe(fields, "SnapStart", |draw| json!({"ApplyOn": draw.of(&["None", "PublishedVersions"])}));
    draw.maybe(fields, "DeadLetterConfig", |draw| json!({"TargetArn": draw.word()}));
    draw.maybe(fields, "Role", |draw| draw.of(&["arn:aws:iam::111122223333:role/it", "it is none"]).into());
    draw.maybe(fields, "Environment", |draw| {
        let value = draw.word();
        let value = open(draw, value.into());
        json!({"Variables": {"A": "$(B) $$c", "TOKEN": "<redacted:0123456789abcdef>", draw.word(): value}})
    });
    draw.maybe(
        fields,
        "Layers",
        |draw| json!([{"Arn": draw.of(&["arn:aws:lambda:eu-west-1:111122223333:layer:shared:3", "x"]), "CodeSize": 1}]),
    );
    draw.maybe(fields, "FileSystemConfigs", |draw| {
        let arn = "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0123456789abcdef0";
        json!([{"Arn": arn, "LocalMountPath": draw.of(&["/mnt/a", "/mnt/a:b", "relative"])}])
    });
    let mut whole = json!({"Configuration": own, "Tags": {draw.word(): draw.word(), "owner": "x"}});
    if draw.below(5) == 0 {
        whole["Configuration"]["PackageType"] = json!("Image");
        whole["Configuration"]["ImageConfigResponse"] = json!({"ImageConfig": {"Command": [draw.word()]}});
        whole["Code"] =
            json!({"ResolvedImageUri": draw.of(&["r.example.com/a/b@sha256:0123456789abcdef0123456789abcdef", "A b"])});
    }
    if draw.below(4) == 0 {
        whole["Concurrency"] = json!({"ReservedConcurrentExecutions": draw.number()});
    }
    whole
}

fn http_api(draw: &mut Draw) -> Vec<Document> {
    let keys = ["GET /orders/{id}", "ANY /{proxy+}", "$default", "POST /a.b/{x}/c", "GET /", "broken", "GET /ä*("];
    let mut integration =
        json!({"apiId": "a", "integrationId": "i", "integrationType": "AWS_PROXY", "integrationUri": called(draw)});
    let fields = integration.as_object_mut().unwrap();
    draw.maybe(fields, "payloadFormatVersion", |draw| draw.of(&["1.0", "2.0"]).into());
    draw.maybe(fields, "timeoutInMillis", |draw| draw.number());
    let mut all = vec![
        (HttpApi, json!({"apiId": "a", "name": draw.word(), "protocolType": "HTTP", "corsConfiguration": {}})),
        (HttpIntegration, integration),
        (
            HttpStage,
            json!({"apiId": "a", "stageName": draw.of(&["$default", "prod"]), "stageVariables": {"a": draw.word()}}),
        ),
    ];
    for _ in 0..1 + draw.below(4) {
        let kind = draw.of(&["NONE", "NONE", "JWT", "AWS_IAM"]);
        all.push((
            HttpRoute,
            json!({"apiId": "a", "routeKey": draw.of(&keys), "target": "integrations/i", "authorizationType": kind}),
        ));
    }
    if draw.below(2) == 0 {
        let domain = draw.of(&["orders.example.com", "*.example.com", "not a host"]);
        all.push((HttpDomain, json!({"domainName": domain})));
        all.push((
            ApiMapping,
            json!({"apiId": "a", "domainName": domain, "apiMappingKey": draw.of(&["", "v1"]), "stage": "prod"}),
        ));
    }
    all
}

fn rest_api(draw: &mut Draw) -> Vec<Document> {
    let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{}/invocations", called(draw));
    let method = |draw: &mut Draw| {
        json!({"authorizationType": draw.of(&["NONE", "CUSTOM"]), "methodIntegration": {"type": "AWS_PROXY", "uri": uri,
            "timeoutInMillis": draw.number(), "cacheKeyParameters": []}})
    };
    let methods = Value::Object(Map::from_iter([
        (draw.of(&["GET", "ANY"]).to_owned(), method(draw)),
        (draw.of(&["POST", "DELETE"]).to_owned(), method(draw)),
    ]));
    let path = draw.of(&["/", "/orders/{id}", "/{proxy+}", "none"]);
    vec![
        (RestApi, json!({"id": "r", "name": "r", "binaryMediaTypes": [draw.word()]})),
        (RestResource, json!({"restApiId": "r", "id": "x", "path": path, "resourceMethods": methods})),
        (RestStage, json!({"restApiId": "r", "stageName": draw.of(&["prod", "v1"]), "variables": {"a": draw.word()}})),
    ]
}

fn url(draw: &mut Draw) -> Value {
    json!({"FunctionUrl": "https://x.lambda-url.eu-west-1.on.aws/", "FunctionArn": called(draw),
        "AuthType": draw.of(&["NONE", "AWS_IAM"]), "InvokeMode": draw.of(&["BUFFERED", "RESPONSE_STREAM"])})
}

fn mapping(draw: &mut Draw) -> Value {
    let queue = draw.of(&["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:sqs:eu-west-1:111122223333:q.fifo", "q"]);
    let mut mapping = json!({"EventSourceArn": open(draw, queue.into()), "FunctionArn": called(draw),
        "State": draw.of(&["Enabled", "Disabled"])});
    let fields = mapping.as_object_mut().unwrap();
    draw.maybe(fields, "BatchSize", |draw| draw.of(&["1", "10", "200", "20000", "0"]).parse::<u64>().unwrap().into());
    draw.maybe(fields, "MaximumBatchingWindowInSeconds", |draw| draw.number());
    draw.maybe(fields, "FunctionResponseTypes", |_| json!(["ReportBatchItemFailures"]));
    draw.maybe(fields, "ScalingConfig", |draw| json!({"MaximumConcurrency": draw.number()}));
    draw.maybe(fields, "FilterCriteria", |draw| {
        json!({"Filters": [{"Pattern": draw.of(&["{\"body\": {\"a\": [1]}}", "{}", "no", "{\"body\": {\"a\": [{\"odd\": 1}]}}"])}]})
    });
    mapping
}

fn rule(draw: &mut Draw) -> Value {
    json!({"Name": draw.word(), "ScheduleExpression": expression(draw), "State": "ENABLED",
        "Targets": [{"Id": "t", "Arn": called(draw), "Input": draw.of(&["{}", "\"x\"", "no json"])}]})
}

fn schedule(draw: &mut Draw) -> Value {
    let input = draw.of(&["{\"a\": 1}", "{\"at\": \"<aws.scheduler.scheduled-time>\"}"]);
    json!({"Name": draw.word(), "ScheduleExpression": expression(draw), "ScheduleExpressionTimezone": "Europe/Berlin",
        "State": draw.of(&["ENABLED", "DISABLED"]), "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": called(draw), "Input": input}})
}
