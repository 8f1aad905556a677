//! Who may call what a template deploys: nothing of it is passed over, whatever form it has.

use super::templates::read;
use caravan_inventory::ObservationKind as Kind;
use serde_json::json;

/// Whom an API of SAM lets in is its resource policy, whether it, all APIs, one method or its body says so.
#[test]
fn whom_an_api_of_sam_lets_in_is_its_policy() {
    let function = |event: &str| {
        format!(
            "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Handler: a.b\n      CodeUri: .\n      Events:\n        Get: {{Type: Api, Properties: {{Path: /p, Method: get{event}}}}}\n"
        )
    };
    let head = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n";
    let auth = "Auth: {ResourcePolicy: {IpRangeWhitelist: [203.0.113.0/24]}}";
    let named = format!("  Api:\n    Type: AWS::Serverless::Api\n    Properties: {{StageName: live, {auth}}}\n");
    let body = "  Api:\n    Type: AWS::Serverless::Api\n    Properties: {StageName: live, DefinitionBody: {openapi: 3.0.1, info: {title: a, version: '1'}, x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Deny, Principal: '*', Action: execute-api:Invoke, Resource: '*'}]}, paths: {}}}\n";
    for text in [
        format!("{head}Resources:\n{named}{}", function(", RestApiId: !Ref Api")),
        format!("{head}Globals: {{Api: {{{auth}}}}}\nResources:\n{}", function("")),
        format!("{head}Resources:\n{}", function(&format!(", {auth}"))),
        format!("{head}Resources:\n{body}{}", function(", RestApiId: !Ref Api")),
    ] {
        let read = read("template.yaml", &text);
        let api = read.observations.iter().find(|one| one.kind == Kind::RestApi).unwrap();
        assert!(!api.body["policy"].is_null(), "{text}\n{:#}", api.body);
    }
}

/// A web ACL is before every stage of the template, however its association names one; before what is none it is missed.
#[test]
fn a_web_acl_stands_before_the_stages_of_its_template() {
    let with = |association: &str, stage: &str| {
        let text = format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: shop}}}}\n{stage}  Acl:\n    Type: AWS::WAFv2::WebACL\n    Properties: {{Scope: REGIONAL}}\n  Before:\n{association}"
        );
        read("template.yaml", &text)
    };
    let stage = "  Live:\n    Type: AWS::ApiGateway::Stage\n    Properties: {RestApiId: !Ref Api, StageName: live}\n";
    for association in [
        "    Type: AWS::WAFv2::WebACLAssociation\n    Properties: {WebACLArn: !GetAtt Acl.Arn, ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/live'}\n",
        "    Type: AWS::WAFv2::WebACLAssociation\n    Properties: {WebACLArn: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/1', ResourceArn: !ImportValue stage}\n",
        "    Type: AWS::WAFRegional::WebACLAssociation\n    Properties: {WebACLId: !Ref Acl, ResourceArn: !Join ['', ['arn:aws:apigateway:', !Ref 'AWS::Region', '::/restapis/', !Ref Api, '/stages/live']]}\n",
    ] {
        let read_one = with(association, stage);
        assert!(!read_one.one(Kind::RestStage, "/live")["webAclArn"].is_null(), "{association}");
        let missed = with(association, "");
        assert_eq!(missed.unit.state, caravan_inventory::UnitState::Partial, "{:?}", missed.unit.reason);
        assert!(missed.unit.reason.as_deref().unwrap_or_default().contains("web ACL"), "{:?}", missed.unit.reason);
    }
}

/// A web ACL is before the load balancer that its association names; where it isn't told which, before each of them.
#[test]
fn a_web_acl_stands_before_the_load_balancers_that_it_may_be_meant_for() {
    let balancer = |id: &str, kind: &str| {
        format!(
            "  {id}:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties: {{Name: {id}, Type: {kind}}}\n"
        )
    };
    let read_with = |named: &str| {
        let all =
            [balancer("Edge", "application"), balancer("Staff", "application"), balancer("Raw", "network")].concat();
        let text = format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Where: {{Type: String}}}}\nResources:\n{all}  Before:\n    Type: AWS::WAFv2::WebACLAssociation\n    Properties: {{WebACLArn: !ImportValue acl, ResourceArn: {named}}}\n"
        );
        read("template.yaml", &text)
    };
    for (named, guarded) in [
        ("!Ref Edge", vec!["Edge"]),
        ("!GetAtt Staff.LoadBalancerArn", vec!["Staff"]),
        ("!Ref Where", vec!["Edge", "Staff"]),
        ("!ImportValue edge", vec!["Edge", "Staff"]),
        ("'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/other/1'", vec![]),
    ] {
        let read = read_with(named);
        let balancers = read.observations.iter().filter(|one| one.kind == Kind::LoadBalancer);
        let mut found: Vec<&str> = balancers
            .filter(|one| one.body["WebACL"]["ARN"].is_string())
            .filter_map(|one| one.body["LoadBalancerName"].as_str())
            .collect();
        found.sort_unstable();
        assert_eq!(found, guarded, "{named}");
        let missed = read.unit.reason.as_deref().unwrap_or_default().contains("web ACL");
        assert_eq!(missed, guarded.is_empty(), "{named}");
    }
}

