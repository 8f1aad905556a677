//! The types of CloudFormation, by what `Ref` gives of each: that is the physical id (template reference, "Return values" of
//! each resource).

use super::{Meant, route53_name};
use crate::arn::{Arn, partition_of};
use caravan_inventory::{AccountId, ObservationKind as Kind, Region};

/// What a physical id is.
enum Physical {
    /// Its name here, an ARN or an id that no other thing has.
    Whole,
    /// Its name in its account and region.
    Local,
    /// The end of its ARN, behind this; `{p}`, `{r}` and `{a}` are partition, region and account.
    EndOf(&'static str),
    /// The URL of a queue.
    QueueUrl,
    /// The name of a record set without its type.
    RecordName,
    /// `<resource>|<dimension>|<service>`.
    ScalableTarget,
}

/// One row: the type, what it is here, and what its physical id is.
type Row = (&'static str, Kind, Physical);

#[rustfmt::skip]
const TYPES: &[Row] = &[
    ("AWS::ApiGateway::DomainName", Kind::RestDomain, Physical::Whole),
    ("AWS::ApiGateway::RestApi", Kind::RestApi, Physical::Whole),
    ("AWS::ApiGatewayV2::Api", Kind::HttpApi, Physical::Whole),
    ("AWS::ApiGatewayV2::DomainName", Kind::HttpDomain, Physical::Whole),
    ("AWS::ApplicationAutoScaling::ScalableTarget", Kind::ScalableTarget, Physical::ScalableTarget),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", Kind::ScalingPolicy, Physical::Whole),
    ("AWS::AutoScaling::AutoScalingGroup", Kind::AutoScalingGroup, Physical::Local),
    ("AWS::AutoScaling::LaunchConfiguration", Kind::LaunchConfiguration, Physical::Local),
    ("AWS::AutoScaling::ScalingPolicy", Kind::GroupPolicy, Physical::Whole),
    ("AWS::CertificateManager::Certificate", Kind::Certificate, Physical::Whole),
    ("AWS::CloudFront::Distribution", Kind::Distribution, Physical::EndOf("arn:{p}:cloudfront::{a}:distribution/")),
    ("AWS::CloudWatch::Alarm", Kind::MetricAlarm, Physical::EndOf("arn:{p}:cloudwatch:{r}:{a}:alarm:")),
    ("AWS::CloudWatch::CompositeAlarm", Kind::CompositeAlarm, Physical::EndOf("arn:{p}:cloudwatch:{r}:{a}:alarm:")),
    ("AWS::DocDB::DBCluster", Kind::DatabaseCluster, Physical::EndOf("arn:{p}:rds:{r}:{a}:cluster:")),
    ("AWS::DocDB::DBInstance", Kind::DatabaseInstance, Physical::EndOf("arn:{p}:rds:{r}:{a}:db:")),
    ("AWS::DynamoDB::GlobalTable", Kind::Table, Physical::EndOf("arn:{p}:dynamodb:{r}:{a}:table/")),
    ("AWS::DynamoDB::Table", Kind::Table, Physical::EndOf("arn:{p}:dynamodb:{r}:{a}:table/")),
    ("AWS::EC2::Instance", Kind::Ec2Instance, Physical::Whole),
    ("AWS::EC2::LaunchTemplate", Kind::LaunchTemplateVersion, Physical::Whole),
    ("AWS::EC2::SecurityGroup", Kind::SecurityGroup, Physical::Whole),
    ("AWS::EC2::Volume", Kind::Ec2Volume, Physical::Whole),
    ("AWS::ECS::Cluster", Kind::EcsCluster, Physical::EndOf("arn:{p}:ecs:{r}:{a}:cluster/")),
    ("AWS::ECS::Service", Kind::EcsService, Physical::Whole),
    ("AWS::ECS::TaskDefinition", Kind::EcsTaskDefinition, Physical::Whole),
    ("AWS::ElastiCache::CacheCluster", Kind::CacheCluster, Physical::EndOf("arn:{p}:elasticache:{r}:{a}:cluster:")),
    ("AWS::ElastiCache::ReplicationGroup", Kind::ReplicationGroup, Physical::EndOf("arn:{p}:elasticache:{r}:{a}:replicationgroup:")),
    ("AWS::ElastiCache::ServerlessCache", Kind::ServerlessCache, Physical::EndOf("arn:{p}:elasticache:{r}:{a}:serverlesscache:")),
    ("AWS::ElasticLoadBalancing::LoadBalancer", Kind::ClassicLoadBalancer, Physical::Local),
    ("AWS::ElasticLoadBalancingV2::Listener", Kind::Listener, Physical::Whole),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", Kind::ListenerRule, Physical::Whole),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", Kind::LoadBalancer, Physical::Whole),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", Kind::TargetGroup, Physical::Whole),
    ("AWS::Events::EventBus", Kind::EventBus, Physical::EndOf("arn:{p}:events:{r}:{a}:event-bus/")),
    ("AWS::Events::Rule", Kind::EventsRule, Physical::EndOf("arn:{p}:events:{r}:{a}:rule/")),
    ("AWS::IAM::InstanceProfile", Kind::InstanceProfile, Physical::EndOf("arn:{p}:iam::{a}:instance-profile/")),
    ("AWS::IAM::ManagedPolicy", Kind::ManagedPolicy, Physical::Whole),
    ("AWS::IAM::Role", Kind::Role, Physical::EndOf("arn:{p}:iam::{a}:role/")),
    ("AWS::Lambda::Alias", Kind::FunctionAlias, Physical::Whole),
    ("AWS::Lambda::EventSourceMapping", Kind::EventSourceMapping, Physical::Whole),
    ("AWS::Lambda::Function", Kind::LambdaFunction, Physical::EndOf("arn:{p}:lambda:{r}:{a}:function:")),
    ("AWS::Lambda::LayerVersion", Kind::LayerVersion, Physical::Whole),
    ("AWS::Lambda::Url", Kind::FunctionUrl, Physical::Whole),
    ("AWS::Lambda::Version", Kind::FunctionVersion, Physical::Whole),
    ("AWS::Neptune::DBCluster", Kind::DatabaseCluster, Physical::EndOf("arn:{p}:rds:{r}:{a}:cluster:")),
    ("AWS::Neptune::DBInstance", Kind::DatabaseInstance, Physical::EndOf("arn:{p}:rds:{r}:{a}:db:")),
    ("AWS::RDS::DBCluster", Kind::DatabaseCluster, Physical::EndOf("arn:{p}:rds:{r}:{a}:cluster:")),
    ("AWS::RDS::DBInstance", Kind::DatabaseInstance, Physical::EndOf("arn:{p}:rds:{r}:{a}:db:")),
    ("AWS::Route53::HostedZone", Kind::HostedZone, Physical::Whole),
    ("AWS::Route53::RecordSet", Kind::RecordSet, Physical::RecordName),
    ("AWS::S3::Bucket", Kind::Bucket, Physical::Whole),
    ("AWS::S3::BucketPolicy", Kind::BucketPolicy, Physical::Whole),
    ("AWS::SES::EmailIdentity", Kind::EmailIdentity, Physical::EndOf("arn:{p}:ses:{r}:{a}:identity/")),
    ("AWS::SNS::Subscription", Kind::Subscription, Physical::Whole),
    ("AWS::SNS::Topic", Kind::Topic, Physical::Whole),
    ("AWS::SQS::Queue", Kind::Queue, Physical::QueueUrl),
    ("AWS::SSM::Parameter", Kind::Parameter, Physical::EndOf("arn:{p}:ssm:{r}:{a}:parameter/")),
    ("AWS::Scheduler::Schedule", Kind::SchedulerSchedule, Physical::EndOf("arn:{p}:scheduler:{r}:{a}:schedule/default/")),
    ("AWS::SecretsManager::Secret", Kind::Secret, Physical::Whole),
    ("AWS::StepFunctions::StateMachine", Kind::StateMachine, Physical::Whole),
];

/// Where a stack is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StackPlace<'o> {
    pub(crate) account: &'o AccountId,
    pub(crate) region: &'o Region,
}

