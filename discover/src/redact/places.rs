//! Which places of each kind of document hold identities by the API's model, and which hold values of the owners'.
//!
//! A place that no row names holds a free value: that is how a field that a newer API adds, or a field in a wrong place,
//! is treated. Rows are paths from the thing itself (a wrapper such as `taskDefinition` is skipped before); `*` is any
//! one field or index, `**` at the end the whole subtree. The first row that fits wins.

use caravan_inventory::ObservationKind as Kind;

/// What stands at a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Names, ids, ARNs, enumerations: stays, but for tokens that are known by their look.
    Identity,
    /// The name of a secret elsewhere: stays when it is an ARN or made of words.
    Reference,
    /// The arguments of a program, or prose: word by word.
    Command,
    /// Anything.
    Free,
}

/// One row: a path and what stands there.
type Row = (&'static str, Place);

use Place::{Command, Free, Identity, Reference};

#[rustfmt::skip]
const TASK_DEFINITION: &[Row] = &[
    ("containerDefinitions/*/environment/*/value", Free),
    ("containerDefinitions/*/environment/*/name", Identity),
    ("containerDefinitions/*/environmentFiles/**", Reference),
    ("containerDefinitions/*/secrets/*/name", Identity),
    ("containerDefinitions/*/secrets/*/valueFrom", Reference),
    ("containerDefinitions/*/command/**", Command),
    ("containerDefinitions/*/entryPoint/**", Command),
    ("containerDefinitions/*/healthCheck/command/**", Command),
    ("containerDefinitions/*/logConfiguration/logDriver", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-group", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-region", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-stream-prefix", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-datetime-format", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-multiline-pattern", Identity),
    ("containerDefinitions/*/logConfiguration/secretOptions/*/name", Identity),
    ("containerDefinitions/*/logConfiguration/secretOptions/*/valueFrom", Reference),
    ("containerDefinitions/*/repositoryCredentials/credentialsParameter", Reference),
    ("containerDefinitions/*/credentialSpecs/**", Reference),
    ("containerDefinitions/*/firelensConfiguration/type", Identity),
    ("containerDefinitions/*/image", Identity),
    ("containerDefinitions/*/name", Identity),
    ("containerDefinitions/*/hostname", Identity),
    ("containerDefinitions/*/user", Identity),
    ("containerDefinitions/*/workingDirectory", Identity),
    ("containerDefinitions/*/links/**", Identity),
    ("containerDefinitions/*/portMappings/**", Identity),
    ("containerDefinitions/*/mountPoints/**", Identity),
    ("containerDefinitions/*/volumesFrom/**", Identity),
    ("containerDefinitions/*/dependsOn/**", Identity),
    ("containerDefinitions/*/dnsServers/**", Identity),
    ("containerDefinitions/*/dnsSearchDomains/**", Identity),
    ("containerDefinitions/*/extraHosts/**", Identity),
    ("containerDefinitions/*/ulimits/**", Identity),
    ("containerDefinitions/*/linuxParameters/**", Identity),
    ("containerDefinitions/*/resourceRequirements/**", Identity),
    ("containerDefinitions/*/systemControls/*/namespace", Identity),
    ("containerDefinitions/*/restartPolicy/**", Identity),
    ("containerDefinitions/*/versionConsistency", Identity),
    ("containerDefinitions/*/dockerSecurityOptions/**", Reference),
    ("family", Identity),
    ("taskDefinitionArn", Identity),
    ("taskRoleArn", Identity),
    ("executionRoleArn", Identity),
    ("networkMode", Identity),
    ("status", Identity),
    ("cpu", Identity),
    ("memory", Identity),
    ("pidMode", Identity),
    ("ipcMode", Identity),
    ("registeredAt", Identity),
    ("registeredBy", Identity),
    ("deregisteredAt", Identity),
    ("compatibilities/**", Identity),
    ("requiresCompatibilities/**", Identity),
    ("requiresAttributes/**", Identity),
    ("runtimePlatform/**", Identity),
    ("placementConstraints/**", Identity),
    ("inferenceAccelerators/**", Identity),
    ("proxyConfiguration/type", Identity),
    ("proxyConfiguration/containerName", Identity),
    ("proxyConfiguration/properties/*/name", Identity),
    ("volumes/*/name", Identity),
    ("volumes/*/host/sourcePath", Identity),
    ("volumes/*/efsVolumeConfiguration/**", Identity),
    ("volumes/*/fsxWindowsFileServerVolumeConfiguration/authorizationConfig/credentialsParameter", Reference),
    ("volumes/*/fsxWindowsFileServerVolumeConfiguration/**", Identity),
    ("volumes/*/dockerVolumeConfiguration/scope", Identity),
    ("volumes/*/dockerVolumeConfiguration/driver", Identity),
    ("tags/*/key", Identity),
];

#[rustfmt::skip]
const SERVICE: &[Row] = &[
    ("serviceName", Identity), ("serviceArn", Identity), ("clusterArn", Identity), ("cluster", Identity), ("status", Identity),
    ("taskDefinition", Identity), ("launchType", Identity), ("platformVersion", Identity), ("platformFamily", Identity),
    ("role", Identity), ("roleArn", Identity), ("createdBy", Identity), ("createdAt", Identity), ("updatedAt", Identity),
    ("schedulingStrategy", Identity), ("propagateTags", Identity), ("availabilityZoneRebalancing", Identity),
    ("currentServiceDeployment", Identity), ("currentServiceRevisions/**", Identity), ("clientToken", Identity),
    ("loadBalancers/**", Identity), ("serviceRegistries/**", Identity), ("networkConfiguration/**", Identity),
    ("capacityProviderStrategy/**", Identity), ("placementConstraints/**", Identity), ("placementStrategy/**", Identity),
    ("deploymentController/**", Identity), ("deploymentConfiguration/**", Identity),
    ("deployments/*/serviceConnectConfiguration/logConfiguration/options/**", Free),
    ("deployments/*/rolloutStateReason", Command),
    ("deployments/**", Identity), ("taskSets/**", Identity),
    ("events/*/id", Identity), ("events/*/createdAt", Identity), ("events/*/message", Command),
    ("serviceConnectConfiguration/logConfiguration/logDriver", Identity),
    ("serviceConnectConfiguration/logConfiguration/secretOptions/*/valueFrom", Reference),
    ("serviceConnectConfiguration/logConfiguration/**", Free),
    ("serviceConnectConfiguration/**", Identity),
    ("volumeConfigurations/**", Identity), ("vpcLatticeConfigurations/**", Identity),
    ("tags/*/key", Identity),
];

#[rustfmt::skip]
const CLUSTER: &[Row] = &[
    ("clusterArn", Identity), ("clusterName", Identity), ("status", Identity), ("capacityProviders/**", Identity),
    ("defaultCapacityProviderStrategy/**", Identity), ("attachments/**", Identity), ("serviceConnectDefaults/**", Identity),
    ("statistics/**", Identity), ("settings/**", Identity), ("tags/*/key", Identity),
];

#[rustfmt::skip]
const TASK: &[Row] = &[
    ("overrides/containerOverrides/*/name", Identity),
    ("overrides/containerOverrides/*/environment/*/name", Identity),
    ("overrides/containerOverrides/*/command/**", Command),
    ("overrides/containerOverrides/**", Free),
    ("overrides/taskRoleArn", Identity), ("overrides/executionRoleArn", Identity),
    ("containers/*/reason", Command), ("stoppedReason", Command),
    ("containers/**", Identity), ("attachments/**", Identity), ("attributes/**", Identity),
    ("taskArn", Identity), ("clusterArn", Identity), ("containerInstanceArn", Identity), ("taskDefinitionArn", Identity),
    ("group", Identity), ("startedBy", Identity), ("availabilityZone", Identity), ("capacityProviderName", Identity),
    ("connectivity", Identity), ("lastStatus", Identity), ("desiredStatus", Identity), ("healthStatus", Identity),
    ("launchType", Identity), ("platformVersion", Identity), ("platformFamily", Identity), ("cpu", Identity), ("memory", Identity),
    ("stopCode", Identity), ("connectivityAt", Identity), ("createdAt", Identity), ("startedAt", Identity), ("pullStartedAt", Identity),
    ("pullStoppedAt", Identity), ("stoppingAt", Identity), ("stoppedAt", Identity), ("executionStoppedAt", Identity),
    ("tags/*/key", Identity),
];

#[rustfmt::skip]
const RULE: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("State", Identity), ("ScheduleExpression", Identity), ("RoleArn", Identity),
    ("EventBusName", Identity), ("ManagedBy", Identity), ("Description", Command), ("CreatedBy", Identity),
    ("Targets/*/Id", Identity), ("Targets/*/Arn", Identity), ("Targets/*/RoleArn", Identity),
    ("Targets/*/EcsParameters/Tags/*/Value", Free),
    ("Targets/*/EcsParameters/**", Identity), ("Targets/*/DeadLetterConfig/**", Identity), ("Targets/*/RetryPolicy/**", Identity),
    ("Targets/*/SqsParameters/**", Identity), ("Targets/*/KinesisParameters/**", Identity), ("Targets/*/BatchParameters/**", Identity),
    ("Targets/*/RedshiftDataParameters/Sql", Free), ("Targets/*/RedshiftDataParameters/**", Identity),
    ("Targets/*/InputPath", Identity), ("Targets/*/InputTransformer/InputPathsMap/**", Identity),
    ("Tags/*/Key", Identity),
];

#[rustfmt::skip]
const SCHEDULE: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("GroupName", Identity), ("State", Identity), ("ScheduleExpression", Identity),
    ("ScheduleExpressionTimezone", Identity), ("ActionAfterCompletion", Identity), ("KmsKeyArn", Identity),
    ("CreationDate", Identity), ("LastModificationDate", Identity), ("StartDate", Identity), ("EndDate", Identity),
    ("Description", Command), ("FlexibleTimeWindow/**", Identity), ("Target/Arn", Identity), ("Target/RoleArn", Identity),
    ("Target/EcsParameters/Tags/*/Value", Free),
    ("Target/EcsParameters/**", Identity), ("Target/DeadLetterConfig/**", Identity), ("Target/RetryPolicy/**", Identity),
    ("Target/SqsParameters/**", Identity), ("Target/KinesisParameters/**", Identity), ("Target/EventBridgeParameters/**", Identity),
];

