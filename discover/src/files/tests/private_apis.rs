//! APIs of templates that send requests into a network: they stand with whatever they may lead to.

use super::recording::record;
use super::{folder, put, scanned};
use caravan_inventory::{ObservationKind as Kind, UnitState};
use caravan_inventory_store::{Store, WorkloadFilter};

/// A service behind an internal balancer of this type and listener, with more resources beside.
fn template(balancer: &str, listener: &str, resources: &str) -> String {
    format!(
        r#"AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Inner: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, Type: {balancer}}}}}
  Listener: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Inner, Port: 8080, Protocol: {listener}, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Group}}]}}}}
  Group: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 80, Protocol: {listener}, TargetType: ip}}}}
  Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: desk, ContainerDefinitions: [{{Name: web, Image: 'web:1', PortMappings: [{{ContainerPort: 80}}]}}]}}}}
  Service: {{Type: AWS::ECS::Service, Properties: {{Cluster: main, ServiceName: desk, TaskDefinition: !Ref Task, LoadBalancers: [{{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}}]}}}}
{resources}"#
    )
}

/// The APIs and distributions among the parts of the service of a template.
fn apis(text: &str) -> Vec<String> {
    let (_kept, dir) = folder();
    put(&dir, "desk.yaml", text);
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0);
    let workloads = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    let workload = store.workload(&workloads[0].id).unwrap().unwrap();
    let kinds = [Kind::RestApi, Kind::HttpApi, Kind::Distribution].map(|kind| format!("{}/", kind.as_str()));
    let parts = workload.parts.iter().map(ToString::to_string);
    parts.filter(|part| kinds.iter().any(|kind| part.starts_with(kind))).collect()
}

/// A REST API whose integration names its link by `connection` and calls `uri`, with a link and a stage that has `variables`.
fn rest(connection: &str, uri: &str, variables: &str) -> String {
    format!(
        r#"  Link: {{Type: AWS::ApiGateway::VpcLink, Properties: {{Name: l, TargetArns: [!Ref Inner]}}}}
  Other: {{Type: AWS::ApiGateway::VpcLink, Properties: {{Name: o, TargetArns: ['arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/other/1']}}}}
  Open: {{Type: AWS::ApiGateway::VpcLink, Properties: {{Name: u, TargetArns: [!ImportValue elsewhere]}}}}
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: front}}}}
  Way: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: '{{proxy+}}'}}}}
  Any: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, ResourceId: !Ref Way, HttpMethod: ANY, Integration: {{Type: HTTP_PROXY, ConnectionType: VPC_LINK, ConnectionId: {connection}, IntegrationHttpMethod: ANY, Uri: '{uri}'}}}}}}
  Live: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, StageName: live, Variables: {variables}}}}}
"#
    )
}

#[test]
fn an_api_stands_with_what_its_link_leads_to_in_whatever_stage() {
    let by_variable = "'${stageVariables.link}'";
    for (connection, uri, variables, stands) in [
        ("!Ref Link", "http://inner.ferry.example:8080/{proxy}", "{}", true),
        (by_variable, "http://inner.ferry.example:8080/{proxy}", "{link: !Ref Link}", true),
        (by_variable, "http://${stageVariables.host}/{proxy}", "{link: !GetAtt Link.VpcLinkId}", true),
        // Another port, and another link.
        (by_variable, "http://inner.ferry.example:9090/{proxy}", "{link: !Ref Link}", false),
        (by_variable, "http://inner.ferry.example:8080/{proxy}", "{link: !Ref Other}", false),
        // Nobody knows whom it leads to.
        ("!Ref Open", "http://inner.ferry.example:8080/{proxy}", "{}", true),
        (by_variable, "http://inner.ferry.example:8080/{proxy}", "{}", true),
        (by_variable, "http://inner.ferry.example:8080/{proxy}", "{link: !ImportValue link}", true),
        ("!ImportValue link", "http://inner.ferry.example:8080/{proxy}", "{}", true),
    ] {
        let found = apis(&template("network", "TCP", &rest(connection, uri, variables)));
        assert_eq!(!found.is_empty(), stands, "{connection} {uri} {variables}: {found:?}");
    }
}