/// Whether resources of a type are found among what is observed.
pub(crate) fn is_read(of: &str) -> bool {
    row(of).is_some()
}

/// What a resource of a stack is.
pub(crate) fn name_in_stack(of: &str, physical: &str, place: StackPlace<'_>) -> Option<Meant> {
    let (_, kind, form) = row(of)?;
    let StackPlace { account, region } = place;
    let local =
        |key: &str| Meant { account: Some(account.clone()), region: Some(region.clone()), ..Meant::one(*kind, key) };
    Some(match form {
        Physical::Whole => Meant::one(*kind, physical),
        Physical::Local => local(physical),
        Physical::EndOf(_) if Arn::parse(physical).is_some() => Meant::one(*kind, physical),
        Physical::EndOf(before) => {
            let before = before.replace("{p}", partition_of(region.as_str()));
            let before = before.replace("{r}", region.as_str()).replace("{a}", account.as_str());
            // A parameter's name may begin with a slash, and a rule's with its bus.
            let end = physical.trim_start_matches('/').replace('|', "/");
            Meant::one(*kind, format!("{before}{end}"))
        }
        Physical::QueueUrl => {
            let name = physical.rsplit('/').next()?;
            Meant::one(*kind, format!("arn:{}:sqs:{region}:{account}:{name}", partition_of(region.as_str())))
        }
        Physical::RecordName => Meant {
            account: Some(account.clone()),
            is_certain: false,
            ..Meant::one(*kind, format!("*/{}", route53_name(physical)))
        },
        Physical::ScalableTarget => {
            let (resource, rest) = physical.split_once('|')?;
            local(&format!("{resource}/{}", rest.split('|').next()?))
        }
    })
}