#[rustfmt::skip]
const AUTOSCALING: &[Row] = &[
    ("ServiceNamespace", Identity), ("ResourceId", Identity), ("ScalableDimension", Identity), ("RoleARN", Identity),
    ("ScalableTargetARN", Identity), ("PolicyARN", Identity), ("PolicyName", Identity), ("PolicyType", Identity),
    ("ScheduledActionName", Identity), ("ScheduledActionARN", Identity), ("Schedule", Identity), ("Timezone", Identity),
    ("CreationTime", Identity), ("StartTime", Identity), ("EndTime", Identity), ("SuspendedState/**", Identity),
    ("Alarms/**", Identity),
    ("TargetTrackingScalingPolicyConfiguration/**", Identity), ("StepScalingPolicyConfiguration/**", Identity),
    ("PredictiveScalingPolicyConfiguration/**", Identity), ("PredictedCapacity", Identity),
];

#[rustfmt::skip]
const LOAD_BALANCING: &[Row] = &[
    ("LoadBalancerArn", Identity), ("LoadBalancerArns/**", Identity), ("LoadBalancerName", Identity), ("DNSName", Identity),
    ("CanonicalHostedZoneId", Identity), ("CreatedTime", Identity), ("Scheme", Identity), ("VpcId", Identity), ("State/Code", Identity),
    ("Type", Identity), ("AvailabilityZones/**", Identity), ("SecurityGroups/**", Identity), ("IpAddressType", Identity),
    ("CustomerOwnedIpv4Pool", Identity), ("IpamPools/**", Identity),
    ("ListenerArn", Identity), ("Protocol", Identity), ("SslPolicy", Identity), ("Certificates/**", Identity), ("AlpnPolicy/**", Identity),
    ("MutualAuthentication/**", Identity), ("RuleArn", Identity), ("Priority", Identity),
    ("TargetGroupArn", Identity), ("TargetGroupName", Identity), ("TargetType", Identity), ("ProtocolVersion", Identity),
    ("HealthCheckProtocol", Identity), ("HealthCheckPort", Identity), ("Matcher/**", Identity),
    ("Attributes/*/Key", Identity),
    ("Conditions/*/Field", Identity), ("Conditions/*/HttpHeaderConfig/HttpHeaderName", Identity),
    ("Actions/*/Type", Identity), ("Actions/*/TargetGroupArn", Identity), ("Actions/*/ForwardConfig/**", Identity),
    ("Actions/*/AuthenticateCognitoConfig/UserPoolArn", Identity), ("Actions/*/AuthenticateCognitoConfig/UserPoolClientId", Identity),
    ("Actions/*/AuthenticateOidcConfig/ClientId", Identity),
    ("DefaultActions/*/Type", Identity), ("DefaultActions/*/TargetGroupArn", Identity), ("DefaultActions/*/ForwardConfig/**", Identity),
    ("DefaultActions/*/AuthenticateCognitoConfig/UserPoolArn", Identity),
    ("DefaultActions/*/AuthenticateCognitoConfig/UserPoolClientId", Identity), ("DefaultActions/*/AuthenticateOidcConfig/ClientId", Identity),
    ("Tags/*/Key", Identity),
];

