//! The types of Terraform's providers for AWS and Cloudflare (their documentation, "Attribute Reference" and "Import" of each
//! resource).

use super::{Meant, route53_name};
use crate::arn::Arn;
use caravan_inventory::{AccountId, ObservationKind as Kind, Region};
use std::collections::BTreeMap;

/// By which attributes an instance says which thing it is.
enum Key {
    /// By its ARN: the attribute `arn`, or the id.
    Arn,
    /// By this one, which no other thing of the kind has.
    Whole(&'static str),
    /// By these two, `<first>/<second>`.
    Pair(&'static str, &'static str),
    /// By this one in its account and region, which its ARN names.
    Local(&'static str),
    /// By these two in its account and region, `<first>/<second>`.
    LocalPair(&'static str, &'static str),
    /// By this one in its account of Cloudflare.
    OfCloudflare(&'static str),
    /// By zone, name, type and identifier.
    Record,
}

/// One row: the type, what it is here, and by what it is found.
type Row = (&'static str, Kind, Key);

#[rustfmt::skip]
const TYPES: &[Row] = &[
    ("aws_acm_certificate", Kind::Certificate, Key::Arn),
    ("aws_alb", Kind::LoadBalancer, Key::Arn),
    ("aws_alb_listener", Kind::Listener, Key::Arn),
    ("aws_alb_listener_rule", Kind::ListenerRule, Key::Arn),
    ("aws_alb_target_group", Kind::TargetGroup, Key::Arn),
    ("aws_api_gateway_domain_name", Kind::RestDomain, Key::Whole("id")),
    ("aws_api_gateway_rest_api", Kind::RestApi, Key::Whole("id")),
    ("aws_api_gateway_stage", Kind::RestStage, Key::Pair("rest_api_id", "stage_name")),
    ("aws_api_gateway_vpc_link", Kind::RestVpcLink, Key::Whole("id")),
    ("aws_apigatewayv2_api", Kind::HttpApi, Key::Whole("id")),
    ("aws_apigatewayv2_domain_name", Kind::HttpDomain, Key::Whole("id")),
    ("aws_apigatewayv2_integration", Kind::HttpIntegration, Key::Pair("api_id", "id")),
    ("aws_apigatewayv2_route", Kind::HttpRoute, Key::Pair("api_id", "id")),
    ("aws_apigatewayv2_stage", Kind::HttpStage, Key::Pair("api_id", "id")),
    ("aws_apigatewayv2_vpc_link", Kind::HttpVpcLink, Key::Whole("id")),
    ("aws_appautoscaling_policy", Kind::ScalingPolicy, Key::Arn),
    ("aws_appautoscaling_scheduled_action", Kind::ScheduledAction, Key::Arn),
    ("aws_appautoscaling_target", Kind::ScalableTarget, Key::LocalPair("resource_id", "scalable_dimension")),
    ("aws_autoscaling_group", Kind::AutoScalingGroup, Key::Local("id")),
    ("aws_autoscaling_policy", Kind::GroupPolicy, Key::Arn),
    ("aws_cloudfront_distribution", Kind::Distribution, Key::Arn),
    ("aws_cloudwatch_composite_alarm", Kind::CompositeAlarm, Key::Arn),
    ("aws_cloudwatch_event_bus", Kind::EventBus, Key::Arn),
    ("aws_cloudwatch_event_rule", Kind::EventsRule, Key::Arn),
    ("aws_cloudwatch_metric_alarm", Kind::MetricAlarm, Key::Arn),
    ("aws_db_instance", Kind::DatabaseInstance, Key::Arn),
    ("aws_default_security_group", Kind::SecurityGroup, Key::Whole("id")),
    ("aws_docdb_cluster", Kind::DatabaseCluster, Key::Arn),
    ("aws_docdb_cluster_instance", Kind::DatabaseInstance, Key::Arn),
    ("aws_dynamodb_table", Kind::Table, Key::Arn),
    ("aws_ebs_volume", Kind::Ec2Volume, Key::Whole("id")),
    ("aws_ecs_cluster", Kind::EcsCluster, Key::Arn),
    ("aws_ecs_service", Kind::EcsService, Key::Arn),
    ("aws_ecs_task_definition", Kind::EcsTaskDefinition, Key::Arn),
    ("aws_eip", Kind::Ec2Address, Key::Whole("id")),
    ("aws_elasticache_cluster", Kind::CacheCluster, Key::Arn),
    ("aws_elasticache_replication_group", Kind::ReplicationGroup, Key::Arn),
    ("aws_elasticache_serverless_cache", Kind::ServerlessCache, Key::Arn),
    ("aws_elb", Kind::ClassicLoadBalancer, Key::Local("id")),
    ("aws_iam_instance_profile", Kind::InstanceProfile, Key::Arn),
    ("aws_iam_policy", Kind::ManagedPolicy, Key::Arn),
    ("aws_iam_role", Kind::Role, Key::Arn),
    ("aws_instance", Kind::Ec2Instance, Key::Whole("id")),
    ("aws_lambda_alias", Kind::FunctionAlias, Key::Arn),
    ("aws_lambda_event_source_mapping", Kind::EventSourceMapping, Key::Whole("id")),
    ("aws_lambda_function", Kind::LambdaFunction, Key::Arn),
    ("aws_lambda_function_url", Kind::FunctionUrl, Key::Whole("function_arn")),
    ("aws_lambda_layer_version", Kind::LayerVersion, Key::Arn),
    ("aws_launch_configuration", Kind::LaunchConfiguration, Key::Local("id")),
    ("aws_launch_template", Kind::LaunchTemplateVersion, Key::Whole("id")),
    ("aws_lb", Kind::LoadBalancer, Key::Arn),
    ("aws_lb_listener", Kind::Listener, Key::Arn),
    ("aws_lb_listener_rule", Kind::ListenerRule, Key::Arn),
    ("aws_lb_target_group", Kind::TargetGroup, Key::Arn),
    ("aws_lb_trust_store", Kind::TrustStore, Key::Arn),
    ("aws_neptune_cluster", Kind::DatabaseCluster, Key::Arn),
    ("aws_neptune_cluster_instance", Kind::DatabaseInstance, Key::Arn),
    ("aws_rds_cluster", Kind::DatabaseCluster, Key::Arn),
    ("aws_rds_cluster_instance", Kind::DatabaseInstance, Key::Arn),
    ("aws_route53_record", Kind::RecordSet, Key::Record),
    ("aws_route53_zone", Kind::HostedZone, Key::Whole("id")),
    ("aws_s3_bucket", Kind::Bucket, Key::Whole("id")),
    ("aws_s3_bucket_notification", Kind::BucketNotifications, Key::Whole("id")),
    ("aws_s3_bucket_policy", Kind::BucketPolicy, Key::Whole("id")),
    ("aws_scheduler_schedule", Kind::SchedulerSchedule, Key::Arn),
    ("aws_secretsmanager_secret", Kind::Secret, Key::Arn),
    ("aws_security_group", Kind::SecurityGroup, Key::Whole("id")),
    ("aws_ses_domain_identity", Kind::EmailIdentity, Key::Arn),
    ("aws_ses_email_identity", Kind::EmailIdentity, Key::Arn),
    ("aws_sesv2_email_identity", Kind::EmailIdentity, Key::Arn),
    ("aws_sfn_state_machine", Kind::StateMachine, Key::Arn),
    ("aws_sns_topic", Kind::Topic, Key::Arn),
    ("aws_sns_topic_subscription", Kind::Subscription, Key::Arn),
    ("aws_sqs_queue", Kind::Queue, Key::Arn),
    ("aws_ssm_parameter", Kind::Parameter, Key::Arn),
    ("cloudflare_dns_record", Kind::DnsRecord, Key::Pair("zone_id", "id")),
    ("cloudflare_record", Kind::DnsRecord, Key::Pair("zone_id", "id")),
    ("cloudflare_worker_cron_trigger", Kind::WorkerSchedules, Key::OfCloudflare("script_name")),
    ("cloudflare_worker_domain", Kind::WorkerDomain, Key::OfCloudflare("hostname")),
    ("cloudflare_worker_route", Kind::WorkerRoute, Key::Pair("zone_id", "id")),
    ("cloudflare_worker_script", Kind::CloudflareWorker, Key::OfCloudflare("name")),
    ("cloudflare_workers_cron_trigger", Kind::WorkerSchedules, Key::OfCloudflare("script_name")),
    ("cloudflare_workers_custom_domain", Kind::WorkerDomain, Key::OfCloudflare("hostname")),
    ("cloudflare_workers_domain", Kind::WorkerDomain, Key::OfCloudflare("hostname")),
    ("cloudflare_workers_route", Kind::WorkerRoute, Key::Pair("zone_id", "id")),
    ("cloudflare_workers_script", Kind::CloudflareWorker, Key::OfCloudflare("script_name")),
    ("cloudflare_zone", Kind::CloudflareZone, Key::Whole("id")),
];

/// The attributes by which instances of a type say what they are; none of a type that has no row.
pub(crate) fn attributes_of(of: &str) -> Option<&'static [&'static str]> {
    Some(match &row(of)?.2 {
        Key::Arn => &["arn", "id"],
        Key::Whole("function_arn") => &["function_arn"],
        Key::Whole(_) => &["id"],
        Key::Pair("zone_id", _) => &["zone_id", "id"],
        Key::Pair("api_id", _) => &["api_id", "id"],
        Key::Pair(..) => &["rest_api_id", "stage_name"],
        Key::Local(_) => &["id", "arn"],
        Key::LocalPair(..) => &["resource_id", "scalable_dimension", "arn"],
        Key::OfCloudflare("hostname") => &["hostname", "account_id"],
        // An older provider calls it by `name`.
        Key::OfCloudflare(_) => &["script_name", "name", "account_id"],
        Key::Record => &["zone_id", "name", "fqdn", "type", "set_identifier"],
    })
}

/// What an instance of a type is, by these attributes; none where they do not say it.
pub(crate) fn name_in_state(of: &str, attributes: &BTreeMap<&str, &str>) -> Option<Meant> {
    let (_, kind, key) = row(of)?;
    let said = |name: &str| attributes.get(name).copied().filter(|value| !value.is_empty());
    let arn = || [said("arn"), said("id")].into_iter().flatten().find_map(Arn::parse);
    let whole = |key: String| Some(Meant::one(*kind, key));
    let local = |key: String| {
        let place = arn();
        let region = place.map(|arn| Region::new(arn.region));
        let account = place.and_then(|arn| AccountId::parse_aws(arn.account).ok());
        Some(Meant { is_certain: place.is_some(), account, region, ..Meant::one(*kind, key) })
    };
    match key {
        Key::Arn => {
            let found = [said("arn"), said("id")].into_iter().flatten().find(|text| Arn::parse(text).is_some())?;
            whole(found.to_owned())
        }
        Key::Whole(field) => whole(said(field)?.to_owned()),
        Key::Pair(first, second) => whole(format!("{}/{}", said(first)?, said(second)?)),
        Key::Local(field) => local(said(field)?.to_owned()),
        Key::LocalPair(first, second) => local(format!("{}/{}", said(first)?, said(second)?)),
        Key::OfCloudflare(field) => {
            let key = said(field).or_else(|| said("name")).or_else(|| said("script_name"))?;
            let account = said("account_id").map(AccountId::new);
            Some(Meant { is_certain: account.is_some(), account, ..Meant::one(*kind, key) })
        }
        Key::Record => {
            let name = said("fqdn").or_else(|| said("name").filter(|name| name.contains('.')))?;
            let set = said("set_identifier").map(|set| format!("/{set}")).unwrap_or_default();
            whole(format!("{}/{}/{}{set}", said("zone_id")?, route53_name(name), said("type")?))
        }
    }
}

fn row(of: &str) -> Option<&'static Row> {
    TYPES.iter().find(|(name, ..)| *name == of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_that_a_key_needs_is_kept() {
        for (of, _, key) in TYPES {
            let kept = attributes_of(of).unwrap();
            let needed: Vec<&str> = match key {
                Key::Arn => vec!["arn", "id"],
                Key::Whole(one) => vec![one],
                Key::Local(one) => vec![one, "arn"],
                Key::OfCloudflare(one) => vec![one, "account_id"],
                Key::Pair(one, other) => vec![one, other],
                Key::LocalPair(one, other) => vec![one, other, "arn"],
                Key::Record => vec!["zone_id", "fqdn", "type", "set_identifier"],
            };
            assert!(needed.iter().all(|name| kept.contains(name)), "{of}: {needed:?}");
        }
        let mut sorted: Vec<&str> = TYPES.iter().map(|(name, ..)| *name).collect();
        sorted.dedup();
        assert!(sorted.is_sorted() && sorted.len() == TYPES.len());
    }

    #[test]
    fn an_instance_is_known_by_what_its_type_has() {
        let of = |of: &str, attributes: &[(&'static str, &'static str)]| {
            name_in_state(of, &attributes.iter().copied().collect()).map(|meant| (meant.key, meant.is_certain))
        };
        let queue = "arn:aws:sqs:eu-central-1:123456789012:jobs";
        assert_eq!(of("aws_sqs_queue", &[("id", "https://sqs/jobs"), ("arn", queue)]), Some((queue.to_owned(), true)));
        assert_eq!(of("aws_sns_topic", &[("id", queue)]), Some((queue.to_owned(), true)));
        assert_eq!(of("aws_sqs_queue", &[("id", "https://sqs/jobs")]), None);
        assert_eq!(of("aws_s3_bucket", &[("id", "labels")]), Some(("labels".to_owned(), true)));
        let record =
            [("zone_id", "Z1"), ("name", "www"), ("fqdn", "*.Shop.example"), ("type", "A"), ("set_identifier", "eu")];
        assert_eq!(of("aws_route53_record", &record), Some(("Z1/\\052.shop.example./A/eu".to_owned(), true)));
        assert_eq!(of("aws_autoscaling_group", &[("id", "web")]), Some(("web".to_owned(), false)));
        let group = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web";
        assert_eq!(of("aws_autoscaling_group", &[("id", "web"), ("arn", group)]), Some(("web".to_owned(), true)));
        let role = [("arn", "arn:aws:iam::123456789012:role/teams/shop/task")];
        assert_eq!(of("aws_iam_role", &role), Some(("arn:aws:iam::123456789012:role/task".to_owned(), true)));
        assert_eq!(of("cloudflare_worker_script", &[("name", "edge")]), Some(("edge".to_owned(), false)));
        assert_eq!(of("aws_sns_topic_policy", &[("arn", queue)]), None, "the policy of a topic is not the topic");
    }
}