/// Of a target group's targets only a load balancer is kept: it says who comes in by it.
#[test]
fn a_group_that_sends_to_a_load_balancer_says_to_which() {
    for (kind, target, kept) in [("alb", "!Ref Inner", true), ("ip", "10.0.0.7", false)] {
        let text = format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Inner:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties: {{Name: Inner, Scheme: internal}}\n  ToInner:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {{Name: ToInner, TargetType: {kind}, Port: 443, Protocol: TCP, Targets: [{{Id: {target}, Port: 443}}]}}\n"
        );
        let read = read("template.yaml", &text);
        let group = read.observations.iter().find(|one| one.kind == Kind::TargetGroup).unwrap();
        let named = |id: &serde_json::Value| id.as_str().is_some_and(|id| id.contains(":loadbalancer/app/Inner/"));
        assert_eq!(group.body["Targets"].is_array(), kept, "{:#}", group.body);
        assert!(!kept || named(&group.body["Targets"][0]["Id"]), "{:#}", group.body);
    }
}

/// Who may call by what a file says is never passed over: one that is not known is asked all the same.
#[test]
fn who_may_call_is_never_passed_over() {
    let service = |provider: &str, event: &str| {
        read(
            "serverless.yml",
            &format!(
                "service: shop\nprovider: {{name: aws, runtime: nodejs22.x{provider}}}\nfunctions:\n  f:\n    handler: a.b\n    events:\n      - {event}\n"
            ),
        )
    };
    let policy =
        ", apiGateway: {resourcePolicy: [{Effect: Deny, Principal: '*', Action: execute-api:Invoke, Resource: '*'}]}";
    let rest = |provider: &str| service(provider, "http: GET /r").one(Kind::RestApi, "").clone();
    assert!(!rest(policy)["policy"].is_null());
    assert_eq!(
        rest(", endpointType: private, vpcEndpointIds: [vpce-1]")["endpointConfiguration"]["types"],
        json!(["PRIVATE"])
    );
    assert!(!rest(", endpointType: '${env:TYPE}'")["endpointConfiguration"].is_null());
    let keyed = service("", "http: {method: get, path: r, private: '${self:custom.keyed}'}");
    assert!(!keyed.one(Kind::RestResource, ":/r")["resourceMethods"]["GET"]["apiKeyRequired"].is_null());
    let asked = service("", "httpApi: {method: get, path: /r, authorizer: '${file(auth.yml)}'}");
    assert_eq!(asked.one(Kind::HttpRoute, "")["authorizationType"], "CUSTOM");
    for (provider, authorizer, wanted) in [
        (
            ", alb: {authorizers: {one: {type: cognito, userPoolArn: 'arn:p'}}}",
            "one",
            vec!["authenticate-cognito", "forward"],
        ),
        (
            ", alb: {authorizers: {two: {type: oidc, issuer: 'https://id.example'}}}",
            "[two]",
            vec!["authenticate-oidc", "forward"],
        ),
        ("", "'${self:custom.who}'", vec!["authenticate-oidc", "forward"]),
    ] {
        let event =
            format!("alb: {{listenerArn: 'arn:l', priority: 1, conditions: {{path: /a}}, authorizer: {authorizer}}}");
        let rule = service(provider, &event).one(Kind::ListenerRule, "").clone();
        let types: Vec<&str> =
            rule["Actions"].as_array().unwrap().iter().map(|one| one["Type"].as_str().unwrap()).collect();
        assert_eq!(types, wanted, "{authorizer}");
    }
    let sam = |api: &str, event: &str| {
        read(
            "template.yaml",
            &format!(
                "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nConditions: {{Closed: !Equals [!Ref 'AWS::Region', x]}}\nResources:\n  Api:\n    Type: AWS::Serverless::HttpApi\n    Properties: {{StageName: live{api}}}\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Handler: a.b\n      CodeUri: .\n      Events:\n        Get: {{Type: HttpApi, Properties: {{ApiId: !Ref Api, Path: /p, Method: get{event}}}}}\n"
            ),
        )
    };
    for (api, event) in [
        ("", ", Auth: {Authorizer: Elsewhere}"),
        ("", ", Auth: {Authorizer: !If [Closed, One, NONE]}"),
        (", Auth: {DefaultAuthorizer: !If [Closed, One, Two]}", ""),
        (", Auth: !If [Closed, {DefaultAuthorizer: One}, !Ref 'AWS::NoValue']", ""),
        ("", ", Auth: !If [Closed, {Authorizer: One}, !Ref 'AWS::NoValue']"),
    ] {
        let route = sam(api, event).one(Kind::HttpRoute, "").clone();
        assert_eq!(route["authorizationType"], "CUSTOM", "{api} {event}: {route}");
    }
    assert!(sam("", ", Auth: {Authorizer: NONE}").one(Kind::HttpRoute, "")["authorizationType"] != "CUSTOM");
}
