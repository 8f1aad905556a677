//! How a template's resources are called: what `Ref` and `GetAtt` give (CloudFormation template reference, "Return values").
//!
//! CloudFormation makes up a name where the template gives none, and the account and region are known to nobody. Links
//! need names all the same: there the logical id stands for the name, and [`caravan_inventory::TEMPLATE_ACCOUNT`] for the
//! account.

use caravan_inventory::{TEMPLATE_ACCOUNT, TEMPLATE_REGION};

/// The form of a name: `{}` is the resource's own name, `@` stands for region and account.
type Form = &'static str;

/// What a type of resource is called.
pub(super) struct Naming {
    /// The type.
    of_type: &'static str,
    /// The property that gives the name; empty where only AWS does.
    pub(super) property: &'static str,
    /// What `Ref` gives.
    reference: Form,
    /// What `GetAtt` gives.
    attributes: &'static [(&'static str, Form)],
}

const fn naming(
    of_type: &'static str,
    property: &'static str,
    reference: Form,
    attributes: &'static [(&'static str, Form)],
) -> Naming {
    Naming { of_type, property, reference, attributes }
}

#[rustfmt::skip]
const NAMINGS: &[Naming] = &[
    naming("AWS::ApiGateway::Authorizer", "", "{}", &[("AuthorizerId", "{}")]),
    naming("AWS::ApiGateway::Deployment", "", "{}", &[("DeploymentId", "{}")]),
    naming("AWS::ApiGateway::DomainName", "DomainName", "{}", &[("DomainNameArn", "arn:aws:apigateway:unknown::/domainnames/{}")]),
    naming("AWS::ApiGateway::Resource", "", "{}", &[("ResourceId", "{}")]),
    naming("AWS::ApiGateway::RestApi", "", "{}", &[("RestApiId", "{}"), ("RootResourceId", "{}/")]),
    naming("AWS::ApiGateway::Stage", "StageName", "{}", &[]),
    naming("AWS::ApiGateway::VpcLink", "", "{}", &[("VpcLinkId", "{}")]),
    naming("AWS::ApiGatewayV2::Api", "", "{}", &[("ApiId", "{}")]),
    naming("AWS::ApiGatewayV2::Authorizer", "", "{}", &[("AuthorizerId", "{}")]),
    naming("AWS::ApiGatewayV2::Deployment", "", "{}", &[("DeploymentId", "{}")]),
    naming("AWS::ApiGatewayV2::DomainName", "DomainName", "{}", &[]),
    naming("AWS::ApiGatewayV2::Integration", "", "{}", &[("IntegrationId", "{}")]),
    naming("AWS::ApiGatewayV2::Route", "", "{}", &[("RouteId", "{}")]),
    naming("AWS::ApiGatewayV2::Stage", "StageName", "{}", &[]),
    naming("AWS::ApiGatewayV2::VpcLink", "", "{}", &[("VpcLinkId", "{}")]),
    naming("AWS::AmazonMQ::Broker", "BrokerName", "b-{}", &[("Arn", "arn:aws:mq:@:broker:{}")]),
    naming("AWS::Cognito::UserPool", "", "unknown_{}", &[("Arn", "arn:aws:cognito-idp:@:userpool/unknown_{}"), ("UserPoolId", "unknown_{}")]),
    naming("AWS::DocDB::DBCluster", "DBClusterIdentifier", "{}", &[("Arn", "arn:aws:rds:@:cluster:{}")]),
    naming("AWS::DynamoDB::GlobalTable", "TableName", "{}", &[("Arn", "arn:aws:dynamodb:@:table/{}"), ("StreamArn", "arn:aws:dynamodb:@:table/{}/stream/unknown")]),
    naming("AWS::DynamoDB::Table", "TableName", "{}", &[("Arn", "arn:aws:dynamodb:@:table/{}"), ("StreamArn", "arn:aws:dynamodb:@:table/{}/stream/unknown")]),
    naming("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", "{}", &[]),
    naming("AWS::AutoScaling::LaunchConfiguration", "LaunchConfigurationName", "{}", &[]),
    naming("AWS::EC2::EIP", "", "{}", &[("AllocationId", "{}")]),
    naming("AWS::EC2::Instance", "", "{}", &[("InstanceId", "{}")]),
    naming("AWS::EC2::LaunchTemplate", "LaunchTemplateName", "lt-{}", &[("LaunchTemplateId", "lt-{}"), ("LatestVersionNumber", "1"), ("DefaultVersionNumber", "1")]),
    naming("AWS::EC2::PrefixList", "", "pl-{}", &[("PrefixListId", "pl-{}")]),
    naming("AWS::EC2::SecurityGroup", "", "sg-{}", &[("GroupId", "sg-{}")]),
    naming("AWS::EC2::Volume", "", "vol-{}", &[("VolumeId", "vol-{}")]),
    naming("AWS::ECS::Cluster", "ClusterName", "{}", &[("Arn", "arn:aws:ecs:@:cluster/{}")]),
    naming("AWS::ECS::Service", "ServiceName", "arn:aws:ecs:@:service/{}", &[("Name", "{}"), ("ServiceArn", "arn:aws:ecs:@:service/{}")]),
    naming("AWS::ECS::TaskDefinition", "Family", "arn:aws:ecs:@:task-definition/{}:1", &[("TaskDefinitionArn", "arn:aws:ecs:@:task-definition/{}:1")]),
    naming("AWS::EFS::AccessPoint", "", "fsap-{}", &[("Arn", "arn:aws:elasticfilesystem:@:access-point/fsap-{}"), ("AccessPointId", "fsap-{}")]),
    naming("AWS::EFS::FileSystem", "", "fs-{}", &[("Arn", "arn:aws:elasticfilesystem:@:file-system/fs-{}"), ("FileSystemId", "fs-{}")]),
    naming("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", "arn:aws:elasticloadbalancing:@:loadbalancer/app/{}/{}", &[("LoadBalancerArn", "arn:aws:elasticloadbalancing:@:loadbalancer/app/{}/{}"), ("DNSName", "{}-000000000000.unknown.elb.amazonaws.com"), ("CanonicalHostedZoneID", "Z000000000000")]),
    naming("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", "arn:aws:elasticloadbalancing:@:targetgroup/{}/{}", &[("TargetGroupArn", "arn:aws:elasticloadbalancing:@:targetgroup/{}/{}"), ("TargetGroupName", "{}")]),
    naming("AWS::Events::EventBus", "Name", "{}", &[("Arn", "arn:aws:events:@:event-bus/{}"), ("Name", "{}")]),
    naming("AWS::Events::Rule", "Name", "{}", &[("Arn", "arn:aws:events:@:rule/{}")]),
    naming("AWS::IAM::InstanceProfile", "InstanceProfileName", "{}", &[("Arn", "arn:aws:iam::000000000000:instance-profile/{}")]),
    naming("AWS::IAM::Role", "RoleName", "{}", &[("Arn", "arn:aws:iam::000000000000:role/{}")]),
    naming("AWS::KMS::Key", "", "{}", &[("Arn", "arn:aws:kms:@:key/{}"), ("KeyId", "{}")]),
    naming("AWS::Kinesis::Stream", "Name", "{}", &[("Arn", "arn:aws:kinesis:@:stream/{}")]),
    naming("AWS::Kinesis::StreamConsumer", "", "arn:aws:kinesis:@:stream/unknown/consumer/{}", &[("ConsumerARN", "arn:aws:kinesis:@:stream/unknown/consumer/{}")]),
    naming("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName", "{}", &[("Arn", "arn:aws:firehose:@:deliverystream/{}")]),
    naming("AWS::Lambda::Function", "FunctionName", "{}", &[("Arn", "arn:aws:lambda:@:function:{}")]),
    naming("AWS::Lambda::LayerVersion", "LayerName", "arn:aws:lambda:@:layer:{}:1", &[("LayerVersionArn", "arn:aws:lambda:@:layer:{}:1"), ("Arn", "arn:aws:lambda:@:layer:{}:1")]),
    naming("AWS::Logs::LogGroup", "LogGroupName", "{}", &[("Arn", "arn:aws:logs:@:log-group:{}:*")]),
    naming("AWS::MSK::Cluster", "ClusterName", "arn:aws:kafka:@:cluster/{}/{}", &[("Arn", "arn:aws:kafka:@:cluster/{}/{}")]),
    naming("AWS::MSK::ServerlessCluster", "ClusterName", "arn:aws:kafka:@:cluster/{}/{}", &[("Arn", "arn:aws:kafka:@:cluster/{}/{}")]),
    naming("AWS::Route53::HostedZone", "", "Z000000000000{}", &[("Id", "Z000000000000{}")]),
    naming("AWS::S3::Bucket", "BucketName", "{}", &[("Arn", "arn:aws:s3:::{}")]),
    naming("AWS::SNS::Topic", "TopicName", "arn:aws:sns:@:{}", &[("TopicArn", "arn:aws:sns:@:{}"), ("TopicName", "{}")]),
    naming("AWS::SQS::Queue", "QueueName", "https://sqs.unknown.amazonaws.com/000000000000/{}", &[("Arn", "arn:aws:sqs:@:{}"), ("QueueName", "{}"), ("QueueUrl", "https://sqs.unknown.amazonaws.com/000000000000/{}")]),
    naming("AWS::SSM::Parameter", "Name", "{}", &[]),
    naming("AWS::Scheduler::Schedule", "Name", "{}", &[("Arn", "arn:aws:scheduler:@:schedule/default/{}")]),
    naming("AWS::Scheduler::ScheduleGroup", "Name", "{}", &[("Arn", "arn:aws:scheduler:@:schedule-group/{}")]),
    naming("AWS::SecretsManager::Secret", "Name", "arn:aws:secretsmanager:@:secret:{}", &[("Id", "arn:aws:secretsmanager:@:secret:{}")]),
    naming("AWS::ServiceDiscovery::Service", "Name", "srv-{}", &[("Id", "srv-{}"), ("Name", "{}")]),
    naming("AWS::WAFRegional::WebACL", "", "{}", &[]),
    naming("AWS::WAFv2::WebACL", "Name", "{}|{}|REGIONAL", &[("Arn", "arn:aws:wafv2:@:regional/webacl/{}/{}"), ("Id", "{}")]),
    naming("AWS::StepFunctions::StateMachine", "StateMachineName", "arn:aws:states:@:stateMachine:{}", &[("Arn", "arn:aws:states:@:stateMachine:{}"), ("Name", "{}")]),
];