#[rustfmt::skip]
const ROUTE53: &[Row] = &[
    // Answers of public resolvers; a TXT record's text stays free, since private zones hold anything.
    ("Id", Identity), ("Name", Identity), ("Type", Identity), ("CallerReference", Identity), ("SetIdentifier", Identity),
    ("AliasTarget/**", Identity), ("HealthCheckId", Identity), ("TrafficPolicyInstanceId", Identity), ("Region", Identity),
    ("Failover", Identity), ("GeoLocation/**", Identity), ("CidrRoutingConfig/**", Identity), ("GeoProximityLocation/**", Identity),
    ("LinkedService/ServicePrincipal", Identity), ("HostedZoneId", Identity),
    ("Config/PrivateZone", Identity), ("Config/Comment", Command),
];

#[rustfmt::skip]
const INSTANCE: &[Row] = &[
    ("UserData/**", Free),
    ("Tags/*/Key", Identity), ("Tags/*/Value", Free),
    ("**", Identity),
];

#[rustfmt::skip]
const FUNCTION: &[Row] = &[
    ("Environment/**", Free), ("Configuration/Environment/**", Free),
    ("Code/Location", Free), ("Description", Command), ("Configuration/Description", Command),
    ("Tags/**", Free), ("ImageConfigResponse/ImageConfig/Command/**", Command), ("ImageConfigResponse/ImageConfig/EntryPoint/**", Command),
    ("**", Identity),
];

