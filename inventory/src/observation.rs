//! An observation: one thing as a cloud or a file described it.

use crate::api::{self, Model};
use crate::{AccountId, ObservationId, Provider, Region};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The `api` of what came from a file.
const FILE: &str = "file";

/// One thing as a cloud or a file described it, redacted before it was built (D1).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Stable from scan to scan.
    pub id: ObservationId,
    /// What kind of thing it is.
    pub kind: ObservationKind,
    /// Its native name: an ARN, a resource id, or the path of a file, and after `#` what tells it from the file's other
    /// things: a number, or the name that a template gives it.
    pub name: String,
    /// The account it lives in; none for what came from a file that does not say.
    pub account: Option<AccountId>,
    /// The region it lives in; `global` for global services, none for files.
    pub region: Option<Region>,
    /// The call that said so, `ecs:DescribeServices`, or `file`.
    pub api: String,
    /// When it was first and last seen, UTC.
    pub first_seen: Timestamp,
    /// When it was last seen, UTC.
    pub last_seen: Timestamp,
    /// The raw answer as JSON, redacted; XML answers are turned into JSON by one fixed rule (see `caravan-providers-aws`).
    pub body: serde_json::Value,
}

impl Observation {
    /// What the cloud calls it, or would: its name, and for a thing of a file what follows the path. A file's only thing has
    /// none, and gives the path.
    #[must_use]
    pub fn native_name(&self) -> &str {
        match self.name.rsplit_once('#').filter(|_| self.is_of_file()) {
            Some((_, place)) => place,
            None => &self.name,
        }
    }

    /// Whether a file tells of it: what is meant to stand, by names that no cloud has confirmed.
    #[must_use]
    pub fn is_of_file(&self) -> bool {
        self.api == FILE
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $provider:ident $name:ident = $text:literal, $service:ident::$model:ident;)*) => {
        /// The kinds of things that are observed.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum ObservationKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl ObservationKind {
            /// Every kind, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in files, ids and the command line: `ecs.service`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The kind of that name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }

            /// Whose things they are, also where a file describes one.
            #[must_use]
            pub const fn provider(self) -> Provider {
                match self { $(Self::$name => Provider::$provider,)* }
            }

            /// What the API's model says about its documents: which fields they have, and what stands in them.
            #[must_use]
            pub const fn model(self) -> &'static Model {
                match self { $(Self::$name => &api::$service::$model,)* }
            }
        }
    };
}

impl ObservationKind {
    /// Whether a thing of this kind may be a part of several workloads: a load balancer with its rules, a record, an API.
    #[must_use]
    pub const fn is_shared_part(self) -> bool {
        matches!(
            self,
            Self::LoadBalancer
                | Self::Listener
                | Self::ListenerRule
                | Self::ListenerCertificates
                | Self::SslPolicy
                | Self::TrustStore
                | Self::ClassicLoadBalancer
                | Self::ClassicPolicies
                | Self::HostedZone
                | Self::RecordSet
                | Self::CloudflareZone
                | Self::DnsRecord
                | Self::SecurityGroup
                | Self::InstanceProfile
                | Self::Ec2Image
                | Self::LayerVersion
                | Self::RestApi
                | Self::RestResource
                | Self::RestStage
                | Self::RestAuthorizer
                | Self::RestDomain
                | Self::BasePathMapping
                | Self::RestVpcLink
                | Self::HttpApi
                | Self::HttpRoute
                | Self::HttpIntegration
                | Self::HttpStage
                | Self::HttpAuthorizer
                | Self::HttpDomain
                | Self::ApiMapping
                | Self::HttpVpcLink
        )
    }
}

/// Those of a workload's parts that are its own: none that others may share, but the rules and listeners that forward to its
/// target groups.
pub fn own_parts(parts: &[Observation]) -> impl Iterator<Item = &Observation> {
    let groups = parts.iter().filter(|part| part.kind == ObservationKind::TargetGroup);
    let groups: Vec<&str> = groups.map(|group| group.name.as_str()).collect();
    parts.iter().filter(move |part| match part.kind {
        ObservationKind::Listener | ObservationKind::ListenerRule => names_any(&part.body, &groups),
        kind => !kind.is_shared_part(),
    })
}

