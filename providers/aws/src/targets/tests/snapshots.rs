//! One answer gives one snapshot: whether a cutover observes it now, or discovery has kept it.

use super::{Aws, OURS, records, rule};
use crate::xml::{ELASTIC_LOAD_BALANCING, ROUTE53, xml_to_json};
use caravan_inventory::{Observation, ObservationId, ObservationKind};
use caravan_providers::target::{RecordSet, Snapshot, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use serde_json::{Value, json};

/// Sets of the target's name with every routing policy, one of another name, and another type of the same name
/// (Route 53 API, `ResourceRecordSet`).
const SETS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>alias</SetIdentifier><Weight>7</Weight><AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>LB.eu-central-1.elb.amazonaws.com.</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>cidr</SetIdentifier><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord><ResourceRecord><Value>192.0.2.2</Value></ResourceRecord></ResourceRecords><CidrRoutingConfig><CollectionId>c</CollectionId><LocationName>office</LocationName></CidrRoutingConfig></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>failover</SetIdentifier><Failover>PRIMARY</Failover><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords><HealthCheckId>check</HealthCheckId></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>geo</SetIdentifier><GeoLocation><CountryCode>US</CountryCode><SubdivisionCode>CA</SubdivisionCode></GeoLocation><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>multi</SetIdentifier><MultiValueAnswer>true</MultiValueAnswer><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>near</SetIdentifier><GeoProximityLocation><AWSRegion>eu-central-1</AWSRegion><Bias>-5</Bias></GeoProximityLocation><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>A</Type><SetIdentifier>region</SetIdentifier><Region>eu-central-1</Region><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>track.example.com.</Name><Type>MX</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>10 mail.example.com.</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>www.example.com.</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.9</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>"#;

/// A rule whose groups are not in the order of their ARNs (Elastic Load Balancing API, `DescribeRules`).
const RULES: &str = r#"<DescribeRulesResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeRulesResult><Rules>
<member><RuleArn>RULE</RuleArn><Priority>1</Priority><IsDefault>false</IsDefault><Conditions/><Actions><member><Type>forward</Type><Order>1</Order>
<ForwardConfig><TargetGroups><member><TargetGroupArn>arn:b</TargetGroupArn><Weight>90</Weight></member><member><TargetGroupArn>arn:a</TargetGroupArn><Weight>10</Weight></member></TargetGroups>
<TargetGroupStickinessConfig><Enabled>true</Enabled><DurationSeconds>300</DurationSeconds></TargetGroupStickinessConfig></ForwardConfig></member></Actions></member>
</Rules></DescribeRulesResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeRulesResponse>"#;

async fn observed_now(aws: &Aws, target: &Target) -> Snapshot {
    match aws.targets().observe(&Call::Observe(target.clone())).await.unwrap() {
        Reply::Observed { snapshot, .. } => snapshot,
        other => panic!("{other:?}"),
    }
}

/// What discovery keeps of an answer: each item of its list by itself, under its native name.
fn kept(kind: ObservationKind, answer: &str, list: &str, name: impl Fn(&Value) -> String) -> Vec<Observation> {
    let shape = if kind == ObservationKind::RecordSet { &ROUTE53 } else { &ELASTIC_LOAD_BALANCING };
    let answer = xml_to_json(answer, shape).unwrap();
    let observation = |body: &Value| {
        serde_json::from_value(json!({
            "id": ObservationId::new("any"), "kind": kind, "name": name(body), "account": OURS, "region": "global",
            "api": "any", "first_seen": "2026-01-01T00:00:00Z", "last_seen": "2026-01-01T00:00:00Z", "body": body,
        }))
    };
    answer[list].as_array().unwrap().iter().map(|body| observation(body).unwrap()).collect()
}

#[tokio::test]
async fn record_sets_that_are_observed_now_are_those_that_discovery_has_kept() {
    let aws = Aws::start(OURS).await;
    aws.answers(200, SETS);
    let kept = kept(ObservationKind::RecordSet, SETS, "ResourceRecordSets", |body| {
        format!("Z1/{}/{}", body["Name"].as_str().unwrap(), body["Type"].as_str().unwrap())
    });
    let snapshot = records().kind().observed_in(&mut kept.iter()).unwrap().unwrap();
    assert_eq!(observed_now(&aws, &records()).await, snapshot);
    let Snapshot::Records(sets) = snapshot else { panic!("{snapshot:?}") };
    let policies: Vec<Value> = sets.iter().map(|set| json!(set.other)).collect();
    let expected = json!([
        {},
        {"CidrRoutingConfig": {"CollectionId": "c", "LocationName": "office"}},
        {"Failover": "PRIMARY"},
        {"GeoLocation": {"CountryCode": "US", "SubdivisionCode": "CA"}},
        {"MultiValueAnswer": true},
        {"GeoProximityLocation": {"AWSRegion": "eu-central-1", "Bias": -5}},
        {"Region": "eu-central-1"},
    ]);
    assert_eq!(json!(policies), expected);
    assert_eq!(sets[0].alias.as_ref().unwrap().name, "lb.eu-central-1.elb.amazonaws.com.");
}

#[tokio::test]
async fn a_rule_that_is_observed_now_is_the_one_that_discovery_has_kept() {
    let aws = Aws::start(OURS).await;
    let Target::ListenerRule(target) = rule() else { panic!() };
    let answer = RULES.replace("RULE", &target.arn);
    aws.answers(200, answer.clone());
    let kept = kept(ObservationKind::ListenerRule, &answer, "Rules", |body| body["RuleArn"].as_str().unwrap().into());
    let snapshot = rule().kind().observed_in(&mut kept.iter()).unwrap().unwrap();
    assert_eq!(observed_now(&aws, &rule()).await, snapshot);
    let actions = json!([{"Type": "forward", "Order": 1, "ForwardConfig": {
        "TargetGroups": [{"TargetGroupArn": "arn:a", "Weight": 10}, {"TargetGroupArn": "arn:b", "Weight": 90}],
        "TargetGroupStickinessConfig": {"Enabled": true, "DurationSeconds": 300},
    }}]);
    assert_eq!(snapshot, Snapshot::Actions(actions));
}

/// A DELETE must name every value of the set as it stands.
#[tokio::test]
async fn a_delete_repeats_what_was_observed() {
    let aws = Aws::start(OURS).await;
    aws.answers(200, SETS);
    let Snapshot::Records(mut sets) = observed_now(&aws, &records()).await else { panic!() };
    sets.retain(|set| set.other.is_empty());
    let before = Snapshot::Records(sets.clone());
    let after = Snapshot::Records(sets.into_iter().map(|set| RecordSet { weight: Some(8), ..set }).collect());
    let write = Write { target: records(), before, after, token_before: None, token_after: None, in_flight: 30 };
    aws.answers(400, super::error("InvalidChangeBatch", "no"));
    assert!(matches!(aws.targets().write(&write).await, Err(CallError::Conflict(_))));
    let said = aws.said.lock().unwrap();
    let batch = said.asked.last().unwrap();
    let (_, deleted) = batch.split_once("<Action>DELETE</Action>").unwrap();
    let (deleted, _) = deleted.split_once("</Change>").unwrap();
    for part in [
        "<Name>track.example.com.</Name>",
        "<Type>A</Type>",
        "<SetIdentifier>alias</SetIdentifier>",
        "<Weight>7</Weight>",
        "<HostedZoneId>Z2</HostedZoneId>",
        "<DNSName>lb.eu-central-1.elb.amazonaws.com.</DNSName>",
        "<EvaluateTargetHealth>true</EvaluateTargetHealth>",
    ] {
        assert!(deleted.contains(part), "{part} in {deleted}");
    }
    assert!(!deleted.contains("<TTL>"), "{deleted}");
}