#[rustfmt::skip]
const WORKER: &[Row] = &[
    ("id", Identity), ("name", Identity), ("script_name", Identity), ("etag", Identity), ("tag", Identity), ("migration_tag", Identity),
    ("created_on", Identity), ("modified_on", Identity), ("compatibility_date", Identity), ("compatibility_flags/**", Identity),
    ("usage_model", Identity), ("routes/*/id", Identity), ("routes/*/pattern", Identity), ("routes/*/zone_id", Identity),
    ("routes/*/zone_name", Identity), ("bindings/*/name", Identity), ("bindings/*/type", Identity), ("bindings/*/namespace_id", Identity),
    ("bindings/*/bucket_name", Identity), ("bindings/*/queue_name", Identity), ("bindings/*/service", Identity),
    ("bindings/*/environment", Identity), ("bindings/*/class_name", Identity), ("bindings/*/script_name", Identity),
    ("bindings/*/id", Identity), ("schedules/*/cron", Identity), ("domains/*/hostname", Identity), ("domains/*/zone_id", Identity),
    ("domains/*/id", Identity), ("account_id", Identity),
];

fn table(kind: Kind) -> &'static [Row] {
    match kind {
        Kind::EcsTaskDefinition => TASK_DEFINITION,
        Kind::EcsService => SERVICE,
        Kind::EcsCluster => CLUSTER,
        Kind::EcsTask => TASK,
        Kind::EventsRule => RULE,
        Kind::SchedulerSchedule => SCHEDULE,
        Kind::ScalableTarget | Kind::ScalingPolicy | Kind::ScheduledAction => AUTOSCALING,
        Kind::LoadBalancer | Kind::Listener | Kind::ListenerRule | Kind::TargetGroup => LOAD_BALANCING,
        Kind::HostedZone | Kind::RecordSet => ROUTE53,
        Kind::Ec2Instance => INSTANCE,
        Kind::LambdaFunction => FUNCTION,
        Kind::CloudflareWorker => WORKER,
    }
}

/// The rows that can still fit, with what is left of their paths.
#[derive(Clone)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// No row: every place below is free.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// All rows of a kind.
    pub(super) fn of(kind: Kind) -> Self {
        Self(table(kind).to_vec())
    }

    /// The rows that fit below a field or index.
    pub(super) fn below(&self, step: &str) -> Self {
        let fits = |(path, place): &Row| {
            let (first, rest) = path.split_once('/').unwrap_or((path, ""));
            match first {
                "**" => Some(("**", *place)),
                "" => None,
                first => (first == step || first == "*").then_some((rest, *place)),
            }
        };
        Self(self.0.iter().filter_map(fits).collect())
    }

    /// What stands at this very place.
    pub(super) fn place(&self) -> Option<Place> {
        self.0
            .iter()
            .find(|(path, _)| path.is_empty() || *path == "**")
            .map(|(_, place)| *place)
    }
}

/// Wrappers of answers and files, by their first field.
pub(super) const WRAPPERS: &[&str] = &[
    "taskDefinition",
    "taskDefinitions",
    "service",
    "services",
    "clusters",
    "tasks",
    "ScalableTargets",
    "ScalingPolicies",
    "ScheduledActions",
    "Rules",
    "Configuration",
];
