//! APIs of API Gateway: what they call, by which alias, and under which names.

use super::{ACCOUNT, REGION, arn, edges, linked, seen, workload};
use caravan_inventory::{Confidence, EdgeKind, Observation, ObservationKind as Kind};
use serde_json::{Value, json};

fn function(name: &str) -> Observation {
    let own = arn("lambda", &format!("function:{name}"));
    seen(Kind::LambdaFunction, &own, json!({"Configuration": {"FunctionArn": own, "FunctionName": name}}))
}

fn alias(function: &str, alias: &str) -> Observation {
    let own = arn("lambda", &format!("function:{function}:{alias}"));
    seen(Kind::FunctionAlias, &own, json!({"AliasArn": own, "Name": alias, "FunctionVersion": "3"}))
}

fn invocation(function: &str) -> String {
    let function = arn("lambda", &format!("function:{function}"));
    format!("arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations")
}

/// A REST API with a resource for each method and path, in one stage with these variables, under `api.example.com/shop`.
fn rest(resources: &[(&str, Value)], variables: Value) -> Vec<Observation> {
    let mut all = vec![
        seen(Kind::RestApi, "r1", json!({"id": "r1", "name": "shop"})),
        seen(Kind::RestStage, "r1/prod", json!({"restApiId": "r1", "stageName": "prod", "variables": variables})),
        seen(
            Kind::RestDomain,
            "api.example.com",
            json!({"domainName": "api.example.com", "regionalDomainName": "d-r.execute-api.eu-central-1.amazonaws.com",
                "regionalCertificateArn": "arn:aws:acm:eu-central-1:1:certificate/r"}),
        ),
        seen(
            Kind::BasePathMapping,
            "api.example.com/shop",
            json!({"domainName": "api.example.com", "basePath": "shop", "restApiId": "r1", "stage": "prod"}),
        ),
    ];
    all.extend(resources.iter().enumerate().map(|(at, (path, methods))| {
        let body = json!({"restApiId": "r1", "id": format!("x{at}"), "path": path, "resourceMethods": methods});
        seen(Kind::RestResource, &format!("r1/x{at}"), body)
    }));
    all
}