/// Whether one of these texts stands anywhere in a document.
fn names_any(value: &serde_json::Value, texts: &[&str]) -> bool {
    match value {
        serde_json::Value::String(text) => texts.contains(&text.as_str()),
        serde_json::Value::Array(items) => items.iter().any(|item| names_any(item, texts)),
        serde_json::Value::Object(fields) => fields.values().any(|field| names_any(field, texts)),
        _ => false,
    }
}

// A kind's line: whose it is, its names here and in files, and the model of its documents, in its service's file below
// `api/`.
kinds! {
    /// DescribeClusters, one cluster.
    Aws EcsCluster = "ecs.cluster", ecs::CLUSTERS;
    /// DescribeServices, one service, or a CreateService request from a file.
    Aws EcsService = "ecs.service", ecs::SERVICES;
    /// DescribeTaskDefinition, `taskDefinition`, or a RegisterTaskDefinition request from a file.
    Aws EcsTaskDefinition = "ecs.task-definition", ecs::TASK_DEFINITIONS;
    /// DescribeTasks, one task.
    Aws EcsTask = "ecs.task", ecs::TASKS;
    /// EventBridge ListRules, one rule, with its targets under `Targets`.
    Aws EventsRule = "events.rule", events::RULES;
    /// EventBridge Scheduler GetSchedule.
    Aws SchedulerSchedule = "scheduler.schedule", scheduler::SCHEDULES;
    /// Step Functions DescribeStateMachine, its definition read as JSON, or the element of ListStateMachines where that was
    /// refused.
    Aws StateMachine = "states.state-machine", states::STATE_MACHINES;
    /// DescribeScalableTargets, one target.
    Aws ScalableTarget = "application-autoscaling.scalable-target", application_autoscaling::ALL;
    /// DescribeScalingPolicies, one policy.
    Aws ScalingPolicy = "application-autoscaling.scaling-policy", application_autoscaling::ALL;
    /// DescribeScheduledActions, one action.
    Aws ScheduledAction = "application-autoscaling.scheduled-action", application_autoscaling::ALL;
    /// DescribeLoadBalancers, one load balancer.
    Aws LoadBalancer = "elbv2.load-balancer", elb::ALL;
    /// DescribeListeners, one listener.
    Aws Listener = "elbv2.listener", elb::ALL;
    /// DescribeRules, one rule.
    Aws ListenerRule = "elbv2.rule", elb::ALL;
    /// DescribeTargetGroups, one target group, with its attributes under `Attributes`.
    Aws TargetGroup = "elbv2.target-group", elb::ALL;
    /// DescribeListenerCertificates, of one listener, with its ARN under `ListenerArn`.
    Aws ListenerCertificates = "elbv2.listener-certificates", elb::ALL;
    /// DescribeSSLPolicies, one policy that a listener uses.
    Aws SslPolicy = "elbv2.ssl-policy", elb::ALL;
    /// DescribeTrustStores, one trust store.
    Aws TrustStore = "elbv2.trust-store", elb::ALL;
    /// Classic Elastic Load Balancing DescribeLoadBalancers, one load balancer with its tags.
    Aws ClassicLoadBalancer = "elb.load-balancer", classic_elb::LOAD_BALANCERS;
    /// Classic Elastic Load Balancing DescribeLoadBalancerPolicies, the policies of one load balancer, with its name under
    /// `LoadBalancerName`.
    Aws ClassicPolicies = "elb.policies", classic_elb::POLICIES;
    /// ListHostedZones, one zone.
    Aws HostedZone = "route53.hosted-zone", route53::ALL;
    /// ListResourceRecordSets, one record set.
    Aws RecordSet = "route53.record-set", route53::ALL;
    /// DescribeInstances, one instance, with its reservation under `reservation` and its user data, decoded under
    /// `userDataParts`.
    Aws Ec2Instance = "ec2.instance", ec2::INSTANCES;
    /// DescribeAutoScalingGroups, one group.
    Aws AutoScalingGroup = "autoscaling.group", autoscaling::GROUPS;
    /// EC2 Auto Scaling DescribePolicies, one policy of a group.
    Aws GroupPolicy = "autoscaling.policy", autoscaling::POLICIES;
    /// EC2 Auto Scaling DescribeScheduledActions, one action of a group.
    Aws GroupSchedule = "autoscaling.scheduled-action", autoscaling::SCHEDULES;
    /// DescribeLifecycleHooks, one hook of a group.
    Aws LifecycleHook = "autoscaling.lifecycle-hook", autoscaling::HOOKS;
    /// DescribeLaunchConfigurations, one configuration, with its user data decoded under `userDataParts`.
    Aws LaunchConfiguration = "autoscaling.launch-configuration", autoscaling::LAUNCH_CONFIGURATIONS;
    /// DescribeLaunchTemplateVersions, one version that something uses, with its user data decoded.
    Aws LaunchTemplateVersion = "ec2.launch-template-version", ec2::LAUNCH_TEMPLATES;
    /// DescribeImages, one image that something uses.
    Aws Ec2Image = "ec2.image", ec2::IMAGES;
    /// DescribeVolumes, one volume.
    Aws Ec2Volume = "ec2.volume", ec2::VOLUMES;
    /// DescribeAddresses, one Elastic IP address.
    Aws Ec2Address = "ec2.address", ec2::ADDRESSES;
    /// DescribeSecurityGroups, one security group.
    Aws SecurityGroup = "ec2.security-group", ec2::SECURITY_GROUPS;
    /// ListInstanceProfiles, one instance profile with its roles.
    Aws InstanceProfile = "iam.instance-profile", iam::INSTANCE_PROFILES;
    /// GetFunction, the whole answer, or the element of ListFunctions where GetFunction was refused.
    Aws LambdaFunction = "lambda.function", lambda::FUNCTIONS;
    /// GetFunction of a published version that an alias, an event source mapping or provisioned concurrency names.
    Aws FunctionVersion = "lambda.version", lambda::FUNCTIONS;
    /// ListAliases, one alias.
    Aws FunctionAlias = "lambda.alias", lambda::ALIASES;
    /// ListEventSourceMappings, one mapping.
    Aws EventSourceMapping = "lambda.event-source-mapping", lambda::EVENT_SOURCE_MAPPINGS;
    /// ListFunctionUrlConfigs, one function URL.
    Aws FunctionUrl = "lambda.function-url", lambda::FUNCTION_URLS;
    /// GetPolicy of a function or of one of its aliases, the policy's text read as JSON.
    Aws FunctionPolicy = "lambda.policy", lambda::POLICIES;
    /// ListFunctionEventInvokeConfigs, one configuration of asynchronous invocations.
    Aws EventInvokeConfig = "lambda.event-invoke-config", lambda::CONFIGURATIONS;
    /// ListProvisionedConcurrencyConfigs, one configuration.
    Aws ProvisionedConcurrency = "lambda.provisioned-concurrency", lambda::CONFIGURATIONS;
    /// GetLayerVersionByArn, one version of a layer that a function uses.
    Aws LayerVersion = "lambda.layer-version", lambda::LAYERS;
    /// API Gateway GetRestApis, one REST API.
    Aws RestApi = "apigateway.rest-api", apigateway::APIS;
    /// API Gateway GetResources, one resource with its methods and their integrations, and its API under `restApiId`.
    Aws RestResource = "apigateway.resource", apigateway::RESOURCES;
    /// API Gateway GetStages, one stage, with its API under `restApiId`.
    Aws RestStage = "apigateway.stage", apigateway::STAGES;
    /// API Gateway GetAuthorizers, one authorizer, with its API under `restApiId`.
    Aws RestAuthorizer = "apigateway.authorizer", apigateway::AUTHORIZERS;
    /// API Gateway GetDomainNames, one custom domain.
    Aws RestDomain = "apigateway.domain-name", apigateway::DOMAINS;
    /// API Gateway GetBasePathMappings, one mapping, with its domain under `domainName`.
    Aws BasePathMapping = "apigateway.base-path-mapping", apigateway::MAPPINGS;
    /// API Gateway GetVpcLinks, one link of REST APIs.
    Aws RestVpcLink = "apigateway.vpc-link", apigateway::VPC_LINKS;
    /// API Gateway V2 GetApis, one HTTP or WebSocket API.
    Aws HttpApi = "apigatewayv2.api", apigatewayv2::APIS;
    /// API Gateway V2 GetRoutes, one route, with its API under `apiId`.
    Aws HttpRoute = "apigatewayv2.route", apigatewayv2::ROUTES;
    /// API Gateway V2 GetIntegrations, one integration, with its API under `apiId`.
    Aws HttpIntegration = "apigatewayv2.integration", apigatewayv2::INTEGRATIONS;
    /// API Gateway V2 GetStages, one stage, with its API under `apiId`.
    Aws HttpStage = "apigatewayv2.stage", apigatewayv2::STAGES;
    /// API Gateway V2 GetAuthorizers, one authorizer, with its API under `apiId`.
    Aws HttpAuthorizer = "apigatewayv2.authorizer", apigatewayv2::AUTHORIZERS;
    /// API Gateway V2 GetDomainNames, one custom domain.
    Aws HttpDomain = "apigatewayv2.domain-name", apigatewayv2::DOMAINS;
    /// API Gateway V2 GetApiMappings, one mapping, with its domain under `domainName`.
    Aws ApiMapping = "apigatewayv2.api-mapping", apigatewayv2::MAPPINGS;
    /// API Gateway V2 GetVpcLinks, one link of HTTP APIs.
    Aws HttpVpcLink = "apigatewayv2.vpc-link", apigatewayv2::VPC_LINKS;
    /// SQS GetQueueAttributes, one queue, with its URL under `QueueUrl`, its tags under `Tags`, and its policies read as JSON.
    Aws Queue = "sqs.queue", sqs::QUEUES;
    /// SNS GetTopicAttributes, one topic, with its tags under `Tags`, and its policies read as JSON.
    Aws Topic = "sns.topic", sns::TOPICS;
    /// SNS ListSubscriptions, one confirmed subscription, with its attributes where they may be read.
    Aws Subscription = "sns.subscription", sns::SUBSCRIPTIONS;
    /// Secrets Manager ListSecrets, one secret: its name and settings, never its value.
    Aws Secret = "secretsmanager.secret", secretsmanager::SECRETS;
    /// Systems Manager DescribeParameters, one parameter: its name and settings, never its value.
    Aws Parameter = "ssm.parameter", ssm::PARAMETERS;
    /// Systems Manager DescribeInstanceInformation, one machine that reports to it.
    Aws ManagedInstance = "ssm.managed-instance", ssm::MACHINES;
    /// S3 ListBuckets, one bucket, with its tags under `TagSet` where it has any.
    Aws Bucket = "s3.bucket", s3::BUCKETS;
    /// S3 GetBucketNotificationConfiguration of one bucket, with its name under `Bucket`.
    Aws BucketNotifications = "s3.notification-configuration", s3::NOTIFICATIONS;
    /// S3 GetBucketPolicy of one bucket, under `Policy`, with its name under `Bucket`.
    Aws BucketPolicy = "s3.bucket-policy", s3::POLICIES;
    /// DynamoDB DescribeTable, one table, with its tags under `Tags`.
    Aws Table = "dynamodb.table", dynamodb::TABLES;
    /// RDS DescribeDBInstances, one instance, DocumentDB's and Neptune's too.
    Aws DatabaseInstance = "rds.instance", rds::INSTANCES;
    /// RDS DescribeDBClusters, one cluster, DocumentDB's and Neptune's too.
    Aws DatabaseCluster = "rds.cluster", rds::CLUSTERS;
    /// ElastiCache DescribeReplicationGroups, one group, with its tags under `TagList`.
    Aws ReplicationGroup = "elasticache.replication-group", elasticache::ALL;
    /// ElastiCache DescribeCacheClusters, one cluster that is no member of a replication group, with its tags under `TagList`.
    Aws CacheCluster = "elasticache.cluster", elasticache::ALL;
    /// ElastiCache DescribeServerlessCaches, one cache, with its tags under `TagList`.
    Aws ServerlessCache = "elasticache.serverless-cache", elasticache::ALL;
    /// IAM GetAccountAuthorizationDetails, one role that a service may take on, with its policies read as JSON.
    Aws Role = "iam.role", iam::ROLES;
    /// IAM GetAccountAuthorizationDetails, one managed policy of the account's own, the version in force read as JSON.
    Aws ManagedPolicy = "iam.policy", iam::MANAGED_POLICIES;
    /// ACM DescribeCertificate, one certificate, or the element of ListCertificates where that was refused, with its tags.
    Aws Certificate = "acm.certificate", acm::CERTIFICATES;
    /// SES ListIdentities, one address or domain that mail is sent from, its name under `IdentityName`.
    Aws EmailIdentity = "ses.identity", ses::IDENTITIES;
    /// CloudFront ListDistributions, one distribution, with its tags under `Tags`.
    Aws Distribution = "cloudfront.distribution", cloudfront::DISTRIBUTIONS;
    /// EventBridge ListEventBuses, one bus, its policy read as JSON.
    Aws EventBus = "events.bus", events::BUSES;
    /// CloudWatch DescribeAlarms, one alarm of a metric.
    Aws MetricAlarm = "cloudwatch.alarm", cloudwatch::ALARMS;
    /// CloudWatch DescribeAlarms, one alarm of other alarms.
    Aws CompositeAlarm = "cloudwatch.composite-alarm", cloudwatch::ALARMS;
    /// CloudWatch GetMetricData, one metric of one thing: what its values over a window come to.
    Aws Metric = "cloudwatch.metric", cloudwatch::METRICS;
    /// CloudFormation DescribeStacks, one stack: its parameters and outputs by their keys alone.
    Aws CloudFormationStack = "cloudformation.stack", cloudformation::STACKS;
    /// CloudFormation ListStackResources, one resource of a stack, with the stack's id under `StackId`.
    Aws StackResource = "cloudformation.stack-resource", cloudformation::RESOURCES;
    /// One instance of a resource in a state file of Terraform: its address, and of its attributes only those that say
    /// which resource it is.
    Files TerraformResource = "terraform.resource", terraform::RESOURCES;
    /// ListWorkers, one Worker, with the bindings and all else of its settings; from elsewhere also with its routes, domains
    /// and schedules.
    Cloudflare CloudflareWorker = "cloudflare.worker", workers::WORKERS;
    /// ListWorkerRoutes, one route, with the id of its zone under `zone_id`.
    Cloudflare WorkerRoute = "cloudflare.worker-route", workers::ROUTES;
    /// ListWorkerDomains, one custom domain of a Worker.
    Cloudflare WorkerDomain = "cloudflare.worker-domain", workers::DOMAINS;
    /// ListWorkerSchedules, the cron triggers of one Worker.
    Cloudflare WorkerSchedules = "cloudflare.worker-schedules", workers::SCHEDULES;
    /// A configuration of wrangler, as one of its environments takes effect, with the modules of its script under `modules`.
    Cloudflare WranglerConfig = "cloudflare.wrangler-config", wrangler::CONFIGS;
    /// ListZones, one zone.
    Cloudflare CloudflareZone = "cloudflare.zone", zones::ZONES;
    /// ListDnsRecords, one record.
    Cloudflare DnsRecord = "cloudflare.dns-record", zones::RECORDS;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_of_json() {
        for kind in ObservationKind::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(ObservationKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ObservationKind::parse("ecs.Service"), None);
    }

    #[test]
    fn of_the_rules_around_a_workload_those_are_its_own_that_lead_to_its_groups() {
        let part = |kind: ObservationKind, name: &str, body: serde_json::Value| Observation {
            id: ObservationId::new(name),
            kind,
            name: name.to_owned(),
            account: None,
            region: None,
            api: "test:Describe".to_owned(),
            first_seen: Timestamp::UNIX_EPOCH,
            last_seen: Timestamp::UNIX_EPOCH,
            body,
        };
        let rule = |name: &str, group: &str| {
            let actions = serde_json::json!([{"ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group}]}}]);
            part(ObservationKind::ListenerRule, name, serde_json::json!({"Actions": actions}))
        };
        let parts = [
            part(ObservationKind::EcsService, "service", serde_json::Value::Null),
            part(ObservationKind::TargetGroup, "group", serde_json::Value::Null),
            part(ObservationKind::LoadBalancer, "balancer", serde_json::Value::Null),
            rule("own", "group"),
            rule("theirs", "other"),
        ];
        let own: Vec<&str> = own_parts(&parts).map(|part| part.name.as_str()).collect();
        assert_eq!(own, ["service", "group", "own"]);
    }

    #[test]
    fn a_thing_of_a_file_is_called_by_what_follows_its_path() {
        let observed = |name: &str, api: &str| Observation {
            id: ObservationId::new("x"),
            kind: ObservationKind::FunctionAlias,
            name: name.to_owned(),
            account: None,
            region: None,
            api: api.to_owned(),
            first_seen: Timestamp::UNIX_EPOCH,
            last_seen: Timestamp::UNIX_EPOCH,
            body: serde_json::Value::Null,
        };
        for (name, api, native) in [
            ("a#b/task.json", "file", "b/task.json"),
            ("task.json#arn:aws:x", "file", "arn:aws:x"),
            ("task.json", "file", "task.json"),
            ("arn:aws:x#y", "lambda:ListAliases", "arn:aws:x#y"),
        ] {
            assert_eq!(observed(name, api).native_name(), native);
        }
    }
}
