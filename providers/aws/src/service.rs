//! The services that are read, and what each of their calls has in common.

use crate::xml::{self, XmlShape};

/// A service of AWS, by the prefix of its calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    Acm,
    ApiGateway,
    ApiGatewayV2,
    ApplicationAutoScaling,
    AutoScaling,
    /// Classic load balancers: the older version of the API of ELBv2, under the same name.
    ClassicLoadBalancing,
    CloudFormation,
    CloudFront,
    CloudWatch,
    DynamoDb,
    Ec2,
    Ecs,
    ElastiCache,
    ElasticLoadBalancing,
    Events,
    Iam,
    Lambda,
    Rds,
    Route53,
    S3,
    Scheduler,
    SecretsManager,
    Ses,
    Sns,
    Sqs,
    Ssm,
    States,
    Waf,
}

/// How a service writes its answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answers {
    /// JSON: taken as it is.
    Json,
    /// XML: turned into JSON by the shape of the service's lists.
    Xml(&'static XmlShape),
}

impl Answers {
    /// The format's name, for a person.
    pub(crate) const fn format(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml(_) => "XML",
        }
    }
}

/// In which field of an answer the next page's token stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NextPage {
    /// In the one of this name.
    Field(&'static str),
    /// In the one or the other of these, from call to call.
    Either(&'static str, &'static str),
    /// In fields that differ from call to call, and only when `IsTruncated` is true (Route 53).
    Truncated,
}

/// Where a service is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    /// The region that requests are signed for.
    pub(crate) signing_region: String,
    /// The host without the partition's domain.
    pub(crate) host: String,
}

impl Service {
    const ALL: &[Self] = &[
        Self::Acm,
        Self::ApiGateway,
        Self::ApiGatewayV2,
        Self::ApplicationAutoScaling,
        Self::AutoScaling,
        Self::ClassicLoadBalancing,
        Self::CloudFormation,
        Self::CloudFront,
        Self::CloudWatch,
        Self::DynamoDb,
        Self::Ec2,
        Self::Ecs,
        Self::ElastiCache,
        Self::ElasticLoadBalancing,
        Self::Events,
        Self::Iam,
        Self::Lambda,
        Self::Rds,
        Self::Route53,
        Self::S3,
        Self::Scheduler,
        Self::SecretsManager,
        Self::Ses,
        Self::Sns,
        Self::Sqs,
        Self::Ssm,
        Self::States,
        Self::Waf,
    ];