/// How resources of a type are called; none where no link needs it.
pub(super) fn of_type(of_type: &str) -> Option<&'static Naming> {
    NAMINGS.iter().find(|naming| naming.of_type == of_type)
}

impl Naming {
    /// What `Ref`, or `GetAtt` of an attribute, gives; none where it gives no name.
    pub(super) fn form(&self, attribute: Option<&str>) -> Option<&'static str> {
        match attribute {
            None => Some(self.reference),
            Some(attribute) => self.attributes.iter().find(|(of, _)| *of == attribute).map(|(_, form)| *form),
        }
    }
}

/// A form with a name in it.
pub(super) fn filled(form: &str, name: &str) -> String {
    form.replace(":@:", &format!(":{TEMPLATE_REGION}:{TEMPLATE_ACCOUNT}:")).replace("{}", name)
}

/// The name that stands for the one that AWS makes up: `<stack>-<id>`, as CloudFormation begins it. Of functions, and of
/// what only counts inside of an API, the id alone. A bucket's name is part of no ARN with an account, so it says by itself
/// that it is none.
pub(super) fn made_up(of_type: &str, id: &str, stack: &str) -> String {
    let is_inside = of_type.starts_with("AWS::ApiGateway")
        && !matches!(of_type, "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" | "AWS::ApiGateway::VpcLink");
    let whole = if stack.is_empty() || is_inside || of_type == "AWS::Lambda::Function" {
        id.to_owned()
    } else {
        format!("{stack}-{id}")
    };
    match of_type {
        "AWS::S3::Bucket" => format!("{TEMPLATE_ACCOUNT}-{}", whole.to_ascii_lowercase()),
        _ => whole,
    }
}