fn row(of: &str) -> Option<&'static Row> {
    TYPES.iter().find(|(name, ..)| *name == of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governing::keys;

    #[test]
    fn a_resource_of_a_stack_is_found_under_one_of_its_keys() {
        let (account, region) = (AccountId::new("123456789012"), Region::new("eu-central-1"));
        let arn = |service: &str, resource: &str| format!("arn:aws:{service}:eu-central-1:123456789012:{resource}");
        let queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs";
        for (of, physical, name) in [
            ("AWS::SQS::Queue", queue, arn("sqs", "jobs")),
            ("AWS::Lambda::Function", "labels", arn("lambda", "function:labels")),
            ("AWS::Events::Rule", "bus|nightly", arn("events", "rule/bus/nightly")),
            ("AWS::SSM::Parameter", "/shop/flag", arn("ssm", "parameter/shop/flag")),
            ("AWS::IAM::Role", "task", "arn:aws:iam::123456789012:role/teams/shop/task".to_owned()),
            ("AWS::EC2::LaunchTemplate", "lt-0123456789abcdef0", "lt-0123456789abcdef0/12".to_owned()),
            ("AWS::Route53::RecordSet", "*.Shop.example", "Z1/\\052.shop.example./AAAA".to_owned()),
            ("AWS::S3::Bucket", "labels", "arn:aws:s3:::labels".to_owned()),
            ("AWS::SNS::Topic", &arn("sns", "orders"), arn("sns", "orders")),
            (
                "AWS::ApplicationAutoScaling::ScalableTarget",
                "service/prod/api|ecs:service:DesiredCount|ecs",
                "service/prod/api/ecs:service:DesiredCount".to_owned(),
            ),
        ] {
            let place = StackPlace { account: &account, region: &region };
            let meant = name_in_stack(of, physical, place).unwrap();
            assert!(keys(meant.kind, &name).contains(&meant.key), "{of}: {} and {name}", meant.key);
        }
        assert!(!is_read("AWS::IAM::AccessKey") && !is_read("Custom::Secret"));
    }

    #[test]
    fn no_type_has_two_rows() {
        let mut types: Vec<&str> = TYPES.iter().map(|(name, ..)| *name).collect();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), TYPES.len());
    }
}