    /// The prefix of its calls.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Acm => "acm",
            Self::ApiGateway => "apigateway",
            Self::ApiGatewayV2 => "apigatewayv2",
            Self::ApplicationAutoScaling => "application-autoscaling",
            Self::AutoScaling => "autoscaling",
            Self::ClassicLoadBalancing => "elb",
            Self::CloudFormation => "cloudformation",
            Self::CloudFront => "cloudfront",
            Self::CloudWatch => "cloudwatch",
            Self::DynamoDb => "dynamodb",
            Self::Ec2 => "ec2",
            Self::Ecs => "ecs",
            Self::ElastiCache => "elasticache",
            Self::ElasticLoadBalancing => "elasticloadbalancing",
            Self::Events => "events",
            Self::Iam => "iam",
            Self::Lambda => "lambda",
            Self::Rds => "rds",
            Self::Route53 => "route53",
            Self::S3 => "s3",
            Self::Scheduler => "scheduler",
            Self::SecretsManager => "secretsmanager",
            Self::Ses => "ses",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
            Self::Ssm => "ssm",
            Self::States => "states",
            Self::Waf => "wafv2",
        }
    }

    /// The name that requests are signed for, which is also the first part of its host: two versions of an API share one
    /// (Service Authorization Reference, "Service prefix").
    pub(crate) const fn signing_name(self) -> &'static str {
        match self {
            Self::ApiGatewayV2 => Self::ApiGateway.name(),
            Self::ClassicLoadBalancing => Self::ElasticLoadBalancing.name(),
            // CloudWatch is older than its name.
            Self::CloudWatch => "monitoring",
            service => service.name(),
        }
    }

    /// The service of a call; none when it is not one of ours.
    pub(crate) fn of(api: &str) -> Option<Self> {
        let (service, _) = api.split_once(':')?;
        Self::ALL.iter().copied().find(|known| known.name() == service)
    }

    /// The region that signs its requests and the first labels of its host, for a request in `region`: IAM has one endpoint
    /// in each partition, whatever the region (AWS General Reference, "AWS Identity and Access Management endpoints").
    pub(crate) fn place(self, region: &str) -> Place {
        let of = |region: &str, host: String| Place { signing_region: region.to_owned(), host };
        match self {
            Self::Iam if region.starts_with("cn-") => of("cn-north-1", "iam.cn-north-1".to_owned()),
            Self::Iam if region.starts_with("us-gov-") => of("us-gov-west-1", "iam.us-gov".to_owned()),
            Self::Iam => of("us-east-1", "iam".to_owned()),
            // CloudFront has one as well, in the partitions that have it.
            Self::CloudFront if region.starts_with("cn-") => {
                of("cn-northwest-1", "cloudfront.cn-northwest-1".to_owned())
            }
            Self::CloudFront => of("us-east-1", "cloudfront".to_owned()),
            // SES answers where its mail came from first.
            Self::Ses => of(region, format!("email.{region}")),
            service => of(region, format!("{}.{region}", service.signing_name())),
        }
    }

    /// How it writes its answers.
    pub(crate) const fn answers(self) -> Answers {
        match self {
            Self::Acm
            | Self::ApiGateway
            | Self::ApiGatewayV2
            | Self::ApplicationAutoScaling
            | Self::DynamoDb
            | Self::Ecs
            | Self::Events
            | Self::Lambda
            | Self::Scheduler
            | Self::SecretsManager
            | Self::Sqs
            | Self::Ssm
            | Self::States
            | Self::Waf => Answers::Json,
            Self::AutoScaling => Answers::Xml(&xml::AUTO_SCALING),
            Self::ClassicLoadBalancing => Answers::Xml(&xml::CLASSIC_LOAD_BALANCING),
            Self::CloudFormation => Answers::Xml(&xml::CLOUDFORMATION),
            Self::CloudFront => Answers::Xml(&xml::CLOUDFRONT),
            Self::CloudWatch => Answers::Xml(&xml::CLOUDWATCH),
            Self::Ec2 => Answers::Xml(&xml::EC2),
            Self::ElastiCache => Answers::Xml(&xml::ELASTICACHE),
            Self::ElasticLoadBalancing => Answers::Xml(&xml::ELASTIC_LOAD_BALANCING),
            Self::Iam => Answers::Xml(&xml::IAM),
            Self::Rds => Answers::Xml(&xml::RDS),
            Self::Route53 => Answers::Xml(&xml::ROUTE53),
            Self::S3 => Answers::Xml(&xml::S3),
            Self::Ses => Answers::Xml(&xml::SES),
            Self::Sns => Answers::Xml(&xml::SNS),
        }
    }

    /// Where its answers say how to go on.
    pub(crate) const fn next_page(self) -> NextPage {
        match self {
            Self::Acm
            | Self::ApplicationAutoScaling
            | Self::AutoScaling
            | Self::CloudFormation
            | Self::CloudWatch
            | Self::Events
            | Self::Scheduler
            | Self::SecretsManager
            | Self::Ses
            | Self::Sns
            | Self::Sqs
            | Self::Ssm => NextPage::Field("NextToken"),
            Self::ApiGateway => NextPage::Field("position"),
            Self::ApiGatewayV2 | Self::Ec2 | Self::Ecs | Self::States => NextPage::Field("nextToken"),
            Self::ClassicLoadBalancing | Self::CloudFront | Self::ElasticLoadBalancing | Self::Lambda | Self::Waf => {
                NextPage::Field("NextMarker")
            }
            Self::DynamoDb => NextPage::Field("LastEvaluatedTableName"),
            Self::ElastiCache => NextPage::Either("Marker", "NextToken"),
            Self::Iam | Self::Rds => NextPage::Field("Marker"),
            Self::S3 => NextPage::Field("ContinuationToken"),
            Self::Route53 => NextPage::Truncated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_names_its_service() {
        for service in Service::ALL.iter().copied() {
            assert_eq!(Service::of(&format!("{}:DescribeThings", service.name())), Some(service));
        }
        assert_eq!(Service::of("workers:ListScripts"), None);
        assert_eq!(Service::of("ecs"), None);
    }

    #[test]
    fn what_has_one_endpoint_is_asked_there_from_every_region() {
        let place = |service: Service, region| {
            let Place { signing_region, host } = service.place(region);
            format!("{host} {signing_region}")
        };
        assert_eq!(place(Service::Iam, "eu-central-1"), "iam us-east-1");
        assert_eq!(place(Service::Iam, "us-gov-east-1"), "iam.us-gov us-gov-west-1");
        assert_eq!(place(Service::Iam, "cn-northwest-1"), "iam.cn-north-1 cn-north-1");
        assert_eq!(place(Service::ApiGatewayV2, "eu-central-1"), "apigateway.eu-central-1 eu-central-1");
        let classic = "elasticloadbalancing.eu-central-1 eu-central-1";
        assert_eq!(place(Service::ClassicLoadBalancing, "eu-central-1"), classic);
        assert_eq!(place(Service::AutoScaling, "eu-central-1"), "autoscaling.eu-central-1 eu-central-1");
    }
}
