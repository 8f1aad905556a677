//! Functions of an estate, as the APIs describe them.

use crate::Function;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

pub(crate) const ARN: &str = "arn:aws:lambda:eu-west-3:111122223333:function:orders";
const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// What GetFunction answers.
pub(crate) fn function(runtime: &str, handler: &str) -> Value {
    json!({
        "Configuration": {
            "FunctionName": "orders", "FunctionArn": ARN, "Runtime": runtime, "Handler": handler,
            "Role": "arn:aws:iam::111122223333:role/orders", "CodeSize": 1234, "Description": "Takes orders.", "Timeout": 12,
            "MemorySize": 512, "LastModified": "2026-01-02T03:04:05.000+0000", "CodeSha256": HASH, "Version": "$LATEST",
            "Environment": {"Variables": {"TABLE": "orders", "LOG_LEVEL": "info"}}, "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": "r", "State": "Active", "LastUpdateStatus": "Successful", "PackageType": "Zip",
            "Architectures": ["arm64"], "EphemeralStorage": {"Size": 1024},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/orders"},
        },
        "Code": {"RepositoryType": "S3"},
        "Tags": {"owner": "orders-team", "aws:cloudformation:stack-name": "orders"},
    })
}

/// An HTTP API with a route for each key, an authorizer's kind behind a `!`, and a domain.
pub(crate) fn http_api(routes: &[&str], domain: Option<&str>) -> Vec<(Kind, &'static str, Value)> {
    let mut all = vec![
        (
            Kind::HttpApi,
            "a1b2c3",
            json!({"apiId": "a1b2c3", "name": "orders", "protocolType": "HTTP", "disableExecuteApiEndpoint": false,
                "apiEndpoint": "https://a1b2c3.execute-api.eu-west-3.amazonaws.com", "createdDate": "2026-01-01T00:00:00Z",
                "routeSelectionExpression": "${request.method} ${request.path}"}),
        ),
        (
            Kind::HttpIntegration,
            "i1",
            json!({"apiId": "a1b2c3", "integrationId": "i1", "integrationType": "AWS_PROXY", "integrationMethod": "POST",
                "integrationUri": ARN, "payloadFormatVersion": "2.0", "timeoutInMillis": 30000, "connectionType": "INTERNET"}),
        ),
        (
            Kind::HttpStage,
            "$default",
            json!({"apiId": "a1b2c3", "stageName": "$default", "autoDeploy": true, "deploymentId": "d",
                "defaultRouteSettings": {"detailedMetricsEnabled": false}, "stageVariables": {}}),
        ),
    ];
    for (at, route) in routes.iter().enumerate() {
        let (key, kind) = route.split_once('!').unwrap_or((route, "NONE"));
        let mut body = json!({"apiId": "a1b2c3", "routeId": format!("r{at}"), "routeKey": key, "target": "integrations/i1",
            "authorizationType": kind, "apiKeyRequired": false});
        if kind != "NONE" {
            body["authorizerId"] = json!("auth1");
        }
        all.push((Kind::HttpRoute, "r", body));
    }
    if let Some(domain) = domain {
        all.push((
            Kind::HttpDomain,
            "domain",
            json!({"domainName": domain, "domainNameConfigurations": [{"certificateArn": "arn:aws:acm:eu-west-3:1:certificate/c",
                "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}]}),
        ));
        all.push((
            Kind::ApiMapping,
            "mapping",
            json!({"apiId": "a1b2c3", "apiMappingId": "m", "apiMappingKey": "", "domainName": domain, "stage": "$default"}),
        ));
    }
    all
}

/// An event source mapping of a queue.
pub(crate) fn mapping(more: &Value) -> Value {
    let mut body = json!({"UUID": "u", "EventSourceArn": "arn:aws:sqs:eu-west-3:111122223333:orders", "FunctionArn": ARN,
        "State": "Enabled", "StateTransitionReason": "USER_INITIATED", "BatchSize": 5, "MaximumBatchingWindowInSeconds": 0,
        "FunctionResponseTypes": ["ReportBatchItemFailures"], "LastModified": 1.0});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more.clone());
    }
    body
}

/// A function with these documents beside it.
pub(crate) fn orders(runtime: &str, handler: &str, beside: Vec<(Kind, &'static str, Value)>) -> Function {
    let mut documents = vec![(Kind::LambdaFunction, ARN, function(runtime, handler))];
    documents.extend(beside);
    Function::new("orders", &documents)
}
