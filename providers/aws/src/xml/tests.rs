//! Answers as the services write them.

use super::*;
use serde_json::json;

#[test]
fn query_answers_lose_their_wrapping() {
    let text = r#"<?xml version="1.0"?>
        <DescribeRulesResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
          <DescribeRulesResult>
            <Rules>
              <member>
                <Priority>10</Priority><IsDefault>false</IsDefault>
                <Conditions><member><Field>path-pattern</Field><Values><member>/a&amp;b/*</member></Values></member></Conditions>
                <Actions><member><Type>forward</Type><ForwardConfig><TargetGroups>
                  <member><TargetGroupArn>arn:1</TargetGroupArn><Weight>90</Weight></member></TargetGroups>
                  <TargetGroupStickinessConfig><Enabled>true</Enabled></TargetGroupStickinessConfig>
                </ForwardConfig></member></Actions>
                <Transforms/>
                <NewThing>7</NewThing>
              </member>
            </Rules>
            <NextMarker>more</NextMarker>
          </DescribeRulesResult>
          <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
        </DescribeRulesResponse>"#;
    assert_eq!(
        xml_to_json(text, &ELASTIC_LOAD_BALANCING).unwrap(),
        json!({
            "Rules": [{
                "Priority": "10", "IsDefault": false,
                "Conditions": [{"Field": "path-pattern", "Values": ["/a&b/*"]}],
                "Actions": [{"Type": "forward", "ForwardConfig": {
                    "TargetGroups": [{"TargetGroupArn": "arn:1", "Weight": 90}],
                    "TargetGroupStickinessConfig": {"Enabled": true}}}],
                "Transforms": [],
                "NewThing": "7"
            }],
            "NextMarker": "more"
        })
    );
}

#[test]
fn rest_answers_have_named_items() {
    let text = r#"<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
        <ResourceRecordSets><ResourceRecordSet><Name>a.example.com.</Name><Type>TXT</Type><TTL>300</TTL>
        <ResourceRecords><ResourceRecord><Value>&quot;12345&quot;</Value></ResourceRecord></ResourceRecords>
        </ResourceRecordSet></ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems>
        </ListResourceRecordSetsResponse>"#;
    let answer = xml_to_json(text, &ROUTE53).unwrap();
    assert_eq!(answer["ResourceRecordSets"][0]["ResourceRecords"], json!([{"Value": "\"12345\""}]));
    assert_eq!(answer["ResourceRecordSets"][0]["TTL"], json!(300));
    assert_eq!(answer["IsTruncated"], json!(false));
}

#[test]
fn text_that_looks_like_a_number_stays_text() {
    let text = "<A><RedirectConfig><Port>443</Port><Host>#{host}</Host></RedirectConfig><Value>0123</Value></A>";
    let answer = xml_to_json(text, &ELASTIC_LOAD_BALANCING).unwrap();
    assert_eq!(answer, json!({"RedirectConfig": {"Port": "443", "Host": "#{host}"}, "Value": "0123"}));
}

#[test]
fn nothing_is_lost_of_what_no_list_names() {
    let text = r#"<A><New x="1">t</New><Twice>a</Twice><Twice>b</Twice></A>"#;
    assert_eq!(
        xml_to_json(text, &ELASTIC_LOAD_BALANCING).unwrap(),
        json!({"New": {"@x": "1", "#text": "t"}, "Twice": ["a", "b"]})
    );
}

#[test]
fn what_is_cut_short_or_hostile_is_refused() {
    for text in ["", "<A><B>", "<A></B>", "plain", "<A>&unknown;</A>", &"<a>".repeat(100)] {
        assert!(xml_to_json(text, &ELASTIC_LOAD_BALANCING).is_err(), "{text}");
    }
}

/// After the API reference of EC2, DescribeInstances: lists of `item`, one inside the other.
#[test]
fn answers_of_ec2_have_lists_of_items() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
          <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
          <reservationSet>
            <item>
              <reservationId>r-1234567890abcdef0</reservationId><ownerId>123456789012</ownerId><groupSet/>
              <instancesSet>
                <item>
                  <instanceId>i-1234567890abcdef0</instanceId>
                  <instanceState><code>16</code><name>running</name></instanceState>
                  <amiLaunchIndex>0</amiLaunchIndex><productCodes/><ebsOptimized>false</ebsOptimized>
                  <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName>
                    <ebs><volumeId>vol-1</volumeId><deleteOnTermination>true</deleteOnTermination></ebs></item>
                  </blockDeviceMapping>
                  <tagSet><item><key>Name</key><value>0042</value></item><item><key>team</key><value/></item></tagSet>
                  <fieldOfTomorrow><item>1</item></fieldOfTomorrow>
                </item>
              </instancesSet>
            </item>
          </reservationSet>
          <nextToken>more</nextToken>
        </DescribeInstancesResponse>"#;
    let expected = json!({
        "requestId": "8f7724cf-496f-496e-8fe3-example",
        "reservationSet": [{
            "reservationId": "r-1234567890abcdef0", "ownerId": "123456789012", "groupSet": [],
            "instancesSet": [{
                "instanceId": "i-1234567890abcdef0",
                "instanceState": {"code": 16, "name": "running"},
                "amiLaunchIndex": 0, "productCodes": [], "ebsOptimized": false,
                "blockDeviceMapping": [{"deviceName": "/dev/xvda", "ebs": {"volumeId": "vol-1", "deleteOnTermination": true}}],
                "tagSet": [{"key": "Name", "value": "0042"}, {"key": "team", "value": ""}],
                "fieldOfTomorrow": ["1"]
            }]
        }],
        "nextToken": "more"
    });
    assert_eq!(xml_to_json(text, &EC2).unwrap(), expected);
}

/// Nothing of one service's lists is taken for another's.
#[test]
fn an_item_is_only_an_item_where_its_service_says_so() {
    let text = "<A><Thing><item>1</item></Thing><Others><Other>2</Other></Others><Many><member>3</member></Many></A>";
    let answer = |shape| xml_to_json(text, shape).unwrap();
    assert_eq!(answer(&EC2), json!({"Thing": ["1"], "Others": {"Other": "2"}, "Many": {"member": "3"}}));
    assert_eq!(answer(&ROUTE53), json!({"Thing": {"item": "1"}, "Others": ["2"], "Many": {"member": "3"}}));
    assert_eq!(
        answer(&ELASTIC_LOAD_BALANCING),
        json!({"Thing": {"item": "1"}, "Others": {"Other": "2"}, "Many": ["3"]})
    );
}

/// An answer that moto gave, as its test server writes it.
#[test]
fn an_answer_of_a_test_server_reads_as_one_of_ec2() {
    let answer = xml_to_json(include_str!("describe-instances-moto.xml"), &EC2).unwrap();
    let instance = &answer["reservationSet"][0]["instancesSet"][0];
    assert_eq!(instance["instanceType"], json!("t3.micro"));
    assert_eq!(instance["instanceState"], json!({"code": 16, "name": "running"}));
    assert_eq!(instance["productCodes"], json!([]));
    let tags = json!([{"key": "Name", "value": "legacy-depot"}, {"key": "team", "value": "0042"}]);
    assert_eq!(instance["tagSet"], tags);
    let interface = &instance["networkInterfaceSet"][0];
    assert_eq!(interface["attachment"]["deviceIndex"], json!(0));
    assert_eq!(interface["privateIpAddressesSet"][0]["primary"], json!(true));
    assert_eq!(interface["groupSet"][0]["groupName"], json!("default"));
}

#[test]
fn classic_load_balancers_have_lists_of_one_and_none() {
    let text = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancerDescriptions><member>
          <LoadBalancerName>front</LoadBalancerName>
          <ListenerDescriptions><member><PolicyNames/><Listener><Protocol>HTTPS</Protocol><LoadBalancerPort>443</LoadBalancerPort>
            <InstanceProtocol>HTTP</InstanceProtocol><InstancePort>8080</InstancePort></Listener></member></ListenerDescriptions>
          <Instances/><HealthCheck><Interval>30</Interval><Target>HTTP:8080/up</Target></HealthCheck>
        </member></LoadBalancerDescriptions></DescribeLoadBalancersResult>
        <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeLoadBalancersResponse>";
    let listener =
        json!({"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 8080});
    let balancer = json!({"LoadBalancerName": "front", "ListenerDescriptions": [{"PolicyNames": [], "Listener": listener}],
        "Instances": [], "HealthCheck": {"Interval": 30, "Target": "HTTP:8080/up"}});
    let answer = xml_to_json(text, &CLASSIC_LOAD_BALANCING).unwrap();
    assert_eq!(answer, json!({"LoadBalancerDescriptions": [balancer]}));
}