/// What a stack of a file would be called: its folder, and its own name unless that says nothing.
pub(in crate::files) fn stack(file: &str) -> String {
    let (folders, name) = folders_and_name(file);
    called(&[folders.rsplit('/').next().unwrap_or(folders), name])
}

/// The same by all of its folders, for files whose stacks would be called alike.
pub(in crate::files) fn stack_of_path(file: &str) -> String {
    let (folders, name) = folders_and_name(file);
    called(&folders.split('/').chain([name]).collect::<Vec<_>>())
}

fn folders_and_name(file: &str) -> (&str, &str) {
    const SAY_NOTHING: &[&str] =
        &["app", "cloudformation", "index", "infra", "main", "sam", "serverless", "stack", "template"];
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem.strip_suffix(".template").unwrap_or(stem));
    let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    (folders, if SAY_NOTHING.contains(&name) { "" } else { name })
}

fn called(parts: &[&str]) -> String {
    let slug = |part: &str| {
        let words: Vec<&str> =
            part.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.join("-")
    };
    parts.iter().map(|part| slug(part)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::Arn;

    #[test]
    fn names_that_hold_an_account_are_those_of_a_template() {
        for naming in NAMINGS {
            for form in naming.attributes.iter().map(|(_, form)| *form).chain([naming.reference]) {
                let name = filled(form, "Thing");
                if form.starts_with("arn:") {
                    assert!(Arn::parse(&name).is_some(), "{name}");
                    let has_none = matches!(naming.of_type, "AWS::S3::Bucket" | "AWS::ApiGateway::DomainName");
                    assert_eq!(caravan_inventory::is_of_template(&name), !has_none, "{name}");
                }
            }
        }
        let arn = of_type("AWS::SQS::Queue").and_then(|queue| queue.form(Some("Arn"))).unwrap();
        assert_eq!(filled(arn, "jobs"), "arn:aws:sqs:unknown:000000000000:jobs");
        assert_eq!(made_up("AWS::S3::Bucket", "Uploads", ""), "000000000000-uploads");
        assert_eq!(made_up("AWS::S3::Bucket", "Uploads", "shop"), "000000000000-shop-uploads");
        assert_eq!(made_up("AWS::SQS::Queue", "Jobs", "shop"), "shop-Jobs");
        assert_eq!(made_up("AWS::Lambda::Function", "Resize", "shop"), "Resize");
        assert_eq!(made_up("AWS::ApiGatewayV2::Api", "Api", "shop"), "shop-Api");
        assert_eq!(made_up("AWS::ApiGatewayV2::Route", "Route", "shop"), "Route");
    }

    #[test]
    fn a_stack_is_called_as_its_file() {
        for (file, name) in [
            ("template.yaml", ""),
            ("orders/template.yaml", "orders"),
            ("teams/mail/orders.template.json", "mail-orders"),
            ("teams/mail_x/serverless.yml", "mail-x"),
            ("a b/ä.yaml", "a-b"),
        ] {
            assert_eq!(stack(file), name, "{file}");
        }
    }

    #[test]
    fn a_type_stands_once() {
        assert!(
            NAMINGS
                .iter()
                .enumerate()
                .all(|(at, one)| NAMINGS[at + 1..].iter().all(|other| one.of_type != other.of_type))
        );
    }
}
