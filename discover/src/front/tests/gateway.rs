//! Ways through API Gateway and by URLs of functions.

use super::*;

fn doors(observations: Vec<Observation>, edges: Vec<Edge>) -> Doors {
    Doors::read(&Seen(observations), edges).unwrap()
}

/// Every way of a hostname, its steps as `kind: words`.
fn told(doors: &Doors, hostname: &str) -> Vec<Vec<String>> {
    let steps =
        |chain: Chain| chain.steps.iter().map(|step| format!("{}: {}", step.step.as_str(), step.says)).collect();
    doors.of_hostname(hostname).into_iter().map(steps).collect()
}

const CERTIFICATE: &str = "arn:aws:acm:eu-central-1:111122223333:certificate/c";

/// An HTTP API under `orders.example.com`, with a function, a listener behind a link, and a route without integration.
fn http() -> (Vec<Observation>, Vec<Edge>) {
    let configuration = json!([{"apiGatewayDomainName": "d-1.execute-api.eu-central-1.amazonaws.com", "certificateArn": CERTIFICATE,
        "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}]);
    let observations = vec![
        seen(
            Kind::RecordSet,
            "o",
            json!({"Name": "orders.example.com.", "Type": "A", "AliasTarget": {"DNSName": "d-1.execute-api.eu-central-1.amazonaws.com."}}),
        ),
        seen(
            Kind::HttpApi,
            "h1",
            json!({"apiId": "h1", "name": "orders", "protocolType": "HTTP", "apiEndpoint": "https://h1.execute-api.eu-central-1.amazonaws.com"}),
        ),
        seen(Kind::HttpStage, "h1/$default", json!({"apiId": "h1", "stageName": "$default"})),
        seen(
            Kind::HttpRoute,
            "h1/a",
            json!({"apiId": "h1", "routeId": "a", "routeKey": "GET /orders", "target": "integrations/f"}),
        ),
        seen(
            Kind::HttpRoute,
            "h1/b",
            json!({"apiId": "h1", "routeId": "b", "routeKey": "ANY /shop", "target": "integrations/l"}),
        ),
        seen(Kind::HttpRoute, "h1/c", json!({"apiId": "h1", "routeId": "c", "routeKey": "$default"})),
        seen(
            Kind::HttpIntegration,
            "h1/f",
            json!({"apiId": "h1", "integrationId": "f", "integrationType": "AWS_PROXY", "integrationUri": "arn:aws:lambda:eu-central-1:111122223333:function:orders"}),
        ),
        seen(
            Kind::HttpIntegration,
            "h1/l",
            json!({"apiId": "h1", "integrationId": "l", "integrationType": "HTTP_PROXY", "integrationUri": LISTENER}),
        ),
        seen(
            Kind::HttpDomain,
            "orders.example.com",
            json!({"domainName": "orders.example.com", "domainNameConfigurations": configuration}),
        ),
        seen(
            Kind::ApiMapping,
            "orders.example.com/m",
            json!({"domainName": "orders.example.com", "apiId": "h1", "stage": "$default", "apiMappingKey": "v1"}),
        ),
        seen(
            Kind::Listener,
            LISTENER,
            json!({"ListenerArn": LISTENER, "LoadBalancerArn": LB, "Protocol": "HTTP", "Port": 80,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "g"}]}),
        ),
        seen(Kind::TargetGroup, "g", json!({"TargetGroupName": "g", "Protocol": "HTTP", "Port": 8080})),
    ];
    let edges = vec![
        routes(
            "lambda/111122223333/eu-central-1/orders",
            "apigatewayv2.integration/h1/f",
            "apigatewayv2.integration/h1/f",
            "/integrationUri",
        ),
        routes(
            "ecs/111122223333/eu-central-1/prod/shop",
            "elbv2.target-group/g",
            "ecs.service/shop",
            "/loadBalancers/0/targetGroupArn",
        ),
    ];
    (observations, edges)
}

#[test]
fn a_name_leads_through_domain_api_and_route_to_the_function_and_to_the_service_behind_a_link() {
    let (observations, edges) = http();
    let doors = doors(observations, edges);
    let before = [
        "DNS: Route 53 A record, an alias".to_owned(),
        "API domain: orders.example.com (REGIONAL, TLS_1_2)".to_owned(),
        "API: orders (HTTP), under /v1, stage $default".to_owned(),
    ];
    let ways = told(&doors, "orders.example.com");
    assert!(
        ways.iter().all(|way| way[..3] == before && way.last() == Some(&format!("certificate: {CERTIFICATE}"))),
        "{ways:#?}"
    );
    let middle: Vec<Vec<&str>> =
        ways.iter().map(|way| way[3..way.len() - 1].iter().map(String::as_str).collect()).collect();
    assert_eq!(
        middle,
        [
            vec![
                "API route: GET /orders",
                "integration: AWS_PROXY to arn:aws:lambda:eu-central-1:111122223333:function:orders",
                "workload: lambda/111122223333/eu-central-1/orders",
            ],
            vec![
                "API route: ANY /shop",
                &format!("integration: HTTP_PROXY to {LISTENER}"),
                "listener: HTTP:80",
                "rule: default",
                "target group: g (HTTP:8080)",
                "workload: ecs/111122223333/eu-central-1/prod/shop",
            ],
            vec!["API route: $default", "outside: no integration of it was read"],
        ]
    );
    let chain = &doors.of_hostname("orders.example.com")[0];
    let evidence: Vec<String> = chain
        .steps
        .iter()
        .map(|step| {
            step.evidence.as_ref().map_or_else(String::new, |seen| format!("{}{}", seen.observation, seen.path))
        })
        .collect();
    assert_eq!(
        evidence,
        [
            "",
            "route53.record-set/o/AliasTarget/DNSName",
            "apigatewayv2.api-mapping/orders.example.com/m/apiId",
            "apigatewayv2.route/h1/a/apiId",
            "apigatewayv2.integration/h1/f/integrationUri",
            "apigatewayv2.integration/h1/f/integrationUri",
            "apigatewayv2.domain-name/orders.example.com/domainNameConfigurations/0/certificateArn",
        ]
    );
}

#[test]
fn every_name_of_an_api_is_a_front_door_of_the_workload_behind_it() {
    let (observations, edges) = http();
    let read = |observations: Vec<Observation>| {
        let chains = doors(observations, edges.clone()).passing("lambda/111122223333/eu-central-1/orders");
        chains.into_iter().map(|chain| chain.hostname).collect::<Vec<_>>()
    };
    let own = "h1.execute-api.eu-central-1.amazonaws.com";
    assert_eq!(read(observations.clone()), [own, "orders.example.com"]);
    let mut closed = observations;
    closed[1].body["disableExecuteApiEndpoint"] = json!(true);
    assert_eq!(read(closed.clone()), ["orders.example.com"]);
    // DNS of the domain is somebody else's.
    closed.remove(0);
    assert_eq!(read(closed), ["orders.example.com"]);
}

#[test]
fn a_rest_api_tells_each_method_and_what_it_answers_by_itself() {
    let methods = json!({
        "GET": {"methodIntegration": {"type": "AWS", "uri": "arn:aws:apigateway:eu-central-1:sqs:path/1/jobs"}},
        "OPTIONS": {"methodIntegration": {"type": "MOCK"}},
        "PUT": {"methodIntegration": {"type": "HTTP_PROXY", "uri": "https://partner.example.net:8443/v1"}}});
    let observations = vec![
        seen(Kind::RestApi, "r1", json!({"id": "r1", "name": "jobs"})),
        seen(
            Kind::RestStage,
            "r1/prod",
            json!({"restApiId": "r1", "stageName": "prod", "webAclArn": "arn:aws:wafv2:x", "canarySettings": {"percentTraffic": 5.0}}),
        ),
        seen(
            Kind::RestResource,
            "r1/a",
            json!({"restApiId": "r1", "id": "a", "path": "/jobs", "resourceMethods": methods}),
        ),
    ];
    let ways = told(&doors(observations, Vec::new()), "r1.execute-api.eu-central-1.amazonaws.com");
    let ways: Vec<String> = ways.into_iter().map(|way| way.join(" | ")).collect();
    let before = "API: jobs (REST), under /prod, stage prod, firewall arn:aws:wafv2:x, 5 % to its canary";
    let after = "certificate: AWS's own, of execute-api";
    assert_eq!(
        ways,
        [
            format!(
                "{before} | API route: GET /jobs | integration: AWS to arn:aws:apigateway:eu-central-1:sqs:path/1/jobs | outside: no workload that was found answers it | {after}"
            ),
            format!(
                "{before} | API route: OPTIONS /jobs | integration: MOCK | answer: the API answers by itself | {after}"
            ),
            format!(
                "{before} | API route: PUT /jobs | integration: HTTP_PROXY to https://partner.example.net:8443/v1 | outside: partner.example.net, which is nothing that was read | {after}"
            ),
        ]
    );
}

#[test]
fn apis_that_lead_to_each_other_end() {
    let api = |id: &str, to: &str| {
        let methods = json!({"GET": {"methodIntegration": {"type": "HTTP_PROXY", "uri": format!("https://{to}.execute-api.eu-central-1.amazonaws.com/x")}}});
        [
            seen(Kind::RestApi, id, json!({"id": id, "name": id})),
            seen(
                Kind::RestResource,
                &format!("{id}/a"),
                json!({"restApiId": id, "id": "a", "path": "/", "resourceMethods": methods}),
            ),
        ]
    };
    let doors = doors(api("a", "b").into_iter().chain(api("b", "a")).collect(), Vec::new());
    let ways = told(&doors, "a.execute-api.eu-central-1.amazonaws.com");
    assert_eq!(ways.len(), 1);
    assert!(ways[0].iter().any(|step| step.contains("is not followed further")), "{ways:#?}");
}

#[test]
fn behind_cloudflare_nobody_sees_the_certificate_of_an_api() {
    let (mut observations, edges) = http();
    let target = "d-1.execute-api.eu-central-1.amazonaws.com";
    let record =
        |proxied: bool| json!({"type": "CNAME", "name": "orders.example.com", "content": target, "proxied": proxied});
    observations.retain(|one| one.kind != Kind::RecordSet);
    for (proxied, more) in [(true, "; in front of it Cloudflare shows its own, which is not read"), (false, "")] {
        let record = seen(Kind::DnsRecord, "z/orders", record(proxied));
        let doors = doors(observations.iter().cloned().chain([record]).collect(), edges.clone());
        for way in told(&doors, "orders.example.com") {
            assert_eq!(way.last(), Some(&format!("certificate: {CERTIFICATE}{more}")), "{way:#?}");
        }
    }
}

#[test]
fn the_url_of_a_function_whose_function_was_not_read_says_so() {
    let name = "arn:aws:lambda:eu-central-1:111122223333:function:hook";
    let body =
        json!({"FunctionArn": name, "FunctionUrl": "https://abc.lambda-url.eu-central-1.on.aws/", "AuthType": "NONE"});
    let doors = doors(vec![seen(Kind::FunctionUrl, name, body)], Vec::new());
    let ways = told(&doors, "abc.lambda-url.eu-central-1.on.aws");
    assert_eq!(ways.len(), 1, "{ways:#?}");
    assert!(ways[0].contains(&"outside: no workload that was found receives from it".to_owned()), "{ways:#?}");
}

#[test]
fn the_url_of_a_function_is_a_front_door() {
    let name = "arn:aws:lambda:eu-central-1:111122223333:function:hook:live";
    let url = seen(
        Kind::FunctionUrl,
        name,
        json!({"FunctionArn": name, "FunctionUrl": "https://abc.lambda-url.eu-central-1.on.aws/", "AuthType": "NONE"}),
    );
    let id = url.id.to_string();
    let record = seen(
        Kind::RecordSet,
        "h",
        json!({"Name": "hook.example.com.", "Type": "CNAME", "ResourceRecords": [{"Value": "abc.lambda-url.eu-central-1.on.aws"}]}),
    );
    let workload = "lambda/111122223333/eu-central-1/hook";
    let doors = doors(vec![url, record], vec![routes(workload, &id, &id, "/FunctionUrl")]);
    let own = vec!["function URL: open to everybody, alias live".to_owned(), format!("workload: {workload}")];
    assert_eq!(told(&doors, "abc.lambda-url.eu-central-1.on.aws"), std::slice::from_ref(&own));
    let by_name = [vec!["DNS: Route 53 CNAME record".to_owned()], own].concat();
    assert_eq!(told(&doors, "hook.example.com"), [by_name]);
}