#[test]
fn an_http_api_stands_with_the_listener_that_it_names_or_may_name() {
    let api = |uri: &str, kind: &str| {
        format!(
            r#"  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: front, ProtocolType: HTTP}}}}
  Second: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Inner, Port: 9090, Protocol: HTTP, DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: 404}}}}]}}}}
  Link: {{Type: AWS::ApiGatewayV2::VpcLink, Properties: {{Name: l, SubnetIds: [subnet-1]}}}}
  To: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: ANY, ConnectionType: {kind}, IntegrationUri: {uri}, PayloadFormatVersion: '1.0'}}}}
"#
        )
    };
    for (uri, kind, stands) in [
        ("!Ref Listener", "VPC_LINK", true),
        ("!Ref Second", "VPC_LINK", false),
        ("!ImportValue listener", "VPC_LINK", true),
        ("'https://partner.example'", "INTERNET", false),
        ("!ImportValue partner", "INTERNET", false),
    ] {
        let found = apis(&template("application", "HTTP", &api(uri, kind)));
        assert_eq!(!found.is_empty(), stands, "{uri} {kind}: {found:?}");
    }
}

#[test]
fn a_distribution_stands_with_the_internal_balancer_that_it_asks() {
    let distribution = |origins: &str| {
        format!(
            "  Inside: {{Type: AWS::CloudFront::VpcOrigin, Properties: {{VpcOriginEndpointConfig: {{Arn: !Ref Inner, Name: app}}}}}}\n  \
             Cdn: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{Enabled: true, Aliases: [www.ferry.example], Origins: [{origins}]}}}}}}\n"
        )
    };
    let inside = "VpcOriginConfig: {VpcOriginId: !Ref Inside}";
    for (origins, stands) in [
        (format!("{{Id: app, DomainName: !GetAtt Inner.DNSName, {inside}}}"), true),
        (
            format!(
                "{{Id: s3, DomainName: files.s3.amazonaws.com}}, {{Id: app, DomainName: !Sub '${{Inner.DNSName}}', {inside}}}"
            ),
            true,
        ),
        // Another one, and one that is asked by the internet.
        (format!("{{Id: app, DomainName: other.ferry.example, {inside}}}"), false),
        (
            "{Id: app, DomainName: !GetAtt Inner.DNSName, CustomOriginConfig: {OriginProtocolPolicy: https-only}}"
                .to_owned(),
            false,
        ),
    ] {
        let found = apis(&template("application", "HTTP", &distribution(&origins)));
        assert_eq!(!found.is_empty(), stands, "{origins}: {found:?}");
    }
}

/// What leads to a balancer and is not read is no reason to call the file read whole.
#[test]
fn what_leads_to_a_balancer_and_is_not_read_is_said() {
    for (resource, said) in [
        (
            "Far: {Type: AWS::GlobalAccelerator::EndpointGroup, Properties: {EndpointConfigurations: [{EndpointId: !Ref Inner}]}}",
            true,
        ),
        ("Far: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [!Sub '${Inner}']}}", true),
        (
            "Far: {Type: AWS::VpcLattice::TargetGroup, Properties: {Type: ALB, Targets: [{Id: !GetAtt Inner.LoadBalancerArn}]}}",
            true,
        ),
        (
            "Far: {Type: AWS::GlobalAccelerator::EndpointGroup, Properties: {EndpointConfigurations: [{EndpointId: !Ref Other}]}}",
            false,
        ),
        ("Far: {Type: AWS::CloudWatch::Alarm, Properties: {Dimensions: [{Value: !Ref Inner}]}}", false),
    ] {
        let (_kept, dir) = folder();
        put(&dir, "desk.yaml", template("application", "HTTP", &format!("  {resource}\n")));
        let heap = scanned(&[dir]);
        let reason = heap.0[0].0.reason.clone().unwrap_or_default();
        assert_eq!(reason.contains("leads to the load balancer Inner"), said, "{resource}: {reason}");
        assert_eq!(heap.0[0].0.state == UnitState::Partial, said, "{resource}");
    }
}