fn proxy(uri: &str) -> Value {
    json!({"httpMethod": "POST", "methodIntegration": {"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri}})
}

/// An HTTP API with routes to one integration each, under `http.example.com`.
fn http(routes: &[(&str, Value)]) -> Vec<Observation> {
    let mut all = vec![
        seen(
            Kind::HttpApi,
            "h1",
            json!({"apiId": "h1", "name": "orders", "protocolType": "HTTP", "apiEndpoint": "https://h1.execute-api.eu-central-1.amazonaws.com"}),
        ),
        seen(
            Kind::HttpStage,
            "h1/$default",
            json!({"apiId": "h1", "stageName": "$default", "stageVariables": {"v": "live"}}),
        ),
        seen(
            Kind::HttpDomain,
            "http.example.com",
            json!({"domainName": "http.example.com", "domainNameConfigurations": [
                {"apiGatewayDomainName": "d-h.execute-api.eu-central-1.amazonaws.com", "certificateArn": "arn:aws:acm:eu-central-1:1:certificate/h"}]}),
        ),
        seen(
            Kind::ApiMapping,
            "http.example.com/m",
            json!({"domainName": "http.example.com", "apiMappingId": "m", "apiMappingKey": "", "apiId": "h1", "stage": "$default"}),
        ),
    ];
    for (at, (key, integration)) in routes.iter().enumerate() {
        let target = format!("integrations/i{at}");
        let route = json!({"apiId": "h1", "routeId": format!("t{at}"), "routeKey": key, "target": target});
        all.push(seen(Kind::HttpRoute, &format!("h1/t{at}"), route));
        let mut integration = integration.clone();
        integration["apiId"] = json!("h1");
        integration["integrationId"] = json!(format!("i{at}"));
        all.push(seen(Kind::HttpIntegration, &format!("h1/i{at}"), integration));
    }
    all
}

/// An API of each version with a function, an authorizer and a load balancer behind it: one thing of every kind.
pub(super) fn everything() -> Vec<Observation> {
    let balancer = arn("elasticloadbalancing", "loadbalancer/net/inner/2");
    let link =
        json!({"type": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "l1", "uri": "http://inner/"});
    let methods =
        json!({"GET": proxy(&invocation("read:${stageVariables.alias}")), "POST": {"methodIntegration": link}});
    let mut all = rest(&[("/orders", methods)], json!({"alias": "live"}));
    let integration = json!({"integrationType": "AWS_PROXY", "integrationUri": invocation("read:${stageVariables.v}")});
    all.extend(http(&[("GET /orders", integration)]));
    let gate = |id: &str, of: &str| json!({of: id, "authorizerUri": invocation("gate")});
    all.extend([
        seen(Kind::RestAuthorizer, "r1/a", gate("r1", "restApiId")),
        seen(Kind::HttpAuthorizer, "h1/a", gate("h1", "apiId")),
        seen(Kind::RestVpcLink, "l1", json!({"id": "l1", "targetArns": [balancer]})),
        seen(Kind::LoadBalancer, &balancer, json!({"LoadBalancerArn": balancer, "DNSName": "inner.elb.example"})),
        function("read"),
        function("gate"),
    ]);
    all
}

#[test]
fn a_method_leads_to_its_function_and_to_the_alias_that_it_names() {
    let methods = json!({"GET": proxy(&invocation("read:live")), "POST": proxy(&invocation("write")), "OPTIONS": {"methodIntegration": {"type": "MOCK"}}});
    let mut all = rest(&[("/orders/{id}", methods)], json!({}));
    all.extend([function("read"), alias("read", "live"), function("write")]);
    let linked = linked(all);
    let resource = format!("apigateway.resource/{ACCOUNT}/{REGION}/r1/x0");
    let from = |workload: &str| edges(&linked, workload, EdgeKind::Routes);
    assert_eq!(from("/read"), [format!("{resource} @ /resourceMethods/GET/methodIntegration/uri")]);
    assert_eq!(from("/write"), [format!("{resource} @ /resourceMethods/POST/methodIntegration/uri")]);
    assert_eq!(from("function:read:live"), from("/read"), "the alias is what the method calls");
    assert_eq!(from("r1/x0"), [format!("apigateway.rest-api/{ACCOUNT}/{REGION}/r1 @ /restApiId")]);
    let mapping = format!("apigateway.base-path-mapping/{ACCOUNT}/{REGION}/api.example.com/shop");
    assert_eq!(from("/r1"), [format!("{mapping} @ /restApiId")]);
    let domain = format!("apigateway.domain-name/{ACCOUNT}/{REGION}/api.example.com");
    assert_eq!(from("api.example.com/shop"), [format!("{domain} @ /domainName")]);
    let parts: Vec<&str> =
        workload(&linked, "/read").parts.iter().map(|part| part.as_str().split('/').next().unwrap()).collect();
    for kind in [
        "apigateway.rest-api",
        "apigateway.resource",
        "apigateway.stage",
        "apigateway.domain-name",
        "apigateway.base-path-mapping",
    ] {
        assert!(parts.contains(&kind), "{kind}: {parts:?}");
    }
}

#[test]
fn a_variable_of_a_stage_names_the_alias_in_each_of_them() {
    let methods = json!({"GET": proxy(&invocation("${stageVariables.fn}:${stageVariables.alias}"))});
    let mut all = rest(&[("/orders", methods)], json!({"fn": "read", "alias": "live"}));
    let canary = json!({"stageVariableOverrides": {"alias": "next"}, "percentTraffic": 10.0});
    let stage = json!({"restApiId": "r1", "stageName": "test", "variables": {"fn": "read", "alias": "beta"}, "canarySettings": canary});
    all.push(seen(Kind::RestStage, "r1/test", stage));
    all.push(seen(Kind::RestStage, "r1/empty", json!({"restApiId": "r1", "stageName": "empty"})));
    all.extend([
        function("read"),
        alias("read", "live"),
        alias("read", "beta"),
        alias("read", "next"),
        alias("read", "old"),
    ]);
    let linked = linked(all);
    let called: Vec<&str> = linked
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Routes && edge.from.starts_with("lambda.alias/"))
        .map(|edge| edge.from.rsplit(':').next().unwrap())
        .collect();
    assert_eq!(called, ["beta", "live", "next"]);
    let of_workload = linked.edges.iter().find(|edge| edge.from.ends_with("/read") && edge.kind == EdgeKind::Routes);
    assert_eq!(of_workload.unwrap().confidence, Confidence::Inferred, "two fields together say so");
}

#[test]
fn an_authorizer_starts_its_function_and_answers_nothing() {
    let mut all = rest(&[], json!({}));
    let uri = invocation("gate");
    all.push(seen(
        Kind::RestAuthorizer,
        "r1/a",
        json!({"restApiId": "r1", "id": "a", "name": "gate", "authorizerUri": uri}),
    ));
    all.push(function("gate"));
    let linked = linked(all);
    let authorizer = format!("apigateway.authorizer/{ACCOUNT}/{REGION}/r1/a");
    assert_eq!(edges(&linked, "/gate", EdgeKind::TriggeredBy), [format!("{authorizer} @ /authorizerUri")]);
    assert!(edges(&linked, "/gate", EdgeKind::Routes).is_empty());
}

#[test]
fn a_policy_that_lets_an_api_in_names_the_api_that_was_read() {
    let policy = |source: &str| {
        let statement = json!({"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Condition": {"ArnLike": {"AWS:SourceArn": source}}});
        let name = arn("lambda", "function:read");
        seen(Kind::FunctionPolicy, &name, json!({"Policy": {"Statement": [statement]}}))
    };
    let found = |source: &str| {
        let mut all = rest(&[], json!({}));
        all.extend([function("read"), policy(source)]);
        edges(&linked(all), "/read", EdgeKind::TriggeredBy)
    };
    let place = "/Policy/Statement/0/Condition/ArnLike/AWS:SourceArn";
    let known = arn("execute-api", "r1/*/GET/orders");
    assert_eq!(found(&known), [format!("apigateway.rest-api/{ACCOUNT}/{REGION}/r1 @ {place}")]);
    let unknown = arn("execute-api", "other/*/GET/orders");
    assert_eq!(found(&unknown), [format!("execute-api:{unknown} @ {place}")]);
}

#[test]
fn http_apis_lead_to_functions_listeners_services_and_hosts() {
    let listener = arn("elasticloadbalancing", "listener/app/internal/2/3");
    let registry = arn("servicediscovery", "service/srv-1");
    let mut all = http(&[
        (
            "GET /orders/{id}",
            json!({"integrationType": "AWS_PROXY", "integrationUri": arn("lambda", "function:read:live")}),
        ),
        (
            "ANY /shop/{proxy+}",
            json!({"integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "l", "integrationUri": listener}),
        ),
        (
            "$default",
            json!({"integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "l", "integrationUri": registry}),
        ),
        ("GET /out", json!({"integrationType": "HTTP_PROXY", "integrationUri": "https://partner.example.net/v1"})),
    ]);
    let service = json!({"serviceName": "web", "clusterArn": arn("ecs", "cluster/prod"), "serviceRegistries": [{"registryArn": registry}]});
    all.extend([
        function("read"),
        alias("read", "live"),
        seen(Kind::EcsService, &arn("ecs", "service/prod/web"), service),
        seen(Kind::Listener, &listener, json!({"ListenerArn": listener, "LoadBalancerArn": "x"})),
    ]);
    let linked = linked(all);
    let integration = |at: u8| format!("apigatewayv2.integration/{ACCOUNT}/{REGION}/h1/i{at} @ /integrationUri");
    assert_eq!(edges(&linked, "lambda/123456789012/eu-central-1/read", EdgeKind::Routes), [integration(0)]);
    assert_eq!(edges(&linked, "function:read:live", EdgeKind::Routes), [integration(0)]);
    assert_eq!(edges(&linked, &listener, EdgeKind::Routes), [integration(1)]);
    assert_eq!(edges(&linked, "prod/web", EdgeKind::Routes), [integration(2)]);
    assert_eq!(edges(&linked, "h1/i3", EdgeKind::Calls), ["host:partner.example.net @ /integrationUri"]);
    let route = format!("apigatewayv2.route/{ACCOUNT}/{REGION}/h1/t0 @ /target");
    assert_eq!(edges(&linked, "h1/i0", EdgeKind::Routes), [route]);
}

#[test]
fn links_of_rest_apis_lead_to_their_load_balancers_and_queues_are_fed() {
    let balancer = arn("elasticloadbalancing", "loadbalancer/net/inner/2");
    let link = json!({"type": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "l1", "uri": "http://inner.example.com:8080/"});
    let queue = json!({"type": "AWS", "uri": format!("arn:aws:apigateway:{REGION}:sqs:path/{ACCOUNT}/orders")});
    let mut all = rest(
        &[("/a", json!({"GET": {"methodIntegration": link}})), ("/b", json!({"POST": {"methodIntegration": queue}}))],
        json!({}),
    );
    all.push(seen(Kind::RestVpcLink, "l1", json!({"id": "l1", "targetArns": [balancer]})));
    all.push(seen(Kind::LoadBalancer, &balancer, json!({"LoadBalancerArn": balancer, "DNSName": "inner.elb.example"})));
    let linked = linked(all);
    let resource = format!("apigateway.resource/{ACCOUNT}/{REGION}/r1/x0 @ /targetArns/0");
    assert_eq!(edges(&linked, &balancer, EdgeKind::Routes), [resource]);
    let queue = format!("sqs:{}", arn("sqs", "orders"));
    assert_eq!(
        edges(&linked, "r1/x1", EdgeKind::Queue),
        [format!("{queue} @ /resourceMethods/POST/methodIntegration/uri")]
    );
    assert!(edges(&linked, "r1/x0", EdgeKind::Calls).is_empty(), "what a link leads to is not looked for by name");
}

/// An environment that names an API by its URL needs the function behind the path.
#[test]
fn the_url_of_an_api_is_the_function_behind_its_path() {
    let methods = |name: &str| json!({"GET": proxy(&invocation(name))});
    let uses = |url: &str| {
        let mut all = rest(&[("/orders/{id}", methods("read")), ("/stock/{proxy+}", methods("stock"))], json!({}));
        all.push(seen(
            Kind::RecordSet,
            "Z1/api.example.com./A",
            json!({"Name": "api.example.com.", "Type": "A", "AliasTarget": {"DNSName": "d-r.execute-api.eu-central-1.amazonaws.com."}}),
        ));
        let own = arn("lambda", "function:caller");
        let environment = json!({"Variables": {"SHOP_URL": url}});
        all.push(seen(
            Kind::LambdaFunction,
            &own,
            json!({"Configuration": {"FunctionArn": own, "FunctionName": "caller", "Environment": environment}}),
        ));
        all.extend([function("read"), function("stock")]);
        let found = edges(&linked(all), "/caller", EdgeKind::Calls);
        found.into_iter().map(|edge| edge.split(" @ ").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let place = format!("lambda/{ACCOUNT}/{REGION}");
    assert_eq!(uses("https://api.example.com/shop/orders/7"), [format!("{place}/read")]);
    assert_eq!(uses("https://api.example.com/shop/stock/7/all"), [format!("{place}/stock")]);
    assert_eq!(uses("https://r1.execute-api.eu-central-1.amazonaws.com/prod/orders/7"), [format!("{place}/read")]);
    assert_eq!(
        uses("https://api.example.com"),
        [format!("apigateway.rest-api/{ACCOUNT}/{REGION}/r1")],
        "it can't be told"
    );
    assert_eq!(
        uses("https://api.example.com/other"),
        [format!("apigateway.domain-name/{ACCOUNT}/{REGION}/api.example.com")]
    );
}

/// A more particular route than the function's answers, and is no function: of the path only the API is known.
#[test]
fn the_url_of_an_api_is_the_api_where_something_else_than_a_function_answers_the_path() {
    let listener = arn("elasticloadbalancing", "listener/app/internal/2/3");
    let to_function = || json!({"integrationType": "AWS_PROXY", "integrationUri": arn("lambda", "function:read")});
    let to_listener = || json!({"integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "l", "integrationUri": listener});
    let elsewhere =
        json!({"integrationType": "AWS_PROXY", "integrationUri": "arn:aws:lambda:eu-west-1:999999999999:function:far"});
    let uses = |routes: &[(&str, Value)], url: &str| {
        let mut all = http(routes);
        let own = arn("lambda", "function:caller");
        let environment = json!({"Variables": {"SHOP_URL": url}});
        let body = json!({"Configuration": {"FunctionArn": own, "FunctionName": "caller", "Environment": environment}});
        all.extend([function("read"), seen(Kind::LambdaFunction, &own, body)]);
        let found = edges(&linked(all), "/caller", EdgeKind::Calls);
        found.into_iter().map(|edge| edge.split(" @ ").next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let (function, api) =
        (format!("lambda/{ACCOUNT}/{REGION}/read"), format!("apigatewayv2.api/{ACCOUNT}/{REGION}/h1"));
    let both = [("GET /orders/{id}", to_function()), ("$default", to_listener())];
    assert_eq!(uses(&both, "https://http.example.com"), api);
    assert_eq!(uses(&both, "https://http.example.com/orders/7"), function);
    assert_eq!(uses(&both, "https://http.example.com/basket"), api);
    let greedy =
        [("$default", to_function()), ("ANY /shop/{proxy+}", to_listener()), ("GET /shop/{id}", to_function())];
    assert_eq!(uses(&greedy, "https://http.example.com/shop/7/items"), api);
    assert_eq!(uses(&greedy, "https://http.example.com/shop/7"), function, "a whole fit comes first");
    let far = [("GET /orders", to_function()), ("GET /far", elsewhere)];
    assert_eq!(uses(&far, "https://http.example.com/far"), api);
    // What browsers are answered before they ask says nothing of who answers then.
    let preflight = json!({"integrationType": "MOCK"});
    let cors = [("GET /orders", to_function()), ("OPTIONS /orders", preflight)];
    assert_eq!(uses(&cors, "https://http.example.com/orders"), function);
}

/// A link of the second version, whose target the integration names; and links that nothing was read of.
#[test]
fn what_goes_through_a_link_goes_to_no_host_by_its_name() {
    let balancer = arn("elasticloadbalancing", "loadbalancer/app/inner/2");
    let through = |link: &str, target: Option<&str>| {
        let mut integration = json!({"type": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": link, "uri": "https://inner.example.com/x"});
        if let Some(target) = target {
            integration["integrationTarget"] = json!(target);
        }
        let mut all = rest(&[("/a", json!({"GET": {"methodIntegration": integration}}))], json!({}));
        let body = json!({"LoadBalancerArn": balancer, "DNSName": "inner.elb.example"});
        all.push(seen(Kind::LoadBalancer, &balancer, body));
        let linked = linked(all);
        assert!(edges(&linked, "r1/x0", EdgeKind::Calls).is_empty(), "{link}");
        edges(&linked, &balancer, EdgeKind::Routes)
    };
    let place = format!("apigateway.resource/{ACCOUNT}/{REGION}/r1/x0 @ /resourceMethods/GET/methodIntegration");
    assert_eq!(through("v2", Some(&balancer)), [format!("{place}/integrationTarget")]);
    assert_eq!(through("${stageVariables.link}", Some(&balancer)), [format!("{place}/integrationTarget")]);
    assert!(through("${stageVariables.link}", None).is_empty());
    assert!(through("unread", None).is_empty());
}

#[test]
fn a_domain_of_a_customer_that_an_api_answers_for_is_told() {
    let mut all = http(&[]);
    all.push(seen(Kind::HostedZone, "Z1", json!({"Id": "/hostedzone/Z1", "Name": "example.com."})));
    all.push(seen(
        Kind::RecordSet,
        "Z1/www.example.com./A",
        json!({"Name": "www.example.com.", "Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}),
    ));
    all.push(seen(Kind::HttpDomain, "api.customer.example", json!({"domainName": "api.customer.example"})));
    let linked = linked(all);
    let names: Vec<&str> = linked.domains.iter().map(|domain| domain.name.as_str()).collect();
    assert_eq!(names, ["api.customer.example"]);
}
